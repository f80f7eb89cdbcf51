"""The best Latin squares of rotations, and the proof that no plan does better (H11).

Each unit's walk is a path through layers of hosts, one layer a period; its legs go straight or
through home, where maintenance lies. Requests are the cells' worth. Days are forgotten but for the
openings that calendars, periods and swap days allow, so that the optimum of this whole-number flow
bounds every plan; branch and cut solves it (HiGHS: Huangfu and Hall 2018,
doi:10.1007/s12532-017-0130-5). Units outside the rotations count by the days they have.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from touring.planning.problem import (
    WEIGHTED,
    Pairing,
    Problem,
    Region,
    Rotation,
    Span,
    Unit,
)
from touring.planning.result import Plan

# Squares of up to six are chosen whole; of larger ones only the linear relaxation is solved.
_MOST_COLUMNS, _NODES = 3000, 2000
# What the solver's tolerances may hide of its bound, as a share of what is added up.
_TOLERANCE = 1e-8
_HOME = -1

# Host and request by period; without a request, any of the host's will do.
Walk = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True)
class Squares:
    """A walk for each unit of each rotation: host and request by period; and an upper bound.

    ``walks`` is empty where there is no square; ``bound`` is infinite where none is proven.
    """

    walks: tuple[tuple[Walk, ...], ...]
    bound: float


def best_squares(problem: Problem, previous: Plan | None = None) -> Squares:
    """The squares worth most, before crews, trucks and exact days are asked."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # takes a second; rotations only

    flow = _Flow(problem, previous)
    for number, rotation in enumerate(problem.rotations):
        _add_rotation(flow, number, rotation)
    _add_others(flow)
    _add_floors(flow)
    if not flow.profit:
        return Squares((), math.inf)
    profit, is_small = np.array(flow.profit), len(flow.profit) <= _MOST_COLUMNS
    found = milp(
        -profit,
        integrality=np.array(flow.is_whole, dtype=int) if is_small else None,
        bounds=Bounds(0.0, np.array(flow.most)),
        constraints=LinearConstraint(flow.matrix(), flow.lower, flow.upper),
        options={"mip_rel_gap": 0.0, "node_limit": _NODES},
    )
    walks = _walks(flow, np.asarray(found.x)) if is_small and found.x is not None else ()
    least = found.mip_dual_bound if is_small else found.fun
    return Squares(walks, _bound(flow, profit, least))


def _bound(flow: _Flow, profit: npt.NDArray[np.float64], dual: float | None) -> float:
    problem = flow.problem
    rotating = [unit for rotation in problem.rotations for unit in rotation.units]
    if problem.objective.mode != WEIGHTED or dual is None or len(set(rotating)) < len(rotating):
        return math.inf
    whole = np.abs(profit) < 1e12
    return flow.constant - dual + _TOLERANCE * (abs(dual) + float(np.abs(profit[whole]).max()))


@dataclass
class _Flow:
    """The programme as it is built: columns with profit, rows as triples."""

    problem: Problem
    previous: Plan | None
    constant: float = 0.0
    profit: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    is_whole: list[bool] = field(default_factory=list)
    triples: list[tuple[int, int, float]] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    # column -> rotation, place of the unit, period, host, request
    cells: dict[int, tuple[int, int, int, int, int]] = field(default_factory=dict)
    # column -> its first close and its last opening
    days: dict[int, Span] = field(default_factory=dict)
    # request -> columns that serve it, each with the unit (None: one outside) and the worth
    serving: dict[int, list[tuple[int, int | None, float]]] = field(default_factory=dict)

    def column(self, profit: float, most: float = 1.0, *, is_whole: bool = False) -> int:
        self.profit.append(profit)
        self.most.append(most)
        self.is_whole.append(is_whole)
        return len(self.profit) - 1

    def row(self, terms: Iterable[tuple[int, float]], lower: float, upper: float) -> None:
        self.triples += [(len(self.lower), column, value) for column, value in terms]
        self.lower.append(lower)
        self.upper.append(upper)

    def balance(self, cells: list[int], legs: list[int], *, is_home: bool) -> None:
        """As many legs as cells, or one at home."""
        terms = [*((i, -1.0) for i in cells), *((i, 1.0) for i in legs)]
        self.row(terms, float(is_home), float(is_home))

    def matrix(self) -> object:
        from scipy.sparse import csr_array

        rows, columns, values = (np.array(one) for one in zip(*self.triples, strict=True))
        return csr_array((values, (rows, columns)), shape=(len(self.lower), len(self.profit)))


# -- the rotating units


