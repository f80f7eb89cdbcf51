"""A checked statement together with the arrays derived from it. Plans are not known here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from touring.planning.distances import DayArray, KmArray, days_for, km_across, km_between
from touring.planning.problem.openings import (
    host_side_openings,
    intersected,
    unit_side_openings,
)
from touring.planning.problem.parts import Span, Statement, Unit
from touring.planning.problem.regions import ancestors_of
from touring.planning.problem.validation import InvalidProblem, find_issues


@dataclass(frozen=True)
class Problem(Statement):
    """A complete, checked planning problem. A ``Problem`` that exists is valid.

    The arrays are computed on first use and kept; leave them alone. Rows and columns
    follow the order of ``hosts`` (H), ``units`` (U) and ``requests`` (R).

    Raises
    ------
    InvalidProblem
        With every issue of the statement.
    """

    def __post_init__(self) -> None:
        issues = find_issues(self)
        if issues:
            raise InvalidProblem(issues)

    @classmethod
    def of(cls, statement: Statement) -> Problem:
        """The same statement, checked."""
        return cls(**{one.name: getattr(statement, one.name) for one in fields(Statement)})

    def __getstate__(self) -> dict[str, object]:
        names = {one.name for one in fields(Statement)}
        return {name: value for name, value in self.__dict__.items() if name in names}

    @cached_property
    def host_index(self) -> dict[str, int]:
        return {host.id: i for i, host in enumerate(self.hosts)}

    @cached_property
    def unit_index(self) -> dict[str, int]:
        return {unit.id: i for i, unit in enumerate(self.units)}

    @cached_property
    def request_index(self) -> dict[str, int]:
        return {request.id: i for i, request in enumerate(self.requests)}

    @cached_property
    def request_host(self) -> npt.NDArray[np.int32]:
        """Host index of each request, ``(R,)``."""
        return np.array([self.host_index[r.host] for r in self.requests], dtype=np.int32)

    @cached_property
    def host_km(self) -> KmArray:
        """Kilometres from host to host, ``(H, H)``; symmetric unless a matrix says otherwise."""
        if self.travel.matrix is not None:
            rows = self._matrix_rows([host.id for host in self.hosts])
            return np.ascontiguousarray(self.travel.matrix.km[np.ix_(rows, rows)])
        return km_between(self._host_points, circuity=self.travel.circuity)

    @cached_property
    def km_from_home(self) -> KmArray:
        """Kilometres from each unit's home to each host, ``(U, H)``."""
        return self._home_km(back=False)

    @cached_property
    def km_to_home(self) -> KmArray:
        """Kilometres from each host to each unit's home, ``(U, H)``."""
        return self._home_km(back=True)

    def host_days(self, unit: int) -> DayArray:
        """Travel days of a unit from host to host, ``(H, H)``; units of one pace share it."""
        pace = self._pace(self.units[unit])
        if pace not in self._host_days_by_pace:
            self._host_days_by_pace[pace] = self._days_between_hosts(pace)
        return self._host_days_by_pace[pace]

    @cached_property
    def days_from_home(self) -> DayArray:
        """Travel days from each unit's home to each host, ``(U, H)``."""
        return self._home_days(back=False)

    @cached_property
    def days_to_home(self) -> DayArray:
        """Travel days from each host to each unit's home, ``(U, H)``."""
        return self._home_days(back=True)

    def regions_of_host(self, host: int) -> tuple[str, ...]:
        """The host's region and all above it, nearest first."""
        return ancestors_of(self.hosts[host].region, self._parents)

    @cached_property
    def facility_fits(self) -> npt.NDArray[np.bool_]:
        """Does the host offer what the unit requires? ``(U, H)``."""
        fits = np.ones((len(self.units), len(self.hosts)), dtype=bool)
        names = sorted({name for unit in self.units for name in unit.requires})
        for name in names:
            offered = np.array([host.offers.get(name, 0.0) for host in self.hosts])
            required = np.array([unit.requires.get(name, 0.0) for unit in self.units])
            fits &= offered[None, :] >= required[:, None]
        return fits

    @cached_property
    def region_fits(self) -> npt.NDArray[np.bool_]:
        """Does the host lie in the unit's regions? ``(U, H)``."""
        fits = np.ones((len(self.units), len(self.hosts)), dtype=bool)
        above = [frozenset(self.regions_of_host(h)) for h in range(len(self.hosts))]
        rows: dict[tuple[str, ...], npt.NDArray[np.bool_]] = {}
        for u, unit in enumerate(self.units):
            if unit.regions is not None:
                if unit.regions not in rows:
                    wanted = frozenset(unit.regions)
                    rows[unit.regions] = np.array([bool(wanted & one) for one in above], dtype=bool)
                fits[u] = rows[unit.regions]
        return fits

    @cached_property
    def exhibition_fits(self) -> npt.NDArray[np.bool_]:
        """Does the request want the unit's exhibition? ``(U, R)``."""
        fits = np.ones((len(self.units), len(self.requests)), dtype=bool)
        shown = np.array([unit.exhibition or "" for unit in self.units], dtype=object)
        for r, request in enumerate(self.requests):
            if request.exhibitions is not None:
                fits[:, r] = [one in request.exhibitions for one in shown]
        return fits

    @cached_property
    def fits(self) -> npt.NDArray[np.bool_]:
        """H6 for each unit and request, ``(U, R)``; calendars are not asked."""
        by_host = self.facility_fits & self.region_fits
        fits: npt.NDArray[np.bool_] = self.exhibition_fits & by_host[:, self.request_host]
        for pair in self.forbidden:
            fits[self.unit_index[pair.unit], self.request_index[pair.request]] = False
        return fits

    def host_openings(
        self, request: int, unit: int, *, least_preference: float = 0.0
    ) -> tuple[Span, ...]:
        """Opening days that request, host and season allow a unit of these set-up days (H4, H13)."""
        one, vehicle = self.requests[request], self.units[unit]
        key = (request, vehicle.setup_days, vehicle.strike_days, least_preference)
        if key not in self._openings:
            self._openings[key] = host_side_openings(
                one,
                self.hosts[self.request_host[request]],
                setup_days=vehicle.setup_days,
                strike_days=vehicle.strike_days,
                days=self.days,
                no_work=self.no_work,
                least_preference=least_preference,
            )
        return self._openings[key]

    def openings(self, request: int, unit: int) -> tuple[Span, ...]:
        """Opening days that all calendars allow (H2, H4, H12, H13), as half-open spans."""
        host = self.hosts[self.request_host[request]]
        own = unit_side_openings(self.units[unit], self.requests[request], host)
        return intersected(self.host_openings(request, unit), own)

    def preference(self, request: int, opens: int) -> float:
        """The best preference among the windows that contain the stay; 0 when none does."""
        one = self.requests[request]
        close = opens + one.stay_days
        return max(
            (w.preference for w in one.windows if w.first <= opens and close <= w.end), default=0.0
        )

    @cached_property
    def _openings(self) -> dict[tuple[int, int, int, float], tuple[Span, ...]]:
        return {}

    @cached_property
    def _host_days_by_pace(self) -> dict[tuple[float, float], DayArray]:
        return {}

    @cached_property
    def _parents(self) -> dict[str, str | None]:
        return {region.id: region.parent for region in self.regions}

    @cached_property
    def _host_points(self) -> KmArray:
        return np.array([(h.lat, h.lon) for h in self.hosts], dtype=np.float64).reshape(-1, 2)

    def _pace(self, unit: Unit) -> tuple[float, float]:
        speed = self.travel.km_per_day if unit.km_per_day is None else unit.km_per_day
        return (unit.free_km, speed)

    def _days_between_hosts(self, pace: tuple[float, float]) -> DayArray:
        matrix = self.travel.matrix
        if matrix is not None and matrix.days is not None:
            rows = self._matrix_rows([host.id for host in self.hosts])
            return np.ascontiguousarray(matrix.days[np.ix_(rows, rows)])
        return days_for(self.host_km, free_km=pace[0], km_per_day=pace[1])

    def _matrix_rows(self, points: list[str]) -> list[int]:
        assert self.travel.matrix is not None
        row = {point: i for i, point in enumerate(self.travel.matrix.points)}
        return [row[point] for point in points]

    def _home_km(self, *, back: bool) -> KmArray:
        matrix = self.travel.matrix
        if matrix is not None:
            return self._home_table(matrix.km, back=back)
        homes = sorted({unit.home for unit in self.units})
        row = {home: i for i, home in enumerate(homes)}
        points = np.array(homes, dtype=np.float64).reshape(-1, 2)
        km = km_across(points, self._host_points, circuity=self.travel.circuity)
        return km[[row[unit.home] for unit in self.units]]

    def _home_days(self, *, back: bool) -> DayArray:
        matrix = self.travel.matrix
        if matrix is not None and matrix.days is not None:
            return self._home_table(matrix.days, back=back)
        km = self.km_to_home if back else self.km_from_home
        days = np.zeros(km.shape, dtype=np.int32)
        for u, unit in enumerate(self.units):
            free_km, km_per_day = self._pace(unit)
            days[u] = days_for(km[u], free_km=free_km, km_per_day=km_per_day)
        return days

    def _home_table(self, table: npt.NDArray[Any], *, back: bool) -> npt.NDArray[Any]:
        hosts = self._matrix_rows([host.id for host in self.hosts])
        homes = self._matrix_rows([f"home:{unit.id}" for unit in self.units])
        part = table[np.ix_(hosts, homes)].T if back else table[np.ix_(homes, hosts)]
        return np.ascontiguousarray(part)
