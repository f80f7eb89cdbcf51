"""Figures about the road: who was reached, how evenly, by which units, and what is late."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.touring import (
    RequestCallFactory,
    SeasonFactory,
    StopFactory,
    TourRequestFactory,
    UnitFactory,
)
from tests.factories.venues import RegionFactory
from touring.models import RequestState, StopState, TourRequest
from touring.stats import (
    overdue_requests,
    shares_of_prefectures,
    use_of_units,
    visits_of_counties,
)
from touring.stats.shares import gini_of
from venues.models import RegionLevel

pytestmark = pytest.mark.django_db

TODAY = date(2030, 3, 1)


@pytest.fixture
def province():
    return RegionFactory(code="340000", level=RegionLevel.PROVINCE)


@pytest.fixture
def prefectures(province):
    return [
        RegionFactory(code=code, parent=province, level=RegionLevel.PREFECTURE)
        for code in ("340100", "340200")
    ]


@pytest.fixture
def counties(prefectures):
    return [
        RegionFactory(code=f"{one.code[:4]}0{number}", parent=one, level=RegionLevel.COUNTY)
        for one in prefectures
        for number in (1, 2)
    ]


def test_a_county_is_left_out_when_no_stop_opened_there_within_36_months(province, counties):
    days = [date(2027, 3, 2), date(2027, 3, 1), date(2030, 2, 1)]
    states = [StopState.CLOSED, StopState.CLOSED, StopState.CANCELLED]
    for county, opens_on, state in zip(counties, days, states, strict=False):
        StopFactory(venue__region=county, opens_on=opens_on, state=state)

    visits = visits_of_counties(province, on=TODAY)

    assert [(one.county.code, one.visited_on, one.is_left_out) for one in visits] == [
        ("340101", date(2027, 3, 2), False),
        ("340102", date(2027, 3, 1), True),
        ("340201", None, True),
        ("340202", None, True),
    ]


def test_shares_weigh_by_value_and_put_the_worst_off_first(province, counties):
    season = SeasonFactory(region=province)
    for county, value in zip(counties, (3, 1, 5, 5), strict=True):
        TourRequestFactory(season=season, venue__region=county, value=value)
    served = TourRequest.objects.get(venue__region=counties[0])
    StopFactory(request=served, venue=served.venue)
    TourRequestFactory(season=season, venue__region=counties[3], state=RequestState.REJECTED)

    shares = shares_of_prefectures(season)

    assert [(one.prefecture.code, one.requests, one.served, one.share) for one in shares] == [
        ("340200", 2, 0, 0.0),
        ("340100", 2, 1, 0.75),
    ]
    assert gini_of(shares) == 0.5


def test_units_are_idle_on_the_days_they_are_neither_on_the_road_nor_at_a_host(province):
    units = [UnitFactory(code=code) for code in ("A", "B")]
    season = SeasonFactory(region=province, units=units)
    StopFactory(unit=units[0], opens_on=date(2027, 1, 2))  # arrived four days before
    StopFactory(unit=units[1], opens_on=date(2027, 6, 1), state=StopState.RELEASED)

    used = use_of_units(season)

    assert [(one.unit.code, one.days, one.used_days, one.idle_days) for one in used] == [
        ("B", 365, 0, 365),
        ("A", 365, 33, 332),
    ]


def test_kilometres_are_summed_from_home_from_stop_to_stop(province):
    unit = UnitFactory(home__lat=31.0, home__lon=117.0)
    season = SeasonFactory(region=province, units=[unit])
    for month, lat in ((2, 32.0), (5, 33.0)):
        StopFactory(unit=unit, opens_on=date(2027, month, 1), venue__lat=lat, venue__lon=117.0)

    assert round(use_of_units(season)[0].planned_km) == 222


def test_a_request_is_overdue_the_day_after_its_answer_was_due():
    call = RequestCallFactory()
    late = TourRequestFactory(
        season=call.season,
        call=call,
        year=2027,
        programme=call.programme,
        county=RegionFactory(level=RegionLevel.COUNTY),
        state=RequestState.ENDORSED,
    )
    for due_on in (date(2030, 2, 1), date(2030, 2, 26)):
        late.steps.create(
            operation="x", to_state="endorsed", at=call.created_at, version=1, due_on=due_on
        )
    everything = TourRequest.objects.all()

    found = overdue_requests(everything, on=date(2030, 2, 27))

    assert [(one.request, one.level, one.due_on, one.days_late) for one in found] == [
        (late, "prefecture_officer", date(2030, 2, 26), 1)
    ]
    assert overdue_requests(everything, on=date(2030, 2, 26)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_figures_need_the_same_queries_for_any_number(
    province, counties, count, django_assert_num_queries
):
    units = UnitFactory.create_batch(count)
    season = SeasonFactory(region=province, units=units)
    for number in range(count):
        request = TourRequestFactory(season=season, venue__region=counties[number])
        StopFactory(unit=units[number], venue=request.venue, request=request)

    with django_assert_num_queries(8):
        visits_of_counties(province, on=TODAY)
        shares_of_prefectures(season)
        use_of_units(season)
