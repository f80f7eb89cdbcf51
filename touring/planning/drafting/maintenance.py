"""Maintenance for seasons whose stops were placed by hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solvers import Draft, Options, place_previous


def with_maintenance(problem: Problem, plan: Plan, *, units: Collection[str]) -> Plan:
    """The plan with the maintenance of ``units`` placed anew around their stops.

    What other units have stays. A unit whose stops leave no room for its needs keeps the spans
    it had, so that the judge can say what stands in the way. Stops are never touched.
    """
    kept = [span for span in plan.maintenance if span.unit not in units]
    for unit in sorted(units):
        stops = tuple(stop for stop in plan.stops if stop.unit == unit)
        found = _placed(problem, unit, stops)
        if found is None:
            found = [span for span in plan.maintenance if span.unit == unit]
        kept += found
    return replace(plan, maintenance=tuple(sorted(kept)))


def _placed(problem: Problem, unit: str, stops: tuple[Stop, ...]) -> list[MaintenanceSpan] | None:
    """Spans for each need, or ``None`` when the stops do not stand with all of them."""
    index = problem.unit_index.get(unit)
    if index is None or not problem.units[index].maintenance:
        return []
    asked = {stop.request for stop in stops}
    alone = replace(
        problem,
        units=(problem.units[index],),
        requests=tuple(one for one in problem.requests if one.id in asked),
        locked=(),
        pairings=(),
        rotations=(),
    )
    draft = Draft(alone, Options(alone))
    place_previous(draft, Plan(stops=stops))
    plan = draft.plan()
    days = {(stop.request, stop.open) for stop in plan.stops}
    stands = days == {(stop.request, stop.open) for stop in stops}
    return list(plan.maintenance) if stands else None
