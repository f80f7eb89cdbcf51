"""From the words of an address to the feed it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings

from events.enums import Audience, FeedKind
from events.errors import FeedNotFound
from events.feeds.feed import OWN_LANGUAGE, Feed
from events.feeds.labels import AUDIENCES
from events.feeds.lookup import look_up
from events.ical.entry import Text
from events.models import Campaign, Event, EventReference, Occurrence, Topic
from events.queries import EventFilter, Scope
from events.queries.scope import MAX_SUCCESSIONS, current_region
from venues.models import FormerAddress, Region, Venue


@dataclass(frozen=True)
class Moved:
    """The feed lives under another slug or code now; addresses that were handed out redirect."""

    subject: str


def venue_feed(slug: str) -> Feed | Moved:
    venue = look_up(Venue, ("pk", "name_zh", "name_en", "timezone"), slug=slug)
    if venue is None:
        return _moved("venue", slug, "check the slug in the venue's own page")
    pk, name_zh, name_en, timezone = venue
    return Feed(
        FeedKind.VENUE,
        slug,
        Text(name_zh, name_en),
        timezone=timezone,
        asked=EventFilter(venues=(slug,)),
        scope=Scope(venue_ids=frozenset({pk})),
    )


def region_feed(code: str) -> Feed | Moved:
    region = Region.objects.filter(code=code).select_related("replaced_by").first()
    if region is None:
        return _moved("region", code, "check the code, such as 340100 for Hefei (GB/T 2260)")
    if region.replaced_by is not None:
        return Moved(current_region(region).code)
    return Feed(
        FeedKind.REGION,
        region.code,
        Text(f"{region.name_zh}科普活动", f"Science events in {region.name('en')}"),
        timezone=settings.TIME_ZONE,
        asked=EventFilter(regions=(region.code,)),
        scope=Scope(region_ids=frozenset({region.pk})),
    )


def topic_feed(slug: str) -> Feed | Moved:
    topic = Topic.objects.filter(slug=slug).first()
    if topic is None:
        return _moved("topic", slug, "check the slug in the list of topics")
    for _ in range(MAX_SUCCESSIONS):
        if topic.replaced_by is None:
            break
        topic = topic.replaced_by
    if topic.slug != slug:
        return Moved(topic.slug)
    return Feed(
        FeedKind.TOPIC,
        topic.slug,
        Text(topic.name_zh, topic.name_en),
        timezone=settings.TIME_ZONE,
        asked=EventFilter(topics=(topic.slug,)),
    )


def audience_feed(slug: str) -> Feed | Moved:
    if slug not in set(Audience):
        raise _not_found("audience", slug, f"known are {', '.join(Audience)}")
    people = AUDIENCES[slug]
    return Feed(
        FeedKind.AUDIENCE,
        slug,
        Text(f"科普活动：{people.zh}", f"Science events for {people.en}"),
        timezone=settings.TIME_ZONE,
        asked=EventFilter(audiences=(slug,)),
    )


def campaign_feed(slug: str) -> Feed:
    campaign = Campaign.objects.shown_to_all().filter(slug=slug).first()
    if campaign is None:
        raise _not_found("campaign", slug, "check the slug in the list of campaigns")
    return Feed(
        FeedKind.CAMPAIGN,
        campaign.slug,
        Text(campaign.name_zh, campaign.name_en),
        timezone=settings.TIME_ZONE,
        asked=EventFilter(campaigns=(campaign.slug,)),
        scope=Scope(campaign_ids=frozenset({campaign.pk})),
    )


def exhibition_feed(slug: str, name: Text | None) -> Feed | Moved:
    """The tour of an exhibition; ``name`` is what a higher storey calls it, if it knows it."""
    feed = _reference_feed(FeedKind.EXHIBITION, "exhibition", slug, name)
    if isinstance(feed, Moved):
        return feed
    scope = Scope(exhibition_refids=frozenset({f"exhibition:{slug}"}))
    return replace(feed, asked=EventFilter(exhibitions=(slug,)), scope=scope)


def unit_feed(code: str, name: Text | None) -> Feed | Moved:
    feed = _reference_feed(FeedKind.UNIT, "unit", code, name)
    if isinstance(feed, Moved):
        return feed
    scope = Scope(unit_refids=frozenset({f"unit:{code}"}))
    return replace(feed, asked=EventFilter(units=(code,)), scope=scope)


def search_feed(asked: EventFilter) -> Feed:
    """Any filter as a calendar; equal filters give equal feeds."""
    name = Text("所选科普活动", "Selected science events")
    if asked.near and asked.canonical() == EventFilter(near=asked.near).canonical():
        near = asked.near
        name = Text(
            f"{near.lat:.2f},{near.lon:.2f}附近{near.km}公里的科普活动",
            f"Science events within {near.km} km of {near.lat:.2f},{near.lon:.2f}",
        )
    elif asked.words:
        words = " ".join(asked.words)
        name = Text(f"科普活动：{words}", f"Science events: {words}")
    return Feed(FeedKind.SEARCH, asked.canonical(), name, timezone=settings.TIME_ZONE, asked=asked)


def event_feed(uid: str) -> Feed:
    """One event by its public UID, or one of its dates by the UID that feeds write for it.

    Raises:
        FeedNotFound: no event that the public may see has the UID.
    """
    shown = Event.objects.shown_to_all()
    event = shown.filter(public_uid=uid).first()
    key = None
    if event is None:
        name, at, domain = uid.partition("@")
        series, _, key = name.rpartition("-")
        event = shown.filter(public_uid=f"{series}{at}{domain}").first() if key else None
        if event is None or not Occurrence.objects.filter(event=event, key=key).exists():
            raise _not_found("event", uid, "it may have been withdrawn; check the address")
    return Feed(
        "event",
        uid,
        Text(event.title_zh, event.title_en),
        timezone=event.timezone,
        event_id=event.pk,
        occurrence_key=key,
    )


FINDERS: dict[str, Callable[[str], Feed | Moved]] = {
    FeedKind.VENUE: venue_feed,
    FeedKind.REGION: region_feed,
    FeedKind.TOPIC: topic_feed,
    FeedKind.AUDIENCE: audience_feed,
    FeedKind.CAMPAIGN: campaign_feed,
}
"""The feeds this storey finds by itself; exhibitions and units need names from above."""


def in_language(feed: Feed, language: str | None) -> Feed:
    """The feed in ``language``; none: its own."""
    return replace(feed, language=language or OWN_LANGUAGE)


def _reference_feed(kind: FeedKind, word: str, code: str, name: Text | None) -> Feed | Moved:
    if name is None:
        if former := FormerAddress.objects.filter(kind=word, former=code).first():
            return Moved(former.current)
        if not EventReference.objects.filter(refid=f"{word}:{code}").exists():
            raise _not_found(word, code, "check the spelling in the tour's page")
        name = Text(code)
    return Feed(kind, code, name, timezone=settings.TIME_ZONE)


def _moved(word: str, former: str, remedy: str) -> Moved:
    address = FormerAddress.objects.filter(kind=word, former=former).first()
    if address is None:
        raise _not_found(word, former, remedy)
    return Moved(address.current)


def _not_found(word: str, subject: str, remedy: str) -> FeedNotFound:
    return FeedNotFound(f"There is no {word} {subject!r}; {remedy}.", kind=word, subject=subject)
