"""Series that follow the opening days of their venue."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.enums import ClosedDays
from events.feeds.entries import entry_of
from events.models import Event
from events.services.occurrences import refresh_many, refresh_occurrences
from events.services.opening_changes import follow_opening_changes
from tests.factories.events import EventFactory
from tests.factories.venues import VenueFactory
from venues.models import Closure, OpeningChange
from venues.permissions import SYSTEM
from venues.services.closures import add_closure, remove_closure
from venues.services.holidays import replace_table
from venues.services.opening import set_opening_rules
from venues.spans import DaySpan
from venues.workdays import DayKind, SpecialDay

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

CLOSED_ON_MONDAYS = {
    "week": {
        day: [{"opens": "09:30", "closes": "17:00"}]
        for day in ("tue", "wed", "thu", "fri", "sat", "sun")
    }
}


@pytest.fixture
def museum(now):
    venue = VenueFactory()
    set_opening_rules(venue=venue, document=CLOSED_ON_MONDAYS, by=SYSTEM, now=now)
    OpeningChange.objects.all().delete()
    return venue


def daily(venue, now, *, on_closed_days=ClosedDays.CANCEL, **changes):
    """Daily at 10:00 from Saturday 2026-11-07, five times; the 9th is a Monday."""
    event = EventFactory(
        venue=venue,
        start_date=date(2026, 11, 7),
        start_time=time(10),
        end_time=time(11),
        rrule="FREQ=DAILY;COUNT=5",
        on_closed_days=on_closed_days,
        **changes,
    )
    refresh_occurrences(event, now=now)
    return event


def dates(event) -> dict[int, str]:
    """Day of the month → why it does not take place, or nothing."""
    return {
        row.start_date.day: (row.reason_zh or "cancelled") if row.is_cancelled else ""
        for row in event.occurrences.all()
    }


def test_dates_on_closed_days_are_cancelled_with_the_reason_and_the_others_take_place(museum, now):
    event = daily(museum, now)

    assert dates(event) == {
        7: "",
        8: "",
        9: "周一闭馆（该年节假日安排尚未公布，暂定）。",
        10: "",
        11: "",
    }
    monday = entry_of(event.occurrences.get(start_date=date(2026, 11, 9)))
    assert monday.status == "CANCELLED"
    assert monday.description.zh.startswith("周一闭馆")


def test_dates_on_closed_days_are_no_dates_when_they_are_to_be_skipped(museum, now):
    assert set(dates(daily(museum, now, on_closed_days=ClosedDays.SKIP))) == {7, 8, 10, 11}


def test_a_series_that_minds_no_closed_days_takes_place(museum, now):
    assert set(dates(daily(museum, now, on_closed_days=ClosedDays.KEEP)).values()) == {""}


def test_where_nobody_has_said_when_the_house_is_open_all_dates_take_place(now):
    assert set(dates(daily(VenueFactory(), now)).values()) == {""}


def test_a_closure_and_its_end_reach_those_who_follow_the_series(museum, now):
    """Each turn raises SEQUENCE once; a second run changes nothing."""
    event, other = daily(museum, now), daily(VenueFactory(), now)
    closure = add_closure(
        venue=museum, span=DaySpan(date(2026, 11, 10), date(2026, 11, 12)), by=SYSTEM, now=now,
        reason_zh="设备检修",
    )  # fmt: skip

    assert follow_opening_changes(now=now) == 1
    assert follow_opening_changes(now=now) == 0
    assert dates(event)[10] == dates(event)[11] == "闭馆：设备检修。"
    remove_closure(closure=closure, by=SYSTEM, now=now)
    assert follow_opening_changes(now=now) == 1

    assert dates(event)[10] == ""
    event.refresh_from_db()
    other.refresh_from_db()
    assert (event.sequence, other.sequence) == (2, 0)
    assert OpeningChange.objects.count() == 0


def test_an_announced_date_that_is_skipped_later_is_withdrawn_with_its_reason_and_comes_back(
    museum, now
):
    event = daily(museum, now, on_closed_days=ClosedDays.SKIP)
    tuesday = event.occurrences.get(start_date=date(2026, 11, 10))
    closure = add_closure(
        venue=museum, span=DaySpan(date(2026, 11, 10), date(2026, 11, 11)), by=SYSTEM, now=now
    )
    follow_opening_changes(now=now)

    tuesday.refresh_from_db()
    assert (tuesday.is_cancelled, tuesday.withdrawn_at, tuesday.reason_zh) == (True, now, "闭馆。")
    remove_closure(closure=closure, by=SYSTEM, now=now)
    follow_opening_changes(now=now)
    tuesday.refresh_from_db()
    assert (tuesday.is_cancelled, tuesday.withdrawn_at, tuesday.reason_zh) == (False, None, "")


def test_a_new_holiday_table_opens_the_monday(museum, now):
    event = daily(museum, now)
    holiday = SpecialDay(DayKind.STATUTORY, "馆庆日")
    replace_table(
        days={date(2026, 11, 9): holiday}, year=2026, status="confirmed", source="通知", by=SYSTEM,
        now=now, country=museum.region.country,
    )  # fmt: skip

    assert follow_opening_changes(now=now) == 1
    assert dates(event)[9] == ""


def test_dates_that_are_over_stay_as_they_were_announced(museum, now):
    event = daily(museum, now)
    later = datetime(2026, 11, 20, tzinfo=UTC)
    add_closure(
        venue=museum, span=DaySpan(date(2026, 11, 1), date(2026, 12, 1)), by=SYSTEM, now=later
    )

    assert follow_opening_changes(now=later) == 0
    assert [day for day, reason in dates(event).items() if reason] == [9]


def test_one_series_or_three_are_judged_in_the_same_number_of_queries(
    museum, now, django_assert_num_queries
):
    daily(museum, now)
    for count in (1, 3):
        while Event.objects.count() < count:
            daily(VenueFactory(region=museum.region), now)
        with django_assert_num_queries(7):
            refresh_many(list(Event.objects.all()), now=now)


def test_following_costs_the_same_for_one_note_and_for_many(museum, now, django_assert_num_queries):
    daily(museum, now)
    for count in (1, 30):
        for n in range(count):
            day = date(2027, 1, 1) + timedelta(days=2 * n)
            span = DaySpan(day, day + timedelta(days=1))
            add_closure(venue=museum, span=span, by=SYSTEM, now=now, reason_zh=str(n + count))
        with django_assert_num_queries(12):
            follow_opening_changes(now=now)
    assert Closure.objects.count() == 31
