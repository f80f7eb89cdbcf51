"""The starts of a series that repeats by the Chinese calendar: 腊月廿三 of every year."""

from __future__ import annotations

from datetime import date, datetime

from events.recurrence.periods import day_of
from venues.lunar import lunar_dates, parse_lunar


def lunar_starts(
    rule: str,
    start: date | datetime,
    end: date | datetime,
    *,
    until: date | None,
    window_first: date,
    window_end: date,
) -> tuple[date | datetime, ...]:
    """Starts in the years of ``[window_first, window_end)``, in order, none before ``start``.

    They have the type and the hour of ``start``; ``until`` is the last day that counts. A day
    30 falls on the 29th in short months; leap months repeat nothing (:mod:`venues.lunar`).

    Raises:
        ValueError: ``rule`` is no lunar day.
    """
    length = day_of(end) - day_of(start)
    first = max(day_of(start), window_first - length) if window_first.year > 1 else day_of(start)
    days = lunar_dates(parse_lunar(rule), first, window_end)
    kept = [day for day in days if until is None or day <= until]
    if not isinstance(start, datetime):
        return tuple(kept)
    return tuple(datetime.combine(day, start.time()) for day in kept)
