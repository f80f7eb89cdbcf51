"""The rules between units as rows ``sum of coefficients over stops - slack <= limit``.

Every feasible plan keeps every row (with a slack that it pays for), so leaving rows out, or adding
any of these, keeps a bound valid. *Once per request* is not in here: the master knows it by itself.

The cuts for H5 and H7 are cliques of stops of which no two can stand together: intervals that
all hold one day, and for two requests the boxes of opening days that exclude each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touring.planning.columns.network import Bools, Floats, Ints, Network, gap_between
from touring.planning.problem import Pairing, Problem, Region

_LEAST_VIOLATION = 0.02
_WEEK = 7


@dataclass(frozen=True, eq=False)
class Stops:
    """Stops of columns as arrays of one length: which column, unit, request, opening day, worth."""

    column: npt.NDArray[np.int64]
    unit: Ints
    request: Ints
    open: Ints
    worth: Floats


@dataclass(frozen=True)
class Term:
    """Stops of a request that open in ``[first, end)``, by these units (``None``: all)."""

    request: int
    first: int
    end: int
    units: frozenset[int] | None = None


@dataclass(frozen=True, eq=False)
class Row:
    """One rule.

    Parameters
    ----------
    weight, worth_weight
        Coefficient of every stop of a request by this row, ``(requests,)``, as it is and per
        worth; 0 for a cut.
    units
        Whose stops count; ``None``: all.
    terms
        Of a cut: each counts 1.
    penalty
        Price of one of slack; ``None``: there is none.
    """

    limit: float
    name: tuple[object, ...]
    weight: Floats | None = None
    worth_weight: Floats | None = None
    units: frozenset[int] | None = None
    terms: tuple[Term, ...] = ()
    penalty: float | None = None

    def taken_from(
        self, stops: Stops, order: npt.NDArray[np.int64], begins: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.int64], Floats]:
        """Stops that take something of the row, and how much; a stop may be listed twice.

        ``order`` sorts the stops by request; those of request ``r`` begin there at ``begins[r]``.
        """
        if not self.terms:
            return self._weighed(stops)
        some: list[npt.NDArray[np.int64]] = []
        for term in self.terms:
            here = order[begins[term.request] : begins[term.request + 1]]
            opens = stops.open[here]
            here = here[(opens >= term.first) & (opens < term.end)]
            if term.units is not None and len(here):
                mine = [int(unit) in term.units for unit in stops.unit[here]]
                here = here[np.array(mine, dtype=bool)]
            some.append(here)
        listed = np.concatenate(some)
        return listed, np.ones(len(listed))

    def _weighed(self, stops: Stops) -> tuple[npt.NDArray[np.int64], Floats]:
        total = np.zeros(len(stops.unit))
        if self.weight is not None:
            total += self.weight[stops.request]
        if self.worth_weight is not None:
            total += self.worth_weight[stops.request] * stops.worth
        if self.units is not None:
            total[~np.isin(stops.unit, list(self.units))] = 0.0
        some = np.flatnonzero(total)
        return some, total[some]

    def charge(self, network: Network, price: float, profit: Floats) -> None:
        """Take the price of this row from a unit's profits, in place."""
        if self.units is not None and network.unit not in self.units:
            return
        if self.weight is not None:
            profit -= price * self.weight[network.requests][:, None]
        if self.worth_weight is not None:
            profit -= price * self.worth_weight[network.requests][:, None] * network.worth
        for term in self.terms:
            place = network.position.get(term.request)
            if place is not None and (term.units is None or network.unit in term.units):
                profit[place, max(0, term.first) : max(0, term.end)] -= price


def rows_of(problem: Problem) -> list[Row]:
    """The floors that are paid for, of regions and pairings."""
    penalty = problem.objective.floor_penalty
    if not penalty:
        return []
    rows: list[Row] = []
    inside = _inside(problem)
    for region in problem.regions:
        rows += _floor_rows(region, None, inside[region.id], penalty)
        if region.min_township_share is not None and inside[region.id].any():
            town = np.array([request.township for request in problem.requests], dtype=float)
            weight = np.where(inside[region.id], region.min_township_share - town, 0.0)
            rows.append(Row(0.0, ("share", region.id), weight=weight, penalty=penalty))
    for pairing in problem.pairings:
        units = (
            None
            if pairing.units is None
            else frozenset(problem.unit_index[unit] for unit in pairing.units)
        )
        rows += _floor_rows(pairing, units, inside[pairing.region], penalty)
    return rows


