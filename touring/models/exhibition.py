"""Exhibitions (designs) and units (the copies and vehicles that travel)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from venues.models import Organisation, Region, Venue
from venues.models.bilingual import Bilingual


class Exhibition(Bilingual):
    """A design: what is shown, what it needs from a host, how long it takes to set up.

    ``requires`` maps a facility of :class:`venues.models.Venue` to the least figure that will
    do, in the facility's unit: ``{"area_m2": 400, "clear_height_m": 3.0}``.
    """

    audited_at = ("owner",)

    slug = models.SlugField(max_length=80, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    description_zh = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    exhibit_count = models.PositiveSmallIntegerField(null=True, blank=True)
    requires = models.JSONField(default=dict, blank=True)
    setup_days = models.PositiveSmallIntegerField(default=4)
    strike_days = models.PositiveSmallIntegerField(default=2)
    guides_needed = models.PositiveSmallIntegerField(
        default=0, help_text="trained guides a stop needs before it opens"
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title_zh


class UnitKind(models.TextChoices):
    SET = "set", "流动科技馆（套）"
    VEHICLE = "vehicle", "科普大篷车"


class Unit(models.Model):
    """One physical copy of an exhibition, or one vehicle: in one place at a time.

    ``home`` is where it rests; ``regions`` empty means it may go anywhere. ``free_km`` of a leg
    cost no travel day; after ``max_days_out`` days away it is home again for ``rest_days``.
    """

    audited_at = ("home",)

    code = models.CharField(max_length=40, unique=True, help_text="e.g. AH-03; part of addresses")
    kind = models.CharField(max_length=10, choices=UnitKind, default=UnitKind.SET)
    exhibition = models.ForeignKey(Exhibition, on_delete=models.PROTECT, related_name="units")
    serial = models.CharField(max_length=40, blank=True, help_text="第13套")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    home = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="units_at_home")
    regions = models.ManyToManyField(Region, blank=True, related_name="units")
    returns_home = models.BooleanField(default=True)
    km_per_day = models.FloatField(default=500)
    free_km = models.FloatField(default=0)
    max_km = models.FloatField(null=True, blank=True, help_text="per season")
    max_days_out = models.PositiveSmallIntegerField(null=True, blank=True)
    rest_days = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="unit_moves", condition=Q(km_per_day__gt=0)),
            models.CheckConstraint(name="unit_free_km_not_negative", condition=Q(free_km__gte=0)),
        ]

    def __str__(self) -> str:
        return self.code


class UnitAvailability(models.Model):
    """The unit may be used on the days ``[first_date, end_date)``; without rows, always."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="availability")
    first_date = models.DateField()
    end_date = models.DateField()

    class Meta:
        ordering = ["first_date"]
        constraints = [
            models.CheckConstraint(
                name="availability_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
        ]


class UnitMaintenance(models.Model):
    """``days`` at home somewhere inside ``[earliest_date, latest_date)``."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="maintenance")
    days = models.PositiveSmallIntegerField()
    earliest_date = models.DateField()
    latest_date = models.DateField()

    class Meta:
        ordering = ["earliest_date"]
        constraints = [
            models.CheckConstraint(
                name="maintenance_has_room", condition=Q(latest_date__gt=F("earliest_date"))
            ),
        ]
