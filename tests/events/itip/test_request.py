"""What goes to one invitee: the shape that mail programs show buttons for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from events.ical.entry import Entry, Text
from events.ical.write import UnwritableEntry
from events.itip.party import Attendee, PartStat
from events.itip.record import entry_in, question_in, record_of
from events.itip.request import write_cancel, write_request

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
ORGANIZER = Attendee("r+abc@replies.example", "Orrery")
HOST = Attendee("host@museum.example", "李娜, 馆长")
TALK = Entry(
    uid="talk@orrery.example",
    title=Text("光的故事", "The story of light"),
    start=datetime(2027, 3, 27, 10, 0),
    end=datetime(2027, 3, 27, 11, 30),
    timezone="Europe/London",
    location=Text("二楼"),
    sequence=3,
    changed_at=AT,
)


def request(entry=TALK, attendee=HOST, answer=PartStat.NEEDS_ACTION) -> Calendar:
    text = write_request(entry, organizer=ORGANIZER, attendee=attendee, answer=answer)
    return Calendar.from_ical(text)


def test_a_request_names_the_organizer_and_this_invitee_alone():
    calendar = request()

    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["ORGANIZER"] == "mailto:r+abc@replies.example"
    assert event["ATTENDEE"] == "mailto:host@museum.example"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "李娜, 馆长",
        "CUTYPE": "INDIVIDUAL",
        "PARTSTAT": "NEEDS-ACTION",
        "ROLE": "REQ-PARTICIPANT",
        "RSVP": "TRUE",
    }
    assert (event["UID"], event["SEQUENCE"]) == ("talk@orrery.example", 3)
    assert event["DTSTAMP"].dt == AT
    assert event["STATUS"] == "CONFIRMED"


def test_a_request_carries_the_time_zone_it_uses():
    (zone,) = request().walk("VTIMEZONE")

    assert zone["TZID"] == "Europe/London"


def test_a_request_for_whole_days_needs_no_time_zone():
    stop = Entry("a@b", Text("展"), date(2027, 3, 1), date(2027, 4, 1), "Asia/Shanghai")

    assert request(stop).walk("VTIMEZONE") == []


def test_who_has_answered_these_dates_already_is_not_asked_again():
    (event,) = request(answer=PartStat.ACCEPTED).walk("VEVENT")

    assert (event["ATTENDEE"].params["PARTSTAT"], event["ATTENDEE"].params["RSVP"]) == (
        "ACCEPTED",
        "FALSE",
    )


def test_a_cancel_says_so_twice_and_names_the_same_two():
    calendar = Calendar.from_ical(write_cancel(TALK, organizer=ORGANIZER, attendee=HOST))

    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert event["ORGANIZER"] == "mailto:r+abc@replies.example"
    assert event["ATTENDEE"] == "mailto:host@museum.example"


def test_an_invitee_reads_their_own_language():
    english = Attendee("host@museum.example", language="en")

    (event,) = request(attendee=english).walk("VEVENT")

    assert event["SUMMARY"] == "The story of light"


@pytest.mark.parametrize(
    "name", ["a\r\nATTENDEE:mailto:x@y", 'a";X="b', "a\u2028b", "a\x0bb", ":;,"]
)
def test_a_hostile_name_adds_no_property(name):
    """E1, O1."""
    (event,) = request(attendee=Attendee("host@museum.example", name)).walk("VEVENT")

    assert event["ATTENDEE"] == "mailto:host@museum.example"
    assert set(event["ATTENDEE"].params) == {"CN", "CUTYPE", "PARTSTAT", "ROLE", "RSVP"}


@pytest.mark.parametrize("address", ["", "x", "a@b\r\nX:y", "a b@c.example", "a@b.example\x0b"])
def test_an_address_that_breaks_a_line_is_refused(address):
    """E2."""
    with pytest.raises(UnwritableEntry):
        request(attendee=Attendee(address))


def test_the_same_arguments_give_the_same_bytes():
    """E7."""
    one, two = (
        write_request(TALK, organizer=ORGANIZER, attendee=HOST, answer=PartStat.NEEDS_ACTION)
        for _ in range(2)
    )

    assert one == two


def test_a_record_holds_what_is_said_and_gives_it_back():
    entry = Entry(
        uid="a@b", title=Text("展", "Show"), start=date(2027, 3, 1), end=date(2027, 4, 1),
        timezone="Asia/Shanghai", geo=(31.0, 117.0), rdates=(date(2027, 5, 1),), sequence=2,
        changed_at=AT,
    )  # fmt: skip

    assert entry_in(record_of(entry), sequence=2, changed_at=AT) == entry


def test_only_time_and_place_make_another_question():
    renamed = record_of(TALK) | {"title": ["别的", ""]}
    moved = record_of(TALK) | {"start": "2027-03-27T09:00:00"}

    assert question_in(renamed) == question_in(record_of(TALK))
    assert question_in(moved) != question_in(record_of(TALK))
