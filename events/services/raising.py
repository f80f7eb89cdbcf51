"""Saying that what events show has changed although their own columns have not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet

from events.models import Event


def raise_events(events: QuerySet[Event], *, now: datetime) -> int:
    """Give ``events`` the next sequence and ``changed_at``, in one statement; how many there were.

    To be called whenever the name of a topic, organiser or campaign changes, or an event joins or
    leaves one: calendars show these names, and follow nothing but the event's own counters.
    """
    return events.order_by().update(sequence=F("sequence") + 1, changed_at=now)
