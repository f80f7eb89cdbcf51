"""A figure with the rows it is made of: shown as a table, written as CSV, drawn as bars."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_BARS = 40
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
_WIDTH, _LABEL, _ROW, _TOP = 720, 200, 26, 44


@dataclass(frozen=True)
class Row:
    """``cells`` as they are read; ``path`` leads to what the row is about."""

    cells: tuple[str | int | float, ...]
    path: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar of the picture, in its pixels."""

    label: str
    told: str
    y: int
    width: int

    @property
    def middle(self) -> int:
        return self.y + 12

    @property
    def end(self) -> int:
        return _LABEL + self.width + 6


@dataclass(frozen=True)
class Sheet:
    """``told`` is the figure itself, in words; ``measured`` what the bars are as long as."""

    name: str
    title: str
    told: str
    meaning: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    measured: tuple[tuple[str, float], ...] = field(default=())
    unit: str = ""

    def csv(self) -> bytes:
        """UTF-8 with a byte order mark, which spreadsheets need; no cell is taken for a formula."""
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        writer.writerow(self.columns)
        writer.writerows([_harmless(cell) for cell in row.cells] for row in self.rows)
        return b"\xef\xbb\xbf" + written.getvalue().encode()

    @property
    def bars(self) -> list[Bar]:
        return list(self._bars())

    @property
    def height(self) -> int:
        return _TOP + _ROW * max(1, min(len(self.measured), MOST_BARS)) + 12

    @property
    def cut(self) -> int:
        """How many bars the picture leaves out."""
        return max(0, len(self.measured) - MOST_BARS)

    def _bars(self) -> Iterator[Bar]:
        most = max((amount for _label, amount in self.measured), default=0) or 1
        room = _WIDTH - _LABEL - 90
        for place, (label, amount) in enumerate(self.measured[:MOST_BARS]):
            told = f"{amount:,.1f}".removesuffix(".0") + self.unit
            shown = label if len(label) <= 24 else f"{label[:23]}…"
            yield Bar(shown, told, _TOP + place * _ROW, round(room * max(0, amount) / most))


def _harmless(cell: str | int | float) -> str | int | float:
    """Text that a spreadsheet would compute is written with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) else cell
