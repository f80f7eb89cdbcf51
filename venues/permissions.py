"""May this user …? Plain yes-or-no questions, answered from memberships and the table of rights.

A membership of a region counts for everything below it in the region tree, one of an organisation
for the venues that it operates (an officer's or auditor's also for all that the organisation
administers), one of a venue for that venue. Superusers may everything, users who are not active
(or not logged in) nothing. Nothing is written, and nothing is remembered between two questions:
who loses a role or an account is refused at the next one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from venues.errors import NotAllowed
from venues.models import (
    AuditEntry,
    Job,
    Membership,
    Organisation,
    OrganisationPath,
    Region,
    RegionLevel,
    RegionPath,
    Role,
    Venue,
)
from venues.rights import (
    ADMINISTRATORS,
    ALONG_ORGANISATIONS,
    EDITORS,
    GRANTS,
    OFFICERS,
    PLACES,
    PLANNERS,
    PUBLISHERS,
    STAFF,
    rights_to,
)

__all__ = [
    "ADMINISTRATORS",
    "EDITORS",
    "PLANNERS",
    "PUBLISHERS",
    "STAFF",
    "SYSTEM",
    "Actor",
    "System",
    "audit_visible_to",
    "can_administer",
    "can_edit_venue",
    "can_keep_calendars",
    "can_plan",
    "can_publish_for",
    "has_role",
    "jobs_visible_to",
    "may",
    "may_grant",
    "memberships_visible_to",
    "needs_second_factor",
    "regions_of",
    "require",
    "venues_of",
    "where",
]

Place = Region | Organisation | Venue


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


def may(
    user: Actor | None, operation: str, *, on: date, state: str = "", **places: Place | None
) -> bool:
    """Whether ``user`` may do ``operation`` on that day to an object in ``state`` at ``places``.

    ``places`` are named as in the table (``venue=…``, ``season=its region``); one that is
    ``None`` or left out covers nothing. One query at most.
    """
    _check_names(places)
    if user is None or not user.is_active:
        return False
    rows = [
        (right.roles, _covers(place))
        for right in rights_to(operation)
        if (place := places.get(right.over)) is not None
        and (not right.states or state in right.states)
    ]
    return user.is_superuser or _holds(user, rows, on)


def where(user: Actor | None, operation: str, *, on: date, state: str = "", **places: str) -> Q:
    """The condition under which ``user`` may do ``operation`` to a row: "what may X see?".

    ``places`` maps the table's names to ORM paths of the row (``venue="venue"``,
    ``season="season__region"``), ``state`` is the path of its state; the empty path is the row
    itself. The same answers as :func:`may` gives, row by row, in the one query they go into.
    """
    _check_names(places)
    rights = rights_to(operation)
    if user is None or not user.is_active:
        return Q(pk__in=[])
    if user.is_superuser:
        return Q(pk__isnull=False)
    found = Q(pk__in=[])
    for right in rights:
        if right.over not in places:
            continue
        row = _inside(user, right.roles, on, PLACES[right.over], places[right.over])
        if right.states:
            row &= Q(**{f"{state}__in": right.states})
        found |= row
    return found


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
    given = [thing for thing in (region, organisation, venue) if thing is not None]
    if len(given) != 1:
        raise TypeError("has_role() asks about exactly one region, organisation or venue")
    if user is None or not user.is_active:
        return False
    return user.is_superuser or _holds(user, [(roles, _covers(given[0]))], on)


def _check_names(places: Collection[str]) -> None:
    if unknown := set(places) - set(PLACES):
        raise TypeError(f"the table of rights has no place called {sorted(unknown)}")


def _holds(user: Actor, rows: Collection[tuple[Collection[str], Q]], on: date) -> bool:
    """Whether a membership of ``user`` is one of the roles over the place of any row."""
    wanted = Q()
    for roles, covers in rows:
        wanted |= Q(role__in=roles) & covers
    held = Membership.objects.valid_on(on).filter(user=user.pk)
    return bool(rows) and held.filter(wanted).exists()


def _covers(place: Place) -> Q:
    """Which memberships count for ``place``."""
    if isinstance(place, Region):
        return _region_and_above(place.pk)
    if isinstance(place, Organisation):
        return _organisation_and_above(place.pk) | _region_and_above(place.region_id)
    covers = Q(venue=place.pk) | _region_and_above(place.region_id)
    if place.organisation_id is not None:
        covers |= _organisation_and_above(place.organisation_id)
    return covers


def _region_and_above(region_id: int) -> Q:
    return Q(region__in=RegionPath.objects.filter(descendant=region_id).values("ancestor"))


def _organisation_and_above(organisation_id: int) -> Q:
    above = OrganisationPath.objects.filter(descendant=organisation_id).values("ancestor")
    return Q(organisation=organisation_id) | Q(role__in=ALONG_ORGANISATIONS, organisation__in=above)


def can_edit_venue(user: Actor | None, venue: Venue, on: date) -> bool:
    """Change what is said about the venue: facts, spaces, closures, drafts of events."""
    return may(user, "venue.edit", on=on, venue=venue)


def can_publish_for(user: Actor | None, venue: Venue, on: date) -> bool:
    """Show, change and cancel the venue's events in public."""
    return may(user, "event.publish", on=on, venue=venue)


