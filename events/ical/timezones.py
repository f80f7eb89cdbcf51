"""VTIMEZONE components of our own making (RFC 5545 3.6.5).

The ``icalendar`` library's are an hour wrong each spring in libical and every summer in
ical.js: it gives onsets in the new local time and lists several RDATE values in one property.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache

from events.ical.tzif import Change, Local, YearlyChange, ZoneHistory, zone_history

FIRST_YEAR = 2024
END_YEAR = 2038
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=2048)
def vtimezone(name: str, *, first_year: int = FIRST_YEAR, end_year: int = END_YEAR) -> bytes:
    """The VTIMEZONE of an IANA zone, right for local times of ``[first_year, end_year)``.

    Where the data promise a yearly pattern it is right for ever after. The same
    arguments give the same bytes as long as the ``tzdata`` package stays the same.

    Raises:
        ValueError: no such zone.
    """
    history = zone_history(name)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    for observance in sorted(_observances(history, first_year - 1, end_year)):
        lines += observance[1]
    lines.append("END:VTIMEZONE")
    return "".join(f"{line}\r\n" for line in lines).encode()


def _observances(
    history: ZoneHistory, first_year: int, end_year: int
) -> Iterable[tuple[datetime, list[str]]]:
    """The sub-components, each with its first onset (wall clock) to sort by."""
    changes = history.changes_within(first_year, end_year + 1)
    rules = [(change, _rrule(change)) for change in history.yearly]
    is_for_ever = bool(rules) and all(rule for _, rule in rules)
    years = range(first_year, end_year + 1)
    pattern_year = _first_year_of_pattern(history, changes, years) if is_for_ever else end_year + 1
    if pattern_year > first_year or not changes:
        start = datetime.combine(date(first_year, 1, 1), time())
        local = history.local_at(start)
        yield start, _observance(local, local, start)
    for group in _groups([c for c in changes if c.wall_clock.year < pattern_year]):
        onsets = [change.wall_clock for change in group]
        yield onsets[0], _observance(group[0].before, group[0].after, onsets[0], onsets)
    if pattern_year <= end_year:
        for yearly, rule in rules:
            onset = yearly.in_year(pattern_year).wall_clock
            yield onset, _observance(yearly.before, yearly.after, onset, rule=rule)


def _first_year_of_pattern(history: ZoneHistory, changes: list[Change], years: range) -> int:
    """The year from which on the promised yearly changes, and no others, take place."""
    year = years.stop
    while year > years.start:
        promised = sorted(rule.in_year(year - 1).utc for rule in history.yearly)
        if [c.utc for c in changes if c.wall_clock.year == year - 1] != promised:
            break
        year -= 1
    return year


def _groups(changes: list[Change]) -> list[list[Change]]:
    """Changes of the same kind together, in order of time."""
    groups: dict[tuple[Local, Local], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.before, change.after), []).append(change)
    return list(groups.values())


def _observance(
    before: Local,
    after: Local,
    onset: datetime,
    onsets: list[datetime] | None = None,
    *,
    rule: str | None = None,
) -> list[str]:
    """One RDATE property per value, the first onset among them: ical.js reads only the first
    value of each, and leaves DTSTART out as soon as there is any RDATE."""
    kind = "DAYLIGHT" if _is_summer_time(before, after) else "STANDARD"
    lines = [f"BEGIN:{kind}", f"DTSTART:{_stamp(onset)}"]
    if rule:
        lines.append(f"RRULE:{rule}")
    if onsets and len(onsets) > 1:
        lines += [f"RDATE:{_stamp(each)}" for each in onsets]
    lines += [
        f"TZOFFSETFROM:{_offset(before.offset_seconds)}",
        f"TZOFFSETTO:{_offset(after.offset_seconds)}",
        f"TZNAME:{after.name}",
        f"END:{kind}",
    ]
    return lines


def _is_summer_time(before: Local, after: Local) -> bool:
    """Whether clients should take ``after`` for summer time.

    Irish law calls winter time the exception; clients expect summer time to be ahead.
    """
    if before.is_daylight != after.is_daylight:
        return after.offset_seconds > before.offset_seconds
    return after.is_daylight


def _rrule(change: YearlyChange) -> str | None:
    """RRULE of a yearly change; none where its week is not always within one month."""
    day = change.day
    shift_days = day.seconds // 86400
    weekday = _WEEKDAYS[(day.weekday + shift_days) % 7]
    head = f"FREQ=YEARLY;BYMONTH={day.month}"
    if shift_days == 0:
        week = -1 if day.week == 5 else day.week
        return f"{head};BYDAY={week}{weekday}"
    length = _DAYS_IN_MONTH[day.month - 1]
    first = (length - 6 if day.week == 5 else 7 * day.week - 6) + shift_days
    if first < 1 or first + 6 > length or (day.week == 5 and day.month == 2):
        return None
    days = ",".join(str(first + i) for i in range(7))
    return f"{head};BYMONTHDAY={days};BYDAY={weekday}"


def _stamp(value: datetime) -> str:
    return value.strftime("%Y%m%dT%H%M%S")


def _offset(seconds: int) -> str:
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{rest:02}" if rest else "")


def years_of(moments: Iterable[datetime]) -> tuple[int, int]:
    """``(first_year, end_year)`` of a VTIMEZONE that covers ``moments``, never less than usual."""
    years = {moment.year for moment in moments}
    return min({FIRST_YEAR, *years}), max({END_YEAR, *(year + 1 for year in years)})
