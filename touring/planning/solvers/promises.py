"""Floors and musts while a plan grows: what is missing, and what one more stop would mend."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touring.planning.problem import MAX_MIN, Problem
from touring.planning.solvers.options import Options


@dataclass
class _Floor:
    """``inside`` marks the requests counted; ``units`` of ``None`` counts all units."""

    measure: str
    wanted: float
    inside: npt.NDArray[np.bool_]
    units: frozenset[int] | None
    reached: float = 0.0
    stops: int = 0

    def missing(self) -> float:
        if self.measure == "share":
            return max(0.0, self.wanted * self.stops - self.reached)
        return max(0.0, self.wanted - self.reached)


class Promises:
    """Counts served floors and musts of a draft."""

    def __init__(self, problem: Problem, options: Options) -> None:
        self._problem = problem
        self._options = options
        self._floors = _floors_of(problem)
        self._touching = _touching(self._floors, len(problem.requests))
        self._must = np.array([request.must for request in problem.requests], dtype=bool)
        self._township = np.array([request.township for request in problem.requests], dtype=bool)
        self._missed_musts = int(self._must.sum())
        self._plain = options.worth - np.array(
            [pin.saving if pin is not None else 0.0 for pin in options.pins]
        )
        self._versions = [0] * len(self._floors)
        self._missing = np.array([*(floor.missing() for floor in self._floors), 0.0])
        weights = problem.objective
        self._must_bonus = weights.must_penalty * self._must.astype(np.float64)
        general = [f for f, floor in enumerate(self._floors) if floor.units is None]
        special = [f for f, floor in enumerate(self._floors) if floor.units is not None]
        self._special = special if weights.floor_penalty else []
        self._share = [f for f in general if self._floors[f].measure == "share"]
        self._worst = _WorstRegion(problem) if weights.mode == MAX_MIN else None
        self._above_stops = self._above(general, "stops")
        self._above_value = self._above(general, "value")

    def count(self, unit: int, option: int, sign: int) -> None:
        """A stop comes (+1) or goes (-1)."""
        r = int(self._options.request_list[option])
        if self._must[r]:
            self._missed_musts -= sign
        if self._worst is not None:
            self._worst.count(r, sign * float(self._plain[option]))
        for f in self._touching[r]:
            floor = self._floors[f]
            if floor.units is None or unit in floor.units:
                floor.stops += sign
                floor.reached += sign * self._amount(floor, option, r)
                missing = floor.missing()
                if missing != self._missing[f]:
                    self._missing[f] = missing
                    self._versions[f] += 1

    def version_of(self, option: int) -> int:
        """Changes whenever a floor above the option's host has moved."""
        return sum(self._versions[f] for f in self._touching[self._options.request_list[option]])

    def penalty(self) -> float:
        """What missing floors and musts cost now."""
        weights = self._problem.objective
        missing = math.fsum(self._missing.tolist())
        worst = self._worst.penalty() if self._worst is not None else 0.0
        return worst + weights.floor_penalty * missing + weights.must_penalty * self._missed_musts

    def bonus(self, unit: int, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """How much the penalty falls when the unit serves each of these options."""
        requests = self._options.request[rows]
        bonus: npt.NDArray[np.float64] = self._must_bonus[requests]
        if self._worst is not None:
            bonus += self._worst.bonus(requests, self._plain[rows])
        penalty = self._problem.objective.floor_penalty
        if not penalty:
            return bonus
        for floors in self._above_stops:
            bonus += penalty * np.minimum(1.0, self._missing[floors[requests]])
        for floors in self._above_value:
            bonus += penalty * np.minimum(self._plain[rows], self._missing[floors[requests]])
        for f in (*self._share, *self._special):
            floor = self._floors[f]
            if floor.units is None or unit in floor.units:
                mended = np.where(floor.inside[requests], self._mended(floor, rows, requests), 0.0)
                bonus += penalty * mended
        return bonus

    def _mended(
        self, floor: _Floor, rows: npt.NDArray[np.int32], requests: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.float64]:
        missing = floor.missing()
        if floor.measure == "share":
            after = floor.wanted * (floor.stops + 1) - floor.reached
            mended: npt.NDArray[np.float64] = missing - np.maximum(
                0.0, after - self._township[requests]
            )
        elif floor.measure == "value":
            mended = np.minimum(self._plain[rows], missing)
        else:
            mended = np.full(len(rows), min(1.0, missing))
        return mended

    def _amount(self, floor: _Floor, option: int, request: int) -> float:
        if floor.measure == "value":
            return float(self._plain[option])
        if floor.measure == "share":
            return float(self._township[request])
        return 1.0

    def _above(self, general: list[int], measure: str) -> list[npt.NDArray[np.int32]]:
        """Per level, the floor of this measure above each request; the last index is nobody's."""
        chosen = {f for f in general if self._floors[f].measure == measure}
        above = [[f for f in touching if f in chosen] for touching in self._touching]
        nobody = len(self._floors)
        return [
            np.array([one[level] if level < len(one) else nobody for one in above], dtype=np.int32)
            for level in range(max((len(one) for one in above), default=0))
        ]


class _WorstRegion:
    """The lowest ratio of served to requested value, worth more than all else together."""

    def __init__(self, problem: Problem) -> None:
        wanted = problem.objective.regions or tuple(region.id for region in problem.regions)
        values = np.array([request.value for request in problem.requests])
        above = [
            problem.regions_of_host(int(problem.request_host[r]))
            for r in range(len(problem.requests))
        ]
        masks = [np.array([region in one for one in above], dtype=bool) for region in wanted]
        asked = [(mask, math.fsum(values[mask].tolist())) for mask in masks]
        self._inside = [mask for mask, total in asked if total > 0]
        self._totals = [total for _, total in asked if total > 0]
        self._served = [0.0] * len(self._totals)
        self._weight = 100.0 * math.fsum(values.tolist())
        self.version = 0

    def count(self, request: int, worth: float) -> None:
        self.version += 1
        for f, inside in enumerate(self._inside):
            if inside[request]:
                self._served[f] += worth

    def penalty(self) -> float:
        return self._weight * (1.0 - min(self._ratios(), default=1.0))

    def bonus(
        self, requests: npt.NDArray[np.int32], worths: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """The rise of the lowest ratio; among equals each gets its share of the rise to come."""
        bonus = np.zeros(len(requests))
        ratios = self._ratios()
        if not ratios:
            return bonus
        lowest = min(ratios)
        tied = [f for f, ratio in enumerate(ratios) if ratio <= lowest + 1e-9]
        room = min((r for r in ratios if r > lowest + 1e-9), default=math.inf) - lowest
        for f in tied:
            rise = np.minimum(worths / self._totals[f], room) / len(tied)
            bonus += np.where(self._inside[f][requests], self._weight * rise, 0.0)
        return bonus

    def _ratios(self) -> list[float]:
        return [done / total for done, total in zip(self._served, self._totals, strict=True)]


def _floors_of(problem: Problem) -> list[_Floor]:
    inside = {region.id: np.zeros(len(problem.requests), dtype=bool) for region in problem.regions}
    for r in range(len(problem.requests)):
        for name in problem.regions_of_host(int(problem.request_host[r])):
            inside[name][r] = True
    floors = []
    for region in problem.regions:
        for measure, wanted in (
            ("stops", region.min_stops),
            ("value", region.min_value),
            ("share", region.min_township_share),
        ):
            if wanted:
                floors.append(_Floor(measure, wanted, inside[region.id], None))
    for pairing in problem.pairings:
        units = (
            None
            if pairing.units is None
            else frozenset(problem.unit_index[unit] for unit in pairing.units)
        )
        for measure, wanted in (("stops", pairing.min_stops), ("value", pairing.min_value)):
            if wanted:
                floors.append(_Floor(measure, wanted, inside[pairing.region], units))
    return floors


def _touching(floors: list[_Floor], requests: int) -> list[list[int]]:
    touching: list[list[int]] = [[] for _ in range(requests)]
    for f, floor in enumerate(floors):
        for r in np.flatnonzero(floor.inside):
            touching[int(r)].append(f)
    return touching
