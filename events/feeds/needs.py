"""What an event needs to be in a feed, as groups of facets: one of each group.

Necessary, not sufficient: time, price and the exact distance are left to the feed itself. So a
feed that may have changed is always found, and one found in vain costs one look.
"""

from __future__ import annotations

import math

from events.feeds.feed import Feed
from events.queries.filter import Box, EventFilter
from events.queries.index import cell
from events.queries.near import KM_PER_DEGREE
from events.queries.scope import Scope, scope_of
from events.queries.words import phrases_of

EVERYTHING = "*"
MAX_CELLS = 144
_RAREST_FIRST = (
    "event:",
    "host:",
    "unit:",
    "venue:",
    "exhibition:",
    "campaign:",
    "cell:",
    "topic:",
)


def needs_of(feed: Feed) -> list[list[str]]:
    """Groups of facets, the rarest first; none: every event may be in it."""
    if feed.event_id is not None:
        return [[f"event:{feed.event_id}"]]
    if feed.host_id is not None:
        return [[f"venue:{feed.host_id}"]]
    asked = feed.asked
    groups = _of_scope(feed.scope or scope_of(asked))
    groups += [
        [f"audience:{each}" for each in asked.audiences],
        [f"kind:{each}" for each in asked.kinds],
        _cells(asked),
        *([phrase[0]] for word in asked.words for phrase in phrases_of(word) if len(phrase) > 1),
    ]
    return sorted((sorted(group) for group in groups if group), key=_rarity)


def filing_facets(needs: list[list[str]]) -> list[str]:
    """Under which facets a feed with these needs is filed."""
    return needs[0] if needs else [EVERYTHING]


def can_be_in(needs: list[list[str]], facets: set[str]) -> bool:
    """Whether an event with ``facets`` may be in a feed with ``needs``."""
    return all(not facets.isdisjoint(group) for group in needs)


def _of_scope(scope: Scope) -> list[list[str]]:
    return [
        [f"region:{each}" for each in scope.region_ids or ()],
        [f"venue:{each}" for each in scope.venue_ids or ()],
        [f"topic:{each}" for each in scope.topic_ids or ()],
        [f"campaign:{each}" for each in scope.campaign_ids or ()],
        list(scope.exhibition_refids or ()),
        list(scope.unit_refids or ()),
    ]


def _rarity(group: list[str]) -> tuple[int, int, list[str]]:
    for place, prefix in enumerate(_RAREST_FIRST):
        if group[0].startswith(prefix):
            return place, len(group), group
    return len(_RAREST_FIRST) + (":" in group[0]), len(group), group


def _cells(asked: EventFilter) -> list[str]:
    """The squares that circle or box touch; none where they are too many to list."""
    box = asked.bbox
    if asked.near is not None:
        up = asked.near.km / KM_PER_DEGREE
        widest = max(math.cos(math.radians(min(abs(asked.near.lat) + up, 89.0))), 0.02)
        aside = up / widest
        box = Box(
            asked.near.lon - aside, asked.near.lat - up, asked.near.lon + aside, asked.near.lat + up
        )
    if box is None or box.west > box.east:
        return []
    rows = range(math.floor(box.south), math.floor(box.north) + 1)
    columns = range(math.floor(box.west), math.floor(box.east) + 1)
    if len(rows) * len(columns) > MAX_CELLS:
        return []
    return [cell(lat, (lon + 180) % 360 - 180) for lat in rows for lon in columns]
