"""The lexicographic mode as weights for a search that knows weighted sums only.

Each part is scaled by the most it can be, then weighted ``1 / tolerance`` times as much as
the next in order: a part gives way only for changes within the tolerance. The plan is
valued by the true objective afterwards; this is a guide for a heuristic, not a proof.
"""

from __future__ import annotations

import math
from dataclasses import replace

from touring.planning.problem import LEXICOGRAPHIC, WEIGHTED, Objective, Pairing, Problem, Region
from touring.planning.result import Plan

_SMALLEST_TOLERANCE = 1e-4


def guide_for(problem: Problem, previous: Plan | None) -> Problem:
    """The same problem with weights that put the parts in order; weighted modes stay as they are."""
    objective = problem.objective
    if objective.mode != LEXICOGRAPHIC:
        return problem
    step = 1.0 / max(objective.tolerance, _SMALLEST_TOLERANCE)
    most = _most(problem, previous)
    order = [*objective.order, *(["coverage"] if "coverage" not in objective.order else [])]
    weights = {part: step ** (len(order) - place) / most[part] for place, part in enumerate(order)}
    unit = weights["coverage"]
    return replace(
        problem,
        objective=Objective(
            mode=WEIGHTED,
            km_cost=weights.get("km", 0.0) / unit,
            floor_penalty=weights.get("floors", 0.0) / unit,
            must_penalty=weights.get("musts", 0.0) / unit,
            change_penalty=weights.get("changes", 0.0) / unit,
            idle_cost=weights.get("idle", 0.0) / unit,
        ),
    )


def _most(problem: Problem, previous: Plan | None) -> dict[str, float]:
    """The size of each part, as a scale; never 0."""
    value = math.fsum(request.value for request in problem.requests)
    floors: list[Region | Pairing] = [*problem.regions, *problem.pairings]
    wanted = math.fsum((one.min_stops or 0) + (one.min_value or 0.0) for one in floors)
    far = float(problem.km_from_home.max()) if problem.km_from_home.size else 0.0
    days = sum(end - first for unit in problem.units for first, end in unit.available)
    changes = math.fsum(stop.weight for stop in previous.stops) if previous else 0.0
    sizes = {
        "coverage": value,
        "km": 2 * far * len(problem.requests),
        "floors": wanted + len(problem.regions),
        "musts": sum(request.must for request in problem.requests),
        "changes": changes,
        "idle": days,
    }
    return {part: max(1.0, float(size)) for part, size in sizes.items()}
