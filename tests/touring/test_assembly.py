"""Rows become a problem, and what is wrong with rows is said of the rows."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from tests.factories.touring import (
    PlacedVenueFactory,
    StopFactory,
    StopLockFactory,
    TourRequestFactory,
    UnitAvailabilityFactory,
    UnitFactory,
    UnitMaintenanceFactory,
)
from tests.factories.venues import ClosureFactory, SpaceFactory, VenueFactory
from touring.assembly import assemble, instance_of
from touring.errors import InvalidSeason
from touring.models import Exhibition, StopState, TourRequest, Unit
from touring.planning.formats import parse_instance
from touring.planning.problem import History, Lock, Maintenance, Window
from venues.models import VenueStatus

pytestmark = pytest.mark.django_db


def problems_of(refusal) -> set[tuple[str, str]]:
    return {(one["row"], one["field"]) for one in refusal.value.detail["problems"]}


def host(assembly, slug):
    return assembly.problem.hosts[assembly.problem.host_index[slug]]


def unit(assembly, code):
    return assembly.problem.units[assembly.problem.unit_index[code]]


def test_days_are_counted_from_the_first_day_of_the_season(plan):
    assembly = assemble(plan)

    assert assembly.problem.days == 365
    assert assembly.problem.start == "2027-01-01"
    assert assembly.problem.requests[0].windows == (Window(31, 181),)
    assert assembly.calendar.date_of(31) == date(2027, 2, 1)


def test_the_same_rows_make_the_same_instance_and_it_reads_back(plan):
    first, second = instance_of(plan.season, plan), instance_of(plan.season, plan)

    assert json.dumps(first) == json.dumps(second)
    assert parse_instance(json.loads(json.dumps(first))).hash == assemble(plan).problem.hash


def test_requests_that_are_not_accepted_are_left_out(plan):
    TourRequest.objects.filter(code="AH-2027-002").update(state="withdrawn")

    assert [one.id for one in assemble(plan).problem.requests] == [
        "AH-2027-001",
        "AH-2027-003",
        "AH-2027-004",
    ]


def test_a_venue_offers_its_known_facilities_and_its_largest_space(plan):
    request = TourRequest.objects.get(code="AH-2027-001")
    SpaceFactory(venue=request.venue, code="small", area_m2=100)
    SpaceFactory(venue=request.venue, code="big", area_m2=300)

    found = host(assemble(plan), "county-1/big")

    assert found.offers == {"area_m2": 300.0, "clear_height_m": 4.0}
    assert found.region == "340101"
    assert found.place_group == "340101"


def test_closures_of_the_venue_and_of_the_used_space_are_blackouts(plan):
    venue = TourRequest.objects.get(code="AH-2027-001").venue
    used, other = SpaceFactory(venue=venue, area_m2=9), SpaceFactory(venue=venue, area_m2=1)
    ClosureFactory(venue=venue, first_date=date(2027, 1, 5), end_date=date(2027, 1, 8))
    ClosureFactory(venue=venue, space=used, first_date=date(2027, 2, 1), end_date=date(2027, 2, 2))
    ClosureFactory(venue=venue, space=other, first_date=date(2027, 3, 1), end_date=date(2027, 3, 2))

    assert host(assemble(plan), f"county-1/{used.code}").blackouts == ((4, 7), (31, 32))


def test_a_venue_that_opens_later_is_closed_until_then(plan):
    venue = TourRequest.objects.get(code="AH-2027-001").venue
    venue.status, venue.opened_on = VenueStatus.UNDER_CONSTRUCTION, date(2027, 1, 11)
    venue.save()

    assert host(assemble(plan), "county-1").blackouts == ((0, 10),)


def test_stops_outside_the_season_take_their_units_and_places(plan):
    venue = TourRequest.objects.get(code="AH-2027-001").venue
    StopFactory(unit=Unit.objects.get(code="AH-01"), venue=venue, opens_on=date(2027, 1, 5))

    assembly = assemble(plan)

    assert unit(assembly, "AH-01").available == ((36, 365),)
    assert host(assembly, "county-1").blackouts == ((0, 36),)


def test_availability_and_maintenance_are_cut_to_the_season(plan):
    one = Unit.objects.get(code="AH-01")
    UnitAvailabilityFactory(unit=one, first_date=date(2026, 6, 1), end_date=date(2027, 3, 1))
    UnitMaintenanceFactory(
        unit=one, days=5, earliest_date=date(2026, 12, 1), latest_date=date(2027, 2, 1)
    )

    found = unit(assemble(plan), "AH-01")

    assert found.available == ((0, 59),)
    assert found.maintenance == (Maintenance(5, 0, 31),)


def test_visits_before_the_season_count_for_the_gaps(plan):
    plan.season.rules = {"gaps": {"any_gap_days": 180}}
    plan.season.save()
    venue = TourRequest.objects.get(code="AH-2027-001").venue
    earlier = StopFactory(venue=venue, opens_on=date(2026, 9, 1), state=StopState.CLOSED)
    StopFactory(venue=venue, opens_on=date(2026, 2, 1), state=StopState.CLOSED)

    assert assemble(plan).problem.history == (History("340101", earlier.unit.exhibition.slug, -92),)


def test_rules_and_locks_reach_the_problem(plan):
    plan.season.rules = {
        "no_work": [["2027-02-05", "2027-02-12"]],
        "regions": [{"id": "340000", "min_stops": 2}],
        "crews": [{"id": "north", "per_week": 2, "units": ["AH-02"]}],
        "travel": {"circuity": 1.5},
    }
    plan.season.save()
    StopLockFactory(
        plan=plan,
        unit=Unit.objects.get(code="AH-02"),
        request=TourRequest.objects.get(code="AH-2027-003"),
        opens_on=date(2027, 3, 2),
    )

    problem = assemble(plan).problem

    assert problem.no_work == ((35, 42),)
    assert [one.min_stops for one in problem.regions if one.id == "340000"] == [2]
    assert [one.crew for one in problem.units] == [None, "north"]
    assert problem.travel.circuity == 1.5
    assert problem.locked == (Lock("AH-02", "AH-2027-003", 60),)


def test_everything_wrong_with_the_rows_is_named_at_once(plan):
    Exhibition.objects.filter(units__code="AH-01").update(
        requires={"areas": 400, "power_kw": "much"}
    )
    two = Unit.objects.get(code="AH-02")
    UnitAvailabilityFactory(unit=two, first_date=date(2029, 1, 1), end_date=date(2029, 2, 1))
    UnitMaintenanceFactory(
        unit=two, days=20, earliest_date=date(2027, 1, 1), latest_date=date(2027, 1, 11)
    )
    nowhere = TourRequestFactory(code="AH-2027-009", season=plan.season, venue=VenueFactory())
    TourRequestFactory(
        code="AH-2027-010",
        season=plan.season,
        windows=[(date(2030, 1, 1), date(2030, 3, 1))],
    )
    plan.season.rules = {"gap": 3, "no_work": [["soon", "later"]]}
    plan.season.objective = {"kmcost": 1}
    plan.season.save()

    with pytest.raises(InvalidSeason) as refusal:
        assemble(plan)

    slug = Exhibition.objects.get(units__code="AH-01").slug
    assert problems_of(refusal) == {
        (f"exhibition {slug}", "requires.areas"),
        (f"exhibition {slug}", "requires.power_kw"),
        ("unit AH-02", "availability"),
        ("unit AH-02", "maintenance"),
        (f"venue {nowhere.venue.slug}", "lat, lon"),
        ("request AH-2027-010", "windows[0]"),
        ("season anhui-2027", "rules.gap"),
        ("season anhui-2027", "rules.no_work[0]"),
        ("season anhui-2027", "objective.kmcost"),
    }


def test_a_home_without_coordinates_and_a_season_without_units_are_named(plan):
    UnitFactory(code="AH-03", home=VenueFactory(slug="depot")).seasons.add(plan.season)
    with pytest.raises(InvalidSeason) as refusal:
        assemble(plan)
    assert problems_of(refusal) == {("venue depot", "lat, lon")}

    plan.season.units.clear()
    with pytest.raises(InvalidSeason) as refusal:
        assemble(plan)
    assert problems_of(refusal) == {("season anhui-2027", "units")}


def test_a_lock_that_the_host_forbids_is_named_by_its_request_and_unit(plan):
    request = TourRequest.objects.get(code="AH-2027-003")
    StopLockFactory(
        plan=plan, unit=Unit.objects.get(code="AH-02"), request=request, opens_on=date(2027, 3, 2)
    )
    ClosureFactory(venue=request.venue, first_date=date(2027, 3, 5), end_date=date(2027, 3, 6))

    with pytest.raises(InvalidSeason) as refusal:
        assemble(plan)

    assert problems_of(refusal) == {("lock AH-2027-003 on AH-02", "open")}
    tolerant = assemble(plan, tolerate_locks=True)
    assert tolerant.problem.locked == ()
    assert [one.row for one in tolerant.lock_problems] == ["lock AH-2027-003 on AH-02"]


def test_assembling_takes_the_same_number_of_queries_for_any_number_of_requests(
    plan, django_assert_num_queries
):
    TourRequestFactory.create_batch(6, season=plan.season)

    with django_assert_num_queries(17):
        assemble(plan)
    TourRequestFactory.create_batch(6, season=plan.season, venue=PlacedVenueFactory())
    with django_assert_num_queries(17):
        assemble(plan)


def test_the_exported_instance_is_one_the_command_line_reads(plan, capsys):
    call_command("export_instance", "anhui-2027")

    problem = parse_instance(json.loads(capsys.readouterr().out))
    assert [one.id for one in problem.units] == ["AH-01", "AH-02"]


def test_exporting_an_unknown_season_names_the_known_ones(plan):
    with pytest.raises(CommandError, match=r"There is no season 'x'; there are: anhui-2027\."):
        call_command("export_instance", "x")
