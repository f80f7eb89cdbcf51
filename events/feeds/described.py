"""An event's schema.org document out of its rows: which of its dates are told."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from events.feeds.about import About
from events.feeds.jsonld import Document, event_document
from events.models import Occurrence

MOST_DATES = 400


def described(
    dates: QuerySet[Occurrence], about: About, *, language: str, now: datetime
) -> Document | None:
    """``dates`` of one event: those to come or, when all are over, the last; None: there is none."""
    told = dates.order_by("starts_at", "pk").select_related("event__venue__region")
    rows = list(told.filter(ends_at__gt=now)[:MOST_DATES]) or list(told.reverse()[:1])
    return event_document(rows[0].event, rows, about, language=language) if rows else None
