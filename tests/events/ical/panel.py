"""What other people's calendar software says to our bytes; used by tests of everything served."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from events.ical.lint import faults
from tests.services import calendar_client_paths, libical_python_path

log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[3]
READERS = Path(__file__).parent / "readers"


class ReaderMissing(Exception):
    """A reader is not installed here."""


class ReaderFailed(Exception):
    """A reader is here and broke."""


def complaints(data: bytes) -> list[str]:
    """Everything that vobject, ``ical``, libical, ical.js, node-ical and calcurse find wrong.

    And what we find ourselves where no reader complains. Readers that are not installed are
    left out, unless ``REQUIRE_SERVICES=1``.
    """
    found = [f"lint: {fault}" for fault in faults(data)]
    found += complaints_of_vobject(data) + complaints_of_ical(data)
    for ask in (
        complaints_of_libical,
        complaints_of_icaljs,
        complaints_of_node_ical,
        complaints_of_calcurse,
    ):
        try:
            found += ask(data)
        except ReaderMissing as missing:
            if os.environ.get("REQUIRE_SERVICES") == "1":
                found.append(f"REQUIRE_SERVICES=1, but {missing}")
            else:
                log.warning("left out: %s", missing)
    return found


def complaints_of_vobject(data: bytes) -> list[str]:
    import vobject

    try:
        calendar = vobject.readOne(data.decode())
        calendar.validate(raiseException=True)
    except Exception as error:
        return [f"vobject: {type(error).__name__}: {error}"]
    return []


def complaints_of_ical(data: bytes) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ical.calendar_stream import IcsCalendarStream

        try:
            IcsCalendarStream.calendar_from_ics(data.decode())
        except Exception as error:
            return [f"ical: {type(error).__name__}: {error}"]
    return []


def complaints_of_libical(data: bytes) -> list[str]:
    return _ask_for_complaints(libical_command("complaints"), data)


def complaints_of_icaljs(data: bytes) -> list[str]:
    return _ask_for_complaints(icaljs_command("complaints"), data)


def counts(files: list[bytes]) -> dict[str, list[int | None]]:
    """How many events each reader finds in each file; none where it refuses the file."""
    found = {
        name: [_counted(count, data) for data in files]
        for name, count in {
            "icalendar": _count_of_icalendar,
            "vobject": _count_of_vobject,
            "ical": _count_of_ical,
        }.items()
    }
    texts = json.dumps([data.decode("utf-8-sig") for data in files]).encode()
    for name, command in {"libical": libical_command, "ical.js": icaljs_command}.items():
        try:
            found[name] = _ask(command("count"), texts)
        except ReaderMissing as missing:
            log.warning("left out: %s", missing)
    return found


def rewritten(files: list[bytes]) -> dict[str, list[bytes | None]]:
    """The files as other libraries write them after reading them; none where one refuses."""
    found: dict[str, list[bytes | None]] = {
        name: [_counted(write, data) for data in files]
        for name, write in {"icalendar": _by_icalendar, "vobject": _by_vobject}.items()
    }
    texts = json.dumps([data.decode("utf-8-sig") for data in files]).encode()
    for name, command in {"libical": libical_command, "ical.js": icaljs_command}.items():
        try:
            answers = _ask(command("rewrite"), texts)
        except ReaderMissing as missing:
            log.warning("left out: %s", missing)
        else:
            found[name] = [None if each is None else each.encode() for each in answers]
    return found


def _by_icalendar(text: str) -> bytes:
    from icalendar import Calendar

    return b"".join(each.to_ical() for each in Calendar.from_ical(text, multiple=True))


def _by_vobject(text: str) -> bytes:
    import vobject

    calendars = vobject.readComponents(text)
    return "".join(each.serialize(validate=False) for each in calendars).encode()


def _counted(count: Callable[[str], int], data: bytes) -> int | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return count(data.decode("utf-8-sig"))
        except Exception:  # each reader has its own ways to refuse
            return None


def _count_of_icalendar(text: str) -> int:
    from icalendar import Calendar

    return sum(len(each.walk("VEVENT")) for each in Calendar.from_ical(text, multiple=True))


def _count_of_vobject(text: str) -> int:
    import vobject

    calendars = vobject.readComponents(text)
    return sum(len(each.contents.get("vevent", [])) for each in calendars)


def _count_of_ical(text: str) -> int:
    from ical.calendar_stream import CalendarStream

    return sum(len(each.events) for each in CalendarStream.from_ics(text).calendars)


def complaints_of_node_ical(data: bytes) -> list[str]:
    return _ask_for_complaints(node_ical_command(), data)


def complaints_of_calcurse(data: bytes) -> list[str]:
    """calcurse reads a file into its own diary and reports what it left out."""
    program = calendar_client_paths().get("calcurse")
    if program is None:
        raise ReaderMissing("calcurse is not here")
    if b"BEGIN:VEVENT" not in data:
        return []  # it has nothing to read in an empty calendar, and says so as an error
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feed.ics"
        file.write_bytes(data)
        done = subprocess.run(
            [program, "-D", folder, "-i", file],
            env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": folder},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    report = re.search(r"(\d+) apps? / (\d+) events? / \d+ todos? / 0 skipped", done.stdout)
    if report is None or int(report[1]) + int(report[2]) != data.count(b"\r\nBEGIN:VEVENT\r\n"):
        return [f"calcurse: {(done.stdout + done.stderr)[-300:]}"]
    return []


def libical_offsets(questions: list[tuple[str, str, int, list[tuple[int, int]]]]) -> Any:
    return _ask(libical_command("offsets"), json.dumps(questions).encode())


def icaljs_offsets(questions: list[tuple[str, str, int, list[tuple[int, int]]]]) -> Any:
    return _ask(icaljs_command("offsets"), json.dumps(questions).encode())


def icaljs_expand(questions: list[tuple[str, str, int]]) -> Any:
    return _ask(icaljs_command("expand"), json.dumps(questions).encode())


def libical_expand(questions: list[tuple[str, str, int]]) -> Any:
    return _ask(libical_command("expand"), json.dumps(questions).encode())


def need(command: Callable[[str], list[str]]) -> None:
    """Skip the test where a reader is missing (with ``REQUIRE_SERVICES=1`` a skip fails)."""
    try:
        command("complaints")
    except ReaderMissing as missing:
        pytest.skip(str(missing))


@cache
def libical_command(job: str) -> list[str]:
    python = libical_python_path()
    if python is None:
        raise ReaderMissing("libical is not here (apt-get install gir1.2-ical-3.0 python3-gi)")
    return [str(python), str(READERS / "libical_reader.py"), job]


@cache
def icaljs_command(job: str) -> list[str]:
    """``ORRERY_NODE_MODULES`` names another folder of packages than the root's."""
    modules = Path(os.environ.get("ORRERY_NODE_MODULES") or ROOT / "tests" / "node_modules")
    library = modules / "ical.js" / "dist" / "ical.js"
    if not library.exists():
        raise ReaderMissing("ical.js is not in node_modules (npm ci)")
    try:
        subprocess.run(["node", "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise ReaderMissing("node is not here") from None
    return ["node", str(READERS / "icaljs_reader.mjs"), str(library), job]


@cache
def node_ical_command() -> list[str]:
    _, reader, library, job = icaljs_command("complaints")
    main = Path(library).parents[2] / "node-ical" / "node-ical.js"
    if not main.exists():
        raise ReaderMissing("node-ical is not in node_modules (npm ci)")
    return ["node", str(Path(reader).parent / "node_ical_reader.mjs"), str(main), job]


def _ask_for_complaints(command: list[str], data: bytes) -> list[str]:
    try:
        return _ask(command, data)
    except ReaderFailed as failure:
        return [str(failure)]


def _ask(command: list[str], data: bytes) -> Any:
    answer = subprocess.run(command, input=data, capture_output=True, timeout=900, check=False)
    if answer.returncode:
        raise ReaderFailed(f"{Path(command[1]).stem} failed: {answer.stderr.decode()[-300:]}")
    return json.loads(answer.stdout)
