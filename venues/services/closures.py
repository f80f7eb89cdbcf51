"""Entering and lifting closures of venues and spaces."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid, field_problem
from venues.models import Closure, OpeningChange, Space, Venue
from venues.permissions import Actor, can_edit_venue, require
from venues.services import audit
from venues.services.venues import touch_venue
from venues.spans import DaySpan
from venues.texts import forbidden_characters

_SAID = ("space", "first_date", "end_date", "reason_zh", "reason_en")


@transaction.atomic
def add_closure(
    *,
    venue: Venue,
    span: DaySpan,
    by: Actor | None,
    now: datetime,
    space: Space | None = None,
    reason_zh: str = "",
    reason_en: str = "",
) -> Closure:
    """Close a venue, or one of its spaces, on the days of ``span``.

    Closures of the same place for the same reasons become one row where they overlap or touch, so
    entering a closure twice changes nothing. With different reasons they stay apart, because each
    may be lifted without the other; a day is closed when any of them says so.

    Raises:
        NotAllowed: ``by`` may not edit the venue.
        Invalid: the space belongs to another venue, or a reason cannot be stored.
    """
    _require_editor(by, venue, now)
    problems = _problems(venue, space, reason_zh, reason_en)
    if problems:
        raise Invalid("The closure cannot be entered.", problems=problems)
    Venue.objects.select_for_update().get(pk=venue.pk)  # two that touch must see each other
    alike = Closure.objects.filter(
        venue=venue,
        space=space,
        reason_zh=reason_zh,
        reason_en=reason_en,
        first_date__lte=span.end,
        end_date__gte=span.first,
    ).order_by("first_date")
    merged = list(alike)
    first = min([span.first, *(closure.first_date for closure in merged)])
    end = max([span.end, *(closure.end_date for closure in merged)])
    if merged and (merged[0].first_date, merged[0].end_date) == (first, end):
        return merged[0]
    kept = merged[0] if merged else Closure(venue=venue, space=space)
    kept.reason_zh, kept.reason_en = reason_zh, reason_en
    kept.first_date, kept.end_date = first, end
    kept.save()
    Closure.objects.filter(pk__in=[closure.pk for closure in merged[1:]]).delete()
    OpeningChange.objects.create(venue=venue, noted_at=now)
    touch_venue(venue, now=now)
    after = audit.fields_of(kept, *_SAID)
    audit.record(by=by, action="closure.add", subject=kept, now=now, after=after)
    return kept


@transaction.atomic
def remove_closure(*, closure: Closure, by: Actor | None, now: datetime) -> None:
    """Lift a closure as a whole. Raises: NotAllowed."""
    _require_editor(by, closure.venue, now)
    venue = closure.venue
    before = audit.fields_of(closure, *_SAID)
    audit.record(by=by, action="closure.remove", subject=closure, now=now, before=before)
    closure.delete()
    OpeningChange.objects.create(venue=venue, noted_at=now)
    touch_venue(venue, now=now)


def _require_editor(by: Actor | None, venue: Venue, now: datetime) -> None:
    allowed = can_edit_venue(by, venue, localdate(now))
    require(allowed, "You may not edit this venue.", venue=venue.slug)


def _problems(
    venue: Venue, space: Space | None, reason_zh: str, reason_en: str
) -> list[dict[str, str]]:
    problems = []
    if space is not None and space.venue_id != venue.pk:
        problems.append(field_problem("space", f"{space.code} is not a space of {venue.slug}."))
    for field, reason in (("reason_zh", reason_zh), ("reason_en", reason_en)):
        if len(reason) > 200 or forbidden_characters(reason):
            problems.append(field_problem(field, "Must be at most 200 visible characters."))
    return problems
