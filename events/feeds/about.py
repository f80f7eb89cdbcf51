"""What is filed beside events and shown with them: topics, organisers, campaigns, a picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from events.enums import LICENCES_THAT_LEAVE, CampaignState, OrganiserRole, ParticipationState
from events.ical.entry import Text
from events.models import Event, EventImage, EventOrganiser, EventReference, Participation

_NAMES = ("name_zh", "name_en")


@dataclass(frozen=True)
class Label:
    """Something with a page of its own: its slug and name."""

    slug: str
    name: Text


@dataclass(frozen=True)
class Maker:
    """An organisation in its role."""

    role: OrganiserRole
    slug: str
    name: Text
    website: str = ""


@dataclass(frozen=True)
class Image:
    """A picture whose licence lets it leave."""

    url: str
    alt: Text
    credit: str
    licence: str


@dataclass(frozen=True)
class About:
    """Everything that an entry shows beside its event's own columns."""

    topics: tuple[Label, ...] = ()
    organisers: tuple[Maker, ...] = ()
    campaigns: tuple[Label, ...] = ()
    images: tuple[Image, ...] = ()
    refids: tuple[str, ...] = ()


NOTHING = About()


def about_events(event_ids: Collection[int]) -> Mapping[int, About]:
    """What is filed beside each event; five queries for any number. Forbidden pictures stay out."""
    topics = _topics(event_ids)
    organisers = _organisers(event_ids)
    campaigns = _campaigns(event_ids)
    images = _images(event_ids)
    refids = _grouped(
        EventReference.objects.filter(event_id__in=event_ids)
        .order_by("refid")
        .values_list("event_id", "refid")
    )
    return {
        pk: About(
            topics=tuple(Label(slug, Text(zh, en)) for slug, zh, en in topics[pk]),
            organisers=tuple(
                Maker(OrganiserRole(role), slug, Text(zh, en), website)
                for role, slug, website, zh, en in organisers[pk]
            ),
            campaigns=tuple(Label(slug, Text(zh, en)) for slug, zh, en in campaigns[pk]),
            images=tuple(
                Image(url, Text(zh, en), credit, licence)
                for url, zh, en, credit, licence in images[pk]
            ),
            refids=tuple(refid for (refid,) in refids[pk]),
        )
        for pk in event_ids
    }


def _topics(event_ids: Collection[int]) -> dict[int, list[Any]]:
    tagged = Event.topics.through.objects.filter(event_id__in=event_ids).order_by("topic__slug")
    return _grouped(
        tagged.values_list("event_id", "topic__slug", *(f"topic__{name}" for name in _NAMES))
    )


def _organisers(event_ids: Collection[int]) -> dict[int, list[Any]]:
    rows = EventOrganiser.objects.filter(event_id__in=event_ids).order_by("position", "pk")
    columns = ("slug", "website", *_NAMES)
    return _grouped(
        rows.values_list("event_id", "role", *(f"organisation__{name}" for name in columns))
    )


def _campaigns(event_ids: Collection[int]) -> dict[int, list[Any]]:
    rows = Participation.objects.filter(
        event_id__in=event_ids, state=ParticipationState.ACCEPTED
    ).exclude(campaign__state=CampaignState.DRAFT)
    return _grouped(
        rows.order_by("campaign__slug").values_list(
            "event_id", "campaign__slug", *(f"campaign__{name}" for name in _NAMES)
        )
    )


def _images(event_ids: Collection[int]) -> dict[int, list[Any]]:
    leaving = EventImage.objects.filter(event_id__in=event_ids, licence__in=LICENCES_THAT_LEAVE)
    return _grouped(
        leaving.order_by("position", "pk").values_list(
            "event_id", "url", "alt_zh", "alt_en", "credit", "licence"
        )
    )


def _grouped(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for event_id, *rest in rows:
        found[event_id].append(rest)
    return found
