"""Since when a feed has been as it is: the Last-Modified of its bytes."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.feeds.feed import Feed
from events.feeds.lookup import look_up
from events.models import FeedRevision


def last_modified(feed: Feed, *, etag: str, now: datetime) -> datetime | None:
    """When the feed took on this version, in whole seconds, remembered per feed and language.

    Every version gets a later second than the one before it, because a client compares
    nothing finer. None: the second that tells this version from the last one lies ahead, and a
    date in the future may not be sent (RFC 9110 8.8.2.1). Writes only when the version is new.
    """
    this_second = now.replace(microsecond=0)
    known = look_up(FeedRevision, ("etag", "changed_at"), key=feed.key)
    if known is None:
        revision, _ = FeedRevision.objects.get_or_create(
            key=feed.key, defaults={"etag": etag, "changed_at": this_second}
        )
        known = revision.etag, revision.changed_at
    former, changed_at = known
    if former != etag:
        changed_at = max(this_second, changed_at + timedelta(seconds=1))
        # Of two requests that notice at once, one writes; both mean the same version.
        FeedRevision.objects.filter(key=feed.key, etag=former).update(
            etag=etag, changed_at=changed_at
        )
    return changed_at if changed_at <= now else None
