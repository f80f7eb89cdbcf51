"""The columns that are known so far and what each takes of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from touring.planning.columns.network import Floats, Network
from touring.planning.columns.rows import Row, Stops
from touring.planning.objective import route_of
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Stop

# One cell that another thread may set.
Flag = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices, never negative: of a season by kind of unit, of each request, of each row of the pool."""

    unit: Floats
    request: Floats
    row: Floats

    def towards(self, other: Duals, share: float) -> Duals:
        """A point on the way to ``other``; rows it does not know yet are priced 0 there."""
        known = len(other.row)
        row = self.row.copy()
        row[:known] += share * (other.row - row[:known])
        row[known:] *= 1 - share
        return Duals(
            self.unit + share * (other.unit - self.unit),
            self.request + share * (other.request - self.request),
            row,
        )


@dataclass(frozen=True)
class Column:
    """One unit's season and its exact profit over an empty one (promises left out).

    Locked stops carry their bonus. ``stops`` and ``maintenance`` are in the order of days.
    """

    unit: int
    stops: tuple[Stop, ...]
    maintenance: tuple[MaintenanceSpan, ...]
    profit: float


def column_of(
    problem: Problem,
    network: Network,
    stops: Sequence[Stop],
    maintenance: Sequence[MaintenanceSpan],
) -> Column | None:
    """The season as a column; ``None`` where it is beyond the unit's calendars."""
    vehicle, idle = problem.units[network.unit], problem.objective.idle_cost
    places = [network.position.get(problem.request_index[stop.request]) for stop in stops]
    stops, maintenance = sorted(stops), sorted(maintenance)
    if not stops or None in places:
        return None
    route = route_of(problem, network.unit, stops, maintenance)
    by_request = network.position
    earned = busy = 0.0
    for stop in stops:
        place = by_request[problem.request_index[stop.request]]
        length = int(network.lengths[place])
        earned += float(network.profit[place, stop.open]) - idle * length
        busy += length
    busy += route.travel_days + sum(span.end - span.first for span in maintenance)
    available = sum(end - first for first, end in vehicle.available)
    profit = earned - problem.objective.km_cost * route.km + idle * min(available, busy)
    return Column(network.unit, tuple(stops), tuple(maintenance), profit)


