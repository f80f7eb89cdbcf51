"""Clocks that run in working days, by the holiday table of China; weekends where it ends."""

from __future__ import annotations

from datetime import date, timedelta


def working_days_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
