"""Occurrences: the moments that follow from an event's dates, kept as rows up to a horizon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from events.enums import Moderation
from events.models import Event, Occurrence
from events.models.event import day_after
from events.recurrence.expand import Expansion, expand
from events.recurrence.lunar import lunar_starts
from events.recurrence.rule import UnsupportedRule
from events.services.closed_days import Judged, books_for, judged
from events.services.inserting import insert_all

HORIZON_DAYS = 731  # 24 months: how far ahead a series has rows
KEPT_DAYS = 731  # how far back a series is looked at again; older rows stay as they are
_CHUNK = 500
_ALL_TIME = (date(1900, 1, 1), date(2200, 1, 1))
_DERIVED = ["original_start", "start_date", "end_date", "starts_at", "ends_at"]
_DERIVED += ["is_cancelled", "reason_zh", "reason_en", "withdrawn_at"]


@dataclass(frozen=True)
class Refreshed:
    """How many dates take place per event id, and what could not be expanded, in words.

    ``touched`` are the ids of events with a date that is new, different or gone.
    """

    dates: Mapping[int, int]
    problems: Mapping[int, str]
    touched: frozenset[int] = frozenset()


@dataclass
class _Diff:
    created: list[Occurrence]
    changed: list[Occurrence]
    deleted: list[int]

    @property
    def size(self) -> int:
        return len(self.created) + len(self.changed) + len(self.deleted)


def refresh_occurrences(event: Event, *, now: datetime) -> int:
    """Make the event's occurrences follow from its columns; how many of them take place.

    The caller holds the event's lock. A rule that cannot be expanded gives the first date alone.
    """
    return refresh_many([event], now=now).dates[event.pk]


def refresh_many(events: Iterable[Event], *, now: datetime) -> Refreshed:
    """:func:`refresh_occurrences` for many events, in a number of queries that stays the same."""
    events = list(events)
    rows: dict[int, list[Occurrence]] = defaultdict(list)
    if events:
        for row in Occurrence.objects.filter(event__in=[event.pk for event in events]):
            rows[row.event_id].append(row)
    diff = _Diff([], [], [])
    dates, problems, touched = {}, {}, set()
    books = books_for(events, *_ALL_TIME)
    for event in events:
        wanted, problem = _wanted(event, now)
        found = judged(event, wanted, rows[event.pk], books, now)
        dates[event.pk] = sum(not values["is_cancelled"] for values in found.wanted)
        if problem:
            problems[event.pk] = problem
        before = diff.size
        _compare(event, found, rows[event.pk], now, diff)
        if diff.size > before:
            touched.add(event.pk)
    _write(diff)
    return Refreshed(dates=dates, problems=problems, touched=frozenset(touched))


def starts_of(event: Event, *, now: datetime) -> list[str]:
    """Original starts that the event's rule and single dates give, ISO, in order."""
    return [start.isoformat() for start in _expanded(event, *_window(event, now))[0].starts]


def trouble_with(event: Event, *, now: datetime) -> str:
    """Why not all dates of the event can be kept, as :func:`refresh_many` says; mostly nothing."""
    return _expanded(event, *_window(event, now))[1] if event.has_rule else ""


def extend_occurrences(*, now: datetime) -> int:
    """Give every repeated event its dates up to the horizon; how many events were looked at."""
    repeated = Event.objects.exclude(rrule="", lunar_rule="")
    ids = list(repeated.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), _CHUNK):
        with transaction.atomic():
            chunk = Event.objects.select_for_update(of=("self",)).order_by("pk")
            refresh_many(chunk.filter(pk__in=ids[first : first + _CHUNK]), now=now)
    return len(ids)


def _wanted(event: Event, now: datetime) -> tuple[list[dict[str, Any]], str]:
    """Column values of each occurrence there should be, in order, and what went wrong."""
    first, end = _window(event, now)
    expansion, problem = _expanded(event, first, end)
    starts = {start.isoformat(): start for start in expansion.starts}
    for key, changes in event.overrides.items():
        # A date given for itself takes place although the rule (no longer) gives it.
        if key not in starts and "start" in changes and not changes.get("cancelled"):
            start = _parsed(event, key)
            if first <= _day(start) < end:
                starts[key] = start
    wanted = [_values(event, key, start) for key, start in starts.items()]
    return sorted(wanted, key=lambda values: values["original_start"]), problem


def _window(event: Event, now: datetime) -> tuple[date, date]:
    """The days ``[first, end)`` for which an event has rows; dates given one by one have all."""
    if not event.has_rule:
        return _ALL_TIME
    return now.date() - timedelta(days=KEPT_DAYS), now.date() + timedelta(days=HORIZON_DAYS)


