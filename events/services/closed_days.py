"""Dates that do not take place for reasons of the calendar: the venue is closed, the series pauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from events.enums import ClosedDays
from events.models import Event, Occurrence
from venues.models import Venue
from venues.opening import OpeningBook
from venues.queries import opening_books

PAUSED_ZH, PAUSED_EN = "暂停举办。", "Paused."
_LONGEST = 300


@dataclass(frozen=True)
class Judged:
    """``wanted`` column values of dates, and reasons (zh, en) of the starts that are skipped."""

    wanted: list[dict[str, Any]]
    skipped: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def books_for(events: Iterable[Event], first: date, end: date) -> Mapping[int, OpeningBook]:
    """What decides about the venues of those events that mind closed days; none: no query."""
    minding = [
        e.venue_id for e in events if e.venue_id is not None and e.on_closed_days != ClosedDays.KEEP
    ]
    if not minding:
        return {}
    venues = Venue.objects.filter(pk__in=minding).select_related("region")
    return opening_books(venues, first, end)


def judged(
    event: Event,
    wanted: Iterable[dict[str, Any]],
    rows: Iterable[Occurrence],
    books: Mapping[int, OpeningBook],
    now: datetime,
) -> Judged:
    """Cancel dates in a pause, and cancel or skip those on closed days, each with its reason.

    A date is judged by the day it begins on, also when it was moved there. Dates that are over
    stay as they were announced: a closure entered later does not undo what took place.
    """
    book = books.get(event.venue_id) if event.venue_id is not None else None
    if event.on_closed_days == ClosedDays.KEEP:
        book = None
    known = {row.original_start: row for row in rows if row.withdrawn_at is None}
    kept, skipped = [], {}
    for values in wanted:
        key = values["original_start"]
        if reason := _pause_on(event, values["start_date"]):
            kept.append(_cancelled(values, reason))
        elif book is None:
            kept.append(values)
        elif key in known and values["ends_at"] <= now:
            kept.append(_as_announced(values, known[key]))
        elif not (reason := _closed_on(book, values["start_date"])):
            kept.append(values)
        elif event.on_closed_days == ClosedDays.SKIP:
            skipped[key] = reason
        else:
            kept.append(_cancelled(values, reason))
    return Judged(kept, skipped)


def _as_announced(values: dict[str, Any], row: Occurrence) -> dict[str, Any]:
    reason = (row.reason_zh, row.reason_en)
    return _cancelled(values, reason) if row.reason_zh else values


def _cancelled(values: dict[str, Any], reason: tuple[str, str]) -> dict[str, Any]:
    chinese, english = reason
    return values | {"is_cancelled": True, "reason_zh": chinese, "reason_en": english}


def _pause_on(event: Event, day: date) -> tuple[str, str] | None:
    text = day.isoformat()
    for pause in event.pauses:
        if pause["first"] <= text and (not pause["end"] or text < pause["end"]):
            return pause["reason_zh"] or PAUSED_ZH, pause["reason_en"] or PAUSED_EN
    return None


def _closed_on(book: OpeningBook, day: date) -> tuple[str, str] | None:
    """Why the venue is closed; nothing where it is open, or nobody has said."""
    found = book.day(day)
    if found.is_open is not False:
        return None
    return found.reason_zh[:_LONGEST], found.reason_en[:_LONGEST]
