"""The most that the rest of a season can earn, from every place, day and state of maintenance.

The relaxation forgets which requests were served, except that a stop is not followed at once by
one that it excludes (Christofides, Mingozzi and Toth 1981, doi:10.1002/net.3230110207). It is
solved backwards over days. Arriving a day earlier rarely earns more, so only the days on which it
does are pushed on to the places that a unit may come from; all others repeat the day after them.
Its value at the start bounds the unit's best season; its tables bound every unfinished season in
:mod:`touring.planning.columns.pricing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from touring.planning.columns.compiled import sweep
from touring.planning.columns.network import Bools, Floats, Ints, Network


@dataclass(frozen=True, eq=False)
class Terrain:
    """A network laid out for the compiled loops: its spans stand one behind the other in time.

    Parameters
    ----------
    offset
        Row of each span's first day, ``(spans,)``; rows are days in the order of spans.
    first, days
        Of each span: first day of the season, and how many there are.
    arrivals
        ``(rows, R)``: may a stop arrive?
    starts
        ``(needs, rows)``: the first day of the span on which a need may begin.
    back_wait, back_cost
        Of the leg to the first index from the second; excluded successors cost infinity.
    excludes
        What each request bars, itself too, as bits in words, ``(R, words)``.
    longest
        The longest wait of all.
    """

    offset: Ints
    first: Ints
    days: Ints
    arrivals: Bools
    starts: Ints
    lengths: Ints
    wait: Ints
    home: Ints
    cost: Floats
    back_wait: Ints
    back_cost: Floats
    needs: Ints
    need_profit: Floats
    returns: bool
    excludes: npt.NDArray[np.uint64]
    longest: int

    @property
    def rows(self) -> int:
        return len(self.arrivals)


@dataclass(frozen=True, eq=False)
class Completion:
    """The tables under one set of profits; ``bound`` is the best season's.

    Per state of maintenance (M) and row of the terrain. ``arriving``: earned from arriving at a
    request exactly then, ``(M, rows, R)``; ``leaving``: after leaving a request, ``(M, rows, R)``;
    ``resting``: free at home, ``(M, rows)``. ``earned``: profit by day of arrival, ``(rows, R)``.
    """

    earned: Floats
    arriving: Floats
    leaving: Floats
    resting: Floats
    bound: float


def completion_of(network: Network, profit: Floats) -> Completion:
    """Solve the relaxation for these profits by request and opening day."""
    terrain = terrain_of(network)
    earned = _earned(network, terrain, profit)
    states, n = 1 << len(network.needs), len(network.requests)
    arriving = np.empty((states, terrain.rows, n))
    leaving = np.full((states, terrain.rows, n), -np.inf)
    resting = np.full((states, terrain.rows), -np.inf)
    sweep(
        terrain.offset, terrain.first, terrain.days, earned, terrain.starts, terrain.lengths,
        terrain.wait, terrain.home, terrain.cost, terrain.back_wait, terrain.back_cost,
        terrain.needs, terrain.need_profit, terrain.returns, profit.shape[1] + terrain.longest + 2,
        arriving, leaving, resting,
    )  # fmt: skip
    bound = max(0.0, float(resting[0, 0])) if network.spans else 0.0
    return Completion(earned, arriving, leaving, resting, bound)


def terrain_of(network: Network) -> Terrain:
    """The network's terrain, laid out once."""
    found = _TERRAINS.get(network)
    if found is None:
        found = _TERRAINS[network] = _laid_out(network)
    return found


_TERRAINS: WeakKeyDictionary[Network, Terrain] = WeakKeyDictionary()


def _laid_out(network: Network) -> Terrain:
    n, spans = len(network.requests), network.spans
    heights = [grid.days + 2 for grid in spans]
    offset = np.cumsum([0, *heights])[:-1].astype(np.int32)
    arrivals = np.zeros((sum(heights), n), dtype=bool)
    starts = np.zeros((len(network.needs), sum(heights)), dtype=np.int32)
    for top, height, grid in zip(offset, heights, spans, strict=True):
        arrivals[top : top + grid.days + 1] = grid.arrivals
        starts[:, top : top + height] = grid.starts
    cost = network.cost.copy()
    for i, bits in enumerate(network.excludes):
        for j in range(n):
            if bits >> j & 1:
                cost[i, j] = np.inf
    return Terrain(
        offset=offset,
        first=np.array([grid.first for grid in spans], dtype=np.int32),
        days=np.array([grid.days for grid in spans], dtype=np.int32),
        arrivals=arrivals,
        starts=starts,
        lengths=network.lengths.astype(np.int32),
        wait=np.ascontiguousarray(network.wait, dtype=np.int32),
        home=np.ascontiguousarray(network.travel[:, n], dtype=np.int32),
        cost=cost,
        back_wait=np.ascontiguousarray(network.wait[:n, :n].T, dtype=np.int32),
        back_cost=np.ascontiguousarray(cost[:n, :n].T),
        needs=np.array(network.needs, dtype=np.int32),
        need_profit=np.array(network.need_profit, dtype=np.float64),
        returns=network.returns,
        excludes=_words(network.excludes),
        longest=int(network.wait.max(initial=0)),
    )


def _words(excludes: tuple[int, ...]) -> npt.NDArray[np.uint64]:
    count, mask = len(excludes) // 64 + 1, (1 << 64) - 1
    rows = [[bits >> 64 * word & mask for word in range(count)] for bits in excludes]
    return np.array(rows, dtype=np.uint64).reshape(len(excludes), count)


def _earned(network: Network, terrain: Terrain, profit: Floats) -> Floats:
    """Profit by row of arrival; minus infinity where none is allowed or none can pay."""
    earned = np.full(terrain.arrivals.shape, -np.inf)
    for top, grid in zip(terrain.offset, network.spans, strict=True):
        opens = grid.first + network.setup
        part = profit[:, opens : opens + grid.days + 1].T
        earned[top : top + len(part)] = part
    earned[~terrain.arrivals] = -np.inf
    if network.detours_cost:  # without detours that save, the others are never worth a stop
        earned[:, profit.max(axis=1, initial=-np.inf) <= 0] = -np.inf
    return earned
