"""Registering and changing venues and their spaces. Every change raises the venue's version."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils.timezone import localdate

from venues.errors import Conflict, Invalid, Stale, field_problem
from venues.models import CoordinatesSource, FormerAddress, Geocoding, Space, Venue
from venues.permissions import Actor, can_edit_venue, may, require
from venues.services import audit
from venues.services.addresses import leave_address
from venues.services.facts import row_problems

_KEPT_BY_SERVICES = {"id", "version", "changed_at", "geocoding"}
FACTS = frozenset(f.name for f in Venue._meta.concrete_fields) - _KEPT_BY_SERVICES
"""The fields of a venue that people state; the others follow from them."""


@transaction.atomic
def register_venue(*, by: Actor | None, now: datetime, **facts: Any) -> Venue:
    """Add a venue from its ``FACTS``; without coordinates its address is left to be looked up.

    Coordinates count as the operator's unless ``coordinates_source`` says otherwise.

    Raises:
        NotAllowed: ``by`` does not administer the region.
        Invalid: every problem at once, each with its field and what to do.
    """
    _refuse_unknown(facts)
    venue = Venue(**facts, changed_at=now)
    region = facts.get("region")
    if region is not None:
        message = "You do not administer this region."
        allowed = may(by, "venue.register", on=localdate(now), region=region)
        require(allowed, message, region=region.code)
    require(
        may_give_to(by, venue, localdate(now)),
        "You do not administer this organisation.",
        organisation=venue.organisation and venue.organisation.slug,
    )
    settle_place(venue)
    problems = venue_problems(venue, on=localdate(now)) + _slug_problems(venue)
    if problems:
        raise Invalid("The venue cannot be registered.", problems=problems)
    venue.save()
    after = audit.fields_of(venue, *sorted(facts))
    audit.record(by=by, action="venue.register", subject=venue, now=now, after=after)
    return venue


@transaction.atomic
def change_venue(
    *, venue_id: int, seen_version: int, changes: Mapping[str, Any], by: Actor | None, now: datetime
) -> Venue:
    """Set the ``FACTS`` in ``changes``; what is equal already changes nothing, not even the version.

    ``seen_version`` is the version the caller looked at. The address of a renamed slug leads to
    the new one.

    Raises:
        NotAllowed: ``by`` may not edit the venue, or does not administer the place (region or
            organisation) that it would leave or come to.
        Stale: the venue was changed since the caller read it.
        Invalid: every problem at once.
    """
    _refuse_unknown(changes)
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    before = copy.copy(venue)
    on = localdate(now)
    require(can_edit_venue(by, venue, on), "You may not edit this venue.", venue=venue.slug)
    if venue.version != seen_version:
        raise Stale("The venue has changed in the meantime.", version=venue.version)

    for name, value in changes.items():
        setattr(venue, name, value)
    if all(getattr(venue, name) == getattr(before, name) for name in changes):
        return before
    _require_both_ends(by, before, venue, on)
    settle_place(venue, before)
    problems = venue_problems(venue, on=on, before=before)
    if venue.slug != before.slug:
        problems += _slug_problems(venue)
    if problems:
        raise Invalid("The venue cannot be changed.", problems=problems)

    venue.version += 1
    venue.changed_at = now
    venue.save()
    if venue.slug != before.slug:
        leave_address(kind="venue", former=before.slug, current=venue.slug)
    audit.record(
        by=by,
        action="venue.change",
        subject=venue,
        now=now,
        before=audit.fields_of(before, *sorted(changes)),
        after=audit.fields_of(venue, *sorted(changes)),
    )
    return venue


def touch_venue(venue: Venue, *, now: datetime) -> None:
    """Raise the version after a change of something that belongs to the venue."""
    Venue.objects.filter(pk=venue.pk).update(version=F("version") + 1, changed_at=now)
    venue.refresh_from_db(fields=["version", "changed_at"])


@transaction.atomic
def add_space(*, venue: Venue, by: Actor | None, now: datetime, **facts: Any) -> Space:
    """Raises: NotAllowed; Invalid: every problem of the facts."""
    _require_editor(by, venue, now)
    space = Space(venue=venue, **facts)
    if problems := row_problems(space, exclude=["venue"]):
        raise Invalid("The space cannot be added.", problems=problems)
    _save_space(space)
    touch_venue(venue, now=now)
    after = audit.fields_of(space, *sorted(facts))
    audit.record(by=by, action="space.add", subject=space, now=now, after=after)
    return space


@transaction.atomic
def change_space(
    *, space: Space, changes: Mapping[str, Any], by: Actor | None, now: datetime
) -> Space:
    """Raises: NotAllowed; Invalid: every problem; spaces do not move to another venue."""
    _require_editor(by, space.venue, now)
    if unknown := changes.keys() - {"code", "name_zh", "name_en"} - _SPACE_FIGURES:
        raise TypeError(f"a space has no {', '.join(sorted(unknown))} to change")
    changed = copy.copy(space)
    for name, value in changes.items():
        setattr(changed, name, value)
    if problems := row_problems(changed, exclude=["venue"]):
        raise Invalid("The space cannot be changed.", problems=problems)
    _save_space(changed)
    touch_venue(changed.venue, now=now)
    audit.record(
        by=by,
        action="space.change",
        subject=changed,
        now=now,
        before=audit.fields_of(space, *sorted(changes)),
        after=audit.fields_of(changed, *sorted(changes)),
    )
    return changed


@transaction.atomic
def remove_space(*, space: Space, by: Actor | None, now: datetime) -> None:
    """Raises: NotAllowed; Conflict: something is planned or shown there."""
    _require_editor(by, space.venue, now)
    venue = space.venue
    before = audit.fields_of(space, "code", "name_zh")
    audit.record(by=by, action="space.remove", subject=space, now=now, before=before)
    try:
        space.delete()
    except ProtectedError as error:
        raise Conflict(
            "Something is planned or shown in this space; move that first.", space=space.code
        ) from error
    touch_venue(venue, now=now)


def may_give_to(by: Actor | None, venue: Venue, on: date) -> bool:
    """Whether ``by`` may put the venue into the hands of its organisation, if it has one."""
    if venue.organisation is None:
        return True
    return may(by, "organisation.change", on=on, organisation=venue.organisation)


# ---- what makes a venue acceptable


def settle_place(venue: Venue, before: Venue | None = None) -> None:
    """Let coordinates name their source, and have an address looked up where they are missing."""
    placed = venue.lat is not None or venue.lon is not None
    moved = before is not None and (venue.lat, venue.lon) != (before.lat, before.lon)
    if not placed:
        venue.coordinates_source = ""
    elif not venue.coordinates_source or (
        before is not None and moved and venue.coordinates_source == before.coordinates_source
    ):
        venue.coordinates_source = CoordinatesSource.OPERATOR

    looked_up = venue.coordinates_source == CoordinatesSource.GEOCODER
    if not venue.address_zh or (placed and not looked_up):
        venue.geocoding = Geocoding.NOT_NEEDED
    elif before is None:
        venue.geocoding = Geocoding.FOUND if placed else Geocoding.PENDING
    elif venue.address_zh != before.address_zh or (moved and not placed):
        venue.geocoding = Geocoding.PENDING


def venue_problems(venue: Venue, *, on: date, before: Venue | None = None) -> list[dict[str, str]]:
    """Everything wrong with the facts of a venue, saved or not, in the order of the fields.

    Makes no query (beyond loading ``venue.region``); whether the slug is free is asked elsewhere.
    """
    problems = row_problems(venue, exclude=["region", "organisation"])
    if venue.timezone not in _timezones():
        message = "Must be an IANA time zone such as Asia/Shanghai or Asia/Kathmandu."
        problems.append(field_problem("timezone", message))
    problems += _coordinate_problems(venue)
    if venue.region_id is None:
        problems.append(field_problem("region", "Must be given."))
    elif (before is None or before.region_id != venue.region_id) and not _is_valid(venue, on):
        problems.append(field_problem("region", _successor_message(venue)))
    return problems


def _is_valid(venue: Venue, on: date) -> bool:
    first, end = venue.region.valid_from, venue.region.valid_to
    return (first is None or first <= on) and (end is None or on < end)


def _successor_message(venue: Venue) -> str:
    region = venue.region
    if region.valid_to is None:
        return f"{region.code} {region.name_zh} exists from {region.valid_from} on only."
    message = f"{region.code} {region.name_zh} was closed on {region.valid_to}."
    if region.replaced_by is not None:
        message += f" Use {region.replaced_by.code} {region.replaced_by.name_zh}."
    return message


def _coordinate_problems(venue: Venue) -> list[dict[str, str]]:
    if (venue.lat is None) != (venue.lon is None):
        missing = "lat" if venue.lat is None else "lon"
        return [field_problem(missing, "Give both coordinates, or neither.")]
    problems = []
    for name, value, limit in (("lat", venue.lat, 90), ("lon", venue.lon, 180)):
        if isinstance(value, int | float) and not -limit <= value <= limit:
            problems.append(field_problem(name, f"Must lie between -{limit} and {limit} degrees."))
    return problems


def _slug_problems(venue: Venue) -> list[dict[str, str]]:
    taken = Venue.objects.exclude(pk=venue.pk).filter(slug=venue.slug).first()
    if taken is not None:
        message = f"“{venue.slug}” is the address of {taken.name_zh}. Choose another."
        return [field_problem("slug", message)]
    leads = FormerAddress.objects.filter(kind="venue", former=venue.slug).first()
    owner = leads and Venue.objects.exclude(pk=venue.pk).filter(slug=leads.current).first()
    if owner:
        message = f"“{venue.slug}” was, and still leads to, {owner.name_zh}. Choose another."
        return [field_problem("slug", message)]
    return []


@cache
def _timezones() -> set[str]:
    return available_timezones()


_SPACE_FIGURES = {"area_m2", "clear_height_m", "capacity"}


def _save_space(space: Space) -> None:
    try:
        with transaction.atomic():
            space.save()
    except IntegrityError as error:
        problem = field_problem("code", f"“{space.code}” exists in this venue; choose another.")
        raise Invalid("The space cannot be saved.", problems=[problem]) from error


def _refuse_unknown(facts: Mapping[str, Any]) -> None:
    if unknown := facts.keys() - FACTS:
        raise TypeError(f"a venue has no {', '.join(sorted(unknown))} to state")


def _require_editor(by: Actor | None, venue: Venue, now: datetime) -> None:
    allowed = can_edit_venue(by, venue, localdate(now))
    require(allowed, "You may not edit this venue.", venue=venue.slug)


def _require_both_ends(by: Actor | None, before: Venue, after: Venue, on: date) -> None:
    if (before.region_id, before.organisation_id) == (after.region_id, after.organisation_id):
        return
    allowed = may(by, "venue.administer", on=on, venue=before)
    if after.region_id != before.region_id and after.region_id is not None:
        allowed = allowed and may(by, "venue.register", on=on, region=after.region)
    if after.organisation_id != before.organisation_id:
        allowed = allowed and may_give_to(by, after, on)
    message = "Moving a venue takes an administrator of where it is and of where it goes."
    require(allowed, message, venue=before.slug)
