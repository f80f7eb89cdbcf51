"""The meaning of a table's columns: headings in two languages, and how each cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from venues.errors import Invalid, field_problem
from venues.imports.workbook import Row, RowProblem, Table, UnusableCell, Value, cell_address
from venues.texts import forbidden_characters, one_line

_BETWEEN_NAMES = re.compile(r"[、，,;；]")
Reader = Callable[[Value], Any]
"""Turns a cell that is not empty into a value; raises ValueError with the reason and remedy."""


@dataclass(frozen=True)
class Column:
    """``headings`` are all accepted; upper case, spaces and units in brackets do not matter."""

    field: str
    headings: tuple[str, ...]
    read: Reader
    required: bool = False


@dataclass(frozen=True)
class TypedRow:
    """The values of a row by field; what was empty is ``None``, what was wrong is missing."""

    number: int
    values: dict[str, Any]
    places: Mapping[str, tuple[str, int]]  # field → heading in the file, index

    def problem(self, field: str, message: str) -> RowProblem:
        """A problem with ``field`` of this row, in the file's own words."""
        if field not in self.places:
            return RowProblem(self.number, "", "", message)
        heading, index = self.places[field]
        return RowProblem(self.number, heading, cell_address(self.number, index), message)


def read_columns(
    table: Table, columns: Sequence[Column]
) -> tuple[list[TypedRow], list[RowProblem]]:
    """All rows, typed, and every problem of headings and cells, in the order of the file.

    A row with problems is returned too, so that its other fields can be checked.
    """
    places, problems = _places(table, columns)
    rows = []
    for row in table.rows:
        typed = TypedRow(row.number, {}, places)
        found = _read_row(row, typed, columns) + _values_without_heading(row, table)
        problems += sorted(found, key=lambda problem: (len(problem.cell), problem.cell))
        rows.append(typed)
    return rows, problems


def _places(
    table: Table, columns: Sequence[Column]
) -> tuple[dict[str, tuple[str, int]], list[RowProblem]]:
    known = {_simple(heading): column for column in columns for heading in column.headings}
    places: dict[str, tuple[str, int]] = {}
    problems = []
    for index, heading in enumerate(table.headings):
        if not heading or index in table.ignored:
            continue
        column = known.get(_simple(heading))
        if column is None:
            message = (
                "Unknown heading. Delete the column, or use one of: "
                + "、".join(column.headings[0] for column in columns)
                + "."
            )
        elif column.field in places:
            message = f"Stands twice, also as “{places[column.field][0]}”. Delete one of them."
        else:
            places[column.field] = (heading, index)
            continue
        address = cell_address(table.heading_row, index)
        problems.append(RowProblem(table.heading_row, heading, address, message))
    for column in columns:
        if column.required and column.field not in places:
            message = f"The column “{column.headings[0]}” is missing. Add it."
            problems.append(RowProblem(table.heading_row, column.headings[0], "", message))
    return places, problems


def _simple(heading: str) -> str:
    return re.sub(r"[\s_*]|[(（].*?[)）]", "", heading).casefold()


def _read_row(row: Row, typed: TypedRow, columns: Sequence[Column]) -> list[RowProblem]:
    problems = []
    for column in columns:
        if column.field not in typed.places:
            typed.values[column.field] = None
            continue
        index = typed.places[column.field][1]
        value = row.values[index] if index < len(row.values) else None
        try:
            typed.values[column.field] = _read(value, column)
        except ValueError as error:
            problems.append(typed.problem(column.field, str(error)))
    return problems


def _read(value: Value | UnusableCell, column: Column) -> Any:
    if isinstance(value, UnusableCell):
        raise ValueError(value.message)
    if value is None:
        if column.required:
            raise ValueError("Must not be empty.")
        return None
    return column.read(value)


def _values_without_heading(row: Row, table: Table) -> list[RowProblem]:
    """One problem, at the first of them."""
    for index, value in enumerate(row.values):
        is_headed = index < len(table.headings) and table.headings[index]
        if value is not None and not is_headed and index not in table.ignored:
            message = (
                "A value without a heading above it. Give the column a heading or delete the value."
            )
            return [RowProblem(row.number, "", cell_address(row.number, index), message)]
    return []


# ---- readers


