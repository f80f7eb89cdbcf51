"""The columns that are known so far and what each takes of the rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from touring.planning.columns.network import Floats, Network
from touring.planning.columns.rows import Row, Stops
from touring.planning.objective import route_of
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Stop


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices, never negative: of each unit's season, of each request, of each row of the pool."""

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
    """Columns without doubles, and the matrix of the rows over them."""

    def __init__(self, problem: Problem, networks: Sequence[Network], rows: Iterable[Row]) -> None:
        self.problem = problem
        self.networks = networks
        self.rows: list[Row] = []
        self.columns: list[Column] = []
        self.profit: list[float] = []
        self.unit: list[int] = []
        self._known: dict[tuple[Stop, ...], int] = {}
        self._stops: list[tuple[int, int, int, int, float]] = []
        self._names: set[tuple[object, ...]] = set()
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
        self.unit.append(column.unit)
        self._stops += self._listed(column, number)

    def _listed(self, column: Column, number: int) -> list[tuple[int, int, int, int, float]]:
        network = self.networks[column.unit]
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
        """Units, then requests, then rows, over the columns."""
        stops, n = self.stops(), len(self.columns)
        units, requests = len(self.networks), len(self.problem.requests)
        over = [np.array(self.unit, dtype=np.int64), units + stops.request.astype(np.int64)]
        columns = [np.arange(n), stops.column]
        values = [np.ones(n), np.ones(len(stops.unit))]
        for number, row in enumerate(self.rows):
            coefficients = row.coefficients(stops)
            some = np.flatnonzero(coefficients)
            over.append(np.full(len(some), units + requests + number))
            columns.append(stops.column[some])
            values.append(coefficients[some])
        shape = (units + requests + len(self.rows), n)
        data = np.concatenate(values)
        where = (np.concatenate(over), np.concatenate(columns))
        return sparse.csr_array(sparse.coo_array((data, where), shape=shape))

    def limits(self) -> Floats:
        ones = np.ones(len(self.networks) + len(self.problem.requests))
        return np.concatenate([ones, [row.limit for row in self.rows]])

    def seasons(
        self, chosen: Iterable[int]
    ) -> tuple[tuple[Stop, ...], tuple[MaintenanceSpan, ...]]:
        """The stops and maintenance of some columns, sorted."""
        picked = [self.columns[i] for i in chosen]
        stops = itertools.chain.from_iterable(column.stops for column in picked)
        spans = itertools.chain.from_iterable(column.maintenance for column in picked)
        return tuple(sorted(stops)), tuple(sorted(spans))


def _as_arrays(stops: list[tuple[int, int, int, int, float]]) -> Stops:
    table = np.array(stops, dtype=np.float64).reshape(-1, 5)
    unit, request, opens = (table[:, i].astype(np.int32) for i in (1, 2, 3))
    return Stops(table[:, 0].astype(np.int64), unit, request, opens, table[:, 4])
