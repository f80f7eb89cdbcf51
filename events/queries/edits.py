"""What was changed in an event since somebody last decided about it: for those who decide next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from events.models import Event
from venues.models import AuditEntry

_DECISIONS = frozenset({"event.publish", "event.return", "event.archive"})
_LABEL = Event._meta.label_lower


@dataclass(frozen=True)
class FieldEdit:
    """A column of the event as it was and as it is now, as the log keeps values (JSON)."""

    name: str
    old: Any
    new: Any


@dataclass
class Edits:
    """``is_new``: nobody decided about the event yet, so all of it is new."""

    is_new: bool = True
    editors: list[str] = field(default_factory=list)
    _before: dict[str, Any] = field(default_factory=dict)
    _after: dict[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> list[FieldEdit]:
        """What differs in the end; what was changed back is not told."""
        return [
            FieldEdit(name, old, self._after[name])
            for name, old in self._before.items()
            if name in self._after and self._after[name] != old
        ]

    def hear(self, entry: AuditEntry) -> None:
        if entry.action in _DECISIONS:
            self.is_new = False
            self.editors, self._before, self._after = [], {}, {}
            return
        if entry.actor_name and entry.actor_name not in self.editors:
            self.editors.append(entry.actor_name)
        for name, old in entry.before.items():
            if name in entry.after and name != "moderation":
                self._before.setdefault(name, old)
                self._after[name] = entry.after[name]


def edits_since_decision(events: Iterable[Event]) -> Mapping[int, Edits]:
    """Of each event what people changed since it was last published, returned or archived.

    Read off the log in one query, which holds every change that people made.
    """
    found = {event.pk: Edits() for event in events}
    entries = AuditEntry.objects.filter(
        subject_type=_LABEL, subject_id__in=[str(pk) for pk in found], action__startswith="event."
    )
    for entry in entries.order_by("at", "pk"):
        found[int(entry.subject_id)].hear(entry)
    return found
