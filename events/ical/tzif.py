"""Changes of UTC offset out of compiled time zone data (RFC 8536). Nothing of iCalendar here."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources

from events.recurrence.zones import is_known_timezone

_EPOCH = datetime.combine(date(1970, 1, 1), time())  # naive, UTC
_FOOTER = re.compile(
    r"^(?P<std><[^>]+>|[A-Za-z]+)(?P<std_offset>[-+\d:]+)"
    r"(?:(?P<dst><[^>]+>|[A-Za-z]+)(?P<dst_offset>[-+\d:]+)?,(?P<start>[^,]+),(?P<end>[^,]+))?$"
)
_DAY_OF_MONTH_RULE = re.compile(r"^M(\d+)\.(\d)\.(\d)(?:/([-+\d:]+))?$")


@dataclass(frozen=True)
class Local:
    """One kind of local time: seconds east of UTC, whether it is summer time, abbreviation."""

    offset_seconds: int
    is_daylight: bool
    name: str


@dataclass(frozen=True)
class Change:
    """The clocks go from ``before`` to ``after`` at ``utc`` (naive, UTC)."""

    utc: datetime
    before: Local
    after: Local

    @property
    def wall_clock(self) -> datetime:
        """What the clocks show the moment they are changed, still in the old offset."""
        return self.utc + timedelta(seconds=self.before.offset_seconds)


@dataclass(frozen=True)
class YearlyDay:
    """POSIX ``Mm.w.d/time``: the ``week``-th (5: last) ``weekday`` (0: Sunday) of ``month``,
    ``seconds`` after its midnight; the seconds may lead into another day."""

    month: int
    week: int
    weekday: int
    seconds: int

    def wall_clock(self, year: int) -> datetime:
        first = date(year, self.month, 1)
        first_match = first + timedelta(days=(self.weekday - first.isoweekday()) % 7)
        match = first_match + timedelta(weeks=self.week - 1)
        if match.month != self.month:
            match -= timedelta(weeks=1)
        return datetime.combine(match, time()) + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class YearlyChange:
    """A change that the data promise for every year to come."""

    day: YearlyDay
    before: Local
    after: Local

    def in_year(self, year: int) -> Change:
        utc = self.day.wall_clock(year) - timedelta(seconds=self.before.offset_seconds)
        return Change(utc=utc, before=self.before, after=self.after)


@dataclass(frozen=True)
class ZoneHistory:
    """Everything one zone's data say: what came first, what changed, what goes on for ever."""

    first: Local
    changes: tuple[Change, ...]
    """In order of time."""
    yearly: tuple[YearlyChange, ...]
    """Empty where clocks are no longer changed."""
    yearly_from: datetime
    """``yearly`` holds after this moment (naive, UTC): the last that is listed by itself."""

    def changes_within(self, first_year: int, end_year: int) -> list[Change]:
        """All changes of the years ``[first_year, end_year)`` in order of time."""
        listed = [c for c in self.changes if first_year <= c.utc.year < end_year]
        promised = (
            rule.in_year(year)
            for year in range(max(first_year, self.yearly_from.year), end_year + 1)
            for rule in self.yearly
        )
        later = [
            c for c in promised if c.utc > self.yearly_from and first_year <= c.utc.year < end_year
        ]
        return sorted(listed + later, key=lambda change: change.utc)

    def local_at(self, utc: datetime) -> Local:
        """The local time in force at ``utc`` (naive, UTC)."""
        known = (*self.changes, *self.changes_within(utc.year - 1, utc.year + 1))
        before = [change for change in known if change.utc <= utc]
        return max(before, key=lambda change: change.utc).after if before else self.first


@cache
def zone_history(name: str) -> ZoneHistory:
    """The history of an IANA zone, from the pinned ``tzdata`` package.

    Raises:
        ValueError: no such zone, or its data have a form that RFC 8536 does not know.
    """
    if not is_known_timezone(name):
        raise ValueError(f"{name!r} is not an IANA time zone")
    data = resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()
    first, changes, footer = _read(data)
    return ZoneHistory(
        first=first,
        changes=tuple(c for c in changes if c.before.offset_seconds != c.after.offset_seconds),
        yearly=_yearly(footer),
        yearly_from=changes[-1].utc if changes else _EPOCH,
    )


def _read(data: bytes) -> tuple[Local, list[Change], str]:
    """RFC 8536 3: the 32-bit block is skipped, the 64-bit block and the footer are read."""
    if data[:4] != b"TZif" or data[4:5] < b"2":
        raise ValueError("not time zone data of version 2 or later")
    start = _block_length(data, at=0, time_size=4)
    times, types, chars = struct.unpack_from(">3l", data, start + 32)
    at = start + 44
    moments = struct.unpack_from(f">{times}q", data, at)
    indices = data[at + times * 8 : at + times * 9]
    at += times * 9
    kinds = [struct.unpack_from(">lBB", data, at + 6 * i) for i in range(types)]
    names = data[at + 6 * types : at + 6 * types + chars]
    locals_ = [
        Local(offset, bool(dst), names[i : names.index(0, i)].decode()) for offset, dst, i in kinds
    ]
    footer = data[start + _block_length(data, at=start, time_size=8) :].strip(b"\n").decode()
    return locals_[0], list(_changes(locals_, moments, indices)), footer


def _block_length(data: bytes, *, at: int, time_size: int) -> int:
    counts: tuple[int, ...] = struct.unpack_from(">6l", data, at + 20)
    isutc, isstd, leaps, times, types, chars = counts
    return (
        44 + times * (time_size + 1) + types * 6 + chars + leaps * (time_size + 4) + isstd + isutc
    )


def _changes(locals_: list[Local], moments: tuple[int, ...], indices: bytes) -> Iterator[Change]:
    before = locals_[0]
    for seconds, index in zip(moments, indices, strict=True):
        after = locals_[index]
        if seconds > -(2**36):
            yield Change(_EPOCH + timedelta(seconds=seconds), before, after)
        before = after


def _yearly(footer: str) -> tuple[YearlyChange, ...]:
    found = _FOOTER.match(footer)
    if not found:
        raise ValueError(f"footer {footer!r} is not a POSIX time zone")
    if not found["dst"]:
        return ()
    std_seconds = -_seconds(found["std_offset"])
    dst_seconds = -_seconds(found["dst_offset"]) if found["dst_offset"] else std_seconds + 3600
    std = Local(std_seconds, is_daylight=False, name=found["std"].strip("<>"))
    dst = Local(dst_seconds, is_daylight=True, name=found["dst"].strip("<>"))
    return (
        YearlyChange(_yearly_day(found["start"]), std, dst),
        YearlyChange(_yearly_day(found["end"]), dst, std),
    )


def _yearly_day(text: str) -> YearlyDay:
    found = _DAY_OF_MONTH_RULE.match(text)
    if not found:
        raise ValueError(f"yearly change {text!r} is not of the form Mm.w.d")
    month, week, weekday, clock = found.groups()
    return YearlyDay(int(month), int(week), int(weekday), _seconds(clock or "2"))


def _seconds(text: str) -> int:
    """``[+-]h[:mm[:ss]]`` in seconds."""
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])
