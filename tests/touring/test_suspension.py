"""Suspending a region: what is there waits, nothing elsewhere moves, lifting restores."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from events.models import Event
from tests.factories.events import EventFactory
from tests.factories.touring import PlacedVenueFactory, PlanFactory, StopFactory
from tests.factories.venues import MembershipFactory, RegionFactory
from touring.errors import InvalidRecord, WrongState
from touring.models import Run, Stop
from touring.services.calendars import sync_plan
from touring.services.suspension import lift_suspension, suspend_region
from venues.errors import NotAllowed
from venues.models import Notice, RegionLevel, Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def prefecture(province):
    return RegionFactory(code="340100", level=RegionLevel.PREFECTURE, parent=province)


@pytest.fixture
def officer(prefecture):
    return MembershipFactory(role=Role.PREFECTURE_OFFICER, region=prefecture).user


@pytest.fixture
def flooded(prefecture):
    return PlacedVenueFactory(slug="flooded", region__parent=prefecture)


@pytest.fixture
def stops(province, flooded, now) -> dict[str, Stop]:
    """One plan with a stop in the flood, one after it, one elsewhere, one only proposed."""
    plan = PlanFactory(season__region=province)
    dry = PlacedVenueFactory(slug="dry", region__parent=province)
    near = PlacedVenueFactory(slug="near", region=flooded.region)
    made = {
        uid: StopFactory(uid=uid, venue=venue, state=state, plan=plan, opens_on=opens_on)
        for uid, venue, state, opens_on in (
            ("there", flooded, "open", date(2027, 3, 1)),
            ("later", flooded, "contracted", date(2027, 8, 1)),
            ("elsewhere", dry, "open", date(2027, 3, 1)),
            ("proposed", near, "proposed", date(2027, 3, 1)),
        )
    }
    sync_plan(plan, now=now)
    return made


def suspend(prefecture, officer, now):
    return suspend_region(
        region=prefecture,
        first_date=date(2027, 3, 10),
        end_date=date(2027, 3, 24),
        reason_zh="洪水",
        by=officer,
        now=now,
    )


def states() -> dict[str, str]:
    return dict(Stop.objects.values_list("uid", "state"))


def calendar() -> dict[str, tuple[str, int]]:
    rows = Event.objects.filter(visibility="public").order_by("uid")
    return {row.uid: (row.status, row.sequence) for row in rows}


def test_only_what_is_there_in_those_days_is_suspended(stops, prefecture, officer, now):
    suspend(prefecture, officer, now)

    assert states() == {
        "there": "suspended",
        "later": "contracted",
        "elsewhere": "open",
        "proposed": "proposed",
    }
    assert calendar() == {
        "there": ("tentative", 1),
        "later": ("scheduled", 0),
        "elsewhere": ("scheduled", 0),
    }


def test_the_host_hears_of_it_and_a_replan_is_proposed(stops, prefecture, officer, flooded, now):
    host = MembershipFactory(role=Role.HOST_CONTACT, venue=flooded).user

    suspension = suspend(prefecture, officer, now)

    assert "洪水" in Notice.objects.get(person=host).body_zh
    run = Run.objects.get()
    assert (suspension.replan_proposed, run.plan) == ([run.pk], stops["there"].plan)
    assert run.plan.published_version is None


def test_the_museums_own_events_are_put_off_and_come_back(prefecture, officer, flooded, stops, now):
    given = {"start_time": time(10), "end_time": time(11), "moderation": "published"}
    rows = {
        name: EventFactory(uid=name, venue=venue, start_date=day, end_date=day, **given)
        for name, venue, day in (
            ("in", flooded, date(2027, 3, 12)),
            ("after", flooded, date(2027, 3, 24)),
            ("away", stops["elsewhere"].venue, date(2027, 3, 12)),
        )
    }

    suspension = suspend(prefecture, officer, now)
    shown = {name: Event.objects.get(pk=row.pk).status for name, row in rows.items()}
    assert shown == {"in": "postponed", "after": "scheduled", "away": "scheduled"}

    lift_suspension(suspension_id=suspension.pk, by=officer, now=now)
    assert Event.objects.get(pk=rows["in"].pk).status == "scheduled"


def test_lifting_restores_what_was_and_only_once(stops, prefecture, officer, now):
    before = states()
    suspension = suspend(prefecture, officer, now)

    lift_suspension(suspension_id=suspension.pk, by=officer, now=now + timedelta(days=3))

    assert states() == before
    assert calendar()["there"] == ("scheduled", 2)
    with pytest.raises(WrongState):
        lift_suspension(suspension_id=suspension.pk, by=officer, now=now)


def test_a_stop_under_two_suspensions_waits_for_both(stops, prefecture, officer, now):
    first, second = (suspend(prefecture, officer, now) for _ in range(2))

    lift_suspension(suspension_id=first.pk, by=officer, now=now)
    assert states()["there"] == "suspended"
    lift_suspension(suspension_id=second.pk, by=officer, now=now)
    assert states()["there"] == "open"


def test_strangers_suspend_nothing_and_a_reason_is_needed(prefecture, officer, stranger, now):
    with pytest.raises(NotAllowed):
        suspend(prefecture, stranger, now)
    with pytest.raises(InvalidRecord) as refusal:
        suspend_region(
            region=prefecture,
            first_date=date(2027, 3, 10),
            end_date=date(2027, 3, 10),
            reason_zh=" ",
            by=officer,
            now=now,
        )
    fields = [one["field"] for one in refusal.value.detail["problems"]]
    assert fields == ["end_date", "reason_zh"]
