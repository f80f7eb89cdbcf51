"""The best seasons of one unit under prices: best-first search over unfinished seasons.

Unfinished seasons are taken up in the order of what they have earned plus the most that
:mod:`touring.planning.columns.completion` says they can still earn (Hart, Nilsson and Raphael
1968, doi:10.1109/TSSC.1968.300136), with each request at most once. The first finished season is
the best of all. With little effort only the most promising seasons of each length are taken up;
what was passed over counts with its bound, so that :attr:`Priced.bound` always holds.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import numpy as np

from touring.planning.columns.completion import Completion
from touring.planning.columns.network import Bools, Floats, Ints, Network
from touring.planning.columns.pool import Column, column_of
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Stop

_KM_TOLERANCE = 1e-6  # what the check allows


@dataclass(frozen=True)
class Effort:
    """How far one search goes: seasons taken up per number of stops and in all, columns wanted."""

    width: int = 6
    most: int = 400
    wanted: int = 6


@dataclass(frozen=True)
class Priced:
    """No season of the unit earns more than ``bound``; ``columns`` are the best ones found."""

    bound: float
    columns: tuple[Column, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class _Label:
    """An unfinished season: where and when it is (``place`` R: home), what is done and earned."""

    span: int
    place: int
    day: int
    state: int
    served: int
    earned: float
    km: float
    depth: int
    before: _Label | None
    begins: int
    need: int
    is_done: bool = False


def price(
    problem: Problem,
    network: Network,
    completion: Completion,
    *,
    above: float,
    effort: Effort,
) -> Priced:
    """Seasons that earn more than ``above`` under the completion's profits, best first."""
    if completion.bound <= above or not len(network.requests) or not network.spans:
        return Priced(completion.bound, (), is_exact=True)
    return _Search(problem, network, completion, above, effort).run()


