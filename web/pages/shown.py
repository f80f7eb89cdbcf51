"""Rows as what pages show."""

from __future__ import annotations

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
