"""What a plan is worth, recomputed by parts from the plain records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from touring.planning.check.network import Known, Network, Visit
from touring.planning.check.route import route_of
from touring.planning.problem import MAX_MIN, Unit
from touring.planning.result import FloorShortfall, Plan, Value


def worth(network: Network, known: Known, previous: Plan | None) -> Value:
    objective, visits = network.problem.objective, known.all_visits()
    coverage = sum(visit.request.value * _preference(visit) for visit in visits)
    routes = [route_of(network, known, unit) for unit in network.problem.units]
    km = sum(route.km(network) for route in routes)
    floors = tuple(floor for floor in _floors(network, visits) if floor.missing > 0)
    shortfall = sum(floor.missing for floor in floors)
    served = {visit.request.id for visit in visits}
    musts = sum(r.must and r.id not in served for r in network.problem.requests)
    changed = list(_changes(visits, previous))
    idle = sum(
        _idle_days(unit, known, route.travel_days(network))
        for unit, route in zip(network.problem.units, routes, strict=True)
    )
    costs = (
        objective.km_cost * km,
        objective.floor_penalty * shortfall,
        objective.must_penalty * musts,
        objective.change_penalty * sum(changed),
        objective.idle_cost * idle,
    )
    return Value(
        total=coverage - sum(costs),
        coverage=coverage,
        km=km,
        km_cost=costs[0],
        shortfall=shortfall,
        floor_penalty=costs[1],
        unserved_musts=musts,
        must_penalty=costs[2],
        changes=len(changed),
        change_penalty=costs[3],
        idle_days=idle,
        idle_cost=costs[4],
        lowest_ratio=_lowest_ratio(network, visits) if objective.mode == MAX_MIN else None,
        floors=floors,
    )


def _preference(visit: Visit) -> float:
    inside = [
        window.preference
        for window in visit.request.windows
        if window.first <= visit.open and visit.close <= window.end
    ]
    return max(inside, default=0.0)


def _changes(visits: Iterable[Visit], previous: Plan | None) -> Iterator[float]:
    now = {(visit.unit.id, visit.request.id, visit.open) for visit in visits}
    for stop in previous.stops if previous is not None else ():
        if stop.confirmed and (stop.unit, stop.request, stop.open) not in now:
            yield stop.weight


def _floors(network: Network, visits: list[Visit]) -> Iterator[FloorShortfall]:
    served: dict[str, list[Visit]] = {region.id: [] for region in network.problem.regions}
    for visit in visits:
        for name in network.regions_above(visit.host.region):
            served[name].append(visit)
    for region in network.problem.regions:
        inside = served[region.id]
        yield from _missing("region", region.id, region.min_stops, region.min_value, inside)
        if region.min_township_share is not None:
            wanted = region.min_township_share * len(inside)
            reached = float(sum(visit.request.township for visit in inside))
            missing = max(0.0, wanted - reached)
            yield FloorShortfall("region", region.id, "township_share", wanted, reached, missing)
    for pairing in network.problem.pairings:
        inside = [
            visit
            for visit in served[pairing.region]
            if (pairing.units is None or visit.unit.id in pairing.units)
        ]
        yield from _missing("pairing", pairing.id, pairing.min_stops, pairing.min_value, inside)


def _missing(
    kind: str, name: str, min_stops: int | None, min_value: float | None, inside: list[Visit]
) -> Iterator[FloorShortfall]:
    if min_stops is not None:
        wanted, reached = float(min_stops), float(len(inside))
        yield FloorShortfall(kind, name, "stops", wanted, reached, max(0.0, wanted - reached))
    if min_value is not None:
        reached = sum(visit.request.value * _preference(visit) for visit in inside)
        missing = max(0.0, min_value - reached)
        yield FloorShortfall(kind, name, "value", min_value, reached, missing)


def _idle_days(unit: Unit, known: Known, travel_days: int) -> int:
    available = len({day for first, end in unit.available for day in range(first, end)})
    visits = known.visits[unit.id]
    if not visits:
        return available
    busy = sum(visit.leave - visit.arrive for visit in visits) + travel_days
    busy += sum(span.end - span.first for span in known.maintenance[unit.id])
    return max(0, available - busy)


def _lowest_ratio(network: Network, visits: list[Visit]) -> float:
    problem = network.problem
    above = {host.id: network.regions_above(host.region) for host in problem.hosts}
    ratios = []
    for region in problem.objective.regions or [region.id for region in problem.regions]:
        wanted = sum(r.value for r in problem.requests if region in above[r.host])
        served = sum(
            visit.request.value * _preference(visit)
            for visit in visits
            if region in above[visit.host.id]
        )
        if wanted > 0:
            ratios.append(served / wanted)
    return min(ratios, default=1.0)
