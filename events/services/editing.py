"""Events as people write them: made, changed, cancelled, one date moved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from events.enums import Moderation, Status
from events.errors import InvalidEvent, NoSuchDate, StaleEvent
from events.models import Event, Source, SourceKind
from events.permissions import can_edit, can_edit_at, can_publish, can_publish_at, day_of
from events.services.checking import DATE_TEXTS, checked, checked_date_texts
from events.services.history import note_publication, set_columns
from events.services.links import links_differ, write_links
from events.services.local_edits import remember_change, remember_edits
from events.services.occurrences import refresh_occurrences, starts_of
from events.services.sources import public_uid_of, source_named
from events.services.values import EventValues, columns_of
from venues.errors import NotAllowed
from venues.permissions import Actor
from venues.services.audit import record


@transaction.atomic
def create_event(
    *,
    values: EventValues,
    by: Actor,
    now: datetime,
    source: Source | None = None,
    uid: str = "",
) -> Event:
    """Write a draft. Without ``source`` it belongs to what is typed in by hand.

    Raises:
        NotAllowed: ``by`` may not write events for this venue.
        InvalidEvent: values no event can have.
    """
    values = checked(values)
    source = source or source_named(slug="local", kind=SourceKind.LOCAL, name="手工录入", now=now)
    uid = uid or str(uuid.uuid4())
    event = Event(
        source=source,
        uid=uid,
        public_uid=public_uid_of(source_slug=source.slug, uid=uid),
        moderation=Moderation.DRAFT,
        created_at=now,
        changed_at=now,
    )
    set_columns(event, columns_of(values), now=now)
    if not can_edit_at(by, values.venue, source, day_of(event, now)):
        raise _not_yours(event)
    event.save(force_insert=True)
    write_links(event, values)
    refresh_occurrences(event, now=now)
    after = {"title_zh": event.title_zh, "start_date": event.start_date}
    record(by=by, action="event.write", subject=event, now=now, after=after)
    return event


@transaction.atomic
def change_event(
    *, event_id: int, seen_sequence: int, values: EventValues, by: Actor, now: datetime
) -> Event:
    """Make the event as ``values`` say; nothing is written when it already is.

    Changes of single dates stay with their day when the whole series moves to another hour.

    Raises:
        NotAllowed: ``by`` may not change it, or not take it to the new venue, or it is
            published and ``by`` may not publish.
        KeptElsewhere: it is read from its source again and again.
        StaleEvent: it was changed since the caller read it.
        InvalidEvent: values no event can have.
    """
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    values = checked(values)
    may = can_publish_at if event.moderation == Moderation.PUBLISHED else can_edit_at
    if not may(by, values.venue, event.source, day_of(event, now)):
        raise _not_yours(event)
    wanted = columns_of(values)
    if not links_differ(event, values) and all(
        getattr(event, name) == value for name, value in wanted.items()
    ):
        return event
    remember_change(event, wanted, topics=values.topics, by=by, now=now)
    before = {name: getattr(event, name) for name in wanted}
    set_columns(event, wanted, now=now)
    event.overrides = rekeyed(event, now)
    write_links(event, values)
    return changed(event, by=by, action="event.change", before=before, now=now)


@transaction.atomic
def cancel_event(*, event_id: int, seen_sequence: int, by: Actor, now: datetime) -> Event:
    """Say that the event does not take place; dates that are over stay as they were.

    Idempotent. Raises as :func:`change_event`.
    """
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if event.status == Status.CANCELLED:
        return event
    remember_edits(event, ["status"], before={"status": event.status}, by=by, now=now)
    before = {"status": event.status}
    event.status, event.cancelled_from = Status.CANCELLED, now
    return changed(event, by=by, action="event.cancel", before=before, now=now)


@transaction.atomic
def reinstate_event(*, event_id: int, seen_sequence: int, by: Actor, now: datetime) -> Event:
    """Take back a cancellation. Idempotent. Raises as :func:`change_event`."""
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if event.status != Status.CANCELLED:
        return event
    remember_edits(event, ["status"], before={"status": event.status}, by=by, now=now)
    before = {"status": event.status}
    event.status, event.cancelled_from = Status.SCHEDULED, None
    return changed(event, by=by, action="event.reinstate", before=before, now=now)


def cancel_date(
    *, event_id: int, original_start: str, seen_sequence: int, by: Actor, now: datetime
) -> Event:
    """Cancel one date; ``original_start`` is the occurrence's. Raises as :func:`move_date`."""
    return _change_date(event_id, original_start, {"cancelled": True}, seen_sequence, by, now)


def restore_date(
    *, event_id: int, original_start: str, seen_sequence: int, by: Actor, now: datetime
) -> Event:
    """Make one date as the rule gives it again. Raises as :func:`move_date`."""
    return _change_date(event_id, original_start, {}, seen_sequence, by, now)


