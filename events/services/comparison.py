"""What has to happen to a source's events so that they say what is wanted. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from events.enums import Moderation, Status
from events.models import Event, Source
from events.services.facts import Facts, status_of
from events.services.history import set_columns


@dataclass(frozen=True)
class Wanted:
    """An event as its entry tells it, in terms of rows."""

    facts: Facts
    venue_id: int | None
    topic_ids: frozenset[int]

    @property
    def uid(self) -> str:
        return self.facts.uid


@dataclass(frozen=True)
class Stored:
    """An event as it is, with its links."""

    event: Event
    topic_ids: frozenset[int]
    refids: frozenset[str]


@dataclass
class Changes:
    """Events with their new values set, filed under what happened to them."""

    source: Source
    public_uids: Mapping[str, str]
    """The public uid of each uid there may be."""
    now: datetime
    created: list[Event] = field(default_factory=list)
    updated: list[Event] = field(default_factory=list)
    cancelled: list[Event] = field(default_factory=list)
    restored: list[Event] = field(default_factory=list)
    unchanged: int = 0

    @property
    def changed(self) -> list[Event]:
        """Events that had a row before."""
        return self.updated + self.cancelled + self.restored

    def make_equal(self, stored: Stored | None, wanted: Wanted) -> None:
        """Set the event, or a new one, to what is wanted; an equal one is only counted."""
        if stored is None:
            self.created.append(_set(self._new(wanted), wanted, self.now))
            return
        event = stored.event
        was = Status(event.status)
        if not _differs(stored, wanted):
            self.unchanged += 1
            return
        _set(event, wanted, self.now)
        if event.status == was or Status.CANCELLED not in (was, event.status):
            self.updated.append(event)
        else:
            (self.restored if was == Status.CANCELLED else self.cancelled).append(event)
        self._count(event)

    def cancel(self, events: Iterable[Event]) -> None:
        """Cancel events nobody names any more, from now on: what took place stays."""
        for event in events:
            event.status = Status.CANCELLED
            event.cancelled_from = self.now
            self.cancelled.append(event)
            self._count(event)

    def _new(self, wanted: Wanted) -> Event:
        return Event(
            source=self.source,
            uid=wanted.uid,
            public_uid=self.public_uids[wanted.uid],
            moderation=Moderation.PUBLISHED,
            created_at=self.now,
            changed_at=self.now,
        )

    def _count(self, event: Event) -> None:
        event.sequence += 1
        event.changed_at = self.now


def _differs(stored: Stored, wanted: Wanted) -> bool:
    event, facts = stored.event, wanted.facts
    return (
        event.status != status_of(facts.status, current=Status(event.status))
        or event.venue_id != wanted.venue_id
        or any(getattr(event, name) != value for name, value in facts.columns.items())
        or stored.topic_ids != wanted.topic_ids
        or stored.refids != facts.refids
    )


def _set(event: Event, wanted: Wanted, now: datetime) -> Event:
    set_columns(event, wanted.facts.columns, now=now)
    event.venue_id = wanted.venue_id
    event.status = status_of(wanted.facts.status, current=Status(event.status))
    if event.status != Status.CANCELLED:
        event.cancelled_from = None
    elif event.cancelled_from is None:
        # The sender says so himself: it holds for every date, also those before today.
        event.cancelled_from = min(now, event.moment_of(event.wall_start))
    return event
