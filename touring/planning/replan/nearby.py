"""The problem around a disturbance: a few units, what they may still serve, and all else as walls.

What the other units do is turned into data of the small problem: days cut out of windows where they
stand or where their gaps forbid a stop, and floors less by what they serve. It is a little stricter
than the whole problem, never looser in the rules between stops; ``check`` judges the whole afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from touring.planning.objective import floors_of
from touring.planning.problem import Host, Lock, Pairing, Problem, Region, Request, Span, Window
from touring.planning.replan.roads import Roads
from touring.planning.result import Stop

_MOST_UNITS = 16
_MOST_REQUESTS = 150


@dataclass(frozen=True)
class Nearby:
    """The small problem's parts before it is put together."""

    units: frozenset[str]
    requests: frozenset[str]


def nearby(
    problem: Problem, stops: Iterable[Stop], touched: Iterable[str], freed: Iterable[str]
) -> Nearby:
    """The touched units, the nearest ones that could serve a freed request, and open requests.

    Units of rotations stay out: their table is made as a whole.
    """
    rotating = {unit for rotation in problem.rotations for unit in rotation.units}
    chosen = [unit for unit in dict.fromkeys(touched) if unit not in rotating]
    by_unit: dict[str, list[int]] = {}
    served = set()
    for stop in stops:
        served.add(stop.request)
        host = int(problem.request_host[problem.request_index[stop.request]])
        by_unit.setdefault(stop.unit, []).append(host)
    wanted = [r for one in freed if (r := problem.request_index.get(one)) is not None]
    near: list[tuple[float, int]] = []
    roads = Roads(problem)
    for r in wanted:
        host = int(problem.request_host[r])
        for u in np.flatnonzero(problem.fits[:, r]).tolist():
            places = by_unit.get(problem.units[u].id, [])
            homes, hosts = roads.km(host)
            near.append((min([float(homes[u]), *hosts[places].tolist()]), u))
    for _, u in sorted(near):
        if len(chosen) >= _MOST_UNITS:
            break
        name = problem.units[u].id
        if name not in rotating and name not in chosen:
            chosen.append(name)
    rows = [problem.unit_index[unit] for unit in chosen]
    able = problem.fits[rows].any(axis=0) if rows else np.zeros(len(problem.requests), dtype=bool)
    open_requests = [
        r for r in np.flatnonzero(able).tolist() if problem.requests[r].id not in served
    ]
    open_requests.sort(key=lambda r: (r not in wanted, -problem.requests[r].value, r))
    names = {problem.requests[r].id for r in open_requests[:_MOST_REQUESTS]}
    return Nearby(frozenset(chosen), frozenset(names))


def small_problem(
    problem: Problem, around: Nearby, stops: Iterable[Stop], *, locked: bool, today: int
) -> Problem:
    """The problem of these units; their standing stops are locks, or free to move."""
    listed = list(stops)
    inside = [stop for stop in listed if stop.unit in around.units]
    outside = [stop for stop in listed if stop.unit not in around.units]
    standing = {stop.request: stop for stop in inside}
    fixed = [stop for stop in inside if locked or _has_begun(problem, stop, today)]
    walls = _walls(problem, outside)
    requests = []
    for request in problem.requests:
        if request.id in standing:
            stands = standing[request.id]
            requests.append(request if stands in fixed else _from(request, stands, today, problem))
        elif request.id in around.requests:
            cut = _cut(problem, request, walls, today)
            if cut is not None:
                requests.append(cut)
    named = {request.host for request in requests}
    units = tuple(unit for unit in problem.units if unit.id in around.units)
    ids = {request.id for request in requests}
    hosts = tuple(host for host in problem.hosts if host.id in named)
    groups = {host.place_group for host in hosts}
    crews = {unit.crew for unit in units}
    regions, pairings = _promises(problem, outside)
    return replace(
        problem,
        hosts=hosts,
        units=units,
        requests=tuple(requests),
        regions=regions,
        pairings=tuple(_of_units(one, around.units) for one in pairings),
        crews=tuple(crew for crew in problem.crews if crew.id in crews),
        locked=tuple(Lock(s.unit, s.request, s.open) for s in fixed),
        rotations=(),
        history=tuple(one for one in problem.history if one.place_group in groups),
        forbidden=tuple(
            one for one in problem.forbidden if one.unit in around.units and one.request in ids
        ),
        hash="",
    )


