"""The master problem over the known columns: its linear relaxation with prices, and its best plan.

Solved by HiGHS (Huangfu and Hall 2018, doi:10.1007/s12532-017-0130-5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from touring.planning.columns.network import Floats
from touring.planning.columns.pool import Duals, Pool


@dataclass(frozen=True, eq=False)
class Master:
    """An optimum of the linear relaxation over a pool: its value, shares of columns, and prices.

    A request may be served twice for the most it can be worth. That never pays once all columns
    are known, and until then it keeps prices in proportion (du Merle, Villeneuve, Desrosiers and
    Hansen 1999, doi:10.1016/S0012-365X(98)00213-1).
    """

    value: float
    shares: Floats
    duals: Duals

    @classmethod
    def of(cls, pool: Pool) -> Master:
        """Raises RuntimeError if HiGHS finds no optimum, which no input should bring about."""
        n, units, requests = len(pool.columns), len(pool.networks), len(pool.problem.requests)
        cost = np.concatenate([-np.array(pool.profit), _penalties(pool), pool.most])
        matrix = sparse.hstack([pool.matrix(), _slacks(pool), _twice(pool)]).tocsc()
        found = linprog(cost, A_ub=matrix, b_ub=pool.limits(), method="highs-ds")
        if found.status != 0:
            raise RuntimeError(f"The master problem was not solved: {found.message}")
        prices = np.maximum(0.0, -np.asarray(found.ineqlin.marginals))
        duals = Duals(prices[:units], prices[units : units + requests], prices[units + requests :])
        return cls(-float(found.fun), np.asarray(found.x)[:n], duals)


def dived_columns(pool: Pool, usable: np.ndarray) -> list[int]:
    """A whole choice by diving: fix the column with the largest share, solve again, until none is left.

    Columns that take the unit of a fixed one, or break a row with it, drop out. Requests may be
    served twice for the price of one stop; the caller takes the second stop out.
    """
    matrix = pool.matrix()[:, usable].tocsc()
    slacks = sparse.hstack([_slacks(pool), _twice(pool)])
    cost = np.concatenate([-np.array(pool.profit)[usable], _penalties(pool), pool.most])
    whole = sparse.hstack([matrix, slacks]).tocsc()
    upper = np.concatenate([np.ones(len(usable)), np.full(slacks.shape[1], np.inf)])
    lower, last = np.zeros(len(upper)), 0
    while True:
        bounds = np.column_stack([lower, upper])
        found = linprog(cost, A_ub=whole, b_ub=pool.limits(), bounds=bounds, method="highs-ds")
        if found.status != 0:
            lower[last] = 0.0  # this one does not stand with the others
            upper[last] = 0.0
            continue
        shares = np.asarray(found.x)[: len(usable)]
        open_shares = np.where(lower[: len(usable)] > 0, 0.0, shares)
        last = int(np.argmax(open_shares))
        if open_shares[last] < 1e-6:
            return [int(usable[i]) for i in np.flatnonzero(lower[: len(usable)])]
        sure = np.flatnonzero(open_shares > 1 - 1e-6)
        lower[sure] = 1.0
        lower[last] = 1.0


def chosen_columns(pool: Pool, usable: np.ndarray, *, nodes: int) -> list[int] | None:
    """The best whole choice among the ``usable`` columns that the rows allow, by branch and cut.

    Ends after ``nodes`` nodes with the best found by then; ``None`` where there is none.
    """
    matrix = pool.matrix()[:, usable]
    slacks = _slacks(pool)
    cost = np.concatenate([-np.array(pool.profit)[usable], _penalties(pool)])
    whole = np.concatenate([np.ones(len(usable)), np.zeros(slacks.shape[1])])
    upper = np.concatenate([np.ones(len(usable)), np.full(slacks.shape[1], np.inf)])
    found = milp(
        cost,
        integrality=whole,
        bounds=Bounds(0.0, upper),
        constraints=LinearConstraint(
            sparse.hstack([matrix, slacks]).tocsc(), -np.inf, pool.limits()
        ),
        options={"node_limit": nodes, "mip_rel_gap": 1e-7},
    )
    if found.x is None:
        return None
    return [int(usable[i]) for i in np.flatnonzero(found.x[: len(usable)] > 0.5)]


def _slacks(pool: Pool) -> sparse.coo_array:
    """A column of slack for each row that may be missed at a price."""
    head = len(pool.networks) + len(pool.problem.requests)
    paid = [i for i, row in enumerate(pool.rows) if row.penalty is not None]
    where = (np.array([head + i for i in paid], dtype=np.int64), np.arange(len(paid)))
    shape = (head + len(pool.rows), len(paid))
    return sparse.coo_array((-np.ones(len(paid)), where), shape=shape)


def _twice(pool: Pool) -> sparse.coo_array:
    """A column per request that takes back one stop."""
    units, requests = len(pool.networks), len(pool.problem.requests)
    where = (units + np.arange(requests), np.arange(requests))
    shape = (units + requests + len(pool.rows), requests)
    return sparse.coo_array((-np.ones(requests), where), shape=shape)


def _penalties(pool: Pool) -> Floats:
    return np.array([row.penalty for row in pool.rows if row.penalty is not None])
