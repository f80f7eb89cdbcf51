"""One calendar month as pages show it: its days in weeks, and what happens on them."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from events.ical.entry import Entry
from events.queries import Window

FIRST_YEAR, LAST_YEAR = 1990, 2100


class UnreadableMonth(ValueError):
    """The words name no month between the years that pages show."""


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, words: str) -> Month:
        """The month in ``2027-03``.

        Raises:
            UnreadableMonth: anything else.
        """
        year, dash, month = words.partition("-")
        is_plain = year.isascii() and month.isascii() and year.isdigit() and month.isdigit()
        if not (dash and is_plain and len(words) == len("2027-03")):
            raise UnreadableMonth(words)
        if not (FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= int(month) <= 12):
            raise UnreadableMonth(words)
        return cls(int(year), int(month))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def window(self) -> Window:
        return Window(self.first, self.end)

    @property
    def next(self) -> Month | None:
        return Month.of(self.end) if self.end.year <= LAST_YEAR else None

    @property
    def previous(self) -> Month | None:
        before = self.first - timedelta(days=1)
        return Month.of(before) if before.year >= FIRST_YEAR else None

    @property
    def weeks(self) -> list[list[date]]:
        """Monday to Sunday, the days of neighbouring months included."""
        return calendar.Calendar(calendar.MONDAY).monthdatescalendar(self.year, self.month)


@dataclass(frozen=True)
class Item:
    """An entry as it is shown; ``uid`` is the one that feeds write."""

    uid: str
    entry: Entry

    @property
    def first_day(self) -> date:
        return _day(self.entry.start)

    @property
    def last_day(self) -> date:
        """The last day it touches."""
        end = self.entry.end
        if isinstance(end, datetime):
            is_over_at_midnight = end.time() == datetime.min.time() and end > self.entry.start
            return end.date() - timedelta(days=int(is_over_at_midnight))
        return end - timedelta(days=1)

    @property
    def is_run(self) -> bool:
        """Whether it lasts longer than a day, as exhibitions do."""
        return self.first_day < self.last_day

    @property
    def is_cancelled(self) -> bool:
        return self.entry.status == "CANCELLED"


@dataclass(frozen=True)
class DayMark:
    """What stands beside a day, in the reader's language; all of it may be empty."""

    sign: str = ""
    """休 or 班."""
    name: str = ""
    """Of the holiday."""
    lunar: str = ""
    term: str = ""
    closed: str = ""
    """Why the venue is closed."""


NO_MARK = DayMark()


@dataclass(frozen=True)
class Day:
    day: date
    items: tuple[Item, ...]
    opening: tuple[Item, ...]
    """Runs that begin on this day."""
    is_outside: bool = False
    is_today: bool = False
    mark: DayMark = NO_MARK


@dataclass(frozen=True)
class MonthPlan:
    """A month's items: ``runs`` by their closing day, the others on their ``days``."""

    month: Month
    runs: tuple[Item, ...]
    days: tuple[Day, ...]

    @classmethod
    def of(cls, month: Month, items: Iterable[Item], *, today: date) -> MonthPlan:
        listed = sorted(items, key=lambda item: (_moment(item.entry.start), item.uid))
        runs = [item for item in listed if item.is_run]
        single = [item for item in listed if not item.is_run]
        days = [_day_of(day, month, single, runs, today) for week in month.weeks for day in week]
        by_closing = sorted(runs, key=lambda item: (item.last_day, item.first_day, item.uid))
        return cls(month, tuple(by_closing), tuple(days))

    def with_marks(self, marks: Mapping[date, DayMark]) -> MonthPlan:
        days = (replace(day, mark=marks.get(day.day, NO_MARK)) for day in self.days)
        return replace(self, days=tuple(days))

    @property
    def closed(self) -> list[tuple[str, list[date]]]:
        """The month's closed days under their reasons, in order."""
        found: dict[str, list[date]] = {}
        for day in self.days:
            if day.mark.closed and not day.is_outside:
                found.setdefault(day.mark.closed, []).append(day.day)
        return list(found.items())

    @property
    def weeks(self) -> list[tuple[Day, ...]]:
        return [self.days[i : i + 7] for i in range(0, len(self.days), 7)]

    @property
    def agenda(self) -> list[Day]:
        """The days of the month on which something takes place."""
        return [day for day in self.days if day.items and not day.is_outside]


def _day_of(
    day: date, month: Month, single: Sequence[Item], runs: Sequence[Item], today: date
) -> Day:
    return Day(
        day,
        tuple(item for item in single if item.first_day == day),
        tuple(run for run in runs if run.first_day == day),
        is_outside=not month.first <= day < month.end,
        is_today=day == today,
    )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _moment(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
