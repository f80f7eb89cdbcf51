"""A contracted stop through its gates, and what each gate asks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from events.models import Event
from tests.factories.touring import PlacedVenueFactory, StopFactory, TourRequestFactory, UnitFactory
from tests.factories.venues import MembershipFactory, RegionFactory
from touring.errors import GateClosed, InvalidRecord, InvalidStop, WrongState
from touring.models import Agreement, RequestState, Stop, StopState
from touring.services import records, stops
from touring.services.records import DayCount, SeenItem, Terms
from touring.services.stop_steps import STEPS, take_step
from touring.services.transport import record_customs, record_move
from venues.errors import NotAllowed
from venues.models import AuditEntry, Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

UNPACKED = datetime(2027, 2, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def stop(province) -> Stop:
    """Contracted, open 1 to 30 March 2027, with an exhibition that needs two guides."""
    unit = UnitFactory(code="AH-01", home__region=province, exhibition__guides_needed=2)
    venue = PlacedVenueFactory(slug="shucheng", region__parent=province)
    return StopFactory(uid="s-1", unit=unit, venue=venue, state=StopState.CONTRACTED)


@pytest.fixture
def crew(stop):
    """An operator of the unit."""
    return MembershipFactory(role=Role.OPERATOR, venue=stop.unit.home).user


@pytest.fixture
def host(stop):
    return MembershipFactory(role=Role.HOST_CONTACT, venue=stop.venue).user


def step(stop: Stop, operation: str, by, now, **more) -> Stop:
    stop.refresh_from_db()
    return take_step(
        operation=operation, stop_id=stop.pk, seen_version=stop.version, by=by, now=now, **more
    )


def in_state(stop: Stop, state: str) -> Stop:
    Stop.objects.filter(pk=stop.pk).update(state=state)
    stop.refresh_from_db()
    return stop


def missing(stop: Stop, operation: str, by, now) -> list[str]:
    with pytest.raises(GateClosed) as refusal:
        step(stop, operation, by, now)
    return refusal.value.detail["gates"]


def see(stop: Stop, moment: str, at: datetime, by, now, state: str = "good") -> None:
    items = [SeenItem("E-1", state, "" if state == "good" else "scratched")]
    records.report_condition(stop=stop, moment=moment, unpacked_at=at, items=items, by=by, now=now)


def test_a_stop_goes_through_all_its_gates(stop, crew, host, planner, now):
    request = TourRequestFactory(venue=stop.venue, state=RequestState.PLANNED)
    Stop.objects.filter(pk=stop.pk).update(request=request)
    step(stop, "prepare", crew, now)
    report = records.state_facilities(venue=stop.venue, by=host, now=now)
    records.approve_facilities(report=report, valid_until=date(2028, 1, 1), by=planner, now=now)
    step(stop, "depart", planner, now)
    step(stop, "install", crew, UNPACKED)
    see(stop, "arrival", UNPACKED, crew, UNPACKED + timedelta(hours=48))
    records.record_training(
        stop=stop,
        first_date=date(2027, 2, 26),
        end_date=date(2027, 2, 28),
        trained_guides=2,
        by=crew,
        now=UNPACKED,
    )
    step(stop, "open", crew, datetime(2027, 3, 1, 1, tzinfo=UTC))
    packed = datetime(2027, 3, 31, 2, tzinfo=UTC)
    step(stop, "strike", crew, packed)
    see(stop, "departure", packed, crew, packed + timedelta(hours=1))
    records.record_handover(
        stop=stop, handed_by="王", taken_by="李", crates=12, by=crew, now=packed
    )
    step(stop, "hand_over", crew, packed)
    counts = [DayCount(date(2027, 3, 1), 900, {"youth": 600}), DayCount(date(2027, 3, 2), 700)]
    records.record_counts(stop=stop, counts=counts, by=host, now=packed)
    summary = records.hand_in_summary(
        stop=stop, text="反响热烈", by=host, now=packed + timedelta(days=14)
    )
    step(stop, "report", host, packed + timedelta(days=14))
    step(stop, "settle", planner, packed + timedelta(days=20))

    stop.refresh_from_db()
    request.refresh_from_db()
    assert (stop.state, request.state) == (StopState.CLOSED, RequestState.FULFILLED)
    assert (summary.visits, summary.open_days, summary.is_late) == (1600, 2, False)
    steps = AuditEntry.objects.filter(action__in=[f"stop.{name}" for name in STEPS])
    assert list(steps.order_by("pk").values_list("action", flat=True)) == [
        f"stop.{name}" for name in STEPS
    ]


def test_every_missing_thing_is_named_at_once(stop, crew, now):
    in_state(stop, StopState.INSTALLING)

    assert missing(stop, "open", crew, now) == ["guides_trained", "condition_on_arrival"]


def test_a_unit_departs_only_to_a_venue_whose_report_lasts(stop, host, planner, now):
    in_state(stop, StopState.PREPARING)
    assert missing(stop, "depart", planner, now) == ["facility_report_valid"]

    report = records.state_facilities(venue=stop.venue, by=host, now=now)
    assert missing(stop, "depart", planner, now) == ["facility_report_valid"]
    records.approve_facilities(report=report, valid_until=date(2027, 4, 1), by=planner, now=now)
    with pytest.raises(GateClosed, match="runs out on 2027-04-01"):
        step(stop, "depart", planner, now)
    records.approve_facilities(report=report, valid_until=date(2027, 4, 2), by=planner, now=now)

    assert step(stop, "depart", planner, now).state == StopState.IN_TRANSIT


def test_a_carnet_that_runs_out_during_the_leg_keeps_the_unit_at_home(stop, host, planner, now):
    in_state(stop, StopState.PREPARING)
    stop.venue.region = RegionFactory(code="NP-P1", country="NP", parent=stop.unit.home.region)
    stop.venue.save()
    report = records.state_facilities(venue=stop.venue, by=host, now=now)
    records.approve_facilities(report=report, valid_until=date(2028, 1, 1), by=planner, now=now)
    papers = {"unit": stop.unit, "country": "NP", "by": planner, "now": now}
    record_customs(first_date=date(2027, 1, 1), end_date=date(2027, 3, 15), **papers)

    assert missing(stop, "depart", planner, now) == ["customs_cover_the_stay"]
    record_customs(first_date=date(2027, 1, 1), end_date=date(2027, 4, 2), **papers)
    assert step(stop, "depart", planner, now).state == StopState.IN_TRANSIT


def test_a_condition_report_after_48_hours_is_late_until_a_planner_waives_it(
    stop, crew, planner, now
):
    in_state(stop, StopState.INSTALLING)
    see(stop, "arrival", UNPACKED, crew, UNPACKED + timedelta(hours=48, seconds=1))
    records.record_training(
        stop=stop,
        first_date=date(2027, 2, 26),
        end_date=date(2027, 2, 27),
        trained_guides=2,
        by=crew,
        now=now,
    )
    waiver = {"waive": ["condition_on_arrival"], "reason": "暴雪，网络中断"}

    assert missing(stop, "open", crew, now) == ["condition_on_arrival"]
    with pytest.raises(NotAllowed):
        step(stop, "open", crew, now, **waiver)
    with pytest.raises(InvalidStop):
        step(stop, "open", planner, now, waive=["condition_on_arrival"], reason=" ")
    step(stop, "open", planner, now, **waiver)

    entry = AuditEntry.objects.get(action="stop.open")
    assert entry.note == "waived condition_on_arrival: 暴雪，网络中断"


def test_damage_needs_a_note_and_exhibits_stand_once(stop, crew, now):
    items = [SeenItem("E-1", "damaged"), SeenItem("E-1", "good")]

    with pytest.raises(InvalidRecord) as refusal:
        records.report_condition(
            stop=stop, moment="arrival", unpacked_at=now, items=items, by=crew, now=now
        )

    assert len(refusal.value.detail["problems"]) == 2


def test_a_photo_must_be_a_picture(stop, crew, now):
    from touring.errors import InvalidPaper

    with pytest.raises(InvalidPaper):
        records.report_condition(
            stop=stop,
            moment="arrival",
            unpacked_at=now,
            items=[SeenItem("E-1", "good")],
            photos=[("E-1", "photo.pdf", b"%PDF-1.7")],
            by=crew,
            now=now,
        )


def test_a_summary_16_days_after_closing_is_late(stop, host):
    counted = datetime(2027, 3, 30, 4, tzinfo=UTC)
    records.record_counts(stop=stop, counts=[DayCount(date(2027, 3, 30), 5)], by=host, now=counted)

    on_time = datetime(2027, 4, 15, 4, tzinfo=UTC)
    assert not records.hand_in_summary(stop=stop, text="好", by=host, now=on_time).is_late
    late = on_time + timedelta(days=1)
    assert records.hand_in_summary(stop=stop, text="好", by=host, now=late).is_late


def test_counts_of_days_that_were_not_open_are_refused_together(stop, host):
    now = datetime(2027, 3, 5, 4, tzinfo=UTC)
    counts = [
        DayCount(date(2027, 2, 28), 1),
        DayCount(date(2027, 3, 6), 1),
        DayCount(date(2027, 3, 2), 5, {"youth": 6}),
        DayCount(date(2027, 3, 3), 5, {"martians": 1}),
    ]

    with pytest.raises(InvalidRecord) as refusal:
        records.record_counts(stop=stop, counts=counts, by=host, now=now)

    assert len(refusal.value.detail["problems"]) == 4
    assert stop.counts.count() == 0


def test_an_unsigned_agreement_keeps_a_stop_from_the_public(stop, planner, now):
    in_state(stop, StopState.CONFIRMED)
    records.record_agreement(stop=stop, terms=Terms(fee_yuan=5000), by=planner, now=now)

    with pytest.raises(GateClosed, match="not signed"):
        stops.contract_stop(stop_id=stop.pk, seen_version=stop.version, by=planner, now=now)
    records.record_agreement(
        stop=stop, terms=Terms(signed_on=date(2026, 11, 2)), by=planner, now=now
    )
    stops.contract_stop(stop_id=stop.pk, seen_version=stop.version, by=planner, now=now)

    assert Agreement.objects.get().signed_on == date(2026, 11, 2)


@pytest.mark.parametrize("operation", STEPS)
def test_a_step_that_the_table_does_not_know_is_refused(stop, planner, now, operation):
    in_state(stop, StopState.CANCELLED)

    with pytest.raises(WrongState):
        step(stop, operation, planner, now)


def test_hosts_do_not_open_and_crews_do_not_settle(stop, host, crew, now):
    in_state(stop, StopState.INSTALLING)
    with pytest.raises(NotAllowed):
        step(stop, "open", host, now)
    in_state(stop, StopState.REPORTED)
    with pytest.raises(NotAllowed):
        step(stop, "settle", crew, now)


def test_what_moves_keeps_its_feed_identity_while_it_is_open(stop, planner, now):
    in_state(stop, StopState.OPEN)

    stops.move_stop(
        stop_id=stop.pk,
        seen_version=stop.version,
        opens_on=date(2027, 3, 1),
        closes_on=date(2027, 4, 10),
        by=planner,
        now=now,
    )

    assert Event.objects.get(uid="s-1").end_date == date(2027, 4, 10)


def test_a_move_arrives_after_it_departs_with_a_unit_of_its_own(stop, planner, now):
    with pytest.raises(InvalidRecord) as refusal:
        record_move(
            unit=UnitFactory(home=stop.unit.home),
            stop=stop,
            origin=stop.unit.home,
            destination=stop.venue,
            departs_at=now,
            arrives_at=now,
            km=-1,
            by=planner,
            now=now,
        )

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        *("arrives_at", "stop", "km"),
    ]
