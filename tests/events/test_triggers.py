"""Nothing an entry is made of can change without its stored fragment going (and being noted)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from events import triggers
from events.feeds.feed import Feed
from events.feeds.fragments import stored, written
from events.feeds.render import render_feed
from events.feeds.rows import read
from events.feeds.version import feed_version
from events.ical.entry import Text
from events.models import Change, Event, EventReference, Fragment, Occurrence, Topic
from tests.factories.events import (
    EventFactory,
    EventReferenceFactory,
    OccurrenceFactory,
    TopicFactory,
)
from tests.factories.venues import VenueFactory
from venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FEED = Feed("search", "", Text("全部", "All"))


@pytest.fixture
def shown():
    """A date of an event that has everything; and one of another event."""
    museum = VenueFactory(lat=31.8, lon=117.2, coordinates_source="survey", name_en="Museum")
    event = EventFactory(venue=museum, description_zh="动手做")
    event.topics.add(TopicFactory(slug="optics"))
    EventReferenceFactory(event=event)
    return OccurrenceFactory(event=event), OccurrenceFactory()


def ids() -> list[int]:
    return sorted(Fragment.objects.values_list("occurrence_id", flat=True))


def body(now: datetime) -> str:
    _, data = render_feed(FEED, feed_version(FEED, now=now))
    return data.decode().replace("\r\n ", "")


def test_every_table_that_entries_are_made_of_is_watched(shown):
    with CaptureQueriesContext(connection) as asked:
        read([each.pk for each in shown])
    tables = {
        table
        for query in asked.captured_queries
        for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])
    }

    assert len(tables) >= 5
    assert tables <= {mark.table for mark in triggers.MARKS if mark.is_shown}


def columns(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if not field.primary_key]


@pytest.mark.parametrize(
    ("model", "name"),
    [(model, name) for model in (Event, Occurrence, Venue, Topic) for name in columns(model)],
)
def test_no_column_changes_behind_the_fragments_back(shown, model, name):
    first, other = shown
    written([first.pk, other.pk], "zh")
    row = {
        Event: first.event,
        Occurrence: first,
        Venue: first.event.venue,
        Topic: first.event.topics.get(),
    }[model]
    Change.objects.all().delete()

    # Even the same value again: no column is exempt, so none can be forgotten.
    model.objects.filter(pk=row.pk).update(**{name: models.F(name)})

    assert ids() == [other.pk]
    assert first.event_id in Change.objects.values_list("event_id", flat=True)
    assert other.event_id not in Change.objects.values_list("event_id", flat=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda e: Event.objects.filter(pk=e.pk).update(title_zh="新题"), "新题"),
        (lambda e: Event.objects.filter(pk=e.pk).update(description_zh="新词"), "新词"),
        (lambda e: Event.objects.filter(pk=e.pk).update(location_zh="新地"), "LOCATION:新地"),
        (lambda e: Event.objects.filter(pk=e.pk).update(audiences=["youth"]), "青少年"),
        (lambda e: Event.objects.filter(pk=e.pk).update(kind="lecture"), "讲座"),
        (lambda e: Event.objects.filter(pk=e.pk).update(status="tentative"), "TENTATIVE"),
        (lambda e: Event.objects.filter(pk=e.pk).update(url="https://a.example/"), "//a.example/"),
        (lambda e: Event.objects.filter(pk=e.pk).update(sequence=77), "SEQUENCE:770001"),
        (lambda e: Event.objects.filter(pk=e.pk).update(venue=None), None),
        (lambda e: Venue.objects.update(name_zh="新馆"), "新馆"),
        (lambda e: Venue.objects.update(address_zh="新路9号"), "新路9号"),
        (lambda e: Venue.objects.filter(pk=e.venue_id).update(lat=30.5), "GEO:30.500000"),
        (lambda e: Topic.objects.update(slug="newer"), "X-ORRERY-TOPICS:newer"),
        (lambda e: e.topics.add(TopicFactory(slug="added")), "added"),
        (lambda e: e.topics.clear(), None),
        (lambda e: EventReference.objects.update(refid="unit:ZZ-9"), "unit:ZZ-9"),
        (lambda e: EventReference.objects.all().delete(), None),
        (lambda e: Occurrence.objects.update(is_cancelled=True), "STATUS:CANCELLED"),
        (lambda e: Occurrence.objects.update(key="k7"), "-k7@"),
    ],
)
def test_whatever_is_written_in_whatever_way_shows_in_the_feed(shown, now, change, says):
    before, version = body(now), feed_version(FEED, now=now)

    change(shown[0].event)

    after = body(now)
    assert after != before
    assert says is None or says in after
    assert feed_version(FEED, now=now).etag != version.etag


def test_moving_an_event_to_another_venue_concerns_this_event_alone(shown):
    first, other = shown
    written([first.pk, other.pk], "zh")

    Event.objects.filter(pk=first.event_id).update(venue=other.event.venue)

    assert ids() == [other.pk]


def test_deleted_event_takes_its_fragments_along(shown):
    first, other = shown
    written([first.pk, other.pk], "en")
    Change.objects.all().delete()
    event_id = first.event_id

    Event.objects.get(pk=event_id).delete()

    assert ids() == [other.pk]
    assert set(Change.objects.values_list("event_id", flat=True)) == {event_id}


def test_one_fragment_per_language_and_reading_gives_what_was_written(shown):
    first, other = shown
    chinese = written([first.pk, other.pk], "zh")
    english = written([first.pk], "en")

    assert stored([first.pk, other.pk], "zh") == chinese
    assert stored([first.pk, other.pk], "en") == english
    assert chinese[first.pk].data != english[first.pk].data


def test_fragment_of_another_release_counts_for_nothing(shown, settings):
    first, _ = shown
    written([first.pk], "zh")

    settings.SITE_URL = "https://calendar.example.org"

    assert stored([first.pk], "zh") == {}


def test_no_trigger_is_missing_and_one_that_is_gets_reported():
    assert triggers.missing_triggers() == []

    name = sorted(triggers._present(connection, {"events_event"}))[0]
    with connection.cursor() as cursor:
        cursor.execute(triggers._drop(name, connection.vendor))

    assert triggers.missing_triggers() == [name]
    assert [found.id for found in triggers.check_triggers(databases=["default"])] == ["events.W001"]
    triggers.make_triggers()
    assert triggers.missing_triggers() == []
