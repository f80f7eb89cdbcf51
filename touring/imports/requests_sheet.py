"""The file of tour requests (申报表): what its columns are called and what their cells become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from venues.imports.columns import (
    Column,
    TypedRow,
    day,
    names,
    number,
    read_columns,
    text,
    whole_number,
)
from venues.imports.workbook import RowProblem, Table, read_table

RANKS = (
    (1, "第一意向", "first choice"),
    (2, "第二意向", "second choice"),
    (3, "第三意向", "third choice"),
)
COLUMNS = (
    Column("code", ("编号", "申报编号", "code"), text(40)),
    Column("venue", ("场馆", "申报单位", "venue"), text(200), required=True),
    Column("space", ("展厅", "场地", "space"), text(120)),
    Column("exhibitions", ("意向展览", "展览", "exhibitions"), names(500)),
    Column("stay_days", ("展出天数", "天数", "stay days"), whole_number(1, 2000), required=True),
    *(
        column
        for rank, zh, en in RANKS
        for column in (
            Column(f"first_{rank}", (f"{zh}开始", f"{en} from"), day, required=rank == 1),
            Column(f"last_{rank}", (f"{zh}结束", f"{en} to"), day, required=rank == 1),
            Column(f"preference_{rank}", (f"{zh}权重", f"{en} preference"), number(0, 1)),
        )
    ),
    Column("expected_visits", ("预计人次", "expected visits"), whole_number(0, 100_000_000)),
    Column("contact_email", ("联系邮箱", "邮箱", "contact email"), text(254)),
    Column("note", ("备注", "note"), text(2000)),
    # What the export says besides; read over, so that an exported file can be handed in again.
    Column("state", ("状态", "state"), text(40)),
    Column("version", ("版本", "version"), text(40)),
    Column("reason", ("原因", "reason"), text(300)),
    Column("county", ("区县", "county"), text(200)),
    Column("year", ("年度", "year"), text(40)),
)


@dataclass(frozen=True)
class SheetWindow:
    """A window as written: ``last_date`` is the last day of it, included."""

    rank: int
    first_date: date
    last_date: date
    preference: float

    @property
    def end_date(self) -> date:
        return self.last_date + timedelta(days=1)


@dataclass(frozen=True)
class RequestRow:
    """One row with names still to be looked up; what was wrong or empty is ``None``."""

    row: TypedRow
    windows: tuple[SheetWindow, ...]

    def text(self, field: str) -> str:
        return self.row.values.get(field) or ""


def read_requests(content: bytes | Table) -> tuple[list[RequestRow], list[RowProblem]]:
    """All rows of a file and every problem of its headings and cells.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    table = content if isinstance(content, Table) else read_table(content)
    rows, problems = read_columns(table, COLUMNS)
    found = []
    for row in rows:
        windows, wrong = _windows(row)
        problems += wrong
        found.append(RequestRow(row, tuple(windows)))
    return found, problems


def _windows(row: TypedRow) -> tuple[list[SheetWindow], list[RowProblem]]:
    windows, problems = [], []
    for rank, *_ in RANKS:
        first, last = (row.values.get(f"{name}_{rank}") for name in ("first", "last"))
        preference = row.values.get(f"preference_{rank}")
        if first and last:
            chosen = 1.0 if preference is None else preference
            windows.append(SheetWindow(rank, first, last, chosen))
        elif rank > 1 and (first or last):
            missing = f"last_{rank}" if first else f"first_{rank}"
            problems.append(row.problem(missing, "Give both the first and the last day."))
    return windows, problems