def _add_rotation(flow: _Flow, number: int, rotation: Rotation) -> None:
    """Cells of every unit's walk; each unit once a period, each host once a period."""
    problem = flow.problem
    hosts = [problem.host_index[host] for host in rotation.hosts]
    periods = range(len(rotation.periods))
    at: dict[tuple[int, int], list[int]] = {}
    for place, name in enumerate(rotation.units):
        unit = problem.unit_index[name]
        flow.constant -= problem.objective.idle_cost * _days_of(problem, unit)
        mine = {
            (period, host): _cells(flow, number, rotation, unit, (place, period, host))
            for period in periods
            for host in hosts
        }
        _add_walk(flow, rotation, unit, hosts, mine)
        for host in hosts:
            flow.row(((i, 1.0) for period in periods for i in mine[period, host]), 0.0, 1.0)
        for key, columns in mine.items():
            at.setdefault(key, []).extend(columns)
    for columns in at.values():
        flow.row(((i, 1.0) for i in columns), 1.0, 1.0)


def _cells(
    flow: _Flow, number: int, rotation: Rotation, unit: int, key: tuple[int, int, int]
) -> list[int]:
    """A column for every request that the unit may serve at the host in the period."""
    problem, (place, period, host) = flow.problem, key
    found = []
    for r in np.flatnonzero(problem.request_host == host).tolist():
        request = problem.requests[r]
        first, end = period_openings(rotation, period, request.stay_days)
        days = [
            day
            for low, high in (problem.openings(r, unit) if problem.fits[unit, r] else ())
            for day in range(max(low, first), min(high, end))
        ]
        if not days:
            continue
        worth = request.value * max(problem.preference(r, day) for day in days)
        saved = _saved(flow, unit, r, days)
        vehicle = problem.units[unit]
        length = vehicle.setup_days + request.stay_days + vehicle.strike_days
        column = flow.column(worth + saved + problem.objective.idle_cost * length, is_whole=True)
        flow.cells[column] = (number, place, period, host, r)
        flow.days[column] = (days[0] + request.stay_days, days[-1])
        flow.serving.setdefault(r, []).append((column, unit, worth))
        found.append(column)
    return found


def period_openings(rotation: Rotation, period: int, stay: int) -> tuple[int, int]:
    """Openings that put the stay's middle into the period and its ends into the swap days."""
    first, end = rotation.periods[period]
    earliest, latest = first - stay // 2, end - 1 - stay // 2
    if period > 0:
        latest = min(latest, first + rotation.swap_days)
    if period < len(rotation.periods) - 1:
        earliest = max(earliest, rotation.periods[period + 1][0] - rotation.swap_days - stay)
    return earliest, latest + 1


def _saved(flow: _Flow, unit: int, request: int, days: list[int] | None) -> float:
    """What serving a must saves, or keeping a confirmed stop (of these days; ``None``: any)."""
    problem, weights = flow.problem, flow.problem.objective
    one = problem.requests[request]
    kept = [
        stop.weight
        for stop in (flow.previous.stops if flow.previous is not None else ())
        if stop.confirmed
        and (stop.unit, stop.request) == (problem.units[unit].id, one.id)
        and (days is None or stop.open in days)
    ]
    must = weights.must_penalty if one.must else 0.0
    return must + weights.change_penalty * max(kept, default=0.0)


def _add_walk(
    flow: _Flow,
    rotation: Rotation,
    unit: int,
    hosts: list[int],
    cells: dict[tuple[int, int], list[int]],
) -> None:
    """Legs from layer to layer, straight and through home; needs lie where the unit is at home."""
    last = len(rotation.periods)
    through: dict[int, list[int]] = {}
    for turn in range(last + 1):
        leaving: dict[int, list[int]] = {}
        entering: dict[int, list[int]] = {}
        for one in hosts if turn else [_HOME]:
            for two in hosts if turn < last else [_HOME]:
                for profit, is_home in _legs(flow.problem, unit, one, two):
                    leg = flow.column(profit)
                    leaving.setdefault(one, []).append(leg)
                    entering.setdefault(two, []).append(leg)
                    if is_home:
                        through.setdefault(turn, []).append(leg)
        for one, legs in leaving.items():
            flow.balance([] if one == _HOME else cells[turn - 1, one], legs, is_home=one == _HOME)
        for two, legs in entering.items():
            flow.balance([] if two == _HOME else cells[turn, two], legs, is_home=two == _HOME)
    early = max((flow.days[i][1] for host in hosts for i in cells[0, host]), default=0)
    late = min((flow.days[i][0] for host in hosts for i in cells[last - 1, host]), default=0)
    _add_needs(
        flow, unit, list(_times_between(rotation, flow.problem.units[unit], early, late)), through
    )


def _legs(problem: Problem, unit: int, one: int, two: int) -> Iterator[tuple[float, bool]]:
    """Ways from one host to another, with their profit; do they pass home?"""
    if one == two:
        return
    vehicle = problem.units[unit]
    if one == _HOME:
        yield _leg(problem, problem.km_from_home[unit, two], problem.days_from_home[unit, two])
        return
    back = problem.km_to_home[unit, one], problem.days_to_home[unit, one]
    if two == _HOME:
        yield _leg(problem, *back)
        if not vehicle.returns_home:
            yield 0.0, False
        return
    days = problem.host_days(unit)[one, two]
    yield _leg(problem, problem.host_km[one, two], days, is_home=False)
    out = problem.km_from_home[unit, two], problem.days_from_home[unit, two]
    yield _leg(problem, back[0] + out[0], back[1] + out[1])


