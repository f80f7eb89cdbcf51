"""Opening rules: taken whole, checked whole, replaced whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, Stale, field_problem
from venues.models import OpeningChange, OpeningRule, Venue
from venues.opening import InvalidRules, parse_rules
from venues.permissions import Actor, can_edit_venue, require
from venues.services import audit
from venues.services.venues import touch_venue


@transaction.atomic
def set_opening_rules(
    *,
    venue: Venue,
    document: Any,
    by: Actor | None,
    now: datetime,
    seen_version: int | None = None,
) -> OpeningRule:
    """Let ``document`` say when the venue is open; the same one again changes nothing.

    ``seen_version`` is the version the writer looked at (0: there were none), ``None`` any.

    Raises:
        NotAllowed: ``by`` may not edit the venue.
        Invalid: the document cannot be understood; every problem has its JSON path.
        Stale: somebody else wrote meanwhile.
    """
    _require_editor(by, venue, now)
    try:
        parse_rules(document)
    except InvalidRules as refusal:
        problems = [field_problem(path, message) for path, message in refusal.problems]
        raise Invalid("The opening rules cannot be understood.", problems=problems) from refusal
    Venue.objects.select_for_update().get(pk=venue.pk)  # the rule's row need not exist yet
    rule = OpeningRule.objects.filter(venue=venue).first()
    _require_current(rule, seen_version)
    if rule is None:
        rule = OpeningRule(venue=venue, version=0)
    elif rule.document == document:
        return rule
    before = {"document": rule.document} if rule.version else None
    rule.document, rule.changed_at = document, now
    rule.changed_by_id = by.pk if by is not None else None
    rule.version += 1
    rule.save()
    OpeningChange.objects.create(venue=venue, noted_at=now)
    touch_venue(venue, now=now)
    after = {"document": document}
    audit.record(by=by, action="opening.set", subject=rule, now=now, before=before, after=after)
    return rule


def _require_current(rule: OpeningRule | None, seen_version: int | None) -> None:
    current = 0 if rule is None else rule.version
    if seen_version is not None and seen_version != current:
        message = f"You looked at version {seen_version}; it is {current} now. Read it again."
        raise Stale(message, current=current)


def _require_editor(by: Actor | None, venue: Venue, now: datetime) -> None:
    allowed = can_edit_venue(by, venue, localdate(now))
    require(allowed, "You may not edit this venue.", venue=venue.slug)
