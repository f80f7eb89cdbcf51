"""Reasons that lie in the plan: who is in the way, and what forcing the request in would cost.

Every claim is tried out on a draft of the plan; the draft is as it was afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from touring.planning.explain.words import date_of, reason
from touring.planning.objective import value_of
from touring.planning.problem import Gaps, Problem
from touring.planning.result import Plan, Reason
from touring.planning.solvers import (
    Draft,
    Insertions,
    Options,
    Taste,
    fill,
    pins_for,
    place_locks,
    place_previous,
)
from touring.planning.solvers.draft import HOME, Season, Task
from touring.planning.solvers.options import NEVER

_UNITS_FORCED = 6
OVERLOOKED = 1e-6
_UNITS_REFILLED = 2


@dataclass(frozen=True)
class _Forced:
    unit: int
    opens: int
    tasks: tuple[Task, ...]
    score: float
    lost: tuple[int, ...] = ()
    better: Plan | None = None


class Room:
    """A plan as a draft in which requests can be tried."""

    def __init__(self, problem: Problem, plan: Plan, previous: Plan | None = None) -> None:
        self.problem = problem
        self.previous = previous
        self._relaxed: dict[str, Room] = {}
        self.draft = Draft(problem, Options(problem, pins_for(problem, previous)))
        place_locks(self.draft)
        place_previous(self.draft, plan)
        self.value = value_of(problem, self.draft.plan(), previous).total
        self.better: Plan | None = None

    def reasons(self, request: int) -> tuple[Reason, ...]:
        """Why a request that fits and has open days is not in the plan."""
        problem, draft = self.problem, self.draft
        units = [int(u) for u in np.flatnonzero(problem.fits[:, request]) if u not in draft.barred]
        open_units = [u for u in units if problem.openings(request, u)]
        beside_locks = [u for u in open_units if self.fits_empty(u, request, keep_fixed=True)]
        if not beside_locks:
            return (self._kept_out(request, open_units),)
        fitting = self.fits_as_is(request, open_units)
        forced = self._cheapest_forced(request, beside_locks, first=fitting)
        if fitting is not None and forced is not None:
            return (self._priced(request, forced),)
        shared = self._shared_rule(
            request, lambda room: room.fits_as_is(request, open_units) is not None
        )
        found = [shared or self._nobody_free(request, beside_locks)]
        if forced is not None:
            found.append(self._priced(request, forced))
        return tuple(found)

    def _kept_out(self, request: int, units: list[int]) -> Reason:
        """Why not even a unit without movable stops of its own could serve it beside the plan."""
        alone = [u for u in units if self.fits_empty(u, request, keep_fixed=False)]
        if not alone:
            return self._unreachable(request)
        shared = self._shared_rule(
            request,
            lambda room: any(room.fits_empty(u, request, keep_fixed=True) for u in alone),
        )
        if shared is not None:
            return shared
        locks = self._locks_of(alone)
        if locks and not self._stops_beside(request):
            return reason("lock", locks=locks)
        return reason("rules_together", locks=locks)

    # -- questions, each tried out

    def fits_empty(self, unit: int, request: int, *, keep_fixed: bool) -> bool:
        """Could the unit serve it with no other stop of its own (but its fixed ones, if kept)?

        Without fixed stops the other units are lifted too, so that only the unit, its
        maintenance and the road decide.
        """
        draft = self.draft
        others = range(len(draft.seasons)) if not keep_fixed else (unit,)
        kept = {u: draft.seasons[u] for u in others}
        for u in others:
            draft.put(
                u,
                tuple(
                    task
                    for task in draft.seasons[u].tasks
                    if task.option < 0 or (keep_fixed and task.fixed)
                ),
            )
        found = self._inserted_somewhere(unit, request)
        draft.restore(kept)
        return found

    def _inserted_somewhere(self, unit: int, request: int) -> bool:
        tasks = self.draft.seasons[unit].tasks
        return any(
            self.draft.put(unit, (*tasks[:place], stop, *tasks[place:]))
            for stop in self._tasks_for(unit, request)
            for place in range(len(tasks) + 1)
        )

    def _tasks_for(self, unit: int, request: int) -> list[Task]:
        options = self.draft.options
        return [
            self.draft.task_for(unit, k)
            for k in options.rows_of_request(request)
            if options.pins[k] is None
        ]

    def fits_as_is(self, request: int, units: list[int]) -> int | None:
        """A unit that could take it while all stops stay where they are."""
        for unit in units:
            season = self.draft.seasons[unit]
            if self._inserted_somewhere(unit, request):
                self.draft.restore({unit: season})
                return unit
        return None

    def _cheapest_forced(
        self, request: int, units: list[int], *, first: int | None
    ) -> _Forced | None:
        """The best plan found that serves the request: stops make way, then the rest refills."""
        draft = self.draft
        trials = []
        nearest = self._nearest(units, request)[:_UNITS_FORCED]
        for unit in dict.fromkeys(nearest if first is None else (first, *nearest)):
            best = self._forced_into(unit, request)
            if best is not None:
                trials.append(best)
        trials.sort(key=lambda one: (-one.score, one.unit))
        results = []
        served = set(draft.unit_of_request)
        for trial in trials[:_UNITS_REFILLED]:
            kept = dict(enumerate(draft.seasons))
            draft.put(trial.unit, trial.tasks)
            movable = self._nearest(units, request)[: 4 * _UNITS_FORCED]
            fill(draft, sorted({trial.unit, *movable}), Insertions(draft, Taste()))
            score = value_of(self.problem, draft.plan(), self.previous).total
            now = draft.seasons[trial.unit]
            opens = now.begins[_place_of(draft, now, request)]
            lost = tuple(sorted(served - set(draft.unit_of_request)))
            better = draft.plan() if score > self.value + OVERLOOKED else None
            results.append(_Forced(trial.unit, opens, now.tasks, score, lost, better))
            draft.restore(kept)
        return max(results, key=lambda one: one.score, default=None)

    def _forced_into(self, unit: int, request: int) -> _Forced | None:
        """The best way to serve it with this unit by taking out neighbouring stops."""
        draft = self.draft
        season = draft.seasons[unit]
        best: _Forced | None = None
        for tasks in self._with_gaps(unit, season, request):
            if draft.put(unit, tasks):
                score = draft.score()
                if best is None or score > best.score + 1e-9:
                    now = draft.seasons[unit]
                    place = _place_of(draft, now, request)
                    best = _Forced(unit, now.begins[place], now.tasks, score)
                draft.restore({unit: season})
        return best

    def _with_gaps(self, unit: int, season: Season, request: int) -> Iterator[tuple[Task, ...]]:
        """The season with the request in place of each run of movable stops; the rest may shift."""
        stops = self._tasks_for(unit, request)
        loose = [self._loosened(unit, task) for task in season.tasks]
        count = len(loose)
        for first in range(count + 1):
            for end in range(first, count + 1):
                taken = loose[first:end]
                if end > first and (taken[-1].option < 0 or taken[-1].fixed):
                    continue
                home = [task for task in taken if task.option < 0 or task.fixed]
                for stop in stops:
                    yield (*loose[:first], *home, stop, *loose[end:])
                    if home:
                        yield (*loose[:first], stop, *home, *loose[end:])

    def _loosened(self, unit: int, task: Task) -> Task:
        if task.option < 0 or task.fixed:
            return task
        return self.draft.task_for(unit, task.option)

    def _shared_rule(self, request: int, fits: Callable[[Room], bool]) -> Reason | None:
        """The rule between units without which the request would fit, found by lifting each."""
        problem = self.problem
        place = problem.hosts[problem.request_host[request]]
        group = place.place_group
        neighbours = self._stops_at(
            lambda h: group is not None and problem.hosts[h].place_group == group
        )
        past = [stop for stop in problem.history if stop.place_group == group]
        gap = max(problem.gaps.any_gap_days, problem.gaps.same_exhibition_gap_days)
        if gap and (neighbours or (past and group is not None)) and fits(self._without("gaps")):
            names = [problem.requests[r].id for r in neighbours] or ["history"]
            return reason("gap_rule", gap_days=gap, other=names, place_group=group)
        occupants = self._stops_at(lambda h: problem.hosts[h].id == place.id)
        if occupants and fits(self._without("occupied")):
            names = [problem.requests[r].id for r in occupants]
            return reason("host_occupied", host=place.id, others=names)
        crewed = [u.id for u in problem.units if u.crew is not None]
        if crewed and fits(self._without("crews")):
            return reason("crew_busy", units=crewed)
        return None

    def _without(self, rule: str) -> Room:
        """The same plan under a problem in which one rule between units is lifted."""
        if rule not in self._relaxed:
            problem = self.problem
            if rule == "gaps":
                lifted = replace(problem, gaps=Gaps())
            elif rule == "occupied":
                many = len(problem.requests) + 1
                lifted = replace(
                    problem, hosts=tuple(replace(one, parallel=many) for one in problem.hosts)
                )
            else:
                lifted = replace(
                    problem, crews=tuple(replace(one, per_week=10**6) for one in problem.crews)
                )
            self._relaxed[rule] = Room(lifted, self.draft.plan(), self.previous)
        return self._relaxed[rule]

    def _stops_beside(self, request: int) -> list[int]:
        """Other requests served at the host or in its place group."""
        host = self.problem.hosts[self.problem.request_host[request]]
        return self._stops_at(
            lambda h: (
                self.problem.hosts[h].id == host.id
                or (
                    host.place_group is not None
                    and self.problem.hosts[h].place_group == host.place_group
                )
            )
        )

    # -- words

    def _priced(self, request: int, forced: _Forced) -> Reason:
        problem = self.problem
        loss = self.value - forced.score
        if forced.better is not None:
            self.better = forced.better
        unit = problem.units[forced.unit].id
        date = date_of(problem, forced.opens)
        if loss < -OVERLOOKED:
            return reason("overlooked", unit=unit, date=date, opens=forced.opens, gain=-loss)
        if not forced.lost:
            return reason("not_worth_it", unit=unit, date=date, opens=forced.opens, loss=loss)
        names = [problem.requests[r].id for r in forced.lost]
        return reason("displaced", unit=unit, date=date, opens=forced.opens, stops=names, loss=loss)

    def _nobody_free(self, request: int, units: list[int]) -> Reason:
        """The nearest unit that could come at some other time, and its earliest opening."""
        problem, draft = self.problem, self.draft
        host = int(problem.request_host[request])
        found: list[tuple[float, int, int]] = []
        for unit in units:
            season = draft.seasons[unit]
            earliest = self._earliest_ever(unit, request)
            if earliest is not None:
                day, place = earliest
                origin = season.places[place - 1] if place else HOME
                found.append((draft.travel_km(unit, origin, host), unit, day))
        if not found:
            return reason("no_unit_free_all_season", host=problem.hosts[host].id)
        km, unit, day = min(found)
        return reason(
            "no_unit_free",
            unit=problem.units[unit].id,
            km=km,
            opens=day,
            date=date_of(problem, day),
        )

    def _earliest_ever(self, unit: int, request: int) -> tuple[int, int] | None:
        """The first opening, and its place in the season, if windows did not bind."""
        problem, draft = self.problem, self.draft
        vehicle, season = problem.units[unit], draft.seasons[unit]
        stay = problem.requests[request].stay_days
        host = int(problem.request_host[request])
        room = season.openings
        for place in range(len(room.starts)):
            origin, target = int(room.origins[place]), int(room.targets[place])
            arrival = int(room.starts[place]) + draft.travel_days(unit, origin, host)
            opens = arrival + vehicle.setup_days
            leave = opens + stay + vehicle.strike_days
            onward = 0 if target < HOME else draft.travel_days(unit, host, target)
            inside = any(a <= arrival and leave <= b for a, b in vehicle.available)
            if inside and leave + onward <= int(room.ends[place]) and leave < NEVER:
                return opens, place
        return None

    def _unreachable(self, request: int) -> Reason:
        problem = self.problem
        host = int(problem.request_host[request])
        units = np.flatnonzero(problem.fits[:, request])
        unit = min((int(u) for u in units), key=lambda u: (problem.km_from_home[u, host], u))
        return reason(
            "unreachable",
            unit=problem.units[unit].id,
            km=float(problem.km_from_home[unit, host]),
            days=int(problem.days_from_home[unit, host]),
        )

    def _locks_of(self, units: list[int]) -> list[str]:
        names = {self.problem.units[u].id for u in units}
        return [f"{one.unit}/{one.request}" for one in self.problem.locked if one.unit in names]

    def _stops_at(self, is_there: Callable[[int], bool]) -> list[int]:
        return sorted(
            self.draft.options.request_list[task.option]
            for season in self.draft.seasons
            for task in season.tasks
            if task.option >= 0 and is_there(task.place)
        )

    def _nearest(self, units: list[int], request: int) -> list[int]:
        """Units by the distance of their nearest stop or home."""
        host = int(self.problem.request_host[request])

        def km(unit: int) -> float:
            stops = [t.place for t in self.draft.seasons[unit].tasks if t.option >= 0]
            home = float(self.problem.km_from_home[unit, host])
            return min([home, *(float(self.problem.host_km[one, host]) for one in stops)])

        return sorted(units, key=lambda unit: (km(unit), unit))


def _place_of(draft: Draft, season: Season, request: int) -> int:
    return next(
        i
        for i, task in enumerate(season.tasks)
        if task.option >= 0 and draft.options.request_list[task.option] == request
    )
