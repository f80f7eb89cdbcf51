"""Everything that can be wrong with a statement, all of it at once. Judges no plan.

Paths are those of the instance file (``$.requests[3].windows[0].end``), so that a
problem built in code and one read from a file are refused in the same words.
"""

from __future__ import annotations

import datetime
import difflib
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touring.planning.distances import days_for, km_across
from touring.planning.problem.openings import host_side_openings, unit_side_openings
from touring.planning.problem.parts import (
    LEXICOGRAPHIC,
    MODES,
    VALUE_PARTS,
    Host,
    Lock,
    Request,
    Rotation,
    Span,
    Statement,
    Unit,
)
from touring.planning.problem.regions import ancestors_of

MOST_DAYS = 1_000_000
LARGEST = 1e12


@dataclass(frozen=True, order=True)
class Issue:
    """One thing that is wrong: where (a JSON path), a stable code, and what to do about it."""

    path: str
    code: str
    message: str


class InvalidProblem(ValueError):
    """The statement cannot be planned; ``issues`` holds every reason."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(f"{i.path}: {i.message}" for i in self.issues))


def find_issues(statement: Statement) -> list[Issue]:
    """Every contradiction inside the statement, in the order of the file."""
    known = _Known.of(statement)
    return [
        *_season(statement),
        *_regions(statement, known),
        *_hosts(statement, known),
        *_units(statement, known),
        *_requests(statement, known),
        *_promises(statement, known),
        *_rotations(statement, known),
        *_objective(statement, known),
        *_matrix(statement),
        *_locks(statement, known),
    ]


@dataclass(frozen=True)
class _Known:
    regions: frozenset[str]
    hosts: dict[str, Host]
    units: dict[str, Unit]
    requests: dict[str, Request]
    crews: frozenset[str]

    @classmethod
    def of(cls, statement: Statement) -> _Known:
        return cls(
            frozenset(region.id for region in statement.regions),
            {host.id: host for host in reversed(statement.hosts)},
            {unit.id: unit for unit in reversed(statement.units)},
            {request.id: request for request in reversed(statement.requests)},
            frozenset(crew.id for crew in statement.crews),
        )


def _season(statement: Statement) -> Iterator[Issue]:
    if not 1 <= statement.days <= MOST_DAYS:
        yield Issue("$.days", "out_of_range", f"a season has 1 to {MOST_DAYS:,} days")
    if statement.start is not None:
        try:
            datetime.date.fromisoformat(statement.start)
        except ValueError:
            yield Issue("$.start", "bad_date", "write the first day as YYYY-MM-DD")
    travel = statement.travel
    yield from _between("$.travel.circuity", travel.circuity, 0.0, LARGEST, above=True)
    yield from _between("$.travel.km_per_day", travel.km_per_day, 0.0, LARGEST, above=True)
    yield from _spans("$.no_work", statement.no_work)
    gaps = statement.gaps
    yield from _between("$.gaps.any_gap_days", gaps.any_gap_days)
    yield from _between("$.gaps.same_exhibition_gap_days", gaps.same_exhibition_gap_days)
    for i, stop in enumerate(statement.history):
        if stop.close > 0:
            yield Issue(
                f"$.history[{i}].close", "out_of_range", "a stop of the past closes by day 0"
            )


def _regions(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("regions", [region.id for region in statement.regions])
    parents = {region.id: region.parent for region in statement.regions}
    for i, region in enumerate(statement.regions):
        path = f"$.regions[{i}]"
        if region.parent is not None:
            yield from _reference(f"{path}.parent", region.parent, known.regions, "regions")
            if _is_circular(region.id, parents):
                yield Issue(f"{path}.parent", "circular", "the region would lie under itself")
        yield from _between(f"{path}.min_stops", region.min_stops)
        yield from _between(f"{path}.min_value", region.min_value)
        yield from _between(f"{path}.min_township_share", region.min_township_share, 0.0, 1.0)


def _is_circular(region: str, parents: dict[str, str | None]) -> bool:
    seen = {region}
    parent = parents.get(region)
    while parent is not None and parent not in seen:
        seen.add(parent)
        parent = parents.get(parent)
    return parent is not None


def _hosts(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("hosts", [host.id for host in statement.hosts])
    for i, host in enumerate(statement.hosts):
        path = f"$.hosts[{i}]"
        yield from _between(f"{path}.lat", host.lat, -90, 90)
        yield from _between(f"{path}.lon", host.lon, -180, 180)
        if host.region is not None:
            yield from _reference(f"{path}.region", host.region, known.regions, "regions")
        yield from _between(f"{path}.parallel", host.parallel, 1)
        for name, amount in host.offers.items():
            yield from _between(f"{path}.offers.{name}", amount)
        yield from _spans(f"{path}.blackouts", host.blackouts)
        yield from _spans(f"{path}.no_work", host.no_work)


def _units(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("units", [unit.id for unit in statement.units])
    for i, unit in enumerate(statement.units):
        path = f"$.units[{i}]"
        yield from _between(f"{path}.home[0]", unit.home[0], -90, 90)
        yield from _between(f"{path}.home[1]", unit.home[1], -180, 180)
        for j, region in enumerate(unit.regions or ()):
            yield from _reference(f"{path}.regions[{j}]", region, known.regions, "regions")
        if unit.crew is not None:
            yield from _reference(f"{path}.crew", unit.crew, known.crews, "crews")
        for name in ("setup_days", "strike_days", "rest_days", "free_km", "max_km"):
            yield from _between(f"{path}.{name}", getattr(unit, name))
        yield from _between(f"{path}.km_per_day", unit.km_per_day, 0, LARGEST, above=True)
        yield from _between(f"{path}.max_days_out", unit.max_days_out, 1)
        for name, amount in unit.requires.items():
            yield from _between(f"{path}.requires.{name}", amount)
        yield from _availability(f"{path}.available", unit.available, statement.days)
        yield from _needs(path, unit, statement.days)


def _availability(path: str, spans: tuple[Span, ...], days: int) -> Iterator[Issue]:
    yield from _spans(path, spans)
    for i, (first, end) in enumerate(spans):
        if first < 0 or end > days:
            yield Issue(f"{path}[{i}]", "beyond_season", f"keep it inside the season [0, {days})")
        if i and first < spans[i - 1][1]:
            yield Issue(f"{path}[{i}]", "overlap", "spans are sorted and do not overlap")


def _needs(path: str, unit: Unit, days: int) -> Iterator[Issue]:
    for j, need in enumerate(unit.maintenance):
        here = f"{path}.maintenance[{j}]"
        yield from _between(f"{here}.days", need.days, 1)
        if min(need.latest, days) - max(need.earliest, 0) < need.days:
            yield Issue(
                f"{here}.latest", "too_short", "the span is shorter than the maintenance it holds"
            )
    for j, paper in enumerate(unit.customs):
        if not paper.country:
            yield Issue(f"{path}.customs[{j}].country", "empty", "name the country's prefix")
        if paper.first >= paper.end:
            yield Issue(f"{path}.customs[{j}].end", "not_after", "the end comes after the first")


def _requests(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("requests", [request.id for request in statement.requests])
    for i, request in enumerate(statement.requests):
        path = f"$.requests[{i}]"
        yield from _reference(f"{path}.host", request.host, known.hosts, "hosts")
        yield from _between(f"{path}.stay_days", request.stay_days, 1, MOST_DAYS)
        yield from _between(f"{path}.value", request.value)
        if not request.windows:
            yield Issue(f"{path}.windows", "empty", "a request needs at least one window")
        for j, window in enumerate(request.windows):
            here = f"{path}.windows[{j}]"
            if window.first >= window.end:
                yield Issue(f"{here}.end", "not_after", "the end comes after the first")
            elif window.end <= 0 or window.first >= statement.days:
                yield Issue(
                    here, "beyond_season", f"lies wholly outside the season [0, {statement.days})"
                )
            yield from _between(f"{here}.preference", window.preference)


def _promises(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("pairings", [pairing.id for pairing in statement.pairings])
    for i, pairing in enumerate(statement.pairings):
        path = f"$.pairings[{i}]"
        yield from _reference(f"{path}.region", pairing.region, known.regions, "regions")
        for j, unit in enumerate(pairing.units or ()):
            yield from _reference(f"{path}.units[{j}]", unit, known.units, "units")
        yield from _between(f"{path}.min_stops", pairing.min_stops)
        yield from _between(f"{path}.min_value", pairing.min_value)
    for i, pair in enumerate(statement.forbidden):
        yield from _reference(f"$.forbidden[{i}].unit", pair.unit, known.units, "units")
        yield from _reference(f"$.forbidden[{i}].request", pair.request, known.requests, "requests")
    yield from _once("crews", [crew.id for crew in statement.crews])
    for i, crew in enumerate(statement.crews):
        yield from _between(f"$.crews[{i}].per_week", crew.per_week)


def _rotations(statement: Statement, known: _Known) -> Iterator[Issue]:
    yield from _once("rotations", [rotation.id for rotation in statement.rotations])
    for i, rotation in enumerate(statement.rotations):
        path = f"$.rotations[{i}]"
        for j, unit in enumerate(rotation.units):
            yield from _reference(f"{path}.units[{j}]", unit, known.units, "units")
        for j, host in enumerate(rotation.hosts):
            yield from _reference(f"{path}.hosts[{j}]", host, known.hosts, "hosts")
        yield from _square(path, rotation)
        yield from _availability(f"{path}.periods", rotation.periods, statement.days)
        yield from _between(f"{path}.swap_days", rotation.swap_days)
        yield from _between(f"{path}.trucks", rotation.trucks, 1)


def _square(path: str, rotation: Rotation) -> Iterator[Issue]:
    for name, members in (("units", rotation.units), ("hosts", rotation.hosts)):
        if len(set(members)) < len(members):
            yield Issue(f"{path}.{name}", "duplicate", f"name each of the {name} once")
    if len(rotation.units) != len(rotation.hosts):
        yield Issue(
            f"{path}.hosts",
            "not_square",
            f"{len(rotation.units)} units cannot stand one each at {len(rotation.hosts)} hosts",
        )
    if len(rotation.periods) > len(rotation.hosts):
        yield Issue(
            f"{path}.periods",
            "not_square",
            f"{len(rotation.hosts)} units cannot visit a host in {len(rotation.periods)} periods "
            "without coming twice",
        )


def _objective(statement: Statement, known: _Known) -> Iterator[Issue]:
    objective = statement.objective
    if objective.mode not in MODES:
        yield Issue("$.objective.mode", "unknown", f"choose one of {', '.join(MODES)}")
    for name in ("km_cost", "floor_penalty", "must_penalty", "change_penalty", "idle_cost"):
        yield from _between(f"$.objective.{name}", getattr(objective, name))
    yield from _between("$.objective.tolerance", objective.tolerance, 0.0, 1.0)
    for i, part in enumerate(objective.order):
        if part not in VALUE_PARTS:
            yield Issue(
                f"$.objective.order[{i}]", "unknown", f"choose out of {', '.join(VALUE_PARTS)}"
            )
    if len(set(objective.order)) < len(objective.order):
        yield Issue("$.objective.order", "duplicate", "name each part once")
    if objective.mode == LEXICOGRAPHIC and not objective.order:
        yield Issue("$.objective.order", "empty", "the lexicographic mode needs the parts in order")
    for i, region in enumerate(objective.regions):
        yield from _reference(f"$.objective.regions[{i}]", region, known.regions, "regions")


def _matrix(statement: Statement) -> Iterator[Issue]:
    matrix = statement.travel.matrix
    if matrix is None:
        return
    path, size = "$.travel.matrix", len(matrix.points)
    wanted = [host.id for host in statement.hosts] + [f"home:{u.id}" for u in statement.units]
    for point in sorted(set(wanted) - set(matrix.points)):
        yield Issue(path, "missing_point", f"has no row for {point!r}")
    for point in _repeated(list(matrix.points)):
        yield Issue(path, "duplicate", f"has two rows for {point!r}")
    tables: dict[str, npt.NDArray[Any]] = {"km": matrix.km}
    if matrix.days is not None:
        tables["days"] = matrix.days
    for name, table in tables.items():
        if table.shape != (size, size):
            yield Issue(
                f"{path}.{name}",
                "not_square",
                f"has shape {table.shape}, but {size} points make {(size, size)}",
            )
        elif not np.isfinite(table).all() or (table < 0).any() or (table > LARGEST).any():
            yield Issue(f"{path}.{name}", "out_of_range", "distances are finite and not negative")
        elif np.diagonal(table).any():
            yield Issue(f"{path}.{name}", "out_of_range", "a point is 0 away from itself")


def _locks(statement: Statement, known: _Known) -> Iterator[Issue]:
    standing: list[tuple[int, Lock]] = []
    for i, lock in enumerate(statement.locked):
        path = f"$.locked[{i}]"
        yield from _reference(f"{path}.unit", lock.unit, known.units, "units")
        yield from _reference(f"{path}.request", lock.request, known.requests, "requests")
        request = known.requests.get(lock.request)
        if lock.unit not in known.units or request is None or request.host not in known.hosts:
            continue
        yield from _lock_alone(path, lock, statement, known)
        for j, other in standing:
            yield from _lock_pair(path, lock, other, f"$.locked[{j}]", statement, known)
        standing.append((i, lock))
    for host_id, locks in _by_host(standing, known).items():
        yield from _crowded(host_id, locks, known)


def _lock_alone(path: str, lock: Lock, statement: Statement, known: _Known) -> Iterator[Issue]:
    unit, request = known.units[lock.unit], known.requests[lock.request]
    host = known.hosts[request.host]
    parents = {region.id: region.parent for region in statement.regions}
    if any((one.unit, one.request) == (unit.id, request.id) for one in statement.forbidden):
        yield Issue(path, "contradictory_lock", "this unit is forbidden to serve this request")
    if request.exhibitions is not None and unit.exhibition not in request.exhibitions:
        yield Issue(path, "contradictory_lock", "the request does not want this unit's exhibition")
    for name, amount in unit.requires.items():
        if host.offers.get(name, 0.0) < amount:
            yield Issue(
                path,
                "contradictory_lock",
                f"the unit needs {name} {amount:g}, the host offers {host.offers.get(name, 0.0):g}",
            )
    if unit.regions is not None and not set(ancestors_of(host.region, parents)) & set(unit.regions):
        yield Issue(path, "contradictory_lock", "the host lies outside the unit's regions")
    if not 1 <= statement.days <= MOST_DAYS or request.stay_days > MOST_DAYS:
        return
    if lock.open - unit.setup_days < 0 or (
        lock.open + request.stay_days + unit.strike_days > statement.days
    ):
        yield Issue(f"{path}.open", "beyond_season", "the stop does not lie inside the season")
        return
    spans = host_side_openings(
        request,
        host,
        setup_days=unit.setup_days,
        strike_days=unit.strike_days,
        days=statement.days,
        no_work=statement.no_work,
    )
    if not _holds(spans, lock.open):
        yield Issue(
            f"{path}.open",
            "contradictory_lock",
            "windows, blackouts or no-work days of the host forbid this day",
        )
    if not _holds(unit_side_openings(unit, request, host), lock.open):
        yield Issue(
            f"{path}.open",
            "contradictory_lock",
            "the unit is not available, or has no papers, for the whole stop",
        )


def _lock_pair(
    path: str, lock: Lock, other: Lock, other_path: str, statement: Statement, known: _Known
) -> Iterator[Issue]:
    if lock.request == other.request:
        yield Issue(path, "contradictory_lock", f"{other_path} locks the same request")
        return
    if lock.unit != other.unit:
        return
    unit = known.units[lock.unit]
    early, late = sorted((lock, other), key=lambda one: one.open)
    early_request, late_request = known.requests[early.request], known.requests[late.request]
    leave = early.open + early_request.stay_days + unit.strike_days
    arrival = late.open - unit.setup_days
    travel = _travel_days(
        unit, known.hosts[early_request.host], known.hosts[late_request.host], statement
    )
    if arrival < leave + travel:
        yield Issue(
            path,
            "contradictory_lock",
            f"with {other_path} the unit would be in two places: it can arrive on day "
            f"{leave + travel} at the earliest and is to arrive on day {arrival}",
        )


def _by_host(standing: list[tuple[int, Lock]], known: _Known) -> dict[str, list[tuple[int, Lock]]]:
    groups: dict[str, list[tuple[int, Lock]]] = {}
    for i, lock in standing:
        groups.setdefault(known.requests[lock.request].host, []).append((i, lock))
    return groups


def _crowded(host_id: str, locks: list[tuple[int, Lock]], known: _Known) -> Iterator[Issue]:
    spans = []
    for i, lock in locks:
        unit, stay = known.units[lock.unit], known.requests[lock.request].stay_days
        spans.append(
            (lock.open - unit.setup_days, lock.open + stay + unit.strike_days, i),
        )
    for first, _, i in spans:
        present = sum(1 for a, b, _ in spans if a <= first < b)
        if present > known.hosts[host_id].parallel:
            yield Issue(
                f"$.locked[{i}]",
                "contradictory_lock",
                f"{present} locked stops would stand at host {host_id!r} at once",
            )


def _travel_days(unit: Unit, origin: Host, target: Host, statement: Statement) -> int:
    travel = statement.travel
    speed = unit.km_per_day if unit.km_per_day is not None else travel.km_per_day
    matrix = travel.matrix
    if matrix is not None:
        if origin.id not in matrix.points or target.id not in matrix.points:
            return 0
        row, column = matrix.points.index(origin.id), matrix.points.index(target.id)
        table = matrix.km if matrix.days is None else matrix.days
        if table.shape != (len(matrix.points), len(matrix.points)):
            return 0
        if matrix.days is not None:
            return int(matrix.days[row, column])
        km = matrix.km[row : row + 1, column]
    else:
        ends = np.array([[origin.lat, origin.lon], [target.lat, target.lon]], dtype=np.float64)
        km = km_across(ends[:1], ends[1:], circuity=travel.circuity)[0]
    if not speed > 0 or not np.isfinite(km).all():
        return 0
    return int(days_for(km, free_km=unit.free_km, km_per_day=speed)[0])


def _holds(spans: tuple[Span, ...], day: int) -> bool:
    return any(first <= day < end for first, end in spans)


def _between(
    path: str,
    number: float | None,
    least: float = 0,
    most: float = LARGEST,
    *,
    above: bool = False,
) -> Iterator[Issue]:
    if number is None:
        return
    if not math.isfinite(number) or number > most or number < least or (above and number == least):
        lower = f"more than {least:g}" if above else f"at least {least:g}"
        upper = "" if most >= LARGEST else f" and at most {most:g}"
        yield Issue(path, "out_of_range", f"must be {lower}{upper}")


def _spans(path: str, spans: tuple[Span, ...]) -> Iterator[Issue]:
    for i, (first, end) in enumerate(spans):
        if first >= end:
            yield Issue(f"{path}[{i}]", "not_after", "the end comes after the first day")


def _once(kind: str, ids: list[str]) -> Iterator[Issue]:
    seen: dict[str, int] = {}
    for i, name in enumerate(ids):
        if name in seen:
            yield Issue(
                f"$.{kind}[{i}].id", "duplicate", f"{name!r} is already $.{kind}[{seen[name]}]"
            )
        seen.setdefault(name, i)


def _repeated(names: list[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _reference(path: str, name: str, known: Iterable[str], kind: str) -> Iterator[Issue]:
    if name in known:
        return
    near = difflib.get_close_matches(name[:80], list(known)[:5000], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; add it to {kind} or correct it"
    yield Issue(path, "unknown_id", f"{name!r} is not among the {kind}{hint}")
