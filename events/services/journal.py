"""What undoing a reading needs: events as they were before it, packed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from events.models import Event

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
