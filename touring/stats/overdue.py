"""Requests whose answer is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from touring.models import RequestState, RequestStep, TourRequest

ANSWERED_BY = {
    RequestState.SUBMITTED: "county_officer",
    RequestState.ENDORSED: "prefecture_officer",
    RequestState.CONSOLIDATED: "province_officer",
}


@dataclass(frozen=True)
class OverdueRequest:
    """``due_on`` was the last day for ``level`` to answer."""

    request: TourRequest
    level: str
    due_on: date
    days_late: int


def overdue_requests(found: QuerySet[TourRequest], *, on: date) -> list[OverdueRequest]:
    """Those of ``found`` that somebody should have answered before ``on``, the latest first."""
    newest = RequestStep.objects.filter(request=OuterRef("pk")).order_by("-pk")
    waiting = found.filter(state__in=list(ANSWERED_BY)).annotate(
        due_on=Subquery(newest.values("due_on")[:1])
    )
    late = waiting.filter(due_on__lt=on).select_related("venue", "county", "season")
    return [
        OverdueRequest(
            request,
            ANSWERED_BY[RequestState(request.state)],
            request.due_on,
            (on - request.due_on).days,
        )
        for request in late.order_by("due_on", "code")
    ]