def _has_begun(problem: Problem, stop: Stop, today: int) -> bool:
    return stop.open - problem.units[problem.unit_index[stop.unit]].setup_days < today


def _from(request: Request, stands: Stop, today: int, problem: Problem) -> Request:
    """A request whose stop is still to come, without the days that are over."""
    if today <= 0:
        return request
    first = min(stands.open, today + max(unit.setup_days for unit in problem.units))
    windows = (replace(one, first=max(one.first, first)) for one in request.windows)
    return replace(request, windows=tuple(one for one in windows if one.first < one.end))


@dataclass(frozen=True)
class _Walls:
    """Spans ``[arrive, leave)`` by host and ``[open, close)`` by place group."""

    hosts: dict[str, list[Span]]
    groups: dict[str, list[Span]]
    gap: int


def _walls(problem: Problem, outside: list[Stop]) -> _Walls:
    gaps = problem.gaps
    walls = _Walls({}, {}, max(gaps.any_gap_days, gaps.same_exhibition_gap_days))
    for stop in outside:
        request = problem.requests[problem.request_index[stop.request]]
        unit = problem.units[problem.unit_index[stop.unit]]
        host = problem.hosts[problem.host_index[request.host]]
        close = stop.open + request.stay_days
        walls.hosts.setdefault(host.id, []).append(
            (stop.open - unit.setup_days, close + unit.strike_days)
        )
        if host.place_group is not None:
            walls.groups.setdefault(host.place_group, []).append((stop.open, close))
    return walls


def _cut(problem: Problem, request: Request, walls: _Walls, today: int) -> Request | None:
    """The request without the days that stops of others forbid; ``None`` when none is left."""
    host: Host = problem.hosts[problem.host_index[request.host]]
    setup = max(unit.setup_days for unit in problem.units)
    strike = max(unit.strike_days for unit in problem.units)
    shut = [(a - strike, b + setup) for a, b in walls.hosts.get(host.id, ())]
    shut += [
        (a - walls.gap, b + walls.gap) for a, b in walls.groups.get(host.place_group or "", ())
    ]
    if today > 0:
        shut.append((-problem.days, today + setup))
    windows = list(request.windows)
    for first, end in shut:
        windows = [
            replace(window, first=a, end=b)
            for window in windows
            for a, b in (
                (window.first, min(window.end, first)),
                (max(window.first, end), window.end),
            )
            if b - a >= request.stay_days
        ]
    left = tuple(window for window in windows if _inside(window, problem.days))
    return replace(request, windows=left) if left else None


def _inside(window: Window, days: int) -> bool:
    return window.first < days and window.end > 0


def _promises(
    problem: Problem, outside: list[Stop]
) -> tuple[tuple[Region, ...], tuple[Pairing, ...]]:
    """Floors less by what the other units serve; the township share is left to the judge."""
    reached = {
        (floor.kind, floor.id, floor.measure): floor.reached
        for floor in floors_of(problem, outside)
    }

    def less(kind: str, one: Region | Pairing) -> dict[str, float | int | None]:
        stops, value = reached.get((kind, one.id, "stops")), reached.get((kind, one.id, "value"))
        return {
            "min_stops": None if stops is None else max(0, (one.min_stops or 0) - int(stops)),
            "min_value": None if value is None else max(0.0, (one.min_value or 0.0) - value),
        }

    return (
        tuple(
            replace(one, min_township_share=None, **less("region", one))  # type: ignore[arg-type]  # both fields by name
            for one in problem.regions
        ),
        tuple(replace(one, **less("pairing", one)) for one in problem.pairings),  # type: ignore[arg-type]  # the same
    )


def _of_units(pairing: Pairing, units: frozenset[str]) -> Pairing:
    """A pairing that names units outside of the small problem names none of them."""
    if pairing.units is None:
        return pairing
    return replace(pairing, units=tuple(unit for unit in pairing.units if unit in units))
