"""A bound for seasons of many stops: who could serve what in which week, and no way in between.

A transport relaxation (Dantzig 1951): every request goes to one week of units that are alike, which
have so many days; a stop costs at least the shortest way to its host. The linear programme gives
prices; the bound is their Lagrangian value, so it holds whatever the solver's tolerances are
(Geoffrion 1974, doi:10.1007/BFb0120690). Floors and musts are in it; idle days cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touring.planning.problem import Pairing, Problem, Region, Unit
from touring.planning.result import Plan

_WEEK = 7
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Ways:
    """A request in a week of alike units, one element each: what it earns and is worth there."""

    request: Numbers
    group: Numbers
    week: Numbers
    profit: Floats
    worth: Floats
    length: Floats


@dataclass(frozen=True, eq=False)
class _Row:
    """``coefficients of the ways - slack <= limit``; slack costs ``penalty`` (infinite: there is none)."""

    which: Numbers
    taken: Floats
    limit: float
    penalty: float = math.inf


def capacity_bound(problem: Problem, previous: Plan | None = None) -> list[float]:
    """Parts that add up to no less than the value of any plan of a weighted problem."""
    groups = _groups(problem)
    ways = _ways(problem, groups, previous)
    rows = [*_capacities(problem, groups, ways), *_floors(problem, groups, ways)]
    prices = _prices(problem, ways, rows)
    reduced = ways.profit.copy()
    for row, price in zip(rows, prices, strict=True):
        np.subtract.at(reduced, row.which, price * row.taken)
    best = np.zeros(len(problem.requests))
    np.maximum.at(best, ways.request, reduced)
    limits = [row.limit * price for row, price in zip(rows, prices, strict=True)]
    return [_constant(problem, previous), *best.tolist(), *limits]


def _prices(problem: Problem, ways: _Ways, rows: list[_Row]) -> list[float]:
    """Of the rows, from the linear programme; never negative, never above the penalty."""
    from scipy.optimize import linprog  # takes a second; only who proves should pay
    from scipy.sparse import csr_array

    if not len(ways.request) or not rows:
        return [0.0] * len(rows)
    once, count = len(problem.requests), len(ways.request)
    slack = [i for i, row in enumerate(rows) if math.isfinite(row.penalty)]
    parts = [
        (ways.request, np.arange(count), np.ones(count)),
        *((np.full(len(row.which), once + i), row.which, row.taken) for i, row in enumerate(rows)),
        (once + np.array(slack, dtype=int), count + np.arange(len(slack)), -np.ones(len(slack))),
    ]
    over, column, value = (np.concatenate(one) for one in zip(*parts, strict=True))
    shape = (once + len(rows), count + len(slack))
    found = linprog(
        np.concatenate([-ways.profit, [rows[i].penalty for i in slack]]),
        A_ub=csr_array((value, (over, column)), shape=shape),
        b_ub=np.concatenate([np.ones(once), [row.limit for row in rows]]),
        method="highs",
    )
    if found.status != 0:
        return [0.0] * len(rows)
    marginals = np.maximum(0.0, -np.asarray(found.ineqlin.marginals)[once:])
    return [min(float(m), row.penalty) for m, row in zip(marginals, rows, strict=True)]


def _constant(problem: Problem, previous: Plan | None) -> float:
    """What a plan without stops pays, floors left out."""
    weights = problem.objective
    musts = sum(request.must for request in problem.requests)
    confirmed = previous.stops if previous is not None else ()
    changes = math.fsum(stop.weight for stop in confirmed if stop.confirmed)
    return -weights.must_penalty * musts - weights.change_penalty * changes


def _groups(problem: Problem) -> list[list[int]]:
    """Units that may serve the same requests on the same days."""
    found: dict[object, list[int]] = {}
    for u, unit in enumerate(problem.units):
        promised = tuple(
            pairing.units is not None and unit.id in pairing.units for pairing in problem.pairings
        )
        pace = (unit.setup_days, unit.strike_days, unit.available, unit.customs, unit.returns_home)
        care = (unit.maintenance, unit.max_days_out, unit.rest_days, unit.home)
        found.setdefault((problem.fits[u].tobytes(), pace, care, promised), []).append(u)
    return list(found.values())


def _ways(problem: Problem, groups: list[list[int]], previous: Plan | None) -> _Ways:
    shortest = problem.host_km.copy()
    np.fill_diagonal(shortest, np.inf)
    near = shortest.min(axis=0, initial=np.inf)
    near[np.bincount(problem.request_host, minlength=len(problem.hosts)) > 1] = 0.0
    listed = [
        (r, g, week, worth - problem.objective.km_cost * way + saved, worth, length)
        for g, units in enumerate(groups)
        for r in np.flatnonzero(problem.fits[units[0]]).tolist()
        for way, saved, length in [_of_request(problem, units, r, near, previous)]
        for week, worth in _weeks(problem, units[0], r)
    ]
    table = np.array(listed, dtype=np.float64).reshape(-1, 6)
    request, group, week = (table[:, i].astype(np.int64) for i in range(3))
    return _Ways(request, group, week, table[:, 3], table[:, 4], table[:, 5])


def _of_request(
    problem: Problem, units: list[int], request: int, near: Floats, previous: Plan | None
) -> tuple[float, float, float]:
    """The shortest way to it, what serving it saves, and its days from arrival to leave."""
    host, unit = int(problem.request_host[request]), problem.units[units[0]]
    way = min(float(near[host]), float(problem.km_from_home[units[0], host]))
    one = problem.requests[request]
    names = {problem.units[u].id for u in units}
    kept = [
        stop.weight
        for stop in (previous.stops if previous is not None else ())
        if stop.confirmed and stop.request == one.id and stop.unit in names
    ]
    saved = problem.objective.change_penalty * max(kept, default=0.0)
    saved += problem.objective.must_penalty if one.must else 0.0
    return way, saved, float(unit.setup_days + one.stay_days + unit.strike_days)


def _weeks(problem: Problem, unit: int, request: int) -> Iterator[tuple[int, float]]:
    """The weeks in which it may open, with the best it can be worth then."""
    best: dict[int, float] = {}
    for first, end in problem.openings(request, unit):
        for day in range(first, end):
            worth = problem.requests[request].value * problem.preference(request, day)
            best[day // _WEEK] = max(best.get(day // _WEEK, 0.0), worth)
    yield from best.items()


def _capacities(problem: Problem, groups: list[list[int]], ways: _Ways) -> Iterator[_Row]:
    """A unit opens at most one stop a day, and works no more days than it has."""
    order = np.lexsort((ways.week, ways.group))
    keys = ways.group[order] * (problem.days // _WEEK + 2) + ways.week[order]
    for which in np.split(order, np.flatnonzero(np.diff(keys)) + 1) if len(order) else ():
        units = groups[int(ways.group[which[0]])]
        day = int(ways.week[which[0]]) * _WEEK
        spans = problem.units[units[0]].available
        days = sum(max(0, min(end, day + _WEEK) - max(first, day)) for first, end in spans)
        yield _Row(which, np.ones(len(which)), float(days * len(units)))
    for g, units in enumerate(groups):
        which = np.flatnonzero(ways.group == g)
        if len(which):
            most = _working_days(problem.units[units[0]]) * len(units)
            yield _Row(which, ways.length[which], most)


def _working_days(unit: Unit) -> float:
    """Days that a working unit has for stops: not in maintenance, and resting between trips."""
    days = float(sum(end - first for first, end in unit.available))
    days -= sum(need.days for need in unit.maintenance)
    if unit.max_days_out is None:
        return max(0.0, days)
    rest = unit.rest_days
    return max(0.0, (days + rest) * unit.max_days_out / (unit.max_days_out + rest))


def _floors(problem: Problem, groups: list[list[int]], ways: _Ways) -> Iterator[_Row]:
    penalty = problem.objective.floor_penalty
    above = [frozenset(problem.regions_of_host(int(host))) for host in problem.request_host]
    floors: list[tuple[Region | Pairing, str, tuple[str, ...] | None]] = [
        *((one, one.id, None) for one in problem.regions),
        *((one, one.region, one.units) for one in problem.pairings),
    ]
    town = np.array([request.township for request in problem.requests], dtype=float)
    for floor, region, names in floors:
        share = floor.min_township_share if isinstance(floor, Region) else None
        if not (floor.min_stops or floor.min_value or share is not None):
            continue
        inside = np.array([region in names_ for names_ in above], dtype=bool)[ways.request]
        if names is not None:
            mine = {problem.unit_index[name] for name in names}
            inside &= np.array([units[0] in mine for units in groups], dtype=bool)[ways.group]
        which = np.flatnonzero(inside)
        if floor.min_stops:
            yield _Row(which, -np.ones(len(which)), -float(floor.min_stops), penalty)
        if floor.min_value:
            yield _Row(which, -ways.worth[which], -floor.min_value, penalty)
        if share is not None:
            yield _Row(which, share - town[ways.request[which]], 0.0, penalty)