def _expanded(event: Event, first: date, end: date) -> tuple[Expansion, str]:
    dates: dict[str, Any] = {
        "rdates": tuple(_parsed(event, each) for each in event.rdates),
        "exdates": tuple(_parsed(event, each) for each in event.exdates),
        "start": event.start_date if event.is_all_day else event.wall_start,
        "end": event.end_date if event.is_all_day else event.wall_end,
        "timezone": event.timezone,
    }
    if event.lunar_rule:
        dates["rdates"] += lunar_starts(
            event.lunar_rule,
            dates["start"],
            dates["end"],
            until=event.lunar_until,
            window_first=first,
            window_end=end,
        )
    try:
        expansion = expand(event.rrule or None, window_first=first, window_end=end, **dates)
    except UnsupportedRule as refusal:
        alone = expand(None, window_first=_ALL_TIME[0], window_end=_ALL_TIME[1], **dates)
        return alone, f"{refusal} Only its first date is shown."
    if expansion.truncated:
        return expansion, "Its rule gives more dates than can be kept; the later ones are left out."
    return expansion, ""


def _parsed(event: Event, text: str) -> date | datetime:
    return date.fromisoformat(text) if event.is_all_day else datetime.fromisoformat(text)


def _day(start: date | datetime) -> date:
    return start.date() if isinstance(start, datetime) else start


def _wall(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())


def _values(event: Event, key: str, start: date | datetime) -> dict[str, Any]:
    changes = event.overrides.get(key, {})
    if "start" in changes:
        wall_start = _wall(_parsed(event, changes["start"]))
        wall_end = _wall(_parsed(event, changes["end"]))
    else:
        wall_start = _wall(start)
        wall_end = wall_start + event.wall_duration
    starts_at, ends_at = event.moment_of(wall_start), event.moment_of(wall_end)
    if ends_at < starts_at:  # it starts in the hour that is skipped and ends right after it
        ends_at = starts_at + (wall_end - wall_start)
    is_over = event.cancelled_from is not None and ends_at >= event.cancelled_from
    return {
        "original_start": key,
        "start_date": wall_start.date(),
        "end_date": day_after(wall_end, start=wall_start),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "is_cancelled": bool(changes.get("cancelled")) or is_over,
        "reason_zh": "",
        "reason_en": "",
        "withdrawn_at": None,
    }


def _compare(
    event: Event,
    found: Judged,
    rows: list[Occurrence],
    now: datetime,
    diff: _Diff,
) -> None:
    """File what has to be written so that ``rows`` become what was ``found``."""
    keys = {row.key for row in rows}
    pairs, left = _matched(event, found.wanted, rows)
    for values, row in pairs:
        if row is None:
            diff.created.append(
                Occurrence(event=event, key=_new_key(event, values, keys), **values)
            )
        elif any(getattr(row, name) != value for name, value in values.items()):
            _set(row, values)
            diff.changed.append(row)
    for row in left:
        reason = found.skipped.get(row.original_start, ("", ""))
        _let_go(event, row, now, diff, reason)


def _matched(
    event: Event, wanted: list[dict[str, Any]], rows: list[Occurrence]
) -> tuple[list[tuple[dict[str, Any], Occurrence | None]], list[Occurrence]]:
    """Each wanted occurrence with the row it continues, and the rows that nothing continues.

    The same original start is the same occurrence. Else, when the whole event moves, the one
    date of an event stays itself, and dates of a series stay those of their day.
    """
    by_start = {row.original_start: row for row in reversed(_live_first(rows))}
    pairs = [(values, by_start.get(values["original_start"])) for values in wanted]
    taken = {row.pk for _, row in pairs if row is not None}
    free: dict[str, list[Occurrence]] = defaultdict(list)
    for spare in _live_first(row for row in rows if row.pk not in taken):
        free[spare.original_start[:10] if event.is_repeated else spare.key].append(spare)
    for n, (values, row) in enumerate(pairs):
        day = values["original_start"][:10] if event.is_repeated else ""
        if row is None and free[day]:
            pairs[n] = values, free[day].pop(0)
    return pairs, [row for same_day in free.values() for row in same_day]


def _live_first(rows: Iterable[Occurrence]) -> list[Occurrence]:
    return sorted(rows, key=lambda row: (row.withdrawn_at is not None, row.original_start))


def _new_key(event: Event, values: Mapping[str, Any], keys: set[str]) -> str:
    """The occurrence's name for ever; its first original start, unless that is taken."""
    name = values["original_start"].replace("-", "").replace(":", "") if event.is_repeated else ""
    key, number = name, 1
    while key in keys:
        number += 1
        key = f"{name}-{number}"
    keys.add(key)
    return key


def _set(row: Occurrence, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _let_go(
    event: Event, row: Occurrence, now: datetime, diff: _Diff, reason: tuple[str, str]
) -> None:
    """A date the event no longer gives: announced as cancelled if anybody may be expecting it."""
    if date.fromisoformat(row.original_start[:10]) < _window(event, now)[0]:
        return  # older than what is looked at
    if row.withdrawn_at is not None:
        return
    if row.ends_at <= now or event.moderation != Moderation.PUBLISHED:
        diff.deleted.append(row.pk)
        return
    row.is_cancelled, row.withdrawn_at = True, now
    row.reason_zh, row.reason_en = reason
    diff.changed.append(row)


def _write(diff: _Diff) -> None:
    if diff.deleted:
        Occurrence.objects.filter(pk__in=diff.deleted).delete()
    insert_all(diff.created)
    if diff.changed:
        Occurrence.objects.bulk_create(
            diff.changed, update_conflicts=True, unique_fields=["pk"], update_fields=_DERIVED
        )
