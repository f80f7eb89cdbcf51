"""Vehicles (科普大篷车) and the points they serve."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touring.models.exhibition import Unit
from venues.models import Venue


class Vehicle(models.Model):
    """The vehicle behind a unit. ``issued_on`` is the day it was first registered."""

    audited_at = ("unit.home",)

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="vehicle")
    plate = models.CharField(max_length=20, unique=True)
    model_type = models.CharField(max_length=10, blank=True, help_text="I to IV")
    issued_on = models.DateField()
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    renewal_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["plate"]

    def __str__(self) -> str:
        return self.plate


class OdometerReading(models.Model):
    """Whole kilometres; never less than on an earlier day."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="readings")
    day = models.DateField()
    km = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["vehicle", "day"]
        constraints = [models.UniqueConstraint("vehicle", "day", name="reading_once_per_day")]


class ServiceVisit(models.Model):
    """A vehicle's visit to a service point: what was asked before, what was said after.

    ``demand`` and ``feedback`` are the two forms; ``people`` and ``km`` what came of it.
    """

    audited_at = ("point",)

    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="visits")
    point = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="service_visits")
    day = models.DateField()
    demand = models.JSONField(help_text="what the point asked for, before the visit")
    demanded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    demanded_at = models.DateTimeField()
    feedback = models.JSONField(null=True, blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    people = models.PositiveIntegerField(null=True, blank=True)
    km = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(
                "vehicle", "point", "day", name="visit_once_per_vehicle_point_and_day"
            ),
        ]
