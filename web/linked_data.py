"""One event or one of its dates as schema.org data: the address of its calendar ending in .jsonld.

It is what the event's page tells search engines, for those who want nothing else.
"""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from events.errors import FeedNotFound
from events.feeds.about import about_events
from events.feeds.described import described
from events.feeds.feed import Feed
from events.models import Occurrence
from web import feeds
from web.conditional import matching_tag

CONTENT_TYPE = "application/ld+json; charset=utf-8"


def _answer(request: HttpRequest, feed: Feed) -> HttpResponse:
    event_id = feed.event_id or 0
    dates = Occurrence.objects.filter(event=event_id)
    if feed.occurrence_key:
        dates = dates.filter(key=feed.occurrence_key)
    about = about_events([event_id])[event_id]
    document = described(dates, about, language=feed.language, now=timezone.now())
    if document is None:
        raise FeedNotFound("The event has no date.")
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = hashlib.sha256(body).hexdigest()[:32]
    headers = {
        "ETag": f'"{etag}"',
        "Cache-Control": feeds.PUBLIC,
        "Access-Control-Allow-Origin": "*",
    }
    if matching_tag(request.headers.get("If-None-Match", ""), (etag,)) is not None:
        return HttpResponseNotModified(headers=headers)
    headers |= {"Content-Language": feed.language, "Content-Length": str(len(body))}
    return HttpResponse(
        b"" if request.method == "HEAD" else body, content_type=CONTENT_TYPE, headers=headers
    )


one_event = feeds.feed_address(
    feeds.one_event.__wrapped__,  # type: ignore[attr-defined]  # set by functools.wraps
    _answer,
)
