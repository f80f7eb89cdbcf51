"""Which feeds somebody polls: the only ones that a change has to find."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from events.feeds.feed import Feed
from events.feeds.lookup import look_up
from events.feeds.needs import filing_facets, needs_of
from events.models import FiledUnder, LiveFeed

LIVE_FOR = timedelta(days=7)
"""A feed that nobody polled for so long is made on request again."""
POLL_NOTED_EVERY = timedelta(hours=1)


def note_poll(feed: Feed, *, now: datetime) -> None:
    """Remember that somebody follows ``feed``, and by which changes it is to be found.

    To be called before the feed's rows are read: a change is either seen by that reading or
    finds the feed noted. Private feeds are not noted.
    """
    if feed.is_private:
        return
    needs = needs_of(feed)
    known = look_up(LiveFeed, ("needs", "polled_at"), key=feed.key)
    if known is not None and known[0] == needs:
        if known[1] <= now - POLL_NOTED_EVERY:
            LiveFeed.objects.filter(key=feed.key).update(polled_at=now)
        return
    recipe = {"kind": feed.kind, "subject": feed.subject, "language": feed.language}
    if feed.options:
        recipe["options"] = feed.options
    with transaction.atomic():
        live, _ = LiveFeed.objects.update_or_create(
            key=feed.key, defaults={"needs": needs, "recipe": recipe, "polled_at": now}
        )
        live.filed_under.all().delete()
        FiledUnder.objects.bulk_create(
            FiledUnder(feed=live, facet=facet) for facet in filing_facets(needs)
        )
