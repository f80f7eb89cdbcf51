"""Outlook, Exchange and Lotus: TZID is any word (``Customized Time Zone``), explained by a
VTIMEZONE of the file's own.

An IANA zone with the same offsets stands in for it: the calendar's own if that fits, else a
well-known one, else the first by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from events.ical.component import Component
from events.recurrence.expand import expand
from events.recurrence.rule import UnsupportedRule
from events.recurrence.zones import known_timezones, zone

MAX_OBSERVANCES = 60
MAX_RDATES = 200
_OFFSET = re.compile(r"^([+-])(\d{2}):?(\d{2})(\d{2})?$")
_STAMP = re.compile(r"^(\d{8})T(\d{6})")
_WELL_KNOWN = (
    *("Asia/Shanghai", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Kolkata", "Europe/London"),
    *("Europe/Berlin", "Europe/Athens", "America/New_York", "America/Chicago"),
    *("America/Denver", "America/Los_Angeles", "Australia/Sydney", "UTC"),
)


def iana_name(vtimezone: Component, *, preferred: Iterable[str], year: int) -> str | None:
    """An IANA zone that has the offsets of ``vtimezone`` throughout ``year`` and the next."""
    onsets = _onsets(vtimezone, year)
    if not onsets:
        return None
    probes = [_day(year, 1, 1) + timedelta(days=7 * week) for week in range(104)]
    offsets = [_offset_at(onsets, probe) for probe in probes]
    for name in (*preferred, *_WELL_KNOWN, *sorted(known_timezones())):
        if all(
            probe.replace(tzinfo=zone(name)).utcoffset() == offset
            for probe, offset in zip(probes, offsets, strict=True)
        ):
            return name
    return None


def _offset_at(onsets: list[tuple[datetime, timedelta, timedelta]], at: datetime) -> timedelta:
    current = onsets[0][1]
    for onset, _, offset_to in onsets:
        if onset > at:
            break
        current = offset_to
    return current


def _onsets(vtimezone: Component, year: int) -> list[tuple[datetime, timedelta, timedelta]]:
    """Onsets (wall clock), offset before and after, up to the end of the next year, in order."""
    found = []
    for child in vtimezone.children[:MAX_OBSERVANCES]:
        start, before, after, rule = (
            child.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE")
        )
        first = _stamp(start.value) if start else None
        offset_from = _offset(before.value) if before else None
        offset_to = _offset(after.value) if after else None
        if first is None or offset_from is None or offset_to is None:
            continue
        moments = {first, *(_stamp(each) for each in _rdates(child))} - {None}
        if rule:
            moments.update(_yearly(rule.value, first, year))
        found += [(moment, offset_from, offset_to) for moment in moments if moment is not None]
    return sorted(found)


def _rdates(observance: Component) -> list[str]:
    values = [v for prop in observance.all_of("RDATE") for v in prop.value.split(",", MAX_RDATES)]
    return values[:MAX_RDATES]


def _yearly(rule: str, first: datetime, year: int) -> Iterable[datetime]:
    """Onsets of the rule from the year before; Outlook starts them in 1601."""
    start = first if first.year >= 1970 else first.replace(year=1970, day=min(first.day, 28))
    try:
        expansion = expand(
            rule,
            (),
            (start,),
            start,
            start,
            "UTC",
            window_first=_day(year - 1, 1, 1),
            window_end=_day(year + 2, 1, 1),
            limit=50,
        )
    except UnsupportedRule:
        return ()
    return [each for each in expansion.starts if isinstance(each, datetime)]


def _day(year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time())


def _stamp(value: str) -> datetime | None:
    found = _STAMP.match(value)
    if not found:
        return None
    try:
        return datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007  wall clock
    except ValueError:
        return None


def _offset(value: str) -> timedelta | None:
    found = _OFFSET.match(value.strip())
    if not found:
        return None
    seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
    return timedelta(seconds=-seconds if found[1] == "-" else seconds)
