"""Events out of an uploaded sheet or calendar, through the one door."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from events.enums import Moderation
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.read import Reading
from events.imports.events_sheet import read_events
from events.imports.isolated import read_isolated
from events.imports.words import sentence
from events.models import Event, Source, SourceKind
from events.permissions import can_edit_at, can_publish_at
from events.recurrence.zones import zone
from events.services import import_runs
from events.services.journal import columns_now, columns_then
from events.services.policies import Policy
from events.services.sources import SyncReport, source_named, sync_source
from venues.errors import NotAllowed
from venues.imports.archive import UnreadableFile
from venues.imports.workbook import RowProblem, Table
from venues.models import Venue
from venues.permissions import Actor

_HIDDEN = frozenset({"source_id", "cancelled_from"})


@dataclass(frozen=True)
class EventsTaken:
    """What a file did to the events of a venue. With problems it did nothing.

    ``changed``: uid → column → (before, after). ``run``: id of the reading, for taking it back.
    """

    created: tuple[str, ...] = ()
    changed: Mapping[str, Mapping[str, tuple[Any, Any]]] = field(default_factory=dict)
    unchanged: int = 0
    problems: tuple[RowProblem, ...] = ()
    run: int | None = None


def take_sheet(
    table: Table, *, venue: Venue, by: Actor, now: datetime, is_trial: bool = False
) -> EventsTaken:
    """Make events of the rows; events of earlier sheets that this one does not name stay.

    ``is_trial``: only say what would be done. The answer is the same, apart from ``run``.

    Raises:
        NotAllowed: ``by`` does not edit events of the venue.
    """
    policy, source = _door(venue, by, now)
    entries, rows, problems = read_events(table, timezone=venue.timezone)
    if problems:
        return EventsTaken(problems=tuple(problems))
    reading = Reading(entries=tuple(entries), problems=())
    digest = hashlib.sha256(repr(table.rows).encode(errors="replace")).hexdigest()
    return _taken(source, reading, policy, digest, rows, now, is_trial)


def read_upload(content: bytes, *, venue: Venue, now: datetime) -> Reading:
    """An .ics file, read in a process of its own; call it outside any transaction.

    Raises:
        UnreadableFile: it is no calendar.
    """
    try:
        today = localdate(now, zone(venue.timezone))
        return read_isolated(content, default_timezone=venue.timezone, today=today)
    except CalendarUnreadable as refusal:
        words = sentence(refusal.code, str(refusal))
        raise UnreadableFile(words["en"], zh=words["zh"]) from refusal


def take_calendar(
    reading: Reading, *, venue: Venue, by: Actor, now: datetime, is_trial: bool = False
) -> EventsTaken:
    """The same for an .ics file. Entries that cannot be read are problems; then nothing is done.

    Raises:
        NotAllowed: ``by`` does not edit events of the venue.
    """
    policy, source = _door(venue, by, now)
    lost = tuple(_row_problem(problem) for problem in reading.problems if problem.is_lost)
    if lost:
        return EventsTaken(problems=lost)
    digest = hashlib.sha256(repr(reading.entries).encode(errors="replace")).hexdigest()
    return _taken(source, reading, policy, digest, {}, now, is_trial)


def _door(venue: Venue, by: Actor, now: datetime) -> tuple[Policy, Source]:
    slug = f"upload-{venue.slug}"
    unsaved = Source(slug=slug, kind=SourceKind.UPLOAD, venue=venue)
    if not can_edit_at(by, venue, unsaved, localdate(now)):
        raise NotAllowed("You may not add events to this venue.", venue=venue.slug)
    is_public = can_publish_at(by, venue, unsaved, localdate(now))
    name = f"{venue.name_zh}（上传）"
    source = source_named(slug=slug, kind=SourceKind.UPLOAD, name=name, venue=venue, now=now)
    return Policy(arrival=Moderation.PUBLISHED if is_public else Moderation.SUBMITTED), source


@transaction.atomic
def _taken(
    source: Source,
    reading: Reading,
    policy: Policy,
    digest: str,
    rows: Mapping[str, int],
    now: datetime,
    is_trial: bool,
) -> EventsTaken:
    named = {entry.uid for entry in reading.entries}
    others = Event.objects.filter(source=source).exclude(uid__in=named)
    run = None if is_trial else import_runs.began(source, now=now)
    report = sync_source(
        source=source,
        entries=reading.entries,
        now=now,
        unreadable=list(others.values_list("uid", flat=True)),
        policy=policy,
        is_trial=is_trial,
    )
    if run is not None:
        import_runs.taken_over(
            run,
            reading=reading, refused=(), report=report, status=200, content_hash=digest, now=now,
        )  # fmt: skip
    refused = [_refused(problem.uid, problem.message, rows) for problem in report.problems]
    if policy.arrival != Moderation.PUBLISHED:
        refused += _shown_already(report, rows)
    return EventsTaken(
        created=tuple(_titles(report)),
        changed=_changes(report),
        unchanged=report.unchanged,
        problems=tuple(refused),
        run=run.pk if run is not None and report.changed_anything else None,
    )


def _shown_already(report: SyncReport, rows: Mapping[str, int]) -> list[RowProblem]:
    """Changes of published events by somebody who may only propose some."""
    shown = [each for each in report.changed_events if each.moderation == Moderation.PUBLISHED]
    words = "The event is published; ask one of the venue's publishers to change it."
    return [_refused(each.uid, words, rows) for each in sorted(shown, key=lambda each: each.pk)]


def _titles(report: SyncReport) -> list[str]:
    made = sorted(report.new_events, key=lambda event: event.start_date)
    return [f"{event.start_date} {event.title_zh}" for event in made]


def _changes(report: SyncReport) -> dict[str, dict[str, tuple[Any, Any]]]:
    found = {}
    for event in report.changed_events:
        now, then = columns_now(event), columns_then(report.journal.before[event.pk])
        found[f"{event.start_date} {event.title_zh}"] = {
            name: (_plain(then[name]), _plain(now[name]))
            for name in then
            if then[name] != now[name] and name not in _HIDDEN
        }
    return found


def _plain(value: Any) -> Any:
    return (
        value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)
    )


def _refused(uid: str, message: str, rows: Mapping[str, int]) -> RowProblem:
    return RowProblem(rows.get(uid, 0), "", "", message)


def _row_problem(problem: Problem) -> RowProblem:
    words = sentence(problem.code, problem.words)
    return RowProblem(problem.line or 0, "", "", words["en"], words["zh"])
