"""From a problem to a plan: everything is put together here, nothing is worked out here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from touring.planning.objective import value_of
from touring.planning.problem import Problem
from touring.planning.result import Plan, Stop
from touring.planning.solvers import (
    Draft,
    Insertions,
    LocalSearch,
    Options,
    Taste,
    fill,
    guide_for,
    pins_for,
    place_locks,
    place_previous,
    place_rotation,
)
from touring.planning.stop import StopCriterion


@dataclass(frozen=True)
class Progress:
    """The best plan so far: steps done, seconds since the start, value and proven bound."""

    work: int
    seconds: float
    value: float
    bound: float | None = None


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
    workers: int = 1,  # noqa: ARG001 - see the docstring
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """A valid plan, as good as the search finds it before ``stop``.

    Same problem, seed, previous plan and amount of work give the same plan on every machine.

    Parameters
    ----------
    stop
        Asked with the steps done so far; the first complete plan is made in any case.
    previous
        Its stops are where the search starts; changing a confirmed one costs
        ``change_penalty`` times its weight.
    workers
        Processes that may be used. This search walks in one; the number changes nothing.
    progress
        Hears of the first plan and of every better one.

    Raises
    ------
    CannotStand
        If locks or rotations exclude each other or the unit's maintenance.
    """
    started = time.monotonic()
    guide = guide_for(problem, previous)
    draft = Draft(guide, Options(guide, pins_for(guide, previous)))
    rotating = _stand_firm(draft)
    if previous is not None:
        place_previous(draft, previous)
    movable = [unit for unit in range(len(problem.units)) if unit not in rotating]
    fill(draft, movable, Insertions(draft, Taste()))

    reporter = _Reporter(problem, draft, previous, progress, started)
    reporter.tell(0)
    search = LocalSearch(draft, np.random.default_rng(seed), idle=rotating)
    search.run(stop, reporter.hear)
    reporter.tell_last()
    plan = _with_confirmations(draft.plan(), previous)
    return replace(
        plan,
        seed=seed,
        value=value_of(problem, plan, previous),
        work=search.work,
        seconds=time.monotonic() - started,
    )


@dataclass
class _Reporter:
    """Tells of better plans, at most four times a second: valuing a large plan takes its time."""

    problem: Problem
    draft: Draft
    previous: Plan | None
    progress: Callable[[Progress], None] | None
    started: float
    told_at: float = 0.0
    untold: int | None = None

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
            value = value_of(self.problem, self.draft.plan(), self.previous).total
            self.progress(Progress(work, time.monotonic() - self.started, value))
        self.told_at = time.monotonic()


def _stand_firm(draft: Draft) -> frozenset[int]:
    """Place rotations and locks; the units that rotate are left alone afterwards."""
    problem = draft.problem
    refused = [f"$.locked[{i}]" for i in place_locks(draft)]
    for i, rotation in enumerate(problem.rotations):
        if not place_rotation(draft, rotation):
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
