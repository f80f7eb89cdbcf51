"""May this user …? On the day ``on`` in the event's own calendar; plain yes or no."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from events.enums import Moderation, Visibility
from events.models import Event, Source
from events.recurrence.zones import zone
from venues.models import Role, Venue
from venues.permissions import EDITORS, Actor, can_edit_venue, can_publish_for, venues_of


def can_edit_at(user: Actor, venue: Venue | None, source: Source, on: date) -> bool:
    """Whether ``user`` may write events of ``source`` at ``venue``.

    An event without a venue (online) belongs to the venue of its source; where there is none
    either, to the administrators of the whole installation.
    """
    place = venue or source.venue
    return _is_superuser(user) if place is None else can_edit_venue(user, place, on)


def can_edit(user: Actor, event: Event, on: date) -> bool:
    """Whether ``user`` may change the event as long as it is not published."""
    return can_edit_at(user, event.venue, event.source, on)


def can_publish(user: Actor, event: Event, on: date) -> bool:
    """Whether ``user`` may publish the event, and change it when it is published."""
    return can_publish_at(user, event.venue, event.source, on)


def can_publish_at(user: Actor, venue: Venue | None, source: Source, on: date) -> bool:
    place = venue or source.venue
    return _is_superuser(user) if place is None else can_publish_for(user, place, on)


def visible_to(user: Actor, on: date) -> QuerySet[Event]:
    """What ``user`` may see: what all may, published entries for hosts at venues where ``user``
    has any role, and everything at venues that ``user`` edits."""
    public = Q(moderation=Moderation.PUBLISHED, visibility=Visibility.PUBLIC)
    if not user.is_active:
        return Event.objects.filter(public)
    if _is_superuser(user):
        return Event.objects.all()
    hosted = Q(moderation=Moderation.PUBLISHED, venue__in=venues_of(user, Role.values, on=on))
    return Event.objects.filter(public | hosted | _edited_by(user, on))


def edited_by(user: Actor, on: date) -> QuerySet[Event]:
    """Events of the venues that ``user`` edits, whatever their state."""
    if _is_superuser(user):
        return Event.objects.all()
    return Event.objects.filter(_edited_by(user, on))


def _edited_by(user: Actor, on: date) -> Q:
    venues = venues_of(user, EDITORS, on=on)
    return Q(venue__in=venues) | Q(venue__isnull=True, source__venue__in=venues)


def day_of(event: Event, now: datetime) -> date:
    """The calendar day at ``now`` where the event takes place."""
    return now.astimezone(zone(event.timezone)).date()


def _is_superuser(user: Actor) -> bool:
    return user.is_active and user.is_superuser
