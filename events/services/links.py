"""Rows that hang on an event as an editor states it: topics, organisers, pictures."""

from __future__ import annotations

from events.models import Event, EventImage, EventOrganiser, Topic
from events.services.values import EventValues, values_of


def links_differ(event: Event, values: EventValues) -> bool:
    stored = values_of(event)
    return (stored.topics, stored.organisers, stored.images) != (
        values.topics,
        values.organisers,
        values.images,
    )


def write_links(event: Event, values: EventValues) -> None:
    """Make the event's rows as ``values`` say; needs a transaction and the event's lock."""
    event.topics.set(Topic.objects.filter(slug__in=values.topics))
    event.organisers.all().delete()
    EventOrganiser.objects.bulk_create(
        EventOrganiser(
            event=event, organisation=each.organisation, role=each.role, position=position
        )
        for position, each in enumerate(values.organisers)
    )
    event.images.all().delete()
    EventImage.objects.bulk_create(
        EventImage(
            event=event,
            position=position,
            url=each.url,
            alt_zh=each.alt.zh,
            alt_en=each.alt.en,
            credit=each.credit,
            licence=each.licence,
        )
        for position, each in enumerate(values.images)
    )
