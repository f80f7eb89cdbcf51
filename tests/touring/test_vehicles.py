"""Vehicles: odometers, renewal, and the forms before and after each visit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories.touring import PlacedVenueFactory, UnitFactory
from tests.factories.venues import MembershipFactory
from touring.errors import InvalidRecord, WrongState
from touring.models import Vehicle
from touring.services import vehicles
from venues.errors import NotAllowed
from venues.models import Notice, Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def vehicle(province) -> Vehicle:
    unit = UnitFactory(code="CV-01", kind="vehicle", home__region=province)
    return Vehicle.objects.create(unit=unit, plate="皖A00001", issued_on=date(2020, 3, 1))


def test_a_reading_lies_between_its_neighbours(vehicle, planner, now):
    given = {"vehicle": vehicle, "by": planner, "now": now}
    vehicles.read_odometer(day=date(2026, 1, 1), km=1000, **given)
    vehicles.read_odometer(day=date(2026, 10, 1), km=9000, **given)

    for km in (999, 9001):
        with pytest.raises(InvalidRecord):
            vehicles.read_odometer(day=date(2026, 5, 1), km=km, **given)
    for km in (5000, 5100):
        vehicles.read_odometer(day=date(2026, 5, 1), km=km, **given)

    shown = vehicle.readings.order_by("day").values_list("km", flat=True)
    assert list(shown) == [1000, 5100, 9000]


@pytest.mark.parametrize(
    ("issued_on", "km", "due"),
    [
        (date(2016, 11, 2), 0, True),
        (date(2016, 11, 3), 0, False),
        (date(2025, 1, 1), 100_000, True),
        (date(2025, 1, 1), 99_999, False),
    ],
)
def test_renewal_is_due_after_ten_years_or_100_000_km(vehicle, planner, now, issued_on, km, due):
    Vehicle.objects.update(issued_on=issued_on)
    vehicles.read_odometer(vehicle=vehicle, day=date(2026, 10, 1), km=km, by=planner, now=now)

    assert vehicles.due_for_renewal(date(2026, 11, 2)).exists() == due


def test_the_keeper_hears_once_of_a_renewal(vehicle, now):
    keeper = MembershipFactory(role=Role.HUB_KEEPER, venue=vehicle.unit.home).user
    Vehicle.objects.update(issued_on=date(2010, 1, 1))

    told = [vehicles.tell_of_renewals(now=now + timedelta(days=day)) for day in (0, 1)]

    assert told == [1, 0]
    assert Notice.objects.get(person=keeper).kind == "renewal"


def test_a_point_asks_before_and_tells_after_the_visit(vehicle, stranger, now):
    point = PlacedVenueFactory(slug="school")
    teacher = MembershipFactory(role=Role.HOST_CONTACT, venue=point).user
    asked = {"vehicle": vehicle, "point": point, "demand": {"pupils": 300}, "now": now}

    with pytest.raises(NotAllowed):
        vehicles.ask_visit(day=date(2026, 11, 20), by=stranger, **asked)
    with pytest.raises(InvalidRecord):
        vehicles.ask_visit(day=date(2026, 11, 2), by=teacher, **asked)
    visit = vehicles.ask_visit(day=date(2026, 11, 20), by=teacher, **asked)
    told = {"visit": visit, "feedback": {"liked": "light"}, "people": 320, "km": 80}
    with pytest.raises(WrongState):
        vehicles.give_feedback(by=teacher, now=now, **told)
    vehicles.give_feedback(by=teacher, now=now + timedelta(days=19), **told)

    visit.refresh_from_db()
    assert (visit.people, visit.km, visit.feedback) == (320, 80, {"liked": "light"})
