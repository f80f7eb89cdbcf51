"""Calendars as files: right, whole, few, and gone when they have to be."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from events.feeds import subjects
from events.feeds.live import note_poll
from events.models import Event, LiveFeed
from events.queries import EventFilter
from events.services.published import Published, file_name, publish_feeds
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory
from web.published import find_feed

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HEFEI = "feeds/venues/hefei.ics"


@pytest.fixture
def event(now):
    event = OccurrenceFactory(event=EventFactory(venue=VenueFactory(slug="hefei"))).event
    note_poll(subjects.venue_feed("hefei"), now=now)
    return event


@pytest.fixture(params=["folder", "object storage"])
def storage(request, tmp_path):
    return FileSystemStorage(tmp_path) if request.param == "folder" else InMemoryStorage()


def text(storage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


def test_published_file_is_what_the_application_answers(storage, event, now, client, monkeypatch):
    monkeypatch.setattr("web.feeds.timezone.now", lambda: now)

    done = publish_feeds(storage=storage, find=find_feed, now=now)

    assert done == Published(written=1)
    assert text(storage, HEFEI) == client.get(f"/{HEFEI}").content
    assert gzip.decompress(text(storage, f"{HEFEI}.gz")) == text(storage, HEFEI)


def test_file_follows_a_change_and_a_burst_costs_one_file(storage, event, now):
    publish_feeds(storage=storage, find=find_feed, now=now)
    for n in range(40):
        Event.objects.filter(pk=event.pk).update(title_zh=f"改{n}")
        publish_feeds(storage=storage, find=find_feed, now=now + timedelta(milliseconds=40 * n))

    done = publish_feeds(storage=storage, find=find_feed, now=now + timedelta(seconds=3))

    assert done == Published(written=1)
    assert "改39" in text(storage, HEFEI).decode()
    again = publish_feeds(storage=storage, find=find_feed, now=now + timedelta(seconds=4))
    assert again == Published()


def test_change_that_shows_nothing_writes_nothing(storage, event, now):
    publish_feeds(storage=storage, find=find_feed, now=now)
    Event.objects.filter(pk=event.pk).update(title_zh=event.title_zh)
    publish_feeds(storage=storage, find=find_feed, now=now)

    later = publish_feeds(storage=storage, find=find_feed, now=now + timedelta(seconds=3))

    assert later == Published(unchanged=1)


def test_next_day_moves_the_window(storage, event, now):
    publish_feeds(storage=storage, find=find_feed, now=now)

    later = publish_feeds(storage=storage, find=find_feed, now=now + timedelta(days=120))

    assert later == Published(written=1)
    assert b"VEVENT" not in text(storage, HEFEI)


def test_file_of_a_renamed_venue_is_taken_away(storage, event, now):
    publish_feeds(storage=storage, find=find_feed, now=now)
    type(event.venue).objects.update(slug="luyang")
    publish_feeds(storage=storage, find=find_feed, now=now)

    done = publish_feeds(storage=storage, find=find_feed, now=now + timedelta(seconds=3))

    assert done == Published(withdrawn=1)
    assert not storage.exists(HEFEI)
    assert not storage.exists(f"{HEFEI}.gz")
    assert not LiveFeed.objects.exists()


def test_names_stay_inside_the_folder(event):
    feed = subjects.search_feed(EventFilter(words=("光",)))

    assert file_name(subjects.venue_feed("hefei")) == HEFEI
    assert file_name(subjects.in_language(feed, "en")).startswith("feeds/s/")
    assert file_name(subjects.in_language(feed, "en")).endswith(".en.ics")
    away = file_name(subjects.Feed("venues", "../../etc/passwd", feed.name))
    assert away == "feeds/venues/_.._etc_passwd.ics"
