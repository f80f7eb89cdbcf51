"""How a request goes one step: by the table, with actor, time and due date, audited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from touring.errors import AlreadyAsked, DeadlineOver, InvalidRequest, StaleRequest, WrongState
from touring.lifecycles import REQUEST, Step
from touring.models import RequestCall, RequestState, RequestStep, TourRequest
from touring.permissions import can_take_request_step
from venues.errors import NotAllowed
from venues.models import Region, RegionLevel
from venues.permissions import Actor
from venues.queries import working_days_after
from venues.services import audit

_ANSWERED_BY_OTHERS = (
    RequestState.SUBMITTED,
    RequestState.ENDORSED,
    RequestState.CONSOLIDATED,
    RequestState.RETURNED,
)


def locked_request(request_id: int, seen_version: int) -> TourRequest:
    """Raises: StaleRequest: a colleague changed it since the caller looked."""
    request = (
        TourRequest.objects.select_for_update(of=("self",))
        .select_related("season__region", "venue__region", "call", "county")
        .get(pk=request_id)
    )
    if request.version != seen_version:
        raise StaleRequest(
            "The request was changed in the meantime; look again and repeat.",
            version=request.version,
        )
    return request


def legal_step(request: TourRequest, operation: str) -> Step:
    """The table's row for the operation, among several the one for or without a call.

    Raises:
        WrongState: the table knows no such step from the request's state.
    """
    left_out = "without_a_call" if request.call_id else "under_a_call"
    for step in REQUEST.steps:
        fits = step.operation == operation and request.state in step.sources
        if fits and left_out not in step.gates:
            return step
    raise WrongState(
        f"Request {request.code} is {request.state}; that is no step from there.",
        state=request.state,
    )


def require_decider(by: Actor, request: TourRequest, step: Step, now: datetime) -> None:
    """Raises: NotAllowed: the step is somebody else's, who is named."""
    if not can_take_request_step(by, request, step, timezone.localdate(now)):
        level = step.decided_by.replace("_", " ")
        raise NotAllowed(f"Only a {level} for {request.county or request.season} may do this.")


def enter(
    request: TourRequest, step: Step, *, by: Actor, now: datetime, note: str = ""
) -> RequestStep:
    """Save the request in its new state, with the step's row and its entry in the audit log."""
    before = request.state
    request.state = step.targets[0]
    request.version += 1
    request.changed_at = now
    request.save()
    return note_step(request, step.operation, before, step.decided_by, by=by, now=now, note=note)


def note_step(
    request: TourRequest,
    operation: str,
    before: str,
    level: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
) -> RequestStep:
    row = _row(request, operation, before, level, by=by, now=now, note=note)
    row.save()
    audit.record(
        by=by,
        action=f"tour_request.{operation}",
        subject=request,
        now=now,
        before={"state": before} if before else None,
        after={"state": request.state},
        note=note,
    )
    return row


def require_within_deadline(request: TourRequest, now: datetime) -> None:
    """Requests are taken on the days of the call; a returned one until its answer is due.

    Raises: DeadlineOver.
    """
    if request.call is None:
        return
    today = today_of(request.call, now)
    if today < request.call.opens_on:
        raise DeadlineOver(
            f"The call opens on {request.call.opens_on}; come back then.",
            opens_on=request.call.opens_on.isoformat(),
        )
    if today > last_day(request):
        raise DeadlineOver(
            f"The call closed on {request.call.closes_on}; ask its officers or await the next.",
            closes_on=request.call.closes_on.isoformat(),
        )


def last_day(request: TourRequest) -> date:
    """The last day, in the call's zone, on which the request may be handed in."""
    assert request.call is not None
    last = date.fromordinal(request.call.closes_on.toordinal() - 1)
    if request.state != RequestState.RETURNED:
        return last
    due = request.steps.order_by("-pk").values_list("due_on", flat=True).first()
    return max(last, due) if due else last


def today_of(call: RequestCall, now: datetime) -> date:
    return now.astimezone(ZoneInfo(call.timezone)).date()


def require_only_one(request: TourRequest) -> None:
    """Raises: AlreadyAsked: the county has another active request of the programme and year."""
    if request.call_id is None or request.state not in REQUEST.sources("withdraw"):
        return
    others = TourRequest.objects.active().filter(
        call__isnull=False,
        county=request.county_id,
        programme=request.programme,
        year=request.year,
    )
    if (other := others.exclude(pk=request.pk).first()) is not None:
        raise AlreadyAsked(
            f"{request.county} asks already with {other.code} in {request.year}; change that one.",
            request=other.code,
        )


def county_of(region: Region) -> Region:
    """The county that ``region`` is or lies in; where there is none, the region itself."""
    above = Region.objects.filter(descendant_paths__descendant=region, level=RegionLevel.COUNTY)
    return above.first() or region


def require_reason(reason: str) -> str:
    """Raises: InvalidRequest: there is none."""
    if not reason.strip():
        raise invalid_request([{"field": "reason", "message": "tell the host why"}])
    return reason.strip()[:300]


def invalid_request(problems: list[dict[str, str]]) -> InvalidRequest:
    listed = "; ".join(f"{one['field']}: {one['message']}" for one in problems)
    return InvalidRequest(f"The request cannot be handed in. {listed}.", problems=problems)


def step_all(
    requests: Iterable[TourRequest], operation: str, *, by: Actor, now: datetime, note: str = ""
) -> int:
    """Take the step with all requests for which it is one; how many those were.

    Few statements however many requests: a publication plans hundreds.
    """
    taken, steps, changes = [], [], []
    for request in requests:
        step = REQUEST.find(operation, request.state)
        if step is None:
            continue
        before, request.state = request.state, step.targets[0]
        request.version += 1
        request.changed_at = now
        taken.append(request)
        changes.append(
            audit.Change(request, {"state": before}, {"state": request.state}, note=note)
        )
        steps.append(_row(request, operation, before, step.decided_by, by=by, now=now, note=note))
    TourRequest.objects.bulk_update(taken, ["state", "version", "changed_at"], batch_size=200)
    RequestStep.objects.bulk_create(steps)
    audit.record_all(by=by, action=f"tour_request.{operation}", changes=changes, now=now)
    return len(taken)


def _row(
    request: TourRequest,
    operation: str,
    before: str,
    level: str,
    *,
    by: Actor,
    now: datetime,
    note: str,
) -> RequestStep:
    return RequestStep(
        request=request,
        operation=operation,
        from_state=before,
        to_state=request.state,
        level=level[:20],
        actor_id=by.pk,
        at=now,
        note=note[:300],
        version=request.version,
        due_on=_due_on(request, now),
    )


def _due_on(request: TourRequest, now: datetime) -> date | None:
    if request.call is None or request.state not in _ANSWERED_BY_OTHERS:
        return None
    return working_days_after(today_of(request.call, now), request.call.answer_days)
