"""Units, exhibitions and seasons: who may change them, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from events.models import Event
from tests.factories.touring import (
    ExhibitionFactory,
    PlacedVenueFactory,
    PlanFactory,
    PlannedStopFactory,
    PlanVersionFactory,
    UnitFactory,
)
from tests.factories.venues import OrganisationFactory
from touring.errors import InvalidSeason, InvalidUnit
from touring.models import Exhibition, Plan, Season, StopLock, TourRequest, Unit
from touring.services import seasons, units
from touring.services.publication import publish_version
from touring.services.units import MaintenanceNeed
from venues.errors import NotAllowed
from venues.models import FormerAddress
from venues.spans import DaySpan

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(province):
    return UnitFactory(
        code="AH-01",
        home__region=province,
        exhibition__slug="light",
        exhibition__owner=OrganisationFactory(region=province),
    )


def test_availability_is_replaced_as_a_whole(unit, planner, now):
    first, later = (
        DaySpan(date(2027, 1, 1), date(2027, 3, 1)),
        DaySpan(date(2027, 4, 1), date(2027, 6, 1)),
    )
    units.set_availability(unit=unit, spans=[later, first], by=planner, now=now)
    units.set_availability(unit=unit, spans=[later], by=planner, now=now)

    assert [(row.first_date, row.end_date) for row in unit.availability.all()] == [
        (date(2027, 4, 1), date(2027, 6, 1))
    ]


def test_availability_that_overlaps_is_refused(unit, planner, now):
    spans = [
        DaySpan(date(2027, 1, 1), date(2027, 3, 2)),
        DaySpan(date(2027, 3, 1), date(2027, 6, 1)),
    ]

    with pytest.raises(InvalidUnit, match="share days: make them one"):
        units.set_availability(unit=unit, spans=spans, by=planner, now=now)


def test_maintenance_without_room_is_refused_and_nothing_written(unit, planner, now):
    fits = MaintenanceNeed(5, date(2027, 1, 1), date(2027, 2, 1))
    does_not = MaintenanceNeed(32, date(2027, 1, 1), date(2027, 2, 1))

    with pytest.raises(InvalidUnit) as refusal:
        units.set_maintenance(unit=unit, needs=[fits, does_not], by=planner, now=now)

    assert [one["row"] for one in refusal.value.detail["problems"]] == ["unit AH-01"]
    assert unit.maintenance.count() == 0


def test_only_planners_of_its_home_decide_about_a_unit(unit, stranger, now):
    with pytest.raises(NotAllowed):
        units.set_availability(unit=unit, spans=[], by=stranger, now=now)
    with pytest.raises(NotAllowed):
        units.record_unit(unit=unit, by=stranger, now=now)


def test_a_unit_does_not_move_to_the_home_of_other_planners(unit, planner, now):
    """A3: the destination is checked, too."""
    unit.home = PlacedVenueFactory()

    with pytest.raises(NotAllowed):
        units.record_unit(unit=unit, by=planner, now=now)


def test_a_renamed_unit_leaves_its_address_and_takes_its_events_along(plan, planner, now):
    version = PlanVersionFactory(plan=plan, number=1)
    PlannedStopFactory(
        version=version,
        unit=Unit.objects.get(code="AH-01"),
        request=TourRequest.objects.get(code="AH-2027-001"),
    )
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)

    renamed = Unit.objects.get(code="AH-01")
    renamed.code = "AH-13"
    units.record_unit(unit=renamed, by=planner, now=now)

    assert FormerAddress.objects.get(kind="unit", former="AH-01").current == "AH-13"
    assert {
        reference.refid
        for event in Event.objects.all()
        for reference in event.references.all()
        if reference.refid.startswith("unit:")
    } == {"unit:AH-13"}


def test_a_former_code_of_another_unit_is_not_given_out_again(unit, planner, province, now):
    other = UnitFactory(code="AH-02", home__region=province)
    unit.code = "AH-13"
    units.record_unit(unit=unit, by=planner, now=now)

    other.code = "AH-01"
    with pytest.raises(InvalidUnit, match="is or was another unit's"):
        units.record_unit(unit=other, by=planner, now=now)

    unit.code = "AH-01"
    units.record_unit(unit=unit, by=planner, now=now)
    assert Unit.objects.get(pk=unit.pk).code == "AH-01"


def test_an_exhibition_that_requires_what_no_venue_has_is_refused(unit, planner, now):
    unit.exhibition.requires = {"area": 400, "power_kw": True}

    with pytest.raises(InvalidUnit) as refusal:
        units.record_exhibition(exhibition=unit.exhibition, by=planner, now=now)

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        "requires.area",
        "requires.power_kw",
    ]
    assert Exhibition.objects.get(slug="light").requires == {}


def test_an_exhibition_of_nobody_is_a_matter_of_superusers(planner, now):
    with pytest.raises(NotAllowed):
        units.record_exhibition(exhibition=ExhibitionFactory(), by=planner, now=now)


def test_a_season_that_ends_before_it_begins_is_refused(unit, province, planner, now):
    with pytest.raises(InvalidSeason, match="is not after"):
        seasons.open_season(
            slug="s",
            name_zh="季",
            region=province,
            first_date=date(2027, 5, 1),
            end_date=date(2027, 5, 1),
            units=[unit],
            by=planner,
            now=now,
        )
    assert Season.objects.count() == 0


def test_plans_and_locks_are_the_planners(plan, planner, stranger, now):
    lock = {
        "plan": plan,
        "unit": Unit.objects.get(code="AH-01"),
        "request": TourRequest.objects.get(code="AH-2027-001"),
        "opens_on": date(2027, 3, 1),
        "now": now,
    }
    with pytest.raises(NotAllowed):
        seasons.draft_plan(season=plan.season, name_zh="x", by=stranger, now=now)
    with pytest.raises(NotAllowed):
        seasons.lock_stop(by=stranger, **lock)

    seasons.lock_stop(by=planner, **lock)
    seasons.lock_stop(by=planner, **(lock | {"opens_on": date(2027, 4, 1)}))
    assert StopLock.objects.get().opens_on == date(2027, 4, 1)

    seasons.unlock_stop(plan=plan, request=lock["request"], by=planner, now=now)
    assert StopLock.objects.count() == 0


def test_a_plan_may_get_another_name(plan, planner, now):
    seasons.rename_plan(plan_id=plan.pk, name_zh="第二稿", by=planner, now=now)

    assert Plan.objects.get(pk=plan.pk).name_zh == "第二稿"
    assert PlanFactory().name_zh != "第二稿"
