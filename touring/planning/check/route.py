"""Where a unit is between its stops: straight on, or home first. Judges nothing itself.

A plan does not write trips home down. They are forced where maintenance lies between two stops
and, for a unit that returns, where a span of availability ends; further ones (H9) are taken
where they make the unit's kilometres least.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from touring.planning.check.network import HOME, Known, Network, Visit, span_containing
from touring.planning.problem import Unit


@dataclass(frozen=True)
class Route:
    """The legs of a unit's season in order, and the trips that are too long or follow too soon.

    ``legs`` are (origin, target) with :data:`HOME` for home. ``too_long`` holds the first visits
    of trips that no choice of rests makes short enough; ``too_soon`` the visits that follow a
    forced return without the days of rest.
    """

    unit: Unit
    legs: list[tuple[str, str]]
    too_long: list[Visit]
    too_soon: list[Visit]

    def km(self, network: Network) -> float:
        return sum(network.km(self.unit, *leg) for leg in self.legs)

    def travel_days(self, network: Network) -> int:
        return sum(network.days(self.unit, *leg) for leg in self.legs)


def route_of(network: Network, known: Known, unit: Unit) -> Route:
    """The unit's way through its visits."""
    visits = known.visits[unit.id]
    if not visits:
        return Route(unit, [], [], [])
    homes, too_soon = _forced_homes(network, known, unit)
    ends_at_home = unit.returns_home or any(
        span.first >= visits[-1].leave for span in known.maintenance[unit.id]
    )
    too_long: list[Visit] = []
    if unit.max_days_out is not None:
        chosen = _least_rests(network, known, unit, homes, ends_at_home)
        if chosen is None:
            too_long = visits[:1]
        else:
            homes = homes | chosen
    legs = [(HOME, visits[0].host.id)]
    for i in range(len(visits) - 1):
        here, there = visits[i].host.id, visits[i + 1].host.id
        legs += [(here, HOME), (HOME, there)] if i in homes else [(here, there)]
    if ends_at_home:
        legs.append((visits[-1].host.id, HOME))
    return Route(unit, legs, too_long, too_soon)


def has_maintenance_between(known: Known, unit: Unit, before: Visit, after: Visit) -> bool:
    return any(
        before.leave <= span.first and span.end <= after.arrive
        for span in known.maintenance[unit.id]
    )


def span_index(unit: Unit, visit: Visit) -> int | None:
    return span_containing(unit.available, visit.arrive, visit.leave)


def _forced_homes(network: Network, known: Known, unit: Unit) -> tuple[set[int], list[Visit]]:
    visits = known.visits[unit.id]
    homes: set[int] = set()
    too_soon: list[Visit] = []
    for i, (before, after) in enumerate(itertools.pairwise(visits)):
        other_span = span_index(unit, before) != span_index(unit, after)
        if has_maintenance_between(known, unit, before, after) or (
            unit.returns_home and other_span
        ):
            homes.add(i)
            if unit.max_days_out is not None and not _rests(network, unit, before, after):
                too_soon.append(after)
    return homes, too_soon


def _rests(network: Network, unit: Unit, before: Visit, after: Visit) -> bool:
    back = before.leave + network.days(unit, before.host.id, HOME)
    leaves = after.arrive - network.days(unit, HOME, after.host.id)
    return leaves - back >= unit.rest_days


def _least_rests(
    network: Network, known: Known, unit: Unit, forced: set[int], ends_at_home: bool
) -> set[int] | None:
    """The gaps to go home in, by least kilometres, so that every trip is short enough."""
    visits = known.visits[unit.id]
    n = len(visits)
    may_rest = [
        i in forced
        or (
            span_index(unit, visits[i]) == span_index(unit, visits[i + 1])
            and _rests(network, unit, visits[i], visits[i + 1])
        )
        for i in range(n - 1)
    ]
    # Visits of a broken plan may end out of order: what ends soonest from here on decides.
    soonest = list(itertools.accumulate((visit.leave for visit in reversed(visits)), min))[::-1]
    best: list[tuple[float, set[int]] | None] = [(0.0, set()), *[None] * n]
    for start in range(n):
        reached = best[start]
        if reached is None or (start and not may_rest[start - 1]):
            continue
        km = reached[0] + network.km(unit, HOME, visits[start].host.id)
        leaves_home = visits[start].arrive - network.days(unit, HOME, visits[start].host.id)
        for last in range(start, n):
            if last > start:
                km += network.km(unit, visits[last - 1].host.id, visits[last].host.id)
            final = last == n - 1
            comes_home = not final or ends_at_home
            back = visits[last].leave
            km_back = 0.0
            if comes_home:
                back += network.days(unit, visits[last].host.id, HOME)
                km_back = network.km(unit, visits[last].host.id, HOME)
            known_best = best[last + 1]
            if back - leaves_home <= (unit.max_days_out or 0) and (
                known_best is None or km + km_back < known_best[0] - 1e-12
            ):
                best[last + 1] = (km + km_back, reached[1] | (set() if final else {last}))
            if last in forced or soonest[last] - leaves_home > (unit.max_days_out or 0):
                break
    end = best[n]
    return None if end is None or not math.isfinite(end[0]) else end[1]
