"""Empty workbooks to fill in, made from the very columns that read them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from venues.imports.archive import MAX_ROWS
from venues.imports.columns import Choice, Column, day, yes_no

_LONGEST_LIST = 250  # Excel keeps 255 characters of a list that stands in the rule itself


def template(title: str, columns: Sequence[Column]) -> bytes:
    """A workbook with the headings, required ones bold, and drop-downs where words are fixed."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, column.headings[0])
        cell.font = Font(bold=column.required)
        sheet.column_dimensions[letter].width = max(12, 2 * len(column.headings[0]) + 4)
        span = f"{letter}2:{letter}{MAX_ROWS + 1}"
        if words := _words(column):
            rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            rule.add(span)
            sheet.add_data_validation(rule)
        elif column.read is day:
            rule = DataValidation(
                type="date", operator="greaterThan", formula1="1", allow_blank=True
            )
            rule.add(span)
            sheet.add_data_validation(rule)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _words(column: Column) -> str:
    """The fixed words of a column, as Excel lists them; nothing where they do not fit."""
    if column.read is yes_no:
        return "是,否"
    if not isinstance(column.read, Choice):
        return ""
    distinct = dict.fromkeys(column.read.meaning.values())
    first = {meaning: word for word, meaning in reversed(list(column.read.words.items()))}
    listed = ",".join(first[meaning] for meaning in distinct)
    return listed if len(listed) <= _LONGEST_LIST and '"' not in listed else ""
