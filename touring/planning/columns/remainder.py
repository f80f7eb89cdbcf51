"""What is left to some units while the others' seasons stand: a small master problem of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from touring.planning.columns.completion import completion_of
from touring.planning.columns.master import slack_columns
from touring.planning.columns.network import Bools, Floats, Network, gap_between
from touring.planning.columns.pool import Column, Duals, Pool
from touring.planning.columns.pricing import Effort, price
from touring.planning.columns.programme import Programme
from touring.planning.columns.rows import violated_rows

_PAYS = 1e-6
_EFFORT = Effort(width=30, most=600, wanted=5)


@dataclass(frozen=True)
class Measure:
    """How much work goes into one remainder.

    Parameters
    ----------
    rounds
        Of pricing, at most.
    columns
        Of the pool that it begins with, at most, and that whole plans are made of.
    nodes
        Of branch and cut.
    """

    rounds: int = 6
    columns: int = 2500
    nodes: int = 60
    effort: Effort = _EFFORT


@dataclass(frozen=True)
class Answer:
    """Seasons for the free units, better than before; are they the best that the columns allow?"""

    columns: tuple[int, ...]
    is_proven: bool


class Remainder:
    """The free units' choice among seasons that the standing ones leave possible.

    Parameters
    ----------
    standing
        Columns of the pool that stand, by number.
    free
        How many units of each kind are free.
    """

    def __init__(self, pool: Pool, standing: Sequence[int], free: Sequence[int]) -> None:
        self.pool, self.free = pool, np.array(free)
        self.kinds, self.requests = len(pool.networks), len(pool.problem.requests)
        self.standing = list(standing)
        self.barred = barred_days(pool, [pool.columns[i] for i in standing])

    def improved(
        self, before: Sequence[int], reduced: Floats, room: float, measure: Measure
    ) -> Answer | None:
        """A better choice than the columns ``before``; ``None`` where none is found.

        ``reduced`` are the columns' reduced profits under the whole problem's prices; those of
        less than ``-room`` cannot be in a better plan than the best.
        """
        usable = self.usable(reduced, room, measure.columns, before)
        for _ in range(3):
            usable, relaxed, prices = self._priced(usable, measure)
            answer = self._chosen(usable, relaxed, prices, before, measure)
            if answer is None:
                return None
            shares = np.zeros(len(self.pool.columns))
            shares[[*self.standing, *answer.columns]] = 1.0
            cuts = violated_rows(self.pool.problem, self.pool.stops(), shares)
            if not self.pool.add_rows(cuts):
                return answer
        return None

    def usable(
        self, reduced: Floats, room: float, most: int, before: Sequence[int] = ()
    ) -> list[int]:
        """Columns that may be in a better plan, ``before`` first, then by reduced profit."""
        kinds = np.array(self.pool.unit, dtype=np.int64)
        candidates = np.flatnonzero((self.free[kinds] > 0) & (reduced >= -room - _PAYS))
        order = candidates[np.argsort(-reduced[candidates], kind="stable")]
        kept = list(dict.fromkeys(before))
        known = set(kept)
        for i in order.tolist():
            if i not in known and self.is_open(self.pool.columns[i], int(kinds[i])):
                kept.append(i)
                if len(kept) >= most:
                    break
        return kept

    def fix(self, column: Column, kind: int) -> None:
        """Let one free unit of the kind have this season."""
        self.free[kind] -= 1
        for barred, more in zip(self.barred, barred_days(self.pool, [column]), strict=True):
            barred |= more

    def is_open(self, column: Column, kind: int) -> bool:
        """Do the seasons that stand leave room for this one?"""
        barred, network = self.barred[kind], self.pool.networks[kind]
        index = self.pool.problem.request_index
        return not any(
            barred[network.position[index[stop.request]], stop.open] for stop in column.stops
        )

    def limits(self) -> Floats:
        """What the standing seasons leave of every row."""
        limits = self.pool.limits()
        limits[: self.kinds] = self.free
        rows = slice(self.kinds, None)
        if self.standing:
            taken = np.asarray(self.pool.matrix()[:, self.standing].sum(axis=1)).ravel()
            limits[rows] -= taken[rows]
        # what stands may overfill a row that only its own cut has not forbidden yet
        head = self.kinds + self.requests
        limits[:head] = np.maximum(limits[:head], 0.0)
        for i, row in enumerate(self.pool.rows):
            if row.penalty is None:
                limits[head + i] = max(0.0, limits[head + i])
        return limits

    def _priced(
        self, usable: list[int], measure: Measure
    ) -> tuple[list[int], Programme, tuple[float, Floats]]:
        """Column generation for the free units alone."""
        pool, limits = self.pool, self.limits()
        programme = Programme(limits)
        programme.add_columns(*slack_columns(pool))
        programme.add_columns(
            sparse.csc_array(pool.matrix()[:, usable]), np.array(pool.profit)[usable]
        )
        solved = programme.relaxed()
        for _ in range(measure.rounds):
            fresh = self.fresh(self.duals(solved.prices), set(usable), measure.effort)
            if not fresh:
                break
            usable = usable + fresh
            programme.add_columns(
                sparse.csc_array(pool.matrix()[:, fresh]), np.array(pool.profit)[fresh]
            )
            solved = programme.relaxed()
        return usable, programme, (solved.value, solved.prices)

    def duals(self, prices: Floats) -> Duals:
        """A programme's prices of rows by what the rows are."""
        head = self.kinds + self.requests
        penalties = [np.inf if row.penalty is None else row.penalty for row in self.pool.rows]
        return Duals(
            prices[: self.kinds], prices[self.kinds : head], np.minimum(prices[head:], penalties)
        )

    def fresh(self, duals: Duals, known: set[int], effort: Effort) -> list[int]:
        """Columns that pay at these prices, taken into the pool; their numbers."""
        pool, fresh = self.pool, []
        for kind, network in enumerate(pool.networks):
            if pool.over[0]:
                break
            if not self.free[kind] or network.is_relaxed:
                continue
            profit = pool.charged(network, duals)
            profit[self.barred[kind]] = -np.inf
            answer = price(
                pool.problem,
                network,
                completion_of(network, profit),
                above=float(duals.unit[kind]) + _PAYS,
                effort=effort,
                over=pool.over,
            )
            pool.add(answer.columns)
            fresh += [pool.number_of(column) for column in answer.columns]
        return [i for i in dict.fromkeys(fresh) if i not in known]

    def _chosen(
        self,
        usable: list[int],
        programme: Programme,
        relaxed: tuple[float, Floats],
        before: Sequence[int],
        measure: Measure,
    ) -> Answer | None:
        pool, (value, prices) = self.pool, relaxed
        if pool.over[0]:
            return None
        matrix, profit = sparse.csc_array(pool.matrix()[:, usable]), np.array(pool.profit)[usable]
        limits = self.limits()
        slack, paid = slack_columns(pool)
        amounts = np.array([float(before.count(i)) for i in usable])
        missing = np.maximum(0.0, matrix @ amounts - limits)
        slacks = missing[slack.indices]
        old = float(profit @ amounts + paid @ slacks)
        if value <= old + _PAYS:
            return None
        reduced = profit - matrix.T @ prices
        kept = np.flatnonzero((reduced >= -(value - old) - _PAYS) | (amounts > 0))
        whole = Programme(limits)
        whole.add_columns(slack, paid)
        places = whole.add_columns(sparse.csc_array(matrix[:, kept]), profit[kept], most=1.0)
        start = np.concatenate([slacks, amounts[kept]])
        found = whole.whole(places, start, nodes=measure.nodes, above=old + _PAYS)
        if found is None:
            return None
        taken, is_proven = found
        chosen = kept[taken[places] > 0.5]
        return Answer(tuple(usable[i] for i in chosen), is_proven)


