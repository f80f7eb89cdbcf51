"""The vocabulary of topics, after SKOS: a concept with names, broader ones and a successor."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from venues.models.bilingual import Named


class Topic(Named):
    """What events are about. Loaded from a file, so that any network can bring its own words.

    A deprecated topic stays where it was used and is not offered any more, no more than one that
    is ``replaced_by`` another, which searches follow. ``also_called`` holds further names by
    language (skos:altLabel), ``uri`` the concept's identity in the world.
    """

    slug = models.SlugField(max_length=60, unique=True)
    uri = models.URLField(max_length=300, blank=True)
    also_called = models.JSONField(default=dict, blank=True, help_text="language → further names")
    broader = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="narrower"
    )
    is_deprecated = models.BooleanField(default=False)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces"
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="topic_not_its_own_broader_or_successor",
                condition=(Q(broader__isnull=True) | ~Q(broader=F("pk")))
                & (Q(replaced_by__isnull=True) | ~Q(replaced_by=F("pk"))),
            ),
        ]
