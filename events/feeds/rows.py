"""Which dates a feed shows on a day, and everything that their entries are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FilteredRelation, Q, QuerySet

from events.feeds.about import About, about_events
from events.feeds.feed import Feed, window_of
from events.feeds.release import release
from events.models import Occurrence
from events.queries import Scope, hosted_occurrences, occurrences, scope_of
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
    """The dates the feed shows, each with the digest of its stored fragment.

    None: it has to be written first.
    """
    return [(pk, digest) for pk, digest in shown_rows(feed, today=today, columns=("digest",))]


def shown_rows(feed: Feed, *, today: date, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The primary keys of the dates the feed shows, each with ``columns`` of its stored fragment.

    In no order; the columns are None where no fragment is stored. One query; a feed with more
    than ``MAX_ROWS`` dates needs two more and keeps those nearest to ``today``, at most half of
    them past.
    """
    # What the filter names is looked up each time; the statement itself is composed once, since
    # that costs Django more than a thousand rows cost the database.
    has_filter = feed.host_id is None and feed.event_id is None
    scope = (feed.scope or scope_of(feed.asked)) if has_filter else None

    def rows(part: str) -> list[tuple[Any, ...]]:
        days = (today, feed.asked.today)  # "today" of the filter does not make it another filter
        statement = _statement(feed, scope, days, columns, release(), part)
        if statement is None:
            return []
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            return list(cursor.fetchall())

    found = rows("all")
    return found if len(found) <= MAX_ROWS else [*rows("past"), *rows("coming")]


@lru_cache(maxsize=2048)
def _statement(
    feed: Feed,
    scope: Scope | None,
    days: tuple[date, date | None],
    columns: tuple[str, ...],
    made_by: str,
    part: str,
) -> tuple[str, tuple[Any, ...]] | None:
    """The SELECT behind :func:`shown_rows`; None where nothing can match.

    ``days``: the feed's today and its filter's, which filters are not told apart by.
    """
    today, _ = days
    shown = selected(replace(feed, scope=scope), today=today).annotate(
        stored=FilteredRelation(
            "fragments",
            condition=Q(
                fragments__language=feed.language,
                fragments__runs=feed.runs,
                fragments__made_by=made_by,
            ),
        )
    )
    rows = shown.values_list("pk", *(f"stored__{column}" for column in columns))
    wanted = {
        "all": rows.order_by()[: MAX_ROWS + 1],
        "past": rows.filter(end_date__lte=today).order_by("-starts_at", "-pk")[: MAX_ROWS // 2],
        "coming": rows.filter(end_date__gt=today).order_by("starts_at", "pk")[: MAX_ROWS // 2],
    }
    try:
        return wanted[part].query.sql_with_params()
    except EmptyResultSet:
        return None


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
    rows = _selected(feed, today=today)
    return rows.filter(is_cancelled=False) if feed.drops_cancelled else rows


def _selected(feed: Feed, *, today: date) -> QuerySet[Occurrence]:
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