def barred_days(pool: Pool, standing: Iterable[Column]) -> list[Bools]:
    """Per kind of unit, requests and opening days that the standing stops forbid (H5, H7)."""
    problem = pool.problem
    barred = [np.zeros(network.profit.shape, dtype=bool) for network in pool.networks]
    at_place: dict[str, list[int]] = {}
    for r in range(len(problem.requests)):
        at_place.setdefault(_place(pool, r), []).append(r)
    for column in standing:
        unit = problem.units[column.unit]
        for stop in column.stops:
            r = problem.request_index[stop.request]
            close = stop.open + problem.requests[r].stay_days
            span = (stop.open, close, stop.open - unit.setup_days, close + unit.strike_days)
            for kind, network in enumerate(pool.networks):
                if r in network.position:
                    barred[kind][network.position[r]] = True
                for other in at_place[_place(pool, r)]:
                    if other != r and other in network.position:
                        _bar(pool, network, barred[kind], (r, other), unit.exhibition, span)
    return barred


def _place(pool: Pool, request: int) -> str:
    host = pool.problem.hosts[pool.problem.request_host[request]]
    return f"host {host.id}" if host.place_group is None else f"group {host.place_group}"


def _bar(
    pool: Pool,
    network: Network,
    barred: Bools,
    pair: tuple[int, int],
    exhibition: str | None,
    span: tuple[int, int, int, int],
) -> None:
    """Days on which the second request may not open beside a standing stop of the first."""
    problem, (opens, close, arrive, leave) = pool.problem, span
    one, two = (int(problem.request_host[r]) for r in pair)
    row = barred[network.position[pair[1]]]
    stay = int(network.stays[network.position[pair[1]]])
    before = int(network.lengths[network.position[pair[1]]]) - network.setup
    if one == two and problem.hosts[one].parallel == 1:
        row[max(0, arrive - before + 1) : max(0, leave + network.setup)] = True
    if problem.hosts[one].place_group is not None:
        gap = gap_between(problem, exhibition, problem.units[network.unit].exhibition)
        row[close : close + gap] = True
        row[max(0, opens - stay - gap + 1) : max(0, opens - stay + 1)] = True
