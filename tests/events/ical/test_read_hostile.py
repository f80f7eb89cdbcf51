"""Files made to hang, to swell or to break: each ends soon, with a result or a reason."""

from __future__ import annotations

import random
import time
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from events.ical.problem import CalendarUnreadable
from events.ical.read import Reading, read_calendar

from .test_read import FILES, calendar
from .test_write import season as written_season
from .test_write import write

ROOT = Path(__file__).parents[3]


def read_or_reason(data: bytes) -> Reading | CalendarUnreadable:
    try:
        return read_calendar(data, default_timezone="Asia/Shanghai")
    except CalendarUnreadable as refusal:
        return refusal


HOSTILE = {
    "hundred thousand attendees": partial(calendar, "ATTENDEE;CN=x:mailto:a@b.example\n" * 100_000),
    "hundred thousand parameters": partial(calendar, "SUMMARY" + ";X=1" * 100_000 + ":x"),
    "a line of five megabytes": partial(calendar, "DESCRIPTION:" + "x" * 5_000_000),
    "an attachment of nine megabytes": partial(
        calendar, "ATTACH;ENCODING=BASE64:" + "QUJD" * 2_250_000
    ),
    "a million folds": partial(calendar, "DESCRIPTION:" + "\r\n x" * 1_000_000),
    "a million semicolons without a colon": partial(calendar, "SUMMARY" + ";" * 1_000_000),
    "a million backslashes": partial(calendar, "SUMMARY:" + "\\" * 150_000),
    "a million quotes": partial(calendar, "SUMMARY" + ';X="' * 30_000 + ":x"),
    "a million commas": partial(calendar, "CATEGORIES:" + "," * 190_000),
    "hundred thousand nested": lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\n" * 100_000,
    "nested in an event": partial(calendar, "BEGIN:VALARM\n" * 30 + "END:VALARM\n" * 30),
    "hundred thousand excluded days": partial(calendar, "EXDATE:20260307T100000\n" * 100_000),
    "dates in one line": partial(calendar, "RDATE:" + ",".join(["20260307T100000"] * 12_000)),
    "repeating alarm": partial(
        calendar, "BEGIN:VALARM\nREPEAT:2147483647\nDURATION:PT0S\nEND:VALARM"
    ),
    "duration without end": partial(calendar, "DURATION:P999999999999999999999W"),
    "zone of a hundred thousand names": partial(
        calendar, "DTSTART;TZID=" + "/a" * 90_000 + ":20260307T100000"
    ),
    "zone that changes for ever": partial(
        calendar,
        "DTSTART;TZID=Ours:20260307T100000",
        head="BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0817\n"
        "END:STANDARD\nEND:VTIMEZONE",
    ),
    "eight thousand overrides": partial(
        calendar,
        "UID:s\nRRULE:FREQ=DAILY",
        *(
            f"UID:s\nRECURRENCE-ID:20{26 + n // 336:02}{1 + n // 28 % 12:02}{1 + n % 28:02}T100000"
            for n in range(8_000)
        ),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_within_five_seconds(name):
    """I2, I3, I4, I5"""
    began = time.process_time()

    answer = read_or_reason(HOSTILE[name]())

    assert time.process_time() - began < 5
    if isinstance(answer, CalendarUnreadable):
        assert answer.code in {"too_deep", "no_readable_events", "unclosed"}
    else:
        assert len(answer.entries) >= 1


@pytest.mark.parametrize("name", ["a line of five megabytes", "an attachment of nine megabytes"])
def test_a_hostile_file_stays_within_its_memory(name):
    """I5"""
    data = HOSTILE[name]()
    tracemalloc.start()

    read_or_reason(data)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 256_000_000


def mutants(count: int, seed: int):
    """Bytes of the test files, changed, cut, doubled and mixed."""
    random_ = random.Random(seed)
    sources = [path.read_bytes() for path in sorted(FILES.glob("*.ics"))]
    sources.append(write(*written_season()[:6]))
    lines = [line for source in sources for line in source.splitlines(keepends=True)]
    for _ in range(count):
        data = bytearray(random_.choice(sources))
        for _ in range(random_.randint(1, 8)):
            at = random_.randrange(len(data))
            kind = random_.randrange(6)
            if kind == 0:
                data[at] = random_.randrange(256)
            elif kind == 1:
                del data[at : at + random_.randint(1, 40)]
            elif kind == 2:
                data[at:at] = random_.choice(lines)
            elif kind == 3:
                data[at:at] = bytes(random_.choices(b'\x00\x0b\r\n;:,=\\"TZ0129-+/\xff', k=4))
            elif kind == 4:
                data[at:at] = random_.choice([b"TZID=Europe", b"RRULE:FREQ=", b"20260230T250000Z"])
            else:
                data[at : at + 8] = b"%08d" % random_.randrange(10**8)
            if not data:
                data = bytearray(b"\n")
        yield bytes(data)


def check(data: bytes) -> None:
    answer = read_or_reason(data)
    if isinstance(answer, Reading):
        assert answer.entries
        for problem in answer.problems:
            assert problem.words
            assert problem.code


def test_mutants_end_with_a_result_or_a_reason():
    """I10: no other exception than the one that is promised."""
    for data in mutants(1_500, seed=1):
        check(data)


@pytest.mark.long
def test_twenty_thousand_mutants_end_with_a_result_or_a_reason():
    """I10"""
    slowest = 0.0
    for data in mutants(20_000, seed=2):
        began = time.process_time()
        check(data)
        slowest = max(slowest, time.process_time() - began)

    assert slowest < 2


def test_what_was_read_from_mutants_can_be_written():
    """Every entry of a reading is fit for a feed."""
    for data in mutants(150, seed=3):
        answer = read_or_reason(data)
        if isinstance(answer, Reading):
            assert read_or_reason(write(*answer.entries))


def test_reading_opens_no_file(monkeypatch):
    """I4, M6: whatever a zone or a file calls itself."""
    names = ["Europe", "../../etc/passwd", "/etc/hostname", "A" * 300]
    data = calendar(*(f"DTSTART;TZID={name}:20260307T100000" for name in names))
    opened = []
    monkeypatch.setattr("builtins.open", lambda *a, **k: opened.append(a))

    read_or_reason(data)

    assert opened == []
