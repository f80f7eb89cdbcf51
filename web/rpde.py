"""The feed of changes over HTTP: ``/rpde/events?afterTimestamp=&afterId=&limit=``."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone

from events.feeds.release import release
from events.feeds.rpde import LICENCE, PAGE, Mark, items_at, marks_after
from web.conditional import matching_tag

CONTENT_TYPE = "application/json; charset=utf-8"
WITH_ITEMS = "public, max-age=3600"
"""However old it is, its `next` leads to what came since."""
LAST = "public, max-age=8"
_KNOWN = {"afterTimestamp", "afterId", "limit"}
_LATEST = 10**16


def changes(request: HttpRequest) -> HttpResponse:
    """One page; the last one is empty and leads to itself."""
    if request.method not in ("GET", "HEAD"):
        refusal = _refusal(405, "Use GET or HEAD.")
        refusal.headers["Allow"] = "GET, HEAD"
        return refusal
    try:
        after, limit = _asked(request)
    except ValueError as wrong:
        return _refusal(400, str(wrong))
    marks = marks_after(after, limit=limit, now=timezone.now())
    digest = hashlib.sha256(repr((release(), after, limit, marks)).encode()).hexdigest()[:32]
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": WITH_ITEMS if marks else LAST,
        "Access-Control-Allow-Origin": "*",
    }
    if matching_tag(request.headers.get("If-None-Match", ""), (digest,)) is not None:
        return HttpResponseNotModified(headers=headers)
    page = {
        "next": _address(marks[-1] if marks else after, limit),
        "items": items_at(marks),
        "license": LICENCE,
    }
    body = json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
    headers["Content-Length"] = str(len(body))
    return HttpResponse(
        b"" if request.method == "HEAD" else body, content_type=CONTENT_TYPE, headers=headers
    )


def _asked(request: HttpRequest) -> tuple[Mark | None, int]:
    """Raises: ValueError: with the parameter that cannot be understood."""
    given = dict(request.GET.lists())
    wrong = sorted(given.keys() - _KNOWN) or [n for n in given if len(given[n]) != 1]
    if wrong:
        raise ValueError(
            f"{wrong[0][:60]!r} is not understood; known, once each: {sorted(_KNOWN)}."
        )
    limit = _number(request.GET.get("limit", str(PAGE)), "limit", PAGE)
    if ("afterTimestamp" in given) != ("afterId" in given):
        raise ValueError("afterTimestamp and afterId go together; follow the addresses in `next`.")
    if "afterId" not in given:
        return None, max(limit, 1)
    uid = request.GET["afterId"]
    if not uid.isprintable() or len(uid) > 255:
        raise ValueError("afterId is not an id; follow the addresses in `next`.")
    moment = _number(request.GET["afterTimestamp"], "afterTimestamp", _LATEST)
    return Mark(moment, uid), max(limit, 1)


def _number(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 17) or int(text) > most:
        raise ValueError(f"{name} is no number up to {most}.")
    return int(text)


def _address(after: Mark | None, limit: int) -> str:
    query: dict[str, str | int] = {}
    if after is not None:
        query = {"afterTimestamp": after.modified, "afterId": after.id}
    if limit != PAGE:
        query["limit"] = limit
    return f"{settings.SITE_URL}/rpde/events" + (f"?{urlencode(query)}" if query else "")


def _refusal(status: int, message: str) -> HttpResponse:
    response = HttpResponse(message + "\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
