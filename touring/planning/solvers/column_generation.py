"""Column generation: price seasons, prove a bound, choose whole seasons from the pool.

One round solves the linear programme over the known columns, moves its prices towards the best
ones so far (Wentges 1997, doi:10.1111/j.1475-3995.1997.tb00019.x) and asks every unit for its best
seasons under them. Each round's answers prove a bound, whatever the prices were. When no season
pays any more, cuts for the rules that couple stops are added, then the searches go deeper.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from touring.planning.bounds import ProvenBound
from touring.planning.check import violations
from touring.planning.columns import (
    Column,
    Depth,
    Dive,
    Duals,
    Effort,
    Master,
    Measure,
    Optimum,
    Pool,
    Remainder,
    alike_units,
    column_of,
    completion_of,
    network_of,
    price,
    rows_of,
    violated_rows,
)
from touring.planning.columns.network import Floats
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop

_PAYS = 1e-6
_FIRST_SHARES = (0.0,)
_SMOOTHING = ((0.2, 0.9), (0.05, 0.8), (0.01, 0.6), (0.002, 0.4))
_CUTS_A_ROUND = 60
_ROUNDS_A_CUT = 4
_DIVES = 3
_COLUMNS_A_DIVE = 4000
_NEAR = 0.015
_EFFORTS = (
    Effort(),
    Effort(width=2000, most=20000, wanted=10),
    Effort(width=40000, most=40000, wanted=10),
)
_SINGLE_RULES = frozenset({"H1", "H2", "H3", "H4", "H9", "H12", "H13"})


@dataclass
class Pricing:
    """What one round found out."""

    bound: float
    added: int
    is_exact: bool


@dataclass(frozen=True)
class Sweep:
    """A plan after some units' seasons were chosen anew."""

    plan: Plan
    is_better: bool
    is_proven: bool


