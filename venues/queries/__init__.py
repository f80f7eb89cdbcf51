"""Questions that more than one room asks: what is near, what is open, what a day or a code means."""

from venues.queries.calendars import work_calendar, working_day, working_days_after
from venues.queries.places import open_spans, region_by_code, venues_near

__all__ = [
    "open_spans",
    "region_by_code",
    "venues_near",
    "work_calendar",
    "working_day",
    "working_days_after",
]
