"""A whole choice of seasons by diving: fix what the relaxation is surest of, price again, go on.

Every step lets the units that are left find the seasons that fit what is fixed, so the relaxation
stays near its optimum down to the last unit (Sadykov and others 2019, doi:10.1287/ijoc.2018.0822).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from touring.planning.columns.master import slack_columns
from touring.planning.columns.network import Bools
from touring.planning.columns.pricing import Effort
from touring.planning.columns.programme import Programme, Solved
from touring.planning.columns.remainder import Remainder

_SURE = 0.95
_TAKEN = 1e-6


_EFFORT = Effort(width=30, most=600, wanted=5)


@dataclass(frozen=True)
class Depth:
    """How much work goes into each step of one dive: rounds of pricing, and their effort."""

    rounds: int = 3
    effort: Effort = _EFFORT


class Dive:
    """One way down from the relaxation over ``usable`` columns to seasons for all free units.

    The remainder is used up: what is fixed bars days in it and takes units from it.
    """

    def __init__(self, remainder: Remainder, usable: Sequence[int]) -> None:
        self.remainder, self.pool = remainder, remainder.pool
        self.programme = Programme(remainder.limits())
        self.programme.add_columns(*slack_columns(self.pool))
        self.known: list[int] = []
        self.places = np.zeros(0, dtype=np.int32)
        self.is_open = np.zeros(0, dtype=bool)
        self.room = remainder.limits()
        paid = [i for i, row in enumerate(self.pool.rows) if row.penalty is not None]
        self.room[len(self.room) - len(self.pool.rows) :][paid] = np.inf
        self.chosen: list[int] = []
        self._take(usable)

    def run(self, depth: Depth, is_over: Callable[[], bool]) -> tuple[int, ...]:
        """The chosen columns' numbers; units that nothing pays for have none."""
        solved = self.programme.relaxed()
        while self.remainder.free.any():
            if not is_over():
                solved = self._priced(solved, depth)
            picked = self._surest(solved)
            if not len(picked):
                break
            self._fix(picked)
            solved = self.programme.relaxed()
        return tuple(self.chosen)

    def _take(self, numbers: Sequence[int]) -> None:
        pool = self.pool
        listed = list(numbers)
        matrix = sparse.csc_array(pool.matrix()[:, listed])
        places = self.programme.add_columns(matrix, np.array(pool.profit)[listed])
        self.known += listed
        self.places = np.concatenate([self.places, places])
        self.is_open = np.concatenate([self.is_open, np.ones(len(listed), dtype=bool)])

    def _priced(self, solved: Solved, depth: Depth) -> Solved:
        for _ in range(depth.rounds):
            duals = self.remainder.duals(solved.prices)
            fresh = self.remainder.fresh(duals, set(self.known), depth.effort)
            if not fresh:
                break
            self._take(fresh)
            solved = self.programme.relaxed()
        return solved

    def _surest(self, solved: Solved) -> list[int]:
        """Columns that are all but whole, or else the one that is nearest to it."""
        amounts = np.where(self.is_open, solved.amounts[self.places], 0.0)
        sure = np.flatnonzero(amounts > _SURE).tolist()
        best = int(np.argmax(amounts)) if len(amounts) else 0
        return sure or ([best] if len(amounts) and amounts[best] > _TAKEN else [])

    def _fix(self, picked: Sequence[int]) -> None:
        """Choose these as far as they stand together, and close what they leave no room for."""
        remainder, pool = self.remainder, self.pool
        matrix = sparse.csc_array(pool.matrix()[:, self.known])
        for i in picked:
            column, kind = pool.columns[self.known[i]], pool.unit[self.known[i]]
            if self._overfills(matrix[:, [i]]).any() or not remainder.is_open(column, kind):
                continue
            self.programme.bound(int(self.places[i]), 1.0, 1.0)
            self.is_open[i] = False
            self.chosen.append(self.known[i])
            self.room -= matrix[:, [i]].toarray()[:, 0]
            remainder.fix(column, kind)
        overfull = self._overfills(matrix)
        for i in np.flatnonzero(self.is_open).tolist():
            column, kind = pool.columns[self.known[i]], pool.unit[self.known[i]]
            if overfull[i] or not remainder.is_open(column, kind):
                self.programme.bound(int(self.places[i]), 0.0, 0.0)
                self.is_open[i] = False

    def _overfills(self, matrix: sparse.csc_array) -> Bools:
        """Of each column: does it take more of a row than the fixed ones leave?"""
        count = matrix.shape[1]
        columns = np.repeat(np.arange(count), np.diff(matrix.indptr))
        too_much = matrix.data > self.room[matrix.indices] + _TAKEN
        over: Bools = np.bincount(columns[too_much], minlength=count) > 0
        return over
