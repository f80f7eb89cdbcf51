"""Exchange: an event of whole days as midnight to midnight, marked by a property of its own
(X-MICROSOFT-CDO-ALLDAYEVENT:TRUE)."""

from __future__ import annotations

from datetime import datetime, time

from events.ical.component import Component


def is_all_day(event: Component, start: datetime, end: datetime) -> bool:
    """Only where it is marked and the hours agree: a marathon of 24 hours stays one."""
    mark = event.first("X-MICROSOFT-CDO-ALLDAYEVENT")
    is_marked = mark is not None and mark.value.strip().upper() == "TRUE"
    return is_marked and start.time() == end.time() == time() and end > start
