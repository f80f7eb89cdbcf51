"""A published season after something went wrong: the smallest change first, then what can be won.

First the least weight of confirmed stops that must give way is found, with its proof
(:mod:`.smallest`); all others stand, on their dates. Then a small problem around the disturbance
(:mod:`.nearby`) is searched for what the freed days can hold, within a budget of further changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from touring.planning.check import value as judged_value
from touring.planning.check import violations
from touring.planning.objective import changed_stops
from touring.planning.problem import Lock, Problem
from touring.planning.replan.disturbance import (
    Disturbance,
    Disturbed,
    HostCancels,
    RegionSuspended,
    UnitBreaks,
    UnknownDisturbed,
    UrgentRequest,
    disturbed,
)
from touring.planning.replan.nearby import Nearby, nearby, small_problem
from touring.planning.replan.smallest import (
    Conflict,
    Smallest,
    SmallestChange,
    leans_on_earlier,
)
from touring.planning.replan.standing import Standing
from touring.planning.result import MaintenanceSpan, Plan, Stop, Value
from touring.planning.solve import CannotStand, solve
from touring.planning.stop import FirstOf, MaxWork, StopCriterion

__all__ = [
    "CannotReplan",
    "Conflict",
    "Disturbance",
    "HostCancels",
    "RegionSuspended",
    "Replanned",
    "Smallest",
    "UnitBreaks",
    "UnknownDisturbed",
    "UrgentRequest",
    "disturbed",
    "replan",
]

# The bonuses on confirmed stops that are tried until few enough of them change.
_OF_A_UNIT = ("H1", "H2", "H3", "H9")
_NEVER_EARLIER = MaxWork(10**9)
_BONUSES = (0.0, 1.0, 3.0, 10.0, 30.0, 100.0)


class CannotReplan(ValueError):
    """What is broken can only be mended by solving anew: a rotation's table, hosts shared by units."""


@dataclass(frozen=True)
class Replanned:
    """The season after the disturbance.

    Parameters
    ----------
    problem
        What is left of the season, with the locks that could be kept.
    plan
        The plan, with its value against the one before.
    smallest
        What had to give way, and why nothing less does.
    changed
        Confirmed stops of the plan before that stand no more.
    released
        Locks that could not be kept.
    before, after
        Values of the plan before in its own problem and of the new one.
    unserved
        Urgent requests that nothing can serve, whatever gives way.
    """

    problem: Problem
    plan: Plan
    smallest: Smallest
    changed: tuple[Stop, ...]
    released: tuple[Lock, ...]
    waived: tuple[str, ...]
    before: Value
    after: Value
    unserved: tuple[str, ...]


def replan(
    problem: Problem,
    plan: Plan,
    disturbances: Iterable[Disturbance],
    *,
    steps: int = 300,
    stop: StopCriterion = _NEVER_EARLIER,
    budget: float = 0.0,
    today: int = 0,
    seed: int = 0,
) -> Replanned:
    """The plan after the disturbances that changes least, improved within ``budget``.

    Parameters
    ----------
    plan
        If no stop of it is confirmed, all are taken as confirmed. It need not keep the rules of
        ``problem``: what it breaks counts as disturbed.
    steps, stop
        End each search for improvements; the smallest change is found in any case.
    budget
        Weight of confirmed stops that may change beyond the smallest change.
    today
        New stops arrive on this day or later.

    Raises
    ------
    CannotReplan
        If a rotation's unit, host or request is touched, or the plan breaks rules between units.
    UnknownDisturbed, InvalidProblem
        See :func:`disturbed`.
    """
    plan = _confirmed(plan)
    after = _with_what_is_broken(disturbed(problem, disturbances), plan)
    _refuse_rotations(problem, plan, after)
    smallest, unserved = _smallest(after, plan, problem.locked, today)
    left, standing = _standing_plan(problem, after, plan, smallest)
    until = FirstOf(MaxWork(steps), stop)
    if broken := violations(left, standing):
        raise CannotReplan(f"Solve the season anew: {broken[0].code}, {broken[0].message}.")
    better = _improved(left, standing, plan, smallest, after, until, budget, today, seed)
    value = judged_value(left, better, plan)
    return Replanned(
        problem=left,
        plan=replace(better, value=value, seed=seed),
        smallest=smallest,
        changed=tuple(changed_stops(better.stops, plan)),
        released=tuple(one for one in problem.locked if one not in left.locked),
        waived=after.waived,
        before=judged_value(problem, plan),
        after=value,
        unserved=unserved,
    )


