"""What the holiday tables in force say of days. Two or three queries, for any span of days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import F

from venues import workdays
from venues.models import HolidayDay, HolidayStatus, HolidayTable, Region, RegionPath, SchoolTerm
from venues.spans import DaySpan
from venues.workdays import DayFact, SchoolCalendar, WorkCalendar

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
    if region is not None:
        return work_calendars([region], first, end)[region.pk]
    return _calendar(country, *_in_force({country}, first, end), covering=frozenset())


def work_calendars(regions: Iterable[Region], first: date, end: date) -> dict[int, WorkCalendar]:
    """:func:`work_calendar` for many regions by primary key, in three queries."""
    wanted = {region.pk: region for region in regions}
    rows, confirmed = _in_force({region.country for region in wanted.values()}, first, end)
    above = RegionPath.objects.filter(
        descendant__in=list(wanted), ancestor__in={row.table.region_id for row in rows} - {None}
    )
    covering: dict[int, set[int]] = defaultdict(set)
    for ancestor, descendant in above.values_list("ancestor", "descendant"):
        covering[descendant].add(ancestor)
    known: dict[tuple[str, frozenset[int]], WorkCalendar] = {}  # most share their country's
    found = {}
    for pk, region in wanted.items():
        key = (region.country, frozenset(covering[pk]))
        if key not in known:
            known[key] = _calendar(key[0], rows, confirmed, covering=key[1])
        found[pk] = known[key]
    return found


def _in_force(
    countries: Collection[str], first: date, end: date
) -> tuple[list[HolidayDay], set[tuple[str, int]]]:
    """The special days of all tables in force, and the years that countries have confirmed."""
    rows = HolidayDay.objects.in_force(first, end).filter(table__country__in=countries)
    confirmed = HolidayTable.objects.filter(
        country__in=countries, region=None, replaced_at=None, status=HolidayStatus.CONFIRMED
    )
    return (
        list(rows.select_related("table__region")),
        set(confirmed.values_list("country", "year")),
    )


def _calendar(
    country: str,
    rows: Iterable[HolidayDay],
    confirmed: set[tuple[str, int]],
    *,
    covering: frozenset[int],
) -> WorkCalendar:
    wanted = covering | {None}
    counted = [r for r in rows if r.table.country == country and r.table.region_id in wanted]
    return WorkCalendar(
        country=country,
        days={row.day: row.special for row in sorted(counted, key=_nearness)},
        confirmed_years=frozenset(year for other, year in confirmed if other == country),
    )


def _nearness(row: HolidayDay) -> tuple[int, int]:
    """The country before its regions, from above; then by year: January's break starts earlier."""
    region = row.table.region
    return (-1 if region is None else region.level, row.table.year)


def school_calendar(region: Region, first: date, end: date) -> SchoolCalendar:
    """The terms of the schools in ``region`` with its working days of ``[first, end)``.

    The nearest region upwards that has entered its terms speaks for those below it.
    """
    terms = SchoolTerm.objects.filter(region__descendant_paths__descendant=region)
    rows = terms.annotate(up=F("region__descendant_paths__depth")).order_by("up", "first_day")
    nearest = rows.values("up")[:1]  # by the nearest region at all, not the nearest in the span
    spoken = rows.filter(up=nearest).values_list("first_day", "end_day")
    return SchoolCalendar(
        terms=tuple(DaySpan(*term) for term in spoken),
        work=work_calendar(first, end, country=region.country, region=region),
    )


def is_school_day(day: date, region: Region) -> bool | None:
    """Whether schools in ``region`` teach on ``day``; ``None`` where no terms are entered.

    Make-up workdays are school days; holidays, weekends and vacations are not.
    """
    return school_calendar(region, day, day + _DAY).is_school_day(day)
