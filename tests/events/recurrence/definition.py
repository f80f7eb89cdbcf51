"""RFC 5545 3.3.10 word by word and without any cleverness: each day is asked whether it belongs.

Written apart from the expander, slow, and the judge where engines disagree.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date, datetime, time, timedelta

from events.recurrence.rule import WEEKDAYS, Rule

_DAY = timedelta(days=1)


def by_definition(rule: Rule, start: datetime, end: datetime, most: int) -> list[datetime]:
    """Starts of ``[start, end)``, at most ``most``; ``start`` is given by the rule itself."""
    sets: dict[int, list[datetime]] = {}
    first = date(start.year, 1, 1) - 7 * _DAY
    for n in range((end.date() - first).days + 400):
        day = first + n * _DAY
        period = _period(rule, day, start.date())
        if period % rule.interval == 0 and _belongs(rule, day, start.date()):
            sets.setdefault(period, []).extend(_hours(rule, day, start))
    found = [each for period in sorted(sets) for each in _positions(rule, sorted(sets[period]))]
    found = [each for each in found if each >= start]
    if rule.count is not None:
        found = found[: rule.count]
    return [each for each in found if each < end][:most]


def _week_one(year: int, week_start: int) -> date:
    """The first day of week 1: the first week with four days in ``year``."""
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


def _week_year(day: date, week_start: int) -> int:
    for year in (day.year + 1, day.year):
        if day >= _week_one(year, week_start):
            return year
    return day.year - 1


def _period(rule: Rule, day: date, start: date) -> int:
    if rule.freq == "DAILY":
        return (day - start).days
    week_start = WEEKDAYS.index(rule.week_start)
    if rule.freq == "WEEKLY":
        begins = start - timedelta(days=(start.weekday() - week_start) % 7)
        return (day - begins).days // 7
    if rule.freq == "MONTHLY":
        return (day.year - start.year) * 12 + day.month - start.month
    if rule.by_week_no:
        return _week_year(day, week_start) - _week_year(start, week_start)
    return day.year - start.year


def _belongs(rule: Rule, day: date, start: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_week_no and not _in_weeks(rule, day):
        return False
    length = 366 if isleap(day.year) else 365
    number = day.timetuple().tm_yday
    if rule.by_year_day and not {number, number - length - 1} & set(rule.by_year_day):
        return False
    month = monthrange(day.year, day.month)[1]
    if rule.by_month_day and not {day.day, day.day - month - 1} & set(rule.by_month_day):
        return False
    if rule.by_day:
        return _is_weekday(rule, day, number, length, month)
    return bool(rule.by_year_day or rule.by_month_day) or _like_start(rule, day, start)


def _like_start(rule: Rule, day: date, start: date) -> bool:
    """What the rule leaves open comes from DTSTART."""
    if rule.freq == "DAILY":
        return True
    if rule.freq == "WEEKLY" or rule.by_week_no:
        return day.weekday() == start.weekday()
    same_month = rule.freq == "MONTHLY" or bool(rule.by_month) or day.month == start.month
    return same_month and day.day == start.day


def _in_weeks(rule: Rule, day: date) -> bool:
    week_start = WEEKDAYS.index(rule.week_start)
    year = _week_year(day, week_start)
    begins = _week_one(year, week_start)
    weeks = (_week_one(year + 1, week_start) - begins).days // 7
    week = (day - begins).days // 7 + 1
    return bool({week, week - weeks - 1} & set(rule.by_week_no))


def _is_weekday(rule: Rule, day: date, number: int, length: int, month: int) -> bool:
    in_month = rule.freq == "MONTHLY" or bool(rule.by_month)
    at, size = (day.day, month) if in_month else (number, length)
    nth, from_end = (at - 1) // 7 + 1, -((size - at) // 7 + 1)
    name = WEEKDAYS[day.weekday()]
    return any(each == name and n in (0, nth, from_end) for n, each in rule.by_day)


def _hours(rule: Rule, day: date, start: datetime) -> list[datetime]:
    hours = rule.by_hour or (start.hour,)
    return [datetime.combine(day, time(hour, start.minute)) for hour in hours]


def _positions(rule: Rule, instances: list[datetime]) -> list[datetime]:
    if not rule.by_set_pos:
        return instances
    size = len(instances)
    return [
        each
        for n, each in enumerate(instances, start=1)
        if {n, n - size - 1} & set(rule.by_set_pos)
    ]
