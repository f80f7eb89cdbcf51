"""Private feeds: a secret address for one person and one venue. Only its hash is known here."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from events.feeds.feed import Feed
from events.ical.entry import Text
from events.models import PrivateFeed
from events.permissions import can_have_private_feed
from events.recurrence.zones import zone

TOKEN_BYTES = 32
FETCH_NOTED_EVERY = timedelta(minutes=1)


def new_token() -> str:
    """256 bits for an address; whoever makes a :class:`PrivateFeed` keeps ``hash_of`` it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@sensitive_variables("token")
def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@sensitive_variables("token")
def find_private_feed(token: str, *, now: datetime) -> PrivateFeed | None:
    """The living feed of a token whose owner still has a role at the venue (hazard A9).

    The index is searched for the hash, so that the time it takes says nothing about tokens.
    """
    digest = hash_of(token)
    found = (
        PrivateFeed.objects.filter(token_hash=digest, revoked_at__isnull=True)
        .select_related("venue", "owner")
        .first()
    )
    if found is None or not constant_time_compare(found.token_hash, digest):
        return None
    today = now.astimezone(zone(found.venue.timezone)).date()
    if not can_have_private_feed(found.owner, found.venue, today):
        return None
    return found


def private_feed(row: PrivateFeed) -> Feed:
    venue = row.venue
    return Feed(
        "private",
        str(row.pk),
        Text(f"{venue.name_zh}（内部日程）", f"{venue.name('en')} (own schedule)"),
        timezone=venue.timezone,
        host_id=venue.pk,
    )


def note_fetch(row: PrivateFeed, *, now: datetime) -> None:
    """Remember that the address is in use; at most one write a minute."""
    stale = Q(last_fetched_at__isnull=True) | Q(last_fetched_at__lte=now - FETCH_NOTED_EVERY)
    if row.last_fetched_at is None or row.last_fetched_at <= now - FETCH_NOTED_EVERY:
        PrivateFeed.objects.filter(stale, pk=row.pk).update(last_fetched_at=now)
