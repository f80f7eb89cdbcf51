"""What runs of the kinds ``replan`` and ``what_if`` compute, and how two versions differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from touring.assembly import Assembly, assemble, plan_of
from touring.errors import InvalidRun
from touring.models import Plan, PlanVersion, Run, RunKind
from touring.planning import result
from touring.planning.formats import difference_document, replanned_document
from touring.planning.problem import InvalidProblem
from touring.planning.replan import (
    CannotReplan,
    Disturbance,
    HostCancels,
    RegionSuspended,
    UnitBreaks,
    UnknownDisturbed,
    UrgentRequest,
    replan,
)
from touring.planning.solve import CannotStand
from touring.planning.stop import StopCriterion
from touring.planning.whatif import Branch, Forced, difference, explore

Outcome = tuple[result.Plan, dict[str, Any]]
Computation = Callable[[StopCriterion], Outcome]
_KEYS = {
    RunKind.PLAN: frozenset[str](),
    RunKind.REPLAN: frozenset({"version", "disturbances", "budget"}),
    RunKind.WHAT_IF: frozenset({"version", "forced", "forbidden"}),
}
SUSPENSION_DAYS = 14


def refuse_wrong_parameters(kind: str, parameters: dict[str, Any]) -> None:
    """Raises: InvalidRun, naming every key that is wrong."""
    problems = [
        ("parameters", f"{name} does not belong to a run of kind {kind}")
        for name in sorted(parameters.keys() - _KEYS[RunKind(kind)])
    ]
    if kind == RunKind.WHAT_IF and not (parameters.get("forced") or parameters.get("forbidden")):
        problems.append(("forced", "force or forbid at least one assignment"))
    for i, one in enumerate(parameters.get("disturbances", ())):
        problems += [(f"disturbances[{i}]", message) for message in _wrong(one)]
    if problems:
        raise InvalidRun(
            "; ".join(f"{name}: {message}" for name, message in problems),
            problems=[{"field": name, "message": message} for name, message in problems],
        )


def computation_of(run: Run, assembly: Assembly, today: date) -> Computation | None:
    """What a run of a kind of its own computes, with all rows already read; ``None``: a plan.

    Raises:
        InvalidRun: there is no version to start from, or it names what the season does not have.
    """
    if run.kind == RunKind.PLAN:
        return None
    base = _base(run, assembly)
    if run.kind == RunKind.REPLAN:
        return _replanning(run, assembly, base, today)
    return _branching(run, assembly, base)


def compare_versions(*, plan: Plan, before: PlanVersion, after: PlanVersion) -> dict[str, Any]:
    """The engine's difference of two versions under today's rows, with dates for days.

    Raises:
        InvalidSeason: today's rows make no problem.
    """
    assembly = assemble(plan, tolerate_locks=True)
    found = difference(
        assembly.problem,
        plan_of(assembly, before),
        plan_of(assembly, after),
        previous=assembly.previous,
    )
    return dated(difference_document(found), assembly)


def dated(document: Any, assembly: Assembly) -> Any:
    """The same document with ``opens_on`` as a date wherever the engine says ``open`` as a day."""
    if isinstance(document, dict):
        return {
            ("opens_on" if key == "open" else key): (
                assembly.calendar.date_of(value).isoformat()
                if key == "open"
                else dated(value, assembly)
            )
            for key, value in document.items()
        }
    if isinstance(document, list):
        return [dated(one, assembly) for one in document]
    return document


def _base(run: Run, assembly: Assembly) -> result.Plan:
    """The version to start from, its published stops confirmed."""
    number = run.parameters.get("version")
    version = (
        run.plan.published_version
        if number is None
        else PlanVersion.objects.filter(plan=run.plan, number=number).first()
    )
    if version is None:
        raise _refusal("version", "publish a version first, or name one of this plan")
    known = {(s.unit, s.request, s.open): s for s in (assembly.previous or result.Plan()).stops}
    plan = plan_of(assembly, version)
    stops = (known.get((s.unit, s.request, s.open), s) for s in plan.stops)
    return replace(plan, stops=tuple(sorted(stops)))


def _replanning(run: Run, assembly: Assembly, base: result.Plan, today: date) -> Computation:
    problem, listed = assembly.problem, list[Disturbance]()
    for one in run.parameters.get("disturbances", ()):
        if one["kind"] == "urgent_request":
            r = problem.request_index.get(one["request"])
            if r is None:
                raise _refusal("disturbances", f"{one['request']} is no accepted request")
            listed.append(UrgentRequest(problem.requests[r]))
        else:
            listed.append(_disturbance(one, assembly))
    urgent = {one.request.id for one in listed if isinstance(one, UrgentRequest)}
    problem = replace(
        problem,
        requests=tuple(one for one in problem.requests if one.id not in urgent),
        locked=tuple(one for one in problem.locked if one.request not in urgent),
        forbidden=tuple(one for one in problem.forbidden if one.request not in urgent),
        hash="",
    )

    def compute(stop: StopCriterion) -> Outcome:
        try:
            done = replan(
                problem,
                base,
                listed,
                steps=run.work or 10**9,
                stop=stop,
                budget=float(run.parameters.get("budget") or 0),
                today=max(0, assembly.calendar.day(today)),
                seed=run.seed,
            )
        except (UnknownDisturbed, CannotReplan, InvalidProblem) as refusal:
            raise _refusal("disturbances", str(refusal)) from refusal
        return done.plan, dated(replanned_document(done), assembly)

    return compute


def _branching(run: Run, assembly: Assembly, base: result.Plan) -> Computation:
    branch = Branch(
        forced=tuple(
            Forced(one["request"], one.get("unit"), _day(assembly, one.get("opens_on")))
            for one in run.parameters.get("forced", ())
        ),
        forbidden=tuple(
            (one.get("unit"), one["request"]) for one in run.parameters.get("forbidden", ())
        ),
    )

    def compute(stop: StopCriterion) -> Outcome:
        try:
            found = explore(assembly.problem, base, branch, stop=stop, seed=run.seed)
        except (InvalidProblem, CannotStand) as refusal:
            raise _refusal("forced", str(refusal)) from refusal
        document = {
            "unmet": list(found.unmet),
            "difference": difference_document(found.difference),
        }
        return found.plan, dated(document, assembly)

    return compute


def _disturbance(one: dict[str, Any], assembly: Assembly) -> Disturbance:
    if one["kind"] == "host_cancels":
        return HostCancels(request=one["request"])
    first = _day(assembly, one["first_date"])
    assert first is not None, "refuse_wrong_parameters asks for it"
    end = _day(assembly, one.get("end_date")) or first + SUSPENSION_DAYS
    if one["kind"] == "unit_breaks":
        return UnitBreaks(one["unit"], first, end)
    return RegionSuspended(one["region"], first, end)


def _wrong(one: dict[str, Any]) -> list[str]:
    needed = {
        "host_cancels": ("request",),
        "unit_breaks": ("unit", "first_date", "end_date"),
        "region_suspended": ("region", "first_date"),
        "urgent_request": ("request",),
    }
    wanted = needed.get(one.get("kind", ""))
    if wanted is None:
        return [f"kind: choose one of {', '.join(needed)}"]
    wrong = [f"{name}: is needed" for name in wanted if not one.get(name)]
    if one.get("first_date") and one.get("end_date") and one["end_date"] <= one["first_date"]:
        wrong.append("end_date: comes after first_date")
    return wrong


def _day(assembly: Assembly, on: str | None) -> int | None:
    return None if on is None else assembly.calendar.day(date.fromisoformat(on))


def _refusal(field: str, message: str) -> InvalidRun:
    return InvalidRun(f"{field}: {message}", problems=[{"field": field, "message": message}])
