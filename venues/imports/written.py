"""Rows as a workbook that people take away: no cell is ever a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Cell = str | int | float | date | None
_LONGEST_TITLE = 31


@dataclass(frozen=True)
class WrittenSheet:
    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def workbook_of(sheets: Iterable[WrittenSheet]) -> bytes:
    """An .xlsx with bold headings that stay in view; text is stored as text, whatever it
    begins with."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for one in sheets:
        sheet = book.create_sheet(one.title[:_LONGEST_TITLE])
        for number, row in enumerate([one.headings, *one.rows], start=1):
            _write(sheet, number, row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _write(sheet: Any, number: int, row: Sequence[Cell]) -> None:
    for column, value in enumerate(row, start=1):
        is_text = isinstance(value, str)
        kept = ILLEGAL_CHARACTERS_RE.sub("", str(value)) if is_text else value
        cell = sheet.cell(row=number, column=column, value=kept)
        if is_text:
            cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
