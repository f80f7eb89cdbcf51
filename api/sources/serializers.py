"""Calendars that museums keep elsewhere, as the interface shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.serializers import RowSerializer, StrictSerializer
from events.models import Arrival, RunOutcome, Subscription
from events.services.health import health_of

ARRIVALS = list(Arrival.values)


class SourceRow(RowSerializer):
    """How one calendar is read. Times are when a reading succeeded, failed first, comes next."""

    source = serializers.CharField(source="slug")
    name_zh = serializers.CharField()
    venue = serializers.CharField(source="venue.slug", allow_null=True)
    url = serializers.CharField(source="subscription.url")
    is_active = serializers.BooleanField(source="subscription.is_active")
    arrival = serializers.ChoiceField(ARRIVALS, source="subscription.arrival")
    fields_kept = serializers.DictField(
        child=serializers.CharField(),
        source="subscription.field_policy",
        help_text="field → whose word counts: source, local, newest",
    )
    skips_known = serializers.BooleanField(source="subscription.skips_known")
    succeeded_at = serializers.DateTimeField(source="subscription.succeeded_at", allow_null=True)
    changed_at = serializers.DateTimeField(source="subscription.changed_at", allow_null=True)
    failed_since = serializers.DateTimeField(source="subscription.failed_since", allow_null=True)
    next_fetch_at = serializers.DateTimeField(source="subscription.next_fetch_at")


class ProblemItem(serializers.Serializer):
    line = serializers.IntegerField(allow_null=True)
    uid = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    zh = serializers.CharField()
    en = serializers.CharField()


class SentenceItem(serializers.Serializer):
    zh = serializers.CharField()
    en = serializers.CharField()


class SourceDetail(SourceRow):
    """Besides: what is wrong now, what is in quarantine, and what waits for a person's word."""

    failure = SentenceItem(allow_null=True)
    held = serializers.IntegerField(help_text="missing events that were kept; confirm, or look")
    habit_days = serializers.FloatField(allow_null=True, help_text="between two changes, usually")
    is_silent = serializers.BooleanField()
    quarantine_count = serializers.IntegerField()
    quarantine = ProblemItem(many=True)
    undoable_run = serializers.IntegerField(allow_null=True)

    class Meta:
        added = (
            *("failure", "held", "habit_days", "is_silent"),
            *("quarantine_count", "quarantine", "undoable_run"),
        )
        hidden = ("id",)

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        """Only ever one row."""
        for row in rows:
            subscription = Subscription.objects.select_related("source").get(source=row["id"])
            health = health_of(subscription, now=now)
            report, read = subscription.report, health.last_read
            is_failing = subscription.failed_since is not None
            row |= {
                "failure": {"zh": report["failure_zh"], "en": report["failure"]}
                if is_failing
                else None,
                "held": health.held,
                "habit_days": round(health.habit.total_seconds() / 86_400, 2)
                if health.habit
                else None,
                "is_silent": health.is_silent,
                "quarantine_count": read.quarantine_count if read else 0,
                "quarantine": read.quarantine if read else [],
                "undoable_run": health.undoable.pk if health.undoable else None,
            }


class ImportRunRow(RowSerializer):
    """One reading: what it did to how many events, and what was wrong."""

    id = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(list(RunOutcome.values))
    http_status = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())
    failure = serializers.DictField(child=serializers.CharField(), help_text="zh and en, or empty")
    problem_count = serializers.IntegerField()
    problems = ProblemItem(many=True)
    quarantine_count = serializers.IntegerField()
    undone_at = serializers.DateTimeField(allow_null=True)


class PolicyBody(StrictSerializer):
    arrival = serializers.ChoiceField(ARRIVALS, required=False)
    fields_kept = serializers.DictField(child=serializers.CharField(), required=False)
    skips_known = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class SourceBody(StrictSerializer):
    url = serializers.CharField(max_length=500)
    venue = serializers.CharField(max_length=80)


class UndoBody(StrictSerializer):
    run = serializers.IntegerField(help_text="undoable_run of the source", min_value=1)