def text(max_length: int) -> Reader:
    """One line of text; a number such as a code or a telephone number is taken as it is shown."""

    def read(value: Value) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("Must be text; format the cell as text.")
        line = one_line(str(value))
        if found := forbidden_characters(line):
            raise ValueError(f"Holds invisible control characters ({', '.join(found)}); retype it.")
        if len(line) > max_length:
            raise ValueError(f"Has {len(line)} characters; at most {max_length} are kept.")
        return line

    return read


def names(max_length: int) -> Reader:
    """Several names in one cell, between commas, semicolons or 、; as a tuple."""
    line = text(max_length)

    def read(value: Value) -> tuple[str, ...]:
        return tuple(name for part in _BETWEEN_NAMES.split(line(value)) if (name := part.strip()))

    return read


def number(minimum: float, maximum: float) -> Reader:
    """A finite number in ``[minimum, maximum]``; also as text, with thousands separators."""

    def read(value: Value) -> float:
        if isinstance(value, str):
            value = _number_in(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("Must be a number, without a unit.")
        if not minimum <= value <= maximum:
            raise ValueError(
                f"Must lie between {minimum:,.12g} and {maximum:,.12g}, not {str(value)[:40]}."
            )
        return float(value)

    return read


def _number_in(written: str) -> float:
    plain = one_line(written).replace("−", "-")
    if not re.fullmatch(r"[+-]?(\d+|\d{1,3}([,，]\d{3})+)(\.\d+)?", plain, re.ASCII):
        raise ValueError(f"“{written[:40]}” is not a number; write it without a unit.")
    return float(plain.replace(",", "").replace("，", ""))


def whole_number(minimum: int, maximum: int) -> Reader:
    as_number = number(minimum, maximum)

    def read(value: Value) -> int:
        found = as_number(value)
        if not found.is_integer():
            raise ValueError(f"Must be a whole number, not {found:g}.")
        return int(found)

    return read


_YES = {"是", "有", "√", "y", "yes", "true", "1"}
_NO = {"否", "无", "×", "n", "no", "false", "0"}


def yes_no(value: Value) -> bool:
    word = one_line(str(int(value) if isinstance(value, bool | float) else value)).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("Write 是 or 否 (yes or no).")


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)


def day(value: Value) -> date:
    """A calendar day: a date cell, or text as 2026-03-01, 2026/3/1 or 2026年3月1日."""
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and (written := _DAY.fullmatch(one_line(value))):
        try:
            return date(*map(int, written.groups()))
        except ValueError:
            raise ValueError(f"“{value[:40]}” is not a day of the calendar.") from None
    raise ValueError("Must be a day such as 2026-03-01, without a time.")


class Choice:
    """One of the ``words``; upper case and spaces do not matter."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self.words = words
        self.meaning = {_simple(word): result for word, result in words.items()}

    def __call__(self, value: Value) -> Any:
        word = _simple(str(value))
        if word not in self.meaning:
            raise ValueError(
                f"“{str(value)[:40]}” is unknown; use one of: {'、'.join(self.words)}."
            )
        return self.meaning[word]


def choice(words: Mapping[str, Any]) -> Reader:
    return Choice(words)


def mapped(table: Table, mapping: Mapping[str, str], columns: Sequence[Column]) -> Table:
    """The table with headings as ``mapping`` (heading in the file → field, or ``""``) says.

    Raises:
        Invalid: a heading the file does not have, or a field that the kind of sheet has not.
    """
    known = {column.field: column.headings[0] for column in columns}
    problems = [
        field_problem(f"mapping.{heading}", message)
        for heading, field in mapping.items()
        for message in _mapping_problems(heading, field, table, known)
    ]
    if problems:
        raise Invalid(problems[0]["message"], problems=problems)
    names = tuple(known.get(mapping.get(each, "-"), each) for each in table.headings)
    ignored = {index for index, each in enumerate(table.headings) if mapping.get(each) == ""}
    return replace(table, headings=names, ignored=frozenset(ignored))


def _mapping_problems(
    heading: str, field: str, table: Table, known: Mapping[str, str]
) -> Iterator[str]:
    if heading not in table.headings:
        yield f"The file has no heading “{heading}”."
    if field and field not in known:
        yield f"There is no field “{field}”; known are: {', '.join(known)}."
