"""What an event remembers of how it was: former starts, and when each language changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from events.enums import Moderation, Status, Visibility
from events.models import Event
from events.models.event import BILINGUAL

MOST_STARTS = 20
_START = ("start_date", "start_time", "timezone")
_TEXTS = {
    language: frozenset(f"{field}_{language}" for field in BILINGUAL) for language in ("zh", "en")
}


def set_columns(event: Event, columns: Mapping[str, Any], *, now: datetime) -> None:
    """Give the event its new ``columns`` and let it remember what they replace. Saves nothing.

    A published event whose start changes keeps the former one (``previous_starts``) and counts
    as rescheduled, unless its status says more than that it takes place.
    """
    changed = {name for name, value in columns.items() if getattr(event, name) != value}
    if event.pk is not None and changed.intersection(_START):
        _keep_start(event)
    for language, texts in _TEXTS.items():
        if not changed.isdisjoint(texts):
            setattr(event, f"{language}_changed_at", now)
    for name in changed:
        setattr(event, name, columns[name])


def note_publication(event: Event, *, now: datetime) -> None:
    """Remember since when all could see the event, once they can. Saves nothing."""
    is_public = event.moderation == Moderation.PUBLISHED and event.visibility == Visibility.PUBLIC
    if is_public and event.published_at is None:
        event.published_at = now


def _keep_start(event: Event) -> None:
    if event.moderation != Moderation.PUBLISHED:
        return
    former = event.moment_of(event.wall_start).isoformat()
    event.previous_starts = [*event.previous_starts, former][-MOST_STARTS:]
    if event.status in (Status.SCHEDULED, Status.POSTPONED):
        event.status = Status.RESCHEDULED
