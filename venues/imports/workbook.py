"""A file of rows (.xlsx or .csv) as a :class:`Table`: plain values with their row numbers.

What stands in the cells is typed by :mod:`venues.imports.columns`; nothing here knows what the
rows mean, and formulas are never computed.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from venues.imports.archive import (
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    MAX_VALUES,
    UnreadableFile,
    open_checked,
    too_many_rows,
    too_many_values,
)
from venues.imports.sheet_rows import BookReader, ErrorCell, Formats, sheet_rows, xml_part
from venues.imports.words import Sentences, in_chinese

if not openpyxl.DEFUSEDXML:
    # Without it openpyxl expands entities: a kilobyte becomes gigabytes, or a local file.
    raise ImportError("defusedxml is required to read workbooks; install requirements.txt.")

Value = str | int | float | bool | date | datetime | time | timedelta | None

MAX_COLUMNS = 200
_MAX_PLACES = 1_000_000  # values, and the empty cells before a row's last one
_OLE_START = b"\xd0\xcf\x11\xe0"
_MARCH_1900 = WINDOWS_EPOCH + timedelta(days=61)  # Excel's 1900 has a 29 February: off before


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row and what to do; ``row`` 0 is the file as a whole.

    ``column`` is the heading as it stands in the file, ``cell`` its address (``C7``); both may be
    empty when the whole row is meant. ``zh`` is the message in Chinese where its maker knows it;
    else :func:`venues.imports.words.in_chinese` does.
    """

    row: int
    column: str
    cell: str
    message: str
    zh: str = ""

    def told(self, *tables: Sentences) -> dict[str, Any]:
        """As people are shown it, in both languages."""
        return {**asdict(self), "zh": self.zh or in_chinese(self.message, *tables)}


@dataclass(frozen=True)
class UnusableCell:
    """Stands in place of a value that the file itself calls an error."""

    message: str


@dataclass(frozen=True)
class Row:
    """One row under the headings, up to its last value.

    ``number`` is what a spreadsheet shows beside it.
    """

    number: int
    values: tuple[Value | UnusableCell, ...]


@dataclass(frozen=True)
class Table:
    """The first visible sheet of a file. ``rows`` leaves out rows without any value.

    ``ignored``: indices of columns that somebody said are not to be read.
    """

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[Row, ...]
    ignored: frozenset[int] = frozenset()


def cell_address(row: int, index: int) -> str:
    """``C7`` for row 7 and the third value (index 2)."""
    return f"{get_column_letter(index + 1)}{row}"


def read_table(content: bytes) -> Table:
    """The rows of an .xlsx or .csv file; what it is shows in its bytes, not in its name.

    CSV is UTF-8 (with or without mark) or else GB 18030, the superset of GBK that Chinese Excel
    writes; separated by comma, semicolon or tab.

    Raises:
        UnreadableFile: not such a file, damaged, encrypted, empty or too large.
    """
    if content.startswith(_OLE_START):
        raise UnreadableFile(
            "This is an old Excel file (.xls) or an encrypted workbook. "
            "Save it as Excel workbook (.xlsx) without a password."
        )
    rows = _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    return _table(rows)


def _table(rows: Iterable[tuple[int, Sequence[Value | UnusableCell]]]) -> Table:
    filled = ((number, values) for number, values in rows if any(v is not None for v in values))
    heading_row, first = next(filled, (0, ()))
    if not heading_row:
        raise UnreadableFile("The file has no rows. The first row must hold the headings.")
    headings = tuple("" if value is None else str(value).strip() for value in first)
    while headings and not headings[-1]:
        headings = headings[:-1]
    if len(headings) > MAX_COLUMNS:
        raise UnreadableFile(f"The sheet has more than {MAX_COLUMNS} columns; delete the rest.")
    return Table(headings=headings, heading_row=heading_row, rows=tuple(_counted(filled)))


def _counted(rows: Iterable[tuple[int, Sequence[Value | UnusableCell]]]) -> Iterator[Row]:
    """The rows up to their last values, as long as they are not too many."""
    found = places = 0
    for number, values in rows:
        row = Row(number, _trimmed(values))
        places += len(row.values)
        found += len(row.values) - row.values.count(None)
        if found > MAX_VALUES or places > _MAX_PLACES:
            raise too_many_values()
        yield row


def _trimmed(values: Sequence[Value | UnusableCell]) -> tuple[Value | UnusableCell, ...]:
    end = max(index for index, value in enumerate(values) if value is not None) + 1
    return tuple(values[:end])


# An untrusted file goes through a library that was written for trusted ones.


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, Sequence[Value | UnusableCell]]]:
    archive = open_checked(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about formats and extensions nobody asked for
            yield from _sheet_rows(content)
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part happens to cause
        raise UnreadableFile(
            f"The workbook cannot be read ({type(error).__name__}). "
            "Open it and save it again as Excel workbook (.xlsx)."
        ) from error
    finally:
        archive.close()


def _sheet_rows(content: bytes) -> Iterator[tuple[int, Sequence[Value | UnusableCell]]]:
    reader = BookReader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    book = reader.wb
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise UnreadableFile("The workbook has no visible sheet.")
        day_zero = MAC_EPOCH if book.epoch == MAC_EPOCH else _MARCH_1900
        formats = Formats(
            frozenset(book._date_formats), frozenset(book._timedelta_formats), book.epoch
        )
        with reader.archive.open(xml_part(visible[0]._worksheet_path)) as stream:
            for number, values in sheet_rows(
                stream, strings=reader.shared_strings, formats=formats, most_columns=MAX_COLUMNS
            ):
                yield number, [_cell_value(value, day_zero) for value in values]
    finally:
        book.close()


def _cell_value(value: Any, day_zero: datetime) -> Value | UnusableCell:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, ErrorCell):
        return UnusableCell(f"The cell shows the error {value.shown}; correct its formula.")
    if isinstance(value, datetime) and value < day_zero:
        return UnusableCell("The cell holds a day before March 1900, which Excel counts wrongly.")
    return value  # type: ignore[no-any-return]  # what the library makes of numbers and dates


def _csv_rows(content: bytes) -> Iterator[tuple[int, Sequence[Value]]]:
    if len(content) > MAX_UNPACKED_BYTES:
        raise UnreadableFile(f"The file is larger than {MAX_UNPACKED_BYTES:,} bytes; split it.")
    text = _decoded(content)
    if text.lstrip()[:1] == "<":
        raise UnreadableFile("This is a web page or XML, not a table. Save it as .xlsx or CSV.")
    first_line = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, values in enumerate(reader, start=1):
            if number > MAX_ROWS + 1:
                raise too_many_rows()
            yield number, [value if value.strip() else None for value in values[: MAX_COLUMNS + 1]]
    except csv.Error as error:
        raise UnreadableFile(
            f"The CSV breaks off at line {reader.line_num} ({error}); look for an open quotation "
            "mark, or save the table as .xlsx."
        ) from error


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise UnreadableFile(
            "The file is neither a workbook nor a text table. Save it as .xlsx or as CSV (UTF-8)."
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("The text is neither UTF-8 nor GBK. Save it as .xlsx or as CSV (UTF-8).")
