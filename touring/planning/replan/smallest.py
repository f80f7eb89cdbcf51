"""The least weight of stops that must give way, with its proof, by implicit hitting sets.

A *conflict* is a set of stops that cannot stand together. Whatever plan is made, at least one stop
of every conflict gives way; so the cheapest set that meets all conflicts found so far (a small
integer programme, solved to its optimum by HiGHS) is a lower bound. When the stops that it leaves
can stand, it is the answer; else they hold a new conflict (Moreno-Centeno and Karp 2013,
doi:10.1287/opre.1120.1139). Stops that give way never make room scarcer, so conflicts stay conflicts.

One kind of unit is different: where it stays out between two spans, the stop that it comes from may
be what lets it reach the next one in time. Its stops are given up set by set, the lightest first.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from touring.planning.problem import Host, Problem, Unit
from touring.planning.replan.roads import Roads
from touring.planning.replan.standing import Standing
from touring.planning.result import MaintenanceSpan, Stop

MOST_TRIALS = 3000


@dataclass(frozen=True)
class Conflict:
    """Stops of which at least one must give way; ``beside`` is the urgent stop they stand against."""

    stops: tuple[Stop, ...]
    beside: Stop | None = None


@dataclass(frozen=True)
class Smallest:
    """The stops that give way, what stands instead, and what is proven.

    Parameters
    ----------
    weight
        Of the confirmed stops that give way.
    bound
        No plan changes less; ``None`` when the trials ran out before that was shown.
    maintenance
        Of every unit whose stops were asked about.
    urgent
        The stops that serve the urgent requests; unservable ones are missing.
    """

    removed: tuple[Stop, ...]
    weight: float
    bound: float | None
    conflicts: tuple[Conflict, ...]
    maintenance: dict[str, tuple[MaintenanceSpan, ...]]
    urgent: tuple[Stop, ...] = ()


def leans_on_earlier(unit: Unit) -> bool:
    """May a stop of the unit stand only because of one before it?"""
    return not unit.returns_home and len(unit.available) > 1


class CannotServe(Exception):
    """Not even without any other stop can this one stand."""


class SmallestChange:
    """Finds what must give way among ``stops``.

    Parameters
    ----------
    costs
        Weight of each stop; unconfirmed ones weigh so little that they only break ties.
    """

    def __init__(self, problem: Problem, stops: list[Stop], costs: dict[Stop, float]) -> None:
        self.problem = problem
        self.standing = Standing(problem)
        self.roads = Roads(problem)
        self.costs = costs
        self.stops = stops
        self.by_unit: dict[str, list[Stop]] = {}
        for stop in stops:
            self.by_unit.setdefault(stop.unit, []).append(stop)
        self.conflicts: list[Conflict] = []
        self.is_proven = True

    def among(self, unit: str) -> list[Stop]:
        """What must give way among a unit's stops; its conflicts are remembered."""
        stops, own = self.by_unit.get(unit, []), list[Conflict]()
        if leans_on_earlier(self.problem.units[self.problem.unit_index[unit]]):
            return self._among_leaning(unit, stops)
        while True:
            given = _cheapest_hitting(own, self.costs)
            left = [stop for stop in stops if stop not in given]
            if self.standing.maintenance(unit, left) is not None:
                self.conflicts += own
                return sorted(given)
            core = _shrunk(left, lambda some: self.standing.maintenance(unit, some) is None)
            own.append(Conflict(tuple(core)))

    def _among_leaning(self, unit: str, stops: list[Stop]) -> list[Stop]:
        for trials, given in enumerate(_lightest_first(stops, self.costs)):
            left = [stop for stop in stops if stop not in given]
            if self.standing.maintenance(unit, left) is not None:
                if given:
                    self.conflicts.append(Conflict(tuple(stops)))
                return sorted(given)
            if trials == MOST_TRIALS:
                break
        self.is_proven = False
        return sorted(stops)

    def add(self, stop: Stop) -> None:
        """Let an urgent stop stand from now on; it gives way to nothing but what is dearer."""
        self.costs[stop] = 1 + math.fsum(self.costs.values())
        self.stops.append(stop)
        self.by_unit.setdefault(stop.unit, []).append(stop)

    def weight(self, stops: list[Stop]) -> float:
        return math.fsum(self.costs[stop] for stop in stops)

    # -- urgent requests

    def place(
        self, request: str, today: int, given_up: dict[str, list[Stop]]
    ) -> tuple[Stop, list[Stop], bool] | None:
        """The urgent stop that makes least give way, what gives way, and whether that is proven.

        Candidates are tried by what overlaps them directly, which is a lower bound: when the best
        is not dearer than the next one's bound, no other is better.

        Parameters
        ----------
        given_up
            What a unit loses in any case; a candidate of that unit is charged for the rest alone.
        """
        spent = {unit: self.weight(stops) for unit, stops in given_up.items()}
        gone = {unit: set(stops) for unit, stops in given_up.items()}
        best: tuple[float, Stop, list[Stop]] | None = None
        kept: list[Conflict] = []
        for trials, (bound, candidate) in enumerate(self._candidates(request, today, spent)):
            if best is not None and best[0] <= bound + 1e-12:
                break
            if trials == MOST_TRIALS:
                return None if best is None else (best[1], best[2], False)
            before = len(self.conflicts)
            try:
                given = self._beside(candidate, gone)
            except CannotServe:
                continue
            mine, self.conflicts = self.conflicts[before:], self.conflicts[:before]
            weight = self.weight(given) - spent.get(candidate.unit, 0.0)
            if best is None or weight < best[0] - 1e-12:
                best, kept = (weight, candidate, given), mine
        self.conflicts += kept
        return None if best is None else (best[1], best[2], True)

    def _beside(self, candidate: Stop, gone: dict[str, set[Stop]]) -> list[Stop]:
        """What must give way for the candidate: in its unit, then at its host, group and crew."""
        own = self.by_unit.get(candidate.unit, [])
        lost = {stop for unit, lost in gone.items() if unit != candidate.unit for stop in lost}
        near = [stop for stop in self._neighbours(candidate) if stop not in lost]
        if leans_on_earlier(self.problem.units[self.problem.unit_index[candidate.unit]]):
            return self._beside_leaning(candidate, own, near)
        conflicts: list[Conflict] = []
        while True:
            given = _cheapest_hitting(conflicts, self.costs)
            left = [stop for stop in own if stop not in given]
            beside = [stop for stop in near if stop not in given]

            def fails_alone(some: list[Stop]) -> bool:
                stops = [*some, candidate]
                return self.standing.maintenance(candidate.unit, stops) is None

            def fails_beside(some: list[Stop]) -> bool:
                return not self.standing.stands_beside(candidate, some)

            if fails_alone(left):
                core = _shrunk(left, fails_alone)
            elif fails_beside(beside):
                core = _shrunk(beside, fails_beside)
            else:
                self.conflicts += conflicts
                return sorted(given)
            if not core:
                raise CannotServe
            conflicts.append(Conflict(tuple(core), candidate))

    def _beside_leaning(self, candidate: Stop, own: list[Stop], near: list[Stop]) -> list[Stop]:
        """The lightest of the unit's own stops to give up, each with what else must give way then."""
        best: tuple[float, list[Stop]] | None = None
        for trials, given in enumerate(_lightest_first(own, self.costs)):
            weight = self.weight([*given])
            if best is not None and best[0] <= weight:
                break
            if trials == MOST_TRIALS:
                self.is_proven = False
                break
            left = [stop for stop in own if stop not in given]
            if self.standing.maintenance(candidate.unit, [*left, candidate]) is None:
                continue
            firm = [stop for stop in near if stop in left]
            others = [stop for stop in near if stop not in own]
            beside = self._others_beside(candidate, firm, others)
            if beside is not None and (best is None or weight + self.weight(beside) < best[0]):
                best = weight + self.weight(beside), [*given, *beside]
        if best is None:
            raise CannotServe
        if best[1]:
            self.conflicts.append(Conflict(tuple(sorted({*own, *near})), candidate))
        return sorted(best[1])

    def _others_beside(
        self, candidate: Stop, firm: list[Stop], others: list[Stop]
    ) -> list[Stop] | None:
        """What of ``others`` must give way for the candidate beside ``firm``; ``None``: all is not enough."""
        conflicts: list[Conflict] = []

        def fails(some: list[Stop]) -> bool:
            return not self.standing.stands_beside(candidate, [*firm, *some])

        while True:
            given = _cheapest_hitting(conflicts, self.costs)
            left = [stop for stop in others if stop not in given]
            if not fails(left):
                return sorted(given)
            core = _shrunk(left, fails)
            if not core:
                return None
            conflicts.append(Conflict(tuple(core), candidate))

    def _neighbours(self, candidate: Stop) -> list[Stop]:
        """Stops that share its host, its place group or its crew."""
        problem = self.problem
        host = self._host(candidate.request)
        crew = problem.units[problem.unit_index[candidate.unit]].crew
        return [
            stop
            for stop in self.stops
            if self._host(stop.request).id == host.id
            or (host.place_group and self._host(stop.request).place_group == host.place_group)
            or (crew and problem.units[problem.unit_index[stop.unit]].crew == crew)
        ]

    def _host(self, request: str) -> Host:
        one = self.problem.requests[self.problem.request_index[request]]
        return self.problem.hosts[self.problem.host_index[one.host]]

    def _candidates(
        self, request: str, today: int, spent: dict[str, float]
    ) -> Iterator[tuple[float, Stop]]:
        """All units and days in the order of what overlaps directly, nearer units first."""
        problem = self.problem
        r = problem.request_index[request]
        host = int(problem.request_host[r])
        heap: list[tuple[float, float, int, int]] = []
        for u in np.flatnonzero(problem.fits[:, r]).tolist():
            unit = problem.units[u]
            km = float(self.roads.km(host, arriving=True)[0][u])
            for first, end in problem.openings(r, u):
                days = np.arange(max(first, today + unit.setup_days), end)
                for day, bound in zip(days.tolist(), self._overlaps(u, r, days), strict=True):
                    heap.append((max(0.0, bound - spent.get(unit.id, 0.0)), km, u, day))
        heapq.heapify(heap)
        while heap:
            bound, _, u, day = heapq.heappop(heap)
            yield bound, Stop(problem.units[u].id, day, request)

    def _overlaps(self, u: int, request: int, days: np.ndarray) -> list[float]:
        """The weight of the unit's stops that the road alone excludes, for each opening day."""
        problem, unit = self.problem, self.problem.units[u]
        there = int(problem.request_host[request])
        arrive = days - unit.setup_days
        leave = days + problem.requests[request].stay_days + unit.strike_days
        weights = np.zeros(len(days))
        stops = self.by_unit.get(unit.id, [])
        rows = [problem.request_index[stop.request] for stop in stops]
        places = [int(problem.request_host[r]) for r in rows]
        coming = self.roads.days(u, there, places, arriving=True)
        going = self.roads.days(u, there, places, arriving=False)
        for i, (stop, r) in enumerate(zip(stops, rows, strict=True)):
            begins = stop.open - unit.setup_days
            ends = stop.open + problem.requests[r].stay_days + unit.strike_days
            before = ends + int(coming[i]) <= arrive
            after = leave + int(going[i]) <= begins
            weights += np.where(before | after, 0.0, self.costs[stop])
        answer: list[float] = weights.tolist()
        return answer


