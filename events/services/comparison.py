"""What has to happen to a source's events so that they say what is wanted. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from events.enums import Status
from events.models import Event, Source
from events.services.facts import Facts, status_of
from events.services.history import note_publication, set_columns
from events.services.journal import Journal, columns_now
from events.services.policies import BELIEVING, Policy, field_of

_DEFAULTS = [
    (column.default, None)
    if column.has_default() and callable(column.default)
    else (None, column.get_default())
    for column in Event._meta.concrete_fields
]
"""What makes the default of each column, or the default itself. In the order of the columns,
in which a model takes its values three times as fast as by name."""


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
    kept: frozenset[str] = frozenset()
    """Fields that people here have changed, and whose word counts."""


@dataclass
class Changes:
    """Events with their new values set, filed under what happened to them."""

    source: Source
    public_uids: Mapping[str, str]
    """The public uid of each uid there may be."""
    now: datetime
    policy: Policy = BELIEVING
    created: list[Event] = field(default_factory=list)
    updated: list[Event] = field(default_factory=list)
    cancelled: list[Event] = field(default_factory=list)
    restored: list[Event] = field(default_factory=list)
    unchanged: int = 0
    own_topics: set[int] = field(default_factory=set)
    """Changed events whose topics stay as people here chose them."""
    _before: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def journal(self) -> Journal:
        """How to get back to what was; only once the new events are written."""
        return Journal(tuple(event.pk for event in self.created), self._before)

    @property
    def changed(self) -> list[Event]:
        """Events that had a row before."""
        return self.updated + self.cancelled + self.restored

    def make_equal(self, stored: Stored | None, wanted: Wanted) -> None:
        """Set the event, or a new one, to what is wanted; an equal one is only counted."""
        if stored is None:
            new = Stored(self._new(wanted), frozenset(), frozenset())
            self.created.append(_set(new, wanted, self.now))
            return
        event = stored.event
        was = Status(event.status)
        if not _differs(stored, wanted):
            self.unchanged += 1
            return
        self._note(stored)
        _set(stored, wanted, self.now)
        if event.status == was or Status.CANCELLED not in (was, event.status):
            self.updated.append(event)
        else:
            (self.restored if was == Status.CANCELLED else self.cancelled).append(event)
        self._count(event)

    def cancel(self, missing: Iterable[Stored]) -> None:
        """Cancel events nobody names any more, from now on: what took place stays."""
        for stored in missing:
            self._note(stored)
            event = stored.event
            event.status = Status.CANCELLED
            event.cancelled_from = self.now
            self.cancelled.append(event)
            self._count(event)

    def _new(self, wanted: Wanted) -> Event:
        event = Event(*[make() if make else value for make, value in _DEFAULTS])
        event.source = self.source
        event.uid = wanted.uid
        event.public_uid = self.public_uids[wanted.uid]
        event.moderation = self.policy.arrival
        event.created_at = event.changed_at = self.now
        return event

    def _note(self, stored: Stored) -> None:
        if "topics" in stored.kept:
            self.own_topics.add(stored.event.pk)
        self._before[stored.event.pk] = columns_now(stored.event) | {
            "topics": sorted(stored.topic_ids),
            "refids": sorted(stored.refids),
        }

    def _count(self, event: Event) -> None:
        event.sequence += 1
        event.changed_at = self.now


def _differs(stored: Stored, wanted: Wanted) -> bool:
    event, facts = stored.event, wanted.facts
    return (
        ("status" not in stored.kept and event.status != _status(stored, wanted))
        or ("venue" not in stored.kept and event.venue_id != wanted.venue_id)
        or any(getattr(event, name) != value for name, value in _columns(stored, wanted).items())
        or ("topics" not in stored.kept and stored.topic_ids != wanted.topic_ids)
        or stored.refids != facts.refids
    )


def _status(stored: Stored, wanted: Wanted) -> Status:
    return status_of(wanted.facts.status, current=Status(stored.event.status))


def _columns(stored: Stored, wanted: Wanted) -> Mapping[str, Any]:
    """The columns whose value the source decides, with that value."""
    columns = wanted.facts.columns
    if not stored.kept:
        return columns
    return {name: value for name, value in columns.items() if field_of(name) not in stored.kept}


def _set(stored: Stored, wanted: Wanted, now: datetime) -> Event:
    event, was = stored.event, stored.event.status
    set_columns(event, _columns(stored, wanted), now=now)
    note_publication(event, now=now)
    if "venue" not in stored.kept:
        event.venue_id = wanted.venue_id
    if "status" in stored.kept:
        event.status = was
        return event
    event.status = status_of(wanted.facts.status, current=Status(event.status))
    if event.status != Status.CANCELLED:
        event.cancelled_from = None
    elif event.cancelled_from is None:
        # The sender says so himself: it holds for every date, also those before today.
        event.cancelled_from = min(now, event.moment_of(event.wall_start))
    return event
