"""What calendars on the wall print beside a day: 休 and 班, the lunar date, the solar term, closed.

Chinese readers get all of it, English readers the names of holidays alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from venues.lunar import lunar_day, solar_term
from venues.models import Region, Venue
from venues.queries import opening_books, work_calendar
from venues.workdays import DayFact, DayKind, WorkCalendar
from web.pages.month import DayMark


def marks_of(
    days: Sequence[date], *, language: str, region: Region | None = None, venue: Venue | None = None
) -> dict[date, DayMark]:
    """A mark for each of ``days`` (in order); the number of queries is fixed.

    Holidays are those of the venue's region, else of ``region``, else of China. Without a venue
    no day is closed.
    """
    first, end = days[0], days[-1] + timedelta(days=1)
    if venue is None:
        calendar = work_calendar(first, end, region=region)
        return {day: _mark(day, calendar, language) for day in days}
    book = opening_books([venue], first, end)[venue.pk]
    found = {}
    for opening in book.days(first, end):
        reason = opening.reason(language) if opening.is_open is False else ""
        found[opening.day] = _mark(opening.day, book.calendar, language, closed=reason)
    return found


def _mark(day: date, calendar: WorkCalendar, language: str, *, closed: str = "") -> DayMark:
    fact = calendar.fact(day)
    if language == "en":
        return DayMark(name=_holiday_en(fact), closed=closed)
    lunar = lunar_day(day)
    return DayMark(
        sign=fact.mark,
        name=fact.name if fact.kind == DayKind.STATUTORY else "",
        lunar=lunar.short if lunar is not None else "",
        term=solar_term(day),
        closed=closed,
    )


def _holiday_en(fact: DayFact) -> str:
    is_off = fact.kind in (DayKind.STATUTORY, DayKind.BRIDGE)
    return (fact.name_en or fact.name) if is_off else ""
