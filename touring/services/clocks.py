"""The day it is at a venue, by its own clocks: what is counted there is dated there."""

from __future__ import annotations

from datetime import date, datetime

from events.recurrence.zones import zone
from venues.models import Venue


def today_at(venue: Venue, now: datetime) -> date:
    return now.astimezone(zone(venue.timezone)).date()
