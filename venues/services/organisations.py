"""Registering and changing the bodies of the network and their two trees."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, field_problem
from venues.models import Organisation, OrganisationPath
from venues.permissions import Actor, may, require
from venues.services import audit
from venues.services.addresses import leave_address
from venues.services.facts import row_problems

FACTS = frozenset(f.name for f in Organisation._meta.concrete_fields) - {"id", "changed_at"}


@transaction.atomic
def register_organisation(*, by: Actor | None, now: datetime, **facts: Any) -> Organisation:
    """Add an organisation from its ``FACTS``.

    Raises:
        NotAllowed: ``by`` does not administer the region.
        Invalid: every problem at once.
    """
    _refuse_unknown(facts)
    organisation = Organisation(**facts, changed_at=now)
    if organisation.region_id is not None:
        region = organisation.region
        allowed = may(by, "organisation.register", on=localdate(now), region=region)
        message = "You do not administer this region."
        require(allowed, message, region=organisation.region.code)
    if problems := _problems(organisation):
        raise Invalid("The organisation cannot be registered.", problems=problems)
    organisation.save()
    lead_paths(organisation)
    after = audit.fields_of(organisation, *sorted(facts))
    audit.record(by=by, action="organisation.register", subject=organisation, now=now, after=after)
    return organisation


@transaction.atomic
def change_organisation(
    *, organisation_id: int, changes: Mapping[str, Any], by: Actor | None, now: datetime
) -> Organisation:
    """Set the ``FACTS`` in ``changes``.

    Raises:
        NotAllowed: ``by`` administers neither the organisation nor its region, or not the region
            that it would move to.
        Invalid: every problem at once, among them a parent that answers to this organisation.
    """
    _refuse_unknown(changes)
    stored = Organisation.objects.select_for_update().get(pk=organisation_id)
    changed = copy.copy(stored)
    for name, value in changes.items():
        setattr(changed, name, value)
    on = localdate(now)
    allowed = may(by, "organisation.change", on=on, organisation=stored)
    if changed.region_id != stored.region_id and changed.region_id is not None:
        region = changed.region
        allowed = allowed and may(by, "organisation.register", on=on, region=region)
    if changed.parent_admin_id != stored.parent_admin_id and changed.parent_admin is not None:
        # Whoever stands above sees and acts below: joining takes the upper side's consent.
        above = changed.parent_admin
        allowed = allowed and may(by, "organisation.change", on=on, organisation=above)
    require(allowed, "You do not administer this organisation.", organisation=stored.slug)
    if problems := _problems(changed):
        raise Invalid("The organisation cannot be changed.", problems=problems)
    changed.changed_at = now
    changed.save()
    if changed.parent_admin_id != stored.parent_admin_id:
        lead_paths(changed)
    if changed.slug != stored.slug:
        leave_address(kind="organisation", former=stored.slug, current=changed.slug)
    audit.record(
        by=by,
        action="organisation.change",
        subject=changed,
        now=now,
        before=audit.fields_of(stored, *sorted(changes)),
        after=audit.fields_of(changed, *sorted(changes)),
    )
    return changed


def lead_paths(organisation: Organisation) -> None:
    """Make the closure say who stands above ``organisation`` and all that it administers."""
    below = OrganisationPath.objects.filter(ancestor=organisation).values_list("descendant")
    moved = [organisation.pk, *(pk for (pk,) in below)]
    above = []
    parent = organisation.parent_admin
    while parent is not None:
        above.append(parent.pk)
        parent = parent.parent_admin
    foreign = OrganisationPath.objects.filter(descendant__in=moved).exclude(ancestor__in=moved)
    foreign.delete()
    OrganisationPath.objects.bulk_create(
        OrganisationPath(ancestor_id=upper, descendant_id=lower)
        for lower in moved
        for upper in above
    )


def _refuse_unknown(facts: Mapping[str, Any]) -> None:
    if unknown := facts.keys() - FACTS:
        raise TypeError(f"an organisation has no {', '.join(sorted(unknown))} to state")


def _problems(organisation: Organisation) -> list[dict[str, str]]:
    parents = ("parent_admin", "parent_guidance")
    problems = row_problems(organisation, exclude=["region", *parents])
    if organisation.region_id is None:
        problems.append(field_problem("region", "Must be given."))
    same = Organisation.objects.exclude(pk=organisation.pk).filter(slug=organisation.slug).first()
    if same is not None:
        message = f"“{same.slug}” is the address of {same.name_zh}. Choose another."
        problems.append(field_problem("slug", message))
    for field in parents:
        if _answers_to_itself(organisation, field):
            message = "That organisation answers to this one; choose one above it."
            problems.append(field_problem(field, message))
    return problems


def _answers_to_itself(organisation: Organisation, field: str) -> bool:
    above = getattr(organisation, field)
    while above is not None and organisation.pk is not None:
        if above.pk == organisation.pk:
            return True
        above = getattr(above, field)
    return False
