"""News of every feed's set over HTTP: the address of a calendar ending in .atom or .json."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import http_date

from events.feeds.feed import Feed
from events.feeds.news import news_feed, news_version, write_news
from events.feeds.revision import last_modified
from web import feeds
from web.conditional import accepts_gzip, is_unmodified_since, matching_tag

CONTENT_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def news_of(calendar: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view of the news that belongs to a calendar's view; ``form`` is the address's ending."""
    find: feeds.Finder = calendar.__wrapped__  # type: ignore[attr-defined]  # set by functools.wraps

    def view(request: HttpRequest, form: str, **words: str) -> HttpResponse:
        return feeds.feed_address(find, partial(_answer, form=form))(request, **words)

    return view


def _answer(request: HttpRequest, feed: Feed, *, form: str) -> HttpResponse:
    now = timezone.now()
    version = news_version(feed, form=form, now=now)
    gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    tags = {False: version.etag, True: f"{version.etag}-gzip"}
    headers = {
        "ETag": f'"{tags[gzipped]}"',
        "Cache-Control": feeds.PUBLIC,
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
    }
    if_none_match = request.headers.get("If-None-Match")
    if if_none_match is not None:
        held = matching_tag(if_none_match, (tags[gzipped], tags[not gzipped]))
        if held is not None:
            return HttpResponseNotModified(headers=headers | {"ETag": f'"{held}"'})
    changed_at = last_modified(news_feed(feed, form), etag=version.etag, now=now)
    if changed_at is not None:
        since = request.headers.get("If-Modified-Since", "")
        if if_none_match is None and is_unmodified_since(since, changed_at):
            return HttpResponseNotModified(headers=headers)
        headers["Last-Modified"] = http_date(changed_at.timestamp())
    data = write_news(feed, version, form=form, address=_address(request))
    if gzipped:
        data = gzip.compress(data, compresslevel=6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers |= {"Content-Language": feed.language, "Content-Length": str(len(data))}
    body = b"" if request.method == "HEAD" else data
    return HttpResponse(body, content_type=CONTENT_TYPES[form], headers=headers)


def _address(request: HttpRequest) -> str:
    """By the configured address of the site, never by the request's Host."""
    query = request.META.get("QUERY_STRING", "")
    return f"{settings.SITE_URL}{request.path}" + (f"?{query}" if query else "")


search = news_of(feeds.search)
near = news_of(feeds.near)
saved_search = news_of(feeds.saved_search)
by_subject = news_of(feeds.by_subject)
one_event = news_of(feeds.one_event)
