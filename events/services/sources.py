"""The one door through which a set of events enters the calendar."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from events.enums import Moderation, Status
from events.ical.entry import Entry
from events.models import Event, EventReference, Source, SourceKind, Topic
from events.services.facts import Facts, SyncProblem, bounded_uid, facts_of, status_of
from events.services.occurrences import refresh_many
from venues.models import Venue


@dataclass(frozen=True)
class Brake:
    """When entries that went missing are not believed: more than both figures."""

    number: int = 5
    share: float = 0.2

    def holds(self, *, missing: int, among: int) -> bool:
        return missing > self.number and missing > self.share * among


@dataclass(frozen=True)
class SyncReport:
    """What a sync did, in events; ``problems`` are in words for the museum."""

    created: int = 0
    updated: int = 0
    cancelled: int = 0
    unchanged: int = 0
    restored: int = 0
    held: int = 0
    """Missing entries whose events the brake kept."""
    problems: tuple[SyncProblem, ...] = ()

    @property
    def changed_anything(self) -> bool:
        return bool(self.created or self.updated or self.cancelled or self.restored)


@dataclass
class _Changes:
    created: list[Event] = field(default_factory=list)
    updated: list[Event] = field(default_factory=list)
    cancelled: list[Event] = field(default_factory=list)
    restored: list[Event] = field(default_factory=list)
    unchanged: int = 0
    held: int = 0

    @property
    def changed(self) -> list[Event]:
        return self.updated + self.cancelled + self.restored


def public_uid_of(*, source_slug: str, uid: str) -> str:
    """The identity an event has for the whole world; opaque, fit for an address, always the same.

    Two sources may use one UID for different events, so the source is part of it.
    """
    digest = hashlib.sha256(f"{source_slug}\0{uid}".encode()).digest()[:16]
    return f"{base64.b32encode(digest).decode().rstrip('=').lower()}@{settings.UID_DOMAIN}"


def source_named(
    *, slug: str, kind: str, name: str, venue: Venue | None = None, now: datetime
) -> Source:
    """The source with this slug, made if there is none; an existing one is left as it is."""
    source, _ = Source.objects.get_or_create(
        slug=slug,
        defaults={
            "kind": SourceKind(kind),
            "name_zh": name,
            "venue": venue,
            "created_at": now,
        },
    )
    return source


@transaction.atomic
def sync_source(
    *,
    source: Source,
    entries: Sequence[Entry],
    now: datetime,
    window: tuple[datetime, datetime] | None = None,
    brake: Brake | None = None,
    unreadable: Collection[str] = (),
) -> SyncReport:
    """Make the source's events equal to ``entries``; idempotent, whatever their order.

    Equal events are not written at all. Changed ones get the next sequence and ``changed_at``.
    Those no entry names any more are cancelled, never deleted, and come back under the same
    identity when an entry names them again. New events are published; what editors decided
    since (moderation) is left alone.

    ``window``: the moments ``[first, end)`` about which the entries say everything. Events that
    have dates, but none inside, are left alone when missing. None: they say everything.
    ``brake``: missing entries are not believed when there are too many of them.
    ``unreadable``: uids that were sent although there is no entry for them, or not for each of
    their dates; what is known of these stays.

    The number of queries does not depend on the number of entries, apart from the databases'
    limits on the size of a statement.
    """
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    facts, problems = facts_of(entries)
    venues = _venues_of(facts, source, problems)
    topics = _topics_of(facts, problems)
    stored = {event.uid: event for event in _stored(source)}

    changes = _Changes()
    for wanted in _with_lost_dates(facts, stored, unreadable):
        _compare(wanted, stored.get(wanted.uid), venues[wanted.uid], topics, source, now, changes)
    named = {wanted.uid for wanted in facts}
    missing = [
        event
        for event in stored.values()
        if event.uid not in named
        and event.status != Status.CANCELLED
        and not _is_named(event.uid, unreadable)
    ]
    _cancel(_believed(missing, stored, source, window, brake, changes, problems), now, changes)

    _write(changes)
    _write_links({wanted.uid: wanted for wanted in facts}, topics, changes)
    problems += _refresh(changes, now)
    return SyncReport(
        created=len(changes.created),
        updated=len(changes.updated),
        cancelled=len(changes.cancelled),
        unchanged=changes.unchanged,
        restored=len(changes.restored),
        held=changes.held,
        problems=tuple(sorted(set(problems), key=lambda p: (p.uid, p.message))),
    )


def _stored(source: Source) -> Iterable[Event]:
    return Event.objects.filter(source=source).prefetch_related("topics", "references")


def _is_named(stored_uid: str, uids: Collection[str]) -> bool:
    """Whether the event is one of ``uids``, or one that was told apart from others under it."""
    return any(
        stored_uid == bounded_uid(uid) or stored_uid.startswith(f"{uid[:200]}#") for uid in uids
    )


def _with_lost_dates(
    facts: list[Facts], stored: Mapping[str, Event], unreadable: Collection[str]
) -> list[Facts]:
    """Facts to which the stored overrides are added where some could not be read this time."""
    lost = {bounded_uid(uid) for uid in unreadable}
    return [
        replace(
            wanted,
            columns={
                **wanted.columns,
                "overrides": stored[wanted.uid].overrides | wanted.columns["overrides"],
            },
        )
        if wanted.uid in lost and wanted.uid in stored
        else wanted
        for wanted in facts
    ]


def _venues_of(
    facts: list[Facts], source: Source, problems: list[SyncProblem]
) -> dict[str, int | None]:
    """The venue's id for each uid."""
    slugs = {wanted.venue for wanted in facts if wanted.venue}
    known = dict(Venue.objects.filter(slug__in=slugs).values_list("slug", "pk")) if slugs else {}
    problems += [
        SyncProblem(wanted.uid, f"There is no venue {wanted.venue!r} in the network.")
        for wanted in facts
        if wanted.venue and wanted.venue not in known
    ]
    return {
        wanted.uid: None
        if wanted.columns["kind"] == "online" and not wanted.venue
        else known.get(wanted.venue or "", source.venue_id)
        for wanted in facts
    }


