"""The most that the rest of a season can earn, from every place, day and state of maintenance.

The relaxation forgets which requests were served, except that a stop is not followed at once by
one that it excludes (Christofides, Mingozzi and Toth 1981, doi:10.1002/net.3230110207). It is
solved backwards over days, a block at a time: a block is shorter than every stop, so that what a
stop leads to is known. Its value at the start bounds the unit's best season; its tables bound
every unfinished season in :mod:`touring.planning.columns.pricing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from touring.planning.columns.network import Bools, Floats, Ints, Network, SpanGrid

_LONGEST_BLOCK = 48


@dataclass(frozen=True, eq=False)
class SpanTables:
    """Per state of maintenance (M) and day of the span.

    ``arriving``: earned from arriving at a request exactly then; ``waiting``: then or later, both
    ``(M, days + 1 + D, R)``; ``leaving``: after leaving a request, ``(M, days + 1, R)``;
    ``resting``: free at home, ``homing``: at home and bound to do something there first, both
    ``(M, ...)`` by day.
    """

    arriving: Floats
    waiting: Floats
    leaving: Floats
    resting: Floats
    homing: Floats


@dataclass(frozen=True, eq=False)
class Completion:
    """The tables of all spans under one set of profits; ``bound`` is the best season's."""

    profit: Floats
    spans: tuple[SpanTables, ...]
    bound: float


def completion_of(network: Network, profit: Floats) -> Completion:
    """Solve the relaxation for these profits by request and opening day."""
    legs, kept = legs_of(network), _kept(network, profit)
    later: SpanTables | None = None
    at_home = np.full((1 << len(network.needs), profit.shape[1] + legs.longest + 2), -np.inf)
    tables = []
    for grid in reversed(network.spans):
        later = _Sweep(network, legs, kept, grid, profit, later, at_home).tables()
        tables.append(later)
        at_home[:, : grid.first] = later.homing[:, :1]
        at_home[:, grid.first : grid.first + grid.days + 1] = later.homing[:, : grid.days + 1]
    bound = max(0.0, float(later.resting[0, 0])) if later is not None else 0.0
    return Completion(profit, tuple(reversed(tables)), bound)


def legs_of(network: Network) -> _Legs:
    """The network's legs in the order in which the sweep wants them, computed once."""
    found = _LEGS.get(network)
    if found is None:
        found = _LEGS[network] = _Legs(network)
    return found


def _kept(network: Network, profit: Floats) -> Bools:
    """Requests that can be worth a stop: without detours that save, the others never are."""
    if not network.detours_cost:
        return np.ones(len(profit), dtype=bool)
    kept: Bools = profit.max(axis=1, initial=-np.inf) > 0
    return kept


class _Legs:
    """Legs between requests by how long they take; excluded successors are left out."""

    def __init__(self, network: Network) -> None:
        n = len(network.requests)
        self.longest = int(network.wait.max(initial=0))
        self.step = min([_LONGEST_BLOCK, *network.lengths.tolist()])
        self.home_step = min([_LONGEST_BLOCK, *network.needs])
        cost = network.cost[:n, :n].copy()
        for i, bits in enumerate(network.excludes):
            for j in range(n):
                if bits >> j & 1:
                    cost[i, j] = np.inf
        self.groups: list[tuple[int, Bools, Ints, Floats]] = []
        for wait in np.unique(network.wait[:n, :n]):
            part = np.where(network.wait[:n, :n] == wait, cost, np.inf)
            rows = np.asarray(np.isfinite(part).any(axis=1), dtype=np.bool_)
            columns = np.flatnonzero(np.isfinite(part).any(axis=0)).astype(np.int32)
            if rows.any():
                self.groups.append((int(wait), rows, columns, part[:, columns]))


_LEGS: WeakKeyDictionary[Network, _Legs] = WeakKeyDictionary()


