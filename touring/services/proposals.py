"""What a disturbance leaves for planners: a run that looks for the smallest change, never a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidUnit
from touring.models import Plan, Run, RunKind, Stop, Unit
from touring.permissions import can_change_unit
from touring.services.runs import request_run
from touring.services.units import set_availability
from venues.errors import field_problem
from venues.models import Job, JobState
from venues.permissions import SYSTEM, Actor, require
from venues.services import audit
from venues.spans import DaySpan

SECONDS = 60.0
_EVER = DaySpan(date(1900, 1, 1), date(2199, 12, 31))


def propose_replan(*, plan: Plan, disturbance: dict[str, Any], now: datetime) -> Run | None:
    """Leave a run of kind ``replan`` for a worker; the published plan stays as it is.

    What happens before a worker takes it is added to the same run. ``None``: nothing of the plan
    is published, so that there is nothing to be kept. In the caller's transaction.
    """
    if plan.published_version_id is None:
        return None
    waiting = Job.objects.select_for_update().filter(
        state=JobState.QUEUED, run__plan=plan, run__kind=RunKind.REPLAN, run__requested_by=None
    )
    job = waiting.order_by("pk").first()
    if job is None:
        return request_run(
            plan=plan,
            kind=RunKind.REPLAN,
            seconds=SECONDS,
            parameters={"disturbances": [disturbance]},
            by=SYSTEM,
            now=now,
        )
    run = Run.objects.get(job=job)
    known = run.parameters["disturbances"]
    if disturbance not in known:
        run.parameters = {**run.parameters, "disturbances": [*known, disturbance]}
        run.save(update_fields=["parameters"])
    return run


def propose_for(stops: Iterable[Stop], disturbance: dict[str, Any], *, now: datetime) -> list[int]:
    """:func:`propose_replan` for every plan of the stops; the runs' numbers."""
    plans = {stop.plan.pk: stop.plan for stop in stops if stop.plan is not None}
    runs = (
        propose_replan(plan=plans[pk], disturbance=disturbance, now=now) for pk in sorted(plans)
    )
    return [run.pk for run in runs if run is not None]


@transaction.atomic
def report_breakdown(
    *, unit: Unit, first_date: date, end_date: date, reason: str, by: Actor, now: datetime
) -> list[int]:
    """The unit cannot work on ``[first_date, end_date)``; the runs that look for a way out.

    The unit is not available on these days any more; its stops stay until a planner publishes.

    Raises:
        NotAllowed: ``by`` does not keep the unit.
        InvalidUnit: it ends before it begins, or there is no reason.
    """
    allowed = can_change_unit(by, unit, timezone.localdate(now))
    require(allowed, f"You do not keep {unit.code}; ask the keepers of its hub.")
    problems = []
    if end_date <= first_date:
        problems.append(field_problem("end_date", f"{end_date} is not after {first_date}."))
    if not reason.strip():
        problems.append(field_problem("reason", "Say what is broken; planners read it."))
    if problems:
        raise InvalidUnit("The breakdown cannot be recorded.", problems=problems)
    rows = [DaySpan(row.first_date, row.end_date) for row in unit.availability.all()]
    left = [piece for span in rows or [_EVER] for piece in _without(span, first_date, end_date)]
    set_availability(unit=unit, spans=left, by=by, now=now)
    after = {"first_date": first_date.isoformat(), "end_date": end_date.isoformat()}
    audit.record(by=by, action="unit.break", subject=unit, now=now, after=after, note=reason)
    touched = Stop.objects.holding().filter(unit=unit).touching(first_date, end_date)
    broken = {"kind": "unit_breaks", "unit": unit.code, **after}
    return propose_for(touched.select_related("plan__season__region"), broken, now=now)


def _without(span: DaySpan, first: date, end: date) -> list[DaySpan]:
    pieces = ((span.first, min(span.end, first)), (max(span.first, end), span.end))
    return [DaySpan(one, other) for one, other in pieces if one < other]
