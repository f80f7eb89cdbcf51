"""Regional rotation: k units change among k hosts as a Latin square (H11).

The square that is worth most (:mod:`touring.planning.solvers.squares`) is scheduled first: period
by period, stops as early as crews, trucks and the leaving unit allow. Where its days do not work
out, every unit walks around one circle of the hosts, one step a period (the cyclic Latin square);
of all circles and starts those with the fewest kilometres are tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from touring.planning.problem import Problem, Rotation
from touring.planning.solvers.draft import Draft, Task, pinned
from touring.planning.solvers.options import NEVER, first_in
from touring.planning.solvers.squares import Walk, period_openings

_ALL_CIRCLES_UP_TO = 6
_TRIES = 24


def place_rotation(draft: Draft, rotation: Rotation, best: Sequence[Walk] = ()) -> bool:
    """Put the whole rotation into the draft as fixed stops; the draft is unchanged on failure.

    ``best`` are the walks to try first.
    """
    units = [draft.problem.unit_index[unit] for unit in rotation.units]
    before = {unit: draft.seasons[unit] for unit in units}
    for walks in itertools.chain([best] if best else [], _walks(draft.problem, rotation)):
        for shift in range(rotation.swap_days + 1):
            if _scheduled(draft, rotation, units, walks, shift):
                return True
            draft.restore(before)
    return False


def _walks(problem: Problem, rotation: Rotation) -> Iterator[list[Walk]]:
    """Walks around circles, the cheapest first; any request of a host will do."""
    from scipy.optimize import linear_sum_assignment  # takes seconds; rotations only

    hosts = [problem.host_index[host] for host in rotation.hosts]
    units = [problem.unit_index[unit] for unit in rotation.units]
    fits = problem.facility_fits & problem.region_fits
    found: list[tuple[float, list[list[int]]]] = []
    for circle in _circles(problem, hosts):
        costs = np.array(
            [
                [
                    _walk_cost(problem, unit, _walk(circle, start, rotation), fits)
                    for start in range(len(circle))
                ]
                for unit in units
            ]
        )
        rows, starts = linear_sum_assignment(np.minimum(costs, 1e15))
        total = float(costs[rows, starts].sum())
        if total < 1e15:
            found.append((total, [_walk(circle, int(start), rotation) for start in starts]))
    found.sort(key=lambda one: one[0])
    for _, walks in found[:_TRIES]:
        yield [tuple((host, None) for host in walk) for walk in walks]


def _circles(problem: Problem, hosts: list[int]) -> Iterator[tuple[int, ...]]:
    """Orders around a circle: all for small groups, nearest neighbour chains for large ones."""
    if len(hosts) <= _ALL_CIRCLES_UP_TO:
        for rest in itertools.permutations(hosts[1:]):
            yield (hosts[0], *rest)
        return
    for first in hosts:
        circle, left = [first], [host for host in hosts if host != first]
        while left:
            nearest = min(left, key=lambda host: (problem.host_km[circle[-1], host], host))
            circle.append(nearest)
            left.remove(nearest)
        yield tuple(circle)


def _walk(circle: tuple[int, ...], start: int, rotation: Rotation) -> list[int]:
    return [circle[(start + p) % len(circle)] for p in range(len(rotation.periods))]


def _walk_cost(problem: Problem, unit: int, walk: list[int], fits: np.ndarray) -> float:
    if not all(fits[unit, host] for host in walk):
        return 1e15
    km = float(problem.km_from_home[unit, walk[0]])
    km += sum(float(problem.host_km[one, two]) for one, two in itertools.pairwise(walk))
    if problem.units[unit].returns_home:
        km += float(problem.km_to_home[unit, walk[-1]])
    return km


def _scheduled(
    draft: Draft, rotation: Rotation, units: list[int], walks: Sequence[Walk], shift: int
) -> bool:
    """Schedule the walks; the first period's stops close about ``shift`` days before the boundary."""
    moving: dict[int, int] = {}
    for p in range(len(rotation.periods)):
        order = sorted(range(len(units)), key=lambda i: (draft.seasons[units[i]].leaves[-1:], i))
        for i in order:
            unit, cell = units[i], walks[i][p]
            task = _task(draft, unit, cell, rotation, p, shift if p == 0 else None)
            origin = walks[i][p - 1][0] if p else None
            if task is None or not _put_moving(draft, rotation, unit, task, origin, moving):
                return False
    return True


