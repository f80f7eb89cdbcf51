"""Reasons that hold whatever the plan: nothing wanted, nothing fits, the calendars are closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from touring.planning.explain.words import reason
from touring.planning.problem import Problem, Unit
from touring.planning.problem.openings import host_side_openings, openings_inside, papers_for
from touring.planning.result import Reason


def misfit(problem: Problem, request: int) -> Reason | None:
    """Why no unit fits the request (H6), or ``None`` when one does."""
    host = int(problem.request_host[request])
    wanted = problem.exhibition_fits[:, request]
    if not wanted.any():
        names = list(problem.requests[request].exhibitions or ())
        return reason("no_such_exhibition", wanted=names)
    inside = wanted & problem.region_fits[:, host]
    if not inside.any():
        return reason("outside_regions", host=problem.hosts[host].id)
    if not (inside & problem.facility_fits[:, host]).any():
        return _facility(problem, host, np.flatnonzero(inside))
    if not problem.fits[:, request].any():
        return reason("forbidden", host=problem.hosts[host].id)
    return None


def unit_misfit(problem: Problem, unit: int, request: int) -> Reason | None:
    """Why this one unit can never serve the request (H6), or ``None`` when it can."""
    host = int(problem.request_host[request])
    if not problem.exhibition_fits[unit, request]:
        wanted = list(problem.requests[request].exhibitions or ())
        return reason("other_exhibition", unit=problem.units[unit].id, wanted=wanted)
    if not problem.region_fits[unit, host]:
        return reason("unit_elsewhere", unit=problem.units[unit].id, host=problem.hosts[host].id)
    if not problem.facility_fits[unit, host]:
        return _facility(problem, host, np.array([unit]))
    return None


def closed(problem: Problem, request: int) -> Reason | None:
    """Why the calendars of request, host and fitting units leave no opening day, or ``None``."""
    units = np.flatnonzero(problem.fits[:, request])
    if any(problem.openings(request, int(unit)) for unit in units):
        return None
    one = problem.requests[request]
    able = [problem.units[int(unit)] for unit in units]
    if not any(problem.host_openings(request, int(unit)) for unit in units):
        return _host_closed(problem, request, able)
    if any(_opens_without_papers(problem, request, int(unit)) for unit in units):
        return reason("no_papers", stay_days=one.stay_days)
    return reason("unit_away", stay_days=one.stay_days)


def _facility(problem: Problem, host: int, units: np.ndarray) -> Reason:
    """The unit with the smallest worst relative shortage, and that shortage."""
    offers = problem.hosts[host].offers

    def shortages(unit: Unit) -> list[tuple[float, str, float, float]]:
        return [
            ((amount - offers.get(name, 0.0)) / amount, name, amount, offers.get(name, 0.0))
            for name, amount in unit.requires.items()
            if amount > offers.get(name, 0.0)
        ]

    unit = min((problem.units[int(u)] for u in units), key=lambda one: max(shortages(one)))
    missing = sorted(shortages(unit), reverse=True)
    _, name, required, offered = missing[0]
    return reason(
        "no_unit_fits",
        host=problem.hosts[host].id,
        unit=unit.id,
        facility=name,
        required=required,
        offered=offered,
        missing=required - offered,
        all_missing={one[1]: one[2] - one[3] for one in missing},
    )


def _host_closed(problem: Problem, request: int, units: list[Unit]) -> Reason:
    """Which closure alone keeps the windows shut: each is lifted in turn."""
    one = problem.requests[request]
    host = problem.hosts[problem.request_host[request]]
    open_host = replace(host, blackouts=(), no_work=())

    def opens(*, any_day: bool = False, no_blackouts: bool = False, any_work: bool = False) -> bool:
        asked = replace(one, days_allowed=None) if any_day else one
        place = replace(
            host,
            blackouts=() if no_blackouts else host.blackouts,
            no_work=() if any_work else host.no_work,
        )
        return any(
            host_side_openings(
                asked,
                place,
                setup_days=unit.setup_days,
                strike_days=unit.strike_days,
                days=problem.days,
                no_work=() if any_work else problem.no_work,
            )
            for unit in units
        )

    free = replace(one, days_allowed=None)
    bare = [
        host_side_openings(
            free,
            open_host,
            setup_days=unit.setup_days,
            strike_days=unit.strike_days,
            days=problem.days,
            no_work=(),
        )
        for unit in units
    ]
    if not any(bare):
        longest = max(min(w.end, problem.days) - max(w.first, 0) for w in one.windows)
        needed = one.stay_days
        if longest >= needed:
            needed += min(unit.setup_days + unit.strike_days for unit in units)
        return reason("window_too_short", longest=longest, needed=needed, stay_days=one.stay_days)
    if opens(no_blackouts=True):
        return reason("closed_by_blackouts", stay_days=one.stay_days)
    if opens(any_work=True):
        return reason("closed_by_no_work", stay_days=one.stay_days)
    if opens(any_day=True):
        return reason("closed_by_school_days", stay_days=one.stay_days)
    return reason("closed_days_together", stay_days=one.stay_days)


def _opens_without_papers(problem: Problem, request: int, unit: int) -> bool:
    """Would the unit's own availability leave an opening day if it needed no papers?"""
    vehicle = problem.units[unit]
    host = problem.hosts[problem.request_host[request]]
    if papers_for(vehicle, host) is None:
        return False
    own = openings_inside(vehicle.available, vehicle, problem.requests[request].stay_days)
    return any(a < d and c < b for a, b in problem.host_openings(request, unit) for c, d in own)
