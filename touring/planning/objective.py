"""The exact value of a plan, part by part. Judges nothing: a plan is valued even if it is invalid."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from touring.planning.problem import MAX_MIN, Problem
from touring.planning.result import FloorShortfall, MaintenanceSpan, Plan, Stop, Value


@dataclass(frozen=True)
class Route:
    """What a unit's season costs on the road."""

    km: float
    travel_days: int


def value_of(problem: Problem, plan: Plan, previous: Plan | None = None) -> Value:
    """Every part of the plan's value as :mod:`touring.planning.problem` defines it.

    Parameters
    ----------
    previous
        Its confirmed stops count as changes when the plan lacks them, moves them to
        another unit or opens them on another day.

    Raises
    ------
    KeyError
        If the plan names a unit or request that the problem does not know.
    """
    weights = problem.objective
    coverage = math.fsum(
        problem.requests[r].value * problem.preference(r, stop.open)
        for stop in plan.stops
        for r in (problem.request_index[stop.request],)
    )
    routes = _routes(problem, plan)
    km = math.fsum(route.km for route in routes)
    floors = floors_of(problem, plan.stops)
    shortfall = math.fsum(floor.missing for floor in floors)
    served = {stop.request for stop in plan.stops}
    musts = sum(1 for request in problem.requests if request.must and request.id not in served)
    changed = changed_stops(plan.stops, previous)
    idle = _idle_days(problem, plan, routes)
    change_penalty = weights.change_penalty * math.fsum(stop.weight for stop in changed)
    costs = (
        weights.km_cost * km,
        weights.floor_penalty * shortfall,
        weights.must_penalty * musts,
        change_penalty,
        weights.idle_cost * idle,
    )
    return Value(
        total=math.fsum((coverage, *(-cost for cost in costs))),
        coverage=coverage,
        km=km,
        km_cost=costs[0],
        shortfall=shortfall,
        floor_penalty=costs[1],
        unserved_musts=musts,
        must_penalty=costs[2],
        changes=len(changed),
        change_penalty=change_penalty,
        idle_days=idle,
        idle_cost=costs[4],
        lowest_ratio=lowest_ratio(problem, plan.stops) if weights.mode == MAX_MIN else None,
        floors=tuple(floor for floor in floors if floor.missing > 0),
    )


def route_of(
    problem: Problem, unit: int, stops: Sequence[Stop], maintenance: Sequence[MaintenanceSpan]
) -> Route:
    """Kilometres and travel days of one unit's season; stops and maintenance in order of days."""
    if not stops:
        return Route(0.0, 0)
    vehicle = problem.units[unit]
    visits = [_visit(problem, unit, stop) for stop in stops]
    forced = [
        _passes_home(problem, unit, one, two, maintenance)
        for one, two in itertools.pairwise(visits)
    ]
    returns = vehicle.returns_home or any(span.first >= visits[-1].leave for span in maintenance)
    cuts = forced
    if vehicle.max_days_out is not None:
        cuts = _cheapest_trips(problem, unit, visits, forced, returns=returns)
    km = [float(problem.km_from_home[unit, visits[0].host])]
    days = int(problem.days_from_home[unit, visits[0].host])
    for one, two, through_home in zip(visits, visits[1:], cuts, strict=False):
        leg_km, leg_days = _leg(problem, unit, one.host, two.host, through_home=through_home)
        km.append(leg_km)
        days += leg_days
    if returns:
        km.append(float(problem.km_to_home[unit, visits[-1].host]))
        days += int(problem.days_to_home[unit, visits[-1].host])
    return Route(math.fsum(km), days)


