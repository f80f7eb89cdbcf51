"""How evenly a plan serves the regions. Judges nothing and weighs nothing: it measures.

A region's *share* is its served value (value times preference) over its requested value. Regions
are those of the objective, else those directly above the hosts' own: prefectures, where hosts are
counties, because a single county is either served or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from touring.planning.problem import Problem
from touring.planning.result import Equity, RegionShare, Stop


def equity_of(problem: Problem, stops: Iterable[Stop]) -> Equity:
    """The worst-off region, the spread and the Gini coefficient of the shares.

    Without any region that asks for something everything is even: worst 1, spread and Gini 0.
    """
    opens = {stop.request: stop.open for stop in stops}
    wanted: dict[str, list[float]] = {}
    served: dict[str, list[float]] = {}
    for r, request in enumerate(problem.requests):
        for region in _counted(problem, int(problem.request_host[r])):
            wanted.setdefault(region, []).append(request.value)
            if request.id in opens:
                worth = request.value * problem.preference(r, opens[request.id])
                served.setdefault(region, []).append(worth)
    shares = [
        RegionShare(region, math.fsum(asked), math.fsum(served.get(region, ())))
        for region, asked in sorted(wanted.items())
        if math.fsum(asked) > 0
    ]
    ratios = [one.ratio for one in shares]
    if not ratios:
        return Equity(worst=1.0, worst_regions=(), spread=0.0, gini=0.0)
    worst = min(ratios)
    return Equity(
        worst=worst,
        worst_regions=tuple(one.region for one in shares if one.ratio <= worst + 1e-12),
        spread=max(ratios) - worst,
        gini=gini(ratios),
        shares=tuple(shares),
    )


def gini(amounts: Iterable[float]) -> float:
    """The mean difference between two of the amounts over twice their mean; 0 when all are 0.

    Gini 1912; 0 is perfectly even, ``1 - 1/n`` is one of ``n`` having everything.
    """
    ordered = sorted(amounts)
    total = math.fsum(ordered)
    if not total:
        return 0.0
    n = len(ordered)
    weighted = math.fsum((2 * (i + 1) - n - 1) * amount for i, amount in enumerate(ordered))
    return weighted / (n * total)


def _counted(problem: Problem, host: int) -> tuple[str, ...]:
    above = problem.regions_of_host(host)
    if problem.objective.regions:
        return tuple(region for region in above if region in problem.objective.regions)
    return above[1:2] or above[:1]
