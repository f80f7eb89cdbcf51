"""What is new in a feed's set: events as they were last changed, the latest first.

Atom (RFC 4287) and JSON Feed 1.1. ``updated`` is the last change, never the start of the event,
so that readers show what is new, changed or cancelled. The version is known before any text is
read: one query over counters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.db.models import F, Max, Min, QuerySet

from events.enums import Status
from events.feeds.about import About, about_events
from events.feeds.entries import changed_at_of, entry_of, page_url
from events.feeds.feed import Feed, window_of
from events.feeds.particulars import particulars
from events.feeds.release import release
from events.feeds.rows import today_of
from events.ical.entry import Text
from events.ical.text import clean_line, clean_text, clean_url
from events.models import Event, Occurrence
from events.queries import events
from events.recurrence.zones import zone

MOST_NEWS = 100
AUTHOR = Text("科普活动网络", "Science event network")
_STAMPS = ("pk", "sequence", "changed_at", "venue__version", "venue__changed_at")
_PREFIX = {
    Status.CANCELLED: Text("已取消：", "Cancelled: "),
    Status.POSTPONED: Text("延期：", "Postponed: "),
    Status.RESCHEDULED: Text("改期：", "New date: "),
    Status.MOVED_ONLINE: Text("改为线上：", "Moved online: "),
    Status.FULL: Text("名额已满：", "Fully booked: "),
}


@dataclass(frozen=True)
class NewsVersion:
    """Which events are told, in which state; ``etag`` is without quotes."""

    etag: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class Item:
    """One event as news; texts in the feed's language."""

    url: str
    title: str
    text: str
    published: datetime
    updated: datetime
    image: str
    tags: tuple[str, ...]


def news_feed(feed: Feed, form: str) -> Feed:
    """The feed under which the news are remembered, apart from its calendar."""
    return replace(feed, kind=f"{feed.kind}.{form}")


def news_version(feed: Feed, *, form: str, now: datetime) -> NewsVersion:
    """The version of the news at ``now``; one query."""
    rows = list(_told(feed, today=today_of(feed, now)).values_list(*_STAMPS))
    about = (form, feed.key, feed.name, feed.url, release(), rows)
    digest = hashlib.sha256(repr(about).encode()).hexdigest()
    return NewsVersion(digest[:32], tuple(row[0] for row in rows))


def write_news(feed: Feed, version: NewsVersion, *, form: str, address: str) -> bytes:
    """The news as ``atom`` or ``json``; the same rows give the same bytes."""
    items = sorted(_items(version.ids, feed.language), key=lambda item: (item.updated, item.url))
    return (_atom if form == "atom" else _json)(feed, items[::-1], address)


def _told(feed: Feed, *, today: date) -> QuerySet[Event]:
    if feed.event_id is not None:
        return Event.objects.filter(pk=feed.event_id).order_by("pk")
    found = events(feed.asked, window=window_of(today), scope=feed.scope)
    return found.order_by("-changed_at", "-pk")[:MOST_NEWS]


def _items(ids: Sequence[int], language: str) -> list[Item]:
    """Each event by one date; a number of queries that stays the same."""
    about = about_events(ids)
    dates = _dates(ids)
    return [_item(dates[pk], about[pk], language) for pk in ids if pk in dates]


def _dates(ids: Sequence[int]) -> dict[int, Occurrence]:
    """The first date that was still to come when the event last changed, else its last one.

    Never what is next today: the news would be new every day.
    """
    rows = Occurrence.objects.filter(event__in=ids).order_by()
    coming = rows.filter(ends_at__gte=F("event__changed_at"), is_cancelled=False)
    starts = dict(rows.values_list("event").annotate(start=Max("starts_at")))
    starts |= dict(coming.values_list("event").annotate(start=Min("starts_at")))
    chosen = rows.filter(starts_at__in=set(starts.values())).select_related("event__venue")
    return {
        row.event_id: row
        for row in chosen.order_by("-is_cancelled", "pk")
        if row.starts_at == starts[row.event_id]
    }


def _item(row: Occurrence, about: About, language: str) -> Item:
    event, entry = row.event, entry_of(row)
    start = row.starts_at.astimezone(zone(event.timezone))
    when = f"{start:%Y-%m-%d}" if event.is_all_day else f"{start:%Y-%m-%d %H:%M} ({event.timezone})"
    lines = [
        when,
        entry.location.in_language(language),
        entry.description.in_language(language),
        particulars(event, about).in_language(language),
    ]
    prefix = _PREFIX.get(Status(event.status), Text("")).in_language(language)
    return Item(
        url=page_url(event),
        title=clean_line(prefix + Text(event.title_zh, event.title_en).in_language(language)),
        text=clean_text("\n".join(line for line in lines if line)),
        published=event.created_at,
        updated=changed_at_of(event),
        image=clean_url(entry_of(row, about).image_url),
        tags=tuple(label.name.in_language(language) for label in (*about.topics, *about.campaigns)),
    )


def _atom(feed: Feed, items: Sequence[Item], address: str) -> bytes:
    updated = max((item.updated for item in items), default=datetime(1970, 1, 1, tzinfo=UTC))
    name = escape(clean_line(feed.name.in_language(feed.language)))
    page = feed.page_url or settings.SITE_URL + "/"
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">'
        f"<id>{escape(address)}</id><title>{name}</title><updated>{_second(updated)}</updated>"
        f"<author><name>{AUTHOR.in_language(feed.language)}</name></author>"
        f'<link rel="self" type="application/atom+xml" href={quoteattr(address)}/>'
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>'
        f'<link rel="alternate" type="text/calendar" href={quoteattr(feed.url)}/>'
    )
    return "".join([head, *map(_atom_entry, items), "</feed>\n"]).encode()


def _atom_entry(item: Item) -> str:
    tags = "".join(f"<category term={quoteattr(clean_line(tag))}/>" for tag in item.tags)
    return (
        f"<entry><id>{escape(item.url)}</id><title>{escape(item.title)}</title>"
        f"<published>{_second(item.published)}</published>"
        f"<updated>{_second(item.updated)}</updated>"
        f'<link rel="alternate" type="text/html" href={quoteattr(item.url)}/>{tags}'
        f'<content type="text">{escape(item.text)}</content></entry>'
    )


def _json(feed: Feed, items: Sequence[Item], address: str) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean_line(feed.name.in_language(feed.language)),
        "home_page_url": feed.page_url or settings.SITE_URL + "/",
        "feed_url": address,
        "language": feed.language,
        "authors": [{"name": AUTHOR.in_language(feed.language)}],
        "items": [
            {
                "id": item.url,
                "url": item.url,
                "title": item.title,
                "content_text": item.text,
                "date_published": _second(item.published),
                "date_modified": _second(item.updated),
                **({"image": item.image} if item.image else {}),
                **({"tags": list(item.tags)} if item.tags else {}),
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
