"""The sheet of school terms (校历): one row per term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from venues.imports.columns import Column, day, read_columns, text, whole_number
from venues.imports.workbook import RowProblem, Table, read_table
from venues.spans import DaySpan

COLUMNS = (
    Column(
        "school_year",
        ("学年", "school year", "school_year"),
        whole_number(2000, 2150),
        required=True,
    ),
    Column("name_zh", ("学期", "名称", "term", "name", "name_zh"), text(200), required=True),
    Column("name_en", ("英文名称", "english name", "name_en"), text(200)),
    Column("first_day", ("开学日期", "开始", "first day", "first_day"), day, required=True),
    Column("end_day", ("放假日期", "假期开始", "vacation from", "end_day"), day, required=True),
)
LONGEST_TERM_DAYS = 250


@dataclass(frozen=True)
class TermRow:
    """Lessons on working days of ``span``; its end is the first day of the vacation."""

    school_year: int
    span: DaySpan
    name_zh: str
    name_en: str


def read_terms(content: bytes | Table) -> tuple[list[TermRow], list[RowProblem]]:
    """Every term of the file, and every problem in it.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    typed_rows, problems = read_columns(
        content if isinstance(content, Table) else read_table(content), COLUMNS
    )
    rows: list[TermRow] = []
    for typed in typed_rows:
        stated = typed.values
        first, end, year = (stated.get(name) for name in ("first_day", "end_day", "school_year"))
        if first is None or end is None or year is None or not stated.get("name_zh"):
            continue  # its absence is a problem already
        if not 0 < (end - first).days <= LONGEST_TERM_DAYS:
            message = f"Must be 1 to {LONGEST_TERM_DAYS} days after the term begins."
            problems.append(typed.problem("end_day", message))
            continue
        if not date(year, 7, 1) <= first < date(year + 1, 9, 1):
            message = f"Does not lie in the school year {year}–{year + 1}."
            problems.append(typed.problem("first_day", message))
        row = TermRow(year, DaySpan(first, end), stated["name_zh"], stated.get("name_en") or "")
        if any(row.span.overlaps(other.span) for other in rows):
            problems.append(typed.problem("first_day", "Overlaps a term above it."))
        rows.append(row)
    if not typed_rows:
        problems.append(RowProblem(0, "", "", "The file holds no terms. Add a row for each."))
    problems.sort(key=lambda problem: (problem.row, len(problem.cell), problem.cell))
    return rows, problems