def floors_of(problem: Problem, stops: Iterable[Stop]) -> tuple[FloorShortfall, ...]:
    """Every floor of regions and pairings with what is reached and what is missing."""
    index = problem.request_index
    served = [(stop.unit, problem.requests[index[stop.request]], stop.open) for stop in stops]
    inside: dict[str, list[tuple[str, float, bool]]] = {region.id: [] for region in problem.regions}
    for unit, request, opens in served:
        r = index[request.id]
        worth = request.value * problem.preference(r, opens)
        for name in problem.regions_of_host(int(problem.request_host[r])):
            inside[name].append((unit, worth, request.township))
    floors: list[FloorShortfall] = []
    for region in problem.regions:
        here = inside[region.id]
        floors += _floors("region", region.id, here, region.min_stops, region.min_value)
        if region.min_township_share is not None:
            wanted = region.min_township_share * len(here)
            reached = sum(1 for _, _, township in here if township)
            floors.append(_floor("region", region.id, "township_share", wanted, reached))
    for pairing in problem.pairings:
        here = [
            one
            for one in inside[pairing.region]
            if pairing.units is None or one[0] in pairing.units
        ]
        floors += _floors("pairing", pairing.id, here, pairing.min_stops, pairing.min_value)
    return tuple(floors)


def changed_stops(stops: Iterable[Stop], previous: Plan | None) -> list[Stop]:
    """The confirmed stops of the previous plan that do not stand unchanged."""
    if previous is None:
        return []
    kept = {(stop.unit, stop.request, stop.open) for stop in stops}
    return [
        stop
        for stop in previous.stops
        if stop.confirmed and (stop.unit, stop.request, stop.open) not in kept
    ]


def lowest_ratio(problem: Problem, stops: Iterable[Stop]) -> float:
    """The lowest served share of the requested value over the objective's regions; 1 without any."""
    opens = {stop.request: stop.open for stop in stops}
    wanted: dict[str, list[float]] = {}
    reached: dict[str, list[float]] = {}
    for r, request in enumerate(problem.requests):
        for region in problem.regions_of_host(int(problem.request_host[r])):
            wanted.setdefault(region, []).append(request.value)
            if request.id in opens:
                worth = request.value * problem.preference(r, opens[request.id])
                reached.setdefault(region, []).append(worth)
    regions = problem.objective.regions or tuple(wanted)
    ratios = [
        math.fsum(reached.get(region, ())) / total
        for region in regions
        if (total := math.fsum(wanted.get(region, ()))) > 0
    ]
    return min(ratios, default=1.0)


@dataclass(frozen=True)
class _Visit:
    host: int
    arrival: int
    leave: int


def _visit(problem: Problem, unit: int, stop: Stop) -> _Visit:
    r = problem.request_index[stop.request]
    vehicle = problem.units[unit]
    close = stop.open + problem.requests[r].stay_days
    return _Visit(
        int(problem.request_host[r]), stop.open - vehicle.setup_days, close + vehicle.strike_days
    )


def _passes_home(
    problem: Problem,
    unit: int,
    one: _Visit,
    two: _Visit,
    maintenance: Sequence[MaintenanceSpan],
) -> bool:
    if any(one.leave <= span.first and span.end <= two.arrival for span in maintenance):
        return True
    vehicle = problem.units[unit]
    if not vehicle.returns_home:
        return False
    return any(one.leave <= first <= two.arrival for first, _ in vehicle.available[1:])


def _stays_out(problem: Problem, unit: int, one: _Visit, two: _Visit) -> bool:
    """Does a span boundary separate the visits of a unit that does not return between spans?"""
    vehicle = problem.units[unit]
    return not vehicle.returns_home and any(
        one.leave <= first <= two.arrival for first, _ in vehicle.available[1:]
    )


def _leg(
    problem: Problem, unit: int, origin: int, target: int, *, through_home: bool
) -> tuple[float, int]:
    if through_home:
        return (
            float(problem.km_to_home[unit, origin]) + float(problem.km_from_home[unit, target]),
            int(problem.days_to_home[unit, origin]) + int(problem.days_from_home[unit, target]),
        )
    days = problem.host_days(unit)
    return float(problem.host_km[origin, target]), int(days[origin, target])


