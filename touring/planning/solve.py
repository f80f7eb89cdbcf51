"""From a problem to a plan: everything is put together here, nothing is worked out here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from touring.planning.bounds import ProvenBound
from touring.planning.equity import equity_of
from touring.planning.objective import value_of
from touring.planning.problem import WEIGHTED, Problem
from touring.planning.result import Plan, Stop
from touring.planning.side_by_side import Job, solve_jobs
from touring.planning.solvers import (
    Draft,
    Insertions,
    LocalSearch,
    Options,
    Squares,
    Taste,
    best_squares,
    capacity_bound,
    fill,
    guide_for,
    most_coverage,
    part_of_plan,
    parts_of,
    pins_for,
    place_locks,
    place_previous,
    place_rotation,
    seasons_are_short,
    united,
)
from touring.planning.stop import MaxWork, StopCriterion


@dataclass(frozen=True)
class Progress:
    """The best plan so far: steps done, seconds since the start, value and proven bound.

    ``plan`` has its stops and maintenance alone.
    """

    work: int
    seconds: float
    value: float
    bound: float | None = None
    plan: Plan | None = None


class CannotStand(ValueError):
    """Locks or rotations that no plan can keep; ``paths`` names them as in the instance."""

    def __init__(self, paths: list[str]) -> None:
        self.paths = tuple(paths)
        super().__init__(
            "No plan keeps these as they are given; loosen them or what surrounds them: "
            + ", ".join(paths)
        )


def solve(
    problem: Problem,
    *,
    stop: StopCriterion,
    seed: int = 0,
    previous: Plan | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
    prove: bool = False,
) -> Plan:
    """A valid plan, as good as the search finds it before ``stop``, and what is proven of it.

    With ``prove``, where seasons are short (:func:`touring.planning.solvers.seasons_are_short`
    has the rule), column generation proves a bound beside the local search, and the search ends
    early when the plan reaches the bound; rotations are bounded by their best Latin squares, problems
    of many stops by the weeks of their units. So are the other modes: their bound is one on the
    total that any plan can have, no plan of theirs is called optimal, and with rotations there is none.
    Time or memory running out ends it with the best plan and bound so far.

    Same problem, seed, previous plan and amount of work give the same plan on every machine.

    Parameters
    ----------
    stop
        Asked with the steps done so far; the first complete plan is made in any case.
    previous
        Its stops are where the search starts; changing a confirmed one costs
        ``change_penalty`` times its weight.
    workers
        Processes that may be used, with ``prove``, for parts that nothing binds together. The
        number changes nothing in what an amount of work finds.
    progress
        Hears of the first plan and of every better one.
    prove
        Work on a bound, too. It takes most of the time, so that a plan of the same worth comes
        several times later.

    Raises
    ------
    CannotStand
        If locks or rotations exclude each other or the unit's maintenance.
    """
    started = time.monotonic()
    parts = parts_of(problem) if prove else [problem]
    if len(parts) > 1 and all(seasons_are_short(part) for part in parts if part.units):
        return _solved_by_parts(problem, parts, stop, seed, previous, workers, progress, started)
    guide = guide_for(problem, previous)
    draft = Draft(guide, Options(guide, pins_for(guide, previous)))
    squares = best_squares(problem, previous) if problem.rotations else None
    rotating = _stand_firm(draft, squares)
    if previous is not None:
        place_previous(draft, previous)
    movable = [unit for unit in range(len(problem.units)) if unit not in rotating]
    fill(draft, movable, Insertions(draft, Taste()))

    reporter = _Reporter(problem, draft.plan, previous, progress, started)
    is_short = prove and seasons_are_short(problem)
    if prove and not is_short:
        reporter.bound = _first_bound(problem, previous, squares)
    reporter.tell(0)
    rng = np.random.default_rng(seed)
    search = LocalSearch(draft, rng, idle=rotating)
    if not is_short:
        try:
            search.run(stop, reporter.hear)
        except MemoryError:
            search.rescue()
        reporter.tell_last()
        bound = reporter.bound
        return _finished(problem, draft.plan(), previous, seed, search.work, started, bound)
    # Late: the compiler and HiGHS take a second that only who proves should pay.
    from touring.planning.solvers.column_generation import ColumnGeneration
    from touring.planning.solvers.column_search import ColumnSearch

    generation = ColumnGeneration(problem, previous)
    both = ColumnSearch(problem, generation, search, previous, reporter.hear, rng)
    reporter.plan, reporter.bound = lambda: both.best, generation.bound
    with suppress(MemoryError):
        both.run(stop)
    reporter.tell_last()
    return _finished(problem, both.best, previous, seed, both.work, started, generation.bound)


def _first_bound(problem: Problem, previous: Plan | None, squares: Squares | None) -> ProvenBound:
    """What is proven of rotations, of seasons of many stops and in other modes, before the search."""
    if squares is not None:
        return ProvenBound(squares.bound)
    bound = ProvenBound()
    bound.prove(capacity_bound(problem, previous))
    return bound


def _finished(
    problem: Problem,
    plan: Plan,
    previous: Plan | None,
    seed: int,
    work: int,
    started: float,
    bound: ProvenBound | None,
) -> Plan:
    """The plan with its value, what is proven about it, and how it was found."""
    plan = _with_confirmations(plan, previous)
    value = value_of(problem, plan, previous)
    proven = None if bound is None or math.isinf(bound.value) else bound
    # A total that none exceeds says nothing of what another mode puts before it.
    decides = problem.objective.mode == WEIGHTED
    return replace(
        plan,
        seed=seed,
        value=value,
        bound=None if proven is None else max(proven.value, value.total),
        gap=None if proven is None else proven.gap_to(value.total),
        optimal=decides and proven is not None and proven.is_reached_by(value.total),
        work=work,
        seconds=time.monotonic() - started,
        equity=equity_of(problem, plan.stops),
    )


def solve_part(job: Job, stop: StopCriterion) -> Plan:
    """One part by itself; without units there is nothing to decide and its value is its bound."""
    plan = solve(job.part, stop=stop, seed=job.seed, previous=job.previous, prove=True)
    if job.part.units or plan.value is None:
        return plan
    return replace(plan, bound=plan.value.total)


def _solved_by_parts(
    problem: Problem,
    parts: list[Problem],
    stop: StopCriterion,
    seed: int,
    previous: Plan | None,
    workers: int,
    progress: Callable[[Progress], None] | None,
    started: float,
) -> Plan:
    """A first plan of every part at once, then each part to its end."""
    before = [part_of_plan(part, previous) for part in parts]
    try:
        firsts = [
            solve(part, stop=MaxWork(0), seed=seed, previous=one)
            for part, one in zip(parts, before, strict=True)
        ]
    except CannotStand:
        # In the whole problem the paths are those that the caller knows.
        _stand_firm(Draft(problem, Options(problem, pins_for(problem, previous))))
        raise
    named = Plan(instance=problem.name, instance_hash=problem.hash)
    reporter = _Reporter(problem, lambda: named, previous, progress, started)
    jobs = _Parts(parts, before, named, firsts, reporter)
    reporter.tell(0)
    with suppress(MemoryError):
        jobs.run(stop, seed, workers)
    return _finished(problem, jobs.best, previous, seed, jobs.work, started, jobs.bound)


class _Parts:
    """The best plans of a problem's parts so far, and what they add up to."""

    def __init__(
        self,
        parts: list[Problem],
        previous: list[Plan | None],
        named: Plan,
        firsts: list[Plan],
        reporter: _Reporter,
    ) -> None:
        self.parts, self.previous, self.named = parts, previous, named
        self.plans, self.reporter = firsts, reporter
        self.bounds = [most_coverage(part) for part in parts]
        self.best, self.bound, self.work = united(named, firsts), ProvenBound(), 0
        self.bound.prove(self.bounds)
        reporter.plan, reporter.bound, reporter.worth = lambda: self.best, self.bound, self.worth

    def worth(self) -> float:
        """The parts' values together: spares the whole problem's matrices while it is asked often."""
        return math.fsum(plan.value.total for plan in self.plans if plan.value is not None)

    def run(self, stop: StopCriterion, seed: int, workers: int) -> None:
        solve_jobs(
            list(zip(self.parts, self.previous, strict=True)),
            stop=stop,
            seed=seed,
            workers=workers,
            solver=solve_part,
            heard=self._hear,
        )
        self.reporter.tell_last()

    def _hear(self, number: int, plan: Plan) -> None:
        """Keep the part's plan where it is better, and its bound."""
        before = self.plans[number].value
        if plan.value is not None and (before is None or plan.value.total >= before.total):
            self.plans[number] = plan
        if plan.bound is not None:
            self.bounds[number] = min(self.bounds[number], plan.bound)
        self.work += plan.work
        self.best = united(self.named, self.plans)
        self.bound.prove(self.bounds)
        self.reporter.hear(self.work)


