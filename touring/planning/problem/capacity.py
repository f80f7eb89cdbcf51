"""Promises that no plan can keep, known before any search. They are warnings: a plan pays for them.

Only what counting shows is told: requests that some unit fits, and days that units have.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from touring.planning.problem.model import Problem
from touring.planning.problem.parts import Pairing, Region
from touring.planning.problem.validation import Issue


def find_warnings(problem: Problem) -> list[Issue]:
    """Floors above what could be served at best, and musts that nobody can serve."""
    return [*_musts(problem), *_floors(problem)]


def _musts(problem: Problem) -> Iterator[Issue]:
    for r, request in enumerate(problem.requests):
        if not request.must:
            continue
        if not any(problem.openings(r, int(unit)) for unit in np.flatnonzero(problem.fits[:, r])):
            yield Issue(
                f"$.requests[{r}].must", "cannot_be_served", "no unit that fits is ever free for it"
            )


def _floors(problem: Problem) -> Iterator[Issue]:
    inside: dict[str, list[int]] = {region.id: [] for region in problem.regions}
    for r in range(len(problem.requests)):
        for name in problem.regions_of_host(int(problem.request_host[r])):
            inside[name].append(r)
    everyone = list(range(len(problem.units)))
    for i, region in enumerate(problem.regions):
        yield from _floor(problem, f"$.regions[{i}]", region, inside[region.id], everyone)
    for i, pairing in enumerate(problem.pairings):
        named = pairing.units
        units = everyone if named is None else [problem.unit_index[unit] for unit in named]
        path = f"$.pairings[{i}]"
        yield from _floor(problem, path, pairing, inside[pairing.region], units)


def _floor(
    problem: Problem, path: str, floor: Region | Pairing, requests: list[int], units: list[int]
) -> Iterator[Issue]:
    if floor.min_stops is None and floor.min_value is None:
        return
    fits = problem.fits[np.ix_(units, requests)]
    able = [requests[column] for column in np.flatnonzero(fits.any(axis=0))]
    stops = min(len(able), _slots(problem, units, requests, fits))
    if floor.min_stops is not None and floor.min_stops > stops:
        message = f"{floor.min_stops} stops are promised, {stops} are possible at most"
        yield Issue(f"{path}.min_stops", "floor_above_capacity", message)
    worths = sorted((_most_worth(problem, r) for r in able), reverse=True)
    value = sum(worths[:stops])
    if floor.min_value is not None and floor.min_value > value + 1e-9:
        message = f"a value of {floor.min_value:g} is promised, {value:g} is possible at most"
        yield Issue(f"{path}.min_value", "floor_above_capacity", message)


def _slots(
    problem: Problem, units: list[int], requests: list[int], fits: npt.NDArray[np.bool_]
) -> int:
    """How many of the shortest stops the units' days hold, roads left out."""
    slots = 0
    for row, u in enumerate(units):
        unit = problem.units[u]
        stays = [
            problem.requests[requests[column]].stay_days for column in np.flatnonzero(fits[row])
        ]
        if stays:
            least = min(stays) + unit.setup_days + unit.strike_days
            slots += sum((end - first) // least for first, end in unit.available)
    return slots


def _most_worth(problem: Problem, request: int) -> float:
    one = problem.requests[request]
    return one.value * max(window.preference for window in one.windows)
