"""The part of an entry that an invitation says, as plain JSON values, and back."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from events.ical.entry import Entry, Text

_TEXTS = ("title", "description", "location")
_PLAIN = ("uid", "timezone", "url", "kind", "rrule")
_TIMES = ("rdates", "exdates")
_ASKED_AGAIN = ("start", "end", "timezone", "location", "rrule", "rdates", "exdates")


def record_of(entry: Entry) -> dict[str, Any]:
    """What invitees are told; equal records, equal invitations."""
    return {
        **{name: getattr(entry, name) for name in _PLAIN},
        **{name: [getattr(entry, name).zh, getattr(entry, name).en] for name in _TEXTS},
        **{name: [each.isoformat() for each in getattr(entry, name)] for name in _TIMES},
        "start": entry.start.isoformat(),
        "end": entry.end.isoformat(),
        "geo": list(entry.geo) if entry.geo else None,
    }


def entry_in(record: dict[str, Any], *, sequence: int, changed_at: datetime) -> Entry:
    """The entry of :func:`record_of`, with a revision."""
    values: dict[str, Any] = {
        **{name: record[name] for name in _PLAIN},
        **{name: Text(*record[name]) for name in _TEXTS},
        **{name: tuple(_when(each) for each in record[name]) for name in _TIMES},
    }
    return Entry(
        **values,
        start=_when(record["start"]),
        end=_when(record["end"]),
        geo=tuple(record["geo"]) if record["geo"] else None,
        sequence=sequence,
        changed_at=changed_at,
    )


def question_in(record: dict[str, Any]) -> str:
    """A digest of what an answer is about: when and where. Other words may change under it."""
    asked = json.dumps([record[name] for name in _ASKED_AGAIN], ensure_ascii=False)
    return hashlib.sha256(asked.encode(errors="surrogatepass")).hexdigest()[:32]


def _when(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
