"""``python -m events.ical.child``: reads foreign calendars where nothing can be harmed.

A server of one caller. It loads the reader once and then forks for every file, so that a file
costs a fork and not the start of Python. The fork has a bound on processor time and memory; what
it does not survive costs only itself. No Django, no database, no settings in here.

A request on standard input, and an answer on standard output, is a length (eight octets) and as
many octets. A request is a line with the default zone and today's date, then the file; an
answer is what ``events.ical.plain`` packs, or nothing where the file was too much.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from datetime import date
from typing import BinaryIO

from events.ical.plain import packed_failure, packed_reading
from events.ical.problem import CalendarUnreadable
from events.ical.read import read_calendar
from events.ical.trial import without_costly_series

CPU_SECONDS = 5
WALL_SECONDS = 20.0
MEMORY_BYTES = 256 * 1024 * 1024
LENGTH = 8
_CHUNK = 1 << 16
_FIRST = b"""Asia/Shanghai 2026-01-01
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:1
DTSTART;TZID="nowhere":20260101T100000
RRULE:FREQ=DAILY;COUNT=2
END:VEVENT
END:VCALENDAR
"""


def main() -> None:
    """Answer requests until the caller closes his end."""
    read_plainly(_FIRST)  # what every fork would have to load for itself
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := _received(requests)) is not None:
        answer = _answered(request)
        answers.write(len(answer).to_bytes(LENGTH, "big") + answer)
        answers.flush()


def read_plainly(request: bytes) -> bytes:
    """The whole work on one request, here and now: bytes to an answer's octets."""
    head, _, data = request.partition(b"\n")
    default_timezone, today = head.decode().split(" ")
    try:
        reading = read_calendar(data, default_timezone=default_timezone)
        reading = without_costly_series(reading, today=date.fromisoformat(today))
    except CalendarUnreadable as failure:
        return packed_failure(failure)
    return packed_reading(reading)


def _received(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        return None
    body = stream.read(int.from_bytes(head, "big"))
    return body if len(body) == int.from_bytes(head, "big") else None


def _answered(request: bytes) -> bytes:
    """What the fork says; nothing where it died or took too long."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _work(request, theirs)
    os.close(theirs)
    answer = _heard(ours)
    os.close(ours)
    if answer is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return answer if answer and status == 0 else b""


def _work(request: bytes, out: int) -> None:
    """In the fork; never returns. Whatever goes wrong is told by the exit status alone."""
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        answer = read_plainly(request)
        for first in range(0, len(answer), _CHUNK):
            _write_all(out, answer[first : first + _CHUNK])
    except BaseException:  # MemoryError and KeyboardInterrupt too: a fork must not go on above
        os._exit(1)
    os._exit(0)


def _write_all(out: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(out, piece) :]


def _heard(source: int) -> bytes | None:
    """Everything until the other end is closed; none when that takes too long."""
    end = time.monotonic() + WALL_SECONDS
    pieces: list[bytes] = []
    while (left := end - time.monotonic()) > 0:
        ready, _, _ = select.select([source], [], [], left)
        if ready:
            piece = os.read(source, _CHUNK)
            if not piece:
                return b"".join(pieces)
            pieces.append(piece)
    return None


if __name__ == "__main__":
    main()
