"""Foreign files in a process of their own: each ends soon, with a result or a reason."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from events.ical.problem import CalendarUnreadable
from events.ical.read import Reading, read_calendar
from events.imports import isolated
from events.imports.isolated import read_isolated
from tests.events.ical.hostile import FILES, START, calendar, mutants, recipes

TODAY = date(2026, 11, 2)
REFUSALS = {
    *("cut_off", "empty", "no_calendar", "no_events", "no_readable_events", "too_deep"),
    *("too_large", "too_many", "too_slow", "utf16", "web_page"),
}


def read(data: bytes) -> Reading:
    return read_isolated(data, default_timezone="Asia/Shanghai", today=TODAY)


def outcome(data: bytes) -> str:
    """``read``, or the code of the refusal; everything else is a fault of ours."""
    try:
        return "read" if read(data).entries else "nothing"
    except CalendarUnreadable as refusal:
        return refusal.code


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("path", sorted(FILES.glob("*.ics")), ids=lambda path: path.name)
def test_what_comes_out_of_the_process_is_what_was_read_in_it(path):
    data = path.read_bytes()

    assert read(data) == read_calendar(data, default_timezone="Asia/Shanghai")


def test_hostile_files_end_with_a_result_or_a_reason():
    """I1, I2, I3, I4, I5, I6, I7, I9, I10, M6: every third but the largest, in 5 s and 256 MB."""
    outcomes = {name: outcome(data) for name, data in list(recipes())[::3] if len(data) < 200_000}

    assert {code for code in outcomes.values() if code != "read"} <= REFUSALS - {"too_slow"}


@pytest.mark.long
def test_every_hostile_file_ends_with_a_result_or_a_reason():
    """I1, I2, I3, I4, I5, I6, I7, I9, I10, M6."""
    outcomes = {name: outcome(data) for name, data in recipes()}

    assert len(outcomes) >= 290
    assert {code for code in outcomes.values() if code != "read"} <= REFUSALS - {"too_slow"}


def test_byte_mutants_end_with_a_result_or_a_reason():
    """I10."""
    outcomes = {name: outcome(data) for name, data in mutants(200)}

    assert {code for code in outcomes.values() if code != "read"} <= REFUSALS - {"too_slow"}


@pytest.mark.long
def test_twenty_thousand_byte_mutants_end_with_a_result_or_a_reason():
    """I10."""
    wrong = [
        (name, code)
        for name, data in mutants(20_000)
        if (code := outcome(data)) not in REFUSALS | {"read"} or code == "too_slow"
    ]

    assert wrong == []


def test_series_with_more_dates_than_can_be_kept_are_lost_by_name():
    """I1: so that no rule that passes is a burden to the worker."""
    often = ",".join(map(str, range(24)))
    reading = read(calendar(START, f"UID:often\n{START}\nRRULE:FREQ=DAILY;BYHOUR={often}"))

    assert [entry.uid for entry in reading.entries] == ["e0"]
    assert reading.lost_uids == {"often"}
    assert [problem.code for problem in reading.problems if problem.is_lost] == ["too_costly"]


def test_a_file_that_kills_its_reader_costs_only_itself(monkeypatch):
    """I10: whatever dies over there, a worker goes on."""
    assert outcome(calendar(START)) == "read"
    first = isolated._reader()._process
    os.kill(first.pid, signal.SIGKILL)
    first.wait()

    assert outcome(calendar(START)) == "read"
    assert isolated._reader()._process.pid != first.pid


def test_the_process_knows_no_secrets_and_no_database(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    isolated._reader().end()
    read(calendar(START))

    told = Path(f"/proc/{isolated._reader()._process.pid}/environ").read_bytes()
    names = {each.partition(b"=")[0] for each in told.split(b"\0")}

    assert not names & {b"SECRET_KEY", b"DATABASE_URL", b"DJANGO_SETTINGS_MODULE"}


@pytest.fixture
def stubborn(monkeypatch):
    """Children whose work hangs, in place of the real one."""

    def start(how: str, seconds: float = 1) -> None:
        isolated._reader().end()
        module = "tests.events.imports.stubborn_child"
        monkeypatch.setattr(isolated, "_CHILD", (sys.executable, "-m", module, how, str(seconds)))

    yield start
    isolated._reader().end()


def processes_of(group: int) -> list[int]:
    """Living processes of a session; those that were killed and not yet waited for are none."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, of = stat.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("how", ["sleep", "loop"])
def test_work_that_sleeps_or_loops_is_killed_and_the_child_goes_on(stubborn, how):
    """I5: by the wall clock or by processor time; the next file is read by the same child."""
    stubborn(how, 1)
    began = time.monotonic()

    assert outcome(calendar(START)) == "too_slow"

    child = isolated._reader()._process
    assert time.monotonic() - began < 8
    assert processes_of(child.pid) == [child.pid]
    assert outcome(calendar(START)) == "too_slow"
    assert isolated._reader()._process is child


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_child_that_neither_listens_nor_answers_is_ended(stubborn, monkeypatch, size):
    """I5: even a file that does not fit into the pipe keeps no worker waiting."""
    stubborn("deaf")
    monkeypatch.setattr(isolated, "_PATIENCE", 1)
    began = time.monotonic()

    assert outcome(calendar(START + "\nX:" + "x" * size)) == "too_slow"

    assert time.monotonic() - began < 8
    assert isolated._reader()._process is None


def test_memory_and_processor_time_are_bounded_in_the_fork(monkeypatch):
    """I5: the fork that eats memory, and the one that never ends, both end without an answer."""
    from events.ical import child

    def eat(_request: bytes) -> bytes:
        return bytes(child.MEMORY_BYTES * 2)

    def spin(_request: bytes) -> bytes:
        while True:
            pass

    monkeypatch.setattr(child, "read_plainly", eat)
    assert child._answered(b"") == b""
    monkeypatch.setattr(child, "CPU_SECONDS", 1)
    monkeypatch.setattr(child, "read_plainly", spin)
    before = cpu_of_children()
    assert child._answered(b"") == b""
    assert cpu_of_children() - before < 2.5


def test_text_and_unknown_zones_are_refused_before_anything_starts():
    with pytest.raises(TypeError):
        read_isolated("/etc/hostname", default_timezone="Asia/Shanghai", today=TODAY)
    with pytest.raises(ValueError, match="not an IANA name"):
        read_isolated(b"x", default_timezone="Nowhere", today=TODAY)