def _put_moving(
    draft: Draft,
    rotation: Rotation,
    unit: int,
    task: Task,
    origin: int | None,
    moving: dict[int, int],
) -> bool:
    """Append the stop on the first day on which a truck is free for the move to it."""
    trucks = rotation.trucks or NEVER
    days = 0 if origin is None else draft.travel_days(unit, origin, task.place)
    begin = task.spans[0][0]
    while begin < NEVER:
        later = pinned_from(task, begin)
        if later is None or not _append(draft, unit, later):
            return False
        begin = draft.seasons[unit].begins[_place_of(draft, unit, task)]
        arrival = begin - task.before
        road = range(arrival - days, arrival)
        if all(moving.get(day, 0) < trucks for day in road):
            for day in road:
                moving[day] = moving.get(day, 0) + 1
            _fix(draft, unit, task, begin)
            return True
        _drop(draft, unit, task)
        begin += 1
    return False


def pinned_from(task: Task, day: int) -> Task | None:
    """The same task, not before ``day``."""
    spans = tuple((max(first, day), end) for first, end in task.spans if end > day)
    if not spans:
        return None
    return Task(task.option, task.place, task.before, task.length, task.after, spans)


def _append(draft: Draft, unit: int, task: Task) -> bool:
    """Behind the last stop, with maintenance before or behind it."""
    tasks = draft.seasons[unit].tasks
    last = max((i for i, one in enumerate(tasks) if one.option >= 0), default=-1)
    return any(
        draft.put(unit, (*tasks[:place], task, *tasks[place:]))
        for place in range(last + 1, len(tasks) + 1)
    )


def _place_of(draft: Draft, unit: int, task: Task) -> int:
    options = [one.option for one in draft.seasons[unit].tasks]
    return options.index(task.option)


def _fix(draft: Draft, unit: int, task: Task, begin: int) -> None:
    tasks = tuple(
        pinned(one, begin) if one.option == task.option else one
        for one in draft.seasons[unit].tasks
    )
    draft.put(unit, tasks)


def _drop(draft: Draft, unit: int, task: Task) -> None:
    kept = tuple(one for one in draft.seasons[unit].tasks if one.option != task.option)
    draft.put(unit, kept)


def _task(
    draft: Draft,
    unit: int,
    cell: tuple[int, int | None],
    rotation: Rotation,
    period: int,
    shift: int | None,
) -> Task | None:
    """The stop of a unit in a period, within the swap days: the cell's request, the dearest first."""
    options, (host, wanted) = draft.options, cell
    candidates = [
        int(k)
        for k in options.of_unit(unit)
        if options.host[k] == host and draft.free[k] and options.pins[k] is None
    ]
    for option in sorted(
        candidates, key=lambda k: (options.request[k] != wanted, -options.worth[k], k)
    ):
        task = draft.task_for(unit, option)
        span = _period_openings(rotation, period, task.length, shift)
        spans = tuple(
            (max(first, span[0]), min(end, span[1]))
            for first, end in task.spans
            if max(first, span[0]) < min(end, span[1])
        )
        if spans and first_in(spans, 0) < NEVER:
            return Task(option, host, task.before, task.length, task.after, spans)
    return None


def _period_openings(
    rotation: Rotation, period: int, stay: int, shift: int | None
) -> tuple[int, int]:
    """Openings of the period; with ``shift``, closing at most so many days before its end."""
    earliest, end = period_openings(rotation, period, stay)
    if shift is not None and period < len(rotation.periods) - 1:
        earliest = max(earliest, rotation.periods[period + 1][0] - shift - stay)
    return earliest, end
