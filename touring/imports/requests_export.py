"""Requests as a workbook: the columns of the form that is read in, then what became of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from touring.imports.requests_sheet import COLUMNS, RANKS
from touring.models import RequestState, TourRequest


def requests_workbook(requests: Iterable[TourRequest]) -> bytes:
    """An .xlsx that :func:`touring.imports.requests_sheet.read_requests` reads again.

    No cell is a formula: every text is stored as text, whatever it begins with. Give the requests
    with ``windows``, ``exhibitions``, ``venue``, ``space`` and ``county`` at hand.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "申报"
    _write(sheet, 1, [column.headings[0] for column in COLUMNS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, request in enumerate(requests, start=2):
        said = {**_asked(request), **_became(request)}
        _write(sheet, number, [said.get(column.field) for column in COLUMNS])
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Any, row: int, values: list[Any]) -> None:
    for column, value in enumerate(values, start=1):
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell = sheet.cell(row=row, column=column, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes a leading "=" for a formula


def _asked(request: TourRequest) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "code": request.code,
        "venue": request.venue.slug,
        "space": request.space.code if request.space else None,
        "exhibitions": "、".join(sorted(one.slug for one in request.exhibitions.all())),
        "stay_days": request.stay_days,
        "expected_visits": request.expected_visits,
        "contact_email": request.contact_email,
        "note": request.note,
    }
    for (rank, *_), window in zip(RANKS, request.windows.all(), strict=False):
        asked[f"first_{rank}"] = window.first_date
        asked[f"last_{rank}"] = _last(window.end_date)
        asked[f"preference_{rank}"] = window.preference
    return asked


def _last(end: date) -> date:
    return end - timedelta(days=1)


def _became(request: TourRequest) -> dict[str, Any]:
    return {
        "state": RequestState(request.state).label,
        "version": str(request.version),
        "reason": request.reason,
        "county": request.county.name_zh if request.county else "",
        "year": str(request.year or ""),
    }
