"""Units as members of the instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from touring.assembly.days import Calendar
from touring.assembly.places import FACILITIES, without_coordinates
from touring.assembly.problems import RowProblem
from touring.models import Exhibition, Stop, Unit, UnitMaintenance


def unit_document(
    unit: Unit, calendar: Calendar, busy: Iterable[Stop], crew: str | None
) -> dict[str, Any]:
    """The unit as the instance states it; ``busy`` are its stops outside this season's plans."""
    shown = unit.exhibition
    return {
        "id": unit.code,
        "exhibition": shown.slug,
        "home": [unit.home.lat or 0.0, unit.home.lon or 0.0],
        "regions": sorted(region.code for region in unit.regions.all()) or None,
        "available": _available(unit, calendar, busy),
        "setup_days": shown.setup_days,
        "strike_days": shown.strike_days,
        "km_per_day": unit.km_per_day,
        "free_km": unit.free_km,
        "requires": {
            name: float(least)
            for name, least in _requirements(shown)
            if name in FACILITIES and _is_amount(least)
        },
        "returns_home": unit.returns_home,
        "max_km": unit.max_km,
        "crew": crew,
        "maintenance": [
            {
                "days": need.days,
                "earliest": max(0, calendar.day(need.earliest_date)),
                "latest": min(calendar.days, calendar.day(need.latest_date)),
            }
            for need in unit.maintenance.all()
            if _falls_inside(need, calendar)
        ],
        "max_days_out": unit.max_days_out,
        "rest_days": unit.rest_days,
        **_customs(unit, calendar),
    }


def _customs(unit: Unit, calendar: Calendar) -> dict[str, Any]:
    """The papers (H12), where the unit has any that cover some of the season's days."""
    papers = [
        {"country": paper.country, "first": span[0], "end": span[1]}
        for paper in unit.customs_documents.all()
        if (span := calendar.clipped(paper.first_date, paper.end_date))
    ]
    return {"customs": papers} if papers else {}


def unit_problems(unit: Unit, calendar: Calendar) -> Iterator[RowProblem]:
    row = f"unit {unit.code}"
    if unit.home.lat is None or unit.home.lon is None:
        yield without_coordinates(unit.home, f"unit {unit.code}, whose home it is,")
    spans = [(one.first_date, one.end_date) for one in unit.availability.all()]
    if spans and not any(calendar.clipped(*span) for span in spans):
        yield RowProblem(
            row,
            "availability",
            "has no available day in the season: correct the dates or take it out of the season",
        )
    for (_, end), (first, _) in pairwise(spans):
        if first < end:
            yield RowProblem(
                row, "availability", f"is available twice on {first}: make the spans one"
            )
    for need in unit.maintenance.all():
        yield from _maintenance_problems(row, need, calendar)
    yield from requirement_problems(unit.exhibition)


def requirement_problems(exhibition: Exhibition) -> Iterator[RowProblem]:
    """Requirements that no venue's facilities can be compared with."""
    row = f"exhibition {exhibition.slug}"
    if not isinstance(exhibition.requires, dict):
        yield RowProblem(row, "requires", 'must be an object such as {"area_m2": 400}')
        return
    for name, least in sorted(exhibition.requires.items()):
        yield from _requirement_problems(row, name, least)


def _maintenance_problems(
    row: str, need: UnitMaintenance, calendar: Calendar
) -> Iterator[RowProblem]:
    room = (need.latest_date - need.earliest_date).days
    span = f"[{need.earliest_date}, {need.latest_date})"
    if not need.days:
        yield RowProblem(row, "maintenance", f"needs 0 days inside {span}: give at least 1")
    elif room < need.days:
        yield RowProblem(
            row,
            "maintenance",
            f"needs {need.days} days inside {span}, which has {room}: make the span longer",
        )
    elif not _falls_inside(need, calendar) and not _may_wait(need, calendar):
        yield RowProblem(
            row,
            "maintenance",
            f"{need.days} days inside {span} fit neither inside nor outside the season: "
            "move the span so that they do",
        )


def _requirement_problems(row: str, name: str, least: object) -> Iterator[RowProblem]:
    if name not in FACILITIES:
        yield RowProblem(
            row,
            f"requires.{name}",
            f"is no facility of a venue: choose one of {', '.join(FACILITIES)}",
        )
    elif not _is_amount(least):
        yield RowProblem(row, f"requires.{name}", f"{least!r} is no amount: give a number from 0")


def _requirements(exhibition: Exhibition) -> list[tuple[str, Any]]:
    return sorted(exhibition.requires.items()) if isinstance(exhibition.requires, dict) else []


def _is_amount(least: object) -> bool:
    if isinstance(least, bool) or not isinstance(least, int | float):
        return False
    return 0 <= least < float("inf")


def _falls_inside(need: UnitMaintenance, calendar: Calendar) -> bool:
    """Is there room for it inside the season?"""
    inside = calendar.clipped(need.earliest_date, need.latest_date)
    return inside is not None and inside[1] - inside[0] >= need.days


def _may_wait(need: UnitMaintenance, calendar: Calendar) -> bool:
    """Is there room for it before or after the season?"""
    first, end = calendar.day(need.earliest_date), calendar.day(need.latest_date)
    return min(end, 0) - first >= need.days or end - max(first, calendar.days) >= need.days


def _available(unit: Unit, calendar: Calendar, busy: Iterable[Stop]) -> list[list[int]]:
    rows = unit.availability.all()
    spans = [calendar.clipped(row.first_date, row.end_date) for row in rows]
    free = [span for span in spans if span] if rows else [[0, calendar.days]]
    for stop in busy:
        first, end = calendar.span(stop.departs_on, stop.leaves_on)
        free = [
            part
            for a, b in free
            for part in ([a, min(b, first)], [max(a, end), b])
            if part[0] < part[1]
        ]
    return free
