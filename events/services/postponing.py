"""Putting off what museums hold, for as long as their region is suspended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from events.enums import Moderation, Status
from events.models import Event, SourceKind
from events.services.occurrences import refresh_occurrences
from venues.models import Region


@transaction.atomic
def postpone_events(*, region: Region, first: date, end: date, now: datetime) -> list[int]:
    """Put off the published events of ``region`` and below that begin in ``[first, end)``.

    Their numbers, to be given to :func:`resume_events`. Series are left alone, since most of
    their dates lie outside; what other systems or tours keep follows those.
    """
    found = Event.objects.select_for_update(of=("self",)).filter(
        source__kind=SourceKind.LOCAL,
        venue__region__ancestor_paths__ancestor=region,
        moderation=Moderation.PUBLISHED,
        status=Status.SCHEDULED,
        rrule="",
        start_date__gte=first,
        start_date__lt=end,
    )
    return [_turn(event, Status.POSTPONED, now) for event in found.order_by("pk")]


@transaction.atomic
def resume_events(*, ids: Collection[int], now: datetime) -> int:
    """What was put off takes place as announced, unless somebody decided otherwise meanwhile."""
    found = Event.objects.select_for_update(of=("self",)).filter(
        pk__in=ids, status=Status.POSTPONED
    )
    return len([_turn(event, Status.SCHEDULED, now) for event in found.order_by("pk")])


def _turn(event: Event, status: Status, now: datetime) -> int:
    event.status = status
    event.sequence += 1
    event.changed_at = now
    event.save(update_fields=["status", "sequence", "changed_at"])
    refresh_occurrences(event, now=now)
    return event.pk