def _cheapest_trips(
    problem: Problem,
    unit: int,
    visits: list[_Visit],
    forced: list[bool],
    *,
    returns: bool,
) -> list[bool]:
    """After which visits the unit goes home so that every trip is short enough and km are least.

    When no division is short enough (the plan is invalid), only the forced ones are taken.
    """
    vehicle = problem.units[unit]
    limit = vehicle.max_days_out or 0
    n = len(visits)
    barred = [_stays_out(problem, unit, one, two) for one, two in itertools.pairwise(visits)]
    leaves = [v.arrival - int(problem.days_from_home[unit, v.host]) for v in visits]
    backs = [v.leave + int(problem.days_to_home[unit, v.host]) for v in visits]
    if not returns:
        backs[-1] = visits[-1].leave
    best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * n
    before = [0] * (n + 1)
    for start in range(n):
        if best[start][0] == math.inf:
            continue
        if start and (
            leaves[start] < backs[start - 1] + vehicle.rest_days
            or (barred[start - 1] and not forced[start - 1])
        ):
            continue
        km = best[start][0] + float(problem.km_from_home[unit, visits[start].host])
        days = best[start][1] + int(problem.days_from_home[unit, visits[start].host])
        for last in range(start, n):
            if last > start:
                if forced[last - 1]:
                    break
                leg = _leg(
                    problem, unit, visits[last - 1].host, visits[last].host, through_home=False
                )
                km, days = km + leg[0], days + leg[1]
            if backs[last] - leaves[start] > limit:
                if visits[last].leave - leaves[start] > limit:
                    break
                continue
            home = last < n - 1 or returns
            done = (
                km + (float(problem.km_to_home[unit, visits[last].host]) if home else 0.0),
                days + (int(problem.days_to_home[unit, visits[last].host]) if home else 0),
            )
            if done < best[last + 1]:
                best[last + 1], before[last + 1] = done, start
    if best[n][0] == math.inf:
        return forced
    cuts = [False] * (n - 1)
    start = before[n]
    while start > 0:
        cuts[start - 1] = True
        start = before[start]
    return cuts


def _routes(problem: Problem, plan: Plan) -> list[Route]:
    stops: dict[str, list[Stop]] = {}
    spans: dict[str, list[MaintenanceSpan]] = {}
    for stop in sorted(plan.stops):
        stops.setdefault(stop.unit, []).append(stop)
    for span in sorted(plan.maintenance):
        spans.setdefault(span.unit, []).append(span)
    return [
        route_of(problem, u, stops.get(unit.id, ()), spans.get(unit.id, ()))
        for u, unit in enumerate(problem.units)
    ]


def _idle_days(problem: Problem, plan: Plan, routes: list[Route]) -> int:
    busy = [route.travel_days for route in routes]
    for stop in plan.stops:
        u = problem.unit_index[stop.unit]
        visit = _visit(problem, u, stop)
        busy[u] += visit.leave - visit.arrival
    working = {stop.unit for stop in plan.stops}
    for span in plan.maintenance:
        if span.unit in working:  # a unit without stops idles all its available days
            busy[problem.unit_index[span.unit]] += span.end - span.first
    available = (sum(end - first for first, end in unit.available) for unit in problem.units)
    return sum(max(0, days - used) for days, used in zip(available, busy, strict=True))


def _floors(
    kind: str,
    name: str,
    here: list[tuple[str, float, bool]],
    min_stops: int | None,
    min_value: float | None,
) -> list[FloorShortfall]:
    floors = []
    if min_stops is not None:
        floors.append(_floor(kind, name, "stops", min_stops, len(here)))
    if min_value is not None:
        worth = math.fsum(value for _, value, _ in here)
        floors.append(_floor(kind, name, "value", min_value, worth))
    return floors


def _floor(kind: str, name: str, measure: str, wanted: float, reached: float) -> FloorShortfall:
    return FloorShortfall(kind, name, measure, wanted, reached, max(0.0, wanted - reached))
