"""A change finds every feed it concerns and few others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest

from events.feeds import subjects
from events.feeds.live import note_poll
from events.feeds.rows import digests_of
from events.models import Change, Event, LiveFeed
from events.queries import EventFilter
from events.services.settling import forget_unread_feeds, marks_since, settle_changes
from tests.factories.events import (
    EventFactory,
    EventReferenceFactory,
    OccurrenceFactory,
    TopicFactory,
)
from tests.factories.venues import VenueFactory
from venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

TODAY = date(2026, 11, 2)


def search(query: str):
    return subjects.search_feed(EventFilter.parse(parse_qs(query), today=TODAY))


@pytest.fixture
def hefei():
    return VenueFactory(slug="hefei", lat=31.84, lon=117.26, coordinates_source="survey")


@pytest.fixture
def event(hefei, now):
    event = EventFactory(
        venue=hefei, title_zh="光影的故事", audiences=["youth"], kind="workshop", is_free=True
    )
    event.topics.add(TopicFactory(slug="optics"))
    EventReferenceFactory(event=event, refid="unit:AH-03")
    return OccurrenceFactory(event=event).event


@pytest.fixture
def feeds(event, now):
    """Feeds the event is in, and feeds it is not in, by what they are called here."""
    other = VenueFactory(slug="other", lat=39.9, lon=116.4, coordinates_source="survey")
    TopicFactory(slug="space")
    made = {
        "venue": subjects.venue_feed("hefei"),
        "region": subjects.region_feed(event.venue.region.code),
        "topic": subjects.topic_feed("optics"),
        "audience": subjects.audience_feed("youth"),
        "near": search("near=31.9,117.3&km=50"),
        "box": search("bbox=117,31,118,32"),
        "words": search("q=光影"),
        "prefix": search("q=光"),
        "all": search(""),
        "free": search("free=true"),
        "both": search("venue=hefei&audience=youth"),
        "unit": search("unit=AH-03"),
        "event": subjects.event_feed(event.public_uid),
        "not venue": subjects.venue_feed("other"),
        "not region": subjects.region_feed(other.region.code),
        "not topic": subjects.topic_feed("space"),
        "not audience": subjects.audience_feed("farmer"),
        "not near": search("near=39.9,116.4&km=100"),
        "not words": search("q=影子戏"),
        "not both": search("venue=hefei&audience=farmer"),
        "not kind": search("kind=lecture"),
    }
    for feed in made.values():
        note_poll(feed, now=now)
    settle_changes(now=now)
    LiveFeed.objects.update(mark=0, dirty_since=None)
    return made


def concerned(feeds, now) -> set[str]:
    keys = settle_changes(now=now).feeds
    return {name for name, feed in feeds.items() if feed.key in keys}


INSIDE = {
    *("venue", "region", "topic", "audience", "near", "box", "words", "prefix", "all", "free"),
    *("both", "unit", "event"),
}


def test_change_finds_the_feeds_that_show_the_event_and_no_others(feeds, event, now):
    Event.objects.filter(pk=event.pk).update(description_zh="新")

    assert concerned(feeds, now) == INSIDE
    assert not Change.objects.exists()
    mark, keys, is_waiting = marks_since(0)
    assert (mark, len(keys), is_waiting) == (1, len(INSIDE), False)
    assert marks_since(1) == (1, frozenset(), False)


def test_event_that_leaves_is_told_to_the_feeds_it_was_in_and_is_in_now(feeds, event, now):
    Event.objects.filter(pk=event.pk).update(
        venue=Venue.objects.get(slug="other"), title_zh="影子戏", audiences=["farmer"]
    )

    expected = INSIDE | {"not venue", "not region", "not audience", "not near", "not words"}
    assert concerned(feeds, now) == expected


def test_venue_without_events_concerns_its_own_feed(feeds, now):
    Venue.objects.filter(slug="other").update(name_zh="新名")

    assert concerned(feeds, now) == {"not venue"}


def test_renamed_region_concerns_everybody(feeds, event, now):
    event.venue.region.name_zh = "新"
    event.venue.region.save()

    assert concerned(feeds, now) == set(feeds)


def test_no_feed_that_shows_an_event_is_ever_missed(feeds, event, now):
    """What is found is compared with what the feeds really show, before and after."""
    for changes in (
        {"audiences": ["farmer", "family"]},
        {"kind": "lecture"},
        {"title_zh": "影子戏"},
        {"venue": None},
        {"moderation": "archived"},
        {"moderation": "published"},
    ):
        before = {name: digests_of(feed, today=TODAY) for name, feed in feeds.items()}
        Event.objects.filter(pk=event.pk).update(**changes)
        found = concerned(feeds, now)
        after = {name: digests_of(feed, today=TODAY) for name, feed in feeds.items()}
        assert {name for name in feeds if bool(before[name]) != bool(after[name])} <= found


def test_burst_is_settled_at_once(feeds, event, now):
    for n in range(30):
        Event.objects.filter(pk=event.pk).update(title_zh=f"光影{n}")

    settled = settle_changes(now=now)

    assert len(settled.feeds) == len(INSIDE)
    assert settle_changes(now=now).changes == 0


def test_settling_costs_the_same_queries_for_one_change_and_many(
    feeds, event, now, django_assert_max_num_queries
):
    for _ in range(8):
        EventFactory(venue=event.venue)

    with django_assert_max_num_queries(20):
        settle_changes(now=now)


def test_feed_is_noted_once_and_again_when_it_asks_for_something_else(event, now):
    feed = search("audience=youth")
    note_poll(feed, now=now)
    note_poll(feed, now=now + timedelta(minutes=10))

    live = LiveFeed.objects.get()
    assert live.polled_at == now
    assert list(live.filed_under.values_list("facet", flat=True)) == ["audience:youth"]

    note_poll(feed, now=now + timedelta(hours=2))
    live.refresh_from_db()
    assert live.polled_at == now + timedelta(hours=2)


def test_private_feeds_are_not_noted(event, now):
    note_poll(replace(search(""), kind="private"), now=now)

    assert not LiveFeed.objects.exists()


def test_feed_nobody_polls_is_forgotten_after_a_week(event, now):
    note_poll(search(""), now=now)

    assert forget_unread_feeds(now=now + timedelta(days=7)) == 0
    assert forget_unread_feeds(now=now + timedelta(days=8)) == 2
