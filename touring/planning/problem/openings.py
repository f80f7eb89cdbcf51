"""On which days a stop may open, judged by calendars alone. Travel and other stops are not asked.

The calendar rules are H2 (one availability span), H4, H12 and H13 and the season's edges.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from touring.planning.problem.parts import Customs, Host, Request, Span, Unit


def host_side_openings(
    request: Request,
    host: Host,
    *,
    setup_days: int,
    strike_days: int,
    days: int,
    no_work: tuple[Span, ...],
    least_preference: float = 0.0,
) -> tuple[Span, ...]:
    """Opening days that request and host allow a unit with these set-up and strike days.

    Windows with a preference below ``least_preference`` are left out.
    """
    stay = request.stay_days
    closed = [(max(0, first), min(days, end)) for first, end in host.blackouts]
    idle_hands = [(max(0, f), min(days, e)) for f, e in (*no_work, *host.no_work)]
    allowed = np.zeros(days + 1, dtype=bool)
    for window in request.windows:
        if window.preference >= least_preference:
            first = max(window.first, setup_days)
            end = min(window.end - stay, days - strike_days - stay) + 1
            if first < end:
                allowed[first:end] = True
    for first, end in closed:
        _forbid(allowed, first - stay - strike_days + 1, end + setup_days)
    for first, end in idle_hands:
        if first < end:
            if setup_days:
                _forbid(allowed, first + 1, end + setup_days)
            if strike_days:
                _forbid(allowed, first - stay - strike_days + 1, end - stay)
    if request.days_allowed is not None:
        allowed &= _stays_inside(request.days_allowed, stay, days)
    return _spans(allowed)


def unit_side_openings(unit: Unit, request: Request, host: Host) -> tuple[Span, ...]:
    """Opening days that the unit's availability and customs papers allow."""
    stay = request.stay_days
    spans = openings_inside(unit.available, unit, stay)
    papers = papers_for(unit, host)
    if papers is not None:
        spans = intersected(spans, openings_inside([(p.first, p.end) for p in papers], unit, stay))
    return spans


def papers_for(unit: Unit, host: Host) -> tuple[Customs, ...] | None:
    """The customs spans that bind ``unit`` at ``host``; ``None`` when it needs no papers there."""
    region = host.region or ""
    papers = tuple(paper for paper in unit.customs if region.startswith(paper.country))
    return papers or None


def openings_inside(spans: Iterable[Span], unit: Unit, stay_days: int) -> tuple[Span, ...]:
    """Opening days whose whole stop, set-up and strike included, lies in one of the spans."""
    return merged(
        (first + unit.setup_days, end - stay_days - unit.strike_days + 1)
        for first, end in spans
        if end - first >= unit.setup_days + stay_days + unit.strike_days
    )


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days as sorted spans that neither overlap nor touch."""
    result: list[Span] = []
    for first, end in sorted(spans):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((first, end))
    return tuple(result)


def intersected(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    """The days that lie in both."""
    both = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((first, end) for first, end in both if first < end))


def _forbid(allowed: np.ndarray, first: int, end: int) -> None:
    if end > first:
        allowed[max(0, first) : max(0, end)] = False


def _stays_inside(days_allowed: tuple[int, ...], stay: int, days: int) -> np.ndarray:
    school = np.zeros(days + stay + 1, dtype=np.int64)
    school[[day for day in days_allowed if 0 <= day < days]] = 1
    before = np.concatenate(([0], np.cumsum(school)))
    inside: np.ndarray = before[stay : stay + days + 1] - before[: days + 1] == stay
    return inside


def _spans(allowed: np.ndarray) -> tuple[Span, ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], allowed, [False])).astype(np.int8)))
    return tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))
