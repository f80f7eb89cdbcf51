"""Why requests are not served: true reasons, each tried out on the problem and the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from touring.planning.explain.fitting import closed, misfit
from touring.planning.explain.room import Room
from touring.planning.explain.words import CODES, date_of
from touring.planning.problem import Problem
from touring.planning.result import Plan, Unserved

__all__ = ["CODES", "date_of", "explain", "explained"]


def explain(
    problem: Problem,
    plan: Plan,
    *,
    previous: Plan | None = None,
    requests: Iterable[str] | None = None,
) -> tuple[Unserved, ...]:
    """The reasons for every unserved request, or for those named, in the problem's order.

    Parameters
    ----------
    plan
        A valid plan of the problem.
    requests
        Ids; served ones among them are left out.

    Raises
    ------
    KeyError
        If a named request is unknown.
    """
    served = {stop.request for stop in plan.stops}
    asked = None if requests is None else {problem.request_index[one] for one in requests}
    unserved = [
        r
        for r, request in enumerate(problem.requests)
        if request.id not in served and (asked is None or r in asked)
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
    return tuple(answers)


def explained(problem: Problem, plan: Plan, *, previous: Plan | None = None) -> Plan:
    """The plan together with its reasons."""
    return replace(plan, unserved=explain(problem, plan, previous=previous))