def can_plan(user: Actor | None, region: Region, on: date) -> bool:
    """Make and publish tour plans for hosts in the region."""
    return may(user, "stop.plan", on=on, region=region)


def can_administer(user: Actor | None, region: Region, on: date) -> bool:
    """Register venues and organisations in the region, change the tree below it, give roles."""
    return may(user, "region.change", on=on, region=region)


def can_keep_calendars(user: Actor | None, country: str, region: Region | None, on: date) -> bool:
    """Put holiday tables and school calendars in force: of a region, or of the whole country."""
    if region is not None:
        return may(user, "calendar.keep", on=on, region=region)
    if user is not None and user.is_active and user.is_superuser:
        return True
    nations = Region.objects.filter(country=country, level=RegionLevel.NATION, valid_to=None)
    return any(may(user, "calendar.keep", on=on, region=nation) for nation in nations)


def require(allowed: bool, message: str, **detail: Any) -> None:
    """Raises: NotAllowed: with ``message``, unless ``allowed``."""
    if not allowed:
        raise NotAllowed(message, **detail)


def needs_second_factor(user: Actor | None, on: date) -> bool:
    """Officers, administrators and superusers: whose password alone opens too much."""
    if user is None or not user.is_active:
        return False
    held = Membership.objects.valid_on(on).filter(user=user.pk)
    return user.is_superuser or held.filter(role__in=OFFICERS | ADMINISTRATORS).exists()


def may_grant(user: Actor | None, role: str, place: Place, on: date) -> bool:
    """Give or take ``role`` for ``place``: holders of a role that gives it, at or above there."""
    if user is None or not user.is_active:
        return False
    givers = [giver for giver, given in GRANTS.items() if role in given]
    return user.is_superuser or _holds(user, [(givers, _covers(place))], on)


def roles_given_by(user: Actor | None, on: date) -> frozenset[Role]:
    """The roles that ``user`` may give somewhere; where, :func:`may_grant` says."""
    if user is None or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Role)
    held = Membership.objects.valid_on(on).filter(user=user.pk).values_list("role", flat=True)
    return frozenset().union(*(GRANTS.get(Role(role), ()) for role in held))


def memberships_visible_to(user: Actor | None, on: date) -> QuerySet[Membership]:
    """Own memberships, and those for places whose people ``user`` may know."""
    if user is None or not user.is_active:
        return Membership.objects.none()
    places = {"region": "region", "organisation": "organisation", "venue": "venue"}
    return Membership.objects.filter(
        Q(user=user.pk) | where(user, "membership.read", on=on, **places)
    )


def audit_visible_to(user: Actor | None, on: date) -> QuerySet[AuditEntry]:
    """What ``user`` did, and what was done at places whose log ``user`` may read."""
    if user is None or not user.is_active:
        return AuditEntry.objects.none()
    places = {"region": "region", "organisation": "organisation", "venue": "venue"}
    return AuditEntry.objects.filter(
        Q(actor_id=user.pk) | where(user, "audit.read", on=on, **places)
    )


def venues_of(user: Actor | None, roles: Collection[str], *, on: date) -> QuerySet[Venue]:
    """The venues over which ``user`` holds one of ``roles`` on that day, as :func:`has_role`."""
    if user is None or not user.is_active:
        return Venue.objects.none()
    if user.is_superuser:
        return Venue.objects.all()
    return Venue.objects.filter(_inside(user, roles, on, "venue", ""))


def regions_of(user: Actor | None, roles: Collection[str], *, on: date) -> QuerySet[Region]:
    """The regions over which ``user`` holds one of ``roles``, with everything below them."""
    if user is None or not user.is_active:
        return Region.objects.none()
    if user.is_superuser:
        return Region.objects.all()
    return Region.objects.filter(_inside(user, roles, on, "region", ""))


def jobs_visible_to(user: Actor | None) -> QuerySet[Job]:
    """The long work that ``user`` asked for: own jobs, for superusers all."""
    if user is None or not user.is_active:
        return Job.objects.none()
    return Job.objects.all() if user.is_superuser else Job.objects.filter(requested_by=user.pk)


def _inside(user: Actor, roles: Collection[str], on: date, kind: str, path: str) -> Q:
    """Rows whose place at ``path``, of that ``kind``, is covered by a membership of ``user``."""
    held = Membership.objects.valid_on(on).filter(user=user.pk, role__in=roles)
    regions = _below(held)
    if kind == "region":
        return Q(**{f"{path or 'pk'}__in": regions})
    organisations = held.filter(organisation__isnull=False).values("organisation")
    inherited = OrganisationPath.objects.filter(
        ancestor__in=organisations.filter(role__in=ALONG_ORGANISATIONS)
    ).values("descendant")
    prefix = f"{path}__" if path else ""
    name = f"{prefix}organisation" if kind == "venue" else (path or "pk")
    inside = (
        Q(**{f"{prefix}region__in": regions})
        | Q(**{f"{name}__in": organisations})
        | Q(**{f"{name}__in": inherited})
    )
    if kind == "venue":
        venues = held.filter(venue__isnull=False).values("venue")
        inside |= Q(**{f"{path or 'pk'}__in": venues})
    return inside


def _below(held: QuerySet[Membership]) -> QuerySet:
    regions = held.filter(region__isnull=False).values("region")
    return RegionPath.objects.filter(ancestor__in=regions).values("descendant")
