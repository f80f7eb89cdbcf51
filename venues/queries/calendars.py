"""What the holiday tables in force say of days. A span of days costs two queries, always."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from venues import workdays
from venues.models import HolidayDay, HolidayStatus, HolidayTable, Region
from venues.workdays import DayFact, WorkCalendar

_DAY = timedelta(days=1)
_LONGEST_BREAK = timedelta(days=30)


def working_day(day: date, *, country: str = "CN", region: Region | None = None) -> DayFact:
    """What ``day`` is by the holiday table, else by its weekday (then it says provisional)."""
    return work_calendar(day, day + _DAY, country=country, region=region).fact(day)


def working_days_after(
    day: date, count: int, *, country: str = "CN", region: Region | None = None
) -> date:
    """The ``count``-th working day after ``day``, by the holiday table; weekends otherwise.

    Raises:
        ValueError: ``count`` is below 1, or absurd.
    """
    # Twice the days and a break: years whose tables lie beyond are cut off by nothing.
    end = day + timedelta(days=2 * max(1, min(count, workdays.LONGEST_COUNT))) + _LONGEST_BREAK
    calendar = work_calendar(day, end, country=country, region=region)
    return workdays.working_days_after(calendar, day, count)


def work_calendar(
    first: date, end: date, *, country: str = "CN", region: Region | None = None
) -> WorkCalendar:
    """What the tables in force say of ``[first, end)``, to ask about many days at once.

    A region's table adds to its country's and wins on a day that both name, the nearest region
    first. A year counts as confirmed by its country's table.
    """
    tables = _tables(country, region)
    confirmed = tables.filter(region=None, status=HolidayStatus.CONFIRMED)
    rows = HolidayDay.objects.in_force(first, end).filter(table__in=tables)
    return WorkCalendar(
        country=country,
        days={
            row.day: row.special
            for row in sorted(rows.select_related("table__region"), key=_nearness)
        },
        confirmed_years=frozenset(confirmed.values_list("year", flat=True)),
    )


def _tables(country: str, region: Region | None) -> QuerySet[HolidayTable]:
    covering = Q(region=None)
    if region is not None:
        covering |= Q(region__descendant_paths__descendant=region)
    return HolidayTable.objects.filter(covering, country=country, replaced_at=None)


def _nearness(row: HolidayDay) -> tuple[int, int]:
    """The country before its regions, from above; then by year: January's break starts earlier."""
    region = row.table.region
    return (-1 if region is None else region.level, row.table.year)
