"""Seasons of single units as columns: what they may contain, what they earn, and which pay.

A *column* is one unit's feasible season. The rules that bind several units together are *rows*
over columns; their dual prices turn the search for better columns into one problem per unit
(Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101):

:mod:`rows`         the rules between units as linear rows over stops, and cuts that tighten them
:mod:`network`      what one unit can do: requests, days, legs, maintenance
:mod:`completion`   a relaxation solved backwards: the most any rest of a season can earn
:mod:`pricing`      the best seasons under prices, guided and bounded by the relaxation
:mod:`pool`         the columns that are known, with their coefficients
:mod:`programme`    linear and whole packing programmes in HiGHS
:mod:`master`       the linear programme over the pool
:mod:`remainder`    what is left to some units while the others' seasons stand
:mod:`dive`         a whole choice of seasons, down from the relaxation
"""

from touring.planning.columns.completion import Completion, completion_of
from touring.planning.columns.dive import Depth, Dive
from touring.planning.columns.master import Master, Optimum
from touring.planning.columns.network import Network, alike_units, network_of
from touring.planning.columns.pool import Column, Duals, Pool, column_of
from touring.planning.columns.pricing import Effort, Priced, price
from touring.planning.columns.remainder import Measure, Remainder
from touring.planning.columns.rows import Row, rows_of, violated_rows

__all__ = [
    "Column",
    "Completion",
    "Depth",
    "Dive",
    "Duals",
    "Effort",
    "Master",
    "Measure",
    "Network",
    "Optimum",
    "Pool",
    "Priced",
    "Remainder",
    "Row",
    "alike_units",
    "column_of",
    "completion_of",
    "network_of",
    "price",
    "rows_of",
    "violated_rows",
]
