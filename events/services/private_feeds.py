"""Handing out and taking back the secret address of a host's own schedule."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from events.feeds.private import hash_of, new_token
from events.models import PrivateFeed
from events.permissions import can_have_private_feed, can_revoke
from venues.errors import NotAllowed
from venues.models import Venue


@sensitive_variables("token")
def hand_out_private_feed(*, venue: Venue, by: User, now: datetime) -> tuple[PrivateFeed, str]:
    """A new secret address for ``by`` at ``venue``: the row, and the address shown once.

    The calendar holds everything that happens at the venue, moves, installation and strike
    included. Only the hash of its token is kept, so a lost address cannot be told again: revoke
    it and take a new one.

    Raises:
        NotAllowed: ``by`` has no role at the venue.
    """
    if not can_have_private_feed(by, venue, timezone.localdate(now)):
        raise NotAllowed("You have no role at this venue.", venue=venue.slug)
    token = new_token()
    row = PrivateFeed.objects.create(
        token_hash=hash_of(token), venue=venue, owner=by, created_at=now
    )
    return row, f"{settings.SITE_URL}/feeds/private/{token}.ics"


def revoke_private_feed(*, feed_id: int, by: User, now: datetime) -> PrivateFeed:
    """Close the address at once; every reader gets 404 from now on. Idempotent.

    Raises:
        NotAllowed: it is somebody else's, and ``by`` does not administer the venue.
    """
    row = PrivateFeed.objects.select_related("venue").get(pk=feed_id)
    if not can_revoke(by, row, timezone.localdate(now)):
        raise NotAllowed("This calendar is somebody else's.", venue=row.venue.slug)
    if row.revoked_at is None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
    return row