def _shrunk(stops: list[Stop], fails: Callable[[list[Stop]], bool]) -> list[Stop]:
    """A conflict among ``stops`` of which no part is one; empty if nothing at all can stand."""
    core = list(stops)
    for stop in stops:
        rest = [one for one in core if one != stop]
        if fails(rest):
            core = rest
    return core


def _lightest_first(stops: list[Stop], costs: dict[Stop, float]) -> Iterator[tuple[Stop, ...]]:
    """Every set of the stops in the order of its cost, the empty one first."""
    order = sorted(stops, key=lambda stop: (costs[stop], stop))
    yield ()
    heap: list[tuple[float, tuple[int, ...]]] = [(costs[order[0]], (0,))] if order else []
    while heap:
        cost, chosen = heapq.heappop(heap)
        yield tuple(order[i] for i in chosen)
        last, after = chosen[-1], chosen[-1] + 1
        if after < len(order):
            more = costs[order[after]]
            heapq.heappush(heap, (cost + more, (*chosen, after)))
            heapq.heappush(heap, (cost + more - costs[order[last]], (*chosen[:-1], after)))


def _cheapest_hitting(conflicts: list[Conflict], costs: dict[Stop, float]) -> set[Stop]:
    """The cheapest stops that meet every conflict."""
    if not conflicts:
        return set()
    stops = sorted({stop for conflict in conflicts for stop in conflict.stops})
    column = {stop: i for i, stop in enumerate(stops)}
    rows = [i for i, conflict in enumerate(conflicts) for _ in conflict.stops]
    columns = [column[stop] for conflict in conflicts for stop in conflict.stops]
    # 50 MB in every process of the service; only who plans should pay
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)))
    found = milp(
        np.array([costs[stop] for stop in stops]),
        constraints=LinearConstraint(matrix, lb=1.0),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(stops)),
        options={"mip_rel_gap": 0.0},
    )
    if found.status != 0:
        raise RuntimeError(f"The hitting set was not solved: {found.message}")
    return {stop for stop, share in zip(stops, found.x, strict=True) if share > 0.5}
