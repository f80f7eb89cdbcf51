"""Jobs: long work as rows. The row is the truth, a broker's message only wakes somebody up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class JobKind(models.TextChoices):
    PLANNING_RUN = "planning_run"
    SUBSCRIPTION_REFRESH = "subscription_refresh"
    NETWORK_IMPORT = "network_import"


class JobState(models.TextChoices):
    """queued → running → done | failed | cancelled; a lost lease leads back to queued.

    ``quarantined``: took its worker down ``max_attempts`` times and is left alone.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    QUARANTINED = "quarantined"


class JobQuerySet(models.QuerySet["Job"]):
    def queued(self) -> JobQuerySet:
        """Jobs that wait for a worker, the oldest first."""
        return self.filter(state=JobState.QUEUED).order_by("pk")

    def active(self) -> JobQuerySet:
        """Jobs that wait or run; at most one per kind and subject."""
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class Job(models.Model):
    """One piece of long work on ``subject`` (an id of the kind's own table).

    A worker *takes* the job: it becomes running, ``fence`` grows by one and a lease runs until
    ``lease_until``. Effects are written only by the holder of the current fence, in the same
    transaction as the check (``venues.services.jobs``). A lease that ran out is reclaimed by the
    timetable.
    """

    kind = models.CharField(max_length=30, choices=JobKind)
    subject = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.QUEUED)
    progress = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    fence = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_by_state_and_lease")]
        constraints = [
            models.UniqueConstraint(
                "kind",
                "subject",
                condition=Q(state__in=["queued", "running"]),
                name="job_active_once_per_subject",
            ),
            models.CheckConstraint(
                name="job_running_has_a_lease",
                condition=~Q(state="running") | Q(lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="job_attempts_within_limit", condition=Q(attempts__lte=F("max_attempts"))
            ),
        ]