def _topics_of(facts: list[Facts], problems: list[SyncProblem]) -> dict[str, int]:
    """The topic's id for each known slug; a replaced topic leads to its successor."""
    slugs = frozenset().union(*(wanted.topics for wanted in facts))
    if not slugs:
        return {}
    rows = Topic.objects.filter(slug__in=slugs).values_list("slug", "pk", "replaced_by_id")
    known = {slug: successor or pk for slug, pk, successor in rows}
    for wanted in facts:
        problems += [
            SyncProblem(wanted.uid, f"There is no topic {slug!r}; it was left out.")
            for slug in sorted(wanted.topics - known.keys())
        ]
    return known


def _compare(
    wanted: Facts,
    event: Event | None,
    venue_id: int | None,
    topics: Mapping[str, int],
    source: Source,
    now: datetime,
    changes: _Changes,
) -> None:
    """File the event under what has to happen to it, with its new values set."""
    status = status_of(wanted.status, current=event.status if event else None)
    if event is None:
        event = Event(
            source=source,
            uid=wanted.uid,
            public_uid=public_uid_of(source_slug=source.slug, uid=wanted.uid),
            moderation=Moderation.PUBLISHED,
            created_at=now,
            sequence=0,
            changed_at=now,
        )
        changes.created.append(event)
    elif not _differs(event, wanted, venue_id, status, topics):
        changes.unchanged += 1
        return
    else:
        was, is_cancelled = event.status == Status.CANCELLED, status == Status.CANCELLED
        {
            (False, True): changes.cancelled,
            (True, False): changes.restored,
        }.get((was, is_cancelled), changes.updated).append(event)
        event.sequence += 1
        event.changed_at = now
    _set(event, wanted, venue_id, status, now)


