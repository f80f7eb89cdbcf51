"""The file of units: what its columns are called and what their cells become."""

from __future__ import annotations

from touring.models import UnitKind
from venues.imports.columns import (
    Column,
    TypedRow,
    choice,
    names,
    number,
    read_columns,
    text,
    whole_number,
    yes_no,
)
from venues.imports.workbook import RowProblem, Table, read_table

_KINDS = {str(kind.label): kind.value for kind in UnitKind} | {k.value: k.value for k in UnitKind}

COLUMNS = (
    Column("code", ("编号", "套号", "code"), text(40), required=True),
    Column("kind", ("类型", "kind"), choice(_KINDS)),
    Column("exhibition", ("展览", "exhibition"), text(200), required=True),
    Column("serial", ("序号", "第几套", "serial"), text(40)),
    Column("operator", ("运行单位", "operator"), text(200)),
    Column("home", ("驻地", "集散中心", "home"), text(200), required=True),
    Column("regions", ("可去地区", "地区", "regions"), names(2000)),
    Column("returns_home", ("季末回驻地", "returns home"), yes_no),
    Column("km_per_day", ("每日公里", "km per day"), number(1, 5000)),
    Column("free_km", ("免计公里", "free km"), number(0, 5000)),
    Column("max_km", ("公里上限", "max km"), number(0, 10_000_000)),
    Column("max_days_out", ("最多在外天数", "max days out"), whole_number(1, 5000)),
    Column("rest_days", ("休整天数", "rest days"), whole_number(0, 1000)),
    Column("is_active", ("在用", "active"), yes_no),
)


def read_units(content: bytes | Table) -> tuple[list[TypedRow], list[RowProblem]]:
    """All rows of a file and every problem of its headings and cells.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    return read_columns(content if isinstance(content, Table) else read_table(content), COLUMNS)
