"""Taking in the terms of a region's schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, field_problem
from venues.imports.terms_sheet import TermRow, read_terms
from venues.imports.workbook import RowProblem, Table
from venues.models import Region, SchoolTerm
from venues.permissions import Actor, can_keep_calendars, require
from venues.services.audit import record
from venues.texts import forbidden_characters


@dataclass(frozen=True)
class TermsPreview:
    """The terms of a file, how many it would replace, and its problems; with any it does nothing."""

    terms: tuple[TermRow, ...]
    replaced: int
    problems: tuple[RowProblem, ...]


def preview_school_terms(content: bytes | Table, *, region: Region) -> TermsPreview:
    """What :func:`import_school_terms` would do; writes nothing.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    rows, problems = read_terms(content)
    years = {row.school_year for row in rows}
    replaced = SchoolTerm.objects.filter(region=region, school_year__in=years).count()
    return TermsPreview(tuple(rows), replaced, tuple(problems))


@transaction.atomic
def import_school_terms(
    content: bytes | Table, *, region: Region, source: str, by: Actor | None, now: datetime
) -> list[SchoolTerm]:
    """Write the terms of a sheet; each school year in it replaces what stood for that year.

    Raises:
        UnreadableFile: it is not a table at all.
        NotAllowed: ``by`` does not keep the region's calendars.
        Invalid: there are problems; ``detail["problems"]`` has them all, nothing was written.
    """
    allowed = can_keep_calendars(by, region.country, region, localdate(now))
    require(allowed, "You do not keep the calendars of this region.", region=region.code)
    rows, row_problems = read_terms(content)
    problems = [problem.told() for problem in row_problems]
    if not source.strip() or len(source) > 300 or forbidden_characters(source):
        problems.append(field_problem("source", "Must say where the terms come from."))
    if problems:
        message = f"The file has {len(problems)} problems; nothing was written."
        raise Invalid(message, problems=problems)
    Region.objects.select_for_update().get(pk=region.pk)
    years = {row.school_year for row in rows}
    replaced = SchoolTerm.objects.filter(region=region, school_year__in=years)
    before = {"terms": replaced.count()}
    replaced.delete()
    after = {"terms": len(rows), "school_years": sorted(years)}
    record(
        by=by,
        action="calendar.terms",
        subject=region,
        now=now,
        before=before,
        after=after,
        note=source,
    )
    return SchoolTerm.objects.bulk_create(
        SchoolTerm(
            region=region,
            school_year=row.school_year,
            first_day=row.span.first,
            end_day=row.span.end,
            name_zh=row.name_zh,
            name_en=row.name_en,
            source=source,
            changed_at=now,
        )
        for row in rows
    )
