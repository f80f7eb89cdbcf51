"""Why requests are not served: true reasons, each tried out on the problem and the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from touring.planning.check import violations
from touring.planning.equity import equity_of
from touring.planning.explain.fitting import closed, misfit
from touring.planning.explain.room import Room
from touring.planning.explain.words import CODES, date_of
from touring.planning.objective import value_of
from touring.planning.problem import WEIGHTED, Problem
from touring.planning.result import Plan, Unserved

_MOST_ROUNDS = 30

__all__ = ["CODES", "date_of", "explain", "explained"]


def explain(
    problem: Problem,
    plan: Plan,
    *,
    previous: Plan | None = None,
    requests: Iterable[str] | None = None,
    asked: _Asked | None = None,
) -> tuple[Unserved, ...]:
    """The reasons for every unserved request, or for those named, in the problem's order.

    Parameters
    ----------
    plan
        A valid plan of the problem.
    requests
        Ids; served ones among them are left out.
    asked
        Is told the room in which the reasons were tried.

    Raises
    ------
    KeyError
        If a named request is unknown.
    """
    served = {stop.request for stop in plan.stops}
    wanted = None if requests is None else {problem.request_index[one] for one in requests}
    unserved = [
        r
        for r, request in enumerate(problem.requests)
        if request.id not in served and (wanted is None or r in wanted)
    ]
    room: Room | None = None
    answers = []
    for r in unserved:
        always = misfit(problem, r) or closed(problem, r)
        if always is not None:
            answers.append(Unserved(problem.requests[r].id, (always,)))
            continue
        room = room or Room(problem, plan, previous)
        answers.append(Unserved(problem.requests[r].id, room.reasons(r)))
    if asked is not None:
        asked.room = room
    return tuple(answers)


def explained(problem: Problem, plan: Plan, *, previous: Plan | None = None) -> Plan:
    """The plan together with its reasons.

    What the search has overlooked is put in first, so that a weighted plan ends without such a
    reason: each round takes the better plan that a reason was verified with, and asks again.
    """
    for _ in range(_MOST_ROUNDS):
        room = _Asked()
        unserved = explain(problem, plan, previous=previous, asked=room)
        better = room.better(problem)
        if better is None or violations(problem, better):
            break
        plan = _improved(problem, plan, better, previous)
    return replace(plan, unserved=unserved)


@dataclass
class _Asked:
    """Remembers the room in which reasons were tried."""

    room: Room | None = None

    def better(self, problem: Problem) -> Plan | None:
        if self.room is None or problem.objective.mode != WEIGHTED:
            return None
        return self.room.better


def _improved(problem: Problem, plan: Plan, better: Plan, previous: Plan | None) -> Plan:
    """The better plan in place of the one that was explained; its bound holds as before."""
    known = {
        (stop.unit, stop.request, stop.open): stop
        for one in (plan, previous or Plan())
        for stop in one.stops
    }
    stops = tuple(known.get((s.unit, s.request, s.open), s) for s in better.stops)
    value = value_of(problem, better, previous)
    bound = None if plan.bound is None else max(plan.bound, value.total)
    gap = None if bound is None else (bound - value.total) / max(1.0, abs(bound))
    return replace(
        plan,
        stops=stops,
        maintenance=better.maintenance,
        value=value,
        bound=bound,
        gap=gap,
        equity=equity_of(problem, stops),
    )
