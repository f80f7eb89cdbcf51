"""How units travel: moves, crates and the papers they need abroad."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from touring.models.exhibition import Unit
from touring.models.stop import Stop
from venues.models import Venue


class Move(models.Model):
    """``unit`` on the road from ``origin`` to ``destination``, to ``stop`` where it has one."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="moves")
    stop = models.ForeignKey(
        Stop, on_delete=models.PROTECT, null=True, blank=True, related_name="moves"
    )
    origin = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="+")
    departs_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    carrier = models.CharField(max_length=200, blank=True)
    km = models.FloatField(null=True, blank=True)
    crates = models.PositiveSmallIntegerField(default=0)
    seals = models.CharField(max_length=300, blank=True)
    courier = models.CharField(max_length=100, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["departs_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="move_arrives_after_it_departs",
                condition=Q(arrives_at__gt=F("departs_at")),
            ),
            models.CheckConstraint(
                name="move_km_not_negative", condition=Q(km__isnull=True) | Q(km__gte=0)
            ),
        ]


class Crate(models.Model):
    """One crate of a unit; sizes in centimetres, weight in kilograms."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="crates")
    number = models.CharField(max_length=20)
    length_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    width_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    height_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    weight_kg = models.FloatField(null=True, blank=True)
    contents = models.CharField(max_length=500, blank=True)
    handling = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["unit", "number"]
        constraints = [models.UniqueConstraint("unit", "number", name="crate_once_per_unit")]


class CustomsDocument(models.Model):
    """Papers under which a unit stays in ``country`` on the days ``[first_date, end_date)``."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="customs_documents")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    kind = models.CharField(max_length=40, default="ATA carnet")
    number = models.CharField(max_length=80, blank=True)
    first_date = models.DateField()
    end_date = models.DateField(help_text="first day they no longer cover")

    class Meta:
        ordering = ["unit", "country", "first_date"]
        constraints = [
            models.CheckConstraint(
                name="customs_end_after_they_start", condition=Q(end_date__gt=F("first_date"))
            ),
        ]
