"""What one unit can do in a season, as arrays. Prices and other units are not known here.

Two rules are relaxed, so that a bound over this network holds and a plan must be judged anew:
of a unit that must come home (``max_days_out``) the trips are not counted and each leg costs the
cheaper of straight and through home; and a leg through home may be faster than the straight one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from touring.planning.problem import Problem
from touring.planning.result import Plan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class SpanGrid:
    """One availability span of ``days`` days, counted from its first day ``first``.

    Parameters
    ----------
    arrivals
        May a stop arrive on this day of the span? ``(days + 1, R)``.
    starts
        The first day on or after each day on which a need may begin, ``(needs, days + 2)``;
        ``days + 1`` where there is none.
    """

    first: int
    days: int
    arrivals: Bools
    starts: Ints


@dataclass(frozen=True, eq=False)
class Network:
    """The requests a unit fits (R), its spans, and legs between them; index R is home.

    Parameters
    ----------
    requests
        Indices in the problem, ``(R,)``.
    lengths, stays
        Days from arrival to leave, and from opening to close, ``(R,)``.
    wait
        Least days from the leave of one stop to the arrival of the next: travel, and the gap
        of a place group where it is longer, ``(R + 1, R + 1)``.
    travel, km, cost
        Of the legs; cost is kilometres' cost less what travelling saves in idle days.
    profit
        By request and opening day, ``(R, days + 1)``: value by preference, what serving a must
        or keeping a confirmed stop saves, and the idle days that the stop fills.
    worth
        The part of the profit that floors in value count.
    excludes
        Per request, as bits: those that cannot be in one season with it.
    detours_cost
        A stop left out never makes the rest of a season longer or later.
    bonus
        Added to the profit of each locked stop so that no season leaves it out; their sum.
    """

    unit: int
    requests: Ints
    lengths: Ints
    stays: Ints
    setup: int
    spans: tuple[SpanGrid, ...]
    returns: bool
    wait: Ints
    travel: Ints
    km: Floats
    cost: Floats
    profit: Floats
    worth: Floats
    needs: tuple[int, ...]
    earliest: tuple[int, ...]
    need_profit: tuple[float, ...]
    excludes: tuple[int, ...]
    gapped: Ints
    bonus: float
    max_km: float | None
    is_relaxed: bool
    detours_cost: bool

    @cached_property
    def position(self) -> dict[int, int]:
        """From the problem's index of a request to this network's."""
        return {int(r): i for i, r in enumerate(self.requests)}

    @property
    def all_done(self) -> int:
        return (1 << len(self.needs)) - 1


def network_of(problem: Problem, unit: int, previous: Plan | None = None) -> Network:
    """Everything the unit could do, locks of all units respected."""
    vehicle, idle = problem.units[unit], problem.objective.idle_cost
    requests = _requests(problem, unit)
    hosts = problem.request_host[requests]
    stays = np.array([problem.requests[r].stay_days for r in requests], dtype=np.int32)
    lengths = stays + (vehicle.setup_days + vehicle.strike_days)
    openings = _openings(problem, unit, requests)
    travel, km = _legs(problem, unit, hosts)
    worth, profit = _profits(problem, unit, requests, openings, previous)
    locks = _locks(problem, unit)
    bonus = 10.0 * (1.0 + float(np.abs(profit).max(initial=0.0))) * (1 + len(requests))
    for r, opens in locks.items():
        profit[requests.tolist().index(r), opens] += bonus
    profit += idle * lengths[:, None]
    wait, excludes, gapped = _gaps(problem, unit, hosts, stays, openings, travel)
    cost = problem.objective.km_cost * km - idle * travel
    if vehicle.max_days_out is not None:
        km, cost = _cheaper_of_two_ways(km, travel, problem.objective.km_cost, idle)
    return Network(
        unit=unit,
        requests=requests,
        lengths=lengths,
        stays=stays,
        setup=vehicle.setup_days,
        spans=tuple(
            _grid(problem, unit, span, openings, lengths) for span in range(len(vehicle.available))
        ),
        returns=vehicle.returns_home,
        wait=wait,
        travel=travel,
        km=km,
        cost=cost,
        profit=profit,
        worth=worth,
        needs=tuple(need.days for need in vehicle.maintenance),
        earliest=tuple(need.earliest for need in vehicle.maintenance),
        need_profit=tuple(idle * need.days for need in vehicle.maintenance),
        excludes=excludes,
        gapped=gapped,
        bonus=bonus * len(locks),
        max_km=None if vehicle.max_days_out is not None else vehicle.max_km,
        is_relaxed=vehicle.max_days_out is not None,
        detours_cost=_detours_cost(problem, unit, lengths),
    )


def alike_units(problem: Problem, previous: Plan | None = None) -> list[list[int]]:
    """Units that nothing but their name tells apart, each list in order.

    A lock, a confirmed stop, a forbidden pair or a place in a rotation makes a unit one of its own.
    """
    own = {lock.unit for lock in problem.locked} | {pair.unit for pair in problem.forbidden}
    own |= (
        {stop.unit for stop in previous.stops if stop.confirmed} if previous is not None else set()
    )
    own |= {unit for rotation in problem.rotations for unit in rotation.units}
    kinds: dict[object, list[int]] = {}
    for u, unit in enumerate(problem.units):
        promised = tuple(
            pairing.units is not None and unit.id in pairing.units for pairing in problem.pairings
        )
        nameless = replace(unit, id="", requires={})
        needed = tuple(sorted(unit.requires.items()))
        key = unit.id if unit.id in own else ""
        kinds.setdefault((repr(nameless), needed, promised, key, _roads(problem, u)), []).append(u)
    return list(kinds.values())


def _roads(problem: Problem, unit: int) -> bytes:
    """What a matrix says of a unit's home: it may differ where the coordinates do not."""
    if problem.travel.matrix is None:
        return b""
    tables = (
        problem.km_from_home,
        problem.km_to_home,
        problem.days_from_home,
        problem.days_to_home,
    )
    return b"".join(table[unit].tobytes() for table in tables)


