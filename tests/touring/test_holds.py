"""Holds: ranks, clocks in working days, challenges, confirmations, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.factories.touring import (
    HoldFactory,
    PlacedVenueFactory,
    StopFactory,
    UnitFactory,
)
from tests.factories.venues import MembershipFactory, RegionFactory
from touring.errors import AlreadyHeld, AlreadyTaken, InvalidHold, StaleHold, WrongState
from touring.lifecycles import HOLD
from touring.models import Hold, HoldState, HoldSubject, Stop, StopState
from touring.services import holds
from venues.errors import DomainError, NotAllowed
from venues.models import AuditEntry, Notice, Role
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FIRST, END = date(2027, 3, 1), date(2027, 3, 31)


@pytest.fixture
def unit(province):
    return UnitFactory(code="AH-01", home__region=province)


@pytest.fixture
def hosts(province):
    """The contacts of three counties' halls, with their venues."""
    venues = [PlacedVenueFactory(slug=f"hall-{n}", region__parent=province) for n in (1, 2, 3)]
    return [MembershipFactory(role=Role.HOST_CONTACT, venue=venue) for venue in venues]


def place(unit, membership, now, **more) -> Hold:
    given = {"opens_on": FIRST, "closes_on": END, "subject": HoldSubject.UNIT} | more
    return holds.place_hold(unit=unit, venue=membership.venue, by=membership.user, now=now, **given)


@pytest.fixture
def line(unit, hosts, now) -> list[Hold]:
    """Three hosts in line for one unit and the same days."""
    return [place(unit, host, now) for host in hosts]


def ranks() -> list[tuple[int, str]]:
    return list(Hold.objects.order_by("pk").values_list("rank", "state"))


def of(hold: Hold) -> dict[str, int]:
    hold.refresh_from_db()
    return {"hold_id": hold.pk, "seen_version": hold.version}


def test_holds_rank_in_the_order_of_their_coming_with_clocks_of_working_days(line):
    """2 November 2026 is a Monday: ten working days end on the 16th, five on the 9th."""
    assert [(one.rank, one.expires_on) for one in line] == [
        (1, date(2026, 11, 17)),
        (2, date(2026, 11, 10)),
        (3, date(2026, 11, 10)),
    ]


def test_holds_of_other_days_stand_in_no_common_line(unit, hosts, now):
    first = place(unit, hosts[0], now)
    later = place(unit, hosts[1], now, opens_on=date(2027, 6, 1), closes_on=date(2027, 7, 1))

    assert (first.rank, later.rank) == (1, 1)


def test_releasing_moves_the_others_up_and_tells_them(line, hosts, now):
    later = now + timedelta(days=1)
    holds.release_hold(**of(line[0]), by=hosts[0].user, now=later)

    assert ranks() == [(1, "released"), (1, "live"), (2, "live")]
    line[1].refresh_from_db()
    assert line[1].expires_on == date(2026, 11, 18)  # a first's ten days from now on
    assert Notice.objects.filter(person=hosts[1].user).count() == 1


def test_expiry_promotes(line, now):
    assert holds.expire_holds(now=datetime(2026, 11, 10, 1, tzinfo=UTC)) == 2

    assert ranks() == [(1, "live"), (2, "expired"), (2, "expired")]


def test_a_challenge_starts_the_clocks_of_all_before_it(line, hosts, now):
    holds.challenge_hold(**of(line[2]), by=hosts[2].user, now=now)

    assert list(Hold.objects.order_by("pk").values_list("state", "respond_by")) == [
        ("challenged", date(2026, 11, 4)),
        ("challenged", date(2026, 11, 4)),
        ("live", None),
    ]


def test_the_answer_is_due_after_two_working_days_by_the_holiday_table(unit, hosts):
    """Friday 30 October 2026: Monday and Tuesday are the two working days."""
    friday = datetime(2026, 10, 30, 1, tzinfo=UTC)
    first, second = place(unit, hosts[0], friday), place(unit, hosts[1], friday)

    holds.challenge_hold(**of(second), by=hosts[1].user, now=friday)

    first.refresh_from_db()
    assert first.respond_by == date(2026, 11, 3)
    assert holds.expire_holds(now=datetime(2026, 11, 3, 15, 59, tzinfo=UTC)) == 0
    assert holds.expire_holds(now=datetime(2026, 11, 3, 16, 1, tzinfo=UTC)) == 1
    second.refresh_from_db()
    assert (second.rank, second.state) == (1, "live")


def test_a_challenge_is_over_when_its_challenger_leaves(line, hosts, now):
    holds.challenge_hold(**of(line[1]), by=hosts[1].user, now=now)

    holds.release_hold(**of(line[1]), by=hosts[1].user, now=now)

    assert ranks() == [(1, "live"), (2, "released"), (2, "live")]


