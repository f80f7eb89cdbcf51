"""One RRULE as data (RFC 5545 3.3.10), refused by name where it is wrong or could not be bounded.

Not in here: which dates it gives (``expand``) and how it is said in words (``describe``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from math import prod
from typing import Any

from events.recurrence.zones import zone

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

MAX_LENGTH = 2_000
MAX_INTERVAL = 1_000
MAX_COUNT = 5_000
MAX_STARTS_PER_DAY = 48
MAX_COMBINATIONS = 1_000

_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_PART = re.compile(r"^[A-Z-]+=[A-Z0-9,+:-]+$")
_BY_DAY = re.compile(r"^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$")
_UNTIL = re.compile(r"^(\d{8})(?:T(\d{6})(Z)?)?$")
# name of the part: attribute, smallest and largest absolute value, whether -n counts from the end
_NUMBERS = {
    "BYSECOND": ("by_second", 0, 59, False),
    "BYMINUTE": ("by_minute", 0, 59, False),
    "BYHOUR": ("by_hour", 0, 23, False),
    "BYMONTHDAY": ("by_month_day", 1, 31, True),
    "BYYEARDAY": ("by_year_day", 1, 366, True),
    "BYWEEKNO": ("by_week_no", 1, 53, True),
    "BYMONTH": ("by_month", 1, 12, False),
    "BYSETPOS": ("by_set_pos", 1, 366, True),
}
_ORDER = (
    *("BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"),
    *("BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"),
)


class UnsupportedRule(ValueError):
    """A rule that is broken, or that no museum means; the message says which part and why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Rule:
    """A parsed rule. Empty tuples mean that the part is absent; made by :func:`parse_rule`."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    """The last start that may be, as it was written: a day, a wall clock, or an aware UTC."""
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, str], ...] = ()
    """``(0, "MO")``: every Monday; ``(-1, "MO")``: the last one."""
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: str = "MO"

    @cached_property
    def weekdays(self) -> frozenset[int]:
        """Numbers of the days in BYDAY, Monday 0, whatever their ordinals."""
        return frozenset(WEEKDAYS.index(weekday) for _, weekday in self.by_day)

    @property
    def is_endless(self) -> bool:
        return self.count is None and self.until is None

    def last_wall_clock(self, start: date | datetime, timezone: str) -> date | datetime | None:
        """``until`` in the type of ``start``: the last wall clock that may be a start.

        A day with a start of hours means all of that day. Hours with a start of days mean
        the day there and then; midnight UTC, as Outlook writes it, means the day as written.

        Raises:
            UnsupportedRule: ``until`` lies outside the calendar.
        """
        if self.until is None:
            return None
        if not isinstance(self.until, datetime):
            return (
                datetime.combine(self.until, time(23, 59, 59))
                if isinstance(start, datetime)
                else self.until
            )
        until = self.until
        if until.tzinfo is not None:
            if not isinstance(start, datetime) and until.time() == time():
                return until.date()
            try:
                until = until.astimezone(zone(timezone)).replace(tzinfo=None, fold=0)
            except OverflowError:
                raise UnsupportedRule("until", f"UNTIL {self.until} is no usable date") from None
        return until if isinstance(start, datetime) else until.date()

    def as_text(self, *, start: date | datetime, timezone: str) -> str:
        """The value of an RRULE property; UNTIL in UTC or as a day, whichever ``start`` wants."""
        parts = [f"FREQ={self.freq}"]
        last = self.last_wall_clock(start, timezone)
        if last is not None:
            parts.append(f"UNTIL={_until_text(last, timezone)}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        for name in _ORDER:
            values = self._values(name)
            if values:
                parts.append(f"{name}={','.join(values)}")
        if self.week_start != "MO":
            parts.append(f"WKST={self.week_start}")
        return ";".join(parts)

    def _values(self, name: str) -> list[str]:
        if name == "BYDAY":
            return [f"{nth or ''}{weekday}" for nth, weekday in self.by_day]
        return [str(number) for number in getattr(self, _NUMBERS[name][0])]


def parse_rule(text: str) -> Rule:
    """The rule in the value of an RRULE property.

    Raises:
        UnsupportedRule: RSCALE, a frequency under a day, INTERVAL=0, endless lists, a part
            where RFC 5545 forbids it, and whatever else is not a rule.
    """
    parts = _parts(text)
    values: dict[str, Any] = {"freq": _frequency(parts)}
    if "INTERVAL" in parts:
        values["interval"] = _number("INTERVAL", parts["INTERVAL"], 1, MAX_INTERVAL)
    if "COUNT" in parts:
        values["count"] = _number("COUNT", parts["COUNT"], 1, MAX_COUNT)
    if "UNTIL" in parts:
        values["until"] = _until(parts["UNTIL"])
    if "WKST" in parts:
        values["week_start"] = _weekday(parts["WKST"])
    for name, (attribute, smallest, largest, from_end) in _NUMBERS.items():
        if name in parts:
            values[attribute] = _numbers(name, parts[name], smallest, largest, from_end=from_end)
    if "BYDAY" in parts:
        values["by_day"] = _by_day(parts["BYDAY"])
    rule = Rule(**values)
    _check_parts_fit(rule)
    _check_bounds(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    if len(text) > MAX_LENGTH:
        raise UnsupportedRule("too_long", f"The rule has more than {MAX_LENGTH} characters.")
    parts: dict[str, str] = {}
    for part in text.strip().upper().rstrip(";").split(";"):
        if not _PART.match(part):
            raise UnsupportedRule("syntax", f"The rule's part {part!r} cannot be read.")
        name, _, value = part.partition("=")
        if name in parts:
            raise UnsupportedRule("syntax", f"The rule has {name} twice.")
        parts[name] = value
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_NUMBERS}
    if "RSCALE" in parts or "SKIP" in parts:
        raise UnsupportedRule(
            "rscale",
            "RSCALE (a rule in another calendar, RFC 7529) is not supported: give the dates one"
            " by one (RDATE).",
        )
    for name in parts:
        if name not in known and not name.startswith("X-"):
            raise UnsupportedRule("syntax", f"The rule has an unknown part, {name}.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise UnsupportedRule("count_and_until", "The rule has both COUNT and UNTIL; give one.")
    return parts


def _frequency(parts: dict[str, str]) -> str:
    frequency = parts.get("FREQ", "")
    if frequency in _TOO_OFTEN:
        raise UnsupportedRule(
            "frequency", f"FREQ={frequency} repeats within a day; DAILY is the most there can be."
        )
    if frequency not in FREQUENCIES:
        raise UnsupportedRule("frequency", f"FREQ={frequency or '(none)'} is not a frequency.")
    return frequency


def _number(name: str, text: str, smallest: int, largest: int) -> int:
    if not re.fullmatch(r"\+?\d{1,10}", text) or not smallest <= int(text) <= largest:
        raise UnsupportedRule(
            name.lower(), f"{name}={text[:40]} is not a number from {smallest} to {largest}."
        )
    return int(text)


def _numbers(
    name: str, text: str, smallest: int, largest: int, *, from_end: bool
) -> tuple[int, ...]:
    """In order and once each, so that equal rules are equal."""
    numbers = set()
    for each in text.split(","):
        number = _number(name, each.removeprefix("-") if from_end else each, smallest, largest)
        numbers.add(-number if from_end and each.startswith("-") else number)
    return tuple(sorted(numbers))


def _by_day(text: str) -> tuple[tuple[int, str], ...]:
    days = set()
    for each in text.split(","):
        found = _BY_DAY.match(each)
        nth = int(found[1] or 0) if found else 99
        if not found or abs(nth) > 53 or found[1] in ("0", "+0", "-0"):
            raise UnsupportedRule("byday", f"BYDAY={each[:40]} is not a weekday.")
        days.add((nth, found[2]))
    return tuple(sorted(days, key=lambda day: (day[0], WEEKDAYS.index(day[1]))))


def _weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise UnsupportedRule("wkst", f"WKST={text[:40]} is not a weekday.")
    return text


def _until(text: str) -> date | datetime:
    found = _UNTIL.match(text)
    try:
        if not found:
            raise ValueError
        day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
        if found[2] is None:
            return day
        hours = time(int(found[2][:2]), int(found[2][2:4]), min(int(found[2][4:]), 59))
    except ValueError:
        raise UnsupportedRule("until", f"UNTIL={text[:40]} is not a date.") from None
    return datetime.combine(day, hours, tzinfo=UTC if found[3] else None)


def _until_text(last: date | datetime, timezone: str) -> str:
    if not isinstance(last, datetime):
        return last.isoformat().replace("-", "")
    moment = last.replace(tzinfo=zone(timezone)).astimezone(UTC)
    return moment.isoformat().replace("-", "").replace(":", "").removesuffix("+0000") + "Z"


def _check_parts_fit(rule: Rule) -> None:
    """The "N/A" cells and MUST NOTs of RFC 5545 3.3.10."""
    if rule.by_week_no and rule.freq != "YEARLY":
        raise UnsupportedRule("byweekno", f"BYWEEKNO does not go with FREQ={rule.freq}.")
    if rule.by_year_day and rule.freq != "YEARLY":
        raise UnsupportedRule("byyearday", f"BYYEARDAY does not go with FREQ={rule.freq}.")
    if rule.by_month_day and rule.freq == "WEEKLY":
        raise UnsupportedRule("bymonthday", "BYMONTHDAY does not go with FREQ=WEEKLY.")
    if any(nth for nth, _ in rule.by_day) and (rule.freq in ("DAILY", "WEEKLY") or rule.by_week_no):
        raise UnsupportedRule(
            "byday", f"BYDAY with a number does not go with FREQ={rule.freq} or BYWEEKNO."
        )


def _check_bounds(rule: Rule) -> None:
    hours = [len(values) or 1 for values in (rule.by_hour, rule.by_minute, rule.by_second)]
    if prod(hours) > MAX_STARTS_PER_DAY:
        raise UnsupportedRule(
            "too_often", f"The rule has more than {MAX_STARTS_PER_DAY} starts a day."
        )
    days = (rule.by_month, rule.by_week_no, rule.by_year_day, rule.by_month_day, rule.by_day)
    if prod(hours) * prod(len(values) or 1 for values in days) > MAX_COMBINATIONS:
        raise UnsupportedRule("too_many", "The rule's lists make too many combinations.")