@dataclass
class _Reporter:
    """Tells of better plans and bounds, at most four times a second: valuing a large plan takes its time."""

    problem: Problem
    plan: Callable[[], Plan]
    previous: Plan | None
    progress: Callable[[Progress], None] | None
    started: float
    told_at: float = 0.0
    untold: int | None = None
    bound: ProvenBound | None = None
    worth: Callable[[], float] | None = None

    def hear(self, work: int) -> None:
        self.untold = work
        if time.monotonic() - self.told_at >= 0.25:
            self.tell(work)

    def tell_last(self) -> None:
        if self.untold is not None:
            self.tell(self.untold)

    def tell(self, work: int) -> None:
        self.untold = None
        if self.progress is not None:
            plan = self.plan()
            value = (
                value_of(self.problem, plan, self.previous).total
                if self.worth is None
                else self.worth()
            )
            known = self.bound is not None and not math.isinf(self.bound.value)
            bound = max(value, self.bound.value) if self.bound is not None and known else None
            seconds = time.monotonic() - self.started
            self.progress(Progress(work, seconds, value, bound, plan))
        self.told_at = time.monotonic()


def _stand_firm(draft: Draft, squares: Squares | None = None) -> frozenset[int]:
    """Place rotations and locks; the units that rotate are left alone afterwards."""
    problem = draft.problem
    best = squares.walks if squares is not None and squares.walks else [()] * len(problem.rotations)
    refused = [f"$.locked[{i}]" for i in place_locks(draft)]
    for i, rotation in enumerate(problem.rotations):
        if not place_rotation(draft, rotation, best[i]):
            refused.append(f"$.rotations[{i}]")
    if refused:
        raise CannotStand(refused)
    return frozenset(
        problem.unit_index[unit] for rotation in problem.rotations for unit in rotation.units
    )


def _with_confirmations(plan: Plan, previous: Plan | None) -> Plan:
    """Stops that stand unchanged keep their confirmation and weight."""
    if previous is None:
        return plan
    known: dict[tuple[str, str, int], Stop] = {
        (stop.unit, stop.request, stop.open): stop for stop in previous.stops
    }
    stops = tuple(known.get((one.unit, one.request, one.open), one) for one in plan.stops)
    return replace(plan, stops=stops)
