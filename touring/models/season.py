"""Seasons: the stretch of days one plan covers, and what counts as a good plan in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from touring.models.exhibition import Unit
from venues.models import Region
from venues.models.bilingual import Named


class Season(Named):
    """The days ``[first_date, end_date)`` planned together for units and hosts of ``region``.

    ``rules`` and ``objective`` hold the parts of the planning instance that are policy rather
    than rows, in the names of the instance format, see ``docs/planning.md``. Rules are
    ``travel``, ``gaps``, ``no_work`` (ISO date pairs), ``regions`` (floors by region code),
    ``pairings``, ``crews`` (with the ``units`` of each), ``rotations`` (``periods`` as ISO date
    pairs) and ``contracted_weight`` (how much dearer it is to change a contracted stop).
    """

    slug = models.SlugField(max_length=80, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    first_date = models.DateField()
    end_date = models.DateField()
    units = models.ManyToManyField(Unit, related_name="seasons")
    rules = models.JSONField(default=dict, blank=True)
    objective = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-first_date", "slug"]
        constraints = [
            models.CheckConstraint(
                name="season_ends_after_it_starts", condition=Q(end_date__gt=F("first_date"))
            ),
        ]
