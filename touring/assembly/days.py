"""Calendar days of a season and their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Calendar:
    """Day 0 is ``first``; the season is the days ``[0, days)``."""

    first: date
    days: int

    def day(self, on: date) -> int:
        return (on - self.first).days

    def date_of(self, day: int) -> date:
        return self.first + timedelta(days=day)

    def span(self, first: date, end: date) -> list[int]:
        return [self.day(first), self.day(end)]

    def clipped(self, first: date, end: date) -> list[int] | None:
        """The part of ``[first, end)`` inside the season, if there is one."""
        a, b = max(0, self.day(first)), min(self.days, self.day(end))
        return [a, b] if a < b else None
