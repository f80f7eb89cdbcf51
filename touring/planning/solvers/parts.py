"""A problem's parts that nothing binds together, each a problem of its own.

Their plans together are a plan of the whole, their values and bounds add up: a unit and a request
that it fits, stops at one host or place group, a crew, and a floor or promise that is paid for bind.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from touring.planning.problem import WEIGHTED, Problem, Region
from touring.planning.result import Plan

_MOST_STOPS = 30
_MOST_STATES = 16
_MOST_CELLS = 2e10


def seasons_are_short(problem: Problem) -> bool:
    """Is a season of every unit a few stops, and the problem one that columns can state?

    Weighted problems without rotations; at most 30 stops fit into any unit's days, at most four
    needs for maintenance, and the tables of all units together stay within 2e10 cells.
    """
    if problem.objective.mode != WEIGHTED or problem.rotations:
        return False
    cells = 0.0
    for u, unit in enumerate(problem.units):
        fitting = [problem.requests[r].stay_days for r in problem.fits[u].nonzero()[0]]
        days = sum(end - first for first, end in unit.available)
        shortest = min(fitting, default=1) + unit.setup_days + unit.strike_days
        states = 1 << len(unit.maintenance)
        if min(len(fitting), days / shortest) > _MOST_STOPS or states > _MOST_STATES:
            return False
        cells += len(fitting) ** 2 * days * states
    return bool(problem.units and problem.requests) and cells <= _MOST_CELLS


def parts_of(problem: Problem) -> list[Problem]:
    """The parts, those with the most pairs of unit and request first; one alone: the whole."""
    if problem.objective.mode != WEIGHTED or problem.rotations or not problem.units:
        return [problem]
    count, label_of_unit, label_of_host = _labels(problem)
    if count == 1:
        return [problem]
    names = [
        (
            {
                one.id
                for one, mine in zip(problem.units, label_of_unit, strict=True)
                if mine == label
            },
            {
                one.id
                for one, mine in zip(problem.hosts, label_of_host, strict=True)
                if mine == label
            },
        )
        for label in range(count)
    ]
    floors = _floors_by_host(problem)
    parts = [_part(problem, units, hosts, floors) for units, hosts in names if units or hosts]
    return sorted(parts, key=lambda one: (-len(one.units) * len(one.requests), one.name))


def most_coverage(problem: Problem) -> float:
    """No plan is worth more than every request that some unit fits at its best preference."""
    served = np.asarray(problem.fits.any(axis=0)).tolist()
    return math.fsum(
        one.value * max((window.preference for window in one.windows), default=0.0)
        for one, fits in zip(problem.requests, served, strict=True)
        if fits
    )


def part_of_plan(part: Problem, plan: Plan | None) -> Plan | None:
    """The stops and maintenance of the part's units: each change is counted in one part alone."""
    if plan is None:
        return None
    return replace(
        plan,
        stops=tuple(stop for stop in plan.stops if stop.unit in part.unit_index),
        maintenance=tuple(span for span in plan.maintenance if span.unit in part.unit_index),
    )


def united(whole: Plan, plans: Iterable[Plan]) -> Plan:
    """The plans of parts as one, named like ``whole``."""
    listed = list(plans)
    return replace(
        whole,
        stops=tuple(sorted(stop for plan in listed for stop in plan.stops)),
        maintenance=tuple(sorted(span for plan in listed for span in plan.maintenance)),
    )


