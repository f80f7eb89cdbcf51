"""The one door through which a set of events enters the calendar."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from events.enums import Status
from events.ical.entry import Entry
from events.models import Event, EventReference, Source, SourceKind, Topic
from events.services.comparison import Changes, Stored, Wanted
from events.services.facts import Facts, SyncProblem, bounded_uid, facts_of
from events.services.inserting import insert_all
from events.services.journal import UNTOUCHED, Journal
from events.services.local_edits import kept_fields
from events.services.occurrences import refresh_many, trouble_with
from events.services.policies import BELIEVING, Policy
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
    journal: Journal = field(default_factory=Journal, compare=False, repr=False)
    """What :func:`events.services.undo.undo_run` needs."""
    new_events: Sequence[Event] = field(default=(), compare=False, repr=False)
    changed_events: Sequence[Event] = field(default=(), compare=False, repr=False)

    @property
    def changed_anything(self) -> bool:
        return bool(self.created or self.updated or self.cancelled or self.restored)


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


def sync_source(
    *,
    source: Source,
    entries: Sequence[Entry],
    now: datetime,
    window: tuple[datetime, datetime] | None = None,
    brake: Brake | None = None,
    unreadable: Collection[str] = (),
    policy: Policy = BELIEVING,
    is_trial: bool = False,
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
    ``policy``: how new events arrive, and which local edits stay.
    ``is_trial``: only say what would be done. The report is the same, its events are not written.

    One transaction; it locks the source and then its events. The number of queries does not depend on the number
    of entries, apart from the databases' limits on the size of a statement.
    """
    facts, problems = facts_of(entries)
    with transaction.atomic():
        source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
        stored = _stored(source)
        facts = _with_lost_dates(facts, stored, unreadable)
        wanted = _resolved(facts, source, problems)
        changes = Changes(
            source=source,
            public_uids={
                each.uid: public_uid_of(source_slug=source.slug, uid=each.uid)
                for each in facts
                if each.uid not in stored
            },
            now=now,
            policy=policy,
        )
        stored = kept_fields(stored, wanted, policy)
        for each in wanted.values():
            changes.make_equal(stored.get(each.uid), each)
        missing = _missing(stored, wanted, unreadable)
        missing, coming = _coming(missing, stored, source, window)
        is_held = brake is not None and brake.holds(missing=len(missing), among=coming)
        if is_held:
            problems.append(_held(len(missing), coming))
        else:
            changes.cancel(missing)
        if is_trial:
            problems += _troubles_with_dates(changes, now)
        else:
            _write(changes)
            _write_links(changes, wanted)
            problems += _refresh(changes, now)
    return SyncReport(
        created=len(changes.created),
        updated=len(changes.updated),
        cancelled=len(changes.cancelled),
        unchanged=changes.unchanged,
        restored=len(changes.restored),
        held=len(missing) if is_held else 0,
        problems=tuple(sorted(set(problems), key=lambda p: (p.uid, p.message))),
        journal=replace(changes.journal, created=()) if is_trial else changes.journal,
        new_events=changes.created,
        changed_events=changes.changed,
    )


# ---- what is there -------------------------------------------------------------------------------


def _stored(source: Source) -> dict[str, Stored]:
    """The source's events, locked, with their links, by uid."""
    topics: dict[int, set[int]] = defaultdict(set)
    refids: dict[int, set[str]] = defaultdict(set)
    events = list(
        Event.objects.select_for_update(of=("self",)).filter(source=source).order_by("pk")
    )
    links = Event.topics.through.objects.filter(event__source=source)
    for event_id, topic_id in links.values_list("event_id", "topic_id"):
        topics[event_id].add(topic_id)
    references = EventReference.objects.filter(event__source=source)
    for event_id, refid in references.values_list("event_id", "refid"):
        refids[event_id].add(refid)
    return {
        event.uid: Stored(event, frozenset(topics[event.pk]), frozenset(refids[event.pk]))
        for event in events
    }


def _with_lost_dates(
    facts: list[Facts], stored: Mapping[str, Stored], unreadable: Collection[str]
) -> list[Facts]:
    """Facts to which the stored overrides are added where some could not be read this time."""
    lost = {bounded_uid(uid) for uid in unreadable} & stored.keys()
    return [
        each.with_overrides(stored[each.uid].event.overrides) if each.uid in lost else each
        for each in facts
    ]


# ---- what is wanted ------------------------------------------------------------------------------


