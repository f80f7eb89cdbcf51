"""What goes wrong in a running season, and the problem that is left then. No plan is touched here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from touring.planning.problem import Host, Problem, Request, Span, Unit


@dataclass(frozen=True)
class HostCancels:
    """A request is withdrawn, or all requests of a host (``host``); exactly one is given."""

    request: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class UnitBreaks:
    """A unit cannot work on the days ``[first, end)``."""

    unit: str
    first: int
    end: int


@dataclass(frozen=True)
class RegionSuspended:
    """Nothing may stand, be set up or struck in a region's subtree on the days ``[first, end)``."""

    region: str
    first: int
    end: int


@dataclass(frozen=True)
class UrgentRequest:
    """A request that has come in late and is to be served."""

    request: Request


Disturbance = HostCancels | UnitBreaks | RegionSuspended | UrgentRequest


@dataclass(frozen=True)
class Disturbed:
    """The problem after the disturbances, without locks, and what they touched.

    Parameters
    ----------
    units, requests
        Ids whose rows are other than before; stops of all others can stand as they did.
    urgent
        Requests to be served.
    waived
        Units whose maintenance the disturbance leaves no day for: that need is dropped.
    """

    problem: Problem
    units: frozenset[str]
    requests: frozenset[str]
    urgent: tuple[str, ...]
    waived: tuple[str, ...]


class UnknownDisturbed(ValueError):
    """A disturbance names what the instance does not hold; ``names`` lists all of it."""

    def __init__(self, names: list[str]) -> None:
        self.names = tuple(names)
        super().__init__("The instance does not hold, or already holds: " + ", ".join(names))


def disturbed(problem: Problem, disturbances: Iterable[Disturbance]) -> Disturbed:
    """The problem that is left.

    Raises
    ------
    UnknownDisturbed
        If a unit, request, host or region is not known, or an urgent request's id is taken.
    InvalidProblem
        If an urgent request is wrong in itself.
    """
    listed = list(disturbances)
    _refuse_unknown(problem, listed)
    gone = _withdrawn(problem, listed)
    urgent = [one.request for one in listed if isinstance(one, UrgentRequest)]
    suspended = [one for one in listed if isinstance(one, RegionSuspended)]
    broken = [one for one in listed if isinstance(one, UnitBreaks)]
    hosts, closed = _closed_hosts(problem, suspended)
    units, waived = _broken_units(problem, broken)
    requests = [one for one in problem.requests if one.id not in gone]
    left = replace(
        problem,
        hosts=hosts,
        units=units,
        requests=(*requests, *urgent),
        locked=(),
        forbidden=tuple(one for one in problem.forbidden if one.request not in gone),
        hash="",
    )
    at_closed = {one.id for one in requests if one.host in closed}
    return Disturbed(
        left,
        frozenset(one.unit for one in broken),
        frozenset(gone | at_closed),
        tuple(one.id for one in urgent),
        tuple(waived),
    )


def _withdrawn(problem: Problem, listed: list[Disturbance]) -> set[str]:
    cancelled = [one for one in listed if isinstance(one, HostCancels)]
    hosts = {one.host for one in cancelled if one.host is not None}
    named = {one.request for one in cancelled if one.request is not None}
    return named | {one.id for one in problem.requests if one.host in hosts}


def _closed_hosts(
    problem: Problem, suspended: list[RegionSuspended]
) -> tuple[tuple[Host, ...], set[str]]:
    if not suspended:
        return problem.hosts, set()
    hosts, closed = [], set()
    for h, host in enumerate(problem.hosts):
        above = problem.regions_of_host(h)
        spans = tuple((one.first, one.end) for one in suspended if one.region in above)
        if spans:
            closed.add(host.id)
        hosts.append(replace(host, blackouts=(*host.blackouts, *spans)) if spans else host)
    return tuple(hosts), closed


def _broken_units(problem: Problem, broken: list[UnitBreaks]) -> tuple[tuple[Unit, ...], list[str]]:
    units, waived = [], []
    for unit in problem.units:
        spans = unit.available
        for one in broken:
            if one.unit == unit.id:
                spans = _without(spans, (one.first, one.end))
        if spans != unit.available:
            needs = tuple(
                need
                for need in unit.maintenance
                if any(
                    min(end, need.latest) - max(first, need.earliest) >= need.days
                    for first, end in spans
                )
            )
            if needs != unit.maintenance:
                waived.append(unit.id)
            unit = replace(unit, available=spans, maintenance=needs)
        units.append(unit)
    return tuple(units), waived


def _without(spans: tuple[Span, ...], gap: Span) -> tuple[Span, ...]:
    pieces = [
        piece
        for first, end in spans
        for piece in ((first, min(end, gap[0])), (max(first, gap[1]), end))
    ]
    return tuple((first, end) for first, end in pieces if first < end)


def _refuse_unknown(problem: Problem, listed: list[Disturbance]) -> None:
    regions = {region.id for region in problem.regions}
    names: list[str] = []
    for one in listed:
        if isinstance(one, HostCancels):
            known_request = one.request is None or one.request in problem.request_index
            known_host = one.host is None or one.host in problem.host_index
            if not known_request or not known_host:
                names.append(str(one.host if known_request else one.request))
        elif isinstance(one, UnitBreaks):
            names += [one.unit] if one.unit not in problem.unit_index else []
        elif isinstance(one, RegionSuspended):
            names += [one.region] if one.region not in regions else []
        elif one.request.id in problem.request_index:
            names.append(one.request.id)
    if names:
        raise UnknownDisturbed(names)
