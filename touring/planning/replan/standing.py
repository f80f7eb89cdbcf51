"""Can these stops, each on its day, stand together? Answered exactly, unit by unit.

Maintenance and trips home may move; stops may not. Small problems of the units concerned are cut
out and judged by ``check``, so that the answer costs nothing of the rest of the network.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

from touring.planning.check import violations
from touring.planning.problem import Maintenance, Problem, Region, Unit
from touring.planning.result import MaintenanceSpan, Plan, Stop

_SHARED = ("H5", "H7", "H10")


class Standing:
    """Asks of sets of stops whether they can stand; remembers the answers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._answers: dict[frozenset[Stop], tuple[MaintenanceSpan, ...] | None] = {}
        self._parents = {region.id: region for region in problem.regions}

    def maintenance(self, unit: str, stops: Iterable[Stop]) -> tuple[MaintenanceSpan, ...] | None:
        """Maintenance with which the unit can keep all of these stops, or ``None``."""
        asked = frozenset(stops)
        if not asked:
            return ()
        if asked not in self._answers:
            self._answers[asked] = self._found(unit, sorted(asked))
        return self._answers[asked]

    def is_known(self, stop: Stop) -> bool:
        problem = self.problem
        return stop.unit in problem.unit_index and stop.request in problem.request_index

    def stands_beside(self, stop: Stop, others: Iterable[Stop]) -> bool:
        """Do the rules between units (H5, H7, H10) allow ``stop`` beside these?"""
        plan = Plan(stops=tuple(sorted((stop, *others))))
        part = self._part(plan.stops)
        return not any(one.code in _SHARED for one in violations(part, plan))

    def _found(self, unit: str, stops: list[Stop]) -> tuple[MaintenanceSpan, ...] | None:
        part = self._part(tuple(stops))
        vehicle = part.units[part.unit_index[unit]]
        for spans in _placements(part, vehicle, stops):
            plan = Plan(stops=tuple(stops), maintenance=tuple(sorted(spans)))
            if not violations(part, plan):
                return plan.maintenance
        return None

    def _part(self, stops: tuple[Stop, ...]) -> Problem:
        """The problem of these stops alone, without promises."""
        problem = self.problem
        requests = {stop.request for stop in stops}
        units = {stop.unit for stop in stops}
        wanted = [problem.requests[problem.request_index[one]] for one in sorted(requests)]
        hosts = [problem.hosts[problem.host_index[one]] for one in {r.host for r in wanted}]
        vehicles = [problem.units[problem.unit_index[one]] for one in sorted(units)]
        crews = {unit.crew for unit in vehicles}
        groups = {host.place_group for host in hosts}
        return replace(
            problem,
            hosts=tuple(sorted(hosts, key=lambda host: host.id)),
            units=tuple(vehicles),
            requests=tuple(wanted),
            regions=self._regions([host.region for host in hosts], vehicles),
            crews=tuple(crew for crew in problem.crews if crew.id in crews),
            history=tuple(one for one in problem.history if one.place_group in groups),
            forbidden=tuple(
                one for one in problem.forbidden if one.unit in units and one.request in requests
            ),
            locked=(),
            pairings=(),
            rotations=(),
            objective=replace(problem.objective, regions=()),
        )

    def _regions(self, regions: list[str | None], units: list[Unit]) -> tuple[Region, ...]:
        named = [*regions, *(region for unit in units for region in unit.regions or ())]
        kept: dict[str, Region] = {}
        for name in named:
            while name is not None and name not in kept:
                kept[name] = self._parents[name]
                name = kept[name].parent
        return tuple(kept[name] for name in sorted(kept))


def _placements(part: Problem, unit: Unit, stops: list[Stop]) -> Iterator[list[MaintenanceSpan]]:
    """Every way to spread the needs over the gaps between stops, each as early as it can be.

    Earlier is never worse: the unit waits at home, and trips are counted by leaving and coming home.
    """
    needs = unit.maintenance
    gaps = range(len(stops) + 1)
    starts = [_home_from(part, unit, stops, gap) for gap in gaps]
    ends = [_home_until(part, unit, stops, gap) for gap in gaps]
    able = [
        [gap for gap in gaps if _earliest(unit, need, starts[gap], ends[gap]) is not None]
        for need in needs
    ]
    for chosen in itertools.product(*able):
        for order in itertools.permutations(range(len(needs))):
            spans: list[MaintenanceSpan] = []
            free = list(starts)
            for number in order:
                gap = chosen[number]
                first = _earliest(unit, needs[number], free[gap], ends[gap])
                if first is None:
                    break
                free[gap] = first + needs[number].days
                spans.append(MaintenanceSpan(unit.id, first, free[gap]))
            if len(spans) == len(needs):
                yield spans
            if len(set(chosen)) == len(chosen):
                break  # one need a gap: their order changes nothing


def _home_from(part: Problem, unit: Unit, stops: list[Stop], gap: int) -> int:
    if gap == 0:
        return unit.available[0][0] if unit.available else 0
    stop = stops[gap - 1]
    r = part.request_index[stop.request]
    leave = stop.open + part.requests[r].stay_days + unit.strike_days
    return leave + int(part.days_to_home[part.unit_index[unit.id], part.request_host[r]])


def _home_until(part: Problem, unit: Unit, stops: list[Stop], gap: int) -> int:
    if gap == len(stops):
        return part.days
    r = part.request_index[stops[gap].request]
    arrive = stops[gap].open - unit.setup_days
    return arrive - int(part.days_from_home[part.unit_index[unit.id], part.request_host[r]])


def _earliest(unit: Unit, need: Maintenance, start: int, end: int) -> int | None:
    for first, last in unit.available:
        begin = max(start, need.earliest, first)
        if begin + need.days <= min(end, need.latest, last):
            return begin
    return None