def _detours_cost(problem: Problem, unit: int, lengths: Ints) -> bool:
    """Does leaving a stop out never lengthen a season's way, in kilometres or in days?"""
    vehicle = problem.units[unit]
    pace = problem.travel.km_per_day if vehicle.km_per_day is None else vehicle.km_per_day
    shortest = int(lengths.min(initial=problem.days))
    is_metric = problem.travel.matrix is None and not problem.objective.idle_cost
    return is_metric and vehicle.free_km <= pace * shortest


def _requests(problem: Problem, unit: int) -> Ints:
    elsewhere = {
        problem.request_index[lock.request]
        for lock in problem.locked
        if problem.unit_index[lock.unit] != unit
    }
    return np.array(
        [
            r
            for r in np.flatnonzero(problem.fits[unit])
            if r not in elsewhere and problem.openings(int(r), unit)
        ],
        dtype=np.int32,
    )


def _locks(problem: Problem, unit: int) -> dict[int, int]:
    name = problem.units[unit].id
    return {
        problem.request_index[lock.request]: lock.open
        for lock in problem.locked
        if lock.unit == name
    }


def _openings(problem: Problem, unit: int, requests: Ints) -> Bools:
    """The days that calendars, locks and the stops before the season leave, ``(R, days + 1)``."""
    vehicle, locks = problem.units[unit], _locks(problem, unit)
    open_on = np.zeros((len(requests), problem.days + 1), dtype=bool)
    for i, r in enumerate(requests.tolist()):
        for first, end in problem.openings(r, unit):
            open_on[i, first:end] = True
        if r in locks:
            open_on[i, : locks[r]] = False
            open_on[i, locks[r] + 1 :] = False
        group = problem.hosts[problem.request_host[r]].place_group
        for stop in problem.history:
            if group is not None and stop.place_group == group:
                gap = gap_between(problem, stop.exhibition, vehicle.exhibition)
                open_on[i, : max(0, stop.close + gap)] = False
        for other, opens in locks.items():
            if other != r:
                arrive = opens - vehicle.setup_days
                leave = opens + problem.requests[other].stay_days + vehicle.strike_days
                length = problem.requests[r].stay_days + vehicle.strike_days
                last = arrive - length  # opening on it leaves when the lock arrives
                open_on[i, max(0, last + 1) : leave + vehicle.setup_days] = False
    return open_on


def gap_between(problem: Problem, one: str | None, other: str | None) -> int:
    """Days that H7 demands between two stops of a place group with these exhibitions."""
    same = one is not None and one == other
    return max(problem.gaps.any_gap_days, problem.gaps.same_exhibition_gap_days if same else 0)


