"""Regions: the administrative tree of a country, with its past."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from venues.models.bilingual import Named


class RegionLevel(models.IntegerChoices):
    NATION = 0, "nation"
    PROVINCE = 1, "province"
    PREFECTURE = 2, "prefecture"
    COUNTY = 3, "county"
    TOWNSHIP = 4, "township"


class RegionTag(Named):
    """A policy property of regions: old revolutionary, ethnic, border, key-support county."""

    code = models.SlugField(max_length=60, unique=True)


class RegionQuerySet(models.QuerySet["Region"]):
    def under(self, region: Region) -> RegionQuerySet:
        """``region`` itself and everything below it, by the closure table."""
        return self.filter(ancestor_paths__ancestor=region)

    def valid_on(self, day: date) -> RegionQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        )


class Region(Named):
    """An administrative area under one code (GB/T 2260 in China, ISO 3166-2 or own elsewhere).

    The code is valid in ``[valid_from, valid_to)``. A region that got another code, or was
    merged, stays as a closed row whose ``replaced_by`` leads to its successor; venues and
    children move to the successor, so history follows them, and old addresses redirect.
    """

    code = models.CharField(max_length=20, unique=True)
    country = models.CharField(max_length=2, default="CN", help_text="ISO 3166-1 alpha-2")
    level = models.PositiveSmallIntegerField(choices=RegionLevel)
    kind = models.CharField(max_length=40, blank=True, help_text="县, 市辖区, 自治县, ...")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True, help_text="first day it is no longer valid")
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )
    lat = models.FloatField(null=True, blank=True, help_text="seat, WGS 84 degrees")
    lon = models.FloatField(null=True, blank=True, help_text="seat, WGS 84 degrees")
    coordinates_source = models.CharField(max_length=40, blank=True)
    tags = models.ManyToManyField(RegionTag, blank=True, related_name="regions")
    changed_at = models.DateTimeField()

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_coordinates_both_or_neither",
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
            ),
            models.CheckConstraint(name="region_not_its_own_parent", condition=~Q(parent=F("pk"))),
            models.CheckConstraint(
                name="region_replaced_only_when_closed",
                condition=Q(replaced_by__isnull=True) | Q(valid_to__isnull=False),
            ),
        ]


class RegionPath(models.Model):
    """Closure of the tree: one row per (ancestor, descendant), itself included at depth 0.

    Kept by :mod:`venues.services.regions` alone. Codes are never compared by prefix: they move
    between provinces, and ``/1/`` is a prefix of ``/12/``.
    """

    ancestor = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="descendant_paths")
    descendant = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="ancestor_paths")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint("ancestor", "descendant", name="region_path_once"),
        ]
        indexes = [models.Index(fields=["descendant", "ancestor"], name="region_path_upwards")]


class RegionIndicator(models.Model):
    """A published figure about a region (population, children 5-14, literacy) in its own unit."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="indicators")
    name = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField()
    source = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "region", "name", "year", "source", name="region_indicator_once_per_source"
            ),
        ]
