"""Putting holiday tables in force: uploaded ones, and first ones from kept libraries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, field_problem
from venues.imports.holidays_sheet import read_holidays
from venues.imports.known_holidays import KnownYear, known_year
from venues.imports.workbook import RowProblem, Table
from venues.models import HolidayDay, HolidayStatus, HolidayTable, OpeningChange, Region
from venues.permissions import Actor, can_keep_calendars, require
from venues.services.audit import record
from venues.texts import forbidden_characters
from venues.workdays import SpecialDay

FIRST_YEAR, LAST_YEAR = 1950, 2150


@dataclass(frozen=True)
class HolidaysPreview:
    """What a file would do to the table in force. With any problem it does nothing."""

    added: tuple[date, ...]
    changed: tuple[date, ...]
    removed: tuple[date, ...]
    unchanged: int
    problems: tuple[RowProblem, ...]


def preview_holidays(
    content: bytes | Table, *, year: int, country: str = "CN", region: Region | None = None
) -> HolidaysPreview:
    """What :func:`import_holidays` would change, with all problems of all rows; writes nothing.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    read = read_holidays(content, year=year)
    before = _days(_in_force(country, region, year))
    both = read.days.keys() & before.keys()
    return HolidaysPreview(
        added=tuple(sorted(read.days.keys() - before.keys())),
        changed=tuple(sorted(day for day in both if read.days[day] != before[day])),
        removed=tuple(sorted(before.keys() - read.days.keys())),
        unchanged=sum(read.days[day] == before[day] for day in both),
        problems=read.problems,
    )


@transaction.atomic
def import_holidays(
    content: bytes | Table,
    *,
    year: int,
    status: str,
    source: str,
    by: Actor | None,
    now: datetime,
    country: str = "CN",
    region: Region | None = None,
) -> HolidayTable:
    """Put an uploaded table in force; see :func:`replace_table`.

    Raises:
        UnreadableFile: it is not a table at all.
        Invalid: there are problems; ``detail["problems"]`` has them all, nothing was written.
        NotAllowed: ``by`` does not keep the calendars of the country or region.
    """
    read = read_holidays(content, year=year)
    if read.problems:
        raise Invalid(
            f"The file has {len(read.problems)} problems; nothing was written.",
            problems=[problem.told() for problem in read.problems],
        )
    return replace_table(
        days=read.days,
        year=year,
        status=status,
        source=source,
        by=by,
        now=now,
        country=country,
        region=region,
    )


@transaction.atomic
def replace_table(
    *,
    days: Mapping[date, SpecialDay],
    year: int,
    status: str,
    source: str,
    by: Actor | None,
    now: datetime,
    country: str = "CN",
    region: Region | None = None,
) -> HolidayTable:
    """Let ``days`` be the table of ``year``; the one before stays as history.

    The same days and status a second time change nothing. A provisional table never replaces a
    confirmed one.

    Raises:
        NotAllowed: ``by`` does not keep the calendars of the country or region.
        Invalid: status, year, source, or provisional after confirmed.
    """
    allowed = can_keep_calendars(by, country, region, localdate(now))
    require(allowed, "You do not keep the calendars of this country or region.", country=country)
    list(HolidayTable.objects.select_for_update().filter(country=country, year=year))
    before = _in_force(country, region, year)
    problems = _problems(year, status, source, country, region, before)
    if problems:
        raise Invalid("The holiday table cannot be put in force.", problems=problems)
    if before is not None and before.status == status and _days(before) == dict(days):
        return before
    if before is not None:
        before.replaced_at = now
        before.save(update_fields=["replaced_at"])
    table = HolidayTable.objects.create(
        country=country,
        region=region,
        year=year,
        status=status,
        source=source,
        uploaded_by_id=by.pk if by is not None else None,
        created_at=now,
    )
    HolidayDay.objects.bulk_create(
        HolidayDay(
            table=table,
            day=day,
            kind=special.kind,
            name_zh=special.name_zh,
            name_en=special.name_en,
            in_lieu_of=special.in_lieu_of,
        )
        for day, special in sorted(days.items())
    )
    OpeningChange.objects.create(country=country, noted_at=now)
    record(
        by=by,
        action="calendar.replace",
        subject=table,
        now=now,
        before={"table": before.pk if before is not None else None},
        after={"table": table.pk, "status": status, "days": len(days)},
        note=source,
    )
    return table


def seed_holidays(
    *, years: Collection[int], by: Actor, now: datetime, country: str = "CN"
) -> list[HolidayTable]:
    """First tables from kept libraries, where a year has none or only a provisional one.

    A library's table is confirmed when the library knows the year's swaps, else provisional. What
    people uploaded and confirmed is never touched; nor is an uploaded provisional table by a
    library's provisional one.

    Raises:
        Invalid: no library knows the country.
    """
    written = []
    for year in sorted(years):
        known = known_year(country, year)
        if known is None:
            problem = field_problem("country", f"No library knows {year} in {country}; upload it.")
            raise Invalid("There are no holidays to begin with.", problems=[problem])
        before = _in_force(country, None, year)
        if before is None or _is_better(known, before):
            status = HolidayStatus.CONFIRMED if known.is_confirmed else HolidayStatus.PROVISIONAL
            written.append(
                replace_table(
                    days=known.days,
                    year=year,
                    status=status,
                    source=known.source,
                    by=by,
                    now=now,
                    country=country,
                )
            )
    return written


def _is_better(known: KnownYear, before: HolidayTable) -> bool:
    return known.is_confirmed and before.status == HolidayStatus.PROVISIONAL


def _in_force(country: str, region: Region | None, year: int) -> HolidayTable | None:
    tables = HolidayTable.objects.filter(country=country, year=year, replaced_at=None)
    return tables.filter(region=region).first()


def _days(table: HolidayTable | None) -> dict[date, SpecialDay]:
    if table is None:
        return {}
    return {row.day: row.special for row in table.days.all()}


def _problems(
    year: int,
    status: str,
    source: str,
    country: str,
    region: Region | None,
    before: HolidayTable | None,
) -> list[dict[str, str]]:
    problems = []
    if not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(field_problem("year", f"Must be between {FIRST_YEAR} and {LAST_YEAR}."))
    if status not in HolidayStatus.values:
        problems.append(field_problem("status", "Must be provisional or confirmed."))
    elif before is not None and (before.status, status) == ("confirmed", "provisional"):
        message = f"{year} is confirmed already ({before.source}); upload a confirmed table."
        problems.append(field_problem("status", message))
    if not source.strip() or len(source) > 300 or forbidden_characters(source):
        message = "Must say where the table comes from, such as the notice's number and date."
        problems.append(field_problem("source", message))
    if region is not None and region.country != country:
        message = f"{region.name_zh} does not lie in {country}."
        problems.append(field_problem("region", message))
    return problems