def _legs(problem: Problem, unit: int, hosts: Ints) -> tuple[Ints, Floats]:
    n = len(hosts)
    travel = np.zeros((n + 1, n + 1), dtype=np.int32)
    km = np.zeros((n + 1, n + 1))
    travel[:n, :n] = problem.host_days(unit)[np.ix_(hosts, hosts)]
    travel[n, :n], travel[:n, n] = (
        problem.days_from_home[unit, hosts],
        problem.days_to_home[unit, hosts],
    )
    km[:n, :n] = problem.host_km[np.ix_(hosts, hosts)]
    km[n, :n], km[:n, n] = problem.km_from_home[unit, hosts], problem.km_to_home[unit, hosts]
    return travel, km


def _cheaper_of_two_ways(
    km: Floats, travel: Ints, km_cost: float, idle: float
) -> tuple[Floats, Floats]:
    """Straight or through home, whichever is less: a trip home may lie on any leg."""
    round_km = np.minimum(km, km[:, -1:] + km[-1:, :])
    days = np.maximum(travel, travel[:, -1:] + travel[-1:, :])
    days[-1, :], days[:, -1] = travel[-1, :], travel[:, -1]
    round_km[-1, :], round_km[:, -1] = km[-1, :], km[:, -1]
    return round_km, km_cost * round_km - idle * days


def _profits(
    problem: Problem, unit: int, requests: Ints, openings: Bools, previous: Plan | None
) -> tuple[Floats, Floats]:
    worth = np.zeros(openings.shape)
    profit = np.zeros(openings.shape)
    weights = problem.objective
    for i, r in enumerate(requests.tolist()):
        request = problem.requests[r]
        best = np.zeros(openings.shape[1])
        for window in request.windows:
            first, end = max(0, window.first), max(0, window.end - request.stay_days + 1)
            best[first:end] = np.maximum(best[first:end], window.preference)
        worth[i] = request.value * best
        profit[i] = worth[i] + (weights.must_penalty if request.must else 0.0)
    position = {int(r): i for i, r in enumerate(requests)}
    for stop in previous.stops if previous is not None else ():
        place = position.get(problem.request_index.get(stop.request, -1))
        mine = stop.confirmed and stop.unit == problem.units[unit].id
        if mine and place is not None and 0 <= stop.open <= problem.days:
            profit[place, stop.open] += weights.change_penalty * stop.weight
    return worth, profit


def _gaps(
    problem: Problem, unit: int, hosts: Ints, stays: Ints, openings: Bools, travel: Ints
) -> tuple[Ints, tuple[int, ...], Ints]:
    """Waits with the gaps of H7, pairs that exclude each other, and gaps left to the search."""
    n, vehicle = len(hosts), problem.units[unit]
    wait, excludes = travel.copy(), [1 << i for i in range(n)]
    gapped = np.zeros((n, n), dtype=np.int32)
    if not n:
        return wait, (), gapped
    gap = gap_between(problem, vehicle.exhibition, vehicle.exhibition)
    first = openings.argmax(axis=1)
    last = openings.shape[1] - 1 - openings[:, ::-1].argmax(axis=1)
    groups = [problem.hosts[h].place_group for h in hosts]
    members: dict[str | None, list[int]] = {}
    for i, group in enumerate(groups):
        members.setdefault(group, []).append(i)
    for i in range(n):
        for j in members[groups[i]] if groups[i] is not None else ():
            if i == j:
                continue
            apart = gap - vehicle.setup_days - vehicle.strike_days
            wait[i, j] = max(int(wait[i, j]), apart)
            gapped[i, j] = gap
            if first[i] + stays[i] + gap > last[j] and first[j] + stays[j] + gap > last[i]:
                excludes[i] |= 1 << j
                gapped[i, j] = 0
    return wait, tuple(excludes), gapped


def _grid(problem: Problem, unit: int, span: int, openings: Bools, lengths: Ints) -> SpanGrid:
    vehicle = problem.units[unit]
    first, end = vehicle.available[span]
    days = end - first
    arrivals = np.zeros((days + 1, len(lengths)), dtype=bool)
    shifted = openings[:, first + vehicle.setup_days : end + vehicle.setup_days + 1]
    arrivals[: shifted.shape[1]] = shifted.T
    inside = np.arange(days + 1)[:, None] + lengths[None, :] <= days
    starts = np.full((len(vehicle.maintenance), days + 2), days + 1, dtype=np.int32)
    for j, need in enumerate(vehicle.maintenance):
        for day in range(days, -1, -1):
            fits = need.earliest <= first + day and first + day + need.days <= need.latest
            starts[j, day] = day if fits and day + need.days <= days else starts[j, day + 1]
    return SpanGrid(first, days, arrivals & inside, starts)
