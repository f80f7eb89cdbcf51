"""Everything the public may see, as a feed of changes (OpenActive Realtime Paged Data Exchange 1.0).

Items are ordered by the moment of their last change, then by id, and each stands in the feed
once. What is no longer to be seen stays as deleted, with nothing but its id; what never was to be
seen is not there at all. Who follows ``next`` until it leads to itself has everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber

from events.feeds.about import about_events
from events.feeds.jsonld import CONTEXT, MOST_DATES, event_document
from events.models import Event, Occurrence

PAGE = 500
SETTLED = timedelta(seconds=5)
"""Younger changes wait: one that is being written may yet come before them."""
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CONTEXTS = ["https://openactive.io/", CONTEXT]


@dataclass(frozen=True)
class Mark:
    """A place in the feed: after the change at ``modified`` (microseconds since 1970) of ``id``."""

    modified: int
    id: str


def marks_after(after: Mark | None, *, limit: int, now: datetime) -> list[Mark]:
    """The places of the next ``limit`` items; one query, and enough to tell pages apart."""
    found = _changes(now)
    if after is not None:
        moment = _EPOCH + timedelta(microseconds=after.modified)
        found = found.filter(Q(modified__gt=moment) | Q(modified=moment, public_uid__gt=after.id))
    rows = found.order_by("modified", "public_uid").values_list("modified", "public_uid")[:limit]
    return [Mark((moment - _EPOCH) // timedelta(microseconds=1), uid) for moment, uid in rows]


def items_at(marks: Sequence[Mark], *, language: str = "zh") -> list[dict[str, Any]]:
    """The items at these places; as many queries for 500 as for one."""
    shown = Event.objects.shown_to_all().filter(public_uid__in=[mark.id for mark in marks])
    ids = dict(shown.order_by().values_list("public_uid", "pk"))
    about = about_events(ids.values())
    dates = _dates(ids.values())
    return [
        _item(mark, dates.get(ids.get(mark.id, 0), []), about, language=language) for mark in marks
    ]


def _changes(now: datetime) -> QuerySet:
    """Whatever was public once, with the moment at which what it shows last changed."""
    modified = Greatest("changed_at", Coalesce("venue__changed_at", "changed_at"))
    return (
        Event.objects.filter(published_at__isnull=False)
        .annotate(modified=modified)
        .filter(modified__lte=now - SETTLED)
    )


def _item(mark: Mark, dates: list[Occurrence], about: Any, *, language: str) -> dict[str, Any]:
    item: dict[str, Any] = {"state": "deleted", "kind": "Event"}
    item |= {"id": mark.id, "modified": mark.modified}
    if dates:
        event = dates[0].event
        document = event_document(event, dates, about[event.pk], language=language)
        item |= {"state": "updated", "data": document | {"@context": _CONTEXTS}}
    return item


def _dates(event_ids: Collection[int]) -> dict[int, list[Occurrence]]:
    """Of each event the dates to come when it changed, or its last one."""
    rows = Occurrence.objects.filter(event__in=event_ids).order_by()
    numbered = rows.filter(ends_at__gte=F("event__changed_at")).annotate(
        place=Window(RowNumber(), partition_by=F("event"), order_by=("starts_at", "pk"))
    )
    whole = ("event__venue__region",)
    found: dict[int, list[Occurrence]] = defaultdict(list)
    coming = numbered.filter(place__lte=MOST_DATES).select_related(*whole)
    for row in coming.order_by("starts_at", "pk"):
        found[row.event_id].append(row)
    over = set(event_ids) - found.keys()
    last = dict(rows.filter(event__in=over).values_list("event").annotate(at=Max("starts_at")))
    ended = rows.filter(event__in=over, starts_at__in=last.values()).select_related(*whole)
    for late in ended.order_by("pk"):
        if late.starts_at == last[late.event_id] and late.event_id not in found:
            found[late.event_id].append(late)
    return found
