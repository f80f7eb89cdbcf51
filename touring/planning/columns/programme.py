"""A packing programme in HiGHS (Huangfu and Hall 2018, doi:10.1007/s12532-017-0130-5).

It maximises the profit of columns that are at least 0 under rows ``sum <= limit``. Columns may come
and go between two solutions; the basis is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from touring.planning.columns.network import Floats, Ints


@dataclass(frozen=True, eq=False)
class Solved:
    """An optimum of the relaxation: value, amount of every column, price of every row."""

    value: float
    amounts: Floats
    prices: Floats


class Programme:
    """Rows and columns as they are added; both are numbered in that order."""

    def __init__(self, limits: Floats) -> None:
        self.highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self.highs.setOptionValue(option, value)
        self.add_rows(sparse.csr_array((len(limits), 0)), limits)

    @property
    def width(self) -> int:
        return int(self.highs.getNumCol())

    def add_rows(self, matrix: sparse.csr_array, limits: Floats) -> None:
        """New rows over the columns there are."""
        lower = np.full(len(limits), -highspy.kHighsInf)
        pointers = matrix.indptr[:-1].astype(np.int32)
        indices = matrix.indices.astype(np.int32)
        self.highs.addRows(len(limits), lower, limits, matrix.nnz, pointers, indices, matrix.data)

    def add_columns(self, matrix: sparse.csc_array, profit: Floats, most: float = np.inf) -> Ints:
        """New columns over the rows there are; returns their numbers."""
        begin, count = self.width, len(profit)
        lower, upper = np.zeros(count), np.full(count, min(most, highspy.kHighsInf))
        pointers = matrix.indptr[:-1].astype(np.int32)
        indices = matrix.indices.astype(np.int32)
        self.highs.addCols(count, -profit, lower, upper, matrix.nnz, pointers, indices, matrix.data)
        return np.arange(begin, begin + count, dtype=np.int32)

    def set_profit(self, column: int, profit: float) -> None:
        self.highs.changeColCost(column, -profit)

    def bound(self, column: int, least: float, most: float) -> None:
        self.highs.changeColBounds(column, least, most)

    def relaxed(self) -> Solved:
        """Raises RuntimeError if HiGHS finds no optimum, which no input should bring about."""
        if not self.width:
            return Solved(0.0, np.zeros(0), np.zeros(int(self.highs.getNumRow())))
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self.highs.clearSolver()  # once more, without what the rounds before left behind
            self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            name = self.highs.modelStatusToString(status)
            raise RuntimeError(f"The master problem was not solved: {name}")
        found = self.highs.getSolution()
        prices = np.maximum(0.0, -np.asarray(found.row_dual))
        value = -float(self.highs.getInfo().objective_function_value)
        return Solved(value, np.asarray(found.col_value), prices)

    def whole(
        self, columns: Ints, start: Floats, *, nodes: int, above: float
    ) -> tuple[Floats, bool] | None:
        """The best amounts with these columns whole, from ``start`` on, by branch and cut.

        ``None`` if none is worth more than ``above``; the second answer says whether it is proven.
        """
        highs = self.highs
        highs.setOptionValue("presolve", "choose")
        highs.setOptionValue("mip_max_nodes", nodes)
        highs.setOptionValue("mip_rel_gap", 1e-6)
        highs.setOptionValue("objective_bound", -above)
        kinds = [highspy.HighsVarType.kInteger] * len(columns)
        highs.changeColsIntegrality(len(columns), columns, np.array(kinds))
        begin = highspy.HighsSolution()
        begin.col_value = start.tolist()
        highs.setSolution(begin)
        highs.run()
        value = -float(highs.getInfo().objective_function_value)
        is_proven = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not np.isfinite(value) or value <= above:
            return None
        return np.asarray(highs.getSolution().col_value), is_proven
