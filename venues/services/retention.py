"""Forgetting what is no longer needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from venues.models import ApiKey, GeocodeAnswer, IdempotencyRecord, Job, JobState

IDEMPOTENCY_HOURS = 24


@dataclass(frozen=True)
class Purged:
    """How many rows of each kind were deleted."""

    idempotency_records: int
    sessions: int
    jobs: int
    api_keys: int
    geocode_answers: int


def purge_expired(*, now: datetime, retention_days: int) -> Purged:
    """Delete what is past its time; safe to repeat.

    Answers to repeated requests after 24 hours, sessions at their end, and after
    ``retention_days``: jobs that are over, keys that expired or were revoked, geocoding answers
    (an address may have become known, or moved).
    """
    long_ago = now - timedelta(days=retention_days)
    over = Job.objects.exclude(state__in=[JobState.QUEUED, JobState.RUNNING])
    ended_keys = ApiKey.objects.filter(expires_at__lt=long_ago) | ApiKey.objects.filter(
        revoked_at__lt=long_ago
    )
    return Purged(
        idempotency_records=_delete(
            IdempotencyRecord.objects.filter(
                created_at__lte=now - timedelta(hours=IDEMPOTENCY_HOURS)
            )
        ),
        sessions=_delete(Session.objects.filter(expire_date__lt=now)),
        jobs=_delete(over.filter(finished_at__lt=long_ago)),
        api_keys=_delete(ended_keys),
        geocode_answers=_delete(GeocodeAnswer.objects.filter(asked_at__lt=long_ago)),
    )


def _delete(rows: QuerySet) -> int:
    return rows.delete()[1].get(rows.model._meta.label, 0)
