"""A plan in a planner's hands: tried out as often as wanted, and kept as a new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.assembly import Assembly, assemble, plan_of, planned_stops, version_maintenance
from touring.errors import InvalidDraft
from touring.models import Plan, PlannedStop, PlanVersion
from touring.permissions import can_plan_season
from touring.planning import result
from touring.planning.check import value, violations
from touring.planning.drafting import Vacancy, vacancies, with_maintenance
from touring.planning.draw import drawing
from touring.planning.explain import explain
from touring.planning.formats import reason_document, value_document
from touring.services.versions import store_version
from venues.errors import NotAllowed
from venues.permissions import Actor
from venues.services import audit


@dataclass(frozen=True)
class WantedStop:
    """``request`` is served by ``unit``, open from ``opens_on``."""

    unit: str
    request: str
    opens_on: date


@dataclass(frozen=True)
class DatedVacancy:
    """Where one unit could open the stop: a :class:`Vacancy` with dates, spans half-open."""

    unit: str
    misfit: dict[str, Any] | None
    calendar: list[tuple[date, date]]
    free: list[tuple[date, date]]


@dataclass(frozen=True)
class Verdict:
    """What the judge says about stops placed by hand.

    ``stops`` are unsaved rows with all their days; ``violations`` name unit, request, days
    (ISO, half-open, empty where no day is) and say in words what is broken.
    """

    stops: tuple[PlannedStop, ...]
    maintenance: list[dict[str, str]]
    violations: list[dict[str, Any]]
    value: dict[str, Any]


def judge_draft(*, plan: Plan, base: PlanVersion | None, stops: Sequence[WantedStop]) -> Verdict:
    """Judge stops placed by hand by today's rows; nothing is written.

    Maintenance is that of ``base``, placed anew for units whose stops differ from it.

    Raises:
        InvalidDraft: stops that name nothing of the season, all at once.
        InvalidSeason: today's rows do not make a problem.
    """
    assembly, drafted = _drafted(plan, base, stops)
    return _verdict(assembly, drafted, base or PlanVersion(plan=plan))


def vacancies_for(
    *, plan: Plan, base: PlanVersion | None, stops: Sequence[WantedStop], request: str
) -> list[DatedVacancy]:
    """Where the request's stop could go while all other stops stay, unit by unit.

    Raises: as :func:`judge_draft`.
    """
    assembly, drafted = _drafted(plan, base, stops)
    if request not in assembly.requests:
        raise _invalid([("request", f"{request} is not among the season's accepted requests")])
    return [_dated(assembly, one) for one in vacancies(assembly.problem, drafted, request)]


@transaction.atomic
def keep_draft(
    *, plan: Plan, base: PlanVersion | None, stops: Sequence[WantedStop], by: Actor, now: datetime
) -> PlanVersion:
    """Store stops placed by hand as a new version, with its value and its reasons.

    A version may break rules (a planner's work in progress is not lost); publishing it is then
    refused with every violation.

    Raises:
        NotAllowed: ``by`` does not plan the season.
        InvalidDraft, InvalidSeason: as :func:`judge_draft`.
    """
    if not can_plan_season(by, plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}.")
    assembly, drafted = _drafted(plan, base, stops)
    drafted = replace(drafted, value=value(assembly.problem, drafted, assembly.previous))
    if not violations(assembly.problem, drafted):
        reasons = explain(assembly.problem, drafted, previous=assembly.previous)
        drafted = replace(drafted, unserved=reasons)  # the planner's stops stay as they are
    version = store_version(plan=plan, assembly=assembly, found=drafted, based_on=base, now=now)
    after = {"version": version.number}
    audit.record(by=by, action="plan.draft", subject=plan, now=now, after=after)
    return version


def draw_version(version: PlanVersion) -> str:
    """The version's season as an SVG drawing, by today's rows.

    Raises: InvalidSeason.
    """
    assembly = assemble(version.plan, tolerate_locks=True)
    return drawing(assembly.problem, plan_of(assembly, version))


def _drafted(
    plan: Plan, base: PlanVersion | None, stops: Sequence[WantedStop]
) -> tuple[Assembly, result.Plan]:
    assembly = assemble(plan, tolerate_locks=True)
    _refuse_unknown(assembly, stops)
    before = plan_of(assembly, base) if base is not None else result.Plan()
    wanted = tuple(
        sorted(
            result.Stop(one.unit, assembly.calendar.day(one.opens_on), one.request) for one in stops
        )
    )
    changed = {one.unit for one in set(wanted) ^ set(before.stops)} & assembly.units.keys()
    drafted = replace(
        before,
        stops=wanted,
        maintenance=tuple(span for span in before.maintenance if span.unit in assembly.units),
        instance=assembly.problem.name,
        instance_hash=assembly.problem.hash,
    )
    return assembly, with_maintenance(assembly.problem, drafted, units=changed)


def _dated(assembly: Assembly, vacancy: Vacancy) -> DatedVacancy:
    on = assembly.calendar.date_of
    return DatedVacancy(
        unit=vacancy.unit,
        misfit=None if vacancy.misfit is None else reason_document(vacancy.misfit),
        calendar=[(on(first), on(end)) for first, end in vacancy.calendar],
        free=[(on(first), on(end)) for first, end in vacancy.free],
    )


def _verdict(assembly: Assembly, drafted: result.Plan, version: PlanVersion) -> Verdict:
    date_of = assembly.calendar.date_of
    return Verdict(
        stops=tuple(planned_stops(assembly, drafted, version)),
        maintenance=version_maintenance(assembly, drafted),
        violations=[
            {
                "code": one.code,
                "unit": one.unit,
                "request": one.request,
                "first_date": date_of(one.first).isoformat() if one.first >= 0 else "",
                "end_date": date_of(one.end).isoformat() if one.end >= 0 else "",
                "message": one.message,
            }
            for one in violations(assembly.problem, drafted)
        ],
        value=value_document(value(assembly.problem, drafted, assembly.previous)),
    )


def _refuse_unknown(assembly: Assembly, stops: Iterable[WantedStop]) -> None:
    problems = []
    seen: set[str] = set()
    for i, stop in enumerate(stops):
        if stop.unit not in assembly.units:
            problems.append((f"stops[{i}].unit", f"{stop.unit} does not take part in the season"))
        if stop.request not in assembly.requests:
            problems.append(
                (
                    f"stops[{i}].request",
                    f"{stop.request} is not among the season's accepted requests",
                )
            )
        if stop.request in seen:
            problems.append((f"stops[{i}].request", f"{stop.request} is served twice"))
        seen.add(stop.request)
    if problems:
        raise _invalid(problems)


def _invalid(problems: list[tuple[str, str]]) -> InvalidDraft:
    return InvalidDraft(
        "; ".join(f"{field}: {message}" for field, message in problems[:5]),
        problems=[{"field": field, "message": message} for field, message in problems],
    )
