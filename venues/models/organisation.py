"""Organisations: associations, societies, museums, and who they answer to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from venues.models.bilingual import Named
from venues.models.region import Region, RegionLevel


class OrganisationKind(models.TextChoices):
    ASSOCIATION = "association"
    SOCIETY = "society"
    MUSEUM = "museum"
    SCHOOL = "school"
    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    GOVERNMENT = "government"
    FOREIGN = "foreign"


class Organisation(Named):
    """A body of the network with two parents: one administers it, one guides its work."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    level = models.PositiveSmallIntegerField(choices=RegionLevel, null=True, blank=True)
    short_name = models.CharField(max_length=80, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="organisations")
    parent_admin = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="administers"
    )
    parent_guidance = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="guides"
    )
    credit_code = models.CharField(max_length=18, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="organisation_not_its_own_parent",
                condition=(Q(parent_admin__isnull=True) | ~Q(parent_admin=F("pk")))
                & (Q(parent_guidance__isnull=True) | ~Q(parent_guidance=F("pk"))),
            ),
        ]


class OrganisationPath(models.Model):
    """Closure of the administrative tree: one row per organisation and each that stands above it.

    Kept by :mod:`venues.services.organisations` alone; no row leads from one to itself.
    """

    ancestor = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="descendant_paths"
    )
    descendant = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="ancestor_paths"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("ancestor", "descendant", name="organisation_path_once"),
            models.CheckConstraint(
                name="organisation_path_leads_elsewhere", condition=~Q(ancestor=F("descendant"))
            ),
        ]
        indexes = [
            models.Index(fields=["descendant", "ancestor"], name="organisation_path_upwards"),
        ]
