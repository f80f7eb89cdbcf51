"""By what events are found: their words, and facets that tell which feeds they can be in."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Expression
from django.db.models.sql.compiler import SQLCompiler

from events.models import Event, EventReference, Participation
from events.queries import words
from venues.models import RegionPath

TEXTS = ("title_zh", "title_en", "description_zh", "description_en")


@dataclass
class Indexed:
    """What stands in the index for one event."""

    terms: list[str] = field(default_factory=list)
    facets: set[str] = field(default_factory=set)


def indexed(event_ids: Collection[int]) -> dict[int, Indexed]:
    """Terms and facets of the events that exist; five queries for any number."""
    columns = ("venue_id", "kind", "audiences", "venue__region_id", "venue__lat", "venue__lon")
    rows = list(Event.objects.filter(pk__in=event_ids).values_list("pk", *columns, *TEXTS))
    ancestors = _ancestors({row[4] for row in rows if row[4] is not None})
    found: dict[int, Indexed] = {}
    for pk, venue, kind, audiences, region, lat, lon, *texts in rows:
        facets = {f"event:{pk}", f"kind:{kind}", *(f"audience:{each}" for each in audiences)}
        facets |= {f"venue:{venue}"} if venue else {"no-venue"}
        facets |= {f"region:{each}" for each in ancestors[region]}
        if lat is not None and lon is not None:
            facets.add(cell(lat, lon))
        found[pk] = Indexed(words.terms_of(texts), facets)
    for pk, facet in _filed(event_ids):
        if pk in found:
            found[pk].facets.add(facet)
    return found


def cell(lat: float, lon: float) -> str:
    """The square of one degree that a place lies in."""
    return f"cell:{math.floor(lat)}:{math.floor(lon)}"


def _ancestors(regions: set[int]) -> dict[int | None, set[int]]:
    found: dict[int | None, set[int]] = defaultdict(set)
    paths = RegionPath.objects.filter(descendant_id__in=regions)
    for below, above in paths.values_list("descendant_id", "ancestor_id"):
        found[below].add(above)
    return found


def _filed(event_ids: Collection[int]) -> Iterable[tuple[int, str]]:
    tagged = Event.topics.through.objects.filter(event_id__in=event_ids)
    for pk, topic in tagged.values_list("event_id", "topic_id"):
        yield pk, f"topic:{topic}"
    about = EventReference.objects.filter(event_id__in=event_ids)
    for pk, refid in about.values_list("event_id", "refid"):
        yield pk, refid
    taking_part = Participation.objects.filter(event_id__in=event_ids)
    for pk, campaign in taking_part.values_list("event_id", "campaign_id"):
        yield pk, f"campaign:{campaign}"


class EventsWithWords(Expression):
    """A subquery: ids of the events in whose indexed texts all the words stand."""

    output_field = BigIntegerField()

    def __init__(self, asked: Iterable[str]) -> None:
        super().__init__()
        self.asked = tuple(asked)

    def as_sql(
        self, compiler: SQLCompiler, connection: Any
    ) -> tuple[str, tuple[str | int, ...]]:  # Django's signature
        match = words.as_fts5(self.asked)
        return "(SELECT rowid FROM events_words WHERE events_words MATCH %s)", (match,)

    def as_postgresql(
        self,
        compiler: SQLCompiler,
        connection: Any,  # Django's signature
    ) -> tuple[str, tuple[str | int, ...]]:
        sql = (
            "(SELECT event_id FROM events_eventindex "
            "WHERE to_tsvector('simple', terms) @@ to_tsquery('simple', %s))"
        )
        return sql, (words.as_tsquery(self.asked),)
