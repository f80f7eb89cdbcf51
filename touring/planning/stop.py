"""When a search ends. Searches ask between two steps; what takes long is told by a thread beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

_ASK_EVERY = 0.05


class StopCriterion(Protocol):
    def __call__(self, work: int) -> bool:
        """Is it time to stop after this many steps of work?"""


@dataclass
class MaxWork:
    """Stops after a fixed number of steps: the same plan on every machine."""

    steps: int

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise ValueError(f"steps must be at least 0, not {self.steps}")

    def __call__(self, work: int) -> bool:
        return work >= self.steps


@dataclass
class MaxSeconds:
    """Stops when the clock has run for this long since the criterion was made."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        if not self.seconds >= 0:
            raise ValueError(f"seconds must be at least 0, not {self.seconds}")
        self._started = self.clock()

    def __call__(self, work: int) -> bool:
        return self.left <= 0

    @property
    def left(self) -> float:
        return self.seconds - (self.clock() - self._started)


@dataclass
class Cancelled:
    """Stops when somebody asks for it."""

    is_asked: Callable[[], bool]

    def __call__(self, work: int) -> bool:
        return self.is_asked()


class FirstOf:
    """Stops when the first of several criteria does."""

    def __init__(self, *criteria: StopCriterion) -> None:
        self.criteria = criteria

    def __call__(self, work: int) -> bool:
        return any(criterion(work) for criterion in self.criteria)


@dataclass(frozen=True)
class Left:
    """What a criterion leaves: seconds from now, and steps in all; ``None``: it says nothing."""

    seconds: float | None = None
    work: int | None = None


def left_of(stop: StopCriterion) -> Left:
    """What is left by the criteria that count seconds or steps."""
    if isinstance(stop, MaxSeconds):
        return Left(seconds=max(0.0, stop.left))
    if isinstance(stop, MaxWork):
        return Left(work=stop.steps)
    if isinstance(stop, FirstOf):
        parts = [left_of(one) for one in stop.criteria]
        return Left(
            min((one.seconds for one in parts if one.seconds is not None), default=None),
            min((one.work for one in parts if one.work is not None), default=None),
        )
    return Left()


@contextmanager
def watched(stop: StopCriterion, over: npt.NDArray[np.uint8]) -> Iterator[None]:
    """Inside, the cell ``over`` is set soon after the clock or somebody says that it is time.

    Steps count nothing here, so that an amount of work finds the same however long it takes.
    """
    is_done = threading.Event()

    def ask() -> None:
        while not is_done.wait(_ASK_EVERY):
            if stop(0):
                over[0] = 1
                return

    thread = threading.Thread(target=ask, name="watches the clock", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
