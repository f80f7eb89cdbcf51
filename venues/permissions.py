"""May this user …? Plain yes-or-no questions, answered from memberships; nothing is written.

A membership of a region counts for everything below it in the region tree, one of an organisation
for the venues that it operates, one of a venue for that venue. Superusers may everything, users who
are not active (or not logged in) nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from venues.errors import NotAllowed
from venues.models import Membership, Organisation, Region, RegionPath, Role, Venue

EDITORS = frozenset({Role.ADMINISTRATOR, Role.MUSEUM_PUBLISHER, Role.MUSEUM_EDITOR})
PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.MUSEUM_PUBLISHER})
PLANNERS = frozenset({Role.ADMINISTRATOR, Role.TOUR_PLANNER})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class Actor(Protocol):
    """Who asks for something: an account, nobody in particular, or :data:`SYSTEM`."""

    @property
    def pk(self) -> Any: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_superuser(self) -> bool: ...


class System:
    """Who acts when a command is run on the server itself; there is no such account."""

    pk = None
    is_active = is_superuser = True

    def __str__(self) -> str:
        return "the system"


SYSTEM = System()


def has_role(
    user: Actor | None,
    roles: Collection[str],
    *,
    on: date,
    region: Region | None = None,
    organisation: Organisation | None = None,
    venue: Venue | None = None,
) -> bool:
    """Whether ``user`` holds one of ``roles`` on that day over the one thing given.

    One query at most. Only ``region_id`` and ``organisation_id`` of a venue are read, so a changed,
    unsaved copy answers for the place it would move to.
    """
    if user is None or not user.is_active:
        return False
    if user.is_superuser:
        return True
    scope = _scope(region, organisation, venue)
    held = Membership.objects.valid_on(on).filter(user=user.pk, role__in=roles)
    return held.filter(scope).exists()


def _scope(region: Region | None, organisation: Organisation | None, venue: Venue | None) -> Q:
    given = [thing for thing in (region, organisation, venue) if thing is not None]
    if len(given) != 1:
        raise TypeError("has_role() asks about exactly one region, organisation or venue")
    if venue is not None:
        scope = Q(venue=venue.pk) | _region_and_above(venue.region_id)
        if venue.organisation_id is not None:
            scope |= Q(organisation=venue.organisation_id)
        return scope
    if organisation is not None:
        return Q(organisation=organisation.pk) | _region_and_above(organisation.region_id)
    assert region is not None
    return _region_and_above(region.pk)


def _region_and_above(region_id: int) -> Q:
    return Q(region__descendant_paths__descendant=region_id)


def can_edit_venue(user: Actor | None, venue: Venue, on: date) -> bool:
    """Change what is said about the venue: facts, spaces, closures, drafts of events."""
    return has_role(user, EDITORS, on=on, venue=venue)


def can_publish_for(user: Actor | None, venue: Venue, on: date) -> bool:
    """Show, change and cancel the venue's events in public."""
    return has_role(user, PUBLISHERS, on=on, venue=venue)


def can_plan(user: Actor | None, region: Region, on: date) -> bool:
    """Make and publish tour plans for hosts in the region."""
    return has_role(user, PLANNERS, on=on, region=region)


def can_administer(user: Actor | None, region: Region, on: date) -> bool:
    """Register venues and organisations in the region, change the tree below it, give roles."""
    return has_role(user, ADMINISTRATORS, on=on, region=region)


def require(allowed: bool, message: str, **detail: Any) -> None:
    """Raises: NotAllowed: with ``message``, unless ``allowed``."""
    if not allowed:
        raise NotAllowed(message, **detail)


def venues_of(user: Actor | None, roles: Collection[str], *, on: date) -> QuerySet[Venue]:
    """The venues over which ``user`` holds one of ``roles`` on that day, as :func:`has_role`."""
    if user is None or not user.is_active:
        return Venue.objects.none()
    if user.is_superuser:
        return Venue.objects.all()
    held = Membership.objects.valid_on(on).filter(user=user.pk, role__in=roles)
    return Venue.objects.filter(
        Q(pk__in=held.filter(venue__isnull=False).values("venue"))
        | Q(organisation__in=held.filter(organisation__isnull=False).values("organisation"))
        | Q(region__in=_below(held))
    )


def regions_of(user: Actor | None, roles: Collection[str], *, on: date) -> QuerySet[Region]:
    """The regions over which ``user`` holds one of ``roles``, with everything below them."""
    if user is None or not user.is_active:
        return Region.objects.none()
    if user.is_superuser:
        return Region.objects.all()
    held = Membership.objects.valid_on(on).filter(user=user.pk, role__in=roles)
    return Region.objects.filter(pk__in=_below(held))


def _below(held: QuerySet[Membership]) -> QuerySet:
    regions = held.filter(region__isnull=False).values("region")
    return RegionPath.objects.filter(ancestor__in=regions).values("descendant")