class _Search:
    def __init__(
        self,
        problem: Problem,
        network: Network,
        completion: Completion,
        above: float,
        effort: Effort,
    ) -> None:
        self.problem, self.network, self.completion = problem, network, completion
        self.above, self.effort = above, effort
        self.n = len(network.requests)
        self.queue: list[tuple[float, int, _Label]] = []
        self.numbers = itertools.count()
        self.firsts, self.ends = _segments(network, completion.profit)
        self.seen: dict[tuple[int, int, int, int], list[tuple[int, float, float]]] = {}
        self.passed_over = above
        self.has_gaps = bool(network.gapped.any())
        self.excluded = _bit_rows(network.excludes, self.n)

    def run(self) -> Priced:
        effort = self.effort
        self._push(_Label(0, self.n, 0, 0, 0, 0.0, 0.0, 0, None, -1, -1), self.completion.bound)
        columns: list[Column] = []
        best: float | None = None
        taken: dict[int, int] = {}
        count = 0
        while self.queue and count < effort.most and len(columns) < effort.wanted:
            minus, _, label = self.queue[0]
            if label.is_done:
                heapq.heappop(self.queue)
                best = -minus if best is None else best
                column = self._column(label)
                if column is not None:
                    columns.append(column)
                continue
            heapq.heappop(self.queue)
            if taken.get(label.depth, 0) >= effort.width:
                self.passed_over = max(self.passed_over, -minus)
                continue
            if self._is_dominated(label):
                continue
            taken[label.depth] = taken.get(label.depth, 0) + 1
            count += 1
            self._extend(label)
        left = -self.queue[0][0] if self.queue else self.above
        bound = max(self.passed_over, left, self.above if best is None else best)
        exact = best is not None and best >= bound - 1e-9
        return Priced(min(bound, self.completion.bound), tuple(columns), exact)

    def _push(self, label: _Label, bound: float) -> None:
        if bound > self.above:
            heapq.heappush(self.queue, (-bound, next(self.numbers), label))

    def _is_dominated(self, label: _Label) -> bool:
        """Has the same set been served by an earlier day, for more and with fewer kilometres?"""
        if self.has_gaps:
            return False
        key = (label.span, label.place, label.state, label.served)
        others = self.seen.setdefault(key, [])
        limited = self.network.max_km is not None
        for day, earned, km in others:
            if day <= label.day and earned >= label.earned and (not limited or km <= label.km):
                return True
        others.append((label.day, label.earned, label.km))
        return False

    # -- extensions

    def _extend(self, label: _Label) -> None:
        self._serve(label)
        self._maintain(label)
        self._cross(label)
        self._finish(label)

    def _serve(self, label: _Label) -> None:
        network, n = self.network, self.n
        tables = self.completion.spans[label.span]
        earliest = label.day + network.wait[label.place, :n]
        days = np.maximum(self.firsts[label.span], earliest[:, None])
        fits = (days < self.ends[label.span]) & ~self._served(label)[:, None]
        days = np.where(fits, days, 0)
        rows = np.arange(n)[:, None]
        further = tables.arriving[label.state][days, rows]
        bounds = label.earned - network.cost[label.place, :n, None] + further
        for r, segment in np.argwhere(fits & (bounds > self.above)):
            self._visit(label, int(r), int(days[r, segment]), float(bounds[r, segment]))

    def _visit(self, label: _Label, r: int, day: int, bound: float) -> None:
        network = self.network
        km = label.km + float(network.km[label.place, r])
        if network.max_km is not None and km > network.max_km + _KM_TOLERANCE:
            return
        grid = network.spans[label.span]
        opens = grid.first + day + network.setup
        if self.has_gaps and self._is_too_near(label, r, opens):
            # A later day may do; every one of them is tried, and this case is rare.
            later = day + 1
            if later < int(self.ends[label.span][r].max()) and grid.arrivals[later, r]:
                further = float(self.completion.spans[label.span].arriving[label.state, later, r])
                again = label.earned - float(network.cost[label.place, r]) + further
                if again > self.above:
                    self._visit(label, r, later, again)
            return
        earned = label.earned - float(network.cost[label.place, r])
        earned += float(self.completion.profit[r, opens])
        served = label.served | network.excludes[r]
        leaves = day + int(network.lengths[r])
        self._push(
            _Label(
                label.span, r, leaves, label.state, served, earned, km, label.depth + 1, label,
                opens, -1,
            ),
            bound,
        )  # fmt: skip

    def _maintain(self, label: _Label) -> None:
        network = self.network
        spans = range(label.span, len(network.spans))
        away = label.place != self.n
        home = label.day + (int(network.travel[label.place, self.n]) if away else 0)
        if network.returns or not away:
            spans = range(label.span, label.span + 1)
        for span in spans:
            grid = network.spans[span]
            day = max(0, network.spans[label.span].first + home - grid.first)
            if day > grid.days:
                continue
            for j, length in enumerate(network.needs):
                start = int(grid.starts[j, day])
                if not label.state >> j & 1 and start <= grid.days:
                    gain = network.need_profit[j] - (self._cost_home(label) if away else 0.0)
                    self._come_home(label, span, start + length, j, gain, grid.first + start)

    def _come_home(
        self, label: _Label, span: int, day: int, need: int, gain: float, begins: int
    ) -> None:
        network = self.network
        state = label.state | (1 << need if need >= 0 else 0)
        earned = label.earned + gain
        km = label.km + float(network.km[label.place, self.n])
        new = _Label(
            span, self.n, day, state, label.served, earned, km, label.depth, label, begins, need
        )
        self._push(new, earned + float(self.completion.spans[span].resting[state, day]))

    def _cross(self, label: _Label) -> None:
        """Into the next span: from home, or from where it is when the unit does not return."""
        network = self.network
        if label.span + 1 >= len(network.spans):
            return
        if label.place == self.n:
            self._come_home(label, label.span + 1, 0, -1, 0.0, -1)
        elif network.returns:
            back = label.day + int(network.travel[label.place, self.n])
            if back <= network.spans[label.span].days:
                self._come_home(label, label.span + 1, 0, -1, -self._cost_home(label), -1)
        else:
            tables = self.completion.spans[label.span + 1]
            new = _Label(
                label.span + 1, label.place, 0, label.state, label.served, label.earned, label.km,
                label.depth, label, -1, -1,
            )  # fmt: skip
            self._push(new, label.earned + float(tables.leaving[label.state, 0, label.place]))

    def _finish(self, label: _Label) -> None:
        network = self.network
        if label.state != network.all_done or not label.depth:
            return
        earned, km = label.earned, label.km
        if network.returns and label.place != self.n:
            back = label.day + int(network.travel[label.place, self.n])
            if back > network.spans[label.span].days:
                return
            earned -= self._cost_home(label)
            km += float(network.km[label.place, self.n])
        if network.max_km is not None and km > network.max_km + _KM_TOLERANCE:
            return
        done = _Label(
            label.span, label.place, label.day, label.state, label.served, earned, km, label.depth,
            label, -1, -1, is_done=True,
        )  # fmt: skip
        self._push(done, earned)

    # -- details

    def _cost_home(self, label: _Label) -> float:
        return float(self.network.cost[label.place, self.n])

    def _served(self, label: _Label) -> Bools:
        """Requests that the season excludes, as booleans."""
        barred = np.zeros(self.n, dtype=bool)
        step: _Label | None = label
        while step is not None:
            if step.begins >= 0 and step.need < 0:
                barred |= self.excluded[step.place]
            step = step.before
        return barred

    def _is_too_near(self, label: _Label, r: int, opens: int) -> bool:
        """Does the gap to an earlier stop of the season in the same place group fail?"""
        step: _Label | None = label
        while step is not None:
            if step.begins >= 0 and step.need < 0:
                gap = int(self.network.gapped[step.place, r])
                stay = self.problem.requests[self.network.requests[step.place]].stay_days
                if gap and opens - (step.begins + stay) < gap:
                    return True
            step = step.before
        return False

    def _column(self, label: _Label) -> Column | None:
        unit = self.problem.units[self.network.unit]
        stops, spans = [], []
        step: _Label | None = label
        while step is not None:
            if step.need >= 0:
                days = self.network.needs[step.need]
                spans.append(MaintenanceSpan(unit.id, step.begins, step.begins + days))
            elif step.begins >= 0:
                request = self.problem.requests[self.network.requests[step.place]]
                stops.append(Stop(unit.id, step.begins, request.id))
            step = step.before
        return column_of(self.problem, self.network, stops, spans)