def _with_what_is_broken(after: Disturbed, plan: Plan) -> Disturbed:
    """Units and requests that the plan serves against the rules count as touched, too."""
    units, requests = set(after.units), set(after.requests)
    known = after.problem.unit_index
    for one in violations(after.problem, plan):
        if one.request:
            requests.add(one.request)
        if one.unit in known and one.code in _OF_A_UNIT:
            units.add(one.unit)
    return replace(after, units=frozenset(units), requests=frozenset(requests))


def _confirmed(plan: Plan) -> Plan:
    if any(stop.confirmed for stop in plan.stops):
        return plan
    return replace(plan, stops=tuple(replace(stop, confirmed=True) for stop in plan.stops))


def _refuse_rotations(problem: Problem, plan: Plan, after: Disturbed) -> None:
    turning = {unit for rotation in problem.rotations for unit in rotation.units}
    touched = after.units | {s.unit for s in plan.stops if s.request in after.requests}
    if broken := sorted(turning & touched):
        raise CannotReplan(
            f"Units {', '.join(broken)} rotate: change the rotation's periods or units and solve anew."
        )


def _smallest(
    after: Disturbed, plan: Plan, locks: tuple[Lock, ...], today: int
) -> tuple[Smallest, tuple[str, ...]]:
    """What gives way: stops that cannot stand at all, then the cheapest of those in conflict."""
    costs = _costs(plan, locks)
    lost = _lost(after, plan)
    finder = SmallestChange(after.problem, [one for one in plan.stops if one not in lost], costs)
    asked = after.units | _leaning(after, plan, lost)
    given_up = {unit: finder.among(unit) for unit in sorted(asked)}
    urgent: list[Stop] = []
    unserved: list[str] = []
    proven = len(after.urgent) <= 1
    for request in after.urgent:
        placed = finder.place(request, today, given_up)
        if placed is None:
            unserved.append(request)
            continue
        stop, given, shown = placed
        proven &= shown
        urgent.append(stop)
        finder.add(stop)
        given_up[stop.unit] = given
    removed = sorted({*lost, *(stop for stops in given_up.values() for stop in stops)})
    weight = math.fsum(stop.weight for stop in removed if stop.confirmed)
    alone_weight = math.fsum(stop.weight for stop in lost if stop.confirmed)
    conflicts = (*(Conflict((stop,)) for stop in sorted(lost)), *finder.conflicts)
    bound = weight if (proven and finder.is_proven) or weight == alone_weight else None
    left = {u: [s for s in stops if s not in removed] for u, stops in finder.by_unit.items()}
    touched = asked | {stop.unit for stop in urgent}
    maintenance = {
        unit: finder.standing.maintenance(
            unit, [*left.get(unit, []), *(stop for stop in urgent if stop.unit == unit)]
        )
        or ()
        for unit in sorted(touched)
    }
    found = Smallest(tuple(removed), weight, bound, conflicts, maintenance, tuple(sorted(urgent)))
    return found, tuple(unserved)


def _lost(after: Disturbed, plan: Plan) -> set[Stop]:
    """The stops that cannot stand even alone; those that nothing has touched are not asked.

    Where a stop may need another one to stand, being alone says nothing.
    """
    standing, problem = Standing(after.problem), after.problem
    return {
        stop
        for stop in plan.stops
        if (stop.request in after.requests or stop.unit in after.units)
        and not (
            standing.is_known(stop)
            and (
                leans_on_earlier(problem.units[problem.unit_index[stop.unit]])
                or standing.maintenance(stop.unit, [stop]) is not None
            )
        )
    }


def _leaning(after: Disturbed, plan: Plan, lost: set[Stop]) -> set[str]:
    """Units with a stop lost or touched whose others may have needed it."""
    problem = after.problem
    touched = {one.unit for one in plan.stops if one in lost or one.request in after.requests}
    return {one.id for one in problem.units if one.id in touched and leans_on_earlier(one)}


