"""Saved searches: a short address for a filter, since some clients drop long ones."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime
from urllib.parse import parse_qs

from events.errors import FeedNotFound
from events.models import SavedSearch
from events.queries import EventFilter

CODE_LENGTH = 12


def save_search(asked: EventFilter, *, now: datetime) -> SavedSearch:
    """The search's row with its ``code`` for ``/feeds/s/CODE.ics``; equal filters share it."""
    query = asked.canonical()
    search, _ = SavedSearch.objects.get_or_create(
        query=query, defaults={"code": code_of(query), "created_at": now}
    )
    return search


def code_of(query: str) -> str:
    """Sixty bits of the query's hash, in letters and digits that survive being read aloud."""
    digest = hashlib.sha256(query.encode()).digest()
    return base64.b32encode(digest).decode().lower()[:CODE_LENGTH]


def saved_filter(code: str, *, today: date) -> EventFilter:
    """The filter under a short address.

    Raises:
        FeedNotFound: nobody has saved such a search.
        InvalidFilter: a word it uses is no longer understood.
    """
    search = SavedSearch.objects.filter(code=code).first()
    if search is None:
        raise FeedNotFound(
            f"There is no saved search {code!r}; copy the address again from the search page.",
            kind="search",
            subject=code,
        )
    params = parse_qs(search.query, keep_blank_values=True, strict_parsing=bool(search.query))
    return EventFilter.parse(params, today=today)
