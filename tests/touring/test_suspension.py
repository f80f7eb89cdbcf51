"""Suspending a region: what is there waits, nothing elsewhere moves, lifting restores."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from events.ical.entry import Entry, Text
from events.models import Event
from events.services.occurrences import refresh_occurrences
from events.services.sources import sync_source
from tests.factories.events import EventFactory, SourceFactory
from tests.factories.touring import (
    PlacedVenueFactory,
    PlanFactory,
    PlanVersionFactory,
    StopFactory,
    TourRequestFactory,
)
from tests.factories.venues import MembershipFactory, RegionFactory
from touring.errors import InvalidRecord, WrongState
from touring.models import Run, Stop
from touring.services.calendars import sync_plan
from touring.services.proposals import report_breakdown
from touring.services.stops import cancel_stop
from touring.services.suspension import lift_suspension, suspend_region
from venues.errors import NotAllowed
from venues.models import Notice, RegionLevel, Role
from venues.permissions import SYSTEM

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
    plan.published_version = PlanVersionFactory(plan=plan, number=1)
    plan.save()
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
    assert (suspension.replan_proposed, run.plan, run.kind) == (
        *([run.pk], stops["there"].plan),
        "replan",
    )
    assert run.parameters["disturbances"] == [
        {
            "kind": "region_suspended",
            "region": "340100",
            "first_date": "2027-03-10",
            "end_date": "2027-03-24",
        }
    ]
    assert (run.plan.sequence, run.job.state) == (0, "queued")


def test_what_happens_before_a_worker_came_is_added_to_the_run(stops, prefecture, officer, now):
    suspend(prefecture, officer, now)
    flooded = StopFactory(uid="R-9", plan=stops["there"].plan, request=TourRequestFactory())
    cancel_stop(stop_id=flooded.pk, seen_version=1, reason="洪水", by=SYSTEM, now=now)

    run = Run.objects.get()
    assert [one["kind"] for one in run.parameters["disturbances"]] == [
        "region_suspended",
        "host_cancels",
    ]


def test_a_broken_unit_is_away_and_leaves_a_run(stops, officer, now):
    unit = stops["there"].unit
    given = {"unit": unit, "reason": "发电机故障", "now": now}
    days = {"first_date": date(2027, 3, 20), "end_date": date(2027, 4, 3)}

    with pytest.raises(NotAllowed):
        report_breakdown(**given, **days, by=officer)
    runs = report_breakdown(**given, **days, by=SYSTEM)

    assert [(row.first_date, row.end_date) for row in unit.availability.all()] == [
        (date(1900, 1, 1), date(2027, 3, 20)),
        (date(2027, 4, 3), date(2199, 12, 31)),
    ]
    run = Run.objects.get(pk=runs[0])
    assert run.parameters["disturbances"][0]["unit"] == unit.code
    assert states()["there"] == "open"


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


def test_of_a_series_the_dates_inside_are_called_off_and_come_back(
    prefecture, officer, flooded, now
):
    series = EventFactory(
        venue=flooded,
        rrule="FREQ=WEEKLY;COUNT=5",
        start_date=date(2027, 3, 6),
        end_date=date(2027, 3, 6),
        start_time=time(10),
        end_time=time(11),
        moderation="published",
        overrides={"2027-03-13T10:00:00": {"title_zh": "加场"}},
    )
    refresh_occurrences(series, now=now)

    suspension = suspend(prefecture, officer, now)

    off = series.occurrences.filter(is_cancelled=True).values_list("start_date", flat=True)
    assert list(off) == [date(2027, 3, 13), date(2027, 3, 20)]
    series.refresh_from_db()
    assert (series.status, series.sequence) == ("scheduled", 1)

    lift_suspension(suspension_id=suspension.pk, by=officer, now=now)
    series.refresh_from_db()
    assert series.overrides == {"2027-03-13T10:00:00": {"title_zh": "加场"}}
    assert not series.occurrences.filter(is_cancelled=True).exists()
    assert series.sequence == 2


def test_what_another_system_keeps_stays_put_off_until_lifted(prefecture, officer, flooded, now):
    source = SourceFactory(kind="subscription", venue=flooded)
    entry = Entry(
        uid="talk",
        title=Text("讲座", ""),
        start=datetime(2027, 3, 12, 10),
        end=datetime(2027, 3, 12, 11),
        timezone="Asia/Shanghai",
    )

    def shown():
        sync_source(source=source, entries=[entry], now=now)
        return Event.objects.get(source=source).status

    assert shown() == "scheduled"
    suspension = suspend(prefecture, officer, now)
    assert shown() == "postponed"
    lift_suspension(suspension_id=suspension.pk, by=officer, now=now)
    assert shown() == "scheduled"


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
