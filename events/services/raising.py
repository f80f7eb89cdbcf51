"""Saying that what events show has changed although their own columns have not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from events.models import Event
from venues.models import Organisation


def raise_events(events: QuerySet[Event], *, now: datetime) -> int:
    """Give ``events`` the next sequence and ``changed_at``, in one statement; how many there were.

    To be called whenever the name of a topic, organiser or campaign changes, or an event joins or
    leaves one: calendars show these names, and follow nothing but the event's own counters.
    """
    return events.order_by().update(sequence=F("sequence") + 1, changed_at=now)


def raise_for_organisation(instance: Organisation, **_: Any) -> None:
    """Receiver of ``pre_save``: the ground floor does not know the events that show its names."""
    stored = Organisation.objects.filter(pk=instance.pk).values_list("name_zh", "name_en")
    if instance.pk is not None and list(stored) not in ([], [(instance.name_zh, instance.name_en)]):
        shown = Event.objects.filter(organisers__organisation=instance.pk)
        raise_events(Event.objects.filter(pk__in=shown.values("pk")), now=instance.changed_at)
