"""A request through the four levels: county, prefecture, province and, where asked, nation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from touring.errors import QuotaReached
from touring.lifecycles import PLANNED_REQUESTS
from touring.models import RequestCall, RequestQuota, RequestState, TourRequest
from touring.services.request_steps import (
    enter,
    legal_step,
    locked_request,
    require_decider,
    require_only_one,
    require_reason,
    require_within_deadline,
    today_of,
)
from touring.services.telling import tell_hosts_of_request
from venues.permissions import SYSTEM, Actor

_HANDED_UP = (RequestState.CONSOLIDATED, RequestState.WAITING, *PLANNED_REQUESTS)


@transaction.atomic
def submit_draft(*, request_id: int, seen_version: int, by: Actor, now: datetime) -> TourRequest:
    """Hand in a draft, or a returned request anew.

    Raises: NotAllowed, StaleRequest, WrongState, DeadlineOver, AlreadyAsked.
    """
    request = locked_request(request_id, seen_version)
    step = legal_step(request, "submit")
    require_decider(by, request, step, now)
    require_within_deadline(request, now)
    require_only_one(request)
    enter(request, step, by=by, now=now)
    return request


@transaction.atomic
def endorse_request(
    *, request_id: int, seen_version: int, by: Actor, now: datetime, note: str = ""
) -> TourRequest:
    """The county stands behind the request. Raises: NotAllowed, StaleRequest, WrongState."""
    return _step(request_id, seen_version, "endorse", by, now, note)


@transaction.atomic
def return_request(
    *, request_id: int, seen_version: int, reason: str, by: Actor, now: datetime
) -> TourRequest:
    """Give it back to the host, who may change it and hand it in again.

    Raises: NotAllowed, StaleRequest, WrongState, InvalidRequest (no reason).
    """
    request = locked_request(request_id, seen_version)
    step = legal_step(request, "return")
    require_decider(by, request, step, now)
    request.reason = require_reason(reason)
    enter(request, step, by=by, now=now, note=request.reason)
    tell_hosts_of_request(request, now=now)
    return request


@transaction.atomic
def consolidate_request(
    *, request_id: int, seen_version: int, by: Actor, now: datetime, note: str = ""
) -> TourRequest:
    """The prefecture hands it up, within the quota of every region above the county.

    Raises: NotAllowed, StaleRequest, WrongState, QuotaReached.
    """
    request = locked_request(request_id, seen_version)
    step = legal_step(request, "consolidate")
    require_decider(by, request, step, now)
    _require_quota(request)
    enter(request, step, by=by, now=now, note=note)
    return request


@transaction.atomic
def let_wait(
    *, request_id: int, seen_version: int, by: Actor, now: datetime, note: str = ""
) -> TourRequest:
    """Put it on the waiting list. Raises: NotAllowed, StaleRequest, WrongState."""
    return _step(request_id, seen_version, "wait", by, now, note)


def expire_requests(*, now: datetime) -> int:
    """Close what nobody handed in, or decided about, in time; how many it were.

    Drafts and returned requests expire when they may not be handed in any more; all others when
    their season is over.
    """
    drafts = (RequestState.DRAFT, RequestState.RETURNED)
    expired = 0
    for call in RequestCall.objects.select_related("season"):
        today = today_of(call, now)
        waiting = call.requests.filter(state__in=drafts, call__closes_on__lte=today)
        over = call.requests.active().exclude(state=RequestState.PLANNED)
        if call.season.end_date > today:
            over = over.none()
        for request_id, version in (waiting | over).values_list("pk", "version"):
            expired += _expire(request_id, version, now)
    return expired


@transaction.atomic
def _expire(request_id: int, version: int, now: datetime) -> bool:
    request = locked_request(request_id, version)
    step = legal_step(request, "expire")
    assert request.call is not None
    today = today_of(request.call, now)
    if request.state == RequestState.RETURNED and today < request.season.end_date:
        from_here = request.steps.order_by("-pk").values_list("due_on", flat=True).first()
        if from_here is not None and today <= from_here:
            return False  # it may still be handed in again
    enter(request, step, by=SYSTEM, now=now)
    tell_hosts_of_request(request, now=now)
    return True


def _step(
    request_id: int, seen_version: int, operation: str, by: Actor, now: datetime, note: str
) -> TourRequest:
    request = locked_request(request_id, seen_version)
    step = legal_step(request, operation)
    require_decider(by, request, step, now)
    enter(request, step, by=by, now=now, note=note)
    return request


def _require_quota(request: TourRequest) -> None:
    assert request.call is not None
    RequestCall.objects.select_for_update().get(pk=request.call.pk)  # one count at a time
    quotas = RequestQuota.objects.filter(
        call=request.call_id, region__descendant_paths__descendant=request.county_id
    )
    for quota in quotas.select_related("region"):
        handed_up = TourRequest.objects.filter(
            call=request.call_id,
            state__in=_HANDED_UP,
            county__ancestor_paths__ancestor=quota.region,
        ).count()
        if handed_up >= quota.most:
            raise QuotaReached(
                f"{quota.region} has handed up {handed_up} of {quota.most}; return another first, "
                "or ask the province for more.",
                region=quota.region.code,
                most=quota.most,
            )
