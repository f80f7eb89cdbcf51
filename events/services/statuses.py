"""Whether an event takes place as announced: postponed, moved online, full, and back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from events.enums import Status
from events.errors import InvalidEvent
from events.models import Event
from events.services.editing import cancel_event, changed, locked_for_change, reinstate_event
from venues.permissions import Actor


@transaction.atomic
def change_status(
    *, event_id: int, seen_sequence: int, status: str, by: Actor, now: datetime
) -> Event:
    """Say how the event stands. Idempotent; a cancelled event is reinstated by it.

    Raises:
        InvalidEvent: there is no such status, or it is to move online without an address.
        NotAllowed, KeptElsewhere, StaleEvent: as ``change_event``.
    """
    if status not in set(Status):
        raise _refusal("status", f"{status!r} is not one of {', '.join(Status)}.")
    if status == Status.CANCELLED:
        return cancel_event(event_id=event_id, seen_sequence=seen_sequence, by=by, now=now)
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if event.status == Status.CANCELLED:
        event = reinstate_event(event_id=event_id, seen_sequence=seen_sequence, by=by, now=now)
    if event.status == status:
        return event
    if status == Status.MOVED_ONLINE and not event.access_url:
        raise _refusal("access_url", "say where to join online before moving it there.")
    before = {"status": event.status}
    event.status = status
    return changed(event, by=by, action="event.status", before=before, now=now)


def _refusal(field: str, message: str) -> InvalidEvent:
    return InvalidEvent(
        f"The event's status cannot change: {field}: {message}",
        problems=[{"field": field, "message": message}],
    )
