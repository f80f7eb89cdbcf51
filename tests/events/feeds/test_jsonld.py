"""What search engines are told: types, states, places, offers, former starts, schedules."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from events.enums import Attendance, EventKind, Status
from events.feeds.about import NOTHING, about_events
from events.feeds.jsonld import date_document, embedded, event_document
from events.models import EventImage, EventOrganiser
from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory, OccurrenceFactory, ParticipationFactory
from tests.factories.venues import OrganisationFactory, RegionFactory, VenueFactory

pytestmark = pytest.mark.django_db


def told(**facts) -> dict:
    row = OccurrenceFactory(event=EventFactory(**facts))
    return date_document(row, NOTHING, language="en")


def test_a_date_says_everything_that_is_known_and_nothing_else():
    venue = VenueFactory(
        name_zh="合肥科技馆",
        name_en="Hefei Science Museum",
        address_zh="黄山路",
        region=RegionFactory(name_zh="合肥", name_en="Hefei"),
        lat=31.84,
        lon=117.26,
        coordinates_source="survey",
    )
    event = EventFactory(
        venue=venue, public_uid="abc@orrery.example", title_en="Light", kind=EventKind.LECTURE
    )
    row = OccurrenceFactory(event=event)

    assert event_document(event, [row], NOTHING, language="en") == {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "@id": "http://127.0.0.1:8000/events/abc@orrery.example/",
        "identifier": "abc@orrery.example",
        "name": "Light",
        "url": "http://127.0.0.1:8000/events/abc@orrery.example/",
        "startDate": "2026-11-07T10:00:00+08:00",
        "endDate": "2026-11-07T11:30:00+08:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Hefei Science Museum",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "黄山路",
                "addressRegion": "Hefei",
                "addressCountry": "CN",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 31.84, "longitude": 117.26},
        },
    }


@pytest.mark.parametrize(
    ("facts", "price"),
    [
        ({"is_free": None}, None),
        ({"is_free": False}, None),
        ({"is_free": True}, "0"),
        (
            {"is_free": False, "price_amount": Decimal("20.5"), "price_currency": "CNY"},
            "20.50",
        ),
    ],
)
def test_an_unknown_price_is_no_offer_and_never_free(facts, price):
    document = told(**facts)

    assert document.get("offers", {}).get("price") == price
    assert document.get("isAccessibleForFree") == facts["is_free"]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Status.SCHEDULED, "EventScheduled"),
        (Status.FULL, "EventScheduled"),
        (Status.POSTPONED, "EventPostponed"),
        (Status.RESCHEDULED, "EventRescheduled"),
        (Status.MOVED_ONLINE, "EventMovedOnline"),
    ],
)
def test_every_status_has_its_word(status, shown):
    assert told(status=status)["eventStatus"] == f"https://schema.org/{shown}"


def test_a_cancelled_date_is_cancelled():
    row = OccurrenceFactory(is_cancelled=True)

    document = date_document(row, NOTHING, language="zh")

    assert document["eventStatus"] == "https://schema.org/EventCancelled"


def test_what_is_online_has_no_place_and_what_is_both_has_two():
    online = told(venue=None, attendance=Attendance.ONLINE, access_url="https://live.example/")
    hybrid = told(attendance=Attendance.HYBRID, access_url="https://live.example/")

    assert online["location"] == {"@type": "VirtualLocation", "url": "https://live.example/"}
    assert [place["@type"] for place in hybrid["location"]] == ["Place", "VirtualLocation"]
    assert hybrid["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"


def test_a_moved_event_and_a_moved_date_tell_their_former_start():
    event = told(status=Status.RESCHEDULED, previous_starts=["2026-11-01T02:00:00+00:00"])
    row = OccurrenceFactory(
        event=EventFactory(
            rrule="FREQ=WEEKLY;COUNT=2",
            overrides={
                "2026-11-07T10:00:00": {
                    "start": "2026-11-08T10:00:00",
                    "end": "2026-11-08T11:00:00",
                }
            },
        ),
        key="20261107T100000",
    )

    moved = date_document(row, NOTHING, language="zh")

    assert event["previousStartDate"] == "2026-11-01T10:00:00+08:00"
    assert moved["previousStartDate"] == "2026-11-07T10:00:00+08:00"
    assert moved["eventStatus"] == "https://schema.org/EventRescheduled"


def test_whole_days_are_days_and_the_last_one_is_the_end():
    document = told(
        kind=EventKind.EXHIBITION,
        start_date=date(2026, 11, 10),
        start_time=None,
        end_date=date(2026, 11, 20),
        end_time=None,
    )

    assert document["@type"] == "ExhibitionEvent"
    assert (document["startDate"], document["endDate"]) == ("2026-11-10", "2026-11-19")


def test_a_series_tells_its_schedule_and_its_dates(now):
    event = EventFactory(rrule="FREQ=WEEKLY;BYDAY=SA;COUNT=3", kind=EventKind.WORKSHOP)
    refresh_occurrences(event, now=now)
    rows = list(event.occurrences.select_related("event__venue__region").order_by("starts_at"))

    document = event_document(event, rows, NOTHING, language="en")

    assert document["@type"] == "EventSeries"
    assert document["eventSchedule"] == {
        "@type": "Schedule",
        "repeatFrequency": "P1W",
        "repeatCount": 3,
        "byDay": ["https://schema.org/Saturday"],
        "startDate": "2026-11-07",
        "startTime": "10:00:00",
        "endTime": "11:30:00",
        "scheduleTimezone": "Asia/Shanghai",
    }
    assert [each["startDate"][:10] for each in document["subEvent"]] == [
        "2026-11-07",
        "2026-11-14",
        "2026-11-21",
    ]
    assert document["endDate"] == "2026-11-21T11:30:00+08:00"


def test_makers_campaigns_and_pictures_that_may_leave_are_told():
    event = EventFactory(changed_at=datetime(2026, 10, 1, tzinfo=UTC))
    EventOrganiser.objects.create(event=event, organisation=OrganisationFactory(name_zh="科协"))
    ParticipationFactory(event=event, campaign__name_zh="科普日")
    for number, licence in enumerate(("own_pages", "cc0")):
        EventImage.objects.create(
            event=event, url=f"https://a.example/{number}.jpg", licence=licence
        )
    row = OccurrenceFactory(event=event)

    document = date_document(row, about_events([event.pk])[event.pk], language="zh")

    assert document["organizer"] == [{"@type": "Organization", "name": "科协"}]
    assert document["superEvent"] == [{"@type": "EventSeries", "name": "科普日"}]
    assert document["image"] == ["https://a.example/1.jpg"]


def test_W1_nothing_in_a_text_ends_the_script_it_stands_in():
    hostile = "</script><script>alert(1)</script>\u2028&amp;"

    text = embedded({"name": hostile})

    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"name": hostile}
