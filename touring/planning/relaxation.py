"""When floors cannot all hold: which to lower, and the proof that no cheaper way exists.

A unit of shortfall is made dearer than everything else together. The plan that is then best misses
the floors by the least sum; and because no plan is worth more than the bound, none misses them by
less than ``-bound / price`` (coverage is never negative, and nothing else is paid for).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from touring.planning.objective import floors_of
from touring.planning.problem import Objective, Problem
from touring.planning.result import FloorShortfall, Plan
from touring.planning.solve import solve
from touring.planning.stop import StopCriterion

_TIMES_DEARER = 100
# A hundredth is the share of all coverage in one unit of shortfall, and as much for the gap.
_PROVEN_WITHIN = 0.02


@dataclass(frozen=True)
class Relaxation:
    """The floors that the plan misses and by how much; no plan misses less than ``least`` in sum."""

    plan: Plan
    floors: tuple[FloorShortfall, ...]
    least: float | None

    @property
    def shortfall(self) -> float:
        return math.fsum(floor.missing for floor in self.floors)

    @property
    def is_proven(self) -> bool:
        """Is nothing cheaper possible, up to a fiftieth of a stop?"""
        return self.shortfall == 0 or (
            self.least is not None and self.shortfall - self.least <= _PROVEN_WITHIN
        )


def cheapest_relaxation(
    problem: Problem, *, stop: StopCriterion, seed: int = 0, workers: int = 1
) -> Relaxation:
    """Lower these floors by these amounts and they can all hold; locks and rotations stand.

    Raises
    ------
    CannotStand
        As :func:`touring.planning.solve.solve`.
    """
    price = _TIMES_DEARER * (1.0 + math.fsum(request.value for request in problem.requests))
    asked = replace(problem, objective=Objective(floor_penalty=price))
    plan = solve(asked, stop=stop, seed=seed, workers=workers, prove=True)
    missed = tuple(floor for floor in floors_of(problem, plan.stops) if floor.missing > 1e-9)
    least = None if plan.bound is None else max(0.0, -plan.bound / price)
    return Relaxation(plan, missed, least)
