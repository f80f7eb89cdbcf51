"""What if: branches from a plan with assignments forced or forbidden, and how they differ."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from touring.planning.objective import value_of
from touring.planning.problem import Forbidden, InvalidProblem, Issue, Lock, Problem, Unit
from touring.planning.result import Plan
from touring.planning.solve import solve
from touring.planning.stop import StopCriterion
from touring.planning.whatif.difference import Difference, Move, difference

__all__ = ["Branch", "Difference", "Forced", "Move", "Outcome", "branched", "difference", "explore"]


@dataclass(frozen=True)
class Forced:
    """A request that is to be served: by anyone, by this unit, or by it on this day."""

    request: str
    unit: str | None = None
    open: int | None = None


@dataclass(frozen=True)
class Branch:
    """What is supposed otherwise; ``forbidden`` pairs with a unit of ``None`` bar every unit."""

    name: str = ""
    forced: tuple[Forced, ...] = ()
    forbidden: tuple[tuple[str | None, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The branch's plan, valued as the season values it.

    Parameters
    ----------
    unmet
        Forced requests for which the search found no place.
    """

    plan: Plan
    unmet: tuple[str, ...]
    difference: Difference


def explore(
    problem: Problem,
    plan: Plan,
    branch: Branch,
    *,
    stop: StopCriterion,
    seed: int = 0,
) -> Outcome:
    """The best plan found under the branch, starting from ``plan``.

    Raises
    ------
    InvalidProblem
        If the branch names strangers or forces what the season's rules exclude.
    CannotStand
        If what is forced cannot stand beside the season's locks.
    """
    supposed = branched(problem, branch)
    found = solve(supposed, stop=stop, seed=seed, previous=plan)
    found = replace(
        found, value=value_of(problem, found, plan), bound=None, gap=None, optimal=False
    )
    served = {(one.request, one.unit) for one in found.stops}
    requests = {request for request, _ in served}
    unmet = tuple(
        one.request
        for one in branch.forced
        if one.request not in requests
        or (one.unit is not None and (one.request, one.unit) not in served)
    )
    return Outcome(found, unmet, difference(problem, plan, found, previous=plan))


def branched(problem: Problem, branch: Branch) -> Problem:
    """The season under the branch: forced days are locks, forced requests dearer musts than all.

    Raises
    ------
    InvalidProblem
        Paths are those of the branch.
    """
    _refuse_strangers(problem, branch)
    forbidden = [
        Forbidden(one.id, request)
        for unit, request in branch.forbidden
        for one in problem.units
        if unit is None or unit == one.id
    ]
    forbidden += [
        Forbidden(one.id, forced.request)
        for forced in branch.forced
        for one in _others(problem, forced)
    ]
    wanted = {one.request for one in branch.forced}
    locks = [Lock(one.unit, one.request, one.open) for one in branch.forced if _is_exact(one)]  # type: ignore[arg-type]  # exact ones have both
    objective = problem.objective
    if wanted:
        dear = 1 + math.fsum(one.value for one in problem.requests) + objective.must_penalty
        objective = replace(objective, must_penalty=dear)
    return replace(
        problem,
        requests=tuple(replace(one, must=one.must or one.id in wanted) for one in problem.requests),
        forbidden=(*problem.forbidden, *dict.fromkeys(forbidden)),
        locked=(*problem.locked, *(lock for lock in locks if lock not in problem.locked)),
        objective=objective,
        hash="",
    )


def _is_exact(forced: Forced) -> bool:
    return forced.unit is not None and forced.open is not None


def _others(problem: Problem, forced: Forced) -> list[Unit]:
    if forced.unit is None:
        return []
    return [one for one in problem.units if one.id != forced.unit]


def _refuse_strangers(problem: Problem, branch: Branch) -> None:
    issues = []
    for i, forced in enumerate(branch.forced):
        if forced.request not in problem.request_index:
            issues.append(_stranger(f"$.forced[{i}].request", forced.request))
        if forced.unit is not None and forced.unit not in problem.unit_index:
            issues.append(_stranger(f"$.forced[{i}].unit", forced.unit))
        if forced.open is not None and forced.unit is None:
            issues.append(Issue(f"$.forced[{i}].open", "missing_key", "a day needs its unit"))
    for i, (unit, request) in enumerate(branch.forbidden):
        if request not in problem.request_index:
            issues.append(_stranger(f"$.forbidden[{i}].request", request))
        if unit is not None and unit not in problem.unit_index:
            issues.append(_stranger(f"$.forbidden[{i}].unit", unit))
    if issues:
        raise InvalidProblem(issues)


def _stranger(path: str, name: str) -> Issue:
    return Issue(path, "unknown_id", f"the instance has no {name!r}")
