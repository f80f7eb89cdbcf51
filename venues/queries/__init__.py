"""Questions that more than one room asks: what is near, what is open, what a day or a code means."""

from venues.queries.calendars import (
    is_school_day,
    school_calendar,
    work_calendar,
    work_calendars,
    working_day,
    working_days_after,
)
from venues.queries.opening import open_day, open_days, opening_books
from venues.queries.places import open_spans, region_by_code, venues_near

__all__ = [
    "is_school_day",
    "open_day",
    "open_days",
    "open_spans",
    "opening_books",
    "region_by_code",
    "school_calendar",
    "venues_near",
    "work_calendar",
    "work_calendars",
    "working_day",
    "working_days_after",
]
