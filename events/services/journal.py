"""What undoing a reading needs: events as they were before it, packed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from events.models import Event, ImportRun
from events.queries.edits import FieldEdit

UNTOUCHED = frozenset({"id", "source", "uid", "public_uid", "created_at", "is_free", "moderation"})
"""What no reading ever changes; the first five are fixed, the rest belongs to editors."""
_COUNTERS = frozenset({"sequence", "changed_at"})
_RESTORED = [
    column for column in Event._meta.concrete_fields if column.name not in UNTOUCHED | _COUNTERS
]


@dataclass(frozen=True)
class Journal:
    """``created``: ids of new events. ``before``: columns and links of changed ones, by id."""

    created: tuple[int, ...] = ()
    before: Mapping[int, dict[str, Any]] = field(default_factory=dict)

    def packed(self) -> bytes:
        text = json.dumps([self.created, self.before], cls=DjangoJSONEncoder)
        return zlib.compress(text.encode(), 3)

    @classmethod
    def unpacked(cls, packed: bytes) -> Journal:
        created, before = json.loads(zlib.decompress(packed))
        return cls(tuple(created), {int(pk): values for pk, values in before.items()})


def columns_now(event: Event) -> dict[str, Any]:
    """What a reading may change of the event, by attribute name."""
    return {column.attname: getattr(event, column.attname) for column in _RESTORED}


def columns_then(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns among ``values`` of a journal, as Python values."""
    return {
        column.attname: column.to_python(values[column.attname])
        if column.remote_field is None
        else values[column.attname]
        for column in _RESTORED
        if column.attname in values
    }


MOST_TOLD = 100
_NOT_TOLD = frozenset({"cancelled_from", "source_id", "zh_changed_at", "en_changed_at"})


@dataclass(frozen=True)
class Told:
    """What a reading did, in words for people: new events, and fields of those that changed."""

    created: list[Event] = field(default_factory=list)
    changed: list[tuple[Event, list[FieldEdit]]] = field(default_factory=list)


def told_of(run: ImportRun | None) -> Told:
    """Of at most 100 events what the run did, compared with how they are now; without a journal,
    nothing can be told any more."""
    if run is None or not run.journal:
        return Told()
    journal = Journal.unpacked(bytes(run.journal))
    events = Event.objects.filter(source=run.source_id).order_by("start_date", "pk")
    changed = events.filter(pk__in=list(journal.before))[:MOST_TOLD]
    return Told(
        created=list(events.filter(pk__in=journal.created)[:MOST_TOLD]),
        changed=[(event, _edits(event, journal.before[event.pk])) for event in changed],
    )


def _edits(event: Event, values: Mapping[str, Any]) -> list[FieldEdit]:
    then, now = columns_then(values), columns_now(event)
    return [
        FieldEdit(name, _plain(then[name]), _plain(now[name]))
        for name in then
        if then[name] != now[name] and name not in _NOT_TOLD
    ]


def _plain(value: Any) -> Any:
    is_plain = isinstance(value, (str, int, float, bool, list, dict, type(None)))
    return value if is_plain else str(value)
