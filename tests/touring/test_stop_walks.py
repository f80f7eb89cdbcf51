"""Stops walked at random through the services: by hand, by holds, by suspensions of the region."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Event
from tests.factories.touring import PlacedVenueFactory, UnitFactory
from tests.factories.venues import RegionFactory
from touring.errors import GateClosed, WrongState
from touring.lifecycles import STOP
from touring.models import Hold, HoldSubject, Stop, StopState, Suspension
from touring.models.stop import FREEING_STATES, PUBLIC_STATES
from touring.services import holds, stops
from touring.services.stop_steps import STEPS, take_step
from touring.services.suspension import lift_suspension, suspend_region
from venues.errors import DomainError
from venues.models import AuditEntry
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FIRST, END = date(2027, 3, 1), date(2027, 3, 31)
BEGIN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
BY_HAND = ("offer", "confirm", "contract", "move", "cancel", *STEPS)
AROUND = ("hold", "challenge", "release", "expire", "confirm hold", "suspend", "lift")
WAIVED = {
    "depart": ("facility_report_valid", "customs_cover_the_stay"),
    "open": ("guides_trained", "condition_on_arrival"),
    "hand_over": ("condition_on_departure", "handover"),
    "report": ("counts_and_summary",),
}


class Walk:
    """Two stops of two units in one county, and whatever holds come between."""

    def __init__(self) -> None:
        self.region = RegionFactory()
        self.units = [UnitFactory(), UnitFactory()]
        self.now = BEGIN
        for unit in self.units:
            stops.place_stop(
                unit=unit,
                venue=PlacedVenueFactory(region=self.region),
                opens_on=FIRST,
                closes_on=END,
                by=SYSTEM,
                now=self.now,
            )

    def by_hand(self, operation: str, stop: Stop, offset: int) -> None:
        given = {"stop_id": stop.pk, "seen_version": stop.version, "by": SYSTEM, "now": self.now}
        if operation == "offer":
            holds.offer_stop(**given)
        elif operation == "confirm":
            holds.confirm_stop(**given)
        elif operation == "contract":
            stops.contract_stop(**given)
        elif operation == "move":
            days = timedelta(days=offset)
            unit = self.units[offset % 2]
            stops.move_stop(**given, unit=unit, opens_on=FIRST + days, closes_on=END + days)
        elif operation == "cancel":
            stops.cancel_stop(**given, reason="the hall is flooded")
        else:
            waive = WAIVED.get(operation, ()) if offset % 3 else ()
            reason = "agreed by telephone" if waive else ""
            take_step(operation=operation, **given, waive=waive, reason=reason)

    def around(self, act: str, offset: int) -> None:
        lines = list(Hold.objects.live().order_by("pk"))
        hold = lines[offset % len(lines)] if lines else None
        if act == "hold":
            holds.place_hold(
                subject=HoldSubject.UNIT,
                unit=self.units[offset % 2],
                venue=PlacedVenueFactory(region=self.region),
                opens_on=FIRST + timedelta(days=offset),
                closes_on=END + timedelta(days=offset),
                by=SYSTEM,
                now=self.now,
            )
        elif act == "expire":
            holds.expire_holds(now=self.now + timedelta(days=offset))
        elif act == "suspend":
            suspend_region(
                region=self.region,
                first_date=FIRST + timedelta(days=offset),
                end_date=FIRST + timedelta(days=offset + 14),
                reason_zh="洪水",
                by=SYSTEM,
                now=self.now,
            )
        elif act == "lift":
            suspension = Suspension.objects.filter(lifted_at=None).first()
            if suspension is not None:
                lift_suspension(suspension_id=suspension.pk, by=SYSTEM, now=self.now)
        elif hold is not None:
            service = {
                "challenge": holds.challenge_hold,
                "release": holds.release_hold,
                "confirm hold": holds.confirm_hold,
            }[act]
            service(hold_id=hold.pk, seen_version=hold.version, by=SYSTEM, now=self.now)


def rows() -> dict[int, tuple[object, ...]]:
    fields = ("uid", "state", "version", "unit", "opens_on", "closes_on")
    return {pk: tuple(rest) for pk, *rest in Stop.objects.values_list("pk", *fields)}


def judge_steps(before: dict, after: dict) -> None:
    """Every stop is still there, under its identity, and went by a step of the table."""
    for pk, (uid, state, *_) in before.items():
        assert after[pk][0] == uid
        became = after[pk][1]
        steps = [one for one in STOP.steps if state in one.sources]
        assert became == state or any(became in one.targets for one in steps), (state, became)
    for pk in after.keys() - before.keys():
        assert after[pk][1] in STOP.initial


def judge_moment() -> None:
    """No unit is at two places, and calendars show what is public and nothing else."""
    standing = list(Stop.objects.exclude(state__in=FREEING_STATES).order_by("unit", "arrives_on"))
    for one, other in pairwise(standing):
        apart = one.unit_id != other.unit_id or one.leaves_on <= other.arrives_on
        assert apart or {one.state, other.state} & {"proposed", "option", "challenged"}
    for stop in standing:
        shown = Event.objects.filter(uid__startswith=stop.uid, visibility="public").exists()
        assert shown or stop.state not in PUBLIC_STATES


def take(walk: Walk, act: str, which: int, offset: int) -> None:
    """One act, or its clear refusal, which leaves every row as it was."""
    there = list(Stop.objects.order_by("pk"))
    stop = there[which % len(there)]
    before, recorded = rows(), AuditEntry.objects.count()
    is_step = act in AROUND or STOP.find(act, stop.state) is not None
    try:
        with transaction.atomic():
            if act in AROUND:
                walk.around(act, offset)
            else:
                walk.by_hand(act, stop, offset)
    except WrongState:
        # A hold may stand behind another one; a step by hand is refused only as the table says.
        assert act in AROUND or not is_step or act == "confirm"
        assert rows() == before
    except GateClosed:
        assert STOP.find(act, stop.state).gates
        assert rows() == before
    except DomainError:
        assert rows() == before
    else:
        assert is_step
        judge_steps(before, rows())
        assert act in AROUND or AuditEntry.objects.count() > recorded
    judge_moment()


ACTS = st.tuples(st.sampled_from(BY_HAND + AROUND), st.integers(0, 4), st.integers(0, 40))


def _walk(acts) -> None:
    with transaction.atomic():
        walk = Walk()
        for act, which, offset in acts:
            walk.now += timedelta(hours=7)
            take(walk, act, which, offset)
        transaction.set_rollback(True)


@given(st.lists(ACTS, min_size=4, max_size=20))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_walks_of_stops_keep_to_the_table_and_lose_no_row(acts):
    _walk(acts)


@pytest.mark.long
@given(st.lists(ACTS, min_size=4, max_size=40))
@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_many_random_walks_of_stops_keep_to_the_table_and_lose_no_row(acts):
    _walk(acts)


def test_a_straight_walk_reaches_the_closed_stop(db):
    """The acts above do lead through the whole table, or the random walks would prove little."""
    walk = Walk()
    stop = Stop.objects.order_by("pk").first()
    for operation in ("offer", "confirm", "contract", *STEPS):
        stop.refresh_from_db()
        walk.by_hand(operation, stop, offset=1)
    stop.refresh_from_db()

    assert stop.state == StopState.CLOSED
