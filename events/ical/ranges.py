"""RANGE=THISANDFUTURE (RFC 5545 3.2.13): one component that changes a date and all that follow.

Each following date gets a change of its own, so that dates keep their identity and a calendar
shows them as moved. What is said about a single date counts more, and so does a later range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from events.ical.entry import LAST_YEAR, Entry
from events.recurrence.expand import expand
from events.recurrence.rule import UnsupportedRule

MAX_DATES = 1_500
"""Of one range: daily for four years, weekly for ever."""
MAX_DATES_OF_A_FILE = 20_000


def spread(
    master: Entry, ranges: Sequence[Entry], singles: Sequence[Entry], *, room: int
) -> tuple[list[Entry], bool]:
    """Overrides of single dates that say what ``ranges`` say, and whether all dates have theirs.

    ``ranges`` and ``singles`` are overrides of ``master``; those of the latter stay as they are.
    """
    taken = {each.recurrence_id for each in singles}
    starts_from = sorted(ranges, key=lambda each: str(each.recurrence_id))
    found: list[Entry] = []
    is_whole = True
    for number, first in enumerate(starts_from):
        following = starts_from[number + 1 :]
        until = following[0].recurrence_id if following else None
        starts, is_all = _starts(master, first, until, min(MAX_DATES, room - len(found)))
        is_whole = is_whole and is_all
        shift = _wall(first.start) - _wall(first.recurrence_id)
        found += [
            _moved(first, start, shift)
            for start in starts
            if start not in taken and (_wall(start) + shift).year < LAST_YEAR
        ]
    return found, is_whole


def _starts(
    master: Entry, first: Entry, until: date | None, room: int
) -> tuple[list[date | datetime], bool]:
    """Starts of the series from the first one of the range on, before ``until``."""
    assert first.recurrence_id is not None
    begin = _wall(first.recurrence_id)
    end = _wall(until) if until is not None else datetime(LAST_YEAR, 1, 1)  # noqa: DTZ001  wall clock
    if room <= 0 or end <= begin:
        return [], end <= begin
    try:
        expansion = expand(
            master.rrule or None,
            master.rdates,
            master.exdates,
            master.start,
            master.end,
            master.timezone,
            window_first=begin,
            window_end=end,
            limit=room,
        )
    except UnsupportedRule:
        return [], False
    starts = [start for start in expansion.starts if begin <= _wall(start) < end]
    is_far_enough = until is None and room >= MAX_DATES  # an endless series has to end somewhere
    return starts, not expansion.truncated or is_far_enough


def _moved(first: Entry, start: date | datetime, shift: timedelta) -> Entry:
    """What ``first`` says, for the date that was to begin at ``start``."""
    length = _wall(first.end) - _wall(first.start)
    begin: date | datetime = _wall(start) + shift
    if not isinstance(first.start, datetime):
        begin = _wall(begin).date()
    return replace(first, recurrence_id=start, start=begin, end=begin + length)


def _wall(value: date | None) -> datetime:
    assert value is not None
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001  wall clock
