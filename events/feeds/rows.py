"""Which dates a feed shows on a day, and the stamps that tell their versions apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from events.feeds.feed import Feed, window_of
from events.models import Occurrence
from events.queries import hosted_occurrences, occurrences
from events.recurrence.zones import zone
from venues.models import Venue

TOMBSTONE_DAYS = 60
"""So long a cancelled date is shown after its last change; then it drops out."""

MAX_ROWS = 4000
"""More than any calendar within the size budget can hold."""

STAMPS = (
    "pk",
    "starts_at",
    "ends_at",
    "is_cancelled",
    "event__sequence",
    "event__changed_at",
    "event__venue_id",
    "event__venue__version",
    "event__venue__changed_at",
)
"""All that can change in an entry raises one of these; no text among them."""


def today_of(feed: Feed, now: datetime) -> date:
    """The calendar day in the feed's zone."""
    return now.astimezone(zone(feed.timezone)).date()


def stamps_of(feed: Feed, *, today: date) -> list[tuple]:
    """One tuple of ``STAMPS`` per date the feed may show, by start; usually one query.

    A feed with more than ``MAX_ROWS`` dates keeps those nearest to ``today``, at most half of
    them past.
    """
    rows = selected(feed, today=today).values_list(*STAMPS)
    stamps = list(rows.order_by("starts_at", "pk")[: MAX_ROWS + 1])
    if len(stamps) <= MAX_ROWS:
        return stamps
    past = rows.filter(end_date__lte=today).order_by("-starts_at", "-pk")[: MAX_ROWS // 2]
    coming = rows.filter(end_date__gt=today).order_by("starts_at", "pk")[:MAX_ROWS]
    return [*reversed(past), *coming][:MAX_ROWS]


def read(ids: Iterable[int]) -> list[Occurrence]:
    """The dates with all that an entry is made of, in the order of ``ids``; three queries."""
    found = (
        Occurrence.objects.filter(pk__in=list(ids))
        .order_by()
        .select_related("event", "event__venue")
        .prefetch_related("event__topics", "event__references")
        .in_bulk()
    )
    return [found[pk] for pk in ids if pk in found]


def selected(feed: Feed, *, today: date) -> QuerySet[Occurrence]:
    if feed.event_id is not None:
        rows = Occurrence.objects.filter(event_id=feed.event_id)
        return rows if feed.occurrence_key is None else rows.filter(key=feed.occurrence_key)
    window = window_of(today)
    if feed.host_id is not None:
        rows = hosted_occurrences(Venue(pk=feed.host_id), window=window)
    else:
        rows = occurrences(feed.asked, window=window, scope=feed.scope)
    midnight = datetime.combine(
        today - timedelta(days=TOMBSTONE_DAYS), time(), tzinfo=zone(feed.timezone)
    )
    return rows.filter(Q(is_cancelled=False) | Q(event__changed_at__gte=midnight))
