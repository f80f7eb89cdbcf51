"""Putting off what museums hold, for as long as their region is suspended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from events.enums import Moderation, Status
from events.models import Event, Occurrence, SourceKind
from events.services.editing import saved
from events.services.local_edits import forget_firm_edits, hold_firmly
from venues.models import Region

Postponed = Mapping[str, Sequence[str]]
"""Event's number (as JSON has keys) → the dates of a series that were called off; none: all of it."""
_CALLED_OFF = {"cancelled": True}


@transaction.atomic
def postpone_events(
    *, region: Region, first: date, end: date, now: datetime
) -> dict[str, list[str]]:
    """Put off the published events of ``region`` and below that begin in ``[first, end)``.

    Single events become postponed. Of a series, the dates inside are called off and the rest
    stands. Both hold whatever an event's own calendar says meanwhile. Stops of tours are not
    among them. The result is to be given to :func:`resume_events`.
    """
    there = Event.objects.filter(
        venue__region__ancestor_paths__ancestor=region,
        moderation=Moderation.PUBLISHED,
        status=Status.SCHEDULED,
    ).exclude(source__kind=SourceKind.TOURING)
    single = there.filter(
        rrule="", lunar_rule="", rdates=[], start_date__gte=first, start_date__lt=end
    )
    dates = _dates_of_series(there, first, end)
    found: dict[str, list[str]] = {}
    for event in _locked(single.values("pk")):
        hold_firmly(event, "status", before={"status": event.status}, now=now)
        event.status = Status.POSTPONED
        saved(event, now)
        found[str(event.pk)] = []
    for event in _locked(list(dates)):
        hold_firmly(event, "dates", before={"overrides": event.overrides}, now=now)
        off = {
            start: {**event.overrides.get(start, {}), **_CALLED_OFF} for start in dates[event.pk]
        }
        event.overrides = dict(sorted({**event.overrides, **off}.items()))
        saved(event, now)
        found[str(event.pk)] = dates[event.pk]
    return found


@transaction.atomic
def resume_events(*, postponed: Postponed, now: datetime) -> int:
    """What was put off takes place as announced, unless somebody decided otherwise meanwhile.

    How many events it were. What other systems keep follows them again from its next reading on.
    """
    changed = 0
    for event in _locked([int(pk) for pk in postponed]):
        before = (event.status, event.overrides)
        if dates := postponed[str(event.pk)]:
            event.overrides = _given_back(event.overrides, dates)
        elif event.status == Status.POSTPONED:
            event.status = Status.SCHEDULED
        if before != (event.status, event.overrides):
            saved(event, now)
            changed += 1
    forget_firm_edits(event_ids=[int(pk) for pk in postponed])
    return changed


def _dates_of_series(there: QuerySet[Event], first: date, end: date) -> dict[int, list[str]]:
    """Event → the original starts of its dates in ``[first, end)`` that take place."""
    rows = Occurrence.objects.filter(
        event__in=there.exclude(rrule="", lunar_rule="", rdates=[]).values("pk"),
        start_date__gte=first,
        start_date__lt=end,
        is_cancelled=False,
        withdrawn_at=None,
    )
    found: dict[int, list[str]] = defaultdict(list)
    for event, start in rows.order_by("event", "original_start").values_list(
        "event", "original_start"
    ):
        found[event].append(start)
    return dict(found)


def _given_back(overrides: Mapping[str, Any], dates: Sequence[str]) -> dict[str, Any]:
    """The overrides without the calling off of ``dates``; other words about a date stay."""
    back = {
        start: {name: value for name, value in changes.items() if name != "cancelled"}
        if start in dates
        else changes
        for start, changes in overrides.items()
    }
    return {start: changes for start, changes in back.items() if changes}


def _locked(ids: Any) -> list[Event]:
    found = Event.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    return list(found.select_related("venue", "source").order_by("pk"))
