"""A contracted stop on its way: prepared, on the road, open, handed over, reported, closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from touring.errors import InvalidStop
from touring.lifecycles import STOP
from touring.models import Stop, StopState, TourRequest
from touring.permissions import can_plan_in, can_take_stop_step
from touring.services.contention import patient
from touring.services.gates import require_gates
from touring.services.request_steps import step_all
from touring.services.stops import change_stop
from venues.errors import NotAllowed, field_problem
from venues.permissions import Actor

STEPS = ("prepare", "depart", "install", "open", "strike", "hand_over", "report", "settle")


@patient
@transaction.atomic
def take_step(
    *,
    operation: str,
    stop_id: int,
    seen_version: int,
    by: Actor,
    now: datetime,
    waive: Collection[str] = (),
    reason: str = "",
) -> Stop:
    """Lead the stop on by one of :data:`STEPS`, through the gates the table names.

    A planner may ``waive`` gates for a ``reason``, which is recorded. A closed stop fulfils its
    request.

    Raises:
        NotAllowed, StaleStop, WrongState.
        GateClosed: with everything that is missing.
        InvalidStop: a waived gate without a reason, or none of this step's.
    """

    def lead_on(stop: Stop) -> None:
        step = STOP.find(operation, stop.state)
        assert step is not None  # change_stop has asked
        _judge_waivers(stop, step.gates, waive, reason, by, now)
        require_gates(stop, [gate for gate in step.gates if gate not in waive], now=now)
        stop.state = StopState(step.targets[0])

    def is_theirs(actor: Actor, stop: Stop, on: date) -> bool:
        return can_take_stop_step(actor, stop, operation, on)

    note = f"waived {', '.join(sorted(waive))}: {reason}" if waive else reason
    stop = change_stop(
        stop_id=stop_id,
        seen_version=seen_version,
        operation=operation,
        change=lead_on,
        allowed=is_theirs,
        by=by,
        now=now,
        note=note,
    )
    if operation == "settle" and stop.request_id:
        served = TourRequest.objects.select_for_update(of=("self",)).filter(pk=stop.request_id)
        step_all(served.select_related("call"), "fulfil", by=by, now=now)
    return stop


def _judge_waivers(
    stop: Stop,
    gates: Collection[str],
    waive: Collection[str],
    reason: str,
    by: Actor,
    now: datetime,
) -> None:
    if not waive:
        return
    if not can_plan_in(by, stop.venue.region, localdate(now)):
        raise NotAllowed("Only a planner of the region waives what a stop has to show.")
    problems = []
    if unknown := sorted(set(waive) - set(gates)):
        problems.append(field_problem("waive", f"{', '.join(unknown)} are no gates of this step."))
    if not reason.strip():
        problems.append(field_problem("reason", "Say why it may be left out."))
    if problems:
        raise InvalidStop("The gates cannot be waived.", problems=problems)