def _differs(
    event: Event, wanted: Facts, venue_id: int | None, status: Status, topics: Mapping[str, int]
) -> bool:
    return (
        event.status != status
        or event.venue_id != venue_id
        or any(getattr(event, name) != value for name, value in wanted.columns.items())
        or {topic.pk for topic in event.topics.all()} != _topic_ids(wanted, topics)
        or {reference.refid for reference in event.references.all()} != wanted.refids
    )


def _topic_ids(wanted: Facts, topics: Mapping[str, int]) -> set[int]:
    return {topics[slug] for slug in wanted.topics if slug in topics}


def _set(event: Event, wanted: Facts, venue_id: int | None, status: Status, now: datetime) -> None:
    for name, value in wanted.columns.items():
        setattr(event, name, value)
    event.venue_id = venue_id
    event.status = status
    if status != Status.CANCELLED:
        event.cancelled_from = None
    elif event.cancelled_from is None:
        # The sender says so himself: it holds for every date, also those before today.
        event.cancelled_from = min(now, event.moment_of(event.wall_start))


def _believed(
    missing: list[Event],
    stored: Mapping[str, Event],
    source: Source,
    window: tuple[datetime, datetime] | None,
    brake: Brake | None,
    changes: _Changes,
    problems: list[SyncProblem],
) -> list[Event]:
    """Of the missing events those that are to be cancelled."""
    at_stake = [event for event in stored.values() if event.status != Status.CANCELLED]
    if window is not None and missing:
        outside = set(
            Event.objects.filter(source=source, occurrences__isnull=False)
            .exclude(pk__in=Event.objects.filter(source=source).touching(*window))
            .values_list("pk", flat=True)
        )
        missing = [event for event in missing if event.pk not in outside]
        at_stake = [event for event in at_stake if event.pk not in outside]
    if brake is not None and brake.holds(missing=len(missing), among=len(at_stake)):
        changes.held = len(missing)
        problems.append(
            SyncProblem(
                "",
                f"{len(missing)} of {len(at_stake)} coming events are missing. That is so many "
                "that they were kept; please confirm or check the calendar.",
            )
        )
        return []
    return missing


def _cancel(missing: list[Event], now: datetime, changes: _Changes) -> None:
    for event in missing:
        event.status = Status.CANCELLED
        event.cancelled_from = now
        event.sequence += 1
        event.changed_at = now
        changes.cancelled.append(event)


def _write(changes: _Changes) -> None:
    Event.objects.bulk_create(changes.created)
    if changes.changed:
        # An upsert by primary key writes any number of rows in one statement; ``bulk_update``
        # builds a CASE per column and row, which is a hundred times slower.
        Event.objects.bulk_create(
            changes.changed,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=_written_columns(),
        )


def _written_columns() -> list[str]:
    fixed = {"id", "source", "uid", "public_uid", "created_at", "organiser", "is_free"}
    return [f.name for f in Event._meta.concrete_fields if f.name not in fixed | {"moderation"}]


def _write_links(facts: Mapping[str, Facts], topics: Mapping[str, int], changes: _Changes) -> None:
    """Topics and references of created and changed events, as their entries tell."""
    events = [event for event in changes.created + changes.changed if event.uid in facts]
    link = Event.topics.through
    old_ids = [event.pk for event in changes.changed if event.uid in facts]
    if old_ids:
        link.objects.filter(event_id__in=old_ids).delete()
        EventReference.objects.filter(event_id__in=old_ids).delete()
    link.objects.bulk_create(
        link(event_id=event.pk, topic_id=topic)
        for event in events
        for topic in sorted(_topic_ids(facts[event.uid], topics))
    )
    EventReference.objects.bulk_create(
        EventReference(event_id=event.pk, refid=refid)
        for event in events
        for refid in sorted(facts[event.uid].refids)
    )


def _refresh(changes: _Changes, now: datetime) -> list[SyncProblem]:
    """Occurrences of created and changed events."""
    events = {event.pk: event for event in changes.created + changes.changed}
    refreshed = refresh_many(events.values(), now=now)
    return [
        SyncProblem(events[pk].uid, f"“{events[pk]}”: {message}")
        for pk, message in refreshed.problems.items()
    ]