def _leg(problem: Problem, km: float, days: float, *, is_home: bool = True) -> tuple[float, bool]:
    weights = problem.objective
    return weights.idle_cost * float(days) - weights.km_cost * float(km), is_home


def _add_needs(flow: _Flow, unit: int, times: list[Span], through: dict[int, list[int]]) -> None:
    """Every need lies in one change between periods, before the first stop or behind the last."""
    for need in flow.problem.units[unit].maintenance:
        profit = flow.problem.objective.idle_cost * need.days
        places = []
        for turn, (first, end) in enumerate(times):
            if min(end, need.latest) - max(first, need.earliest) >= need.days:
                place = flow.column(profit)
                places.append((place, 1.0))
                legs = ((leg, -1.0) for leg in through.get(turn, ()))
                flow.row([(place, 1.0), *legs], -math.inf, 0.0)
        flow.row(places, 1.0, 1.0)


def _times_between(
    rotation: Rotation, unit: Unit, last_opening: int, first_close: int
) -> Iterator[Span]:
    """Days in which a unit may be between two stops, before the first one and behind the last.

    The first stop opens by ``last_opening``, the last one closes from ``first_close`` on.
    """
    swap = rotation.swap_days
    yield 0, last_opening - unit.setup_days
    for day, _ in rotation.periods[1:]:
        yield day - swap + unit.strike_days, day + swap - unit.setup_days
    yield first_close + unit.strike_days, max(end for _, end in unit.available)


# -- what binds them to the rest


def _add_others(flow: _Flow) -> None:
    """Requests that other units serve: each for the most it can be worth, within their days."""
    problem, weights = flow.problem, flow.problem.objective
    rotating = {name for rotation in problem.rotations for name in rotation.units}
    others = [u for u, unit in enumerate(problem.units) if unit.id not in rotating]
    lengths: list[tuple[int, float]] = []
    for r, request in enumerate(problem.requests):
        able = [u for u in others if problem.fits[u, r] and problem.openings(r, u)]
        if able:
            worth = request.value * max(window.preference for window in request.windows)
            saved = max(_saved(flow, u, r, None) for u in able)
            column = flow.column(worth + saved)
            flow.serving.setdefault(r, []).append((column, None, worth))
            shortest = min(problem.units[u].setup_days + problem.units[u].strike_days for u in able)
            lengths.append((column, float(shortest + request.stay_days)))
        flow.constant -= weights.must_penalty if request.must else 0.0
        if flow.serving.get(r):
            flow.row(((column, 1.0) for column, _, _ in flow.serving[r]), 0.0, 1.0)
    if lengths:
        flow.row(lengths, 0.0, float(sum(_days_of(problem, u) for u in others)))
    confirmed = flow.previous.stops if flow.previous is not None else ()
    weight = math.fsum(stop.weight for stop in confirmed if stop.confirmed)
    flow.constant -= weights.change_penalty * weight


def _days_of(problem: Problem, unit: int) -> int:
    return sum(end - first for first, end in problem.units[unit].available)


def _add_floors(flow: _Flow) -> None:
    """Floors of regions and pairings: what is missing costs the penalty."""
    problem = flow.problem
    above = [problem.regions_of_host(int(host)) for host in problem.request_host]
    floors: list[tuple[Region | Pairing, str, tuple[str, ...] | None]] = [
        *((one, one.id, None) for one in problem.regions),
        *((one, one.region, one.units) for one in problem.pairings),
    ]
    for floor, region, names in floors:
        units = None if names is None else {problem.unit_index[name] for name in names}
        here = [
            (column, worth, problem.requests[r].township)
            for r, columns in flow.serving.items()
            if region in above[r]
            for column, unit, worth in columns
            if units is None or unit is None or unit in units
        ]
        if floor.min_stops:
            _add_floor(flow, [(i, 1.0) for i, _, _ in here], float(floor.min_stops))
        if floor.min_value:
            _add_floor(flow, [(i, worth) for i, worth, _ in here], floor.min_value)
        share = floor.min_township_share if isinstance(floor, Region) else None
        if share is not None and here:
            _add_floor(flow, [(i, float(town) - share) for i, _, town in here], 0.0)


def _add_floor(flow: _Flow, reached: list[tuple[int, float]], least: float) -> None:
    missing = flow.column(-flow.problem.objective.floor_penalty, math.inf)
    flow.row([*reached, (missing, 1.0)], least, math.inf)


# -- the answer


def _walks(flow: _Flow, amounts: npt.NDArray[np.float64]) -> tuple[tuple[Walk, ...], ...]:
    """Hosts and requests by period, of every unit of every rotation."""
    taken: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for column, (number, place, period, host, request) in flow.cells.items():
        if amounts[column] > 0.5:
            taken.setdefault((number, place), []).append((period, host, request))
    return tuple(
        tuple(
            tuple((host, request) for _, host, request in sorted(taken.get((number, place), ())))
            for place in range(len(rotation.units))
        )
        for number, rotation in enumerate(flow.problem.rotations)
    )