def move_date(
    *,
    event_id: int,
    original_start: str,
    start: date | datetime,
    end: date | datetime,
    seen_sequence: int,
    by: Actor,
    now: datetime,
) -> Event:
    """Move one date to ``[start, end)``, wall clock in the event's zone; its UID stays.

    Raises:
        NoSuchDate: the event's rule does not give ``original_start``.
        InvalidEvent: ``end`` is before ``start``, or they are not of the event's kind.
        NotAllowed, KeptElsewhere, StaleEvent: as :func:`change_event`.
    """
    changes = {"start": start.isoformat(), "end": end.isoformat()}
    return _change_date(event_id, original_start, changes, seen_sequence, by, now, (start, end))


def describe_date(
    *,
    event_id: int,
    original_start: str,
    texts: Mapping[str, str],
    seen_sequence: int,
    by: Actor,
    now: datetime,
) -> Event:
    """Say on one date what is different there: ``DATE_TEXTS`` by column, an empty one is usual.

    Raises:
        InvalidEvent: a text is too long, or no web address.
        NoSuchDate, NotAllowed, KeptElsewhere, StaleEvent: as :func:`move_date`.
    """
    words = checked_date_texts(texts)
    return _change_date(event_id, original_start, words, seen_sequence, by, now)


def locked_for_change(event_id: int, seen_sequence: int, *, by: Actor, now: datetime) -> Event:
    """The event, locked, if ``by`` may change its content; needs a transaction."""
    event = locked(event_id)
    may = can_publish if event.moderation == Moderation.PUBLISHED else can_edit
    if not may(by, event, day_of(event, now)):
        raise _not_yours(event)
    check_seen(event, seen_sequence)
    return event


def locked(event_id: int) -> Event:
    events = Event.objects.select_for_update(of=("self",))
    return events.select_related("venue", "source__venue").get(pk=event_id)


def check_seen(event: Event, seen_sequence: int) -> None:
    if event.sequence != seen_sequence:
        raise StaleEvent(
            "The event has changed in the meantime; read it again and repeat your change.",
            sequence=event.sequence,
        )


@transaction.atomic
def _change_date(
    event_id: int,
    original_start: str,
    changes: Mapping[str, Any],
    seen_sequence: int,
    by: Actor,
    now: datetime,
    span: tuple[date, date] | None = None,
) -> Event:
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if not event.occurrences.filter(
        original_start=original_start, withdrawn_at__isnull=True
    ).exists():
        raise NoSuchDate(
            f"The event has no date that was to start at {original_start}.",
            original_start=original_start,
        )
    if span is not None:
        _check_span(event, *span)
    overrides = {key: value for key, value in event.overrides.items() if key != original_start}
    if changes:
        known = event.overrides.get(original_start, {})
        is_wording = changes.keys() <= set(DATE_TEXTS)
        kept = {name: value for name, value in known.items() if is_wording or name in DATE_TEXTS}
        stated = {name: value for name, value in {**kept, **changes}.items() if value != ""}
        if stated:
            overrides[original_start] = stated
    if overrides == event.overrides:
        return event
    before = {"overrides": event.overrides}
    remember_edits(event, ["overrides"], before=before, by=by, now=now)
    event.overrides = dict(sorted(overrides.items()))
    return changed(event, by=by, action="event.change-date", before=before, now=now)


def _check_span(event: Event, start: date, end: date) -> None:
    wanted = date if event.is_all_day else datetime
    problem = ""
    if type(start) is not wanted or type(end) is not wanted:
        problem = "Give days for an event of whole days, otherwise wall clocks."
    elif any(getattr(value, "tzinfo", None) for value in (start, end)):
        problem = f"Give wall clocks in {event.timezone}, without an offset."
    elif end < start or (end == start and event.is_all_day):
        problem = f"The end, {end}, must come after the start, {start}."
    if problem:
        raise InvalidEvent(problem, problems=[{"field": "start", "message": problem}])


def rekeyed(event: Event, now: datetime) -> dict[str, Any]:
    """Overrides under the starts the rule now gives; those of days without one are dropped."""
    starts = starts_of(event, now=now)
    by_day = {start[:10]: start for start in reversed(starts)}
    found = {
        key if key in starts else by_day.get(key[:10]): changes
        for key, changes in event.overrides.items()
    }
    return {key: changes for key, changes in found.items() if key is not None}


def saved(event: Event, now: datetime) -> Event:
    """The changed event, written with the next sequence and its dates; the caller holds its lock."""
    event.sequence += 1
    event.changed_at = now
    note_publication(event, now=now)
    event.save(force_update=True)
    refresh_occurrences(event, now=now)
    return event


def changed(
    event: Event, *, by: Actor, action: str, before: Mapping[str, Any], now: datetime
) -> Event:
    """:func:`saved`, with an entry in the audit log; ``before``: the columns as they were."""
    saved(event, now)
    after = {name: getattr(event, name) for name in before}
    record(by=by, action=action, subject=event, now=now, before=dict(before), after=after)
    return event


def _not_yours(event: Event) -> NotAllowed:
    place = event.venue or event.source.venue
    return NotAllowed(
        "You may not change events of this venue, or not once they are published; "
        "ask its publisher.",
        venue=place.slug if place else None,
    )
