"""Events pushed by programs under their own identifiers: the same push twice is one event."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from events.errors import KeptElsewhere
from events.models import Event, Source, SourceKind
from events.permissions import Actor, can_edit_at, can_publish, day_of
from events.services.editing import change_event, create_event
from events.services.publishing import publish_event, submit_event
from events.services.sources import source_named
from events.services.values import EventValues
from venues.errors import NotAllowed
from venues.models import Venue


@transaction.atomic
def push_event(
    *,
    source_slug: str,
    uid: str,
    values: EventValues,
    by: Actor,
    now: datetime,
    seen_sequence: int | None = None,
) -> tuple[Event, bool]:
    """Make the sender's event as ``values`` say; ``True`` when there was none before.

    A new source belongs to the event's venue. A new event is published at once when ``by`` may
    publish, otherwise it waits as submitted. Without ``seen_sequence`` the sender's word counts,
    whatever has been edited here since.

    Raises:
        NotAllowed: ``by`` may not write at this venue, or the source is another venue's.
        KeptElsewhere: events of this source do not come from pushes.
        StaleEvent, InvalidEvent, NothingToPublish: as when edited by hand.
    """
    source = _source(source_slug, values.venue, by, now)
    event = Event.objects.select_for_update(of=("self",)).filter(source=source, uid=uid).first()
    if event is not None:
        seen = event.sequence if seen_sequence is None else seen_sequence
        changed = change_event(event_id=event.pk, seen_sequence=seen, values=values, by=by, now=now)
        return changed, False
    event = create_event(values=values, by=by, now=now, source=source, uid=uid)
    onwards = publish_event if can_publish(by, event, day_of(event, now)) else submit_event
    return onwards(event_id=event.pk, seen_sequence=event.sequence, by=by, now=now), True


def _source(slug: str, venue: Venue | None, by: Actor, now: datetime) -> Source:
    """The source, locked, so that two first pushes of one event do not both make it."""
    if not Source.objects.filter(slug=slug).exists():
        unsaved = Source(slug=slug, kind=SourceKind.API, venue=venue)
        if not can_edit_at(by, venue, unsaved, localdate(now)):
            raise NotAllowed("You may not open a source of events for this venue.", source=slug)
        source_named(slug=slug, kind=SourceKind.API, name=slug, venue=venue, now=now)
    source = Source.objects.select_for_update(of=("self",)).select_related("venue").get(slug=slug)
    if source.kind != SourceKind.API:
        raise KeptElsewhere(
            f"Events of “{source}” are not pushed; choose a source name of your own.", source=slug
        )
    if source.venue is not None and not can_edit_at(by, source.venue, source, localdate(now)):
        raise NotAllowed("This source belongs to another venue; choose another name.", source=slug)
    return source
