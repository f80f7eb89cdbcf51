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
    Duals,
    Effort,
    Master,
    Pool,
    chosen_columns,
    column_of,
    completion_of,
    dived_columns,
    network_of,
    price,
    rows_of,
    violated_rows,
)
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop

_PAYS = 1e-6
_FIRST_SHARES = (0.0,)
_SMOOTHING = ((0.2, 0.9), (0.05, 0.8), (0.01, 0.6), (0.002, 0.4))
_CUTS_A_ROUND = 60
_ROUNDS_A_CUT = 4
_NEAR = 0.015
_FEW = 120
_CHOICES = 2
_EFFORTS = (
    Effort(),
    Effort(width=25, most=1500, wanted=10),
    Effort(width=2000, most=8000, wanted=10),
)
_SHARED_RULES = frozenset({"H5", "H7"})
_SINGLE_RULES = frozenset({"H1", "H2", "H3", "H4", "H9", "H12", "H13"})


@dataclass
class Pricing:
    """What one round found out."""

    bound: float
    added: int
    is_exact: bool


class ColumnGeneration:
    """Columns, prices and the proven bound of one problem; :meth:`round` is one unit of work."""

    def __init__(self, problem: Problem, previous: Plan | None = None) -> None:
        self.problem = problem
        self.networks = [network_of(problem, u, previous) for u in range(len(problem.units))]
        self.pool = Pool(problem, self.networks, rows_of(problem))
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
            [sum(e - f for f, e in unit.available) for unit in self.problem.units], dtype=float
        )
        rows = np.zeros(len(self.pool.rows))
        return [
            Duals(share * usual * days, np.maximum(0.0, most - share * usual * length), rows)
            for share in _FIRST_SHARES
        ]

    # -- columns from elsewhere

    def learn(self, plan: Plan) -> None:
        """Take the seasons of a plan into the pool."""
        stops: dict[str, list[Stop]] = {}
        spans: dict[str, list[MaintenanceSpan]] = {}
        for stop in plan.stops:
            stops.setdefault(stop.unit, []).append(Stop(stop.unit, stop.open, stop.request))
        for span in plan.maintenance:
            spans.setdefault(span.unit, []).append(span)
        self.pool.add(
            column
            for network in self.networks
            for name in (self.problem.units[network.unit].id,)
            for column in (
                column_of(self.problem, network, stops.get(name, ()), spans.get(name, ())),
            )
            if column is not None
        )

    # -- one round

    def round(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Solve the master, price every unit, tighten what can be tightened.

        ``is_over`` is asked between two units; a round that is cut short proves nothing.
        """
        master = Master.of(self.pool)
        self.master_value = self.constant + master.value
        duals = self._smoothed(master.duals)
        is_smoothed = duals is not master.duals
        found = self._priced(duals, master.duals, is_over)
        if found is None:
            return
        self._rounds += 1
        near = self.bound.gap_to(self.master_value) < _NEAR
        if near and self._rounds % _ROUNDS_A_CUT == 0 and self._cut(master):
            return
        if found.added:
            self._misses = 0
            return
        if is_smoothed:
            self._misses += not self._starts
            return
        self._tighten(master, found)

    def _smoothed(self, duals: Duals) -> Duals:
        """Nearer to the best prices while the bound is far, at the master's own in the end."""
        if self._starts:
            return duals.towards(self._starts.pop(0), 1.0)  # with a price for every row of today
        if self._misses >= 2:
            return duals
        gap = self.bound.gap_to(self.master_value)
        share = next((share for least, share in _SMOOTHING if gap > least), 0.0)
        return duals.towards(self._best, share / (1 + self._misses)) if share else duals

    def _tighten(self, master: Master, found: Pricing) -> None:
        """Nothing pays: add cuts, or search deeper, or be done."""
        if self._cut(master):
            self._misses = 0
        elif found.is_exact or self._effort + 1 == len(_EFFORTS):
            self.is_finished = True
        else:
            self._effort += 1

    def _cut(self, master: Master) -> int:
        """Add the rules between stops that the master's optimum breaks; returns how many."""
        shares = np.zeros(len(self.pool.columns))
        shares[: len(master.shares)] = master.shares
        cuts = violated_rows(self.problem, self.pool.stops(), shares)
        return self.pool.add_rows(cuts[:_CUTS_A_ROUND])

    def _priced(self, duals: Duals, exact: Duals, is_over: Callable[[], bool]) -> Pricing | None:
        effort, parts, added, is_exact = _EFFORTS[self._effort], [self.constant], 0, True
        for network in self.networks:
            if is_over():
                return None
            profit = network.profit - duals.request[network.requests][:, None]
            for row, dual in zip(self.pool.rows, duals.row, strict=True):
                if dual:
                    row.charge(network, float(dual), profit)
            answer = price(
                self.problem,
                network,
                completion_of(network, profit),
                above=float(duals.unit[network.unit]),
                effort=effort,
            )
            parts.append(max(0.0, answer.bound))
            is_exact &= answer.is_exact
            added += self.pool.add(self._paying(answer.columns, exact))
        parts += duals.request.tolist()
        parts += [row.limit * dual for row, dual in zip(self.pool.rows, duals.row, strict=True)]
        if self.bound.prove(parts):
            self._best = duals
        return Pricing(math.fsum(parts), added, is_exact)

    def _paying(self, columns: Sequence[Column], duals: Duals) -> list[Column]:
        """Those with a positive reduced profit at the master's own prices, judged as seasons."""
        known = len(duals.row)
        paying = []
        for column in columns:
            network = self.networks[column.unit]
            reduced = column.profit - float(duals.unit[column.unit])
            rows = [network.position[self.problem.request_index[s.request]] for s in column.stops]
            reduced -= float(duals.request[network.requests[rows]].sum())
            stops = self.pool.stops_of(column)
            for row, dual in zip(self.pool.rows[:known], duals.row, strict=True):
                if dual:
                    reduced -= float(dual) * float(row.coefficients(stops).sum())
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

    def plan(self, value: float, *, nodes: int, most: int) -> Plan | None:
        """A whole plan from the pool: by branch and cut while few columns matter, else by diving.

        Columns whose reduced cost alone is more than bound less ``value`` cannot be in a better
        plan over this pool and are left out; of the rest the ``most`` promising are looked at.
        """
        stops: tuple[Stop, ...] = ()
        maintenance: tuple[MaintenanceSpan, ...] = ()
        for _ in range(_CHOICES):
            master = Master.of(self.pool)
            reduced = np.array(self.pool.profit) - self.pool.prices(master.duals)
            room = self.constant + master.value - value
            usable = np.flatnonzero(reduced >= -room - _PAYS)
            usable = usable[np.argsort(-reduced[usable], kind="stable")[:most]]
            if len(usable) <= _FEW:
                chosen = chosen_columns(self.pool, np.sort(usable), nodes=nodes)
            else:
                chosen = dived_columns(self.pool, np.sort(usable))
            if not chosen:
                return None
            seasons, maintenance = self.pool.seasons(chosen)
            stops = _once_each(seasons)
            shares = np.zeros(len(self.pool.columns))
            shares[chosen] = 1.0
            cuts = violated_rows(self.problem, self.pool.stops(), shares)
            if not self.pool.add_rows(cuts):
                break
        plan = Plan(
            stops=stops,
            maintenance=maintenance,
            instance=self.problem.name,
            instance_hash=self.problem.hash,
        )
        return _repaired(self.problem, plan)

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


def _once_each(stops: Sequence[Stop]) -> tuple[Stop, ...]:
    """Without the second and further stops of a request."""
    served: set[str] = set()
    kept = []
    for stop in stops:
        if stop.request not in served:
            served.add(stop.request)
            kept.append(stop)
    return tuple(kept)


def _repaired(problem: Problem, plan: Plan) -> Plan | None:
    """Without the stops that are too near others at their host; ``None`` if more is wrong."""
    while True:
        found = violations(problem, plan)
        if not found:
            return plan
        near = next((one for one in found if one.code in _SHARED_RULES and one.request), None)
        if near is None:
            return None
        stops = tuple(
            one for one in plan.stops if (one.unit, one.request) != (near.unit, near.request)
        )
        working = {stop.unit for stop in stops}
        spans = tuple(span for span in plan.maintenance if span.unit in working)
        plan = replace(plan, stops=stops, maintenance=spans)
