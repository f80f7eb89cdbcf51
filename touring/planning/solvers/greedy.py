"""Insertion construction: again and again the best-paid stop in the best place of a season.

All free options at all places of a unit's season are judged at once, from the earliest
leave of the task before and the latest arrival of the task behind (Solomon 1987,
doi:10.1287/opre.35.2.254); the draft then schedules exactly or refuses.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from touring.planning.solvers.draft import HOME, THERE, Draft

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Taste:
    """How insertions are ranked: ``gain / (haste + days)``, waiting days counted by a share.

    Only operations that IEEE 754 fixes to the last bit are used, so that the same seed
    ranks alike on every machine.

    Parameters
    ----------
    haste
        Days added to every stop: 0 takes the largest gain per day, a lot the largest gain.
    waiting
        Weight of days the unit would wait before the stop.
    noise
        Relative size of a random factor on each gain.
    """

    haste: float = 30.0
    waiting: float = 0.3
    noise: float = 0.0


@dataclass(frozen=True)
class Insertion:
    rank: float
    gain: float
    option: int
    place: int


class Insertions:
    """Judges insertions into the seasons of a draft."""

    def __init__(self, draft: Draft, taste: Taste, rng: np.random.Generator | None = None) -> None:
        self.draft = draft
        self.taste = taste
        self._factors = None
        if rng is not None and taste.noise:
            self._factors = 1 + taste.noise * rng.uniform(-1, 1, len(draft.options.request))

    def best(
        self, unit: int, barred: frozenset[int] = frozenset(), wanted: int | None = None
    ) -> Insertion | None:
        """The best-ranked insertion of a free option, or of request ``wanted`` alone.

        ``barred`` holds options that the schedule has refused. Insertions that lower the
        value are offered only for ``wanted``.
        """
        draft, options = self.draft, self.draft.options
        rows = options.of_unit(unit)
        usable = draft.free[rows]
        if wanted is not None:
            usable = usable & (options.request[rows] == wanted)
        rows = rows[usable]
        if barred:
            rows = rows[~np.isin(rows, list(barred))]
        if not len(rows) or unit in draft.barred:
            return None
        gain, days = self._judged(unit, rows)
        if self._factors is not None:
            gain = np.where(gain > 0, gain * self._factors[rows], gain)
        rank = gain / (self.taste.haste + np.maximum(days, 1.0))
        place, column = np.unravel_index(int(np.argmax(rank)), rank.shape)
        chosen = float(gain[place, column])
        if chosen == -np.inf or (wanted is None and chosen <= 1e-9):
            return None
        return Insertion(float(rank[place, column]), chosen, int(rows[column]), int(place))

    def _judged(self, unit: int, rows: npt.NDArray[np.int32]) -> tuple[FloatArray, FloatArray]:
        """Gain and days used, ``(places, options)``; minus infinity where the times do not fit."""
        draft, problem = self.draft, self.draft.problem
        vehicle, season = problem.units[unit], draft.seasons[unit]
        room = season.openings
        hosts, stay = draft.options.host[rows], draft.options.stay[rows]
        days_in = _from(problem.host_days(unit), problem.days_from_home[unit], room.origins, hosts)
        days_on = _back(problem.host_days(unit), problem.days_to_home[unit], room.targets, hosts)
        arrive = room.starts[:, None] + days_in + vehicle.setup_days
        table = draft.options.first_openings(unit)
        opens = table[rows, np.minimum(arrive, problem.days + 1)]
        work = stay + (vehicle.setup_days + vehicle.strike_days)
        fits = opens + (stay + vehicle.strike_days) + days_on <= room.ends[:, None]
        km = _from(problem.host_km, problem.km_from_home[unit], room.origins, hosts)
        km += _back(problem.host_km, problem.km_to_home[unit], room.targets, hosts)
        km -= room.km[:, None]
        busy = days_in + days_on + (work - room.days[:, None])
        weights = problem.objective
        gain = draft.options.worth[rows] + draft.promises.bonus(unit, rows) - weights.km_cost * km
        if weights.idle_cost:
            gain += weights.idle_cost * busy
        if vehicle.max_km is not None:
            fits &= season.km + km <= vehicle.max_km
        used = busy + self.taste.waiting * (opens - arrive)
        return np.where(fits, gain, -np.inf), used


def insert(draft: Draft, unit: int, insertion: Insertion) -> bool:
    """Put the stop into the season, with rests around it where the days out demand them."""
    tasks = draft.seasons[unit].tasks
    stop = draft.task_for(unit, insertion.option)
    head, tail = tasks[: insertion.place], tasks[insertion.place :]
    if draft.put(unit, (*head, stop, *tail)):
        return True
    if draft.problem.units[unit].max_days_out is None:
        return False
    rest = draft.rest_task(unit)
    return (
        draft.put(unit, (*head, rest, stop, *tail))
        or draft.put(unit, (*head, stop, rest, *tail))
        or draft.put(unit, (*head, rest, stop, rest, *tail))
    )


def fill(
    draft: Draft,
    units: Iterable[int],
    insertions: Insertions,
    *,
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Insert the best-ranked stops into these units until nothing pays; returns how many.

    Ranks are recomputed lazily: an entry of the queue is judged again when its option is
    gone or a floor above it has moved since; filled floors only lower the other ranks.
    """
    queue: list[tuple[float, int, int, int, Insertion]] = []
    touched: dict[int, int] = {}
    refused: dict[int, frozenset[int]] = {}

    def offer(unit: int) -> None:
        found = insertions.best(unit, refused.get(unit, frozenset()))
        if found is not None:
            state = touched.get(unit, 0)
            version = draft.promises.version_of(found.option)
            heapq.heappush(queue, (-found.rank, unit, state, version, found))

    for unit in units:
        offer(unit)
    inserted = 0
    while queue and not enough():
        _, unit, state, version, found = heapq.heappop(queue)
        if state != touched.get(unit, 0):
            continue
        if not draft.free[found.option] or version != draft.promises.version_of(found.option):
            touched[unit] = state + 1
            again = insertions.best(unit, refused.get(unit, frozenset()))
            if again is not None:
                now = draft.promises.version_of(again.option)
                entry = (-again.rank, unit, state + 1, now, again)
                heapq.heappush(queue, entry)
            continue
        touched[unit] = state + 1
        if insert(draft, unit, found):
            inserted += 1
            if draft.options.coupled.any():
                refused.pop(unit, None)
        else:
            refused[unit] = refused.get(unit, frozenset()) | {found.option}
        offer(unit)
    return inserted


def _from(
    table: npt.NDArray[Any],
    home: npt.NDArray[Any],
    origins: npt.NDArray[np.int32],
    hosts: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    """Entries from each origin to each host, ``(places, options)``."""
    entries: npt.NDArray[Any] = table[np.maximum(origins, 0)[:, None], hosts]
    entries[origins == HOME] = home[hosts]
    return entries


def _back(
    table: npt.NDArray[Any],
    home: npt.NDArray[Any],
    targets: npt.NDArray[np.int32],
    hosts: npt.NDArray[Any],
) -> npt.NDArray[Any]:
    """Entries from each host to each target; 0 where the unit need not go on."""
    entries: npt.NDArray[Any] = table[hosts, np.maximum(targets, 0)[:, None]]
    entries[targets == HOME] = home[hosts]
    entries[targets == THERE] = 0
    return entries
