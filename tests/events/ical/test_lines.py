"""Our content lines beside those of the ``icalendar`` library: the same bytes (hazard O1)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.prop import vInline

from events.ical.lines import Lines, escaped
from events.ical.text import clean_text

WORDS = st.text(alphabet=st.sampled_from("ab光影 \\;,:\"^\n\t'é🚀Nn"), max_size=300) | st.text(
    max_size=300
)


@given(words=WORDS, name=st.sampled_from(["SUMMARY", "DESCRIPTION", "X-ORRERY-KIND", "UID"]))
@settings(max_examples=300, deadline=None)
def test_texts_are_written_as_the_library_writes_them_O1(words, name):
    words = clean_text(words).replace("\\N", "\\n")  # the library takes \N for a line end
    ours, theirs = Lines("VEVENT"), icalendar.Event()
    ours.put_text(name, words)
    ours.put("SEQUENCE", "7")
    theirs.add(name, icalendar.vText(words), encode=False)
    theirs.add("sequence", 7)

    assert ours.closed() == theirs.to_ical()


@given(words=WORDS)
@settings(max_examples=300, deadline=None)
def test_texts_are_read_back_by_the_library_as_they_were_O1(words):
    words = clean_text(words)
    event = Lines("VEVENT")
    event.put_text("SUMMARY", words)

    read = icalendar.Event.from_ical(event.closed())

    assert list(read) == ["SUMMARY"]
    assert str(read["SUMMARY"]) == words
    assert all(len(line) <= 75 for line in event.closed().split(b"\r\n"))


@pytest.mark.parametrize(
    ("value", "timezone"),
    [
        (date(2026, 11, 7), "Asia/Shanghai"),
        (datetime(2026, 11, 7, 10, 30), "Asia/Shanghai"),
        (datetime(1901, 1, 2, 3, 4, 5), "America/Argentina/Buenos_Aires"),
        (datetime(2026, 11, 7, 10, 30), "UTC"),
    ],
)
def test_times_are_written_as_the_library_writes_them(value, timezone):
    ours, theirs = Lines("VEVENT"), icalendar.Event()
    ours.put_wall_clock("DTSTART", value, timezone)
    ours.put_moment("DTSTAMP", datetime(2026, 11, 2, 12, 0, 0, 999, tzinfo=UTC))
    if timezone == "UTC":
        theirs.add("dtstart", value.replace(tzinfo=UTC))
    elif isinstance(value, datetime):
        theirs.add("dtstart", value, parameters={"TZID": timezone})
    else:
        theirs.add("dtstart", value)
    theirs.add("dtstamp", datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC))

    assert ours.closed() == theirs.to_ical()


def test_properties_stand_in_the_order_the_library_gives_them():
    names = ["URL", "UID", "STATUS", "DTSTART", "SUMMARY", "X-B", "EXDATE", "CATEGORIES", "EXDATE"]
    ours, theirs = Lines("VEVENT"), icalendar.Event()
    for number, name in enumerate(names):
        ours.put(name, str(number))
        theirs.add(name, vInline(str(number)), encode=False)

    assert ours.closed() == theirs.to_ical()


def test_escaping_follows_the_rfc_where_the_library_does_not():
    assert escaped("C:\\Nord; a, b\nc") == "C:\\\\Nord\\; a\\, b\\nc"
