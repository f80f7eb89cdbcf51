"""Calendars as files: where they go, and which feed an old recipe means today."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.utils import timezone

from events.feeds import subjects
from events.feeds.feed import Feed
from events.feeds.subjects import Moved
from events.queries import EventFilter
from web.feeds import feed_of


def feeds_storage() -> Storage | None:
    """The storage called ``feeds``; None where calendars are not published as files."""
    return storages["feeds"] if "feeds" in settings.STORAGES else None


def find_feed(kind: str, subject: str, language: str) -> Feed | None:
    """The feed as its address would find it now; None where the address leads elsewhere.

    Raises:
        FeedNotFound, InvalidFilter: it is gone.
    """
    found: Feed | Moved
    if kind == "search":
        params = parse_qs(subject, keep_blank_values=True)
        asked = EventFilter.parse(params, today=timezone.localdate())
        found = subjects.search_feed(asked)
    elif kind == "event":
        found = subjects.event_feed(subject)
    else:
        found = feed_of(kind, subject)
    return None if isinstance(found, Moved) else subjects.in_language(found, language)
