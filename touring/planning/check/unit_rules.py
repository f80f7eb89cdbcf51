"""The rules that each unit keeps by itself: H1-H4, H6, H9, H12, H13."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from touring.planning.check.network import (
    HOME,
    Known,
    Network,
    Visit,
    meet,
    span_containing,
)
from touring.planning.check.route import has_maintenance_between, route_of, span_index
from touring.planning.check.violation import Violation
from touring.planning.problem import Maintenance, Unit
from touring.planning.result import MaintenanceSpan

_KM_TOLERANCE = 1e-6


def unit_violations(network: Network, known: Known) -> list[Violation]:
    found: list[Violation] = []
    for unit in network.problem.units:
        found += _in_one_place(network, known, unit)
        found += _available(network, known, unit)
        found += _maintained(network, known, unit)
        found += _within_limits(network, known, unit)
        for visit in known.visits[unit.id]:
            found += _at_an_allowed_time(network, visit)
            found += _at_a_fitting_host(network, visit)
            found += _with_papers(visit)
    return found


def _in_one_place(network: Network, known: Known, unit: Unit) -> Iterator[Violation]:
    visits = known.visits[unit.id]
    for before, after in itertools.pairwise(visits):
        earliest = before.leave + network.days(unit, before.host.id, after.host.id)
        if after.arrive < earliest:
            yield after.broke(
                "H1",
                f"arrives on day {after.arrive}, but leaves {before.request.id} on day "
                f"{before.leave} and is there on day {earliest} at the earliest",
                (after.arrive, earliest),
            )


def _available(network: Network, known: Known, unit: Unit) -> Iterator[Violation]:
    visits = known.visits[unit.id]
    for i, visit in enumerate(visits):
        index = span_index(unit, visit)
        if index is None:
            yield visit.broke("H2", "lies in no span of the unit's availability")
            continue
        first, end = unit.available[index]
        earlier, later = visits[:i], visits[i + 1 :]
        if not any(span_index(unit, other) == index for other in earlier):
            place = HOME
            if earlier and not unit.returns_home:
                away = not has_maintenance_between(known, unit, earlier[-1], visit)
                place = earlier[-1].host.id if away else HOME
            reached = first + network.days(unit, place, visit.host.id)
            if visit.arrive < reached:
                yield visit.broke(
                    "H2", f"is reached on day {reached} when the span starts on day {first}"
                )
        if unit.returns_home and not any(span_index(unit, other) == index for other in later):
            back = visit.leave + network.days(unit, visit.host.id, HOME)
            if back > end:
                yield visit.broke("H2", f"is back home on day {back}, the span ends on day {end}")


def _maintained(network: Network, known: Known, unit: Unit) -> Iterator[Violation]:
    visits, spans = known.visits[unit.id], known.maintenance[unit.id]
    needs = network.needs_of(unit.id)
    matched = _matching(needs, spans, unit)
    for i, need in enumerate(needs):
        if visits and i not in matched.values():
            yield Violation(
                "H3",
                unit.id,
                "",
                need.earliest,
                need.latest,
                f"{need.days} days of maintenance are missing",
            )
    for j, span in enumerate(spans):
        if j not in matched:
            yield _broken_span(span, "answers no need for maintenance")
    for before, after in itertools.pairwise(spans):
        if after.first < before.end:
            yield _broken_span(after, "overlaps another maintenance")
    for span in spans:
        yield from _at_home(network, visits, span, unit)


def _at_home(
    network: Network, visits: list[Visit], span: MaintenanceSpan, unit: Unit
) -> Iterator[Violation]:
    for visit in visits:
        if meet((visit.arrive, visit.leave), (span.first, span.end)):
            yield visit.broke("H3", "overlaps a maintenance", (span.first, span.end))
    before = [visit for visit in visits if visit.leave <= span.first]
    after = [visit for visit in visits if visit.arrive >= span.end]
    if before:
        back = before[-1].leave + network.days(unit, before[-1].host.id, HOME)
        if back > span.first:
            yield before[-1].broke(
                "H3", f"is home on day {back}, maintenance begins on day {span.first}"
            )
    if after:
        there = span.end + network.days(unit, HOME, after[0].host.id)
        if there > after[0].arrive:
            yield after[0].broke(
                "H3", f"is reached on day {there} after the maintenance ends on day {span.end}"
            )


def _matching(
    needs: tuple[Maintenance, ...], spans: list[MaintenanceSpan], unit: Unit
) -> dict[int, int]:
    """A largest assignment of maintenance spans to needs (Kuhn's augmenting paths)."""
    fits = [
        [
            i
            for i, need in enumerate(needs)
            if span.end - span.first == need.days
            and need.earliest <= span.first
            and span.end <= need.latest
            and span_containing(unit.available, span.first, span.end) is not None
        ]
        for span in spans
    ]
    taken: dict[int, int] = {}

    def place(j: int, seen: set[int]) -> bool:
        for i in fits[j]:
            if i not in seen:
                seen.add(i)
                if i not in taken or place(taken[i], seen):
                    taken[i] = j
                    return True
        return False

    for j in range(len(spans)):
        place(j, set())
    return {j: i for i, j in taken.items()}


def _broken_span(span: MaintenanceSpan, message: str) -> Violation:
    return Violation("H3", span.unit, "", span.first, span.end, message)


def _at_an_allowed_time(network: Network, visit: Visit) -> Iterator[Violation]:
    problem, request, host = network.problem, visit.request, visit.host
    if not any(w.first <= visit.open and visit.close <= w.end for w in request.windows):
        yield visit.broke("H4", "is open outside the request's windows", (visit.open, visit.close))
    if visit.arrive < 0 or visit.leave > problem.days:
        yield visit.broke("H4", "lies outside the season")
    for blackout in host.blackouts:
        if meet(blackout, (visit.arrive, visit.leave)):
            yield visit.broke("H4", "meets a blackout of the host", blackout)
    for rest in (*problem.no_work, *host.no_work):
        if meet(rest, (visit.arrive, visit.open)):
            yield visit.broke("H4", "sets up on a day without work", rest)
        if meet(rest, (visit.close, visit.leave)):
            yield visit.broke("H4", "strikes on a day without work", rest)
    if request.days_allowed is not None:
        allowed = set(request.days_allowed)
        outside = [day for day in range(visit.open, visit.close) if day not in allowed]
        if outside:
            yield visit.broke(
                "H13", "is open on a day that is not allowed", (outside[0], outside[-1] + 1)
            )


def _at_a_fitting_host(network: Network, visit: Visit) -> Iterator[Violation]:
    unit, request, host = visit.unit, visit.request, visit.host
    if request.exhibitions is not None and unit.exhibition not in request.exhibitions:
        yield visit.broke("H6", f"the exhibition {unit.exhibition!r} is not wanted")
    for facility, least in sorted(unit.requires.items()):
        offered = host.offers.get(facility, 0.0)
        if offered < least:
            yield visit.broke("H6", f"{facility} is {offered:g}, the unit needs {least:g}")
    if any((one.unit, one.request) == (unit.id, request.id) for one in network.problem.forbidden):
        yield visit.broke("H6", "this unit is forbidden to serve this request")
    if unit.regions is not None and not set(unit.regions) & set(network.regions_above(host.region)):
        yield visit.broke("H6", f"region {host.region} is not among the unit's regions")


def _within_limits(network: Network, known: Known, unit: Unit) -> Iterator[Violation]:
    route = route_of(network, known, unit)
    for visit in route.too_long:
        yield visit.broke("H9", f"a trip lasts more than {unit.max_days_out} days")
    for visit in route.too_soon:
        yield visit.broke("H9", f"leaves home after less than {unit.rest_days} days of rest")
    if unit.max_km is not None and route.km(network) > unit.max_km + _KM_TOLERANCE:
        yield Violation(
            "H9", unit.id, "", -1, -1, f"travels {route.km(network):.1f} km of {unit.max_km:g}"
        )


def _with_papers(visit: Visit) -> Iterator[Violation]:
    region = visit.host.region or ""
    papers = [paper for paper in visit.unit.customs if region.startswith(paper.country)]
    if papers and not any(p.first <= visit.arrive and visit.leave <= p.end for p in papers):
        yield visit.broke("H12", f"no customs papers for {region} cover the stop")
