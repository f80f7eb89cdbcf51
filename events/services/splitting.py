"""“This and all that follow”: a series ends, and another one begins where it ended."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from events.enums import Moderation, Status
from events.errors import InvalidEvent, KeptElsewhere, NoSuchDate
from events.models import Event, EventReference, Participation, SourceKind
from events.permissions import can_edit_at, can_publish_at, day_of
from events.recurrence.expand import expand
from events.recurrence.rule import Rule, parse_rule
from events.services.checking import checked
from events.services.editing import changed, locked_for_change, rekeyed
from events.services.history import note_publication, set_columns
from events.services.links import write_links
from events.services.occurrences import refresh_occurrences
from events.services.sources import public_uid_of
from events.services.values import EventValues, columns_of, values_of
from venues.errors import NotAllowed
from venues.permissions import Actor

_MOST_STARTS = 20_000


def values_from(event: Event, original_start: str) -> EventValues:
    """What the series from ``original_start`` on would say if nothing else were changed.

    Its first date is the one that was to start then; what is left of COUNT, of the single dates
    and of the exceptions goes with it.

    Raises:
        NoSuchDate: neither the rule nor the single dates of the event give that start.
        InvalidEvent: it is the first date, or a single one of a series by rule.
    """
    values = values_of(event)
    at = _read(values, original_start)
    rule = parse_rule(values.rrule) if values.rrule else None
    _check_start(event, values, rule, at)
    if rule is not None and rule.count is not None:
        rule = replace(rule, count=rule.count - len(_starts_before(values, rule, at)))
    return replace(
        values,
        start=at,
        end=at + (event.wall_end - event.wall_start),
        rrule=rule.as_text(start=at, timezone=values.timezone) if rule is not None else "",
        rdates=tuple(each for each in values.rdates if each > at),
        exdates=tuple(each for each in values.exdates if each > at),
    )


@transaction.atomic
def split_series(
    *,
    event_id: int,
    original_start: str,
    values: EventValues,
    seen_sequence: int,
    by: Actor,
    now: datetime,
) -> Event:
    """End the series before ``original_start`` and begin a new one as ``values`` say; that one.

    Start from :func:`values_from`. Dates before keep their UIDs. Those from there on get the new
    series' UIDs; under the old ones they stay as cancelled for those who follow them. What was
    said of single dates, pauses, references and campaigns goes along; invitations stay behind.

    Raises:
        NoSuchDate, InvalidEvent: as :func:`values_from`; or no event can have the values.
        KeptElsewhere: its source would undo it.
        NotAllowed, StaleEvent: as ``change_event``.
    """
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if event.source.kind in (SourceKind.SUBSCRIPTION, SourceKind.TOURING):
        raise KeptElsewhere(
            f"This series is kept in “{event.source}”; split it where it comes from.",
            source=event.source.slug,
        )
    if event.status == Status.CANCELLED:
        raise _refusal("The series is cancelled; reinstate it first.")
    values_from(event, original_start)  # refuses what cannot be a beginning
    values = checked(values)
    new = _begun(event, original_start, values, by, now)
    before = {"rrule": event.rrule}
    _end_before(event, original_start)
    changed(event, by=by, action="event.split", before=before, now=now)
    return new


def _begun(
    event: Event, original_start: str, values: EventValues, by: Actor, now: datetime
) -> Event:
    uid = str(uuid.uuid4())
    new = Event(
        source=event.source,
        uid=uid,
        public_uid=public_uid_of(source_slug=event.source.slug, uid=uid),
        moderation=event.moderation,
        status=event.status,
        pauses=event.pauses,
        created_at=now,
        changed_at=now,
    )
    set_columns(new, columns_of(values), now=now)
    may = can_publish_at if event.moderation == Moderation.PUBLISHED else can_edit_at
    if not may(by, values.venue, event.source, day_of(new, now)):
        raise NotAllowed("You may not write events of that venue; ask its publisher.")
    following = {at: what for at, what in event.overrides.items() if at >= original_start}
    new.overrides = following
    new.overrides = rekeyed(new, now)
    note_publication(new, now=now)
    new.save(force_insert=True)
    write_links(new, values)
    _copy_rows(event, new)
    refresh_occurrences(new, now=now)
    return new


def _copy_rows(event: Event, new: Event) -> None:
    EventReference.objects.bulk_create(
        EventReference(event=new, refid=each.refid) for each in event.references.all()
    )
    rows = list(event.participations.all())
    for row in rows:
        row.pk, row.event = None, new
    Participation.objects.bulk_create(rows)


def _end_before(event: Event, original_start: str) -> None:
    """Let the event give nothing from there on. Saves nothing."""
    values = values_of(event)
    at = _read(values, original_start)
    if values.rrule:
        rule = parse_rule(values.rrule)
        last = _starts_before(values, rule, at)[-1]
        ended = replace(rule, count=None, until=last)
        event.rrule = ended.as_text(start=values.start, timezone=values.timezone)
    if event.lunar_rule:
        event.lunar_until = _day(at) - timedelta(days=1)
    event.rdates = [each for each in event.rdates if each < original_start]
    event.exdates = [each for each in event.exdates if each < original_start]
    event.overrides = {k: what for k, what in event.overrides.items() if k < original_start}


def _check_start(event: Event, values: EventValues, rule: Rule | None, at: date) -> None:
    known = event.occurrences.filter(original_start=at.isoformat(), withdrawn_at__isnull=True)
    if not known.exists():
        raise NoSuchDate(
            f"The event has no date that was to start at {at.isoformat()}.",
            original_start=at.isoformat(),
        )
    if at <= values.start:
        raise _refusal("It is the first date; change the series itself.")
    if (rule is not None or values.lunar_rule) and at in values.rdates:
        raise _refusal("This date was added by itself; begin with one that the rule gives.")


def _starts_before(values: EventValues, rule: Rule, at: date) -> tuple[date, ...]:
    """The starts by the rule, the first date included, that come before ``at``."""
    found = expand(
        rule,
        (),
        (),
        values.start,
        values.end,
        values.timezone,
        window_first=values.start,
        window_end=at,
        limit=_MOST_STARTS,
    )
    if found.truncated:
        raise _refusal("The series has too many dates before this one.")
    return found.starts


def _read(values: EventValues, original_start: str) -> Any:
    """The start as a day or wall clock, whichever the series has."""
    try:
        return type(values.start).fromisoformat(original_start)
    except ValueError:
        raise NoSuchDate(
            f"{original_start!r} is no start of this event.", original_start=original_start
        ) from None


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _refusal(message: str) -> InvalidEvent:
    return InvalidEvent(message, problems=[{"field": "start", "message": message}])
