"""Roads around one host at a time: nothing is computed for the rest of a large network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from touring.planning.distances import KmArray, days_for, km_across
from touring.planning.problem import Problem

Days = npt.NDArray[np.int32]


class Roads:
    """Kilometres and days between one host, the other hosts and the units' homes; remembered."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._homes = np.array([unit.home for unit in problem.units]).reshape(-1, 2)
        self._hosts = np.array([(one.lat, one.lon) for one in problem.hosts]).reshape(-1, 2)
        matrix = problem.travel.matrix
        self._row = {} if matrix is None else {name: i for i, name in enumerate(matrix.points)}
        self._known: dict[tuple[int, bool], tuple[KmArray, KmArray]] = {}

    def km(self, host: int, *, arriving: bool = False) -> tuple[KmArray, KmArray]:
        """From the host to all homes ``(U,)`` and hosts ``(H,)``, or from these to it."""
        key = (host, arriving)
        if key not in self._known:
            self._known[key] = self._measured(host, arriving=arriving)
        return self._known[key]

    def days(self, unit: int, host: int, others: list[int], *, arriving: bool) -> Days:
        """The unit's travel days between the host and these hosts, ``(len(others),)``."""
        problem, matrix = self.problem, self.problem.travel.matrix
        if matrix is not None and matrix.days is not None:
            return self._cells(matrix.days, host, others, arriving=arriving)
        vehicle = problem.units[unit]
        pace = problem.travel.km_per_day if vehicle.km_per_day is None else vehicle.km_per_day
        km = self.km(host, arriving=arriving)[1][others]
        return days_for(km, free_km=vehicle.free_km, km_per_day=pace)

    def _measured(self, host: int, *, arriving: bool) -> tuple[KmArray, KmArray]:
        problem, matrix = self.problem, self.problem.travel.matrix
        if matrix is None:
            here = self._hosts[host : host + 1]
            circuity = problem.travel.circuity
            return (
                km_across(here, self._homes, circuity=circuity)[0],
                km_across(here, self._hosts, circuity=circuity)[0],
            )
        row = self._row[problem.hosts[host].id]
        homes = [self._row[f"home:{unit.id}"] for unit in problem.units]
        hosts = [self._row[one.id] for one in problem.hosts]
        line = matrix.km[:, row] if arriving else matrix.km[row]
        return line[homes], line[hosts]

    def _cells(self, table: Days, host: int, others: list[int], *, arriving: bool) -> Days:
        hosts = self.problem.hosts
        row, columns = self._row[hosts[host].id], [self._row[hosts[one].id] for one in others]
        return table[columns, row] if arriving else table[row, columns]
