"""oEmbed 1.0 (oembed.com): how another site shows one of our pages, told to its editor's program.

``/oembed?url=ADDRESS&format=json&maxwidth=&maxheight=``; the frame it gives is
:mod:`web.pages.embed`, and every page that can be shown so names this address in its head.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from events.errors import FeedNotFound
from events.feeds.subjects import Moved
from web.pages.embed import extract_of
from web.pages.page import LANGUAGES

WIDTH, HEIGHT = 600, 480
SMALLEST = 120
CACHE_SECONDS = 3600
EMBEDDED = "venues|regions|exhibitions|units|topics|audiences|campaigns|events|s"
_PAGE = re.compile(rf"/(?P<kind>{EMBEDDED})/(?P<subject>[^/]{{1,300}})/")


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    given = request.GET
    if given.get("format", "json") != "json":
        return _refusal(501, "Only format=json is given.")
    try:
        kind, subject, chosen = _page_at(given.get("url", ""))
        width = _size(given.get("maxwidth"), "maxwidth", WIDTH)
        height = _size(given.get("maxheight"), "maxheight", HEIGHT)
    except ValueError as wrong:
        return _refusal(400, str(wrong))
    try:
        with translation.override(LANGUAGES[chosen or "zh"]):
            found = extract_of(kind, subject, today=timezone.localdate())
            if isinstance(found, Moved):
                subject = found.subject
                found = extract_of(kind, subject, today=timezone.localdate())
        if isinstance(found, Moved):
            raise FeedNotFound("The page moved more than once.")
    except FeedNotFound:
        return _refusal(404, "There is no page at this address.")
    return _answer(kind, subject, chosen, found.name, width, height)


def oembed_address(page: str) -> str:
    """Where the frame of our page ``page`` (a path with its query) is described."""
    query = urlencode({"url": settings.SITE_URL + page, "format": "json"})
    return f"{settings.SITE_URL}/oembed?{query}"


def _answer(
    kind: str, subject: str, chosen: str, title: str, width: int, height: int
) -> HttpResponse:
    query = f"?lang={chosen}" if chosen else ""
    frame = format_html(
        '<iframe src="{}/embed/{}/{}/{}" width="{}" height="{}" title="{}" loading="lazy"'
        ' style="border:0" sandbox="allow-popups allow-top-navigation-by-user-activation">'
        "</iframe>",
        *(settings.SITE_URL, kind, quote(subject, safe="@"), query, width, height, title),
    )
    answer = JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "provider_name": "Orrery",
            "provider_url": settings.SITE_URL,
            "html": frame,
            "width": width,
            "height": height,
            "cache_age": CACHE_SECONDS,
        },
        json_dumps_params={"ensure_ascii": False},
    )
    answer.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _page_at(address: str) -> tuple[str, str, str]:
    """Kind, subject and language of one of our pages.

    Raises:
        ValueError: it is not one of ours, or none that can be shown in a frame.
    """
    parts = urlsplit(address)
    found = _PAGE.fullmatch(parts.path)
    if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL or found is None:
        raise ValueError(f"Give url= of a page below {settings.SITE_URL}/ that shows a calendar.")
    subject = unquote(found["subject"])
    if not subject.isprintable() or "/" in subject:
        raise ValueError("The address names no page.")
    (chosen, *_) = parse_qs(parts.query).get("lang", [""])
    return found["kind"], subject, chosen if chosen in LANGUAGES else ""


def _size(text: str | None, name: str, usual: int) -> int:
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) <= 6) or int(text) < SMALLEST:
        raise ValueError(f"{name} is a number of pixels, {SMALLEST} at least.")
    return min(int(text), usual)


def _refusal(status: int, message: str) -> HttpResponse:
    response = HttpResponse(message + "\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
