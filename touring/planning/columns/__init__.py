"""Seasons of single units as columns: what they may contain, what they earn, and which pay.

A *column* is one unit's feasible season. The rules that bind several units together are *rows*
over columns; their dual prices turn the search for better columns into one problem per unit
(Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101):

:mod:`rows`         the rules between units as linear rows over stops, and cuts that tighten them
:mod:`network`      what one unit can do: requests, days, legs, maintenance
:mod:`completion`   a relaxation solved backwards: the most any rest of a season can earn
:mod:`pricing`      the best seasons under prices, guided and bounded by the relaxation
:mod:`pool`         the columns that are known, with their coefficients
:mod:`master`       the linear programme and the integer programme over the pool
"""

from touring.planning.columns.completion import Completion, completion_of
from touring.planning.columns.master import Master, chosen_columns, dived_columns
from touring.planning.columns.network import Network, network_of
from touring.planning.columns.pool import Column, Duals, Pool, column_of
from touring.planning.columns.pricing import Effort, Priced, price
from touring.planning.columns.rows import Row, rows_of, violated_rows

__all__ = [
    "Column",
    "Completion",
    "Duals",
    "Effort",
    "Master",
    "Network",
    "Pool",
    "Priced",
    "Row",
    "chosen_columns",
    "column_of",
    "completion_of",
    "dived_columns",
    "network_of",
    "price",
    "rows_of",
    "violated_rows",
]
