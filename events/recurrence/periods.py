"""The days that a rule picks in one of its periods, by the table of RFC 5545 3.3.10.

A period is named by its first day: the day itself, the first day of the week (WKST), the
first of the month, the first of January. Nothing here knows hours, COUNT, UNTIL or BYSETPOS.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from events.recurrence.rule import WEEKDAYS, Rule

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


def day_of(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def first_period(rule: Rule, start: date) -> date:
    """The period in which ``start`` lies."""
    if rule.freq == "DAILY":
        return start
    if rule.freq == "WEEKLY":
        return start - timedelta(days=(start.weekday() - WEEKDAYS.index(rule.week_start)) % 7)
    return start.replace(day=1) if rule.freq == "MONTHLY" else date(start.year, 1, 1)


def step_of(rule: Rule) -> timedelta | None:
    """From one period to the next; none for months and years, which are not equally long."""
    if rule.freq == "DAILY":
        return rule.interval * _DAY
    return rule.interval * _WEEK if rule.freq == "WEEKLY" else None


def later_period(rule: Rule, period: date, number: int) -> date:
    """The one ``number`` times INTERVAL periods later."""
    if (step := step_of(rule)) is not None:
        return period + number * step
    months = rule.interval * (1 if rule.freq == "MONTHLY" else 12)
    return months_after(period, number * months)


def months_after(first_of_month: date, months: int) -> date:
    years, month = divmod(first_of_month.month - 1 + months, 12)
    return date(first_of_month.year + years, month + 1, 1)


def days_of(rule: Rule, period: date, start: date, number: int = 1) -> list[date]:
    """The rule's days in ``number`` periods from ``period`` on, in order, each once.

    ``start`` lends what the rule omits. Only days and weeks can be asked for by the dozen.
    """
    if rule.freq == "DAILY":
        return _limited(rule, _every_day(rule, period, number))
    if rule.freq == "WEEKLY":
        return _in_months(rule, _every_week(rule, period, start, number))
    if rule.freq == "MONTHLY":
        return _days_of_month(rule, period, start)
    return _days_of_year(rule, period.year, start)


def _every_day(rule: Rule, period: date, number: int) -> list[date]:
    first, step = period.toordinal(), rule.interval
    return [date.fromordinal(day) for day in range(first, first + number * step, step)]


def _every_week(rule: Rule, period: date, start: date, number: int) -> list[date]:
    """Weekdays of BYDAY, or that of ``start``, in the order of weeks that begin by WKST."""
    first, step = period.toordinal(), 7 * rule.interval
    offsets = sorted((day - period.weekday()) % 7 for day in rule.weekdays or (start.weekday(),))
    weeks = range(first, first + number * step, step)
    return [date.fromordinal(week + offset) for week in weeks for offset in offsets]


def _in_months(rule: Rule, days: Iterable[date]) -> list[date]:
    months = rule.by_month
    return [day for day in days if day.month in months] if months else [*days]


def _limited(rule: Rule, days: Iterable[date], weekdays: Collection[int] = ()) -> list[date]:
    """The days that fit every part of the rule, the numbers of its weekdays left aside.

    ``weekdays``: those to fit where BYDAY is absent.
    """
    days = _in_months(rule, days)
    if rule.by_month_day:
        days = [day for day in days if _is_counted_in_month(day, rule.by_month_day)]
    if rule.by_year_day:
        days = [day for day in days if _is_counted_in_year(day, rule.by_year_day)]
    if weekdays := rule.weekdays or weekdays:
        days = [day for day in days if day.weekday() in weekdays]
    return days


def _days_of_month(rule: Rule, period: date, start: date) -> list[date]:
    if rule.by_month and period.month not in rule.by_month:
        return []
    span = _month(period.year, period.month)
    numbers = rule.by_month_day or (() if rule.by_day else (start.day,))
    days = _numbered(span, numbers)
    if not rule.by_day:
        return days
    return [day for day in _nth_weekdays(rule, span) if not numbers or day in days]


def _numbered(span: tuple[date, ...], numbers: tuple[int, ...]) -> list[date]:
    """The days with these numbers in ``span``, counted from its end where negative."""
    size = len(span)
    return sorted({span[n - 1 if n > 0 else n] for n in numbers if abs(n) <= size})


def _days_of_year(rule: Rule, year: int, start: date) -> list[date]:
    if rule.by_week_no:
        return _limited(rule, _days_of_weeks(rule, year), (start.weekday(),))
    if rule.by_day:
        spans = [_month(year, month) for month in rule.by_month] or [_year(year)]
        return _limited(rule, (day for span in spans for day in _nth_weekdays(rule, span)))
    if rule.by_year_day or rule.by_month_day:
        return _limited(rule, _year(year))
    months = rule.by_month or (start.month,)
    return [day for month in months for day in _month(year, month) if day.day == start.day]


def _days_of_weeks(rule: Rule, year: int) -> Iterator[date]:
    """BYWEEKNO: weeks of the year by WKST; the first has four days in it, and the days of a
    week that lie in the neighbouring year belong to it all the same."""
    first, next_first = _first_week(year, rule.week_start), _first_week(year + 1, rule.week_start)
    count = (next_first - first) // _WEEK
    numbers = {n if n > 0 else count + 1 + n for n in rule.by_week_no}
    for number in sorted(numbers):
        if 1 <= number <= count:
            yield from (first + (number - 1) * _WEEK + i * _DAY for i in range(7))


def _first_week(year: int, week_start: str) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - WEEKDAYS.index(week_start)) % 7)


def _nth_weekdays(rule: Rule, span: tuple[date, ...]) -> tuple[date, ...]:
    """The days of a month or year that BYDAY names, counted within it."""
    found: set[date] = set()
    for nth, weekday in rule.by_day:
        offset = (WEEKDAYS.index(weekday) - span[0].weekday()) % 7
        matching = span[offset::7]
        if nth == 0:
            found.update(matching)
        elif abs(nth) <= len(matching):
            found.add(matching[nth - 1 if nth > 0 else nth])
    return tuple(sorted(found))


def _is_counted_in_month(day: date, numbers: tuple[int, ...]) -> bool:
    """Whether ``numbers`` name the day in its month, from the end where negative."""
    return day.day in numbers or day.day - len(_month(day.year, day.month)) - 1 in numbers


def _is_counted_in_year(day: date, numbers: tuple[int, ...]) -> bool:
    number = day.timetuple().tm_yday
    return number in numbers or number - len(_year(day.year)) - 1 in numbers


@lru_cache(maxsize=512)
def _month(year: int, month: int) -> tuple[date, ...]:
    return tuple(date(year, month, day + 1) for day in range(monthrange(year, month)[1]))


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[date, ...]:
    return tuple(day for month in range(1, 13) for day in _month(year, month))
