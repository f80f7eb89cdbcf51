"""Sources: where events come from. A UID means something only inside its source."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from venues.models import Venue
from venues.models.bilingual import Named


class SourceKind(models.TextChoices):
    LOCAL = "local", "typed in"
    TOURING = "touring", "published tour plan"
    SUBSCRIPTION = "subscription", ".ics address read again and again"
    UPLOAD = "upload", "uploaded file"
    API = "api", "pushed by a program"


class Source(Named):
    """A set of events that one sender keeps; the sender's identifiers are unique inside it."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=SourceKind)
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="sources"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["slug"]


class Arrival(models.TextChoices):
    PUBLISH = "publish", "shown at once"
    QUEUE = "queue", "submitted, for a publisher to look at"


class Subscription(models.Model):
    """The address of a calendar that a museum keeps elsewhere, how it is read, and how that went.

    ``report`` is what the museum is shown: counts and problems in words. When a fetch fails
    the last good events stay, and ``failed_since`` is set. ``missing_confirmed`` is a person's
    word that events may vanish however many they are; it holds for one reading. ``undone_hash``
    names a file that a person has taken back: it is not believed again until it changes.
    """

    audited_at = ("source.venue",)

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="subscription")
    url = models.URLField(max_length=500)
    is_active = models.BooleanField(default=True)
    arrival = models.CharField(max_length=8, choices=Arrival, default=Arrival.PUBLISH)
    field_policy = models.JSONField(
        default=dict, blank=True, help_text="field → whose word counts (events.services.policies)"
    )
    skips_known = models.BooleanField(
        default=False, help_text="leave out what the venue's other sources show already"
    )
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    undone_hash = models.CharField(max_length=64, blank=True)
    missing_confirmed = models.BooleanField(default=False)
    next_fetch_at = models.DateTimeField(db_index=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="when the file last said something new"
    )
    failed_since = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subscription_address_is_http",
                condition=Q(url__startswith="https://") | Q(url__startswith="http://"),
            ),
        ]
