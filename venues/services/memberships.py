"""Giving people roles and ending them. What was once held stays as a row with its last day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, NotAllowed, field_problem
from venues.models import Membership, Organisation, Region, RegionLevel, Role, Venue
from venues.permissions import Actor, Place, may_grant
from venues.rights import LEVELS
from venues.services import audit
from venues.services.notices import leave_notice

_KEPT = ("user", "role", "region", "organisation", "venue", "valid_from", "valid_to")


@transaction.atomic
def grant_membership(
    *,
    person: Any,
    role: str,
    place: Place,
    by: Actor | None,
    now: datetime,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Let ``person`` hold ``role`` for ``place`` on the days ``[valid_from, valid_to)``.

    Saying the same twice gives the membership that is there. The person hears of it.

    Raises:
        NotAllowed: ``by`` holds no role at or above the place that may give this one.
        Invalid: every problem at once.
    """
    if not may_grant(by, role, place, localdate(now)):
        raise NotAllowed("You may not give this role there.", role=role, place=str(place))
    scope: dict[str, Any] = {_field(place): place}
    if problems := _problems(person, role, place, valid_from, valid_to):
        raise Invalid("The membership cannot be given.", problems=problems)
    membership, is_new = Membership.objects.get_or_create(
        user=person, role=role, valid_from=valid_from, valid_to=valid_to, **scope
    )
    if is_new:
        audit.record(
            by=by,
            action="membership.grant",
            subject=membership,
            now=now,
            after=audit.fields_of(membership, *_KEPT),
        )
        _tell(membership, "granted", now)
    return membership


@transaction.atomic
def end_membership(*, membership_id: int, by: Actor | None, now: datetime) -> Membership:
    """End it at once: the person's next request is judged without it. Idempotent.

    Holders may end their own. The row stays with its last day, unless it had not begun before
    today; then nobody acted by it, and only the audit log keeps it.

    Raises:
        NotAllowed: ``by`` neither holds it nor may give it.
    """
    rows = Membership.objects.select_for_update(of=("self",))
    membership = rows.select_related("user", "region", "organisation", "venue").get(
        pk=membership_id
    )
    today = localdate(now)
    is_own = by is not None and by.is_active and by.pk == membership.user_id
    if not (is_own or may_grant(by, membership.role, membership.place, today)):
        raise NotAllowed("You may not end this membership.", membership=membership_id)
    if membership.valid_to is not None and membership.valid_to <= today:
        return membership
    before = audit.fields_of(membership, *_KEPT)
    has_begun = membership.valid_from is None or membership.valid_from < today
    membership.valid_to = today
    audit.record(
        by=by,
        action="membership.end",
        subject=membership,
        now=now,
        before=before,
        after=audit.fields_of(membership, *_KEPT) if has_begun else {},
    )
    _tell(membership, "ended", now)
    if has_begun:
        membership.save(update_fields=["valid_to"])
    else:
        Membership.objects.filter(pk=membership.pk).delete()
    return membership


def _field(place: Place) -> str:
    return {Region: "region", Organisation: "organisation", Venue: "venue"}[type(place)]


def _problems(
    person: Any, role: str, place: Place, valid_from: date | None, valid_to: date | None
) -> list[dict[str, str]]:
    problems = []
    if not person.is_active:
        problems.append(field_problem("person", "The account is not active."))
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        problems.append(field_problem("valid_to", "Must be after valid_from."))
    wanted = LEVELS.get(Role(role))
    if wanted is not None and _level(place) != wanted:
        message = f"This role is held for a region or association of level {wanted.label}."
        problems.append(field_problem("role", message))
    return problems


def _level(place: Place) -> int | None:
    """The level of a region or an association; venues, and bodies outside the levels, have none."""
    return (
        RegionLevel(place.level)
        if not isinstance(place, Venue) and place.level is not None
        else None
    )


def _tell(membership: Membership, what: str, now: datetime) -> None:
    role, place = Role(membership.role), membership.place
    title, body = {
        "granted": (
            (f"您获得了角色：{place}", f"You were given a role: {place}"),
            (
                f"您现在是“{place}”的{role.name_in('zh')}。请查看您可以做什么。",
                f"You are now {role.name_in('en')} of {place}. See what you can do there.",
            ),
        ),
        "ended": (
            (f"您的角色已结束：{place}", f"Your role has ended: {place}"),
            (
                f"您不再是“{place}”的{role.name_in('zh')}。如有疑问，请联系授予者。",
                f"You are no longer {role.name_in('en')} of {place}. If in doubt, ask who gave it.",
            ),
        ),
    }[what]
    leave_notice(
        person=membership.user,
        kind=f"membership-{what}",
        key=f"membership:{membership.pk}:{what}",
        title=title,
        body=body,
        path="/account/",
        now=now,
    )
