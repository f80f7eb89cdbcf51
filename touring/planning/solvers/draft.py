"""A plan under construction that keeps every hard rule. Decides nothing: searches do.

A unit's season is a sequence of tasks: stops, maintenance, gaps in availability and rests.
Each change re-schedules one unit, every task as early as calendars, travel and the other
units' stops allow; a change for which no schedule is found is refused and undone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from touring.planning.problem import Problem, Span, intersected
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solvers.options import NEVER, Options, first_in, last_in
from touring.planning.solvers.promises import Promises

HOME, THERE = -1, -2


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a unit does in its season.

    Parameters
    ----------
    option
        Of a stop; -1 for tasks at home and gaps.
    place
        Host index, ``HOME``, or ``THERE``: wherever the unit is.
    before, length, after
        Days: set-up, stay and strike of a stop.
    spans
        On which days ``length`` may begin.
    need
        Index of the maintenance need; -1 otherwise.
    """

    option: int
    place: int
    before: int
    length: int
    after: int
    spans: tuple[Span, ...]
    fixed: bool = False
    need: int = -1


@dataclass(frozen=True, slots=True)
class Season:
    """The tasks of a unit and when they begin.

    ``leaves[i]`` is the day after task ``i``; ``latest[i]`` the last arrival at task ``i``
    that leaves all later tasks possible, other units not considered.
    """

    tasks: tuple[Task, ...]
    begins: tuple[int, ...]
    leaves: tuple[int, ...]
    latest: tuple[int, ...]
    places: tuple[int, ...]
    km: float
    busy_days: int
    worth: float
    openings: Openings


@dataclass(frozen=True, slots=True)
class Openings:
    """Where a stop could be put in, one row per place, as arrays.

    ``starts`` and ``origins``: from when and where the unit is free; ``ends`` and
    ``targets``: the last arrival and where (``THERE``: it need not go on); ``km`` and
    ``days``: of the leg that a stop would replace.
    """

    starts: npt.NDArray[np.int32]
    origins: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    km: npt.NDArray[np.float64]
    days: npt.NDArray[np.int32]


