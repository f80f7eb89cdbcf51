"""The strict look notices what no reader complains about."""

import pytest

from events.ical.lint import counts, faults, read_blocks

from .test_write import RUN, TALK, write

GOOD = write(TALK, RUN)


def test_a_calendar_of_ours_is_without_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"\r\n", b"\n", "does not end with CRLF"),
        (b"STATUS:CONFIRMED\r\n", b"STATUS:CONFIRMED\n", "holds a control character"),
        (b"SUMMARY:", b"SUMMARY:" + b"x" * 80, "more than 75"),
        ("故".encode(), "故".encode()[:1] + b"\r\n " + "故".encode()[1:], "cut inside a character"),
        (b"LOCATION:", b"LOCATION:\x00", "holds a control character"),
        (b"END:VEVENT\r\n", b"", "closes nothing that is open"),
        (b"LOCATION:", b"LOCATION", "not a property"),
        (b"VERSION:2.0\r\n", b"VERSION:2.0\r\nMETHOD:REQUEST\r\n", "METHOD"),
        (b"VERSION:2.0\r\n", b"", "VCALENDAR without VERSION"),
        (b"PRODID:-//Orrery//Calendar//EN\r\n", b"", "VCALENDAR without PRODID"),
        (b"UID:run-1\r\n", b"", "VEVENT without UID"),
        (b"UID:run-1\r\n", b"UID:run-1\r\nUID:run-2\r\n", "VEVENT with UID twice"),
        (b"DTSTAMP:20260102T030405Z\r\n", b"", "VEVENT without DTSTAMP"),
        (b"X-PUBLISHED-TTL:PT12H34M", b"X-PUBLISHED-TTL:PT1H", "differ"),
        (b"DTEND;VALUE=DATE:20260601", b"DTEND;VALUE=DATE:20260301", "DTEND is not after DTSTART"),
        (b"DTEND;VALUE=DATE:20260601", b"DTEND:20260601T000000Z", "DTEND is of another kind"),
        (
            b"STATUS:CONFIRMED\r\n",
            b"STATUS:CONFIRMED\r\nDURATION:PT1H\r\n",
            "DTEND beside DURATION",
        ),
        (b"TZID:Asia/Shanghai", b"TZID:Asia/Tokyo", "TZID Asia/Shanghai without a VTIMEZONE"),
        (b"GEO:31.838000;117.265000", b"GEO:geo:31.8,117.2", "GEO is not"),
        (b"URL:https://orrery.example/events/1", b"URL:javascript:x", "URL is not an http"),
        (b"UID:", b"RRULE:FREQ=DAILY;UNTIL=20260401T100000\r\nUID:", "UNTIL is not in UTC"),
        (b"UID:run-1", b"RRULE:FREQ=DAILY;UNTIL=20260401T100000Z\r\nUID:run-1", "DTSTART has none"),
        (b"UID:", b"RRULE:FREQ=HOURLY\r\nUID:", "more frequent than a day"),
        (b"UID:", b"EXDATE:20260401T100000Z\r\nUID:", "EXDATE is of another kind"),
        (b"UID:", b"RECURRENCE-ID;RANGE=THISANDFUTURE:20260401T100000Z\r\nUID:", "RANGE"),
    ],
)
def test_a_fault_is_named(old, new, fault):
    assert old in GOOD

    found = faults(GOOD.replace(old, new))

    assert any(fault in each for each in found), found


def test_counts_tell_how_often_each_property_stands():
    found = counts(GOOD)

    assert found["VEVENT", "BEGIN"] == 2
    assert found["VEVENT", "UID"] == 2
    assert found["VCALENDAR", "VERSION"] == 1


def test_read_blocks_refuses_two_calendars_in_one():
    with pytest.raises(ValueError, match="not exactly one component"):
        read_blocks(GOOD + GOOD)
