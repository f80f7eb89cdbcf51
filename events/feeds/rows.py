"""Which dates a feed shows on a day, and everything that their entries are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import FilteredRelation, Q, QuerySet

from events.feeds.about import About, about_events
from events.feeds.feed import Feed, window_of
from events.feeds.release import release
from events.models import Occurrence
from events.queries import hosted_occurrences, occurrences
from events.recurrence.zones import zone
from venues.models import Venue

TOMBSTONE_DAYS = 60
"""So long a cancelled date is shown after its last change; then it drops out."""

MAX_ROWS = 4000
"""More than any calendar within the size budget can hold."""


def today_of(feed: Feed, now: datetime) -> date:
    """The calendar day in the feed's zone."""
    return now.astimezone(zone(feed.timezone)).date()


def digests_of(feed: Feed, *, today: date) -> list[tuple[int, str | None]]:
    """The dates the feed shows, in order of time, each with the digest of its stored fragment.

    None: it has to be written first. One query; a feed with more than ``MAX_ROWS`` dates needs
    two more and keeps those nearest to ``today``, at most half of them past.
    """
    shown = selected(feed, today=today).annotate(
        stored=FilteredRelation(
            "fragments",
            condition=Q(fragments__language=feed.language, fragments__made_by=release()),
        )
    )
    rows = shown.values_list("pk", "stored__digest")
    found = list(rows.order_by("starts_at", "pk")[: MAX_ROWS + 1])
    if len(found) <= MAX_ROWS:
        return found
    past = rows.filter(end_date__lte=today).order_by("-starts_at", "-pk")
    coming = rows.filter(end_date__gt=today).order_by("starts_at", "pk")
    return [*past[: MAX_ROWS // 2], *coming[: MAX_ROWS // 2]]


@dataclass(frozen=True)
class Row:
    """A date with its event and venue, and what is filed beside its event."""

    occurrence: Occurrence
    about: About


def read(ids: Sequence[int]) -> list[Row]:
    """Everything that entries are made of; eight queries for any number of dates."""
    occurrences = list(
        Occurrence.objects.filter(pk__in=ids)
        .order_by("pk")
        .select_related("event")
        .prefetch_related("event__venue")  # one object per venue, not per date
    )
    about = about_events({occurrence.event_id for occurrence in occurrences})
    return [Row(row, about[row.event_id]) for row in occurrences]


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