def test_the_first_has_nobody_to_challenge(line, hosts, now):
    with pytest.raises(WrongState, match="Nobody stands before"):
        holds.challenge_hold(**of(line[0]), by=hosts[0].user, now=now)


def test_confirming_ends_the_rest_and_tells_them(line, hosts, now):
    stop = holds.confirm_hold(**of(line[0]), by=hosts[0].user, now=now)

    assert (stop.state, stop.unit, stop.venue) == (
        *(StopState.CONFIRMED, line[0].unit),
        line[0].venue,
    )
    assert ranks() == [(1, "confirmed"), (2, "killed"), (3, "killed")]
    told = Notice.objects.filter(title_en__contains="taken by another")
    assert set(told.values_list("person", flat=True)) == {hosts[1].user.pk, hosts[2].user.pk}
    assert AuditEntry.objects.filter(action="hold.confirm").count() == 1


def test_a_lower_hold_is_not_confirmed_past_the_first(line, hosts, now):
    with pytest.raises(WrongState, match="1 stand before"):
        holds.confirm_hold(**of(line[1]), by=hosts[1].user, now=now)


def test_K2_a_hold_that_was_confirmed_is_over(line, hosts, now):
    seen = of(line[0])
    holds.confirm_hold(**seen, by=hosts[0].user, now=now)

    with pytest.raises(StaleHold):
        holds.confirm_hold(**seen, by=hosts[0].user, now=now)
    with pytest.raises(WrongState):
        holds.confirm_hold(**of(line[1]), by=hosts[1].user, now=now)


def test_a_confirmed_unit_is_held_by_nobody_else(unit, hosts, line, now):
    holds.confirm_hold(**of(line[0]), by=hosts[0].user, now=now)

    with pytest.raises(AlreadyTaken):
        place(unit, hosts[1], now)


def test_joint_first_is_granted_by_planners_only(unit, hosts, line, planner, now):
    with pytest.raises(NotAllowed):
        place(unit, hosts[1], now, joint_first=True)

    joint = holds.place_hold(
        subject=HoldSubject.UNIT,
        unit=unit,
        venue=hosts[2].venue,
        opens_on=FIRST,
        closes_on=END,
        joint_first=True,
        by=planner,
        now=now,
    )
    holds.release_hold(**of(line[0]), by=hosts[0].user, now=now)

    joint.refresh_from_db()
    assert joint.rank == 1
    assert ranks() == [(1, "released"), (2, "live"), (3, "live"), (1, "live")]


def test_only_first_is_refused_behind_another(unit, hosts, now):
    place(unit, hosts[0], now)

    with pytest.raises(AlreadyHeld):
        place(unit, hosts[1], now, only_first=True)
    assert Hold.objects.count() == 1


def test_a_place_has_a_line_of_its_own(unit, hosts, planner, province, now):
    """Two units want one hall; the keepers of the units stand in line."""
    venue = hosts[0].venue
    second = UnitFactory(code="AH-02", home__region=province)
    wanted = {"subject": HoldSubject.PLACE, "venue": venue, "opens_on": FIRST, "closes_on": END}
    first_hold = holds.place_hold(unit=unit, **wanted, by=planner, now=now)
    second_hold = holds.place_hold(unit=second, **wanted, by=planner, now=now)

    assert (first_hold.rank, second_hold.rank) == (1, 2)
    of_unit = place(second, hosts[0], now)
    with pytest.raises(AlreadyHeld, match="Another stands first in line"):
        holds.confirm_hold(**of(of_unit), by=hosts[0].user, now=now)


def test_strangers_neither_hold_nor_release(unit, hosts, line, stranger, now):
    with pytest.raises(NotAllowed):
        holds.place_hold(
            subject=HoldSubject.UNIT,
            unit=unit,
            venue=hosts[0].venue,
            opens_on=FIRST,
            closes_on=END,
            by=stranger,
            now=now,
        )
    with pytest.raises(NotAllowed):
        holds.release_hold(**of(line[0]), by=hosts[1].user, now=now)


def test_a_hold_lies_in_the_future_and_in_order(unit, hosts, now):
    with pytest.raises(InvalidHold) as refusal:
        place(unit, hosts[0], now, opens_on=date(2026, 11, 2), closes_on=date(2026, 11, 1))

    fields = [one["field"] for one in refusal.value.detail["problems"]]
    assert fields == ["closes_on", "opens_on"]


def test_an_offered_stop_is_an_option_that_the_public_does_not_see(unit, hosts, planner, now):
    stop = StopFactory(uid="s-1", unit=unit, venue=hosts[0].venue)

    offered, hold = holds.offer_stop(stop_id=stop.pk, seen_version=1, by=planner, now=now)

    assert (offered.state, hold.rank, hold.stop) == (StopState.OPTION, 1, stop)
    shown = Event.objects.filter(status="scheduled").values_list("uid", "visibility")
    assert list(shown) == [("s-1-hold", "hosts")]


