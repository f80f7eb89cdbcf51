"""A plan's stops with their days, and the ways between places. No rule is judged in here."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from pyproj import Geod

from touring.planning.check.violation import Violation
from touring.planning.problem import Host, Maintenance, Problem, Request, Span, Unit
from touring.planning.result import MaintenanceSpan, Plan, Stop

_EARTH = Geod(ellps="WGS84")
HOME = ""


@dataclass(frozen=True)
class Visit:
    """One stop with everything it names; ``[arrive, leave)`` at the host, ``[open, close)`` open."""

    stop: Stop
    unit: Unit
    request: Request
    host: Host
    arrive: int
    open: int
    close: int
    leave: int

    def broke(self, code: str, message: str, days: Span | None = None) -> Violation:
        first, end = days or (self.arrive, self.leave)
        return Violation(code, self.unit.id, self.request.id, first, end, message)


@dataclass(frozen=True)
class Known:
    """What is left of a plan after strangers are taken out: by unit, in the order of days."""

    visits: dict[str, list[Visit]]
    maintenance: dict[str, list[MaintenanceSpan]]

    def all_visits(self) -> list[Visit]:
        return [visit for visits in self.visits.values() for visit in visits]


class Network:
    """The statement's records by id, and kilometres and days between places.

    A place is a host's id, or :data:`HOME` for the home of the unit that travels.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.units = {unit.id: unit for unit in problem.units}
        self.hosts = {host.id: host for host in problem.hosts}
        self.requests = {request.id: request for request in problem.requests}
        self.parents = {region.id: region.parent for region in problem.regions}
        matrix = problem.travel.matrix
        self._row = {point: i for i, point in enumerate(matrix.points)} if matrix else {}

    def recognised(self, plan: Plan) -> tuple[Known, list[Violation]]:
        """The plan in terms of the statement, and a violation for each stranger."""
        strangers: list[Violation] = []
        visits: dict[str, list[Visit]] = {unit: [] for unit in self.units}
        maintenance: dict[str, list[MaintenanceSpan]] = {unit: [] for unit in self.units}
        for stop in plan.stops:
            if stop.unit in self.units and stop.request in self.requests:
                visits[stop.unit].append(self._visit(stop))
            else:
                strangers.append(
                    Violation("ID", stop.unit, stop.request, stop.open, stop.open, "is not known")
                )
        for span in plan.maintenance:
            if span.unit in self.units:
                maintenance[span.unit].append(span)
            else:
                strangers.append(
                    Violation("ID", span.unit, "", span.first, span.end, "is not known")
                )
        for unit in self.units:
            visits[unit].sort(key=lambda visit: (visit.arrive, visit.open, visit.request.id))
            maintenance[unit].sort(key=lambda span: (span.first, span.end))
        return Known(visits, maintenance), strangers

    def km(self, unit: Unit, origin: str, target: str) -> float:
        matrix = self.problem.travel.matrix
        if matrix is not None:
            return float(matrix.km[self._point(unit, origin), self._point(unit, target)])
        (lat1, lon1), (lat2, lon2) = self._position(unit, origin), self._position(unit, target)
        if (lat1, lon1) == (lat2, lon2):
            return 0.0
        # One direction only: the two may differ in the last bit.
        if (lat2, lon2) < (lat1, lon1):
            lat1, lon1, lat2, lon2 = lat2, lon2, lat1, lon1
        metres = float(_EARTH.inv(lon1, lat1, lon2, lat2)[2])
        return self.problem.travel.circuity * metres / 1000.0

    def days(self, unit: Unit, origin: str, target: str) -> int:
        matrix = self.problem.travel.matrix
        if matrix is not None and matrix.days is not None:
            return int(matrix.days[self._point(unit, origin), self._point(unit, target)])
        pace = self.problem.travel.km_per_day if unit.km_per_day is None else unit.km_per_day
        return math.ceil(max(0.0, self.km(unit, origin, target) - unit.free_km) / pace)

    def regions_above(self, region: str | None) -> list[str]:
        """The region and everything it lies under."""
        chain: list[str] = []
        while region is not None and region in self.parents:
            chain.append(region)
            region = self.parents[region]
        return chain

    def needs_of(self, unit: str) -> tuple[Maintenance, ...]:
        return self.units[unit].maintenance

    def _visit(self, stop: Stop) -> Visit:
        unit, request = self.units[stop.unit], self.requests[stop.request]
        close = stop.open + request.stay_days
        return Visit(
            stop=stop,
            unit=unit,
            request=request,
            host=self.hosts[request.host],
            arrive=stop.open - unit.setup_days,
            open=stop.open,
            close=close,
            leave=close + unit.strike_days,
        )

    def _point(self, unit: Unit, place: str) -> int:
        return self._row[f"home:{unit.id}" if place == HOME else place]

    def _position(self, unit: Unit, place: str) -> tuple[float, float]:
        return unit.home if place == HOME else (self.hosts[place].lat, self.hosts[place].lon)


def meet(left: Span, right: Span) -> bool:
    return max(left[0], right[0]) < min(left[1], right[1])


def span_containing(spans: tuple[Span, ...], first: int, end: int) -> int | None:
    """The index of the span that holds all of ``[first, end)``."""
    return next((i for i, (a, b) in enumerate(spans) if a <= first and end <= b), None)


def grouped(visits: list[Visit], key: str) -> dict[str, list[Visit]]:
    """Visits by an attribute of their host, those without one left out."""
    groups: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        name = getattr(visit.host, key)
        if name is not None:
            groups[name].append(visit)
    return groups
