"""When venues are open. A span of days and any number of venues cost the same queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from venues.models import Closure, OpeningRule, Venue
from venues.opening import ClosedSpan, OpenDay, OpeningBook, parse_rules
from venues.queries.calendars import work_calendars
from venues.spans import DaySpan


def open_day(venue: Venue, day: date) -> OpenDay:
    """Whether the venue is open on ``day``, in which sessions, and why."""
    return open_days(venue, day, day + timedelta(days=1))[0]


def open_days(venue: Venue, first: date, end: date) -> list[OpenDay]:
    """:func:`open_day` for each day of ``[first, end)``, in order."""
    return list(opening_books([venue], first, end)[venue.pk].days(first, end))


def opening_books(venues: Iterable[Venue], first: date, end: date) -> dict[int, OpeningBook]:
    """What decides about each venue (by primary key) on the days of ``[first, end)``.

    Reads ``region`` of the venues: select it with them.
    """
    venues = list(venues)
    ids = [venue.pk for venue in venues]
    rules = {
        venue: parse_rules(document)
        for venue, document in OpeningRule.objects.filter(venue__in=ids).values_list(
            "venue", "document"
        )
    }
    closures: dict[int, list[ClosedSpan]] = defaultdict(list)
    whole = Closure.objects.filter(venue__in=ids, space=None).touching(first, end)
    for row in whole:
        span = DaySpan(row.first_date, row.end_date)
        closures[row.venue_id].append(ClosedSpan(span, row.reason_zh, row.reason_en))
    calendars = work_calendars([venue.region for venue in venues], first, end)
    return {
        venue.pk: OpeningBook(
            rules.get(venue.pk), calendars[venue.region_id], tuple(closures[venue.pk])
        )
        for venue in venues
    }