class Draft:
    """All seasons, and who occupies which host, group and crew on which day."""

    def __init__(self, problem: Problem, options: Options) -> None:
        self.problem = problem
        self.options = options
        self.promises = Promises(problem, options)
        self.unit_of_request: dict[int, int] = {}
        self.free = np.ones(len(options.request), dtype=bool)
        self.seasons: list[Season] = []
        per_crew = {crew.id: np.zeros(problem.days + 8, dtype=np.int32) for crew in problem.crews}
        self._crews = [per_crew.get(unit.crew or "") for unit in problem.units]
        self._per_week = {crew.id: crew.per_week for crew in problem.crews}
        self._at_host: dict[int, list[tuple[int, int]]] = {}
        self._in_group: dict[str, list[tuple[int, int, str | None]]] = {}
        for stop in problem.history:
            self._in_group.setdefault(stop.place_group, []).append(
                (stop.close, stop.close, stop.exhibition)
            )
        self.barred: set[int] = set()
        self._host_days = [problem.host_days(u) for u in range(len(problem.units))]
        for u in range(len(problem.units)):
            season = self._empty_season(u)
            self.seasons.append(season)

    # -- questions

    def score(self) -> float:
        """The weighted value up to a constant: what stands without any stop is not subtracted."""
        weights = self.problem.objective
        total = math.fsum(season.worth for season in self.seasons)
        km = math.fsum(season.km for season in self.seasons)
        idle = sum(season.busy_days for season in self.seasons)
        return total - weights.km_cost * km + weights.idle_cost * idle - self.promises.penalty()

    def rate(self, unit: int) -> float:
        """The unit's own share of the score, promises left out."""
        weights, season = self.problem.objective, self.seasons[unit]
        return season.worth - weights.km_cost * season.km + weights.idle_cost * season.busy_days

    def stops_of(self, unit: int) -> list[int]:
        """Positions of the stops among the unit's tasks."""
        return [i for i, task in enumerate(self.seasons[unit].tasks) if task.option >= 0]

    def task_for(self, unit: int, option: int, *, fixed: bool = False) -> Task:
        vehicle = self.problem.units[unit]
        return Task(
            option,
            int(self.options.host[option]),
            vehicle.setup_days,
            int(self.options.stay[option]),
            vehicle.strike_days,
            self.options.spans(unit, option),
            fixed,
        )

    def undisturbed(self, unit: int, task: Task, days: Iterable[Span]) -> list[Span]:
        """Of these opening days, those that no rule between stops forbids (H5, H7, H10)."""
        if not self.options.coupled_list[task.option] and self._crews[unit] is None:
            return list(days)
        return [
            (day, day + 1)
            for first, end in days
            for day in range(first, end)
            if self._blocked_until(unit, task, day) <= day
        ]

    def rest_task(self, unit: int) -> Task:
        rest = self.problem.units[unit].rest_days
        return Task(-1, HOME, 0, rest, 0, ((0, self.problem.days + 1),))

    # -- changes

    def put(self, unit: int, tasks: tuple[Task, ...]) -> bool:
        """Give the unit these tasks in this order, or leave everything as it was."""
        old = self.seasons[unit]
        self._lift(unit, old)
        new = self._scheduled(unit, tidied(tasks, self.problem.units[unit].rest_days))
        if new is None:
            self._set_down(unit, old)
            return False
        self.seasons[unit] = new
        self._recount({unit: old})
        return True

    def restore(self, kept: dict[int, Season]) -> None:
        """Bring back seasons that stood together before."""
        changed = {
            u: self.seasons[u] for u, season in kept.items() if season is not self.seasons[u]
        }
        for unit in changed:
            self._lift(unit, self.seasons[unit])
        for unit in changed:
            self._set_down(unit, kept[unit])
            self.seasons[unit] = kept[unit]
        self._recount(changed)

    def plan(self) -> Plan:
        """The stops and maintenance as they stand."""
        stops, spans = [], []
        for unit, season in zip(self.problem.units, self.seasons, strict=True):
            if all(task.option < 0 for task in season.tasks):
                continue
            for task, begin in zip(season.tasks, season.begins, strict=True):
                if task.option >= 0:
                    r = self.options.request_list[task.option]
                    stops.append(Stop(unit.id, begin, self.problem.requests[r].id))
                elif task.need >= 0:
                    spans.append(MaintenanceSpan(unit.id, begin, begin + task.length))
        return Plan(
            stops=tuple(sorted(stops)),
            maintenance=tuple(sorted(spans)),
            instance=self.problem.name,
            instance_hash=self.problem.hash,
        )

    # -- scheduling

    def _scheduled(self, unit: int, tasks: tuple[Task, ...]) -> Season | None:
        """The earliest season; its stops are then registered. Nothing is left behind on failure."""
        vehicle = self.problem.units[unit]
        if not vehicle.available:
            return None if tasks else self._nothing(unit)
        begins: list[int] = []
        places: list[int] = []
        day, place = vehicle.available[0][0], HOME
        for task in tasks:
            target = place if task.place == THERE else task.place
            earliest = day + self.travel_days(unit, place, target) + task.before
            begin = self._first_opening(unit, task, earliest)
            if begin >= NEVER:
                break
            if task.option >= 0:
                self._register(unit, task, begin)
            begins.append(begin)
            places.append(target)
            day, place = begin + task.length + task.after, target
        home = self.travel_days(unit, place, HOME) if vehicle.returns_home else 0
        season = None
        if len(begins) == len(tasks) and day + home <= vehicle.available[-1][1]:
            season = self._measured(unit, tasks, begins, places)
        if season is None:
            for task, begin in zip(tasks, begins, strict=False):
                if task.option >= 0:
                    self._unregister(unit, task, begin)
        return season

    def _measured(
        self, unit: int, tasks: tuple[Task, ...], begins: list[int], places: list[int]
    ) -> Season | None:
        vehicle = self.problem.units[unit]
        km, travel, place = 0.0, 0, HOME
        used = busy = 0
        worth = 0.0
        last_stop = max((i for i, task in enumerate(tasks) if task.option >= 0), default=-1)
        for i, (task, target) in enumerate(zip(tasks, places, strict=True)):
            if i <= last_stop or (last_stop >= 0 and task.need >= 0):
                km += self.travel_km(unit, place, target)
                travel += self.travel_days(unit, place, target)
                place = target
            if task.option >= 0:
                worth += self.options.worth_list[task.option]
                busy += task.before + task.length + task.after
            elif task.need >= 0:
                used += task.length
        if vehicle.returns_home:
            km += self.travel_km(unit, place, HOME)
            travel += self.travel_days(unit, place, HOME)
        if vehicle.max_km is not None and km > vehicle.max_km:
            return None
        if vehicle.max_days_out is not None and not self._trips_hold(unit, tasks, begins):
            return None
        leaves = tuple(
            begin + task.length + task.after for task, begin in zip(tasks, begins, strict=True)
        )
        latest = self._latest(unit, tasks, places)
        return Season(
            tasks,
            tuple(begins),
            leaves,
            latest,
            tuple(places),
            km,
            busy + travel + used if last_stop >= 0 else 0,
            worth,
            self._openings(unit, tasks, leaves, latest, places),
        )

    def _openings(
        self,
        unit: int,
        tasks: tuple[Task, ...],
        leaves: tuple[int, ...],
        latest: tuple[int, ...],
        places: list[int],
    ) -> Openings:
        vehicle = self.problem.units[unit]
        first, end = (
            (vehicle.available[0][0], vehicle.available[-1][1]) if vehicle.available else (0, 0)
        )
        origins = [HOME, *places]
        targets = [
            THERE if task.place == THERE else place
            for task, place in zip(tasks, places, strict=True)
        ]
        targets.append(HOME if vehicle.returns_home else THERE)
        legs = [
            (origin, origin if target == THERE else target)
            for origin, target in zip(origins, targets, strict=True)
        ]
        return Openings(
            np.array([first, *leaves], dtype=np.int32),
            np.array(origins, dtype=np.int32),
            np.array([*latest, end], dtype=np.int32),
            np.array(targets, dtype=np.int32),
            np.array([self.travel_km(unit, *leg) for leg in legs]),
            np.array([self.travel_days(unit, *leg) for leg in legs], dtype=np.int32),
        )

    def _latest(self, unit: int, tasks: tuple[Task, ...], places: list[int]) -> tuple[int, ...]:
        vehicle = self.problem.units[unit]
        end = vehicle.available[-1][1]
        if tasks and vehicle.returns_home:
            end -= self.travel_days(unit, places[-1], HOME)
        latest: list[int] = []
        for i in range(len(tasks) - 1, -1, -1):
            task = tasks[i]
            arrival = last_in(task.spans, end - task.after - task.length) - task.before
            latest.append(arrival)
            end = arrival - (self.travel_days(unit, places[i - 1], places[i]) if i else 0)
        return tuple(reversed(latest))

    def _trips_hold(self, unit: int, tasks: tuple[Task, ...], begins: list[int]) -> bool:
        """H9: trips between two tasks at home are short enough and rests long enough."""
        vehicle = self.problem.units[unit]
        limit = vehicle.max_days_out or 0
        if _rests_while_away(tasks):
            return False
        left: int | None = None
        back: int | None = None
        place, day = HOME, 0
        for task, begin in zip(tasks, begins, strict=True):
            if task.option >= 0:
                if left is None:
                    left = begin - task.before - self.travel_days(unit, HOME, task.place)
                    if back is not None and left < back + vehicle.rest_days:
                        return False
                place, day = task.place, begin + task.length + task.after
                if day - left > limit:
                    return False
            elif task.place == HOME and left is not None:
                back = day + self.travel_days(unit, place, HOME)
                if back - left > limit:
                    return False
                left = None
        if left is None:
            return True
        home = self.travel_days(unit, place, HOME) if vehicle.returns_home else 0
        return day + home - left <= limit

    def _first_opening(self, unit: int, task: Task, day: int) -> int:
        begin = first_in(task.spans, day)
        alone = task.option < 0 or not self.options.coupled_list[task.option]
        if alone and (task.option < 0 or self._crews[unit] is None):
            return begin
        while begin < NEVER:
            later = self._blocked_until(unit, task, begin)
            if later <= begin:
                return begin
            begin = first_in(task.spans, later)
        return NEVER

    def _blocked_until(self, unit: int, task: Task, begin: int) -> int:
        """The next day worth trying when other stops forbid ``begin``; ``begin`` when none does."""
        close = begin + task.length
        arrival, leave = begin - task.before, close + task.after
        host = self.problem.hosts[task.place]
        here = [
            span
            for span in self._at_host.get(task.place, ())
            if span[0] < leave and arrival < span[1]
        ]
        if len(here) >= host.parallel and _most_at_once(here) >= host.parallel:
            return max(begin + 1, min(span[1] for span in here) + task.before)
        if host.place_group is not None:
            for first, end, exhibition in self._in_group.get(host.place_group, ()):
                gap = self._gap(exhibition, self.problem.units[unit].exhibition)
                if end <= begin and begin < end + gap:
                    return end + gap
                if close <= first and first < close + gap:
                    return max(begin + 1, end + gap)
        return begin if self._crew_is_free(unit, arrival, close) else begin + 1

    def _gap(self, one: str | None, other: str | None) -> int:
        gaps = self.problem.gaps
        same = one is not None and one == other
        return max(gaps.any_gap_days, gaps.same_exhibition_gap_days if same else 0)

    def _crew_is_free(self, unit: int, *days: int) -> bool:
        begun = self._crews[unit]
        if begun is None:
            return True
        limit = self._per_week[self.problem.units[unit].crew or ""]
        for day in days:
            begun[day] += 1
        free = all(
            int(begun[first : first + 7].sum()) <= limit
            for day in days
            for first in range(max(0, day - 6), day + 1)
        )
        for day in days:
            begun[day] -= 1
        return free

    # -- registers

    def _lift(self, unit: int, season: Season) -> None:
        """Take the season's stops out of the registers of hosts, groups and crews."""
        for task, begin in zip(season.tasks, season.begins, strict=True):
            if task.option >= 0:
                self._unregister(unit, task, begin)

    def _set_down(self, unit: int, season: Season) -> None:
        for task, begin in zip(season.tasks, season.begins, strict=True):
            if task.option >= 0:
                self._register(unit, task, begin)

    def _recount(self, old: dict[int, Season]) -> None:
        """Count what came and went since these seasons stood."""
        before = {(u, task.option) for u, season in old.items() for task in season.tasks}
        after = {(u, task.option) for u in old for task in self.seasons[u].tasks}
        for unit, option in sorted(before - after):
            if option >= 0:
                self._count(unit, option, -1)
        for unit, option in sorted(after - before):
            if option >= 0:
                self._count(unit, option, 1)

    def _count(self, unit: int, option: int, sign: int) -> None:
        r = self.options.request_list[option]
        if sign > 0:
            self.unit_of_request[r] = unit
        else:
            self.unit_of_request.pop(r, None)
        for row in self.options.rows_of_request(r):
            self.free[row] = sign < 0
        self.promises.count(unit, option, sign)

    def _register(self, unit: int, task: Task, begin: int) -> None:
        close = begin + task.length
        if self.options.coupled_list[task.option]:
            span = (begin - task.before, close + task.after)
            self._at_host.setdefault(task.place, []).append(span)
            group = self.problem.hosts[task.place].place_group
            if group is not None:
                shown = (begin, close, self.problem.units[unit].exhibition)
                self._in_group.setdefault(group, []).append(shown)
        begun = self._crews[unit]
        if begun is not None:
            begun[begin - task.before] += 1
            begun[close] += 1

    def _unregister(self, unit: int, task: Task, begin: int) -> None:
        close = begin + task.length
        if self.options.coupled_list[task.option]:
            self._at_host[task.place].remove((begin - task.before, close + task.after))
            group = self.problem.hosts[task.place].place_group
            if group is not None:
                shown = (begin, close, self.problem.units[unit].exhibition)
                self._in_group[group].remove(shown)
        begun = self._crews[unit]
        if begun is not None:
            begun[begin - task.before] -= 1
            begun[close] -= 1

    # -- travel

    def travel_days(self, unit: int, origin: int, target: int) -> int:
        if origin == target:
            return 0
        if origin == HOME:
            return int(self.problem.days_from_home[unit, target])
        if target == HOME:
            return int(self.problem.days_to_home[unit, origin])
        return int(self._host_days[unit][origin, target])

    def travel_km(self, unit: int, origin: int, target: int) -> float:
        if origin == target:
            return 0.0
        if origin == HOME:
            return float(self.problem.km_from_home[unit, target])
        if target == HOME:
            return float(self.problem.km_to_home[unit, origin])
        return float(self.problem.host_km[origin, target])

    # -- beginnings

    def _empty_season(self, unit: int) -> Season:
        """Maintenance in the order of its latest days, and the gaps in availability."""
        season = self._ordered(unit, self.home_tasks(unit))
        if season is None:
            self.barred.add(unit)
            return self._nothing(unit)
        return season

    def home_tasks(self, unit: int) -> list[Task]:
        """The gaps in availability, then the needs for maintenance, on any day they may take."""
        vehicle = self.problem.units[unit]
        tasks = [
            Task(
                -1,
                HOME if vehicle.returns_home else THERE,
                0,
                after[0] - before[1],
                0,
                ((before[1], before[1] + 1),),
                fixed=True,
            )
            for before, after in zip(vehicle.available, vehicle.available[1:], strict=False)
        ]
        for number, need in enumerate(vehicle.maintenance):
            inside = tuple(
                (first, end - need.days + 1)
                for first, end in vehicle.available
                if end - first >= need.days
            )
            spans = intersected(((need.earliest, need.latest - need.days + 1),), inside)
            tasks.append(Task(-1, HOME, 0, need.days, 0, spans, fixed=True, need=number))
        return tasks

    def _ordered(self, unit: int, tasks: list[Task]) -> Season | None:
        """A feasible order, the most urgent first; each later task is tried at every place."""
        order: tuple[Task, ...] = ()
        season = self._scheduled(unit, ())
        for task in sorted(tasks, key=lambda one: one.spans[-1][1] if one.spans else NEVER):
            for place in range(len(order), -1, -1):
                season = self._scheduled(unit, (*order[:place], task, *order[place:]))
                if season is not None:
                    order = season.tasks
                    break
            else:
                return None
        return season

    def _nothing(self, unit: int) -> Season:
        return Season((), (), (), (), (), 0.0, 0, 0.0, self._openings(unit, (), (), (), []))


