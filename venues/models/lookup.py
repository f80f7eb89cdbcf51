"""What the installation remembers about asking a geocoding service."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class RateGate(models.Model):
    """One row per outside service: nobody in the whole installation asks before ``opens_at``."""

    name = models.CharField(max_length=40, unique=True)
    opens_at = models.DateTimeField()


class GeocodeAnswer(models.Model):
    """What ``provider`` said about one address; no coordinates: it did not know the address.

    Coordinates are WGS 84 degrees, whatever system the provider answers in.
    """

    provider = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    asked_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("provider", "query", name="geocode_answer_once_per_query"),
            models.CheckConstraint(
                name="geocode_answer_coordinates_both_or_neither",
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
            ),
        ]
