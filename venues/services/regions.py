"""Changing the region tree. The only writer of ``RegionPath``, the tree's closure table.

Every change first locks the roots (``lock_tree``), so that two moves cannot interleave and leave
paths that fit neither; after that, rows are locked in the order of their ids.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils.timezone import localdate

from venues.errors import Conflict, Invalid, field_problem
from venues.models import (
    Membership,
    Organisation,
    Region,
    RegionIndicator,
    RegionPath,
    Venue,
)
from venues.permissions import Actor, may, require
from venues.services import audit
from venues.services.addresses import leave_address
from venues.texts import forbidden_characters

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")


@transaction.atomic
def create_region(
    *,
    code: str,
    name_zh: str,
    level: int,
    parent: Region | None,
    by: Actor | None,
    now: datetime,
    name_en: str = "",
    kind: str = "",
    country: str = "CN",
    valid_from: date | None = None,
) -> Region:
    """Add a region below ``parent``, or as the root of a country.

    Raises:
        NotAllowed: ``by`` does not administer the parent (a root takes a superuser).
        Invalid: every problem at once.
    """
    _require_administrator(by, parent, now)
    problems = _name_problems(code, name_zh, name_en)
    if Region.objects.filter(code=code).exists():
        problems.append(
            field_problem("code", f"The code {code} exists; change that region instead.")
        )
    if parent is not None and parent.level >= level:
        problems.append(
            field_problem("level", f"Must lie below {parent.name_zh} (level {parent.level}).")
        )
    if problems:
        raise Invalid("The region cannot be created.", problems=problems)
    lock_tree()
    region = Region.objects.create(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        level=level,
        kind=kind,
        country=country,
        parent=parent,
        valid_from=valid_from,
        changed_at=now,
    )
    RegionPath.objects.create(ancestor=region, descendant=region, depth=0)
    _connect(region, parent)
    after = audit.fields_of(region, "code", "name_zh", "parent")
    audit.record(by=by, action="region.add", subject=region, now=now, after=after)
    return region


@transaction.atomic
def rename_region(
    *, region: Region, name_zh: str, name_en: str, by: Actor | None, now: datetime
) -> Region:
    """Correct the names under an unchanged code; for a new code see :func:`replace_region`."""
    _require_administrator(by, region, now)
    if problems := _name_problems(region.code, name_zh, name_en):
        raise Invalid("The region cannot be renamed.", problems=problems)
    before = audit.fields_of(region, "name_zh", "name_en")
    region.name_zh, region.name_en, region.changed_at = name_zh, name_en, now
    region.save(update_fields=["name_zh", "name_en", "changed_at"])
    after = audit.fields_of(region, "name_zh", "name_en")
    audit.record(by=by, action="region.rename", subject=region, now=now, before=before, after=after)
    return region


@transaction.atomic
def move_region(
    *, region: Region, parent: Region | None, by: Actor | None, now: datetime
) -> Region:
    """Put a region, with everything below it, under another parent.

    Raises:
        NotAllowed: ``by`` must administer the region and the new parent.
        Invalid: the new parent lies below the region, or on its level.
    """
    _require_administrator(by, region, now)
    _require_administrator(by, parent, now)
    lock_tree()
    region.refresh_from_db()
    if parent is not None:
        _check_parent(region, parent)
    before = audit.fields_of(region, "parent")
    _move(region, parent, now=now)
    after = audit.fields_of(region, "parent")
    audit.record(by=by, action="region.move", subject=region, now=now, before=before, after=after)
    return region


@transaction.atomic
def replace_region(
    *,
    old: Region,
    code: str,
    name_zh: str,
    on: date,
    by: Actor | None,
    now: datetime,
    name_en: str = "",
    kind: str | None = None,
) -> Region:
    """Give a region another code from the day ``on``: 510922 射洪县 becomes 510981 射洪市.

    The old row stays, closed on that day, and leads to the new one; so does its address. All that
    pointed to it (children, venues, organisations, memberships, figures, tags, and the rows of
    other apps) points to the new row, so history follows the place.

    Raises:
        NotAllowed: ``by`` does not administer the region.
        Invalid: the code exists, or the region was closed before.
    """
    _require_administrator(by, old, now)
    lock_tree()
    old.refresh_from_db()
    problems = _closing_problems(old, on) + _name_problems(code, name_zh, name_en)
    if Region.objects.filter(code=code).exists():
        problems.append(
            field_problem(
                "code", f"The code {code} exists; merge the region into that one instead."
            )
        )
    if problems:
        raise Invalid(f"{old.code} {old.name_zh} cannot be replaced.", problems=problems)
    new = Region.objects.create(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        level=old.level,
        kind=old.kind if kind is None else kind,
        country=old.country,
        parent=old.parent,
        valid_from=on,
        lat=old.lat,
        lon=old.lon,
        coordinates_source=old.coordinates_source,
        changed_at=now,
    )
    RegionPath.objects.create(ancestor=new, descendant=new, depth=0)
    _connect(new, old.parent)
    new.tags.set(old.tags.all())
    _hand_over(old, new, left_behind=(), now=now)
    _close(old, successor=new, on=on, now=now)
    after = {"replaced_by": new.code, "valid_to": on}
    audit.record(by=by, action="region.replace", subject=old, now=now, after=after)
    return new


@transaction.atomic
def merge_regions(
    *, merged: Sequence[Region], into: Region, on: date, by: Actor | None, now: datetime
) -> list[Membership]:
    """Close regions on the day ``on`` because another one takes their area.

    Children, venues and organisations move to ``into``. Figures and tags stay with the closed
    rows: they describe the former area. Memberships end on that day and are returned, because
    they would otherwise grow to the whole of ``into``; give new ones where that is meant.

    Raises:
        NotAllowed: ``by`` must administer every region concerned.
        Invalid: a region was closed before, contains ``into`` or is ``into``.
        Conflict: a row of another app exists for both regions.
    """
    for region in (*merged, into):
        _require_administrator(by, region, now)
    lock_tree()
    into.refresh_from_db()
    if into.valid_to is not None:
        message = f"{into.code} was closed on {into.valid_to}; merge into its successor."
        raise Invalid("Nothing can be merged there.", problems=[field_problem("into", message)])
    ended: list[Membership] = []
    for region in sorted(merged, key=lambda region: region.pk):
        region.refresh_from_db()
        problems = _closing_problems(region, on)
        if RegionPath.objects.filter(ancestor=region, descendant=into).exists():
            problems.append(
                field_problem("into", f"{into.code} is {region.code} or lies below it.")
            )
        if problems:
            raise Invalid(f"{region.code} {region.name_zh} cannot be merged.", problems=problems)
        ended += _end_memberships(region, on)
        _hand_over(region, into, left_behind=(Membership, RegionIndicator), now=now)
        _close(region, successor=into, on=on, now=now)
        after = {"replaced_by": into.code, "valid_to": on}
        audit.record(by=by, action="region.merge", subject=region, now=now, after=after)
    return ended


def _require_administrator(by: Actor | None, region: Region | None, now: datetime) -> None:
    allowed = may(by, "region.change", on=localdate(now), region=region)
    if region is None:
        require(allowed, "Only a superuser may change the root of the region tree.")
    else:
        require(allowed, "You do not administer this region.", region=region.code)


def _name_problems(code: str, name_zh: str, name_en: str) -> list[dict[str, str]]:
    problems = []
    if not _CODE.fullmatch(code):
        problems.append(field_problem("code", "Must be 1 to 20 letters, digits or hyphens."))
    for field, name in (("name_zh", name_zh), ("name_en", name_en)):
        if len(name) > 200 or forbidden_characters(name):
            problems.append(field_problem(field, "Must be at most 200 visible characters."))
    if not name_zh.strip():
        problems.append(field_problem("name_zh", "Must not be empty."))
    return problems


def _closing_problems(region: Region, on: date) -> list[dict[str, str]]:
    if region.valid_to is not None:
        return [field_problem("on", f"{region.code} was closed on {region.valid_to} already.")]
    if region.valid_from is not None and on <= region.valid_from:
        return [field_problem("on", f"Must be after {region.valid_from}, its first day.")]
    return []


def _check_parent(region: Region, parent: Region) -> None:
    if RegionPath.objects.filter(ancestor=region, descendant=parent).exists():
        message = f"{parent.code} is {region.code} or lies below it."
    elif parent.level >= region.level:
        message = f"{parent.code} has level {parent.level}; {region.code} needs a higher one."
    else:
        return
    raise Invalid("The region cannot be moved there.", problems=[field_problem("parent", message)])


# ---- the closure table


def lock_tree() -> None:
    """Wait for, then keep out, every other change of the tree, to the end of the transaction."""
    list(Region.objects.select_for_update().filter(parent__isnull=True).order_by("pk"))


def _move(region: Region, parent: Region | None, *, now: datetime) -> None:
    within = RegionPath.objects.filter(ancestor=region).values("descendant")
    above = RegionPath.objects.filter(descendant=region).exclude(ancestor=region)
    RegionPath.objects.filter(
        descendant__in=within, ancestor__in=list(above.values_list("ancestor", flat=True))
    ).delete()
    region.parent, region.changed_at = parent, now
    region.save(update_fields=["parent", "changed_at"])
    _connect(region, parent)


def _connect(region: Region, parent: Region | None) -> None:
    """Add the paths from ``parent`` and everything above it to ``region`` and all below it."""
    if parent is None:
        return
    below = list(RegionPath.objects.filter(ancestor=region).values_list("descendant", "depth"))
    above = RegionPath.objects.filter(descendant=parent).values_list("ancestor", "depth")
    RegionPath.objects.bulk_create(
        RegionPath(ancestor_id=ancestor, descendant_id=descendant, depth=up + 1 + down)
        for ancestor, up in above
        for descendant, down in below
    )


# ---- handing over to a successor


def _hand_over(old: Region, new: Region, *, left_behind: tuple[type, ...], now: datetime) -> None:
    for child in Region.objects.filter(parent=old).order_by("pk"):
        _move(child, new, now=now)
    Venue.objects.filter(region=old).update(region=new, version=F("version") + 1, changed_at=now)
    Organisation.objects.filter(region=old).update(region=new, changed_at=now)
    stay = (Region, RegionPath, *left_behind)
    for relation in Region._meta.related_objects:  # other apps' rows too, without knowing them
        if relation.related_model in stay:
            continue
        if relation.many_to_many:
            _point_links(relation, old, new)
        else:
            _point(relation.related_model, relation.field.name, old, new)


def _point(model: type[Model], field: str, old: Region, new: Region) -> None:
    try:
        with transaction.atomic():
            model._base_manager.filter(**{field: old}).update(**{field: new})
    except IntegrityError as error:
        raise Conflict(
            f"{model._meta.verbose_name} exists for both {old.code} and {new.code}; "
            "remove one of the two first.",
            region=old.code,
            successor=new.code,
        ) from error


def _point_links(relation: Any, old: Region, new: Region) -> None:
    """A row linked to both regions keeps one link."""
    links = relation.through._base_manager
    owner, region = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    linked = list(links.filter(**{region: new}).values_list(owner, flat=True))
    links.filter(**{region: old, f"{owner}__in": linked}).delete()
    links.filter(**{region: old}).update(**{region: new})


def _end_memberships(region: Region, on: date) -> list[Membership]:
    held = list(Membership.objects.filter(region=region).valid_on(on).order_by("pk"))
    for membership in held:
        if membership.valid_from is not None and membership.valid_from >= on:
            membership.delete()
        else:
            membership.valid_to = on
            membership.save(update_fields=["valid_to"])
    return held


def _close(old: Region, *, successor: Region, on: date, now: datetime) -> None:
    old.valid_to, old.replaced_by, old.changed_at = on, successor, now
    old.save(update_fields=["valid_to", "replaced_by", "changed_at"])
    leave_address(kind="region", former=old.code, current=successor.code)
