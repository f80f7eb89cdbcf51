"""Pairings (对口、结对): who promised what to which region."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from touring.models.exhibition import Unit
from venues.models import Organisation, Region


class PairingQuerySet(models.QuerySet["Pairing"]):
    def valid_on(self, day: date) -> PairingQuerySet:
        return self.filter(first_date__lte=day, end_date__gt=day)


class Pairing(models.Model):
    """``donor`` promises ``recipient`` at least ``yearly_stops`` stops a year while it lasts.

    It lasts on the days ``[first_date, end_date)``. ``units`` empty: any unit keeps the promise.
    """

    audited_at = ("recipient",)

    code = models.CharField(max_length=40, unique=True)
    donor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pairings")
    recipient = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="pairings")
    theme_zh = models.CharField(max_length=200, blank=True)
    theme_en = models.CharField(max_length=200, blank=True)
    first_date = models.DateField()
    end_date = models.DateField()
    yearly_stops = models.PositiveSmallIntegerField()
    units = models.ManyToManyField(Unit, blank=True, related_name="pairings")
    created_at = models.DateTimeField()

    objects = PairingQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="pairing_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
        ]

    def __str__(self) -> str:
        return self.code