def _inside(problem: Problem) -> dict[str, Bools]:
    inside = {region.id: np.zeros(len(problem.requests), dtype=bool) for region in problem.regions}
    for r in range(len(problem.requests)):
        for name in problem.regions_of_host(int(problem.request_host[r])):
            inside[name][r] = True
    return inside


def _floor_rows(
    floor: Region | Pairing, units: frozenset[int] | None, inside: Bools, penalty: float
) -> Iterator[Row]:
    kind = type(floor).__name__
    minus = -inside.astype(float)
    if floor.min_stops:
        name = (kind, floor.id, "stops")
        yield Row(-float(floor.min_stops), name, weight=minus, units=units, penalty=penalty)
    if floor.min_value:
        name = (kind, floor.id, "value")
        yield Row(-floor.min_value, name, worth_weight=minus, units=units, penalty=penalty)


def violated_rows(problem: Problem, stops: Stops, share: Floats) -> list[Row]:
    """Cuts of H5, H7 and H10 that the stops break when each counts by its column's share."""
    taken = share[stops.column]
    used = np.flatnonzero(taken > 1e-6)
    found: list[tuple[float, Row]] = []
    for where in _meeting_places(problem, stops, used):
        found += _cliques_at_host(problem, stops, taken, where)
        found += _boxes(problem, stops, taken, where)
    found += _crew_weeks(problem, stops, taken, used)
    found.sort(key=lambda one: (-one[0], one[1].name))
    return [row for _, row in found]


def _meeting_places(
    problem: Problem, stops: Stops, used: npt.NDArray[np.int64]
) -> Iterator[npt.NDArray[np.int64]]:
    """The stops at each host or place group with more than one of them."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i in used:
        host = problem.hosts[problem.request_host[stops.request[i]]]
        key = ("host", host.id) if host.place_group is None else ("group", host.place_group)
        places[key].append(int(i))
    for key in sorted(places):
        if len({int(stops.request[i]) for i in places[key]}) > 1:
            yield np.array(places[key])


def _cliques_at_host(
    problem: Problem, stops: Stops, taken: Floats, where: npt.NDArray[np.int64]
) -> Iterator[tuple[float, Row]]:
    """H5: the stops that stand at a host on one day."""
    for h in sorted({int(problem.request_host[stops.request[i]]) for i in where}):
        here = [int(i) for i in where if problem.request_host[stops.request[i]] == h]
        days = {int(stops.open[i]) - problem.units[stops.unit[i]].setup_days for i in here}
        for day in sorted(days):
            terms, total = [], 0.0
            for r in sorted({int(stops.request[i]) for i in here}):
                for setup, strike, units in _paces(problem):
                    stay = problem.requests[r].stay_days
                    first, end = day - stay - strike + 1, day + setup + 1
                    terms.append(Term(r, first, end, units))
                    total += sum(
                        float(taken[i])
                        for i in here
                        if stops.request[i] == r
                        and first <= stops.open[i] < end
                        and (units is None or int(stops.unit[i]) in units)
                    )
            limit = float(problem.hosts[h].parallel)
            if total > limit + _LEAST_VIOLATION:
                yield total - limit, Row(limit, ("H5", h, day), terms=tuple(terms))


def _paces(problem: Problem) -> list[tuple[int, int, frozenset[int] | None]]:
    """Units by set-up and strike days."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for u, unit in enumerate(problem.units):
        groups[unit.setup_days, unit.strike_days].append(u)
    if len(groups) == 1:
        return [(*pace, None) for pace in groups]
    return [(*pace, frozenset(units)) for pace, units in sorted(groups.items())]


