"""Series that repeat by the Chinese calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from events.errors import InvalidEvent
from events.ical.entry import Text
from events.services.editing import change_event, create_event
from events.services.guests import guest_entry
from events.services.occurrences import extend_occurrences
from events.services.publishing import publish_event
from events.services.values import EventValues, values_of
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

LITTLE_NEW_YEAR = EventValues(
    title=Text("小年：灶王爷的糖"),
    start=datetime(2027, 1, 30, 10),
    end=datetime(2027, 1, 30, 11),
    timezone="Asia/Shanghai",
    location=Text("民俗馆"),
    lunar_rule="12-23",
)


def days(event) -> list[str]:
    return [f"{row.start_date}" for row in event.occurrences.all()]


def test_an_event_comes_back_on_its_lunar_day_up_to_the_horizon_and_beyond_as_time_passes(now):
    """腊月廿三 is 2027-01-30, 2028-01-19, 2029-02-06; each keeps its hour and gets a key."""
    event = create_event(values=LITTLE_NEW_YEAR, by=SYSTEM, now=now)
    publish_event(event_id=event.pk, seen_sequence=0, by=SYSTEM, now=now)

    assert (event.lunar_rule, days(event)) == ("腊月廿三", ["2027-01-30", "2028-01-19"])
    assert extend_occurrences(now=datetime(2027, 6, 1, tzinfo=UTC)) == 1
    assert days(event) == ["2027-01-30", "2028-01-19", "2029-02-06"]
    last = event.occurrences.last()
    assert (last.key, last.starts_at) == (
        "20290206T100000",
        datetime(2029, 2, 6, 2, tzinfo=UTC),
    )


def test_guests_get_the_lunar_dates_one_by_one(now):
    event = create_event(values=LITTLE_NEW_YEAR, by=SYSTEM, now=now)

    entry = guest_entry(event)

    assert (entry.rrule, entry.rdates[-1]) == ("", datetime(2028, 1, 19, 10))


def test_a_lunar_series_ends_with_its_last_day(now):
    values = replace(LITTLE_NEW_YEAR, lunar_until=date(2027, 12, 31))

    assert days(create_event(values=values, by=SYSTEM, now=now)) == ["2027-01-30"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"lunar_rule": "闰六月初一"},
            "“闰六月初一” is in a leap month, which most years do not have.",
        ),
        (
            {"lunar_rule": "腊八"},
            "“腊八” is no lunar date; write 腊月廿三, 除夕 or 12-23.",
        ),
        (
            {"lunar_rule": "除夕"},
            "the first date, 2027-01-30, must be a 除夕; the next one is 2027-02-05.",
        ),
        ({"rrule": "FREQ=YEARLY"}, "give a rule or a lunar day, not both."),
    ],
)
def test_a_lunar_day_that_cannot_be_is_refused_with_its_reason(now, changes, problem):
    with pytest.raises(InvalidEvent) as refused:
        create_event(values=replace(LITTLE_NEW_YEAR, **changes), by=SYSTEM, now=now)

    assert refused.value.detail["problems"] == [{"field": "lunar_rule", "message": problem}]


def test_rscale_stays_refused_by_name(now):
    values = replace(LITTLE_NEW_YEAR, lunar_rule="", rrule="RSCALE=CHINESE;FREQ=YEARLY")

    with pytest.raises(InvalidEvent, match="RSCALE"):
        create_event(values=values, by=SYSTEM, now=now)


def test_an_end_without_a_lunar_day_is_refused(now):
    values = replace(LITTLE_NEW_YEAR, lunar_rule="", lunar_until=date(2030, 1, 1))

    with pytest.raises(InvalidEvent, match="lunar_until: say the lunar day too"):
        create_event(values=values, by=SYSTEM, now=now)


def test_a_series_becomes_lunar_and_its_values_read_back_the_same(now):
    event = create_event(values=replace(LITTLE_NEW_YEAR, lunar_rule=""), by=SYSTEM, now=now)

    changed = change_event(
        event_id=event.pk, seen_sequence=0, values=LITTLE_NEW_YEAR, by=SYSTEM, now=now
    )

    assert values_of(changed).lunar_rule == "腊月廿三"
    assert len(days(changed)) == 2
