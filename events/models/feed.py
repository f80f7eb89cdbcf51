"""What has to be remembered about feeds: when each last changed, and who may read private ones."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from venues.models import Venue


class FeedRevision(models.Model):
    """The last seen validator of one feed in one language, and since when it has been so.

    Bytes also change when an entry leaves the window, so ``Last-Modified`` cannot be computed
    from the rows that are left.
    """

    key = models.CharField(max_length=200, unique=True, help_text="address, options, language")
    etag = models.CharField(max_length=64)
    changed_at = models.DateTimeField()


class FeedReach(models.Model):
    """How many asked for a public feed on one day; nothing about who (events.services.followers)."""

    path = models.CharField(max_length=300, help_text="the feed's address without its query")
    day = models.DateField(help_text="in UTC")
    polls = models.PositiveIntegerField(default=0)
    sketch = models.BinaryField(help_text="256 registers of a HyperLogLog")

    class Meta:
        constraints = [
            models.UniqueConstraint("path", "day", name="feed_reach_once_per_day"),
        ]


class PrivateFeed(models.Model):
    """A host's own schedule under a token of which only the SHA-256 is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="private_feeds")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="private_feeds"
    )
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)


class SavedSearch(models.Model):
    """A filter under a short address; equal filters share one ID (``/feeds/s/ID.ics``)."""

    code = models.CharField(max_length=16, unique=True)
    query = models.CharField(max_length=2000, unique=True, help_text="canonical query string")
    created_at = models.DateTimeField()
