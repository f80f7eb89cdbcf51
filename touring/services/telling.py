"""Notices in the inboxes of those whom a step concerns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from touring.models import TourRequest
from venues.models import Membership, Region, Role, Venue
from venues.services.notices import leave_notice

Said = tuple[str, str]
"""In Chinese and in English."""

_STATE_TITLES = {
    "returned": ("申报已退回", "Your tour request was returned"),
    "expired": ("申报已过期", "Your tour request has expired"),
}


def people_of_venue(venue: Venue, roles: Collection[str], *, now: datetime) -> list[User]:
    """Active holders of one of ``roles`` at the venue itself or at its organisation."""
    scope = Q(venue=venue)
    if venue.organisation_id:
        scope |= Q(organisation=venue.organisation_id)
    return _holders(scope, roles, now)


def people_over(region: Region, roles: Collection[str], *, now: datetime) -> list[User]:
    """Active holders of one of ``roles`` over the region."""
    return _holders(Q(region__descendant_paths__descendant=region), roles, now)


def tell(
    people: Iterable[User],
    *,
    kind: str,
    key: str,
    title: Said,
    body: Said,
    path: str,
    now: datetime,
) -> int:
    """The same notice to everybody, once per ``key``; how many people were meant."""
    told = list(people)
    for person in told:
        leave_notice(person=person, kind=kind, key=key, title=title, body=body, path=path, now=now)
    return len(told)


def tell_hosts_of_request(request: TourRequest, *, now: datetime) -> int:
    title = _STATE_TITLES[request.state]
    return tell(
        people_of_venue(request.venue, (Role.HOST_CONTACT,), now=now),
        kind="tour_request",
        key=f"tour-request-{request.pk}-{request.version}",
        title=title,
        body=(
            f"{request.code}：{request.reason or title[0]}。请查看后修改并重新提交，或另行申报。",
            (
                f"{request.code}: {request.reason or title[1]}. Look at it, change it and hand it in "
                "again, or ask anew."
            ),
        ),
        path=f"/desk/requests/{request.code}/",
        now=now,
    )


def _holders(scope: Q, roles: Collection[str], now: datetime) -> list[User]:
    held = Membership.objects.valid_on(timezone.localdate(now)).filter(scope, role__in=roles)
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return list(people.order_by("pk"))
