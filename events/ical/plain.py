"""A reading as JSON and back, for the way out of the process that reads foreign files.

Only values travel, never objects: what comes back is checked again by :class:`Entry` itself.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from datetime import date, datetime
from typing import Any

from events.ical.entry import Entry, Text
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.read import Reading

_DEFAULTS = {f.name: f.default for f in fields(Entry) if f.default is not MISSING}
_NAMES = [f.name for f in fields(Entry)]


def packed_reading(reading: Reading) -> bytes:
    """What :func:`unpacked_reading` understands."""
    told = {
        "entries": [_plain_entry(entry) for entry in reading.entries],
        "problems": [asdict(problem) for problem in reading.problems],
        "name": reading.name,
        "timezone": reading.timezone,
        "product": reading.product,
    }
    return json.dumps(told).encode()


def packed_failure(failure: CalendarUnreadable) -> bytes:
    problems = [asdict(problem) for problem in failure.problems]
    told = {"code": failure.code, "message": str(failure), "problems": problems}
    return json.dumps({"failure": told}).encode()


def unpacked_reading(data: bytes) -> Reading:
    """The reading in an answer.

    Raises:
        CalendarUnreadable: that is what the answer says.
        ValueError, TypeError, KeyError: it is no answer of ours.
    """
    told = json.loads(data)
    if failure := told.get("failure"):
        problems = tuple(Problem(**each) for each in failure["problems"])
        raise CalendarUnreadable(failure["code"], failure["message"], problems)
    return Reading(
        entries=tuple(
            Entry(**{name: _value(value) for name, value in each.items()})
            for each in told["entries"]
        ),
        problems=tuple(Problem(**each) for each in told["problems"]),
        name=told["name"],
        timezone=told["timezone"],
        product=told["product"],
    )


def _plain_entry(entry: Entry) -> dict[str, Any]:
    """The fields that say something."""
    plain = {}
    for name in _NAMES:
        value = getattr(entry, name)
        if name not in _DEFAULTS or value != _DEFAULTS[name]:
            plain[name] = _plain(value)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"at": value.isoformat()}
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(each) for each in plain)
    if not isinstance(plain, dict):
        return plain
    if "zh" in plain:
        return Text(plain["zh"], plain["en"])
    text = plain["at"]
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
