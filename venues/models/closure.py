"""Days on which a venue, or one of its spaces, cannot be used."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from venues.models.venue import Space, Venue


class ClosureQuerySet(models.QuerySet["Closure"]):
    def touching(self, first: date, end: date) -> ClosureQuerySet:
        """Closures with at least one day inside ``[first, end)``."""
        return self.filter(first_date__lt=end, end_date__gt=first)


class Closure(models.Model):
    """Closed on the days ``[first_date, end_date)``; without a space the whole venue is."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="closures")
    space = models.ForeignKey(Space, on_delete=models.CASCADE, null=True, blank=True)
    first_date = models.DateField()
    end_date = models.DateField(help_text="first day open again")
    reason_zh = models.CharField(max_length=200, blank=True)
    reason_en = models.CharField(max_length=200, blank=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_date", "pk"]
        constraints = [
            models.CheckConstraint(
                name="closure_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
        ]