def _segments(network: Network, profit: Floats) -> tuple[list[Ints], list[Ints]]:
    """Per span, days of arrival ``[first, end)`` of equal profit, ``(R, segments)``.

    Within one of them the first day is the best: whatever follows can follow a day earlier.
    """
    firsts, ends = [], []
    for grid in network.spans:
        opens = grid.first + network.setup
        part = profit[:, opens : opens + grid.days + 1]
        usable = np.zeros((len(profit), grid.days + 3), dtype=bool)
        usable[:, 1 : part.shape[1] + 1] = grid.arrivals[: part.shape[1]].T
        padded = np.zeros(usable.shape)
        padded[:, 1 : part.shape[1] + 1] = part
        changes = (usable[:, 1:] != usable[:, :-1]) | (padded[:, 1:] != padded[:, :-1])
        begins = changes & usable[:, 1:]
        width = max(1, int(begins.sum(axis=1).max(initial=0)))
        first = np.full((len(profit), width), 0, dtype=np.int32)
        end = np.full((len(profit), width), -1, dtype=np.int32)
        for r in range(len(profit)):
            starts = np.flatnonzero(begins[r])
            stops = np.flatnonzero(changes[r] & usable[r, :-1])
            first[r, : len(starts)] = starts
            end[r, : len(starts)] = stops
        firsts.append(first)
        ends.append(end)
    return firsts, ends


def _bit_rows(excludes: tuple[int, ...], n: int) -> Bools:
    return np.array([[bits >> j & 1 for j in range(n)] for bits in excludes], dtype=bool).reshape(
        n, n
    )
