"""Requests that nobody answered in time: the level above is told, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from touring.models import RequestState, RequestStep
from touring.services.request_steps import today_of
from touring.services.telling import people_over, tell
from venues.models import Role

ANSWERING = {
    RequestState.SUBMITTED: (Role.COUNTY_OFFICER, Role.PREFECTURE_OFFICER),
    RequestState.ENDORSED: (Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER),
    RequestState.CONSOLIDATED: (Role.PROVINCE_OFFICER, Role.NATION_OFFICER),
}
"""Who answers in each state, and who is told when they do not."""


def escalate_overdue(*, now: datetime) -> int:
    """Tell who should have answered, and the level above; how many requests were overdue.

    A step is marked in the transaction of its notices, so that repeating tells nobody twice.
    """
    latest = RequestStep.objects.annotate(newest=Max("request__steps__pk")).filter(pk=F("newest"))
    open_steps = latest.filter(
        escalated_at=None, due_on__isnull=False, request__state__in=list(ANSWERING)
    )
    rows = open_steps.select_related("request__call", "request__county").order_by("pk")
    return sum(_escalate(step, now) for step in rows)


@transaction.atomic
def _escalate(step: RequestStep, now: datetime) -> bool:
    request = step.request
    assert request.call is not None
    assert request.county is not None
    assert step.due_on is not None
    if today_of(request.call, now) <= step.due_on:
        return False
    marked = RequestStep.objects.filter(pk=step.pk, escalated_at=None).update(escalated_at=now)
    if not marked:
        return False  # another worker was faster
    tell(
        people_over(request.county, ANSWERING[RequestState(request.state)], now=now),
        kind="overdue",
        key=f"overdue-step-{step.pk}",
        title=("申报逾期未办", "A tour request waits for an answer"),
        body=(
            f"{request.code}（{request.county}）应于{step.due_on}前办理，请尽快同意、汇总或退回。",
            (
                f"{request.code} ({request.county.name('en')}) was due on {step.due_on}: endorse, "
                "consolidate, decide or return it."
            ),
        ),
        path=f"/desk/requests/{request.code}/",
        now=now,
    )
    return True