def tidied(tasks: tuple[Task, ...], rest_days: int) -> tuple[Task, ...]:
    """Without rests that stand beside another long enough task at home or at the edges."""
    kept: list[Task] = []
    for task in tasks:
        is_rest = task.option < 0 and not task.fixed
        if is_rest and (not kept or (kept[-1].place == HOME and kept[-1].length >= rest_days)):
            continue
        kept.append(task)
    while kept and kept[-1].option < 0 and not kept[-1].fixed:
        kept.pop()
    return tuple(kept)


def _rests_while_away(tasks: tuple[Task, ...]) -> bool:
    """Is a unit that stays where it is between two spans sent home there for a rest alone?"""
    gap: list[Task] = []
    for task in tasks:
        if task.option < 0:
            gap.append(task)
            continue
        away = any(one.place == THERE for one in gap)
        rests = any(one.place == HOME and one.need < 0 for one in gap)
        if away and rests and all(one.need < 0 for one in gap):
            return True
        gap = []
    return False


def without(season: Season, positions: set[int]) -> tuple[Task, ...]:
    """The tasks that remain when those at ``positions`` are taken out."""
    return tuple(task for i, task in enumerate(season.tasks) if i not in positions)


def pinned(task: Task, day: int) -> Task:
    """The same task, bound to one day."""
    return replace(task, spans=((day, day + 1),), fixed=True)


def _most_at_once(spans: list[tuple[int, int]]) -> int:
    return max(sum(1 for a, b in spans if a <= first < b) for first, _ in spans)
