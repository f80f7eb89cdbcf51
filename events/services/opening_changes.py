"""Series follow the opening days of their venues."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from events.enums import ClosedDays
from events.models import Event
from events.services.occurrences import refresh_many
from events.services.raising import raise_events
from venues.models import OpeningChange

AT_ONCE = 1_000
_CHUNK = 500


def follow_opening_changes(*, now: datetime) -> int:
    """Judge the dates of series anew whose venues' days may have changed; how many changed.

    A series of which a date falls away or comes back gets its next sequence, so that those who
    follow it hear of it; the others stay untouched. Safe to repeat; at most ``AT_ONCE`` notes in
    one go, in a number of queries that does not grow with the notes.
    """
    notes = list(OpeningChange.objects.values_list("pk", "venue", "country")[:AT_ONCE])
    if not notes:
        return 0
    concerned = _concerned(notes).order_by("pk").values_list("pk", flat=True)
    ids, changed = list(concerned), 0
    for first in range(0, len(ids), _CHUNK):
        changed += _follow(ids[first : first + _CHUNK], now)
    OpeningChange.objects.filter(pk__in=[pk for pk, _, _ in notes]).delete()
    return changed


def _concerned(notes: Iterable[tuple[int, int | None, str]]) -> QuerySet[Event]:
    venues = {venue for _, venue, _ in notes if venue is not None}
    countries = {country for _, _, country in notes if country}
    minding = Event.objects.exclude(on_closed_days=ClosedDays.KEEP)
    return minding.filter(Q(venue__in=venues) | Q(venue__region__country__in=countries))


@transaction.atomic
def _follow(ids: list[int], now: datetime) -> int:
    events = Event.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    touched = refresh_many(events, now=now).touched
    return raise_events(Event.objects.filter(pk__in=touched), now=now) if touched else 0
