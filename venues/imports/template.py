"""Empty workbooks to fill in, made from the very columns that read them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from venues.imports.archive import MAX_ROWS
from venues.imports.columns import Choice, Column, day, yes_no

_LONGEST_LIST = 250  # Excel keeps 255 characters of a list that stands in the rule itself


def template(title: str, columns: Sequence[Column], *, language: str = "zh") -> bytes:
    """A workbook with the headings, required ones bold, and drop-downs where words are fixed.

    ``language`` is ``zh`` or ``en``; what either says is read.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        heading = _preferred(column.headings, language)
        cell = sheet.cell(1, number, heading)
        cell.font = Font(bold=column.required)
        sheet.column_dimensions[letter].width = max(12, 2 * len(heading) + 4)
        span = f"{letter}2:{letter}{MAX_ROWS + 1}"
        if words := _words(column, language):
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


def _words(column: Column, language: str) -> str:
    """The fixed words of a column, as Excel lists them; nothing where they do not fit."""
    if column.read is yes_no:
        return "yes,no" if language == "en" else "是,否"
    if not isinstance(column.read, Choice):
        return ""
    said: dict[Any, list[str]] = {}
    for word, meaning in column.read.words.items():
        said.setdefault(meaning, []).append(word)
    listed = ",".join(_preferred(words, language) for words in said.values())
    return listed if len(listed) <= _LONGEST_LIST and '"' not in listed else ""


def _preferred(words: Sequence[str], language: str) -> str:
    """The first of the words that mean the same; in English the first that is English."""
    return next(filter(str.isascii, words), words[0]) if language == "en" else words[0]