def test_an_option_is_challenged_confirmed_or_lost_with_its_hold(unit, hosts, planner, now):
    stop = StopFactory(uid="s-1", unit=unit, venue=hosts[0].venue)
    holds.offer_stop(stop_id=stop.pk, seen_version=1, by=planner, now=now)
    rival = place(unit, hosts[1], now)

    holds.challenge_hold(**of(rival), by=hosts[1].user, now=now)
    stop.refresh_from_db()
    assert stop.state == StopState.CHALLENGED

    holds.expire_holds(now=datetime(2026, 11, 5, 1, tzinfo=UTC))
    stop.refresh_from_db()
    rival.refresh_from_db()
    assert (stop.state, rival.rank) == (StopState.RELEASED, 1)
    taken = holds.confirm_hold(**of(rival), by=hosts[1].user, now=now)
    assert (taken.venue, taken.state) == (hosts[1].venue, StopState.CONFIRMED)


def test_confirming_an_option_confirms_its_hold(unit, hosts, planner, now):
    stop = StopFactory(uid="s-1", unit=unit, venue=hosts[0].venue)
    holds.offer_stop(stop_id=stop.pk, seen_version=1, by=planner, now=now)
    place(unit, hosts[1], now)

    confirmed = holds.confirm_stop(stop_id=stop.pk, seen_version=2, by=planner, now=now)

    assert confirmed.state == StopState.CONFIRMED
    assert ranks() == [(1, "confirmed"), (2, "killed")]


def test_K1_the_database_itself_keeps_one_first_hold(unit, hosts):
    HoldFactory(unit=unit, venue=hosts[0].venue)

    with pytest.raises(IntegrityError), transaction.atomic():
        HoldFactory(unit=unit, venue=hosts[1].venue, opens_on=date(2027, 3, 10))
    HoldFactory(unit=unit, venue=hosts[1].venue, opens_on=date(2027, 3, 10), rank=2)


def test_who_stands_behind_a_second_is_second_where_nobody_is_first(unit, hosts, now):
    """A hold counts who shares its days, not who shares theirs."""
    for days in (0, 20, 40):
        opens_on = FIRST + timedelta(days=days)
        closes_on = opens_on + timedelta(days=20)
        place(unit, hosts[0], now, opens_on=opens_on, closes_on=closes_on)

    assert ranks() == [(1, "live"), (2, "live"), (2, "live")]


ACTS = ("place", "joint", "release", "challenge", "confirm", "expire")


@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 40)),
        min_size=1,
        max_size=12,
    )
)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_walks_keep_one_line_and_lose_no_hold(acts):
    """A rank says, in every moment, how many stand before a hold on its days."""
    now = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    with transaction.atomic():
        unit, region = UnitFactory(), RegionFactory()
        venue = PlacedVenueFactory(region=region)
        placed = 0
        for act, which, offset in acts:
            now += timedelta(hours=7)
            rows = list(Hold.objects.filter(unit=unit).order_by("pk"))
            try:
                if act in ("place", "joint"):
                    opens_on = FIRST + timedelta(days=offset if act == "place" else 0)
                    holds.place_hold(
                        subject=HoldSubject.UNIT,
                        unit=unit,
                        venue=PlacedVenueFactory(region=region) if which % 2 else venue,
                        opens_on=opens_on,
                        closes_on=opens_on + timedelta(days=20),
                        joint_first=act == "joint",
                        by=SYSTEM,
                        now=now,
                    )
                    placed += 1
                elif act == "expire":
                    holds.expire_holds(now=now + timedelta(days=which))
                elif rows:
                    hold = rows[which % len(rows)]
                    service = getattr(holds, f"{act}_hold")
                    service(hold_id=hold.pk, seen_version=hold.version, by=SYSTEM, now=now)
            except DomainError:
                pass  # a clear refusal; what counts is what is left behind
            judge_lines(unit)
        assert Hold.objects.filter(unit=unit).count() == placed
        transaction.set_rollback(True)


def judge_lines(unit) -> None:
    live = list(Hold.objects.live().filter(unit=unit).order_by("pk"))
    assert {one.state for one in Hold.objects.filter(unit=unit)} <= {s.name for s in HOLD.states}
    for hold in live:
        before = [
            one
            for one in live
            if one.arrives_on < hold.leaves_on and hold.arrives_on < one.leaves_on
            if one.is_joint_first or one.pk < hold.pk
        ]
        first = [one for one in before if one.rank == 1]  # who is first together counts as one
        waiting = len(before) - len(first)
        assert hold.rank == (1 if hold.is_joint_first else 1 + waiting + bool(first))
        assert (hold.state == HoldState.CHALLENGED) == (hold.respond_by is not None)
        taken = Stop.objects.holding().filter(unit=unit)
        assert not taken.touching(hold.arrives_on, hold.leaves_on).exists()