class ColumnGeneration:
    """Columns, prices and the proven bound of one problem; :meth:`round` is one unit of work."""

    def __init__(self, problem: Problem, previous: Plan | None = None) -> None:
        self.problem = problem
        self.kinds = alike_units(problem, previous)
        self.networks = [network_of(problem, units[0], previous) for units in self.kinds]
        self.pool = Pool(problem, self.networks, rows_of(problem), self.kinds)
        self.master = Master(self.pool)
        self.bound = ProvenBound()
        self.constant = self._constant(previous)
        self.master_value = -math.inf
        self.is_finished = False
        self._starts = self._first_prices()
        self._best = self._starts[0]
        self._misses = 0
        self._rounds = 0
        self._effort = 0

    def _first_prices(self) -> list[Duals]:
        """Prices to begin with: one per unit-day, from nothing up, the rest left to the request."""
        most = np.zeros(len(self.problem.requests))
        length = np.ones(len(most))
        for network in self.networks:
            best = network.profit.max(axis=1, initial=0.0)
            most[network.requests] = np.maximum(most[network.requests], best)
            length[network.requests] = network.lengths
        wanted = most[most > 0] / length[most > 0]
        usual = float(np.median(wanted)) if len(wanted) else 0.0
        days = np.array(
            [sum(grid.days for grid in network.spans) for network in self.networks], dtype=float
        )
        rows = np.zeros(len(self.pool.rows))
        return [
            Duals(share * usual * days, np.maximum(0.0, most - share * usual * length), rows)
            for share in _FIRST_SHARES
        ]

    # -- columns from elsewhere

    def learn(self, plan: Plan) -> None:
        """Take the seasons of a plan into the pool."""
        self.pool.add(self.seasons_of(plan).values())

    def seasons_of(self, plan: Plan) -> dict[int, Column]:
        """The plan's season of each unit that works, as the first unit of its kind would do it."""
        stops: dict[str, list[Stop]] = {}
        spans: dict[str, list[MaintenanceSpan]] = {}
        for stop in plan.stops:
            stops.setdefault(stop.unit, []).append(Stop(stop.unit, stop.open, stop.request))
        for span in plan.maintenance:
            spans.setdefault(span.unit, []).append(span)
        found = {}
        for network, units in zip(self.networks, self.kinds, strict=True):
            for unit in units:
                name = self.problem.units[unit].id
                named = column_of(self.problem, network, stops.get(name, ()), spans.get(name, ()))
                if named is not None:
                    found[unit] = self.pool.given_to(units[0], named)
        return found

    # -- one round

    def round(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Solve the master, price every unit, tighten what can be tightened.

        ``is_over`` is asked between two units; a round that is cut short proves nothing.
        """
        master = self.master.solve()
        self.master_value = self.constant + master.value
        duals = self._smoothed(master.duals)
        is_smoothed = duals is not master.duals
        found = self._priced(duals, master.duals, is_over)
        if found is None:
            return
        self._rounds += 1
        near = self.master_gap() < _NEAR
        if near and self._rounds % _ROUNDS_A_CUT == 0 and self._cut(master):
            return
        if found.added:
            self._misses = 0
            return
        if is_smoothed:
            self._misses += not self._starts
            return
        self._tighten(master, found)

    def master_gap(self) -> float:
        """How far the relaxation over the known columns is from the bound, relative."""
        return self.bound.gap_to(self.master_value)

    @property
    def searches_deeper(self) -> bool:
        """Has a little effort found nothing more? Rounds take long from now on."""
        return self._effort > 0

    def _smoothed(self, duals: Duals) -> Duals:
        """Nearer to the best prices while the bound is far, at the master's own in the end."""
        if self._starts:
            return duals.towards(self._starts.pop(0), 1.0)  # with a price for every row of today
        if self._misses >= 2:
            return duals
        gap = self.bound.gap_to(self.master_value)
        share = next((share for least, share in _SMOOTHING if gap > least), 0.0)
        return duals.towards(self._best, share / (1 + self._misses)) if share else duals

    def _tighten(self, master: Optimum, found: Pricing) -> None:
        """Nothing pays: add cuts, or search deeper, or be done."""
        if self._cut(master):
            self._misses = 0
        elif found.is_exact or self._effort + 1 == len(_EFFORTS):
            self.is_finished = True
        else:
            self._effort += 1

    def _cut(self, master: Optimum) -> int:
        """Add the rules between stops that the master's optimum breaks; returns how many."""
        shares = np.zeros(len(self.pool.columns))
        shares[: len(master.shares)] = master.shares
        cuts = violated_rows(self.problem, self.pool.stops(), shares)
        return self.pool.add_rows(cuts[:_CUTS_A_ROUND])

    def _priced(self, duals: Duals, exact: Duals, is_over: Callable[[], bool]) -> Pricing | None:
        effort, parts, added, is_exact = _EFFORTS[self._effort], [self.constant], 0, True
        for kind, (network, units) in enumerate(zip(self.networks, self.kinds, strict=True)):
            if is_over():
                return None
            profit = self.pool.charged(network, duals)
            answer = price(
                self.problem,
                network,
                completion_of(network, profit),
                above=float(duals.unit[kind]),
                effort=effort,
                over=self.pool.over,
            )
            parts.append(len(units) * max(0.0, answer.bound))
            is_exact &= answer.is_exact
            if answer.columns:
                own = profit if duals is exact else self.pool.charged(network, exact)
                paid = own - network.profit
                price_ = float(exact.unit[kind])
                added += self.pool.add(self._paying(answer.columns, paid, price_))
        parts += duals.request.tolist()
        parts += [row.limit * dual for row, dual in zip(self.pool.rows, duals.row, strict=True)]
        if self.bound.prove(parts):
            self._best = duals
        return Pricing(math.fsum(parts), added, is_exact)

    def _paying(self, columns: Sequence[Column], paid: Floats, least: float) -> list[Column]:
        """Those that pay at the master's own prices (``paid`` by stop), judged as seasons."""
        paying = []
        for column in columns:
            network = self.networks[self.pool.kind_of[column.unit]]
            rows = [network.position[self.problem.request_index[s.request]] for s in column.stops]
            days = [stop.open for stop in column.stops]
            reduced = column.profit + float(paid[rows, days].sum()) - least
            if reduced > _PAYS and (not network.is_relaxed or self._stands_alone(column)):
                paying.append(column)
        return paying

    def _stands_alone(self, column: Column) -> bool:
        plan = Plan(stops=column.stops, maintenance=column.maintenance)
        unit = self.problem.units[column.unit].id
        return not any(
            one.unit == unit and one.code in _SINGLE_RULES for one in violations(self.problem, plan)
        )

    # -- whole plans

    def swept(self, plan: Plan, value: float, units: Sequence[int], measure: Measure) -> Sweep:
        """The plan with better seasons for these units, or itself; the others' seasons stand."""
        seasons = self.seasons_of(plan)
        self.pool.add(seasons.values())
        numbers = {unit: self.pool.number_of(column) for unit, column in seasons.items()}
        free = [sum(unit in units for unit in kind) for kind in self.kinds]
        before = [numbers[unit] for unit in units if unit in numbers]
        standing = [number for unit, number in numbers.items() if unit not in units]
        remainder = Remainder(self.pool, standing, free)
        reduced = np.array(self.pool.profit) - self.pool.prices(self._best)
        room = self.bound.value - value
        answer = remainder.improved(before, reduced, room, measure)
        if answer is None:
            return Sweep(plan, is_better=False, is_proven=True)
        better = self._with_seasons(plan, units, answer.columns)
        return Sweep(
            better, is_better=not violations(self.problem, better), is_proven=answer.is_proven
        )

    def dived(
        self, plan: Plan, units: Sequence[int], depth: Depth, is_over: Callable[[], bool]
    ) -> Plan | None:
        """A whole plan down from the relaxation, with new seasons for these units.

        The others' seasons stand. ``None`` where a rule between units that no cut tells of yet
        is broken; the cuts are then added. Once it ``is_over`` the columns known must do.
        """
        free = [sum(unit in units for unit in kind) for kind in self.kinds]
        seasons = self.seasons_of(plan)
        standing = [season for unit, season in seasons.items() if unit not in units]
        self.pool.add(standing)
        numbers = [self.pool.number_of(season) for season in standing]
        for _ in range(_DIVES):
            remainder = Remainder(self.pool, numbers, free)
            reduced = np.array(self.pool.profit) - self.pool.prices(self._best)
            usable = remainder.usable(reduced, math.inf, _COLUMNS_A_DIVE)
            chosen = Dive(remainder, usable).run(depth, is_over)
            shares = np.zeros(len(self.pool.columns))
            shares[[*numbers, *chosen]] = 1.0
            cuts = violated_rows(self.problem, self.pool.stops(), shares)
            if not self.pool.add_rows(cuts):
                found = self._with_seasons(plan, units, chosen)
                return None if violations(self.problem, found) else found
        return None

    def _with_seasons(self, plan: Plan, units: Sequence[int], columns: Sequence[int]) -> Plan:
        names = {self.problem.units[unit].id for unit in units}
        stops = [stop for stop in plan.stops if stop.unit not in names]
        spans = [span for span in plan.maintenance if span.unit not in names]
        left = {
            kind: [unit for unit in alike if unit in units] for kind, alike in enumerate(self.kinds)
        }
        for number in columns:
            unit = left[self.pool.unit[number]].pop(0)
            column = self.pool.given_to(unit, self.pool.columns[number])
            stops += column.stops
            spans += column.maintenance
        return replace(plan, stops=tuple(sorted(stops)), maintenance=tuple(sorted(spans)))

    def _constant(self, previous: Plan | None) -> float:
        """The value of a plan without stops, floors left out, less the bonuses of locks."""
        weights = self.problem.objective
        days = sum(end - first for unit in self.problem.units for first, end in unit.available)
        changes = (
            math.fsum(stop.weight for stop in previous.stops if stop.confirmed) if previous else 0.0
        )
        musts = sum(request.must for request in self.problem.requests)
        return -math.fsum(
            (
                weights.must_penalty * musts,
                weights.change_penalty * changes,
                weights.idle_cost * days,
                *(network.bonus for network in self.networks),
            )
        )
