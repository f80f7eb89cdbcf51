"""What stands before any search begins: locks, and the stops of a previous plan."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

from touring.planning.problem import Problem
from touring.planning.result import Plan, Stop
from touring.planning.solvers.draft import Draft, Task, pinned
from touring.planning.solvers.options import Pin

_MOST_ORDERS = 2000


def pins_for(problem: Problem, previous: Plan | None) -> list[Pin]:
    """A pin per lock, and per confirmed stop of the previous plan with what keeping it saves."""
    savings: dict[tuple[str, str, int], float] = {}
    for lock in problem.locked:
        savings[(lock.unit, lock.request, lock.open)] = 0.0
    for stop in previous.stops if previous is not None else ():
        known = stop.unit in problem.unit_index and stop.request in problem.request_index
        if stop.confirmed and known:
            saving = problem.objective.change_penalty * stop.weight
            savings[(stop.unit, stop.request, stop.open)] = saving
    return [
        Pin(problem.unit_index[unit], problem.request_index[request], day, saving)
        for (unit, request, day), saving in savings.items()
    ]


def place_locks(draft: Draft) -> list[int]:
    """Put the locked stops in place for good; returns the locks that cannot stand together."""
    refused: list[int] = []
    by_unit: dict[int, list[int]] = {}
    for i, lock in enumerate(draft.problem.locked):
        by_unit.setdefault(draft.problem.unit_index[lock.unit], []).append(i)
    for unit, locks in by_unit.items():
        stops = []
        for i in sorted(locks, key=lambda one: draft.problem.locked[one].open):
            lock = draft.problem.locked[i]
            task = _pinned_task(draft, unit, lock.request, lock.open)
            stops.append(pinned(task, lock.open))
        if unit in draft.barred or not _arranged(draft, unit, stops):
            refused += locks
    return refused


def place_previous(draft: Draft, previous: Plan) -> None:
    """Put back what still fits of a previous plan, heavier confirmed stops first."""
    problem = draft.problem
    for stop in sorted(previous.stops, key=lambda one: (not one.confirmed, -one.weight, one)):
        u, r = problem.unit_index.get(stop.unit), problem.request_index.get(stop.request)
        if u is None or r is None or r in draft.unit_of_request or u in draft.barred:
            continue
        if not problem.fits[u, r]:
            continue
        task = _pinned_task(draft, u, stop.request, stop.open)
        for tasks in _around(draft, u, task, stop):
            if draft.put(u, tasks):
                break


def _around(draft: Draft, unit: int, task: Task, stop: Stop) -> Iterator[tuple[Task, ...]]:
    """The season with the stop at each place, those that keep the order of days first.

    Units that must come home are then tried with a rest before, behind or on both sides.
    """
    season = draft.seasons[unit]
    natural = sum(1 for begin in season.begins if begin < stop.open)
    places = sorted(range(len(season.tasks) + 1), key=lambda place: (abs(place - natural), place))
    for place in places:
        yield (*season.tasks[:place], task, *season.tasks[place:])
    if draft.problem.units[unit].max_days_out is not None:
        rest = draft.rest_task(unit)
        for place in places:
            head, tail = season.tasks[:place], season.tasks[place:]
            yield (*head, rest, task, *tail)
            yield (*head, task, rest, *tail)
            yield (*head, rest, task, rest, *tail)


def _pinned_task(draft: Draft, unit: int, request: str, day: int) -> Task:
    """The stop bound to its day, though not for good."""
    r = draft.problem.request_index[request]
    for k in draft.options.rows_of_request(r):
        pin = draft.options.pins[k]
        if pin is not None and pin.unit == unit and pin.open == day:
            return draft.task_for(unit, int(k))
    k = max(
        (int(k) for k in draft.options.rows_of_request(r)),
        key=lambda k: (_holds(draft, unit, k, day), draft.options.worth[k]),
    )
    task = draft.task_for(unit, k)
    spans = tuple((day, day + 1) for first, end in task.spans if first <= day < end)
    return Task(task.option, task.place, task.before, task.length, task.after, spans)


def _holds(draft: Draft, unit: int, option: int, day: int) -> bool:
    pinned_elsewhere = draft.options.pins[option] is not None
    return not pinned_elsewhere and any(
        first <= day < end for first, end in draft.options.spans(unit, option)
    )


def _arranged(draft: Draft, unit: int, stops: list[Task]) -> bool:
    """Try the tasks at home at every place between the stops."""
    others = draft.seasons[unit].tasks
    for order in itertools.islice(_mixes(tuple(stops), others), _MOST_ORDERS):
        if draft.put(unit, order) or _rested(draft, unit, order):
            return True
    return False


def _mixes(stops: tuple[Task, ...], others: tuple[Task, ...]) -> Iterator[tuple[Task, ...]]:
    places = range(len(stops) + 1)
    for chosen in itertools.product(places, repeat=len(others)):
        mixed: list[Task] = []
        for place in places:
            mixed += [task for task, where in zip(others, chosen, strict=True) if where == place]
            mixed += stops[place : place + 1]
        yield tuple(mixed)


def _rested(draft: Draft, unit: int, order: tuple[Task, ...]) -> bool:
    """The same with a rest behind every stop, for units that must come home."""
    if draft.problem.units[unit].max_days_out is None:
        return False
    rest = draft.rest_task(unit)
    rested = itertools.chain.from_iterable(
        (task, rest) if task.option >= 0 else (task,) for task in order
    )
    return draft.put(unit, tuple(rested))


def place_plan(draft: Draft, plan: Plan, finish: Callable[[], object]) -> bool:
    """Give the draft this plan's seasons if they are worth more; says whether it did.

    Stops are put on their days, which every rule between units allows, then moved as early as
    the draft would have them; ``finish`` may then add to them before the worth is compared.
    """
    kept, score = dict(enumerate(draft.seasons)), draft.score()
    stops: dict[str, list[Stop]] = {}
    for stop in plan.stops:
        stops.setdefault(stop.unit, []).append(stop)
    for unit, season in kept.items():
        draft.put(unit, tuple(task for task in season.tasks if task.fixed))
    for unit in kept:
        own = stops.get(draft.problem.units[unit].id, [])
        if not _given(draft, unit, own, plan):
            draft.restore(kept)
            return False
    for unit in kept:
        tasks = draft.seasons[unit].tasks
        draft.put(unit, tuple(_loose(draft, unit, task) for task in tasks))
    finish()
    if draft.score() <= score + 1e-9:
        draft.restore(kept)
        return False
    return True


def _given(draft: Draft, unit: int, stops: list[Stop], plan: Plan) -> bool:
    """Put the stops and the maintenance in the order of their days."""
    tasks = draft.seasons[unit].tasks
    locked = {draft.options.request_list[one.option]: one for one in tasks if one.option >= 0}
    needs = [task for task in tasks if task.need >= 0]
    placed = [(task.spans[0][0], 0, task) for task in tasks if task.option < 0 and task.need < 0]
    for span in sorted(plan.maintenance):
        if stops and span.unit == draft.problem.units[unit].id:
            need = next((n for n in needs if _takes(n, span.first, span.end - span.first)), None)
            if need is None:
                return False
            needs.remove(need)
            placed.append((span.first, 1, replace(need, spans=((span.first, span.first + 1),))))
    if not stops:
        return True
    for stop in sorted(stops):
        r = draft.problem.request_index[stop.request]
        task = locked.get(r) or _pinned_task(draft, unit, stop.request, stop.open)
        placed.append((stop.open - task.before, 2, task))
    order = tuple(task for _, _, task in sorted(placed, key=lambda one: one[:2]))
    return not needs and (draft.put(unit, order) or _rested(draft, unit, order))


def _takes(need: Task, first: int, days: int) -> bool:
    return need.length == days and any(a <= first < b for a, b in need.spans)


def _loose(draft: Draft, unit: int, task: Task) -> Task:
    """The same task on any of its days; what is locked stays."""
    if task.need >= 0:
        home = draft.home_tasks(unit)
        return next(one for one in home if one.need == task.need)
    if task.option < 0 or task.fixed:
        return task
    return draft.task_for(unit, task.option)
