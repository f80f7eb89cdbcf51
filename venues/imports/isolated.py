"""Uploaded tables read in a process of their own, with bounds on time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from venues.imports.archive import UnreadableFile
from venues.imports.workbook import Row, Table, UnusableCell

WALL_SECONDS = 40  # a busy machine gives a process a fraction of its time
MAX_OCTETS = 20_000_000
_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPYCACHEPREFIX", "SYSTEMROOT", "TMPDIR")
_UNPACKED: Mapping[str, Callable[[Any], Any]] = {
    "unusable": UnusableCell,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
    "length": lambda seconds: timedelta(seconds=seconds),
}


def read_table_isolated(content: bytes) -> Table:
    """:func:`~venues.imports.workbook.read_table` in a child that may not take the caller along.

    Raises:
        UnreadableFile: also where the file needs more time or memory than it may.
    """
    if len(content) > MAX_OCTETS:
        raise UnreadableFile(f"The file is larger than {MAX_OCTETS // 1_000_000} MB; split it.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "venues.imports.child"],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=_environment(),
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise _too_much() from slow
    if done.returncode != 0:
        raise _too_much()
    return unpacked_table(done.stdout)


def unpacked_table(answer: bytes) -> Table:
    """What the child says: :func:`venues.imports.child.packed_table`, or a refusal."""
    head, *rows = map(json.loads, answer.splitlines())
    if "refusal" in head:
        raise UnreadableFile(head["refusal"])
    return Table(
        headings=tuple(head["headings"]),
        heading_row=head["heading_row"],
        rows=tuple(
            Row(number, tuple(_unpacked(value) for value in values)) for number, values in rows
        ),
    )


def _unpacked(value: Any) -> Any:
    return _UNPACKED[value[0]](value[1]) if isinstance(value, list) else value


def _environment() -> dict[str, str]:
    """What Python needs to start; the settings' secrets are no business of the child."""
    return {name: value for name, value in dict(os.environ).items() if name in _PASSED_ON}


def _too_much() -> UnreadableFile:
    return UnreadableFile(
        "Reading the file takes too much time or memory, so it was given up. Copy the rows, "
        "without formats, into a new workbook."
    )
