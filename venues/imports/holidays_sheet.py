"""The sheet of a year's holiday arrangement: its columns, and what one row may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from venues.imports.columns import Column, TypedRow, choice, day, read_columns, text
from venues.imports.workbook import RowProblem, Table, read_table
from venues.models import HolidayKind
from venues.workdays import DayKind, SpecialDay

_KINDS = {str(kind.label): kind.value for kind in HolidayKind} | {
    "法定": "statutory",
    "休": "bridge",
    "放假": "bridge",
    "调休": "bridge",
    "上班": "makeup_workday",
    "班": "makeup_workday",
    **{kind.value: kind.value for kind in HolidayKind},
}

COLUMNS = (
    Column("day", ("日期", "date", "day"), day, required=True),
    Column("kind", ("类型", "kind", "type"), choice(_KINDS), required=True),
    Column("name_zh", ("名称", "节日", "name", "name_zh"), text(200), required=True),
    Column("name_en", ("英文名称", "english name", "name_en"), text(200)),
    Column("in_lieu_of", ("调换日期", "对应日期", "in lieu of"), day),
)


@dataclass(frozen=True)
class HolidayRows:
    """The days of a file, and every problem in it; with any problem the days are not to be used."""

    days: dict[date, SpecialDay]
    problems: tuple[RowProblem, ...]


def read_holidays(content: bytes | Table, *, year: int) -> HolidayRows:
    """The special days of ``year``. New Year's break may begin in the December before.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    table = content if isinstance(content, Table) else read_table(content)
    typed_rows, problems = read_columns(table, COLUMNS)
    seen: dict[date, int] = {}
    days: dict[date, SpecialDay] = {}
    for typed in typed_rows:
        problems += _row_problems(typed, year, seen)
        stated = typed.values
        if stated.get("day") is None or not stated.get("kind") or not stated.get("name_zh"):
            continue  # its absence is a problem already
        seen.setdefault(stated["day"], typed.number)
        days[stated["day"]] = SpecialDay(
            DayKind(stated["kind"]),
            stated["name_zh"],
            stated.get("name_en") or "",
            stated.get("in_lieu_of"),
        )
    if not typed_rows:
        problems.append(RowProblem(0, "", "", "The file holds no days. Add a row for each."))
    problems.sort(key=lambda problem: (problem.row, len(problem.cell), problem.cell))
    return HolidayRows(days, tuple(problems))


def _row_problems(typed: TypedRow, year: int, seen: dict[date, int]) -> list[RowProblem]:
    stated = typed.values.get("day")
    if stated is None:
        return []
    found = []
    if not date(year - 1, 12, 25) <= stated < date(year + 1, 1, 1):
        message = f"Lies outside {year}. Each year has a table of its own."
        found.append(typed.problem("day", message))
    if stated in seen:
        message = f"The same day as in row {seen[stated]}; delete one of them."
        found.append(typed.problem("day", message))
    if typed.values.get("kind") == HolidayKind.MAKEUP_WORKDAY and stated.weekday() < 5:
        message = f"{stated} is no weekend day, so nobody makes up for anything by working on it."
        found.append(typed.problem("kind", message))
    other = typed.values.get("in_lieu_of")
    if other is not None and abs(other - stated) > timedelta(days=60):
        message = f"{other} lies more than 60 days from {stated}; correct one of them."
        found.append(typed.problem("in_lieu_of", message))
    return found
