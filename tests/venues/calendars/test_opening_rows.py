from __future__ import annotations

from datetime import date

import pytest

from tests.factories.venues import (
    ClosureFactory,
    MembershipFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.errors import Invalid, NotAllowed, Stale
from venues.models import OpeningRule, RegionLevel, Role
from venues.permissions import SYSTEM
from venues.queries import open_day, open_days, opening_books
from venues.services.holidays import seed_holidays
from venues.services.opening import set_opening_rules

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

EXCEPT_MONDAY = {
    "week": {
        day: [{"opens": "09:30", "closes": "17:00", "last_entry": "16:00"}]
        for day in ("tue", "wed", "thu", "fri", "sat", "sun")
    },
    "lunar_closures": [{"from": "除夕", "to": "正月初二"}],
}


@pytest.fixture
def museum(now):
    seed_holidays(years=[2023, 2026, 2027], by=SYSTEM, now=now)
    venue = VenueFactory()
    set_opening_rules(venue=venue, document=EXCEPT_MONDAY, by=SYSTEM, now=now)
    return venue


def test_the_national_museum_in_february_2027(museum):
    """Closed from the eve to the second day, open on the statutory Monday, closed on the next."""
    closed = [d for d in open_days(museum, date(2027, 2, 2), date(2027, 2, 21)) if not d.is_open]

    assert [day.day.day for day in closed] == [5, 6, 7, 15]
    monday = open_day(museum, date(2027, 2, 8))
    assert (monday.is_open, monday.because, monday.is_provisional) == (True, "holiday", True)
    assert monday.reason("zh") == "法定节假日（春节）开放（该年节假日安排尚未公布，暂定）。"
    assert open_day(museum, date(2027, 2, 15)).is_provisional


def test_inner_mongolia_in_january_2023(museum):
    """Museums follow the weekday: open on both make-up workdays, closed on the Monday after."""
    days = open_days(museum, date(2023, 1, 21), date(2023, 2, 1))

    assert {day.day.day: day.is_open for day in days} == {
        21: False, 22: False, 23: False, 24: True, 25: True, 26: True, 27: True, 28: True,
        29: True, 30: False, 31: True,
    }  # fmt: skip


def test_the_swap_days_of_2026_leave_a_museum_unmoved(museum):
    for day in ("2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"):
        assert open_day(museum, date.fromisoformat(day)).because == "week"
    national_day = open_day(museum, date(2026, 10, 5))
    assert (national_day.is_open, national_day.is_provisional) == (True, False)


def test_a_year_of_one_venue_and_of_three_costs_the_same_queries(
    museum, now, django_assert_num_queries
):
    others = VenueFactory.create_batch(2)
    for venue in others:
        set_opening_rules(venue=venue, document=EXCEPT_MONDAY, by=SYSTEM, now=now)
    ClosureFactory(venue=others[0], first_date=date(2027, 3, 2), end_date=date(2027, 3, 3))
    span = date(2027, 1, 1), date(2028, 1, 1)
    for venues in ([museum], [museum, *others]):
        with django_assert_num_queries(4):
            books = opening_books(venues, *span)
            counts = [sum(bool(d.is_open) for d in books[v.pk].days(*span)) for v in venues]
    assert counts[0] == counts[2] == counts[1] + 1


def test_a_regions_own_holiday_opens_its_museums_only(museum, now):
    from tests.venues.calendars.test_holidays import HEADINGS, _take_in

    guangxi = RegionFactory(level=RegionLevel.PROVINCE)
    there = VenueFactory(region=RegionFactory(parent=guangxi))
    set_opening_rules(venue=there, document=EXCEPT_MONDAY, by=SYSTEM, now=now)
    row = [date(2026, 4, 20), "法定", "三月三", None, None]
    _take_in(HEADINGS, row, year=2026, region=guangxi, now=now)

    assert open_day(there, date(2026, 4, 20)).is_open
    assert not open_day(museum, date(2026, 4, 20)).is_open


def test_rules_are_taken_whole_and_versioned(museum, now):
    rule = OpeningRule.objects.get(venue=museum)
    assert rule.version == 1
    set_opening_rules(venue=museum, document=EXCEPT_MONDAY, by=SYSTEM, now=now, seen_version=1)
    set_opening_rules(venue=museum, document={"week": {}}, by=SYSTEM, now=now, seen_version=1)
    rule.refresh_from_db()
    assert (rule.version, rule.document) == (2, {"week": {}})
    with pytest.raises(Stale, match="You looked at version 1; it is 2 now"):
        set_opening_rules(venue=museum, document=EXCEPT_MONDAY, by=SYSTEM, now=now, seen_version=1)
    with pytest.raises(Invalid) as refusal:
        set_opening_rules(venue=museum, document={"week": {"mon": 1}}, by=SYSTEM, now=now)
    assert refusal.value.detail["problems"] == [{"field": "week.mon", "message": "Must be a list."}]


def test_only_editors_of_the_venue_write_its_rules(museum, now):
    editor, stranger = UserFactory(), UserFactory()
    MembershipFactory(user=editor, role=Role.MUSEUM_EDITOR, venue=museum)
    set_opening_rules(venue=museum, document={"week": {}}, by=editor, now=now)
    with pytest.raises(NotAllowed):
        set_opening_rules(venue=museum, document={"week": {}}, by=stranger, now=now)
