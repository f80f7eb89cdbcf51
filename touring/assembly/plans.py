"""A plan of the engine as rows, and rows as a plan of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from touring.assembly.assembly import Assembly
from touring.models import PlannedStop, PlanVersion
from touring.planning import result
from touring.planning.problem import Request
from venues.models import Venue


def planned_stops(assembly: Assembly, plan: result.Plan, version: PlanVersion) -> list[PlannedStop]:
    """The plan's stops as unsaved rows of ``version``, in the order of the plan."""
    locked = {lock.request for lock in assembly.problem.locked}
    rows = []
    for code, stops in groupby(sorted(plan.stops), key=lambda stop: stop.unit):
        before: result.Stop | None = None
        for stop in stops:
            row = _row(assembly, stop, version, is_locked=stop.request in locked)
            origin, days = _journey(assembly, plan, code, before, stop)
            row.origin = origin
            row.departs_on = row.arrives_on - timedelta(days=days)
            rows.append(row)
            before = stop
    return rows


def version_maintenance(assembly: Assembly, plan: result.Plan) -> list[dict[str, str]]:
    """The plan's maintenance with dates instead of day numbers."""
    on = assembly.calendar.date_of
    return [
        {
            "unit": span.unit,
            "first_date": on(span.first).isoformat(),
            "end_date": on(span.end).isoformat(),
        }
        for span in sorted(plan.maintenance)
    ]


def plan_of(assembly: Assembly, version: PlanVersion) -> result.Plan:
    """A stored version as a plan of today's problem.

    Units and requests that are no longer in it are kept by name: the judge reports them.
    """
    day = assembly.calendar.day
    return result.Plan(
        stops=tuple(
            sorted(
                result.Stop(stop.unit.code, day(stop.opens_on), stop.request.code)
                for stop in version.stops.select_related("unit", "request")
            )
        ),
        maintenance=tuple(
            sorted(
                result.MaintenanceSpan(span["unit"], *_days_of(assembly, span))
                for span in version.maintenance
            )
        ),
        instance=assembly.problem.name,
        instance_hash=assembly.problem.hash,
    )


def outdated_stops(assembly: Assembly, version: PlanVersion) -> Iterator[tuple[PlannedStop, str]]:
    """Stops whose dates or space no longer follow from today's rows, with the reason.

    The stay, set-up and strike days or the space were changed since the version was made.
    """
    for stop in version.stops.select_related("unit", "request").order_by("unit__code", "opens_on"):
        if stop.unit.code not in assembly.units or stop.request.code not in assembly.requests:
            continue  # the judge reports it
        opens = assembly.calendar.day(stop.opens_on)
        today = _row(assembly, result.Stop(stop.unit.code, opens, stop.request.code), version)
        for field in ("arrives_on", "closes_on", "leaves_on", "space_id"):
            if getattr(stop, field) != getattr(today, field):
                yield stop, field


def _row(
    assembly: Assembly, stop: result.Stop, version: PlanVersion, *, is_locked: bool = False
) -> PlannedStop:
    unit, request = assembly.units[stop.unit], assembly.requests[stop.request]
    opens_on = assembly.calendar.date_of(stop.open)
    closes_on = opens_on + timedelta(days=request.stay_days)
    place = assembly.places[_request_of(assembly, stop).host]
    return PlannedStop(
        version=version,
        unit=unit,
        request=request,
        space=place.space,
        arrives_on=opens_on - timedelta(days=unit.exhibition.setup_days),
        opens_on=opens_on,
        closes_on=closes_on,
        leaves_on=closes_on + timedelta(days=unit.exhibition.strike_days),
        is_locked=is_locked,
    )


def _journey(
    assembly: Assembly, plan: result.Plan, code: str, before: result.Stop | None, stop: result.Stop
) -> tuple[Venue, int]:
    """Where the unit comes from and how many days it travels.

    A trip home that only ``max_days_out`` asks for is not written down in plans, so the journey
    is then told as a direct one.
    """
    problem = assembly.problem
    unit = problem.unit_index[code]
    host = problem.host_index[_request_of(assembly, stop).host]
    if before is None or _is_home_between(assembly, plan, before, stop):
        return assembly.units[code].home, int(problem.days_from_home[unit, host])
    origin = _request_of(assembly, before).host
    days = int(problem.host_days(unit)[problem.host_index[origin], host])
    return assembly.places[origin].venue, days


def _is_home_between(
    assembly: Assembly, plan: result.Plan, before: result.Stop, stop: result.Stop
) -> bool:
    unit = assembly.problem.units[assembly.problem.unit_index[stop.unit]]
    maintained = any(
        span.unit == stop.unit and before.open < span.first < stop.open for span in plan.maintenance
    )
    boundary = any(before.open < first <= stop.open for first, _ in unit.available)
    return maintained or (unit.returns_home and boundary)


def _request_of(assembly: Assembly, stop: result.Stop) -> Request:
    return assembly.problem.requests[assembly.problem.request_index[stop.request]]


def _days_of(assembly: Assembly, span: dict[str, str]) -> tuple[int, int]:
    first, end = (date.fromisoformat(span[name]) for name in ("first_date", "end_date"))
    return assembly.calendar.day(first), assembly.calendar.day(end)
