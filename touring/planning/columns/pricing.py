"""The best seasons of one unit under prices: best-first search over unfinished seasons.

Unfinished seasons are taken up in the order of what they have earned plus the most that
:mod:`touring.planning.columns.completion` says they can still earn (Hart, Nilsson and Raphael
1968, doi:10.1109/TSSC.1968.300136), with each request at most once. The first finished season is
the best of all. With little effort only the most promising seasons of each length are taken up;
what was passed over counts with its bound, so that :attr:`Priced.bound` always holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from touring.planning.columns.compiled import BEFORE, BEGINS, NEED, PLACE, WHOLE, search, segments
from touring.planning.columns.completion import Completion, terrain_of
from touring.planning.columns.network import Ints, Network
from touring.planning.columns.pool import Column, Flag, column_of
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Stop

_KM_TOLERANCE = 1e-6  # what the check allows
_LABELS_PER_SEASON = 60  # at most so many unfinished seasons are kept for each taken up


@dataclass(frozen=True)
class Effort:
    """How far one search goes: seasons taken up per number of stops and in all, columns wanted."""

    width: int = 40
    most: int = 1500
    wanted: int = 6


@dataclass(frozen=True)
class Priced:
    """No season of the unit earns more than ``bound``; ``columns`` are the best ones found."""

    bound: float
    columns: tuple[Column, ...]
    is_exact: bool


def price(
    problem: Problem,
    network: Network,
    completion: Completion,
    *,
    above: float,
    effort: Effort,
    over: Flag,
) -> Priced:
    """Seasons that earn more than ``above`` under the completion's profits, best first.

    The search ends when ``over`` is set; :attr:`Priced.bound` holds then, too.
    """
    if completion.bound <= above or not len(network.requests) or not network.spans:
        return Priced(completion.bound, (), is_exact=True)
    terrain = terrain_of(network)
    pointers, firsts, ends = segments(
        terrain.offset, terrain.days, completion.earned, len(network.requests)
    )
    room = max(4096, effort.most * _LABELS_PER_SEASON)
    whole = np.empty((room, WHOLE), dtype=np.int32)
    real = np.empty((room, 3))
    served = np.zeros((room, terrain.excludes.shape[1]), dtype=np.uint64)
    finished, bound, best = search(
        terrain.offset, terrain.first, terrain.days, terrain.starts,
        terrain.lengths, terrain.wait, terrain.home, terrain.cost, network.km, terrain.needs,
        terrain.need_profit, terrain.returns, network.setup, network.gapped,
        bool(network.gapped.any()), network.stays, terrain.excludes,
        np.inf if network.max_km is None else network.max_km + _KM_TOLERANCE,
        completion.earned, completion.arriving, completion.leaving, completion.resting,
        completion.bound, pointers, firsts, ends, above, effort.width, effort.most, effort.wanted,
        over, whole, real, served,
    )  # fmt: skip
    columns = [_column(problem, network, whole, number) for number in finished]
    return Priced(
        min(bound, completion.bound),
        tuple(column for column in columns if column is not None),
        is_exact=bool(bound <= above or best >= bound - 1e-9),
    )


def _column(problem: Problem, network: Network, whole: Ints, number: int) -> Column | None:
    unit = problem.units[network.unit]
    stops, spans = [], []
    while number >= 0:
        step = whole[number]
        if step[NEED] >= 0:
            days = network.needs[step[NEED]]
            spans.append(MaintenanceSpan(unit.id, int(step[BEGINS]), int(step[BEGINS]) + days))
        elif step[BEGINS] >= 0:
            request = problem.requests[network.requests[step[PLACE]]]
            stops.append(Stop(unit.id, int(step[BEGINS]), request.id))
        number = int(step[BEFORE])
    return column_of(problem, network, stops, spans)
