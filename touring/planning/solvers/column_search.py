"""Column generation and local search side by side: one proves, the other finds, both learn.

The local search's seasons go into the pool; whole plans chosen from the pool by branch and cut are
where the local search goes on (Danna and Le Pape 2005, doi:10.1007/0-387-25486-2_4). The order of
steps is fixed, so that the same amount of work gives the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from touring.planning.objective import value_of
from touring.planning.problem import WEIGHTED, Problem
from touring.planning.result import Plan
from touring.planning.solvers.anchors import place_plan
from touring.planning.solvers.column_generation import ColumnGeneration
from touring.planning.solvers.greedy import Insertions, Taste, fill
from touring.planning.solvers.local_search import LocalSearch
from touring.planning.stop import FirstOf, MaxWork, StopCriterion

_MOST_STOPS = 30
_MOST_STATES = 16
_MOST_CELLS = 2e9
_STEPS_A_ROUND = 10
_ROUNDS_A_CHOICE = 8
_STEPS_A_SWEEP = 300
_NODES = 20
_COLUMNS = 1500
_CLOSE = 0.03


def seasons_are_short(problem: Problem) -> bool:
    """Is a season of every unit a few stops, and the problem one that columns can state?

    Weighted problems without rotations; at most 30 stops fit into any unit's days, at most four
    needs for maintenance, and the tables of all units together stay within 2e9 cells.
    """
    if problem.objective.mode != WEIGHTED or problem.rotations:
        return False
    cells = 0.0
    for u, unit in enumerate(problem.units):
        fitting = [problem.requests[r].stay_days for r in problem.fits[u].nonzero()[0]]
        days = sum(end - first for first, end in unit.available)
        shortest = min(fitting, default=1) + unit.setup_days + unit.strike_days
        states = 1 << len(unit.maintenance)
        if min(len(fitting), days / shortest) > _MOST_STOPS or states > _MOST_STATES:
            return False
        cells += len(fitting) ** 2 * days * states
    return bool(problem.units and problem.requests) and cells <= _MOST_CELLS


@dataclass
class ColumnSearch:
    """Runs both until ``stop``; :attr:`best` is the best plan so far and ``value`` its value.

    Parameters
    ----------
    improved
        Hears of the work done whenever the plan or the bound is better.
    """

    problem: Problem
    generation: ColumnGeneration
    search: LocalSearch
    previous: Plan | None
    improved: Callable[[int], None]
    rounds: int = 0
    value: float = -math.inf
    best: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self._learn()

    @property
    def work(self) -> int:
        return self.search.work + self.rounds

    def run(self, stop: StopCriterion) -> None:
        while not stop(self.work) and not self.generation.is_finished and not self.is_optimal():
            before = self.generation.bound.value
            self.generation.round(lambda: stop(self.work))
            self.rounds += 1
            if self.generation.bound.value < before:
                self.improved(self.work)
            self._walk(_STEPS_A_ROUND, stop)
            close = self.generation.bound.gap_to(self.generation.master_value) < _CLOSE
            if close and self.rounds % _ROUNDS_A_CHOICE == 0 and not stop(self.work):
                self._choose()
        while not stop(self.work) and not self.is_optimal():
            self._choose()
            before = self.work
            self._walk(_STEPS_A_SWEEP, stop)
            if self.work == before:
                return

    def is_optimal(self) -> bool:
        return self.generation.bound.is_reached_by(self.value)

    def _walk(self, steps: int, stop: StopCriterion) -> None:
        rounds = self.rounds
        until = FirstOf(MaxWork(self.search.work + steps), lambda work: stop(work + rounds))
        self.search.run(until, lambda work: self.improved(work + rounds))
        self._learn()

    def _learn(self) -> None:
        plan = self.search.draft.plan()
        self.generation.learn(plan)
        self._keep(plan)

    def _keep(self, plan: Plan) -> bool:
        """Remember the plan if it is the best so far by its true value, which the draft's
        score may miss: a stop counts there by the window that it was put in for."""
        value = value_of(self.problem, plan, self.previous).total
        if value <= self.value + 1e-9:
            return False
        self.value, self.best = value, plan
        return True

    def _choose(self) -> None:
        plan = self.generation.plan(self.value, nodes=_NODES, most=_COLUMNS)
        if plan is None:
            return
        kept, draft = self._keep(plan), self.search.draft
        if place_plan(draft, plan, finish=self._fill):
            self._learn()
        if kept:
            self.improved(self.work)

    def _fill(self) -> None:
        draft = self.search.draft
        fill(draft, self.search.units, Insertions(draft, Taste()))
