"""Opening rules of venues, and the terms of schools."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from venues.models.bilingual import Named
from venues.models.region import Region
from venues.models.venue import Venue


class OpeningRule(models.Model):
    """When a venue is open: one document, see :func:`venues.opening.parse_rules`.

    Written by :mod:`venues.services.opening` alone, which refuses what cannot be understood.
    """

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, related_name="opening_rule")
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.venue)


class OpeningChange(models.Model):
    """A note that days may have become open or closed: at ``venue``, or all over ``country``.

    Left in the transaction of the change; who follows opening days takes it up and deletes it.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, null=True, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="opening_change_of_a_venue_or_a_country",
                condition=Q(venue__isnull=False, country="")
                | (Q(venue__isnull=True) & ~Q(country="")),
            ),
        ]


class SchoolTermQuerySet(models.QuerySet["SchoolTerm"]):
    def touching(self, first: date, end: date) -> SchoolTermQuerySet:
        return self.filter(first_day__lt=end, end_day__gt=first)


class SchoolTerm(Named):
    """A term of the schools in a region: ``[first_day, end_day)``; between terms is vacation.

    ``school_year`` is the year in which it begins (2026 for 2026–2027).
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="school_terms")
    school_year = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    end_day = models.DateField(help_text="first day of the vacation")
    source = models.CharField(max_length=300)
    changed_at = models.DateTimeField()

    objects = SchoolTermQuerySet.as_manager()

    class Meta:
        ordering = ["region", "first_day"]
        constraints = [
            models.UniqueConstraint("region", "first_day", name="school_term_once"),
            models.CheckConstraint(
                name="school_term_ends_after_it_starts", condition=Q(end_day__gt=F("first_day"))
            ),
        ]