class _Sweep:
    """One span, from its last day to its first."""

    def __init__(
        self,
        network: Network,
        legs: _Legs,
        kept: Bools,
        grid: SpanGrid,
        profit: Floats,
        later: SpanTables | None,
        at_home: Floats,
    ) -> None:
        self.network, self.legs, self.grid, self.later = network, legs, grid, later
        self.kept = kept
        n, states, days = len(network.requests), 1 << len(network.needs), grid.days
        beyond = days + 2 + legs.longest
        self.states = states
        self.earned = self._earned(profit)
        self.earned[:, ~kept] = -np.inf
        self.arriving = np.full((states, beyond, n), -np.inf)
        self.waiting = np.full((states, beyond, n), -np.inf)
        self.leaving = np.full((states, days + 1, n), -np.inf)
        self.resting = np.full((states, days + 2), -np.inf)
        self.homing = np.full((states, beyond), -np.inf)
        if not network.returns:
            tail = at_home[:, grid.first + days + 1 :][:, : beyond - days - 1]
            self.homing[:, days + 1 : days + 1 + tail.shape[1]] = tail

    def tables(self) -> SpanTables:
        end = self.grid.days + 1
        while end > 0:
            first = max(0, end - self.legs.step)
            self._arrive(first, end)
            for later in range(end, first, -self.legs.home_step):
                self._rest(max(first, later - self.legs.home_step), later)
            self._leave(first, end)
            end = first
        return SpanTables(self.arriving, self.waiting, self.leaving, self.resting, self.homing)

    def _earned(self, profit: Floats) -> Floats:
        """Profit by day of arrival in the span, ``(days + 1, R)``."""
        grid = self.grid
        earned = np.full(grid.arrivals.shape, -np.inf)
        opens = grid.first + self.network.setup
        part = profit[:, opens : opens + grid.days + 1].T
        earned[: len(part)] = np.where(grid.arrivals[: len(part)], part, -np.inf)
        return earned

    def _arrive(self, first: int, end: int) -> None:
        n = len(self.network.requests)
        if not n:
            return
        left = np.arange(first, end)[:, None] + self.network.lengths[None, :]
        after = self.leaving[:, np.minimum(left, self.grid.days), np.arange(n)[None, :]]
        self.arriving[:, first:end] = self.earned[first:end] + after
        _carry_back(self.arriving, self.waiting, first, end)

    def _rest(self, first: int, end: int) -> None:
        network, n = self.network, len(self.network.requests)
        crossing = self.later.resting[:, :1] if self.later is not None else None
        bound_home = np.full((self.states, end - first), -np.inf)
        if crossing is not None and network.returns:
            np.maximum(bound_home, crossing, out=bound_home)
        for j, days in enumerate(network.needs):
            on = np.arange(first, end)
            starts = on[self.grid.starts[j, first:end] == on]
            for state in range(self.states):
                if not state >> j & 1 and len(starts):
                    done = self.resting[state | 1 << j, starts + days] + network.need_profit[j]
                    place = bound_home[state]
                    place[starts - first] = np.maximum(place[starts - first], done)
        self.homing[:, first:end] = bound_home
        _carry_back(self.homing, self.homing, first, end)
        free = bound_home
        if n:
            on = np.arange(first, end)[:, None] + network.wait[n, :n][None, :]
            go = self.waiting[:, on, np.arange(n)[None, :]] - network.cost[n, :n]
            free = np.maximum(free, go.max(axis=2))
        if crossing is not None:
            free = np.maximum(free, crossing)
        free[network.all_done] = np.maximum(free[network.all_done], 0.0)
        self.resting[:, first:end] = free
        _carry_back(self.resting, self.resting, first, end)

    def _leave(self, first: int, end: int) -> None:
        network, n = self.network, len(self.network.requests)
        if not n:
            return
        best = self.leaving[:, first:end]
        left = self._left(first, end)
        states = [state for state in range(self.states) if self._is_live(state, end)]
        for wait, some, columns, cost in self.legs.groups:
            rows, usable = np.flatnonzero(some & left), self.kept[columns]
            reach = self.waiting[:, first + wait : end + wait, :]
            if not len(rows) or not usable.any():
                continue
            price = cost[np.ix_(rows, usable)]
            for state in states:
                on = reach[state][:, columns[usable]]
                if np.isfinite(on).any():
                    most = (on[:, None, :] - price[None, :, :]).max(axis=2)
                    best[state][:, rows] = np.maximum(best[state][:, rows], most)
        back = network.travel[:n, n]
        on = np.arange(first, end)[:, None] + back[None, :]
        in_time = on <= self.grid.days
        home = self.homing[:, np.minimum(on, self.homing.shape[1] - 1)] - network.cost[:n, n]
        if network.returns:
            home = np.where(in_time, home, -np.inf)
        np.maximum(best, home, out=best)
        ends = np.where(in_time, -network.cost[:n, n], -np.inf) if network.returns else 0.0
        last = best[network.all_done]
        np.maximum(last, ends, out=last)
        if self.later is not None and not network.returns:
            np.maximum(best, self.later.leaving[:, :1], out=best)

    def _left(self, first: int, end: int) -> Bools:
        """Requests that a unit can leave on these days; the others need no value there."""
        arrivals, days = self.grid.arrivals, np.arange(first, end)
        arrived = days[:, None] - self.network.lengths[None, :]
        on = arrivals[np.maximum(arrived, 0), np.arange(arrivals.shape[1])[None, :]]
        left: Bools = (on & (arrived >= 0)).any(axis=0) & self.kept
        if first == 0 and not self.network.returns:
            left = self.kept  # it may be there since the span before
        return left

    def _is_live(self, state: int, end: int) -> bool:
        """Can every need of this state be done before the day ``end`` of the span?"""
        return all(
            not state >> j & 1 or self.grid.first + end > earliest + self.network.needs[j]
            for j, earliest in enumerate(self.network.earliest)
        )


def _carry_back(exact: Floats, waiting: Floats, first: int, end: int) -> None:
    """Waiting is free: what is possible later is possible now."""
    block = exact[:, first:end][:, ::-1]
    carried = np.maximum.accumulate(block, axis=1)[:, ::-1]
    waiting[:, first:end] = np.maximum(carried, waiting[:, end : end + 1])
