"""What is drawn: per unit the stops, roads and maintenance as spans of days. Knows no SVG."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise

from touring.planning.objective import route_of
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop

UNTITLED = "–"


@dataclass(frozen=True)
class DrawnStop:
    """``[arrival, leave)`` with the open days ``[opens, close)`` inside."""

    arrival: int
    opens: int
    close: int
    leave: int
    host: int
    request: str
    locked: bool


@dataclass(frozen=True)
class Row:
    """A unit's season; ``roads`` and ``maintenance`` are spans of days, ``km`` the whole way."""

    unit: int
    stops: tuple[DrawnStop, ...]
    roads: tuple[tuple[int, int], ...]
    maintenance: tuple[tuple[int, int], ...]
    away: tuple[tuple[int, int], ...]
    km: float


def rows_of(problem: Problem, plan: Plan) -> list[Row]:
    """One row per unit, in the problem's order."""
    locked = {(one.unit, one.request, one.open) for one in problem.locked}
    stops: dict[str, list[Stop]] = {}
    spans: dict[str, list[MaintenanceSpan]] = {}
    for stop in sorted(plan.stops):
        stops.setdefault(stop.unit, []).append(stop)
    for span in sorted(plan.maintenance):
        spans.setdefault(span.unit, []).append(span)
    return [
        _row(problem, u, stops.get(unit.id, []), spans.get(unit.id, []), locked)
        for u, unit in enumerate(problem.units)
    ]


def _row(
    problem: Problem,
    u: int,
    stops: list[Stop],
    spans: list[MaintenanceSpan],
    locked: set[tuple[str, str, int]],
) -> Row:
    unit = problem.units[u]
    drawn = []
    for stop in stops:
        r = problem.request_index[stop.request]
        close = stop.open + problem.requests[r].stay_days
        drawn.append(
            DrawnStop(
                stop.open - unit.setup_days,
                stop.open,
                close,
                close + unit.strike_days,
                int(problem.request_host[r]),
                stop.request,
                (stop.unit, stop.request, stop.open) in locked,
            )
        )
    free = [(0, unit.available[0][0])] if unit.available else [(0, problem.days)]
    free += [(one[1], two[0]) for one, two in pairwise(unit.available)]
    if unit.available:
        free.append((unit.available[-1][1], problem.days))
    return Row(
        u,
        tuple(drawn),
        _roads(problem, u, drawn, spans),
        tuple((span.first, span.end) for span in spans),
        tuple((first, end) for first, end in free if first < end),
        route_of(problem, u, stops, spans).km,
    )


def _roads(
    problem: Problem, u: int, stops: list[DrawnStop], spans: list[MaintenanceSpan]
) -> tuple[tuple[int, int], ...]:
    """Travel just before each arrival, and home after the last stop or before a maintenance."""
    if not stops:
        return ()
    days = problem.host_days(u)
    out, back = problem.days_from_home[u], problem.days_to_home[u]
    roads = [(stops[0].arrival - int(out[stops[0].host]), stops[0].arrival)]
    for one, two in pairwise(stops):
        if any(one.leave <= span.first and span.end <= two.arrival for span in spans):
            roads.append((one.leave, one.leave + int(back[one.host])))
            roads.append((two.arrival - int(out[two.host]), two.arrival))
        else:
            roads.append((two.arrival - int(days[one.host, two.host]), two.arrival))
    if problem.units[u].returns_home:
        roads.append((stops[-1].leave, stops[-1].leave + int(back[stops[-1].host])))
    return tuple((first, end) for first, end in roads if first < end)


def day_name(problem: Problem, day: int) -> str:
    if problem.start is None:
        return f"day {day}"
    first = datetime.date.fromisoformat(problem.start)
    try:
        return (first + datetime.timedelta(days=day)).isoformat()
    except OverflowError:
        return f"day {day}"


def ticks_of(problem: Problem, most: int) -> list[tuple[int, str]]:
    """Days to mark with their names: firsts of months with a start, else round numbers."""
    if problem.start is None or problem.days > 36_600:
        step = next(s for s in _round_steps() if problem.days / s <= most)
        return [(day, str(day)) for day in range(0, problem.days + 1, step)]
    first = datetime.date.fromisoformat(problem.start)
    months = []
    year, month = first.year, first.month
    while year < datetime.MAXYEAR:
        day = (datetime.date(year, month, 1) - first).days
        if day >= problem.days:
            break
        if day >= 0:
            months.append((day, f"{year}-{month:02d}"))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if len(months) / s <= most)
    return months[::step]


def _round_steps() -> list[int]:
    return [base * 10**power for power in range(7) for base in (1, 2, 5, 7 if not power else 9)]