class Pool:
    """Columns without doubles, and the matrix of the rows over them.

    Parameters
    ----------
    kinds
        Units that are alike; the first of them stands for all, and its network for theirs.

    :attr:`over` is set when time is over: whoever works on the pool ends with what is known.
    """

    def __init__(
        self,
        problem: Problem,
        networks: Sequence[Network],
        rows: Iterable[Row],
        kinds: Sequence[Sequence[int]],
    ) -> None:
        self.problem = problem
        self.networks = networks
        self.kinds = kinds
        self.kind_of = {unit: kind for kind, units in enumerate(kinds) for unit in units}
        self.over: Flag = np.zeros(1, dtype=np.uint8)
        self.rows: list[Row] = []
        self.columns: list[Column] = []
        self.profit: list[float] = []
        self.unit: list[int] = []
        self._known: dict[tuple[Stop, ...], int] = {}
        self._stops: list[tuple[int, int, int, int, float]] = []
        self._names: set[tuple[object, ...]] = set()
        head = len(networks) + len(problem.requests)
        self._matrix = sparse.csr_array((head, 0))
        self._counted_rows = self._counted_stops = 0
        self.add_rows(rows)
        self.most = self._most()

    def _most(self) -> Floats:
        """The most one stop of each request can be worth, what floors pay for it included."""
        most = np.zeros(len(self.problem.requests))
        for network in self.networks:
            profit = network.profit.copy()
            for row in self.rows:
                row.charge(network, row.penalty or 0.0, profit)
            best = np.maximum(0.0, profit.max(axis=1, initial=0.0))
            most[network.requests] = np.maximum(most[network.requests], best)
        return most

    def add_rows(self, rows: Iterable[Row]) -> int:
        """Those that are new; returns how many."""
        before = len(self.rows)
        for row in rows:
            if row.name not in self._names:
                self._names.add(row.name)
                self.rows.append(row)
        return len(self.rows) - before

    def add(self, columns: Iterable[Column]) -> int:
        """Returns how many are new, or the same stops for more profit."""
        added = 0
        for column in columns:
            known = self._known.get(column.stops)
            if known is None:
                self._known[column.stops] = len(self.columns)
                self._append(column)
                added += 1
            elif column.profit > self.profit[known] + 1e-9:
                self.columns[known] = column
                self.profit[known] = column.profit
                added += 1
        return added

    def _append(self, column: Column) -> None:
        number = len(self.columns)
        self.columns.append(column)
        self.profit.append(column.profit)
        self.unit.append(self.kind_of[column.unit])
        self._stops += self._listed(column, number)

    def _listed(self, column: Column, number: int) -> list[tuple[int, int, int, int, float]]:
        network = self.networks[self.kind_of[column.unit]]
        listed = []
        for stop in column.stops:
            r = self.problem.request_index[stop.request]
            worth = float(network.worth[network.position[r], stop.open])
            listed.append((number, column.unit, r, stop.open, worth))
        return listed

    def stops(self) -> Stops:
        """Of all columns."""
        return _as_arrays(self._stops)

    def stops_of(self, column: Column) -> Stops:
        """Of one column, known or not."""
        return _as_arrays(self._listed(column, 0))

    def prices(self, duals: Duals) -> Floats:
        """What each column takes of the rows at these prices; the unit's own price counts too."""
        row = np.zeros(len(self.rows))
        row[: len(duals.row)] = duals.row
        paid: Floats = self.matrix().T @ np.concatenate([duals.unit, duals.request, row])
        return paid

    def matrix(self) -> sparse.csr_array:
        """Units, then requests, then rows, over the columns; what is known is kept."""
        columns, rows = self._matrix.shape[1], self._counted_rows
        head = len(self.networks) + len(self.problem.requests)
        if len(self.rows) > rows:
            below = self._of_rows(self.rows[rows:], _as_arrays(self._stops[: self._counted_stops]))
            below.resize((len(self.rows) - rows, columns))
            self._matrix = sparse.csr_array(sparse.vstack([self._matrix, below]))
            self._counted_rows = len(self.rows)
        if len(self.columns) > columns:
            stops, n = _as_arrays(self._stops[self._counted_stops :]), len(self.columns) - columns
            over = np.concatenate(
                [
                    np.array(self.unit[columns:], dtype=np.int64),
                    len(self.networks) + stops.request.astype(np.int64),
                ]
            )
            where = np.concatenate([np.arange(n), stops.column - columns])
            above = sparse.csr_array((np.ones(len(over)), (over, where)), shape=(head, n))
            below = self._of_rows(self.rows, stops)
            below.resize((len(self.rows), len(self.columns)))
            below = sparse.csr_array(below.tocsc()[:, columns:])
            self._matrix = sparse.csr_array(
                sparse.hstack([self._matrix, sparse.vstack([above, below])])
            )
            self._counted_stops = len(self._stops)
        return self._matrix

    def _of_rows(self, rows: Sequence[Row], stops: Stops) -> sparse.csr_array:
        """What the columns of these stops take of these rows."""
        over, columns, values = [], [], []
        order = np.argsort(stops.request, kind="stable")
        begins = np.searchsorted(stops.request[order], np.arange(len(self.problem.requests) + 1))
        for number, row in enumerate(rows):
            some, coefficients = row.taken_from(stops, order, begins)
            over.append(np.full(len(some), number))
            columns.append(stops.column[some])
            values.append(coefficients)
        width = int(stops.column.max(initial=-1)) + 1
        if not over:
            return sparse.csr_array((0, width))
        where = (np.concatenate(over), np.concatenate(columns))
        return sparse.csr_array((np.concatenate(values), where), shape=(len(rows), width))

    def number_of(self, column: Column) -> int:
        """Of a column that was added."""
        return self._known[column.stops]

    def charged(self, network: Network, duals: Duals) -> Floats:
        """A unit's profits by request and opening day less what these prices take."""
        profit: Floats = network.profit - duals.request[network.requests][:, None]
        for row, dual in zip(self.rows, duals.row, strict=False):
            if dual:
                row.charge(network, float(dual), profit)
        return profit

    def limits(self) -> Floats:
        counts = [float(len(units)) for units in self.kinds]
        once = np.ones(len(self.problem.requests))
        return np.concatenate([counts, once, [row.limit for row in self.rows]])

    def seasons(
        self, chosen: Iterable[int]
    ) -> tuple[tuple[Stop, ...], tuple[MaintenanceSpan, ...]]:
        """The stops and maintenance of some columns, sorted, spread over the units that are alike."""
        stops: list[Stop] = []
        spans: list[MaintenanceSpan] = []
        used = [0] * len(self.kinds)
        for i in chosen:
            kind = self.unit[i]
            column = self.given_to(self.kinds[kind][used[kind]], self.columns[i])
            used[kind] += 1
            stops += column.stops
            spans += column.maintenance
        return tuple(sorted(stops)), tuple(sorted(spans))

    def given_to(self, unit: int, column: Column) -> Column:
        """The same season for another unit that is alike."""
        name = self.problem.units[unit].id
        return replace(
            column,
            unit=unit,
            stops=tuple(replace(stop, unit=name) for stop in column.stops),
            maintenance=tuple(replace(span, unit=name) for span in column.maintenance),
        )


def _as_arrays(stops: list[tuple[int, int, int, int, float]]) -> Stops:
    table = np.array(stops, dtype=np.float64).reshape(-1, 5)
    unit, request, opens = (table[:, i].astype(np.int32) for i in (1, 2, 3))
    return Stops(table[:, 0].astype(np.int64), unit, request, opens, table[:, 4])