def _labels(problem: Problem) -> tuple[int, Sequence[int], Sequence[int]]:
    """A number for each unit and host; those that are bound together have the same."""
    units, hosts = len(problem.units), len(problem.hosts)
    pairs: list[tuple[int, int]] = []
    by_host = np.zeros((units, hosts), dtype=bool)
    for r, host in enumerate(problem.request_host.tolist()):
        by_host[:, host] |= problem.fits[:, r]
    pairs += [(int(u), units + int(h)) for u, h in np.argwhere(by_host)]
    pairs += _chained(_by_group(problem), units)
    floors = _floors_by_host(problem)
    pairs += _chained(floors.values(), units)
    for pairing in problem.pairings:
        inside = floors[f"pairing {pairing.id}"]
        named = [problem.unit_index[name] for name in pairing.units or ()]
        pairs += [(unit, units + host) for unit in named for host in inside[:1]]
    crews: dict[str, list[int]] = {}
    for u, unit in enumerate(problem.units):
        if unit.crew is not None:
            crews.setdefault(unit.crew, []).append(u)
    pairs += _chained(crews.values(), 0)
    rows = np.array([one for one, _ in pairs], dtype=np.int64)
    columns = np.array([two for _, two in pairs], dtype=np.int64)
    # 50 MB in every process of the service; only who plans should pay
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs)), (rows, columns)), shape=(units + hosts, units + hosts))
    count, labels = connected_components(graph, directed=False)
    return int(count), labels[:units].tolist(), labels[units:].tolist()


def _chained(groups: Iterable[Sequence[int]], offset: int) -> list[tuple[int, int]]:
    """Neighbours in each group, which bind all of it."""
    return [
        (offset + one, offset + two) for group in groups for one, two in itertools.pairwise(group)
    ]


def _by_group(problem: Problem) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for h, host in enumerate(problem.hosts):
        if host.place_group is not None:
            groups.setdefault(host.place_group, []).append(h)
    return list(groups.values())


def _floors_by_host(problem: Problem) -> dict[str, list[int]]:
    """Hosts inside each region with a floor and each promise."""
    inside: dict[str, list[int]] = {}
    for h in range(len(problem.hosts)):
        for name in problem.regions_of_host(h):
            inside.setdefault(name, []).append(h)
    found = {
        f"region {one.id}": inside.get(one.id, []) for one in problem.regions if _has_floor(one)
    }
    found |= {f"pairing {one.id}": inside.get(one.region, []) for one in problem.pairings}
    return found


def _has_floor(region: Region) -> bool:
    share = region.min_township_share
    return bool(region.min_stops or region.min_value or share is not None)


def _without_floor(region: Region) -> Region:
    return replace(region, min_stops=None, min_value=None, min_township_share=None)


def _regions_around(
    problem: Problem, units: set[str], hosts: set[str], promised: set[str]
) -> set[str]:
    """The regions of these hosts, units and promises, with all above them."""
    parents = {one.id: one.parent for one in problem.regions}
    named = promised | {host.region for host in problem.hosts if host.id in hosts}
    named |= {name for one in problem.units if one.id in units for name in one.regions or ()}
    named |= {one.region for one in problem.pairings}
    found: set[str] = set()
    for name in named:
        above: str | None = name
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found


def _part(
    problem: Problem, units: set[str], hosts: set[str], floors: dict[str, list[int]]
) -> Problem:
    """What concerns these units and hosts; a floor without any host stays with the first unit."""

    def is_mine(name: str) -> bool:
        inside = floors.get(name, [])
        if inside:
            return problem.hosts[inside[0]].id in hosts
        return problem.units[0].id in units

    requests = tuple(one for one in problem.requests if one.host in hosts)
    wanted = {one.id for one in requests}
    groups = {one.place_group for one in problem.hosts if one.id in hosts}
    first = min([*units, *hosts])
    promised = {
        one.id for one in problem.regions if _has_floor(one) and is_mine(f"region {one.id}")
    }
    known = _regions_around(problem, units, hosts, promised)
    return replace(
        problem,
        name=f"{problem.name} / {first}",
        hosts=tuple(one for one in problem.hosts if one.id in hosts),
        units=tuple(one for one in problem.units if one.id in units),
        requests=requests,
        regions=tuple(
            one if one.id in promised else _without_floor(one)
            for one in problem.regions
            if one.id in known
        ),
        pairings=tuple(one for one in problem.pairings if is_mine(f"pairing {one.id}")),
        locked=tuple(one for one in problem.locked if one.unit in units),
        forbidden=tuple(
            one for one in problem.forbidden if one.unit in units and one.request in wanted
        ),
        crews=tuple(
            crew
            for crew in problem.crews
            if any(one.crew == crew.id for one in problem.units if one.id in units)
        ),
        history=tuple(one for one in problem.history if one.place_group in groups),
    )
