"""How two plans of one season differ: stop by stop, part by part. Neither is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from touring.planning.check import value
from touring.planning.equity import equity_of
from touring.planning.problem import Problem
from touring.planning.result import Equity, Plan, Stop, Value

_PARTS = (
    *("total", "coverage", "km", "km_cost", "shortfall", "floor_penalty", "unserved_musts"),
    *("must_penalty", "changes", "change_penalty", "idle_days", "idle_cost"),
)


@dataclass(frozen=True)
class Move:
    """A request that both plans serve, but not alike."""

    request: str
    before: Stop
    after: Stop


@dataclass(frozen=True)
class Difference:
    """What the second plan has, lacks and does otherwise.

    Parameters
    ----------
    parts
        Every part of the value, the second plan's less the first one's.
    equity
        Worst, spread and Gini, the second plan's less the first one's.
    """

    added: tuple[Stop, ...]
    removed: tuple[Stop, ...]
    moved: tuple[Move, ...]
    before: Value
    after: Value
    parts: Mapping[str, float]
    equity: Mapping[str, float]


def difference(
    problem: Problem, before: Plan, after: Plan, *, previous: Plan | None = None
) -> Difference:
    """From the first plan to the second; changes count against ``previous``.

    Stops that name what the problem does not know are compared, but worth nothing.
    """
    old = {stop.request: stop for stop in before.stops}
    new = {stop.request: stop for stop in after.stops}
    moved = tuple(
        Move(request, old[request], new[request])
        for request in sorted(old.keys() & new.keys())
        if _place(old[request]) != _place(new[request])
    )
    values = value(problem, before, previous), value(problem, after, previous)
    known = [_known(problem, plan) for plan in (before, after)]
    return Difference(
        added=tuple(sorted(new[one] for one in new.keys() - old.keys())),
        removed=tuple(sorted(old[one] for one in old.keys() - new.keys())),
        moved=moved,
        before=values[0],
        after=values[1],
        parts={part: getattr(values[1], part) - getattr(values[0], part) for part in _PARTS},
        equity=_apart(equity_of(problem, known[0]), equity_of(problem, known[1])),
    )


def _place(stop: Stop) -> tuple[str, int]:
    return stop.unit, stop.open


def _known(problem: Problem, plan: Plan) -> list[Stop]:
    return [stop for stop in plan.stops if stop.request in problem.request_index]


def _apart(before: Equity, after: Equity) -> dict[str, float]:
    return {
        "worst": after.worst - before.worst,
        "spread": after.spread - before.spread,
        "gini": after.gini - before.gini,
    }
