"""What a stop has to show at its gates: agreement, training, conditions, counts, summary."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from touring.models.papers import Paper
from touring.models.stop import Stop
from venues.models import Space, Venue


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )


class FacilityReport(models.Model):
    """What a venue (one space, or all) says it offers; counts when approved and not run out.

    ``facts`` are its figures by the names of ``Venue``'s facilities, and further statements.
    """

    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="facility_reports")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, null=True, blank=True)
    number = models.PositiveIntegerField()
    facts = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    submitted_by = _person()
    submitted_at = models.DateTimeField()
    approved_by = _person()
    approved_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="first day it has run out")

    class Meta:
        ordering = ["venue", "-number"]
        constraints = [
            models.UniqueConstraint("venue", "number", name="facility_report_number_once"),
            models.CheckConstraint(
                name="facility_report_approved_with_its_end",
                condition=Q(approved_at__isnull=True, valid_until__isnull=True)
                | Q(approved_at__isnull=False, valid_until__isnull=False),
            ),
        ]


class Agreement(models.Model):
    """The agreement with the host; amounts in whole yuan. A gate once ``signed_on`` is set."""

    stop = models.OneToOneField(Stop, on_delete=models.PROTECT, related_name="agreement")
    terms_version = models.CharField(max_length=40, blank=True)
    fee_yuan = models.PositiveIntegerField(default=0)
    deposit_yuan = models.PositiveIntegerField(default=0)
    insurance = models.CharField(max_length=300, blank=True)
    cancel_terms = models.CharField(max_length=1000, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    signed_for_host_by = models.CharField(max_length=100, blank=True)
    recorded_by = _person()
    recorded_at = models.DateTimeField()


class Training(models.Model):
    """Guides trained for one stop on ``[first_date, end_date)``."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="trainings")
    first_date = models.DateField()
    end_date = models.DateField()
    trained_guides = models.PositiveSmallIntegerField()
    trainer = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_by = _person()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["stop", "first_date", "pk"]


class ConditionMoment(models.TextChoices):
    ARRIVAL = "arrival", "到馆开箱"
    DEPARTURE = "departure", "离馆装箱"


class ItemState(models.TextChoices):
    GOOD = "good", "完好"
    WORN = "worn", "有磨损"
    DAMAGED = "damaged", "损坏"
    MISSING = "missing", "缺失"


class ConditionReport(models.Model):
    """The exhibits' state at unpacking or repacking. ``is_late``: more than 48 hours after it."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="condition_reports")
    moment = models.CharField(max_length=10, choices=ConditionMoment)
    unpacked_at = models.DateTimeField(help_text="or repacked")
    reported_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, blank=True)
    reported_by = _person()

    class Meta:
        ordering = ["stop", "reported_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="condition_reported_after_unpacking",
                condition=Q(reported_at__gte=models.F("unpacked_at")),
            ),
        ]


class ConditionItem(models.Model):
    report = models.ForeignKey(ConditionReport, on_delete=models.CASCADE, related_name="items")
    exhibit = models.CharField(max_length=100, help_text="code or name")
    state = models.CharField(max_length=10, choices=ItemState)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint("report", "exhibit", name="exhibit_once_per_report"),
        ]


class ConditionPhoto(Paper):
    """A photograph of one exhibit, or of the whole."""

    report = models.ForeignKey(ConditionReport, on_delete=models.CASCADE, related_name="photos")
    exhibit = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["report", "pk"]


class Handover(models.Model):
    """Who gave the unit to whom, with how many crates, and what was missing."""

    stop = models.OneToOneField(Stop, on_delete=models.PROTECT, related_name="handover")
    handed_by = models.CharField(max_length=100)
    taken_by = models.CharField(max_length=100)
    handed_at = models.DateTimeField()
    crates = models.PositiveSmallIntegerField()
    missing = models.CharField(max_length=1000, blank=True)
    recorded_by = _person()
    recorded_at = models.DateTimeField()


class DailyCount(models.Model):
    """Visits on one open day; ``by_audience`` by the five priority groups."""

    stop = models.ForeignKey(Stop, on_delete=models.PROTECT, related_name="counts")
    day = models.DateField()
    visits = models.PositiveIntegerField()
    by_audience = models.JSONField(default=dict, blank=True)
    recorded_by = _person()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["stop", "day"]
        constraints = [models.UniqueConstraint("stop", "day", name="count_once_per_day")]


class StopSummary(models.Model):
    """The host's summary. ``is_late``: more than 15 days after the stop closed."""

    stop = models.OneToOneField(Stop, on_delete=models.PROTECT, related_name="summary")
    text = models.TextField()
    visits = models.PositiveIntegerField(help_text="the sum of the counts when it was handed in")
    open_days = models.PositiveSmallIntegerField()
    submitted_at = models.DateTimeField()
    submitted_by = _person()
    is_late = models.BooleanField(default=False)
