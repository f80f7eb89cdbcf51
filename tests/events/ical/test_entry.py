"""What an Entry promises by existing."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from events.ical.entry import Entry, Text

TALK = Entry(
    uid="talk-1",
    title=Text("光的故事", "The story of light"),
    start=datetime(2026, 3, 28, 10),
    end=datetime(2026, 3, 28, 11, 30),
    timezone="Asia/Shanghai",
)


def test_text_falls_back_to_the_language_there_is():
    assert Text("光", "light").in_language("en") == "light"
    assert Text("光").in_language("en") == "光"
    assert Text("", "light").in_language("zh") == "light"


def test_text_refuses_a_language_the_network_does_not_write():
    with pytest.raises(ValueError, match="'fr' is not one of zh, en"):
        Text("光").in_language("fr")


def test_entry_of_dates_lasts_all_day_and_one_of_datetimes_does_not():
    run = replace(TALK, start=date(2026, 3, 1), end=date(2026, 6, 1))

    assert run.is_all_day
    assert not TALK.is_all_day


def test_entry_may_be_a_moment_without_length():
    assert replace(TALK, end=TALK.start).end == TALK.start


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"uid": ""}, ValueError, "uid is empty"),
        ({"title": Text("")}, ValueError, "title of 'talk-1' is empty"),
        ({"end": datetime(2026, 3, 28, 9)}, ValueError, "is before start"),
        ({"end": date(2026, 3, 29)}, TypeError, "not all dates or all datetimes"),
        (
            {"start": date(2026, 3, 1), "end": date(2026, 3, 1)},
            ValueError,
            "whole days needs one",
        ),
        (
            {"end": datetime(2026, 3, 28, 12, tzinfo=UTC)},
            ValueError,
            "not a wall clock",
        ),
        (
            {"end": datetime(2026, 3, 28, 12, 0, 0, 5)},
            ValueError,
            "not in whole seconds",
        ),
        ({"end": datetime(9999, 3, 28, 12)}, ValueError, "outside the years 1900 to 2199"),
        ({"rdates": (date(2026, 4, 1),)}, TypeError, "not all dates or all datetimes"),
        (
            {"recurrence_id": "20260401"},
            TypeError,
            "is neither date nor datetime",
        ),
        ({"timezone": "Europe"}, ValueError, "'Europe' is not an IANA name"),
        ({"timezone": "../../etc/passwd"}, ValueError, "is not an IANA name"),
        ({"timezone": "A" * 300}, ValueError, "is not an IANA name"),
        (
            {"status": "GONE"},
            ValueError,
            "'GONE' is not one of TENTATIVE, CONFIRMED, CANCELLED",
        ),
        ({"visibility": "secret"}, ValueError, "'secret' is not one of public, hosts"),
        ({"geo": (117.2, 31.8)}, ValueError, "not a latitude and longitude"),
        ({"geo": (float("nan"), 31.8)}, ValueError, "not a latitude and longitude"),
        ({"sequence": -1}, ValueError, "sequence -1 is negative"),
        (
            {"changed_at": datetime(2026, 1, 1)},
            ValueError,
            "changed_at has no time zone",
        ),
    ],
)
def test_entry_refuses_what_no_calendar_could_show(change, error, words):
    """I4 among others: a zone name is looked up in a list, never opened as a file."""
    with pytest.raises(error, match=words):
        replace(TALK, **change)
