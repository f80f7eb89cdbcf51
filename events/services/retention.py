"""What is forgotten after a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from events.models import Occurrence, OutgoingMail
from events.models.outbox import MailState

TOMBSTONE_DAYS = 90  # how long a withdrawn date is still announced as cancelled


@dataclass(frozen=True)
class Purged:
    """How many rows went."""

    mails: int
    occurrences: int


def purge_expired(*, now: datetime) -> Purged:
    """Delete finished mail after ``RETENTION_DAYS`` and withdrawn dates after 90 days."""
    before = now - timedelta(days=settings.RETENTION_DAYS)
    mails, _ = (
        OutgoingMail.objects.exclude(state=MailState.QUEUED).filter(created_at__lt=before).delete()
    )
    withdrawn = Occurrence.objects.filter(withdrawn_at__lt=now - timedelta(days=TOMBSTONE_DAYS))
    occurrences, _ = withdrawn.delete()
    return Purged(mails=mails, occurrences=occurrences)
