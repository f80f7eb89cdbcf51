"""Adaptive large neighbourhood search: take some stops out, fill in again, keep what is better.

The operators compete by their success, after Ropke and Pisinger 2006
(doi:10.1287/trsc.1050.0135). Acceptance is a falling threshold that starts anew in
cycles, after Dueck and Scheuer 1990 (doi:10.1016/0021-9991(90)90201-B): no logarithm
is needed, so the same seed walks alike on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from touring.planning.solvers.draft import Draft, Season, Task, without
from touring.planning.solvers.greedy import Insertions, Taste, fill, insert
from touring.planning.stop import StopCriterion

Removal = dict[int, set[int]]
Place = tuple[int, int]

_BEST, _BETTER, _ACCEPTED, _NOTHING = 12.0, 6.0, 2.0, 0.0
_SEGMENT = 100
_CYCLE = 1500
_MEMORY = 0.75


@dataclass
class _Chances:
    """The weights of the operators and what they earned since the last review."""

    weights: np.ndarray
    earned: np.ndarray = field(init=False)
    tried: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._forget()

    def draw(self, rng: np.random.Generator) -> int:
        return _drawn(self.weights, rng)

    def reward(self, operator: int, points: float) -> None:
        self.earned[operator] += points
        self.tried[operator] += 1

    def review(self) -> None:
        used = self.tried > 0
        fresh = self.earned[used] / self.tried[used]
        self.weights[used] = _MEMORY * self.weights[used] + (1 - _MEMORY) * np.maximum(0.2, fresh)
        self._forget()

    def _forget(self) -> None:
        self.earned = np.zeros(len(self.weights))
        self.tried = np.zeros(len(self.weights))


class LocalSearch:
    """Improves a draft step by step; one step is one unit of work.

    Parameters
    ----------
    draft
        Changed in place; holds the best plan after :meth:`run`.
    idle
        Units that must be left alone.
    """

    def __init__(
        self, draft: Draft, rng: np.random.Generator, *, idle: frozenset[int] = frozenset()
    ) -> None:
        self.draft = draft
        self.rng = rng
        left_alone = idle | draft.barred
        self.units = [u for u in range(len(draft.problem.units)) if u not in left_alone]
        self.usable = np.zeros(len(draft.problem.units), dtype=bool)
        self.usable[self.units] = True
        self.operators: list[Callable[[], Removal]] = [
            self._scattered,
            self._near,
            self._whole_units,
            self._same_days,
            self._make_room,
        ]
        self.chances = _Chances(np.ones(len(self.operators)))
        self.wanted: tuple[int, int] | None = None
        worths = draft.options.worth
        self.scale = float(worths[worths > 0].mean()) if (worths > 0).any() else 1.0
        self.work = 0
        self.best: list[Season] = list(draft.seasons)

    def run(self, stop: StopCriterion, improved: Callable[[int], None]) -> None:
        """Search until ``stop``; ``improved(work)`` hears of every new best."""
        draft = self.draft
        if not self.units or not len(draft.options.request):
            return
        best_score = score = draft.score()
        self.best = list(draft.seasons)
        while not stop(self.work):
            operator = self.chances.draw(self.rng)
            delta, undo = self._step(operator)
            self.work += 1
            threshold = 0.08 * self.scale * (1 - (self.work % _CYCLE) / _CYCLE)
            points = _NOTHING
            if delta < -threshold * self.rng.random() or undo is None:
                if undo:
                    draft.restore(undo)
            else:
                score += delta
                points = _BETTER if delta > 1e-9 else _ACCEPTED if delta < -1e-9 else _NOTHING
                if score > best_score + 1e-7:
                    best_score = score = draft.score()
                    self.best = list(draft.seasons)
                    points = _BEST
                    improved(self.work)
            self.chances.reward(operator, points)
            if self.work % _SEGMENT == 0:
                self.chances.review()
            if self.work % _CYCLE == 0 and score < best_score:
                self._return_to(self.best)
                score = best_score
        self._return_to(self.best)

    def rescue(self) -> None:
        """Give the draft its best seasons after a search that memory broke off in mid-step."""
        self.draft.seasons = list(self.best)

    def _step(self, operator: int) -> tuple[float, dict[int, Season] | None]:
        """Destroy and repair; the change of the score, and what brings the old state back."""
        draft = self.draft
        self.wanted = None
        removal = self.operators[operator]()
        units = self._with_company(removal)
        kept = {unit: draft.seasons[unit] for unit in sorted(units)}
        before = self._worth(kept)
        for unit in sorted(removal):
            if not draft.put(unit, without(draft.seasons[unit], removal[unit])):
                draft.put(unit, tuple(t for t in draft.seasons[unit].tasks if not _goes(t)))
        taste = Taste(
            haste=float(self.rng.choice((0.0, 10.0, 40.0, 200.0))),
            waiting=float(self.rng.choice((0.0, 0.5, 1.0))),
            noise=float(self.rng.choice((0.0, 0.1, 0.3))),
        )
        insertions = Insertions(draft, taste, self.rng)
        if self.wanted is not None:
            unit, request = self.wanted
            found = insertions.best(unit, wanted=request)
            if found is not None:
                insert(draft, unit, found)
        fill(draft, sorted(units), insertions)
        return self._worth(kept) - before, kept

    def _worth(self, units: dict[int, Season]) -> float:
        rates = sum(self.draft.rate(unit) for unit in units)
        return rates - self.draft.promises.penalty()

    def _with_company(self, removal: Removal) -> set[int]:
        """The units that lose stops and a few that could take them."""
        units = set(removal)
        options = self.draft.options
        requests = {
            int(options.request[self.draft.seasons[unit].tasks[place].option])
            for unit, places in removal.items()
            for place in places
        }
        if requests:
            request = sorted(requests)[int(self.rng.integers(len(requests)))]
            able = np.flatnonzero(self.draft.problem.fits[:, request] & self.usable)
            if len(able):
                count = min(len(able), int(self.rng.integers(0, 3)))
                units.update(int(u) for u in self.rng.choice(able, count, replace=False))
        return units

    def _return_to(self, seasons: list[Season]) -> None:
        now = self.draft.seasons
        self.draft.restore({u: season for u, season in enumerate(seasons) if season is not now[u]})

    # -- what is taken out

    def _scattered(self) -> Removal:
        """Stops of a few units at random."""
        removal: Removal = {}
        count = int(self.rng.integers(2, 9))
        for unit in self._some_units(int(self.rng.integers(1, 5))):
            places = self._movable(unit)
            if places:
                taken = self.rng.choice(places, min(len(places), max(1, count // 2)), replace=False)
                removal[unit] = {int(place) for place in taken}
        return removal

    def _near(self) -> Removal:
        """Stops around one host."""
        centre = self._some_host()
        stops = self._stops_of_units(self._units_around(centre, 4))
        if not stops:
            return {}
        km = np.array([self.draft.problem.host_km[centre, host] for _, _, host in stops])
        chosen = np.argsort(km, kind="stable")[: int(self.rng.integers(2, 8))]
        return _as_removal([stops[int(i)] for i in chosen])

    def _whole_units(self) -> Removal:
        """All stops of one to three units that work near each other."""
        units = self._units_around(self._some_host(), int(self.rng.integers(1, 3)))
        return {unit: set(places) for unit in units if (places := self._movable(unit))}

    def _same_days(self) -> Removal:
        """Stops of some units that touch the same stretch of days."""
        days = self.draft.problem.days
        length = int(self.rng.integers(max(1, days // 12), max(2, days // 3)))
        first = int(self.rng.integers(0, max(1, days - length)))
        removal: Removal = {}
        for unit in self._units_around(self._some_host(), int(self.rng.integers(2, 4))):
            season = self.draft.seasons[unit]
            places = {
                place
                for place in self._movable(unit)
                if season.begins[place] < first + length and first < season.leaves[place]
            }
            if places:
                removal[unit] = places
        return removal

    def _make_room(self) -> Removal:
        """The stops of one unit that stand in the way of an unserved request."""
        options = self.draft.options
        rows = np.flatnonzero(self.draft.free)
        if not len(rows):
            return self._whole_units()
        row = int(self.rng.choice(rows))
        request = int(options.request[row])
        able = np.flatnonzero(self.draft.problem.fits[:, request] & self.usable)
        if not len(able):
            return self._near()
        unit = int(self.rng.choice(able))
        spans = options.spans(unit, row) if options.pins[row] is None else ()
        if not spans:
            return self._near()
        first, end = spans[int(self.rng.integers(len(spans)))]
        opens = int(self.rng.integers(first, end))
        season = self.draft.seasons[unit]
        vehicle = self.draft.problem.units[unit]
        slack = int(self.rng.integers(0, 6))
        arrival = opens - vehicle.setup_days - slack
        leave = opens + int(options.stay[row]) + vehicle.strike_days + slack
        self.wanted = (unit, request)
        places = {
            place
            for place in self._movable(unit)
            if season.begins[place] - vehicle.setup_days < leave and arrival < season.leaves[place]
        }
        return {unit: places}

    # -- choices

    def _some_units(self, count: int) -> list[int]:
        chosen = self.rng.choice(self.units, min(count, len(self.units)), replace=False)
        return [int(unit) for unit in chosen]

    def _some_host(self) -> int:
        """The host of a request at random, an unserved one in half the cases."""
        hosts = self.draft.options.host
        rows = np.flatnonzero(self.draft.free)
        if len(rows) and self.rng.random() < 0.5:
            return int(hosts[int(self.rng.choice(rows))])
        return int(hosts[int(self.rng.integers(len(hosts)))])

    def _units_around(self, host: int, count: int) -> list[int]:
        """Units with a stop near the host, then units with a home near it; with some chance in it."""
        able = np.flatnonzero(self.usable & self.draft.problem.region_fits[:, host])
        if not len(able):
            return self._some_units(count)
        if len(able) > 60:
            able = np.sort(self.rng.choice(able, 60, replace=False))
        km = np.array([self._km_to_unit(int(unit), host) for unit in able])
        km = km * self.rng.uniform(0.5, 1.5, len(able))
        return [int(unit) for unit in able[np.argsort(km, kind="stable")[:count]]]

    def _km_to_unit(self, unit: int, host: int) -> float:
        problem = self.draft.problem
        stops = [task.place for task in self.draft.seasons[unit].tasks if task.option >= 0]
        if not stops:
            return float(problem.km_from_home[unit, host])
        return float(problem.host_km[host, stops].min())

    def _movable(self, unit: int) -> list[int]:
        return [i for i, task in enumerate(self.draft.seasons[unit].tasks) if _goes(task)]

    def _stops_of_units(self, units: list[int]) -> list[tuple[int, int, int]]:
        return [
            (unit, place, self.draft.seasons[unit].tasks[place].place)
            for unit in units
            for place in self._movable(unit)
        ]


def _goes(task: Task) -> bool:
    return task.option >= 0 and not task.fixed


def _as_removal(stops: list[tuple[int, int, int]]) -> Removal:
    removal: Removal = {}
    for unit, place, _ in stops:
        removal.setdefault(unit, set()).add(place)
    return removal


def _drawn(weights: np.ndarray, rng: np.random.Generator) -> int:
    """An index by weight; sums in order, so that every machine draws alike."""
    target = rng.random() * sum(weights.tolist())
    for i, weight in enumerate(weights.tolist()):
        target -= weight
        if target < 0:
            return i
    return len(weights) - 1
