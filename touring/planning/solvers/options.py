"""What could be done with each request, as arrays. Knows no plan and no search.

An *option* is a request at one level of preference, so that its worth does not depend on
the day; a *pinned* option belongs to one unit and one day (a lock, a confirmed stop).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from touring.planning.problem import Problem, Span, intersected
from touring.planning.problem.openings import unit_side_openings

NEVER = 1 << 30


@dataclass(frozen=True)
class Pin:
    """Unit and day to which an option is bound, and what keeping it saves."""

    unit: int
    request: int
    open: int
    saving: float = 0.0


class Options:
    """All options of a problem, one row each (K).

    Attributes
    ----------
    request, host, stay, worth
        ``(K,)``; worth is value times preference plus what a pin saves.
    pins
        Of each option, or ``None``.
    """

    def __init__(self, problem: Problem, pins: Iterable[Pin] = ()) -> None:
        self.problem = problem
        rows: list[tuple[int, float, float, Pin | None]] = []
        for r, request in enumerate(problem.requests):
            for level in sorted({window.preference for window in request.windows}, reverse=True):
                rows.append((r, level, request.value * level, None))  # noqa: PERF401 - reads better
        for pin in pins:
            value = problem.requests[pin.request].value
            worth = value * problem.preference(pin.request, pin.open) + pin.saving
            rows.append((pin.request, 0.0, worth, pin))
        self.request = np.array([row[0] for row in rows], dtype=np.int32)
        self.level = [row[1] for row in rows]
        self.worth = np.array([row[2] for row in rows])
        self.pins = [row[3] for row in rows]
        self.host = problem.request_host[self.request] if rows else np.zeros(0, dtype=np.int32)
        self.stay = np.array([problem.requests[r].stay_days for r in self.request], dtype=np.int32)
        self.coupled = self._coupled()
        self.request_list: list[int] = self.request.tolist()
        self.worth_list: list[float] = self.worth.tolist()
        self.coupled_list: list[bool] = self.coupled.tolist()
        self._rows = _grouped(self.request_list, len(problem.requests))
        self._tables: dict[tuple[int, int], npt.NDArray[np.int32]] = {}
        self._spans: dict[tuple[int, int], tuple[Span, ...]] = {}
        self._of_unit: dict[int, npt.NDArray[np.int32]] = {}

    def of_unit(self, unit: int) -> npt.NDArray[np.int32]:
        """Options that the unit fits, in order."""
        if unit not in self._of_unit:
            fits = self.problem.fits[unit][self.request]
            mine = np.array([pin is None or pin.unit == unit for pin in self.pins], dtype=bool)
            self._of_unit[unit] = np.flatnonzero(fits & mine).astype(np.int32)
        return self._of_unit[unit]

    def rows_of_request(self, request: int) -> list[int]:
        """All options of a request."""
        return self._rows[request]

    def spans(self, unit: int, option: int) -> tuple[Span, ...]:
        """Opening days that all calendars allow."""
        key = (unit, option)
        if key not in self._spans:
            r = int(self.request[option])
            own = unit_side_openings(
                self.problem.units[unit],
                self.problem.requests[r],
                self.problem.hosts[self.host[option]],
            )
            self._spans[key] = intersected(self._host_spans(unit, option), own)
        return self._spans[key]

    def first_openings(self, unit: int) -> npt.NDArray[np.int32]:
        """``(K, days + 2)``: the first opening on or after a day that request and host allow.

        ``NEVER`` where there is none. Units of equal set-up and strike days share it.
        """
        vehicle = self.problem.units[unit]
        key = (vehicle.setup_days, vehicle.strike_days)
        if key not in self._tables:
            table = np.full((len(self.request), self.problem.days + 2), NEVER, dtype=np.int32)
            for k in range(len(self.request)):
                for first, end in self._host_spans(unit, k):
                    table[k, first:end] = np.arange(first, end)
            reverse = table[:, ::-1]
            np.minimum.accumulate(reverse, axis=1, out=reverse)
            self._tables[key] = table
        return self._tables[key]

    def _host_spans(self, unit: int, option: int) -> tuple[Span, ...]:
        pin = self.pins[option]
        r = int(self.request[option])
        if pin is not None:  # a closure may have been entered since the day was confirmed
            return intersected(((pin.open, pin.open + 1),), self.problem.host_openings(r, unit))
        return self.problem.host_openings(r, unit, least_preference=self.level[option])

    def _coupled(self) -> npt.NDArray[np.bool_]:
        """Options whose host or place group other stops may share (H5, H7)."""
        problem = self.problem
        at_host = np.bincount(problem.request_host, minlength=len(problem.hosts))
        in_group: dict[str, int] = {}
        for h, host in enumerate(problem.hosts):
            if host.place_group is not None:
                in_group[host.place_group] = in_group.get(host.place_group, 0) + int(at_host[h])
        for stop in problem.history:
            in_group[stop.place_group] = in_group.get(stop.place_group, 0) + 1
        busy = [
            at_host[h] > 1 or in_group.get(problem.hosts[h].place_group or "", 0) > 1
            for h in range(len(problem.hosts))
        ]
        return np.array([busy[h] for h in self.host], dtype=bool)


def _grouped(requests: list[int], count: int) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(count)]
    for option, request in enumerate(requests):
        rows[request].append(option)
    return rows


def first_in(spans: tuple[Span, ...], day: int) -> int:
    """The first day on or after ``day`` inside the spans, or ``NEVER``."""
    for first, end in spans[max(0, bisect_right(spans, (day, NEVER)) - 1) :]:
        if day < end:
            return max(first, day)
    return NEVER


def last_in(spans: tuple[Span, ...], day: int) -> int:
    """The last day on or before ``day`` inside the spans, or -1."""
    place = bisect_right(spans, (day, NEVER)) - 1
    return -1 if place < 0 else min(day, spans[place][1] - 1)
