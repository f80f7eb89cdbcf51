"""Changes find the feeds they concern: each settled once, whoever comes first.

Web processes settle what they see while they poll, a worker does so by the timetable; nobody has
to run for the others to be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max, Value
from django.db.models.functions import Coalesce

from events.feeds.live import LIVE_FOR
from events.feeds.needs import EVERYTHING, can_be_in
from events.models import Change, EventIndex, FiledUnder, LiveFeed
from events.queries.index import Indexed, indexed

AT_ONCE = 2000
_ADVISORY_LOCK = 0x6F727265  # any number that nothing else in this database locks


@dataclass(frozen=True)
class Settled:
    """How many changes were looked at, and the keys of the feeds they may concern."""

    changes: int = 0
    feeds: frozenset[str] = frozenset()


def settle_changes(*, now: datetime) -> Settled:
    """Index the events that changed and mark the live feeds that may show it.

    A feed is found under the rarest facet it asks for, then asked whether the event as it was or
    as it is can be in it; the work grows with the feeds concerned, not with all there are. At
    most ``AT_ONCE`` changes in one go. Nothing happens while somebody else is settling.
    """
    with transaction.atomic():
        if not _is_my_turn():
            return Settled()
        changes = list(
            Change.objects.order_by("pk").values_list("pk", "event_id", "facet")[:AT_ONCE]
        )
        if not changes:
            return Settled()
        events = sorted({event for _, event, _ in changes if event is not None})
        versions = [*_known(events).values(), *_index(events).values()]
        concerned = _concerned(versions, {facet for _, _, facet in changes if facet})
        _mark(concerned, now)
        Change.objects.filter(pk__in=[pk for pk, _, _ in changes]).delete()
    return Settled(len(changes), frozenset(concerned.values()))


def forget_unread_feeds(*, now: datetime) -> int:
    """Drop the marks of feeds that nobody polls any more; how many rows went."""
    unread = LiveFeed.objects.filter(polled_at__lt=now - LIVE_FOR, published_as="")
    return unread.delete()[0]


def _is_my_turn() -> bool:
    """On SQLite the transaction itself keeps others out."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


def _known(events: list[int]) -> Mapping[int, set[str]]:
    """What each event was found by before."""
    rows = EventIndex.objects.filter(pk__in=events).values_list("pk", "terms", "facets")
    return {pk: {*terms.split(), *facets.split()} for pk, terms, facets in rows}


def _index(events: list[int]) -> Mapping[int, set[str]]:
    """Store what each event is found by now; return it."""
    found = indexed(events)
    EventIndex.objects.filter(pk__in=[pk for pk in events if pk not in found]).delete()
    EventIndex.objects.bulk_create(
        [_row(pk, each) for pk, each in found.items()],
        update_conflicts=True,
        unique_fields=["event"],
        update_fields=["terms", "facets"],
    )
    return {pk: {*each.terms, *each.facets} for pk, each in found.items()}


def _row(event_id: int, each: Indexed) -> EventIndex:
    return EventIndex(
        event_id=event_id, terms=" ".join(each.terms), facets=" ".join(sorted(each.facets))
    )


def _concerned(versions: Iterable[set[str]], named: set[str]) -> dict[int, str]:
    """Keys of the live feeds that the events, or a facet as a whole, may concern, by row."""
    rows = LiveFeed.objects.all()
    if EVERYTHING in named:
        return dict(rows.values_list("pk", "key"))
    versions = list(versions)
    found: set[str] = set().union(named, *versions, {EVERYTHING} if versions else ())
    # Thousands of words change, few feeds are filed under words.
    words = FiledUnder.objects.exclude(facet__contains=":").values_list("facet", flat=True)
    facets = {facet for facet in found if ":" in facet} | (found & set(words))
    asked = rows.filter(filed_under__facet__in=facets).values_list("pk", "key", "needs")
    return {
        pk: key
        for pk, key, needs in asked
        if any(not named.isdisjoint(group) for group in needs)
        or any(can_be_in(needs, version) for version in versions)
    }


def _mark(concerned: Mapping[int, str], now: datetime) -> None:
    """One mark for all, higher than any before: who polls asks for what is above the last one."""
    if not concerned:
        return
    last = LiveFeed.objects.aggregate(last=Max("mark"))["last"] or 0
    LiveFeed.objects.filter(pk__in=concerned).update(
        mark=last + 1, dirty_since=Coalesce("dirty_since", Value(now))
    )


def marks_since(mark: int) -> tuple[int, frozenset[str], bool]:
    """The highest mark, keys of the feeds marked above ``mark``, and whether changes wait."""
    rows = dict(LiveFeed.objects.filter(mark__gt=mark).values_list("key", "mark"))
    waiting = Change.objects.exists()
    return max(rows.values(), default=mark), frozenset(rows), waiting
