"""Since when a feed has been as it is: the Last-Modified of its bytes."""

from __future__ import annotations

from datetime import datetime, timedelta

from events.feeds.feed import Feed
from events.models import FeedRevision


def last_modified(feed: Feed, *, etag: str, now: datetime) -> datetime | None:
    """When the feed took on this version, in whole seconds, remembered per feed and language.

    Every version gets a later second than the one before it, because a client compares
    nothing finer. None: the second that tells this version from the last one lies ahead, and a
    date in the future may not be sent (RFC 9110 8.8.2.1). Writes only when the version is new.
    """
    this_second = now.replace(microsecond=0)
    revision, created = FeedRevision.objects.get_or_create(
        key=feed.key, defaults={"etag": etag, "changed_at": this_second}
    )
    if not created and revision.etag != etag:
        later = max(this_second, revision.changed_at + timedelta(seconds=1))
        # Of two requests that notice at once, one writes; both mean the same version.
        FeedRevision.objects.filter(pk=revision.pk, etag=revision.etag).update(
            etag=etag, changed_at=later
        )
        revision.changed_at = later
    return revision.changed_at if revision.changed_at <= now else None
