"""Values of single properties: dates, wall clocks, durations, text. No component, no file here."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from events.recurrence.zones import zone

MAX_DAYS = 3_700
_STAMP = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?(Z)?)?$"
)
_DURATION = re.compile(
    r"^(?P<sign>[+-]?)P(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?$"
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def date_or_moment(value: str) -> date | datetime | None:
    """A date, a naive wall clock, or an aware moment in UTC, by the form of ``value``.

    Tolerates what RFC 5545 does not: no seconds, dashes and colons (ISO 8601), 24:00 as the
    end of a day, a leap second. None where it is no date.
    """
    found = _STAMP.match(value.strip().upper())
    if not found:
        return None
    year, month, day, hour, minute, second, utc = found.groups()
    try:
        when = date(int(year), int(month), int(day))
        if hour is None:
            return when
        if (hour, minute, second or "00") == ("24", "00", "00"):
            return datetime.combine(when + timedelta(days=1), time(), tzinfo=UTC if utc else None)
        clock = time(int(hour), int(minute), min(int(second or 0), 59))
        return datetime.combine(when, clock, tzinfo=UTC if utc else None)
    except (ValueError, OverflowError):
        return None


def after(start: date | datetime, duration: str, timezone: str) -> date | datetime | None:
    """The end of something that lasts ``duration`` (RFC 5545 3.3.6) from ``start`` on.

    Days and weeks by the calendar, hours and smaller by the clock that never changes. None
    where ``duration`` is none, or negative, or longer than ten years.
    """
    found = _DURATION.match(duration.strip().upper())
    if not found or found["sign"] == "-":
        return None
    parts = {name: int(text or 0) for name, text in found.groupdict().items() if name != "sign"}
    days = parts["weeks"] * 7 + parts["days"]
    seconds = parts["hours"] * 3600 + parts["minutes"] * 60 + parts["seconds"]
    if days + seconds // 86400 > MAX_DAYS:
        return None
    if not isinstance(start, datetime):
        return start + timedelta(days=days + (seconds + 86399) // 86400)
    moment = (start + timedelta(days=days)).replace(tzinfo=zone(timezone)).astimezone(UTC)
    return wall_clock(moment + timedelta(seconds=seconds), timezone)


def wall_clock(moment: datetime, timezone: str) -> datetime:
    """What the clocks in ``timezone`` show at an aware ``moment``."""
    return moment.astimezone(zone(timezone)).replace(tzinfo=None, fold=0)


def text(value: str) -> str:
    """TEXT unescaped (RFC 5545 3.3.11); a backslash before any other character is dropped."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def texts(value: str) -> list[str]:
    """A comma-separated list of TEXT."""
    parts: list[str] = []
    current: list[str] = []
    is_escaped = False
    for character in value:
        if character == "," and not is_escaped:
            parts.append("".join(current))
            current = []
        else:
            current.append(character)
        is_escaped = character == "\\" and not is_escaped
    parts.append("".join(current))
    return [text(part) for part in parts]


def integer(value: str, *, largest: int) -> int | None:
    """A number from 0 to ``largest``; none where it is no number or too large."""
    stripped = value.strip()
    if not re.fullmatch(r"\d{1,12}", stripped):
        return None
    return int(stripped) if int(stripped) <= largest else None
