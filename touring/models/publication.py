"""The log of publications: frozen stops, each with its old and its new form."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touring.models.plan import Plan, PlanVersion
from touring.models.request import TourRequest


class Publication(models.Model):
    """``version`` became what the world sees. Rows are never changed or deleted.

    Going back is publishing an older version as a new publication; without a version nothing
    of the plan holds any more: its first publication was undone.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField()
    version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="publications"
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint("plan", "number", name="publication_number_once_per_plan"),
        ]


class PublishedChange(models.Model):
    """What a publication did to one request's stop.

    ``before`` and ``after`` are ``{"unit", "space", "arrives_on", "opens_on", "closes_on",
    "leaves_on"}`` with codes and ISO dates; empty where there was, or is, no stop. Unchanged
    stops are listed too, so that a publication is complete in itself.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="changes")
    request = models.ForeignKey(TourRequest, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("publication", "request", name="change_once_per_publication"),
        ]
