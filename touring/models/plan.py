"""Plans, their versions, and the runs of the engine that made them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from touring.models.exhibition import Unit
from touring.models.request import TourRequest
from touring.models.season import Season
from venues.models import Job, Space, Venue
from venues.models.bilingual import Named

DAYS_IN_ORDER = Q(
    departs_on__lte=F("arrives_on"),
    arrives_on__lte=F("opens_on"),
    opens_on__lt=F("closes_on"),
    closes_on__lte=F("leaves_on"),
)


class Plan(Named):
    """A season's plan as a line of versions; at most one version is published at a time.

    ``sequence`` grows with each publication and is what two planners compare (``If-Match``).
    """

    audited_at = ("season.region",)

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="plans")
    published_version = models.ForeignKey(
        "PlanVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]


class RunKind(models.TextChoices):
    """What a run does: the whole season, a season after a disturbance, or a branch."""

    PLAN = "plan", "plan"
    REPLAN = "replan", "replan"
    WHAT_IF = "what_if", "what if"


class Run(models.Model):
    """One asked-for computation; ``job`` says how far it is, ``version`` what came of it.

    ``parameters`` are those of the kind, as in the API; ``outcome`` is what it found beside the
    version: the smallest change with its proof, or how a branch differs.

    Exactly one of ``seconds`` (stop by the clock) and ``work`` (stop after a fixed amount of
    work; deterministic) is set. ``progress`` is the course of value and bound.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="run")
    kind = models.CharField(max_length=10, choices=RunKind, default=RunKind.PLAN)
    parameters = models.JSONField(default=dict, blank=True)
    outcome = models.JSONField(default=dict, blank=True)
    seed = models.PositiveIntegerField(default=1)
    seconds = models.FloatField(null=True, blank=True)
    work = models.PositiveIntegerField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()
    progress = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="run_stops_by_clock_or_by_work",
                condition=Q(seconds__isnull=False, work__isnull=True)
                | Q(seconds__isnull=True, work__isnull=False),
            ),
        ]


class PlanVersion(models.Model):
    """A complete set of planned stops, never changed once made, with its worth and reasons.

    ``value`` holds the objective's parts; ``bound`` is a proven upper bound or empty;
    ``unserved`` lists a reason for every accepted request without a stop. Hashes are SHA-256
    of the canonical instance and plan.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    run = models.OneToOneField(
        Run, on_delete=models.PROTECT, null=True, blank=True, related_name="version"
    )
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    value = models.JSONField(default=dict)
    bound = models.FloatField(null=True, blank=True)
    gap = models.FloatField(null=True, blank=True)
    instance_hash = models.CharField(max_length=64)
    plan_hash = models.CharField(max_length=64)
    maintenance = models.JSONField(default=list, blank=True)
    unserved = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "-number"]
        constraints = [
            models.UniqueConstraint("plan", "number", name="version_number_once_per_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"


class PlannedStop(models.Model):
    """A stop of one version: at the host on ``[arrives_on, leaves_on)``, open on
    ``[opens_on, closes_on)``, on the road from ``origin`` on ``[departs_on, arrives_on)``.

    The database refuses two stops of one unit in one version that share a day
    (``touring.guards``). ``space`` is where it stands: the one asked for, else the venue's
    largest.
    """

    version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="stops")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(TourRequest, on_delete=models.PROTECT, related_name="+")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, null=True, blank=True)
    origin = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    departs_on = models.DateField(help_text="first travel day; arrives_on when it takes none")
    arrives_on = models.DateField()
    opens_on = models.DateField()
    closes_on = models.DateField(help_text="first day no longer open")
    leaves_on = models.DateField(help_text="first day no longer at the host")
    is_locked = models.BooleanField(default=False)

    class Meta:
        ordering = ["unit", "opens_on"]
        constraints = [
            models.UniqueConstraint("version", "request", name="request_once_per_version"),
            models.CheckConstraint(name="planned_stop_days_in_order", condition=DAYS_IN_ORDER),
        ]


class StopLock(models.Model):
    """A decision the engine must keep: ``unit`` opens at ``request``'s host on that day."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="locks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    request = models.ForeignKey(TourRequest, on_delete=models.PROTECT)
    opens_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("plan", "request", name="lock_once_per_request"),
        ]