def _resolved(facts: list[Facts], source: Source, problems: list[SyncProblem]) -> dict[str, Wanted]:
    """Facts with the rows their slugs mean, by uid; unknown slugs become problems."""
    venues = _ids(Venue.objects.values_list("slug", "pk"), {f.venue for f in facts if f.venue})
    topics = _ids(
        # a replaced topic leads to its successor
        Topic.objects.values_list("slug", Coalesce("replaced_by_id", "pk")),
        set().union(*(each.topics for each in facts)),
    )
    for each in facts:
        if each.venue and each.venue not in venues:
            problems.append(
                SyncProblem(each.uid, f"There is no venue {each.venue!r} in the network.")
            )
        problems += [
            SyncProblem(each.uid, f"There is no topic {slug!r}; it was left out.")
            for slug in each.topics - topics.keys()
        ]
    return {
        each.uid: Wanted(
            facts=each,
            venue_id=None if each.is_online else venues.get(each.venue or "", source.venue_id),
            topic_ids=frozenset(topics[slug] for slug in each.topics if slug in topics),
        )
        for each in facts
    }


def _ids(rows: QuerySet, slugs: set[str]) -> dict[str, int]:
    return dict(rows.filter(slug__in=slugs)) if slugs else {}


# ---- what is missing -----------------------------------------------------------------------------


def _missing(
    stored: Mapping[str, Stored], wanted: Mapping[str, Wanted], unreadable: Collection[str]
) -> list[Stored]:
    return [
        each
        for uid, each in stored.items()
        if uid not in wanted
        and each.event.status != Status.CANCELLED
        and "status" not in each.kept
        and not _is_named(uid, unreadable)
    ]


def _is_named(stored_uid: str, uids: Collection[str]) -> bool:
    """Whether the event is one of ``uids``, or one that was told apart from others under it."""
    return any(
        stored_uid == bounded_uid(uid) or stored_uid.startswith(f"{uid[:200]}#") for uid in uids
    )


def _coming(
    missing: list[Stored],
    stored: Mapping[str, Stored],
    source: Source,
    window: tuple[datetime, datetime] | None,
) -> tuple[list[Stored], int]:
    """The missing events that the window concerns, and how many events it concerns in all."""
    outside: set[int] = set()
    if window is not None and missing:
        inside = Event.objects.filter(source=source).touching(*window)
        dated = Event.objects.filter(source=source, occurrences__isnull=False)
        outside = set(dated.exclude(pk__in=inside).values_list("pk", flat=True))
    all_coming = sum(
        each.event.status != Status.CANCELLED and each.event.pk not in outside
        for each in stored.values()
    )
    return [each for each in missing if each.event.pk not in outside], all_coming


def _held(missing: int, coming: int) -> SyncProblem:
    return SyncProblem(
        "",
        f"{missing} of {coming} coming events are missing. That is so many that they were kept; "
        "please confirm or check the calendar.",
    )


# ---- writing -------------------------------------------------------------------------------------


def _write(changes: Changes) -> None:
    insert_all(changes.created)
    if changes.changed:
        # An upsert by primary key writes any number of rows in one statement; ``bulk_update``
        # builds a CASE per column and row, which is a hundred times slower.
        Event.objects.bulk_create(
            changes.changed,
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=[
                column.name
                for column in Event._meta.concrete_fields
                if column.name not in UNTOUCHED
            ],
        )


def _write_links(changes: Changes, wanted: Mapping[str, Wanted]) -> None:
    """Topics and references of created and changed events, as their entries tell."""
    link = Event.topics.through
    events = [event for event in changes.created + changes.changed if event.uid in wanted]
    old_ids = [event.pk for event in changes.changed if event.uid in wanted]
    if old_ids:
        mine = set(old_ids) - changes.own_topics
        link.objects.filter(event_id__in=mine).delete()
        EventReference.objects.filter(event_id__in=old_ids).delete()
    link.objects.bulk_create(
        link(event_id=event.pk, topic_id=topic_id)
        for event in events
        if event.pk not in changes.own_topics
        for topic_id in sorted(wanted[event.uid].topic_ids)
    )
    EventReference.objects.bulk_create(
        EventReference(event_id=event.pk, refid=refid)
        for event in events
        for refid in sorted(wanted[event.uid].facts.refids)
    )


def _refresh(changes: Changes, now: datetime) -> list[SyncProblem]:
    """Occurrences of created and changed events."""
    events = {event.pk: event for event in changes.created + changes.changed}
    refreshed = refresh_many(events.values(), now=now)
    return [_trouble(events[pk], message) for pk, message in refreshed.problems.items()]


def _troubles_with_dates(changes: Changes, now: datetime) -> list[SyncProblem]:
    """The problems that :func:`_refresh` would find."""
    events = changes.created + changes.changed
    return [
        _trouble(event, message) for event in events if (message := trouble_with(event, now=now))
    ]


def _trouble(event: Event, message: str) -> SyncProblem:
    return SyncProblem(event.uid, f"“{event}”: {message}")
