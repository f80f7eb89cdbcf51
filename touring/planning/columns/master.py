"""The master problem: the linear programme over the known columns, which grows with their pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from touring.planning.columns.network import Floats
from touring.planning.columns.pool import Duals, Pool
from touring.planning.columns.programme import Programme


@dataclass(frozen=True, eq=False)
class Optimum:
    """Of the linear relaxation over a pool: its value, shares of columns, and prices."""

    value: float
    shares: Floats
    duals: Duals


class Master:
    """Keeps its basis from one round to the next.

    A request may be served twice for the most it can be worth. That never pays once all columns
    are known, and until then it keeps prices in proportion (du Merle, Villeneuve, Desrosiers and
    Hansen 1999, doi:10.1016/S0012-365X(98)00213-1).
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.kinds, self.requests = len(pool.networks), len(pool.problem.requests)
        self.head = self.kinds + self.requests
        self._rows = 0
        self._places = np.zeros(0, dtype=np.int32)
        self._profit = np.zeros(0)
        self._penalties: list[float] = []
        self._programme = Programme(pool.limits()[: self.head])
        rows = self.kinds + np.arange(self.requests)
        shape = (self.head, self.requests)
        taken_back = (-np.ones(self.requests), (rows, np.arange(self.requests)))
        self._programme.add_columns(sparse.csc_array(taken_back, shape=shape), -pool.most)

    def solve(self) -> Optimum:
        """Raises RuntimeError if HiGHS finds no optimum, which no input should bring about."""
        self._take_rows()
        self._take_columns()
        solved = self._programme.relaxed()
        row = np.minimum(solved.prices[self.head :], self._penalties)
        duals = Duals(solved.prices[: self.kinds], solved.prices[self.kinds : self.head], row)
        return Optimum(solved.value, solved.amounts[self._places], duals)

    def _take_rows(self) -> None:
        pool, known = self.pool, len(self._places)
        fresh = pool.rows[self._rows :]
        if not fresh:
            return
        old = sparse.csr_array(pool.matrix()[self.head + self._rows :, :known])
        where = (old.data, self._places[old.indices], old.indptr)
        shape = (len(fresh), self._programme.width)
        limits = np.array([row.limit for row in fresh])
        self._programme.add_rows(sparse.csr_array(where, shape=shape), limits)
        slack, paid = slack_columns(pool, self._rows)
        self._programme.add_columns(slack, paid)
        self._penalties += [np.inf if row.penalty is None else row.penalty for row in fresh]
        self._rows = len(pool.rows)

    def _take_columns(self) -> None:
        pool, known = self.pool, len(self._places)
        profit = np.array(pool.profit)
        for i in np.flatnonzero(profit[:known] != self._profit):
            self._programme.set_profit(int(self._places[i]), float(profit[i]))
        if len(profit) > known:
            fresh = sparse.csc_array(pool.matrix()[:, known:])
            places = self._programme.add_columns(fresh, profit[known:])
            self._places = np.concatenate([self._places, places])
        self._profit = profit


def slack_columns(pool: Pool, first: int = 0) -> tuple[sparse.csc_array, Floats]:
    """A column for each row from ``first`` on that may be missed at a price, and these prices."""
    head = len(pool.networks) + len(pool.problem.requests)
    paid = [
        (head + i, row.penalty)
        for i, row in enumerate(pool.rows)
        if i >= first and row.penalty is not None
    ]
    where = (np.array([row for row, _ in paid], dtype=np.int64), np.arange(len(paid)))
    shape = (head + len(pool.rows), len(paid))
    slack = sparse.csc_array((-np.ones(len(paid)), where), shape=shape)
    return slack, -np.array([price for _, price in paid])
