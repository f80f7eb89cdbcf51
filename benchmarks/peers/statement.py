"""The part of a planning problem that routing engines can state, as plain numbers.

Left out on both sides: maintenance, floors, promises, musts, crews, and gaps between stops at one
place. What a calendar allows is exact: each run of opening days of one preference is a *choice*
with its own prize. Prizes and distances are whole numbers of one ten-thousandth of value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from touring.planning.problem import Gaps, Problem
from touring.planning.result import Plan, Stop

SCALE = 10_000


def relaxed(problem: Problem) -> Problem:
    """The problem without what no peer can state."""
    units = tuple(replace(unit, maintenance=(), crew=None) for unit in problem.units)
    regions = tuple(
        replace(one, min_stops=None, min_value=None, min_township_share=None)
        for one in problem.regions
    )
    return replace(
        problem,
        units=units,
        regions=regions,
        requests=tuple(replace(one, must=False) for one in problem.requests),
        pairings=(),
        crews=(),
        gaps=Gaps(),
        history=(),
    )


def statement(problem: Problem) -> dict[str, Any]:
    """Points are the hosts, then every unit's home."""
    hosts, units = len(problem.hosts), len(problem.units)
    km, days = np.zeros((hosts + units,) * 2), np.zeros((hosts + units,) * 2, dtype=int)
    km[:hosts, :hosts], days[:hosts, :hosts] = problem.host_km, problem.host_days(0)
    km[hosts:, :hosts], km[:hosts, hosts:] = problem.km_from_home, problem.km_to_home.T
    days[hosts:, :hosts], days[:hosts, hosts:] = problem.days_from_home, problem.days_to_home.T
    return {
        "distance": np.rint(SCALE * problem.objective.km_cost * km).astype(int).tolist(),
        "duration": days.tolist(),
        "units": [
            {
                "home": hosts + u,
                "first": unit.available[0][0],
                "end": unit.available[0][1],
                "fits": np.flatnonzero(problem.fits[u]).tolist(),
            }
            for u, unit in enumerate(problem.units)
        ],
        "requests": [
            {
                "host": int(problem.request_host[r]),
                "service": _length(problem, r),
                "choices": list(_choices(problem, r)),
            }
            for r in range(len(problem.requests))
        ],
    }


def plan_from(problem: Problem, routes: list[list[list[int]]]) -> Plan:
    """Routes per unit of request and day of arrival."""
    stops = [
        Stop(unit.id, day + unit.setup_days, problem.requests[r].id)
        for unit, route in zip(problem.units, routes, strict=True)
        for r, day in route
    ]
    return Plan(stops=tuple(sorted(stops)), instance=problem.name, instance_hash=problem.hash)


def _length(problem: Problem, request: int) -> int:
    unit = problem.units[0]
    return unit.setup_days + problem.requests[request].stay_days + unit.strike_days


def _choices(problem: Problem, request: int) -> Iterator[dict[str, int]]:
    """Runs of arrival days of one prize; all units have the same set-up days and spans here."""
    able = np.flatnonzero(problem.fits[:, request])
    for first, end in problem.openings(request, int(able[0])) if len(able) else ():
        run = first
        for day in range(first + 1, end + 1):
            here = problem.preference(request, run)
            if day < end and problem.preference(request, day) == here:
                continue
            setup = problem.units[int(able[0])].setup_days
            prize = round(SCALE * problem.requests[request].value * here)
            yield {"first": run - setup, "last": day - 1 - setup, "prize": prize}
            run = day
