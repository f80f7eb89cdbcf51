"""Which dates a feed shows on a day, and the stamps that tell their versions apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Aggregate, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce

from events.feeds.about import About, about_events
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


def stamps_of(feed: Feed, *, today: date) -> list[str]:
    """One text of the ``STAMPS`` per date the feed shows, sorted; one query, one row.

    A feed with more than ``MAX_ROWS`` dates needs two queries.
    """
    rows = selected(feed, today=today).annotate(stamp=Stamp(*STAMPS)).values("stamp")
    stamps = _joined(rows.order_by("starts_at", "pk")[: MAX_ROWS + 1])
    if len(stamps) <= MAX_ROWS:
        return stamps
    return sorted(stamp for part in _nearest(rows, today) for stamp in _joined(part))


def ids_of(feed: Feed, *, today: date) -> list[int]:
    """The dates the feed shows, as :func:`stamps_of` knows them.

    More than ``MAX_ROWS`` keep those nearest to ``today``, at most half of them past.
    """
    rows = selected(feed, today=today).values_list("pk", flat=True)
    ids = list(rows.order_by("starts_at", "pk")[: MAX_ROWS + 1])
    return ids if len(ids) <= MAX_ROWS else [pk for part in _nearest(rows, today) for pk in part]


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


class Stamp(Func):
    """Columns as one text, without turning any of them into a Python value."""

    template = "%(expressions)s"
    arg_joiner = " || ',' || "
    output_field = TextField()

    def __init__(self, *columns: str) -> None:
        super().__init__(*(Coalesce(Cast(column, TextField()), Value("")) for column in columns))


class _Joined(Aggregate):
    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ';')"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


def _joined(rows: QuerySet) -> list[str]:
    """The stamps, sorted here because no database promises an order inside an aggregate."""
    text = rows.aggregate(all=_Joined("stamp"))["all"]
    return sorted(text.split(";")) if text else []


def _nearest(rows: QuerySet, today: date) -> tuple[QuerySet, QuerySet]:
    """Half of ``MAX_ROWS`` of the latest past, half of what comes first."""
    past = rows.filter(end_date__lte=today).order_by("-starts_at", "-pk")
    coming = rows.filter(end_date__gt=today).order_by("starts_at", "pk")
    return past[: MAX_ROWS // 2], coming[: MAX_ROWS // 2]
