"""What a user may see of the tours is, row by row, what the user may do to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import pytest

from tests.factories.touring import (
    HoldFactory,
    RequestCallFactory,
    SeasonFactory,
    StopFactory,
    TourRequestFactory,
    UnitFactory,
)
from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from touring import permissions
from touring.lifecycles import STOP, Step
from touring.models import (
    FacilityReport,
    Hold,
    Pairing,
    Season,
    ServiceVisit,
    Stop,
    Suspension,
    TourRequest,
    Unit,
    Vehicle,
)
from venues.models import Membership, RegionLevel, Role, Venue
from venues.permissions import may

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

ON = date(2026, 11, 2)

ROLES = (
    Role.ADMINISTRATOR, Role.TOUR_PLANNER, Role.HUB_KEEPER, Role.OPERATOR, Role.HOST_CONTACT,
    Role.COUNTY_OFFICER, Role.AUDITOR, Role.PAIRED_DONOR,
)  # fmt: skip

SAME: dict[str, tuple[type, Callable[[Any, Any], bool]]] = {
    "holds_visible_to": (
        Hold,
        lambda u, hold: may(u, "hold.read", on=ON, venue=hold.venue, home=hold.unit.home),
    ),
    "holds_of": (
        Hold,
        lambda u, hold: permissions.can_hold(u, hold.subject, hold.unit, hold.venue, ON),
    ),
    "facility_reports_visible_to": (
        FacilityReport,
        lambda u, report: (
            permissions.can_state_facilities(u, report.venue, ON)
            or permissions.can_approve_facilities(u, report.venue, ON)
        ),
    ),
    "facility_reports_approved_by": (
        FacilityReport,
        lambda u, report: permissions.can_approve_facilities(u, report.venue, ON),
    ),
    "venues_stating_facilities": (
        Venue,
        lambda u, venue: permissions.can_state_facilities(u, venue, ON),
    ),
    "seasons_called_for_by": (Season, lambda u, season: permissions.can_call(u, season, ON)),
    "seasons_visible_to": (
        Season,
        lambda u, season: may(u, "season.read", on=ON, season=season.region),
    ),
    "seasons_planned_by": (Season, lambda u, season: permissions.can_plan_season(u, season, ON)),
    "requests_visible_to": (
        TourRequest,
        lambda u, asked: may(
            u, "request.read", on=ON, venue=asked.venue, season=asked.season.region
        ),
    ),
    "venues_asking": (
        Venue,
        lambda u, venue: may(u, "request.write", on=ON, venue=venue, season=venue.region),
    ),
    "stops_worked_on": (
        Stop,
        lambda u, stop: (
            permissions.can_operate(u, stop, ON)
            or permissions.can_report(u, stop, ON)
            or permissions.can_plan_in(u, stop.venue.region, ON)
        ),
    ),
    "stops_visible_to": (
        Stop,
        lambda u, stop: may(u, "stop.read", on=ON, venue=stop.venue) or _is_donor(u, stop),
    ),
    "pairings_visible_to": (
        Pairing,
        lambda u, pair: may(
            u, "pairing.read", on=ON, region=pair.recipient, organisation=pair.donor
        ),
    ),
    "units_kept_by": (Unit, lambda u, unit: permissions.can_change_unit(u, unit, ON)),
    "units_sent_by": (Unit, lambda u, unit: permissions.can_dispatch(u, unit, ON)),
    "visits_visible_to": (
        ServiceVisit,
        lambda u, visit: (
            permissions.can_ask_visit(u, visit.point, ON)
            or permissions.can_change_unit(u, visit.vehicle.unit, ON)
        ),
    ),
    "suspensions_declared_by": (
        Suspension,
        lambda u, one: permissions.can_suspend(u, one.region, ON),
    ),
}
"""Question about a set → its rows, and the question about one of them."""


def _is_donor(user, stop: Stop) -> bool:
    """By hand: is the user a donor of a region above the stop, today?"""
    above = [stop.venue.region]
    while above[-1].parent is not None:
        above.append(above[-1].parent)
    held = Membership.objects.valid_on(ON).filter(user=user, role=Role.PAIRED_DONOR)
    donors = set(held.values_list("organisation", flat=True))
    return any(
        pair.donor_id in donors and pair.recipient in above
        for pair in Pairing.objects.all()
        if pair.first_date <= ON < pair.end_date
    )


@pytest.fixture
def places(now):
    """Two of every kind of row, in two provinces; and all the places a role can be held for."""
    found = []
    for name in ("east", "west"):
        province = RegionFactory(level=RegionLevel.PROVINCE)
        county = RegionFactory(parent=province)
        venue = VenueFactory(slug=name, region=county, organisation=OrganisationFactory())
        home = VenueFactory(slug=f"{name}-hub", organisation=OrganisationFactory())
        donor = OrganisationFactory(slug=f"{name}-donor")
        season = SeasonFactory(region=RegionFactory(level=RegionLevel.PROVINCE))
        unit = UnitFactory(home=home)
        HoldFactory(venue=venue, unit=unit)
        HoldFactory(venue=venue, unit=unit, subject="place")
        FacilityReport.objects.create(venue=venue, number=1, submitted_at=now)
        TourRequestFactory(venue=venue, season=season)
        StopFactory(venue=venue, unit=unit)
        Pairing.objects.create(
            code=name, donor=donor, recipient=province, yearly_stops=1,
            first_date=date(2026, 1, 1), end_date=date(2027, 1, 1),
            created_at=now,
        )  # fmt: skip
        ServiceVisit.objects.create(
            vehicle=Vehicle.objects.create(unit=unit, plate=name, issued_on=date(2020, 1, 1)),
            point=venue, day=ON, demand={}, demanded_at=now,
        )  # fmt: skip
        Suspension.objects.create(
            region=county, first_date=ON, end_date=date(2026, 12, 1), reason_zh="台风",
            declared_at=now,
        )  # fmt: skip
        found += [
            {"region": county}, {"region": season.region},
            {"region": home.region}, {"organisation": donor}, {"venue": venue}, {"venue": home},
            {"organisation": venue.organisation}, {"organisation": home.organisation},
        ]  # fmt: skip
    return found[: len(found) // 2]


def _now_holds(user, role: Role, place: dict) -> None:
    held = {"region": None, "organisation": None, "venue": None} | place
    Membership.objects.filter(user=user).update(role=role, **held)


@pytest.mark.parametrize("question", SAME)
def test_what_one_sees_is_what_one_may_do(question, places, pytestconfig):
    """Some roles of every kind are held for every place, with ``--long`` all of them."""
    model, about = SAME[question]
    rows = list(model.objects.order_by("pk"))
    east = rows[: max(1, len(rows) // 2)] if model is not Venue else rows[:1]
    user = MembershipFactory(**places[0]).user
    MembershipFactory(role=Role.PAIRED_DONOR, organisation=Pairing.objects.get(code="east").donor)
    answers = set()
    for role, place in product(Role if pytestconfig.getoption("--long") else ROLES, places):
        _now_holds(user, role, place)
        seen = set(getattr(permissions, question)(user, ON))
        assert [row in seen for row in east] == [about(user, row) for row in east], (role, place)
        assert all(about(user, row) for row in seen), (role, place)
        answers.add(bool(seen))

    assert answers == {True, False}
    assert rows[len(east) :]


@pytest.mark.parametrize("question", SAME)
def test_nobody_sees_nothing_and_a_superuser_everything(question, places):
    rows = SAME[question][0].objects.count()
    ask = getattr(permissions, question)

    assert ask(UserFactory(is_superuser=True), ON).count() == rows
    for nobody in (None, UserFactory(), UserFactory(is_superuser=True, is_active=False)):
        assert not ask(nobody, ON).exists()


def test_a_donor_who_lost_the_account_sees_no_recipient(places):
    donor = next(place for place in places if "organisation" in place)["organisation"]
    user = MembershipFactory(role=Role.PAIRED_DONOR, organisation=donor).user
    assert permissions.stops_visible_to(user, ON).count() == 1

    user.is_active = False

    assert not permissions.stops_visible_to(user, ON).exists()


def _step(decided_by: str) -> Step:
    return Step("accept", ("submitted",), ("accepted",), decided_by)


def test_a_step_of_the_timetable_is_taken_by_superusers_alone():
    asked = TourRequestFactory()
    planner = MembershipFactory(role=Role.ADMINISTRATOR, region=asked.season.region).user
    takes = {
        user: permissions.can_take_request_step(user, asked, _step("timetable"), ON)
        for user in (
            None,
            planner,
            UserFactory(is_superuser=True, is_active=False),
            UserFactory(is_superuser=True),
        )
    }

    assert list(takes.values()) == [False, False, False, True]


def _officer(role: Role, asked: TourRequest):
    level = {Role.NATION_OFFICER: 0, Role.PROVINCE_OFFICER: 1, Role.PREFECTURE_OFFICER: 2}
    region = asked.venue.region
    while region.level > level.get(role, 3):
        region = region.parent
    return MembershipFactory(role=role, region=region).user


@pytest.fixture
def asked():
    nation = RegionFactory(level=RegionLevel.NATION)
    province = RegionFactory(level=RegionLevel.PROVINCE, parent=nation)
    prefecture = RegionFactory(level=RegionLevel.PREFECTURE, parent=province)
    return TourRequestFactory(venue__region=RegionFactory(parent=prefecture))


@pytest.mark.parametrize(
    ("asks_nation", "deciders"),
    [
        (False, {Role.PROVINCE_OFFICER}),
        (True, {Role.NATION_OFFICER}),
        (None, {Role.PROVINCE_OFFICER}),
    ],
)
def test_the_province_decides_unless_the_call_asks_the_nation(asked, asks_nation, deciders):
    if asks_nation is not None:
        asked.call = RequestCallFactory(season=asked.season, asks_nation=asks_nation)
    officers = (Role.NATION_OFFICER, Role.PROVINCE_OFFICER, Role.COUNTY_OFFICER)

    def who(level: str) -> set[Role]:
        return {
            role
            for role in officers
            if permissions.can_take_request_step(_officer(role, asked), asked, _step(level), ON)
        }

    assert who("province_officer") == deciders
    assert who("county_officer") == {Role.COUNTY_OFFICER}


def test_the_county_asked_for_counts_before_the_county_of_the_hall(asked):
    county_officer, elsewhere = _officer(Role.COUNTY_OFFICER, asked), RegionFactory()
    assert permissions.can_decide_about_request(county_officer, asked, ON)

    asked.county = elsewhere

    assert not permissions.can_decide_about_request(county_officer, asked, ON)
    other = MembershipFactory(role=Role.COUNTY_OFFICER, region=elsewhere).user
    assert permissions.can_decide_about_request(other, asked, ON)
    assert permissions.can_take_request_step(other, asked, _step("county_officer"), ON)


STEPS = {"operator": "install", "hub_keeper": "depart", "host_contact": "report"}


def test_every_operation_on_a_stop_is_one_persons():
    deciders = {}
    for step in STOP.steps:
        deciders.setdefault(step.operation, set()).add(step.decided_by)

    assert {operation for operation, who in deciders.items() if len(who) > 1} == set()
    assert {STOP.decided_by(operation) for operation in STEPS.values()} == set(STEPS)


def test_each_takes_the_own_steps_of_a_stop():
    stop = StopFactory()
    people = {
        "operator": MembershipFactory(role=Role.OPERATOR, venue=stop.unit.home).user,
        "hub_keeper": MembershipFactory(role=Role.HUB_KEEPER, venue=stop.unit.home).user,
        "host_contact": MembershipFactory(role=Role.HOST_CONTACT, venue=stop.venue).user,
        "tour_planner": MembershipFactory(role=Role.TOUR_PLANNER, region=stop.venue.region).user,
    }

    takes = {
        name: [
            permissions.can_take_stop_step(user, stop, operation, ON)
            for operation in [*STEPS.values(), "settle", "fly"]
        ]
        for name, user in people.items()
    }

    assert takes == {
        "operator": [True, False, True, False, False],
        "hub_keeper": [True, True, True, False, False],
        "host_contact": [False, False, True, False, False],
        "tour_planner": [True, True, True, True, True],
    }
