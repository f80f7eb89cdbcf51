"""What is forgotten after a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from events.models import FeedRevision, Occurrence, OutgoingMail, ReceivedMail
from events.models.outbox import MailState
from events.services.followers import forget_reach
from events.services.import_runs import forget_runs

TOMBSTONE_DAYS = 90  # how long a withdrawn date is still announced as cancelled
SEARCH_DAYS = 30  # how long a search nobody changed anything in keeps its Last-Modified


@dataclass(frozen=True)
class Purged:
    """How many rows went."""

    mails: int
    occurrences: int
    revisions: int
    runs: int = 0


def purge_expired(*, now: datetime) -> Purged:
    """Delete finished mail after ``RETENTION_DAYS``, withdrawn dates after 90 days, old readings.

    Anybody can ask for any search, and each leaves a row: those are forgotten after 30 days; who
    still reads one gets it once more in full.
    """
    before = now - timedelta(days=settings.RETENTION_DAYS)
    mails, _ = (
        OutgoingMail.objects.exclude(state=MailState.QUEUED).filter(created_at__lt=before).delete()
    )
    mails += ReceivedMail.objects.filter(received_at__lt=before).delete()[0]
    withdrawn = Occurrence.objects.filter(withdrawn_at__lt=now - timedelta(days=TOMBSTONE_DAYS))
    occurrences, _ = withdrawn.delete()
    searches = FeedRevision.objects.filter(key__startswith="search/")
    revisions, _ = searches.filter(changed_at__lt=now - timedelta(days=SEARCH_DAYS)).delete()
    forget_reach(now=now)
    return Purged(
        mails=mails, occurrences=occurrences, revisions=revisions, runs=forget_runs(now=now)
    )
