"""Foreign calendars read in a process of their own; see ``events.ical.child`` for what bounds it."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

from events.ical.child import LENGTH, WALL_SECONDS
from events.ical.plain import unpacked_reading
from events.ical.problem import CalendarUnreadable
from events.ical.read import Reading
from events.ical.split import MAX_OCTETS
from events.recurrence.zones import is_known_timezone

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = (sys.executable, "-m", "events.ical.child")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TMPDIR")
_PATIENCE = WALL_SECONDS + 10  # the child ends a file by itself; after this the child is ended


def read_isolated(data: bytes, *, default_timezone: str, today: date) -> Reading:
    """:func:`~events.ical.read.read_calendar` with bounds on processor time and memory.

    Series with more dates around ``today`` than can be kept are among the problems, not among
    the entries.

    Raises:
        CalendarUnreadable: also where the file needs more than it may, whatever is wrong with it.
        TypeError: ``data`` is not bytes.
        ValueError: ``default_timezone`` is not an IANA name.
    """
    if not isinstance(data, bytes):
        raise TypeError("a calendar is read from bytes, never from text")
    if not is_known_timezone(default_timezone):
        raise ValueError(f"default_timezone {default_timezone!r} is not an IANA name")
    if len(data) > MAX_OCTETS:
        size = MAX_OCTETS // 1_000_000
        raise CalendarUnreadable("too_large", f"The file is larger than {size} MB; export less.")
    answer = _reader().answer(f"{default_timezone} {today.isoformat()}\n".encode() + data)
    try:
        return unpacked_reading(answer)
    except (ValueError, TypeError, KeyError, RecursionError) as unusable:
        raise _too_slow() from unusable


class _Reader:
    """One child process, started when it is needed, and again when it has died."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def answer(self, request: bytes) -> bytes:
        with self._lock:
            for _ in range(2):  # a child found dead says nothing about this file
                process = self._running()
                try:
                    return self._asked(process, request)
                except (BrokenPipeError, EOFError):
                    self.end()
                except BaseException:
                    self.end()  # its next answer would be this one's
                    raise
        raise _too_slow()

    def end(self) -> None:
        process, self._process = self._process, None
        if process is None or os.getpid() != self.owner:
            return
        process.kill()
        process.communicate()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                _CHILD,
                cwd=_ROOT,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,
            )
        return self._process

    def _asked(self, process: subprocess.Popen[bytes], request: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        end = time.monotonic() + _PATIENCE
        _say(process.stdin.fileno(), len(request).to_bytes(LENGTH, "big") + request, end)
        source = process.stdout.fileno()
        length = int.from_bytes(_heard(source, LENGTH, end), "big")
        return _heard(source, length, end)


def _environment() -> dict[str, str]:
    """What Python needs to start; the settings' secrets are no business of the child."""
    return {name: value for name, value in dict(os.environ).items() if name in _PASSED_ON}


def _say(target: int, message: bytes, end: float) -> None:
    """Write all of it, to a child that may have stopped listening.

    Raises:
        CalendarUnreadable: it was not taken in time.
    """
    left = memoryview(message)
    while left:
        _, ready, _ = select.select([], [target], [], max(0, end - time.monotonic()))
        if not ready:
            raise _too_slow()
        left = left[os.write(target, left[: select.PIPE_BUF]) :]


def _heard(source: int, length: int, end: float) -> bytes:
    """Exactly ``length`` octets.

    Raises:
        EOFError: the child died.
        CalendarUnreadable: there were none in time.
    """
    pieces = bytearray()
    while len(pieces) < length:
        ready, _, _ = select.select([source], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise _too_slow()
        piece = os.read(source, min(1 << 20, length - len(pieces)))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def _too_slow() -> CalendarUnreadable:
    return CalendarUnreadable(
        "too_slow",
        "Reading the file takes too much time or memory, so it was given up. Export less, or look "
        "for what is unusual in it.",
    )


_readers: dict[int, _Reader] = {}


def _reader() -> _Reader:
    """This process's own; one that was inherited by a fork belongs to the parent."""
    reader = _readers.get(os.getpid())
    if reader is None:
        _readers.clear()
        reader = _readers[os.getpid()] = _Reader()
        atexit.register(reader.end)
    return reader
