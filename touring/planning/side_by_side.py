"""Parts of a problem solved one after the other or in several processes, with the same result.

Each part gets its share of the work or of the time by the size of its tables, never by how fast the
others were, so that a given amount of work makes the same plan whatever the number of processes. A
process that is lost costs its part's time alone: the part is solved again here.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.synchronize import Event

from touring.planning.problem import Problem
from touring.planning.result import Plan
from touring.planning.stop import Cancelled, FirstOf, MaxSeconds, MaxWork, StopCriterion, left_of

_LONGEST_SECONDS = 3600.0
_ASK_EVERY = 0.2


@dataclass(frozen=True)
class Job:
    """One part with its share: of work, or else of seconds."""

    part: Problem
    previous: Plan | None
    seed: int
    work: int | None
    seconds: float


Solver = Callable[[Job, StopCriterion], Plan]


def solve_jobs(
    parts: Sequence[tuple[Problem, Plan | None]],
    *,
    stop: StopCriterion,
    seed: int,
    workers: int,
    solver: Solver,
    heard: Callable[[int, Plan], None],
) -> None:
    """Solve every part; ``heard(number, plan)`` hears of each that is done.

    Parameters
    ----------
    solver
        A function of a module, so that processes can be handed it.
    """
    if workers <= 1 or len(parts) == 1:
        _one_after_the_other(list(range(len(parts))), parts, stop, seed, solver, heard)
        return
    undone = _in_processes(parts, stop, seed, workers, solver, heard)
    if undone and not stop(0):
        _one_after_the_other(undone, parts, stop, seed, solver, heard)


def size_of(problem: Problem) -> float:
    """A measure of the work that a part needs: the cells of its tables, roughly."""
    fitting = problem.fits.sum(axis=1).astype(float)
    return 1.0 + float((fitting**1.5).sum()) * problem.days


def _one_after_the_other(
    numbers: Sequence[int],
    parts: Sequence[tuple[Problem, Plan | None]],
    stop: StopCriterion,
    seed: int,
    solver: Solver,
    heard: Callable[[int, Plan], None],
) -> None:
    sizes = {number: size_of(parts[number][0]) for number in numbers}
    work = left_of(stop).work
    for place, number in enumerate(numbers):
        rest = sum(sizes[one] for one in numbers[place:])
        job = _job(number, parts, seed, work, _whole_size(parts), rest, stop, 1)
        heard(number, solver(job, _until(job, lambda: stop(0))))


def _in_processes(
    parts: Sequence[tuple[Problem, Plan | None]],
    stop: StopCriterion,
    seed: int,
    workers: int,
    solver: Solver,
    heard: Callable[[int, Plan], None],
) -> list[int]:
    """Numbers of the parts that a lost process left undone."""
    context = multiprocessing.get_context("spawn")
    is_over, work = context.Event(), left_of(stop).work
    waiting = list(range(len(parts)))
    running: dict[Future[Plan], int] = {}
    undone: list[int] = []
    whole = _whole_size(parts)
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_remember, initargs=(is_over,)
    ) as pool:
        while waiting or running:
            try:
                while waiting and len(running) < workers:
                    rest = sum(size_of(parts[one][0]) for one in waiting)
                    job = _job(waiting[0], parts, seed, work, whole, rest, stop, workers)
                    running[pool.submit(_solved, solver, job)] = waiting[0]
                    waiting.pop(0)
            except BrokenProcessPool:
                return sorted([*undone, *waiting, *running.values()])
            done, _ = wait(running, timeout=_ASK_EVERY, return_when=FIRST_COMPLETED)
            for future in done:
                number = running.pop(future)
                try:
                    heard(number, future.result())
                except BrokenProcessPool:
                    undone.append(number)
            if stop(0):
                is_over.set()
                waiting.clear()
    return sorted(undone)


def _whole_size(parts: Sequence[tuple[Problem, Plan | None]]) -> float:
    return sum(size_of(part) for part, _ in parts)


def _job(
    number: int,
    parts: Sequence[tuple[Problem, Plan | None]],
    seed: int,
    work: int | None,
    whole: float,
    rest: float,
    stop: StopCriterion,
    workers: int,
) -> Job:
    part, previous = parts[number]
    size = size_of(part)
    left = left_of(stop).seconds
    seconds = _LONGEST_SECONDS if left is None else left
    share = min(1.0, workers * size / rest)
    mine = None if work is None else max(1, round(work * size / whole))
    return Job(part, previous, seed + number, mine, seconds * share)


def _until(job: Job, is_asked: Callable[[], bool]) -> StopCriterion:
    criteria: list[StopCriterion] = [Cancelled(is_asked)]
    criteria.append(MaxWork(job.work) if job.work is not None else MaxSeconds(job.seconds))
    return FirstOf(*criteria)


# -- in the other process

_IS_OVER: list[Event] = []


def _remember(is_over: Event) -> None:
    _IS_OVER[:] = [is_over]


def _solved(solver: Solver, job: Job) -> Plan:
    asked = _Rarely(_IS_OVER[0].is_set)
    return solver(job, _until(job, asked))


class _Rarely:
    """Asks another process at most a few times a second."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self.ask, self.asked_at, self.answer = ask, 0.0, False

    def __call__(self) -> bool:
        if time.monotonic() - self.asked_at > _ASK_EVERY:
            self.asked_at, self.answer = time.monotonic(), self.ask()
        return self.answer
