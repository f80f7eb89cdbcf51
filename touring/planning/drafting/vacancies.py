"""On which days each unit could open a stop while all others stay where they are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from touring.planning.explain.fitting import unit_misfit
from touring.planning.problem import Problem, Span
from touring.planning.problem.openings import intersected, merged
from touring.planning.result import Plan, Reason
from touring.planning.solvers import Draft, Options, place_previous
from touring.planning.solvers.draft import HOME, Task


@dataclass(frozen=True)
class Vacancy:
    """What one unit could do for a request.

    Parameters
    ----------
    misfit
        Why the unit can never serve it; then both tuples are empty.
    calendar
        Opening days that windows, closures, availability and papers allow, as half-open spans.
    free
        Of these, the days on which the unit can also come and go on, and no rule between stops
        stands against it (H1-H3, H5, H7, H10). Limits on kilometres and days out (H9) and
        rotations (H11) are left to the judge.
    """

    unit: str
    misfit: Reason | None
    calendar: tuple[Span, ...] = ()
    free: tuple[Span, ...] = ()


def vacancies(problem: Problem, plan: Plan, request: str) -> tuple[Vacancy, ...]:
    """One vacancy per unit, in the problem's order; the request's own stop is taken out first.

    Raises
    ------
    KeyError
        If the request is unknown.
    """
    r = problem.request_index[request]
    others = replace(plan, stops=tuple(one for one in plan.stops if one.request != request))
    bare = replace(problem, locked=(), rotations=())
    draft = Draft(bare, Options(bare))
    place_previous(draft, others)
    return tuple(_vacancy(draft, unit, r) for unit in range(len(problem.units)))


def _vacancy(draft: Draft, unit: int, request: int) -> Vacancy:
    problem = draft.problem
    name = problem.units[unit].id
    misfit = unit_misfit(problem, unit, request)
    if misfit is not None:
        return Vacancy(name, misfit)
    calendar = problem.openings(request, unit)
    task = draft.task_for(unit, draft.options.rows_of_request(request)[0])
    reachable = intersected(calendar, _on_the_road(draft, unit, task))
    return Vacancy(name, None, calendar, merged(draft.undisturbed(unit, task, reachable)))


def _on_the_road(draft: Draft, unit: int, task: Task) -> tuple[Span, ...]:
    """Opening days between the unit's other tasks, travel there and onward included."""
    room = draft.seasons[unit].openings
    found = []
    for start, origin, end, target in zip(
        room.starts.tolist(),
        room.origins.tolist(),
        room.ends.tolist(),
        room.targets.tolist(),
        strict=True,
    ):
        first = start + draft.travel_days(unit, origin, task.place) + task.before
        onward = 0 if target < HOME else draft.travel_days(unit, task.place, target)
        last = end - onward - task.after - task.length
        if first <= last:
            found.append((first, last + 1))
    return merged(found)
