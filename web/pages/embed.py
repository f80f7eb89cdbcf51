"""The next dates of a calendar as a small page without scripts, for the web sites of others.

Only these pages may stand in frames, and only in those of :func:`web.pages.framing.may_frame`.
They have no controls and set no cookie; their links open outside the frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.feeds import saved, subjects
from events.feeds.feed import Feed
from events.feeds.subjects import Moved
from events.models import Occurrence
from events.queries import Window, occurrences
from web.feeds import feed_of
from web.pages.framing import in_frames_of, may_frame
from web.pages.month import Item
from web.pages.page import language, page
from web.pages.shown import by_day, items_of

MOST_ITEMS = 20
DAYS_AHEAD = 365


@dataclass(frozen=True)
class Extract:
    """What is to be seen next: a name, the address of the whole page, and the dates."""

    name: str
    address: str
    items: list[Item]


@page
def embed(request: HttpRequest, kind: str, subject: str) -> HttpResponse | Moved:
    today = timezone.localdate()
    found = extract_of(kind, subject, today=today)
    if isinstance(found, Moved):
        return found
    context = {
        "name": found.name,
        "address": found.address,
        "days": by_day(found.items[:MOST_ITEMS], today),
        "is_cut": len(found.items) > MOST_ITEMS,
    }
    response = render(request, "web/embed.html", context)
    response.headers["Cache-Control"] = "public, max-age=900"
    return in_frames_of(may_frame(kind, subject), request, response)


def extract_of(kind: str, subject: str, *, today: date) -> Extract | Moved:
    """The page at ``/KIND/SUBJECT/``, cut short; ``s`` is the kind of saved searches.

    Raises:
        FeedNotFound: there is no such page.
    """
    if kind == "s":
        feed = subjects.search_feed(saved.saved_filter(subject, today=today))
        address = reverse("saved-search", kwargs={"code": subject})
        return Extract(feed.name.in_language(language()), address, _items(feed, today))
    if kind == "events":
        feed = subjects.event_feed(subject)
        rows = Occurrence.objects.filter(event=feed.event_id, ends_at__gt=timezone.now())
        if feed.occurrence_key:
            rows = rows.filter(key=feed.occurrence_key)
        items = items_of(rows.order_by("starts_at")[: MOST_ITEMS + 1])
        address = reverse("event", kwargs={"uid": subject})
        return Extract(feed.name.in_language(language()), address, items)
    found = feed_of(kind, subject)
    if isinstance(found, Moved):
        return found
    address = reverse("calendar", kwargs={"kind": kind, "subject": found.subject})
    name = found.name.in_language(language()) or _("What's on")
    return Extract(name, address, _items(found, today))


def _items(feed: Feed, today: date) -> list[Item]:
    """From today on; what a search says about time holds within that."""
    window = Window(today, today + timedelta(days=DAYS_AHEAD))
    found = occurrences(feed.asked, window=window, scope=feed.scope)
    return items_of(found[: MOST_ITEMS + 1])