def _boxes(
    problem: Problem, stops: Stops, taken: Floats, where: npt.NDArray[np.int64]
) -> Iterator[tuple[float, Row]]:
    """H7 for two requests at one host, for all units and for those of one exhibition.

    With ``gap``: a first one that opens in ``[a, b + stay_b + gap)`` and a second one that opens
    in ``[b, a + stay_a + gap)`` are too near whichever is earlier.
    """
    requests = sorted({int(stops.request[i]) for i in where})
    shown = {unit.exhibition for unit in problem.units}
    for place, one in enumerate(requests):
        for two in requests[place + 1 :]:
            host = problem.request_host[one]
            if host != problem.request_host[two] or problem.hosts[host].parallel > 1:
                continue
            yield from _worst_box(problem, stops, taken, where, (one, two), None)
            for exhibition in sorted(name for name in shown if name is not None):
                yield from _worst_box(problem, stops, taken, where, (one, two), exhibition)


def _worst_box(
    problem: Problem,
    stops: Stops,
    taken: Floats,
    where: npt.NDArray[np.int64],
    pair: tuple[int, int],
    exhibition: str | None,
) -> Iterator[tuple[float, Row]]:
    units = None
    if exhibition is not None:
        units = frozenset(u for u, one in enumerate(problem.units) if one.exhibition == exhibition)
        where = where[np.isin(stops.unit[where], list(units))]
    gap = (
        0
        if problem.hosts[problem.request_host[pair[0]]].place_group is None
        else gap_between(problem, exhibition, exhibition)
    )
    left, right = (where[stops.request[where] == r] for r in pair)
    if not len(left) or not len(right):
        return
    reach = [problem.requests[r].stay_days + gap for r in pair]
    a, b = np.unique(stops.open[left]), np.unique(stops.open[right])
    on_left, on_right = stops.open[left], stops.open[right]
    lefts = (on_left >= a[:, None, None]) & (on_left < b[None, :, None] + reach[1])
    rights = (on_right >= b[None, :, None]) & (on_right < a[:, None, None] + reach[0])
    total = lefts @ taken[left] + rights @ taken[right]
    i, j = np.unravel_index(int(np.argmax(total)), total.shape)
    if total[i, j] > 1 + _LEAST_VIOLATION:
        first, second = int(a[i]), int(b[j])
        terms = (
            Term(pair[0], first, second + reach[1], units),
            Term(pair[1], second, first + reach[0], units),
        )
        name = ("H7", *pair, first, second, exhibition or "")
        yield float(total[i, j]) - 1, Row(1.0, name, terms=terms)


def _crew_weeks(
    problem: Problem, stops: Stops, taken: Floats, used: npt.NDArray[np.int64]
) -> Iterator[tuple[float, Row]]:
    """H10: the set-ups and strikes that a crew begins in seven days."""
    for crew in problem.crews:
        members = {u for u, unit in enumerate(problem.units) if unit.crew == crew.id}
        begun: list[tuple[int, float]] = []
        for i in used:
            if int(stops.unit[i]) in members:
                share, opens = float(taken[i]), int(stops.open[i])
                begun.append((opens - problem.units[stops.unit[i]].setup_days, share))
                begun.append((opens + problem.requests[stops.request[i]].stay_days, share))
        for day in sorted({on for on, _ in begun}):
            total = sum(share for on, share in begun if day <= on < day + _WEEK)
            if total > crew.per_week + _LEAST_VIOLATION:
                terms = _week_terms(problem, members, day)
                row = Row(float(crew.per_week), ("H10", crew.id, day), terms=terms)
                yield total - crew.per_week, row


def _week_terms(problem: Problem, members: set[int], day: int) -> tuple[Term, ...]:
    terms = []
    for u in sorted(members):
        for r in np.flatnonzero(problem.fits[u]).tolist():
            setup, stay = problem.units[u].setup_days, problem.requests[r].stay_days
            one = frozenset((u,))
            terms.append(Term(r, day + setup, day + setup + _WEEK, one))
            terms.append(Term(r, day - stay, day - stay + _WEEK, one))
    return tuple(terms)
