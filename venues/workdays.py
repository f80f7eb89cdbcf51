"""Working days: what a holiday table says of a day, and counting by it. No rows, no clock.

A table names only the days that differ from the week: statutory holidays, the other days of a
break (调休放假), and weekend days that are worked instead (补班). Everything else follows from
the weekday. Where no confirmed table covers a year, the answer is still given and says that it
is provisional: China's swaps are published once a year, in the autumn before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice

from venues.spans import DaySpan

_DAY = timedelta(days=1)
_SATURDAY_AND_SUNDAY = frozenset({5, 6})
_WEEKENDS = {"NP": frozenset({5})}  # by ISO 3166-1 code; everybody else rests on both days
LONGEST_COUNT = 10_000
_LONGEST_VACATION = timedelta(days=45)


class DayKind(StrEnum):
    """What a day is for people who work."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    STATUTORY = "statutory"
    BRIDGE = "bridge"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True)
class SpecialDay:
    """One row of a holiday table.

    ``in_lieu_of`` of a bridge day is the weekend day worked for it, of a statutory day the one
    whose place it takes because that fell on a weekend.
    """

    kind: DayKind
    name_zh: str
    name_en: str = ""
    in_lieu_of: date | None = None


@dataclass(frozen=True)
class DayFact:
    """What a day is. ``name`` is Chinese and empty for ordinary days."""

    kind: DayKind
    name: str
    is_working: bool
    is_provisional: bool
    name_en: str = ""

    @property
    def mark(self) -> str:
        """What calendars in China print beside the day: 休, 班 or nothing."""
        if self.kind in (DayKind.STATUTORY, DayKind.BRIDGE):
            return "休"
        return "班" if self.kind == DayKind.MAKEUP_WORKDAY else ""


@dataclass(frozen=True)
class WorkCalendar:
    """The tables of one country, or of one region of it, over some years."""

    country: str
    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    confirmed_years: frozenset[int] = frozenset()

    def fact(self, day: date) -> DayFact:
        special = self.days.get(day)
        provisional = day.year not in self.confirmed_years
        if special is None:
            weekend = day.weekday() in _WEEKENDS.get(self.country, _SATURDAY_AND_SUNDAY)
            kind = DayKind.WEEKEND if weekend else DayKind.WORKDAY
            return DayFact(kind, "", not weekend, provisional)
        works = special.kind == DayKind.MAKEUP_WORKDAY
        return DayFact(special.kind, special.name_zh, works, provisional, special.name_en)

    def is_working(self, day: date) -> bool:
        return self.fact(day).is_working


@dataclass(frozen=True)
class SchoolCalendar:
    """Terms of schools, and the working days of their region; no terms: nobody has said."""

    terms: tuple[DaySpan, ...]
    work: WorkCalendar

    def is_school_day(self, day: date) -> bool | None:
        """Whether there are lessons; ``None`` outside what the terms tell of.

        Between two terms is vacation. Before the first and more than a long vacation after the
        last one nothing is known.
        """
        if not self.terms or day < self.terms[0].first:
            return None
        if day >= max(term.end for term in self.terms) + _LONGEST_VACATION:
            return None
        return any(day in term for term in self.terms) and self.work.is_working(day)


def working_days_after(calendar: WorkCalendar, day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself, of any kind, counts for none.

    Raises:
        ValueError: ``count`` is below 1 or above :data:`LONGEST_COUNT`.
    """
    if not 1 <= count <= LONGEST_COUNT:
        raise ValueError(f"count must be between 1 and {LONGEST_COUNT}, not {count}")
    return next(islice(_working_days_from(calendar, day + _DAY), count - 1, None))


def working_days_in(calendar: WorkCalendar, first: date, end: date) -> int:
    """How many days of ``[first, end)`` are worked."""
    return sum(calendar.is_working(first + n * _DAY) for n in range((end - first).days))


def _working_days_from(calendar: WorkCalendar, day: date) -> Iterator[date]:
    while True:
        if calendar.is_working(day):
            yield day
        day += _DAY
