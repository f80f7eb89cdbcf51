"""Rows become entries: identity, wall clock, words, and counters that never fall."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.enums import EventKind, Status, Visibility
from events.feeds.entries import MAX_SEQUENCE, changed_at_of, entry_of, sequence_of
from events.feeds.rows import read
from events.ical.entry import Entry, Text
from tests.factories.events import (
    EventFactory,
    EventReferenceFactory,
    OccurrenceFactory,
    TopicFactory,
)
from tests.factories.venues import VenueFactory

pytestmark = pytest.mark.django_db

CHANGED_AT = datetime(2026, 10, 20, 3, 4, 5, tzinfo=UTC)


def entry(**facts) -> Entry:
    return entry_of(OccurrenceFactory(event=EventFactory(**facts)))


def test_entry_has_everything_the_event_and_its_venue_say():
    venue = VenueFactory(
        slug="hefei",
        name_zh="合肥科技馆",
        name_en="Hefei Science Museum",
        address_zh="黄山路446号",
        address_en="446 Huangshan Road",
        lat=31.84,
        lon=117.26,
        coordinates_source="survey",
        version=7,
    )
    event = EventFactory(
        uid="w-1",
        public_uid="abc@orrery.example",
        venue=venue,
        title_zh="光的故事",
        title_en="The story of light",
        description_zh="动手做",
        kind=EventKind.WORKSHOP,
        audiences=["youth"],
        url="https://museum.example/w-1",
        sequence=3,
        changed_at=CHANGED_AT,
    )
    event.topics.add(
        TopicFactory(slug="optics", name_zh="光学", name_en="Optics"),
        TopicFactory(slug="light", name_zh="光", name_en="Light"),
    )
    EventReferenceFactory(event=event, refid="unit:AH-03")
    EventReferenceFactory(event=event, refid="exhibition:light")

    (row,) = read([OccurrenceFactory(event=event).pk])
    made = entry_of(row.occurrence, row.about)

    assert made == Entry(
        uid="abc@orrery.example",
        title=Text("光的故事", "The story of light"),
        description=Text("动手做"),
        start=datetime(2026, 11, 7, 10, 0),
        end=datetime(2026, 11, 7, 11, 30),
        timezone="Asia/Shanghai",
        location=Text("合肥科技馆，黄山路446号", "Hefei Science Museum, 446 Huangshan Road"),
        geo=(31.84, 117.26),
        venue="hefei",
        url="https://museum.example/w-1",
        kind="workshop",
        status="CONFIRMED",
        audiences=("youth",),
        topics=("light", "optics"),
        categories=(Text("光", "Light"), Text("光学", "Optics")),
        refids=("exhibition:light", "unit:AH-03"),
        sequence=30_007,
        changed_at=CHANGED_AT,
        created_at=event.created_at,
    )


def test_whole_days_stay_days():
    made = entry(
        start_date=date(2026, 11, 10), start_time=None, end_date=date(2026, 11, 20), end_time=None
    )

    assert (made.start, made.end) == (date(2026, 11, 10), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("timezone", "day"),
    [
        ("Asia/Kathmandu", date(2026, 11, 7)),
        ("Europe/London", date(2026, 10, 25)),
        ("Europe/London", date(2026, 3, 29)),
        ("America/New_York", date(2026, 11, 1)),
    ],
)
def test_wall_clock_is_the_one_at_the_venue(timezone, day):
    made = entry(timezone=timezone, start_date=day, start_time=time(10, 15), end_time=time(18, 45))

    assert made.timezone == timezone
    assert made.start == datetime.combine(day, time(10, 15))
    assert made.end == datetime.combine(day, time(18, 45))


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.SCHEDULED, "CONFIRMED"),
        (Status.RESCHEDULED, "CONFIRMED"),
        (Status.MOVED_ONLINE, "CONFIRMED"),
        (Status.FULL, "CONFIRMED"),
        (Status.TENTATIVE, "TENTATIVE"),
        (Status.POSTPONED, "TENTATIVE"),
    ],
)
def test_status_says_whether_to_go(status, shown):
    assert entry(status=status).status == shown


def test_each_date_says_for_itself_whether_it_is_cancelled():
    event = EventFactory(status=Status.CANCELLED)

    took_place = OccurrenceFactory(event=event, key="20261107", is_cancelled=False)
    cancelled = OccurrenceFactory(event=event, key="20261114", is_cancelled=True)

    assert entry_of(took_place).status == "CONFIRMED"
    assert entry_of(cancelled).status == "CANCELLED"


def test_identity_of_a_date_survives_its_move():
    event = EventFactory(public_uid="abc@orrery.example", rrule="FREQ=WEEKLY")
    date_row = OccurrenceFactory(event=event, key="20261107T100000")
    before = entry_of(date_row)

    date_row.starts_at += timedelta(days=3)
    date_row.ends_at += timedelta(days=3)

    assert before.uid == entry_of(date_row).uid == "abc-20261107T100000@orrery.example"
    assert entry_of(date_row).start == datetime(2026, 11, 10, 10, 0)


def test_override_changes_the_words_of_its_date_alone():
    event = EventFactory(
        title_zh="讲座",
        title_en="Talk",
        rrule="FREQ=WEEKLY",
        overrides={"2026-11-07T10:00:00": {"title_zh": "讲座：嫦娥", "url": "https://a.example/"}},
    )
    special = OccurrenceFactory(event=event, key="1")
    usual = OccurrenceFactory(event=event, key="2", original_start="2026-11-14T10:00:00")

    assert entry_of(special).title == Text("讲座：嫦娥", "Talk")
    assert entry_of(special).url == "https://a.example/"
    assert entry_of(usual).title == Text("讲座", "Talk")
    assert entry_of(usual).url == f"http://127.0.0.1:8000/events/{event.public_uid}/"


def test_own_place_of_an_event_replaces_the_venue_with_its_coordinates():
    museum = VenueFactory(lat=31.84, lon=117.26, coordinates_source="survey")

    made = entry(venue=museum, location_zh="市民广场")

    assert made.location == Text("市民广场")
    assert made.geo is None


def test_online_event_has_no_place():
    made = entry(venue=None)

    assert (made.venue, made.location, made.geo) == (None, Text(""), None)


def test_english_place_falls_back_by_parts():
    assert entry(venue=VenueFactory(name_zh="馆", name_en="", address_zh="路")).location == Text(
        "馆，路"
    )
    assert entry(
        venue=VenueFactory(name_zh="馆", name_en="Museum", address_zh="路")
    ).location == Text("馆，路", "Museum, 路")


def test_hosts_entries_say_so():
    made = entry(visibility=Visibility.HOSTS, kind=EventKind.LOGISTICS)

    assert (made.visibility, made.url) == ("hosts", "")


def test_counters_rise_with_the_venue_and_never_fall_when_the_event_moves():
    event = EventFactory(
        venue=VenueFactory(version=9_000, changed_at=CHANGED_AT), sequence=4, changed_at=CHANGED_AT
    )
    at_first = sequence_of(event), changed_at_of(event)

    event.venue.version += 1
    event.venue.changed_at += timedelta(hours=1)
    renamed = sequence_of(event), changed_at_of(event)

    event.venue = VenueFactory(version=1, changed_at=CHANGED_AT - timedelta(days=900))
    event.sequence += 1
    event.changed_at = CHANGED_AT + timedelta(hours=2)
    moved = sequence_of(event), changed_at_of(event)

    event.venue = None
    event.sequence += 1
    event.changed_at = CHANGED_AT + timedelta(hours=3)
    online = sequence_of(event), changed_at_of(event)

    counters, moments = zip(at_first, renamed, moved, online, strict=True)
    assert counters == (49_000, 49_001, 50_001, 60_000)
    assert list(moments) == sorted(set(moments))


def test_counters_stay_within_what_calendars_can_hold():
    assert sequence_of(EventFactory(sequence=2**31 - 1)) == MAX_SEQUENCE
    assert sequence_of(EventFactory(sequence=1, venue=VenueFactory(version=10**6))) == 19_999
