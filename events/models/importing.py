"""What readings of a source did, and what people here decided against it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from events.models.event import Event
from events.models.source import Source


class RunOutcome(models.TextChoices):
    READING = "reading", "being read, or its worker died"
    CHANGED = "changed", "events were made, changed or cancelled"
    UNCHANGED = "unchanged", "read, and nothing was new"
    FAILED = "failed", "could not be read; the last good events stay"
    UNDONE = "undone", "taken back by a person"
    REFUSED = "refused", "the very file that a person has taken back"


class ImportRun(models.Model):
    """One reading of a source's file.

    ``quarantine`` holds the entries that were not taken over, ``problems`` everything that was
    said about the file: ``line``, ``uid``, ``code``, ``zh`` and ``en`` of each. ``journal`` is what
    undoing needs (``events.services.undo``); it is empty where nothing changed, and forgotten
    after a day.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="import_runs")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=RunOutcome, default=RunOutcome.READING)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(
        default=dict, blank=True, help_text="created, updated, cancelled, restored, unchanged, held"
    )
    failure = models.JSONField(default=dict, blank=True, help_text="zh and en; empty: none")
    problems = models.JSONField(default=list, blank=True)
    problem_count = models.PositiveIntegerField(default=0)
    quarantine = models.JSONField(default=list, blank=True)
    quarantine_count = models.PositiveIntegerField(default=0)
    journal = models.BinaryField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["source", "started_at"], name="import_run_by_source")]
        constraints = [
            models.CheckConstraint(
                name="import_run_finished_says_how",
                condition=Q(finished_at__isnull=True, outcome="reading")
                | (Q(finished_at__isnull=False) & ~Q(outcome="reading")),
            ),
        ]


class LocalEdit(models.Model):
    """A field of an imported event that somebody changed here; the event's row has the value.

    ``source_value`` is what the source said at that time, to notice when it says something else.
    What is firm stays whatever the source's policy is: a suspended region's events.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="local_edits")
    field = models.CharField(max_length=40, help_text="as in events.services.policies")
    source_value = models.JSONField(default=dict, blank=True)
    edited_at = models.DateTimeField()
    is_firm = models.BooleanField(default=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint("event", "field", name="local_edit_once_per_field"),
        ]