def _costs(plan: Plan, locks: tuple[Lock, ...]) -> dict[Stop, float]:
    """Weights; locks cost more than all else, what is not confirmed only breaks ties."""
    weights = [stop.weight for stop in plan.stops if stop.confirmed and stop.weight > 0]
    grain = min(weights, default=1.0) / (len(plan.stops) + 1) / 1000
    fixed = {(lock.unit, lock.request, lock.open) for lock in locks}
    dear = math.fsum(weights) + 1
    return {
        stop: (stop.weight if stop.confirmed else 0.0)
        + grain
        + (dear if (stop.unit, stop.request, stop.open) in fixed else 0.0)
        for stop in plan.stops
    }


def _standing_plan(
    problem: Problem, after: Disturbed, plan: Plan, smallest: Smallest
) -> tuple[Problem, Plan]:
    """What stands after the smallest change, judged; and the problem with the locks that stand."""
    gone = set(smallest.removed)
    stops = [stop for stop in plan.stops if stop not in gone]
    working = {stop.unit for stop in stops}
    spans: list[MaintenanceSpan] = [
        span
        for span in plan.maintenance
        if span.unit not in smallest.maintenance and span.unit in working
    ]
    for chosen in smallest.maintenance.values():
        spans += chosen
    kept = {(stop.unit, stop.request, stop.open) for stop in stops}
    locks = tuple(one for one in problem.locked if (one.unit, one.request, one.open) in kept)
    left = replace(after.problem, locked=locks)
    standing = Plan(
        stops=tuple(sorted([*stops, *smallest.urgent])),
        maintenance=tuple(sorted(spans)),
        instance=plan.instance,
    )
    return left, standing


def _improved(
    problem: Problem,
    standing: Plan,
    before: Plan,
    smallest: Smallest,
    after: Disturbed,
    stop: StopCriterion,
    budget: float,
    today: int,
    seed: int,
) -> Plan:
    """The best plan found that changes at most ``budget`` more; what stands, if none is better."""
    freed = [one.request for one in smallest.removed]
    touched = {*after.units, *(one.unit for one in smallest.removed)}
    around = nearby(problem, standing.stops, [*sorted(touched)], freed)
    best, worth = standing, judged_value(problem, standing, before).total
    must_stand = {stop.request for stop in smallest.urgent}
    for found in _searched(problem, standing, before, around, stop, budget, today, seed):
        extra = math.fsum(s.weight for s in changed_stops(found.stops, before)) - smallest.weight
        served = {one.request for one in found.stops}
        value = judged_value(problem, found, before).total
        if (
            extra <= budget + 1e-9
            and must_stand <= served
            and value > worth + 1e-9
            and not violations(problem, found)
        ):
            best, worth = found, value
    return best


def _searched(
    problem: Problem,
    standing: Plan,
    before: Plan,
    around: Nearby,
    stop: StopCriterion,
    budget: float,
    today: int,
    seed: int,
) -> Iterable[Plan]:
    """Whole plans with the surroundings searched anew, one for each bonus on what is confirmed."""
    if not around.units:
        return
    bonuses = _BONUSES if budget > 0 else (0.0,)
    for bonus in bonuses:
        part = small_problem(problem, around, standing.stops, locked=budget <= 0, today=today)
        weighted = replace(part, objective=replace(part.objective, change_penalty=bonus))
        inside = Plan(
            stops=tuple(one for one in standing.stops if one.unit in around.units),
            maintenance=tuple(one for one in standing.maintenance if one.unit in around.units),
        )
        try:
            found = solve(weighted, stop=stop, seed=seed, previous=inside)
        except CannotStand:
            continue
        known = {(one.unit, one.request, one.open): one for one in before.stops}
        yield replace(
            standing,
            stops=tuple(
                sorted(
                    [
                        *(one for one in standing.stops if one.unit not in around.units),
                        *(known.get((s.unit, s.request, s.open), s) for s in found.stops),
                    ]
                )
            ),
            maintenance=tuple(
                sorted(
                    [
                        *(m for m in standing.maintenance if m.unit not in around.units),
                        *found.maintenance,
                    ]
                )
            ),
        )
