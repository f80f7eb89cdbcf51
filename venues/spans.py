"""Half-open day spans, and the only definition of overlap. Knows nothing of models or clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class DaySpan:
    """The calendar days ``[first, end)``; ``end`` is never included.

    Raises:
        ValueError: ``end`` is not after ``first``.
    """

    first: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise ValueError(f"a span must end after it starts: {self.first} .. {self.end}")

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    def overlaps(self, other: DaySpan) -> bool:
        """Whether any day belongs to both; spans that merely touch do not overlap."""
        return self.first < other.end and other.first < self.end

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.end


def subtract(span: DaySpan, taken: Iterable[DaySpan]) -> list[DaySpan]:
    """What is left of ``span`` without the days in ``taken`` (any order, overlapping or not)."""
    left = []
    first = span.first
    for piece in sorted(taken):
        if first < min(piece.first, span.end):
            left.append(DaySpan(first, min(piece.first, span.end)))
        first = max(first, piece.end)
    if first < span.end:
        left.append(DaySpan(first, span.end))
    return left
