"""Rows as what pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.db.models import QuerySet

from events.feeds.entries import entry_of
from events.models import Occurrence
from web.pages.month import Item


def items_of(found: QuerySet[Occurrence]) -> list[Item]:
    """Each date with the entry that feeds write for it; the number of queries is fixed."""
    rows = found.select_related("event__venue").prefetch_related(
        "event__topics", "event__references"
    )
    return [Item(row.public_uid, entry_of(row)) for row in rows]


def by_day(items: Iterable[Item], first: date) -> list[tuple[date, list[Item]]]:
    """Items under the first day of the window on which they take place."""
    dated = sorted(((max(item.first_day, first), item) for item in items), key=lambda one: one[0])
    return [(day, [item for _day, item in group]) for day, group in groupby(dated, lambda o: o[0])]
