"""What is derived from events so that showing them is cheap. All of it can be made again.

The database itself keeps it honest: :mod:`events.triggers` deletes a fragment and notes a change
in the same transaction that changes any row the event is shown by.
"""

from __future__ import annotations

from django.db import models

from events.models.event import Event, Occurrence


class Fragment(models.Model):
    """A date in one language and manner, as feeds write it. If it is there, it is right."""

    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.DO_NOTHING, db_constraint=False, related_name="fragments"
    )
    event_id = models.BigIntegerField(db_index=True)
    language = models.CharField(max_length=2)
    runs = models.CharField(max_length=8, help_text="how long runs are shown: events.feeds.feed")
    made_by = models.CharField(max_length=16, help_text="the code and settings that wrote it")
    digest = models.CharField(max_length=32, help_text="of the bytes")
    head = models.TextField(help_text="what calendars ask of it: events.feeds.fragments.Head")
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "occurrence", "language", "runs", name="fragment_once_per_manner"
            ),
        ]


class Change(models.Model):
    """Something that feeds or searches depend on was written; settled and deleted soon after.

    Either an event or a facet whose feeds are affected as a whole (``*``: all of them).
    """

    written_by_triggers = True  # a copied network notes all its rows anew

    event_id = models.BigIntegerField(null=True, db_index=True)
    facet = models.CharField(max_length=140, blank=True)


class EventIndex(models.Model):
    """By what an event is found, as of the last settlement of its changes."""

    event = models.OneToOneField(
        Event,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        primary_key=True,
        related_name="index",
    )
    terms = models.TextField(help_text="events.queries.words, separated by blanks")
    facets = models.TextField(help_text="events.queries.index, separated by blanks")


class LiveFeed(models.Model):
    """A feed somebody polls. ``mark`` rises with every settlement that may have changed it."""

    key = models.CharField(max_length=200, unique=True)
    needs = models.JSONField(help_text="groups of facets; its events have one of each")
    recipe = models.JSONField(help_text="kind, subject, language, options; to find it again")
    mark = models.BigIntegerField(default=0, db_index=True)
    polled_at = models.DateTimeField(db_index=True)
    dirty_since = models.DateTimeField(null=True, db_index=True)
    published_on = models.DateField(null=True, help_text="the day its file was made for")
    published_as = models.CharField(max_length=250, blank=True, help_text="name of its file")
    published_etag = models.CharField(max_length=64, blank=True)


class FiledUnder(models.Model):
    """Under which facets a live feed is looked for: those of the rarest thing it asks for."""

    feed = models.ForeignKey(LiveFeed, on_delete=models.CASCADE, related_name="filed_under")
    facet = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint("facet", "feed", name="feed_filed_once_under_facet"),
        ]
