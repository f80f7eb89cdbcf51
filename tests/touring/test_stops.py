"""Placing, moving, contracting and cancelling stops by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.models import Event
from tests.factories.touring import PlacedVenueFactory, StopFactory, UnitFactory
from tests.factories.venues import SpaceFactory
from touring.errors import AlreadyTaken, InvalidStop, StaleStop, WrongState
from touring.models import Stop, StopState
from touring.services import stops
from venues.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FIRST, END = date(2027, 3, 1), date(2027, 3, 31)


@pytest.fixture
def unit(province):
    return UnitFactory(code="AH-01", home__region=province)


@pytest.fixture
def venue(province):
    return PlacedVenueFactory(slug="shucheng", name_en="Shucheng Hall", region=province)


@pytest.fixture
def placed(unit, venue, planner, now) -> Stop:
    return stops.place_stop(
        unit=unit, venue=venue, opens_on=FIRST, closes_on=END, by=planner, now=now
    )


def calendar() -> dict[str, tuple[str, str, int, str]]:
    return {
        event.uid: (str(event.start_date), event.visibility, event.sequence, event.status)
        for event in Event.objects.order_by("uid")
    }


def test_place_stop_adds_the_days_to_set_up_and_strike(placed):
    placed.refresh_from_db()

    assert (placed.arrives_on, placed.leaves_on) == (date(2027, 2, 25), date(2027, 4, 2))
    assert (placed.state, placed.version) == (StopState.PROPOSED, 1)


def test_a_proposed_stop_is_seen_by_its_hosts_only(placed):
    assert calendar() == {
        f"{placed.uid}-install": ("2027-02-25", "hosts", 0, "scheduled"),
        f"{placed.uid}-strike": ("2027-03-31", "hosts", 0, "scheduled"),
    }


def test_contracting_makes_the_run_public(placed, planner, now):
    stops.contract_stop(stop_id=placed.pk, seen_version=1, by=planner, now=now)

    event = Event.objects.get(uid=placed.uid)
    assert (event.start_date, event.end_date) == (FIRST, END)
    assert (event.visibility, event.kind, event.venue) == ("public", "exhibition", placed.venue)
    assert {one.refid for one in event.references.all()} == {
        f"exhibition:{placed.unit.exhibition.slug}",
        "unit:AH-01",
    }


def test_a_moved_stop_keeps_its_identity_with_a_higher_sequence(placed, planner, now):
    stops.contract_stop(stop_id=placed.pk, seen_version=1, by=planner, now=now)

    later = now + timedelta(hours=1)
    stops.move_stop(
        stop_id=placed.pk,
        seen_version=2,
        opens_on=date(2027, 3, 8),
        closes_on=date(2027, 4, 7),
        by=planner,
        now=later,
    )

    assert calendar() == {
        placed.uid: ("2027-03-08", "public", 1, "rescheduled"),
        f"{placed.uid}-install": ("2027-03-04", "hosts", 1, "rescheduled"),
        f"{placed.uid}-strike": ("2027-04-07", "hosts", 1, "rescheduled"),
    }


def test_a_cancelled_stop_stays_in_the_calendar_as_cancelled_and_frees_its_unit(
    placed, planner, now
):
    stops.contract_stop(stop_id=placed.pk, seen_version=1, by=planner, now=now)
    stops.cancel_stop(stop_id=placed.pk, seen_version=2, reason="hall floods", by=planner, now=now)

    placed.refresh_from_db()
    assert (placed.state, placed.reason) == (StopState.CANCELLED, "hall floods")
    assert {one[3] for one in calendar().values()} == {"cancelled"}
    StopFactory(unit=placed.unit, venue=placed.venue, opens_on=FIRST)


def test_a_stop_that_was_never_public_is_released_instead(placed, planner, now):
    stops.cancel_stop(stop_id=placed.pk, seen_version=1, reason="", by=planner, now=now)

    placed.refresh_from_db()
    assert placed.state == StopState.RELEASED


def test_place_stop_on_taken_days_names_who_holds_them(placed, planner, now):
    with pytest.raises(AlreadyTaken) as refusal:
        stops.place_stop(
            unit=placed.unit,
            venue=PlacedVenueFactory(region=placed.venue.region),
            opens_on=END,
            closes_on=END + timedelta(days=5),
            by=planner,
            now=now,
        )

    assert refusal.value.message == (
        f"unit AH-01 is taken by {placed.uid} on [2027-02-25, 2027-04-02); "
        "choose other days, another unit or another place."
    )
    assert Stop.objects.count() == 1


def test_two_stops_may_swap_their_units_at_once(planner, now):
    one = StopFactory(opens_on=FIRST)
    two = StopFactory(opens_on=FIRST)
    one.unit, two.unit = two.unit, one.unit

    stops.replace_stops([one, two], now=now)

    units = dict(Stop.objects.values_list("pk", "unit_id"))
    assert units == {one.pk: one.unit_id, two.pk: two.unit_id}


def test_replace_stops_writes_all_or_none(now):
    held = StopFactory(opens_on=FIRST)
    moving = StopFactory(opens_on=FIRST)
    new = StopFactory.build(
        uid="new", unit=UnitFactory(), venue=PlacedVenueFactory(), opens_on=FIRST
    )
    moving.unit = held.unit

    with pytest.raises(AlreadyTaken) as refusal:
        stops.replace_stops([moving, new], now=now)

    assert refusal.value.detail == {"holders": [{"stop": moving.uid, "taken_by": held.uid}]}
    assert moving.version == 1
    assert set(Stop.objects.values_list("uid", "version")) == {(held.uid, 1), (moving.uid, 1)}


def test_replace_stops_does_not_overwrite_a_colleague(now):
    stop = StopFactory(opens_on=FIRST)
    Stop.objects.filter(pk=stop.pk).update(version=2)

    with pytest.raises(StaleStop):
        stops.replace_stops([stop], now=now)


def test_a_request_has_one_stop_whose_identity_outlives_its_release(plan, planner, now):
    request = plan.season.requests.get(code="AH-2027-001")
    where = {"venue": request.venue, "opens_on": FIRST, "closes_on": END, "request": request}
    unit, other = plan.season.units.order_by("code")
    first = stops.place_stop(unit=unit, by=planner, now=now, **where)
    with pytest.raises(AlreadyTaken, match="has its stop already"):
        stops.place_stop(unit=other, by=planner, now=now, **where)
    stops.cancel_stop(stop_id=first.pk, seen_version=1, reason="", by=planner, now=now)

    again = stops.place_stop(unit=other, by=planner, now=now, **where)

    assert (again.pk, again.uid, again.state) == (first.pk, "AH-2027-001", StopState.PROPOSED)


def test_a_stranger_places_and_moves_nothing(placed, stranger, now):
    with pytest.raises(NotAllowed):
        stops.place_stop(
            unit=placed.unit,
            venue=placed.venue,
            opens_on=date(2027, 6, 1),
            closes_on=date(2027, 7, 1),
            by=stranger,
            now=now,
        )
    with pytest.raises(NotAllowed):
        stops.cancel_stop(stop_id=placed.pk, seen_version=1, reason="", by=stranger, now=now)


def test_a_planner_takes_no_unit_of_another_region_case_a3(placed, planner, now):
    foreign = UnitFactory()

    with pytest.raises(NotAllowed):
        stops.place_stop(
            unit=foreign,
            venue=placed.venue,
            opens_on=date(2027, 6, 1),
            closes_on=date(2027, 7, 1),
            by=planner,
            now=now,
        )
    with pytest.raises(NotAllowed):
        stops.move_stop(stop_id=placed.pk, seen_version=1, unit=foreign, by=planner, now=now)
    placed.refresh_from_db()
    assert placed.unit.code == "AH-01"


def test_a_unit_of_the_planners_season_may_rest_elsewhere(plan, venue, planner, now):
    guest = UnitFactory(code="HN-01")
    plan.season.units.add(guest)

    placed = stops.place_stop(
        unit=guest, venue=venue, opens_on=FIRST, closes_on=END, by=planner, now=now
    )

    assert placed.unit == guest


def test_a_stop_for_a_request_stands_at_the_venue_that_asked(plan, venue, planner, now):
    request = plan.season.requests.get(code="AH-2027-001")

    with pytest.raises(InvalidStop, match="AH-2027-001 is not one of shucheng"):
        stops.place_stop(
            unit=plan.season.units.get(code="AH-01"),
            venue=venue,
            request=request,
            opens_on=FIRST,
            closes_on=END,
            by=planner,
            now=now,
        )


@pytest.mark.parametrize(
    ("opens_on", "closes_on"),
    [(date(1, 1, 1), date(1, 2, 1)), (date(9999, 12, 1), date(9999, 12, 31))],
)
def test_days_that_no_calendar_shows_are_refused_case_p1(
    unit, venue, planner, now, opens_on, closes_on
):
    with pytest.raises(InvalidStop, match="1900 to 2199"):
        stops.place_stop(
            unit=unit, venue=venue, opens_on=opens_on, closes_on=closes_on, by=planner, now=now
        )


def test_changing_a_stop_needs_the_version_it_has(placed, planner, now):
    with pytest.raises(StaleStop) as refusal:
        stops.contract_stop(stop_id=placed.pk, seen_version=7, by=planner, now=now)

    assert refusal.value.detail == {"version": 1}


def test_no_step_leads_out_of_a_released_stop(placed, planner, now):
    stops.cancel_stop(stop_id=placed.pk, seen_version=1, reason="", by=planner, now=now)

    with pytest.raises(WrongState):
        stops.contract_stop(stop_id=placed.pk, seen_version=2, by=planner, now=now)


def test_days_in_the_wrong_order_and_a_foreign_space_are_refused_together(
    unit, venue, planner, now
):
    with pytest.raises(InvalidStop) as refusal:
        stops.place_stop(
            unit=unit,
            venue=venue,
            space=SpaceFactory(code="attic"),
            opens_on=END,
            closes_on=FIRST,
            by=planner,
            now=now,
        )

    assert len(refusal.value.detail["problems"]) == 2
