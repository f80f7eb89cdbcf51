"""Series tried out before anybody relies on them: what gives too many dates is left out, by name.

Done where the file is read, under the bounds of that process, so that no rule that passes is a
burden to the worker that keeps the dates.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from events.ical.entry import Entry
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.read import Reading
from events.recurrence.expand import expand
from events.recurrence.rule import UnsupportedRule

DAYS = 731
"""How far back and ahead of today dates are kept."""
MAX_DATES_OF_A_SERIES = 3_000
MAX_DATES = 60_000
"""Of all series of a file together."""


def without_costly_series(reading: Reading, *, today: date) -> Reading:
    """The reading without series that give more dates around ``today`` than can be kept.

    They are in its problems, as lost, so that nobody takes their absence for a deletion.

    Raises:
        CalendarUnreadable: nothing is left.
    """
    left, lost = MAX_DATES, {}
    for entry in reading.entries:
        if not (entry.rrule or entry.rdates):
            continue
        dates, why = _dates(entry, today, min(left, MAX_DATES_OF_A_SERIES))
        if why:
            lost[entry.uid] = Problem("too_costly", why, uid=entry.uid, is_lost=True)
        else:
            left -= dates
    if not lost:
        return reading
    entries = tuple(entry for entry in reading.entries if entry.uid not in lost)
    problems = (*reading.problems, *lost.values())
    if not entries:
        words = "None of the events can be kept: their rules give too many dates."
        raise CalendarUnreadable("no_readable_events", words, problems)
    return replace(reading, entries=entries, problems=problems)


def _dates(entry: Entry, today: date, room: int) -> tuple[int, str]:
    """How many dates the series has, or why it cannot be kept."""
    try:
        expansion = expand(
            entry.rrule or None,
            entry.rdates,
            entry.exdates,
            entry.start,
            entry.end,
            entry.timezone,
            window_first=today - timedelta(days=DAYS),
            window_end=today + timedelta(days=DAYS),
            limit=room + 1,
        )
    except UnsupportedRule as refusal:
        return 0, str(refusal)
    if expansion.truncated or len(expansion.starts) > room:
        return 0, (
            f"The series gives more dates than are kept ({MAX_DATES_OF_A_SERIES:,} in four years, "
            f"{MAX_DATES:,} for a whole calendar)."
        )
    return len(expansion.starts), ""
