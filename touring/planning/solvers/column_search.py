"""Column generation and local search side by side: one proves, the other finds, both learn.

The local search's seasons go into the pool. Once the bound stands, sweeps bring the plan near to it:
the seasons of a few units are chosen anew, by column generation and branch and cut of their own,
while the others' stand (Danna and Le Pape 2005, doi:10.1007/0-387-25486-2_4). The order of steps is
fixed, so that the same amount of work gives the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from touring.planning.columns import Depth, Effort, Measure
from touring.planning.objective import value_of
from touring.planning.problem import Problem
from touring.planning.result import Plan
from touring.planning.solvers.anchors import place_plan
from touring.planning.solvers.column_generation import ColumnGeneration
from touring.planning.solvers.greedy import Insertions, Taste, fill
from touring.planning.solvers.local_search import LocalSearch
from touring.planning.stop import FirstOf, MaxWork, StopCriterion, left_of, watched

_FIRST_STEPS = 40
_ROUNDS_A_WALK, _STEPS_A_WALK = 8, 4
_STEPS_ANEW = 300
_STOPS_A_GROUP = 26
_MISSES = 12
_MEASURE = Measure()
_SOON = 0.005
_DEPTHS = (Depth(), Depth(rounds=8, effort=Effort(width=100, most=2000, wanted=8)))


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
    rng: np.random.Generator
    rounds: int = 0
    value: float = -math.inf
    best: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self._learn()

    @property
    def work(self) -> int:
        return self.search.work + self.rounds

    def run(self, stop: StopCriterion) -> None:
        """First prove a bound, then bring the plan near to it."""
        if not stop(self.work):
            with watched(stop, self.generation.pool.over):
                self._run(stop)

    def _run(self, stop: StopCriterion) -> None:
        moments: list[Callable[[], bool]] = [
            lambda: self.generation.master_gap() < _SOON,
            lambda: self.generation.searches_deeper,
            self._half_of(stop),
        ]
        while not stop(self.work) and not self.generation.is_finished and not self.is_optimal():
            before = self.generation.bound.value
            self.generation.round(lambda: stop(self.work))
            self.rounds += 1
            if self.generation.bound.value < before:
                self.improved(self.work)
            if self.rounds == 1:
                self._walk(_FIRST_STEPS, stop)
            elif self.rounds % _ROUNDS_A_WALK == 0:
                self._walk(_STEPS_A_WALK, stop)
            come = [moment for moment in moments if moment()]
            if come:
                moments = [moment for moment in moments if moment not in come]
                self._dive(self.search.units, _DEPTHS[0], stop)
        for depth in _DEPTHS:
            self._dive(self.search.units, depth, stop)
        groups = _Groups(self.problem, self.search.units, self.rng)
        groups.size = groups.fitting(len(self.best.stops))
        while not stop(self.work) and not self.is_optimal():
            self._sweep(groups)
            if groups.is_exhausted:
                before = self.work
                self._begin_again(stop)
                groups.misses = 0
                if self.work == before:
                    return

    def _half_of(self, stop: StopCriterion) -> Callable[[], bool]:
        """Whether half of what ``stop`` leaves now is used up: then a plan is worth more than a bound."""
        begun, before = left_of(stop), self.work

        def is_over() -> bool:
            now = left_of(stop)
            if begun.work is not None and 2 * self.work > begun.work + before:
                return True
            if begun.seconds is None or now.seconds is None:
                return False
            return 2 * now.seconds < begun.seconds

        return is_over

    def is_optimal(self) -> bool:
        return self.generation.bound.is_reached_by(self.value)

    def _dive(self, units: Sequence[int], depth: Depth, stop: StopCriterion) -> None:
        """From the relaxation to a whole plan; the other units' seasons stand."""
        if stop(self.work) or self.is_optimal():
            return
        found = self.generation.dived(self.best, units, depth, lambda: stop(self.work))
        self.rounds += 1
        if found is not None and self._keep(found):
            self.improved(self.work)

    def _sweep(self, groups: _Groups) -> None:
        """Choose the seasons of some units anew while the others' stand."""
        units = groups.draw()
        sweep = self.generation.swept(self.best, self.value, units, _MEASURE)
        self.rounds += 1
        kept = sweep.is_better and self._keep(sweep.plan)
        groups.learn(is_better=kept, is_proven=sweep.is_proven)
        if kept:
            self.improved(self.work)

    def _begin_again(self, stop: StopCriterion) -> None:
        """Let the local search go on from the best plan, or from its own where that is as good."""
        place_plan(self.search.draft, self.best, finish=self._fill)
        self._walk(_STEPS_ANEW, stop)

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

    def _fill(self) -> None:
        draft = self.search.draft
        fill(draft, self.search.units, Insertions(draft, Taste()))


class _Groups:
    """Which units are chosen anew together, and how many: as many as can be solved to the end."""

    def __init__(self, problem: Problem, units: Sequence[int], rng: np.random.Generator) -> None:
        self.units, self.rng = list(units), rng
        self.fits = problem.fits
        self.size = 1
        self.misses = 0

    def fitting(self, stops: int) -> int:
        """Units that make as many stops together as one whole programme bears."""
        each = max(1.0, stops / max(1, len(self.units)))
        return max(1, min(len(self.units), max(2, round(_STOPS_A_GROUP / each))))

    def draw(self) -> list[int]:
        """A unit and others that could serve some of what it could."""
        one = int(self.rng.choice(self.units))
        shared = (self.fits[self.units] & self.fits[one]).any(axis=1)
        others = [
            unit for unit, near in zip(self.units, shared, strict=True) if near and unit != one
        ]
        count = min(self.size - 1, len(others))
        taken = self.rng.choice(others, count, replace=False) if count > 0 else ()
        return sorted([one, *(int(unit) for unit in taken)])

    def learn(self, *, is_better: bool, is_proven: bool) -> None:
        """Smaller groups when one was too hard, larger ones when nothing is left to gain."""
        self.misses = 0 if is_better else self.misses + 1
        if not is_proven:
            self.size = max(2, self.size - 1)
        elif self.misses and self.misses % _MISSES == 0:
            self.size = min(len(self.units), self.size + 1)

    @property
    def is_exhausted(self) -> bool:
        return self.misses >= (1 if self.size >= len(self.units) else 10 * _MISSES)
