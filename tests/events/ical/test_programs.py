"""Files as many calendar programs write them: every event of them is read, and nothing else.

The number is known to who wrote the file; readers that are not ours say the same.
"""

from __future__ import annotations

import os
import time

import pytest

from events.ical.problem import CalendarUnreadable
from events.ical.read import read_calendar
from tests.events.ical import panel
from tests.events.ical.corpus import FILES_EACH, File, broken, well_formed
from tests.events.ical.programs import PROGRAMS

NUMBER = len(PROGRAMS) * FILES_EACH
REFUSALS = {"cut_off", "empty", "no_calendar", "no_events", "no_readable_events", "utf16"}


@pytest.fixture(scope="module")
def sample() -> list[File]:
    return well_formed(every=NUMBER // 60)


def numbers(files: list[File]) -> dict[str, int]:
    found = {}
    for each in files:
        reading = read_calendar(each.data, default_timezone="Asia/Shanghai")
        assert reading.problems == (), each.name
        found[each.name] = len(reading.entries)
    return found


def expected(files: list[File]) -> dict[str, int]:
    return {each.name: each.events for each in files}


def check_panel(files: list[File]) -> dict[str, int]:
    """How many of the files each reader takes; of these each has to find the same number."""
    taken = {}
    readers = panel.counts([each.data for each in files])
    if os.environ.get("REQUIRE_SERVICES") == "1":
        assert sorted(readers) == ["ical", "ical.js", "icalendar", "libical", "vobject"]
    for reader, found in readers.items():
        answers = {
            each.name: number
            for each, number in zip(files, found, strict=True)
            if number is not None
        }
        assert answers == {name: n for name, n in expected(files).items() if name in answers}
        taken[reader] = len(answers)
    return taken


def test_a_sample_of_the_programs_gives_exactly_its_events(sample):
    assert NUMBER >= 870
    assert numbers(sample) == expected(sample)


def test_independent_readers_find_the_same_numbers_in_some_files(sample):
    taken = check_panel(sample[::4])

    assert set(taken.values()) == {len(sample[::4])}


def check_rewritten(files: list[File], *, at_least: int) -> None:
    """What other libraries make of the files is read as the same number of events."""
    for library, written in panel.rewritten([each.data for each in files]).items():
        again = [
            File(f"{each.name} by {library}", data, each.events)
            for each, data in zip(files, written, strict=True)
            if data is not None
        ]
        assert numbers(again) == expected(again)
        assert len(again) >= at_least, library


def test_what_other_libraries_make_of_some_files_holds_the_same_events(sample):
    check_rewritten(sample[1::6], at_least=8)


@pytest.mark.long
def test_what_other_libraries_make_of_the_files_holds_the_same_events():
    check_rewritten(well_formed(every=6), at_least=120)


@pytest.mark.long
def test_every_file_gives_exactly_its_events_as_independent_readers_agree():
    files = well_formed()
    assert numbers(files) == expected(files)

    taken = check_panel(files)

    assert set(taken.values()) == {NUMBER}


def outcome(data: bytes) -> str:
    try:
        return "read" if read_calendar(data, default_timezone="Asia/Shanghai").entries else "empty"
    except CalendarUnreadable as refusal:
        return refusal.code


def test_spoilt_files_end_with_a_result_or_a_named_reason():
    """I6, I10."""
    outcomes, slowest = {}, 0.0
    for name, data in broken():
        began = time.process_time()
        outcomes[name] = outcome(data)
        slowest = max(slowest, time.process_time() - began)

    assert len(outcomes) >= 280
    assert set(outcomes.values()) == {"read", *REFUSALS} - {"empty"}
    assert slowest < 5
