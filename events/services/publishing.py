"""The editorial way of an event: draft, submitted, returned, published, archived."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from events.enums import Moderation
from events.errors import InvalidEvent, NothingToPublish, WrongState
from events.models import Event
from events.permissions import can_edit, can_publish, day_of
from events.services.cleaning import many_lines
from events.services.editing import check_seen, locked
from events.services.history import note_publication
from events.services.occurrences import refresh_occurrences
from venues.errors import NotAllowed
from venues.permissions import Actor
from venues.services.audit import record

LONGEST_REASON = 2_000

_Question = Callable[[Actor, Event, date], bool]
_FROM = {
    Moderation.SUBMITTED: (Moderation.DRAFT, Moderation.RETURNED),
    Moderation.RETURNED: (Moderation.SUBMITTED,),
    Moderation.PUBLISHED: (
        *(Moderation.DRAFT, Moderation.SUBMITTED),
        *(Moderation.RETURNED, Moderation.ARCHIVED),
    ),
    Moderation.ARCHIVED: tuple(state for state in Moderation if state != Moderation.ARCHIVED),
}

_VERBS = {
    Moderation.SUBMITTED: "submit",
    Moderation.RETURNED: "return",
    Moderation.PUBLISHED: "publish",
    Moderation.ARCHIVED: "archive",
}


@transaction.atomic
def publish_event(*, event_id: int, seen_sequence: int, by: Actor, now: datetime) -> Event:
    """Show an event to the world.

    ``seen_sequence`` is the sequence the caller looked at; it guards against publishing text
    that a colleague has just changed.

    Raises:
        NotAllowed: ``by`` may not publish for this venue.
        StaleEvent: the event was changed since the caller read it.
        WrongState: it is published already.
        NothingToPublish: the rule yields no date inside the horizon.
    """
    event = _moved(event_id, Moderation.PUBLISHED, seen_sequence, can_publish, by, now)
    if refresh_occurrences(event, now=now) == 0:
        raise NothingToPublish(
            "The event has no date that takes place in the coming two years; "
            "check its rule and its cancelled dates.",
            rrule=event.rrule,
        )
    return event


@transaction.atomic
def submit_event(*, event_id: int, seen_sequence: int, by: Actor, now: datetime) -> Event:
    """Ask those who may publish to do so.

    Raises:
        NotAllowed: ``by`` may not edit events of this venue.
        StaleEvent, WrongState: as :func:`publish_event`.
    """
    return _moved(event_id, Moderation.SUBMITTED, seen_sequence, can_edit, by, now)


@transaction.atomic
def return_event(
    *, event_id: int, seen_sequence: int, reason: str, by: Actor, now: datetime
) -> Event:
    """Give a submitted event back to its editors, who read ``reason`` until they submit again.

    Raises:
        InvalidEvent: there is no reason, or more than 2,000 characters of it.
        NotAllowed, StaleEvent, WrongState: as :func:`publish_event`.
    """
    reason = many_lines(reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        message = f"say in at most {LONGEST_REASON} characters what is to be done."
        raise InvalidEvent(
            f"The event cannot be returned: reason: {message}",
            problems=[{"field": "reason", "message": message}],
        )
    return _moved(event_id, Moderation.RETURNED, seen_sequence, can_publish, by, now, reason)


@transaction.atomic
def archive_event(*, event_id: int, seen_sequence: int, by: Actor, now: datetime) -> Event:
    """Take an event out of sight. Raises as :func:`publish_event`.

    What was published and does not take place is to be cancelled instead: those who follow a
    calendar are told of a cancellation, while an archived event is silently gone.
    """
    return _moved(event_id, Moderation.ARCHIVED, seen_sequence, can_publish, by, now)


def _moved(
    event_id: int,
    to: Moderation,
    seen_sequence: int,
    may: _Question,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> Event:
    event = locked(event_id)
    if not may(by, event, day_of(event, now)):
        place = event.venue or event.source.venue
        raise NotAllowed(
            "You may not do this with events of this venue; ask its publisher.",
            venue=place.slug if place else None,
        )
    check_seen(event, seen_sequence)
    if event.moderation not in _FROM[to]:
        raise WrongState(
            f"The event is {event.moderation}, so it cannot become {to.value}.",
            moderation=event.moderation,
        )
    before = {"moderation": event.moderation}
    event.moderation = to
    event.return_reason = reason
    event.sequence += 1
    event.changed_at = now
    note_publication(event, now=now)
    event.save(
        update_fields=["published_at", "moderation", "return_reason", "sequence", "changed_at"]
    )
    after = {"moderation": to.value}
    action = f"event.{_VERBS[to]}"
    record(by=by, action=action, subject=event, now=now, before=before, after=after, note=reason)
    return event
