"""Calendars over HTTP: GET and HEAD of every feed address. What they show is `events.feeds`.

Caching is exact (RFC 9110, 9111): a strong ETag per content coding, 304 for those who have the
bytes, public caching except for private addresses. No answer sets a cookie or depends on one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.debug import sensitive_variables

from events.errors import FeedNotFound, InvalidFilter
from events.feeds import private, saved, subjects
from events.feeds.feed import ENDS, WHOLE, Feed
from events.feeds.live import note_poll
from events.feeds.revision import last_modified
from events.feeds.rows import today_of
from events.feeds.store import feed_bytes
from events.feeds.subjects import Moved
from events.feeds.version import feed_version
from events.ical.entry import Text
from events.queries import EventFilter
from events.queries.filter import invalid_filter
from events.recurrence.zones import zone
from touring.models import Exhibition, Unit
from web.conditional import accepts_gzip, is_unmodified_since, matching_tag
from web.memory import NOTE

PUBLIC = "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800"
PRIVATE = "private, no-store"
CONTENT_TYPE = "text/calendar; charset=utf-8"
ADDRESSES = (
    "/feeds/venues/SLUG.ics, /feeds/regions/CODE.ics, /feeds/exhibitions/SLUG.ics, "
    "/feeds/units/CODE.ics, /feeds/topics/SLUG.ics, /feeds/audiences/SLUG.ics, "
    "/feeds/campaigns/SLUG.ics, /feeds/search.ics?..., /feeds/s/ID.ics, /feeds/near.ics?lat=...&lon=...&km=... "
    "and /events/UID.ics"
)

MAX_WORD = 300
MANNERS = {"cancelled": ("struck", "dropped"), "runs": (WHOLE, ENDS)}
"""How a calendar shows what it shows; the first is the usual."""

Finder = Callable[..., Feed | Moved]
Answer = Callable[[HttpRequest, Feed], HttpResponse]


def feed_address(find: Finder, answer: Answer | None = None) -> Callable[..., HttpResponse]:
    """A view out of a function that says which feed an address means; else its calendar."""

    @wraps(find)
    def view(request: HttpRequest, **words: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            refusal = _refusal(405, "Calendars can only be read: use GET or HEAD.")
            refusal.headers["Allow"] = "GET, HEAD"
            return refusal
        if not all(word.isprintable() and len(word) <= MAX_WORD for word in words.values()):
            return no_such_address(request)  # no database is asked about control characters
        try:
            found = find(request, **words)
            if isinstance(found, Moved):
                return _moved_to(request, found, words)
            if answer is not None:
                _refuse_manner(request)
                return answer(request, found)
            return _answer(request, _in_manner(request, found))
        except FeedNotFound as missing:
            return _refusal(404, missing.message)
        except InvalidFilter as invalid:
            return _refusal(400, invalid.message)

    return view


@feed_address
def by_subject(request: HttpRequest, kind: str, subject: str) -> Feed | Moved:
    language = _options(request).language
    found = feed_of(kind, subject)
    return found if isinstance(found, Moved) else subjects.in_language(found, language)


def feed_of(kind: str, subject: str) -> Feed | Moved:
    """The feed of ``/feeds/KIND/SUBJECT.ics``, in its own language.

    Raises:
        FeedNotFound: the words name nothing that has a calendar.
    """
    if kind == "exhibitions":
        return subjects.exhibition_feed(subject, _exhibition_name(subject))
    if kind == "units":
        return subjects.unit_feed(subject, _unit_name(subject))
    if kind in subjects.FINDERS:
        return subjects.FINDERS[kind](subject)
    raise FeedNotFound(f"There are no feeds of {kind!r}. Feeds are {ADDRESSES}.")


@feed_address
def search(request: HttpRequest) -> Feed:
    asked = EventFilter.parse(_parameters(request), today=_today())
    return subjects.in_language(subjects.search_feed(asked), asked.language)


@feed_address
def saved_search(request: HttpRequest, code: str) -> Feed:
    language = _options(request).language
    asked = saved.saved_filter(code, today=_today())
    return subjects.in_language(subjects.search_feed(asked), language)


@feed_address
def near(request: HttpRequest) -> Feed:
    given = _parameters(request)
    missing = [name for name in ("lat", "lon") if len(given.get(name, ())) != 1]
    if missing:
        problems = [{"parameter": name, "message": "give it once, in degrees"} for name in missing]
        raise invalid_filter(problems)
    asked = _options(
        request,
        extra={"lat", "lon", "km"},
        instead={"near": [f"{given['lat'][0]},{given['lon'][0]}"]}
        | ({"km": given["km"]} if "km" in given else {}),
    )
    return subjects.in_language(subjects.search_feed(asked), asked.language)


@feed_address
def one_event(request: HttpRequest, uid: str) -> Feed:
    return subjects.in_language(subjects.event_feed(uid), _options(request).language)


@sensitive_variables("token", "words")
def private_schedule(request: HttpRequest, token: str) -> HttpResponse:
    """A host's own schedule. The token leaves the request here, before anything can log it."""
    forget_address(request)
    row = private.find_private_feed(token, now=timezone.now())
    response = feed_address(lambda request: _private_feed(request, row))(request)
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _private_feed(request: HttpRequest, row: private.PrivateFeed | None) -> Feed:
    language = _options(request).language
    if row is None:
        raise FeedNotFound(
            "There is no private calendar at this address. It may have been revoked: "
            "copy the present one from your account page."
        )
    private.note_fetch(row, now=timezone.now())
    return subjects.in_language(private.private_feed(row), language)


def forget_address(request: HttpRequest) -> None:
    """Take a secret address off the request, so that no log, mail or metric can quote it."""
    request.path = request.path_info = request.META["PATH_INFO"] = "/feeds/private/TOKEN.ics"
    for name in ("REQUEST_URI", "RAW_URI"):
        request.META.pop(name, None)
    request.resolver_match = None


def no_such_address(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view's signature
    return _refusal(404, f"There is no calendar at this address. Calendars are {ADDRESSES}.")


def _answer(request: HttpRequest, feed: Feed) -> HttpResponse:
    now = timezone.now()
    note = request.META.get(NOTE)
    if note is not None and not feed.is_private:
        note_poll(feed, now=now)
    version = feed_version(feed, now=now, with_text=_wants_text(request))
    if note is not None and not feed.is_private:
        note.feed_key, note.etag, note.until = feed.key, version.etag, _right_until(feed, now)
    tags = {False: version.etag, True: f"{version.etag}-gzip"}
    gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    headers = {
        "ETag": f'"{tags[gzipped]}"',
        "Cache-Control": PRIVATE if feed.is_private else PUBLIC,
        "Vary": "Accept-Encoding",
    }
    if_none_match = request.headers.get("If-None-Match")
    if if_none_match is not None:
        # The client may hold the other coding of the same bytes: that is as good.
        held = matching_tag(if_none_match, (tags[gzipped], tags[not gzipped]))
        if held is not None:
            return HttpResponseNotModified(headers=headers | {"ETag": f'"{held}"'})
    changed_at = last_modified(feed, etag=version.etag, now=now)
    if if_none_match is None and changed_at is not None:
        if_modified_since = request.headers.get("If-Modified-Since", "")
        if is_unmodified_since(if_modified_since, changed_at):
            return HttpResponseNotModified(headers=headers)

    version, data = feed_bytes(feed, version, gzipped=gzipped)
    if note is not None:
        note.etag = version.etag
    headers["ETag"] = f'"{version.etag}-gzip"' if gzipped else f'"{version.etag}"'
    if changed_at is not None:
        headers["Last-Modified"] = http_date(changed_at.timestamp())
    if gzipped:
        headers["Content-Encoding"] = "gzip"
    headers |= {
        "Content-Language": feed.language,
        "Content-Disposition": f'inline; filename="{_file_name(feed)}"',
        "Content-Length": str(len(data)),
    }
    body = b"" if request.method == "HEAD" else data
    return HttpResponse(body, content_type=CONTENT_TYPE, headers=headers)


def _wants_text(request: HttpRequest) -> bool:
    """Who holds no version is going to be sent the text, so that it is read with its version."""
    held = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    return request.method == "GET" and not held


def _right_until(feed: Feed, now: datetime) -> float:
    """When to look again although no row changed: at the next midnight, or in an hour."""
    tomorrow = today_of(feed, now) + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=zone(feed.timezone))
    return min(midnight, now + timedelta(hours=1)).timestamp()


def _moved_to(request: HttpRequest, moved: Moved, words: Mapping[str, str]) -> HttpResponse:
    ending = request.path.rpartition(".")[2]
    address = Feed(words["kind"], moved.subject, Text("-")).path.removesuffix("ics") + ending
    query = request.META.get("QUERY_STRING", "")
    response = _refusal(301, f"This calendar is now at {address}.")
    response.headers["Location"] = f"{address}?{query}" if query else address
    response.headers["Cache-Control"] = PUBLIC
    return response


def _refusal(status: int, message: str) -> HttpResponse:
    response = HttpResponse(message + "\n", status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_manner(request: HttpRequest, feed: Feed) -> Feed:
    """The feed with the options of its address; each at most once."""
    given = {name: request.GET.getlist(name) for name in MANNERS if name in request.GET}
    problems = [
        {"parameter": name, "message": f"give it once, as {' or '.join(MANNERS[name])}"}
        for name, values in given.items()
        if len(values) != 1 or values[0] not in MANNERS[name]
    ]
    if problems:
        raise invalid_filter(problems)
    return replace(
        feed,
        drops_cancelled=given.get("cancelled") == ["dropped"],
        runs=given.get("runs", [WHOLE])[0],
    )


def _refuse_manner(request: HttpRequest) -> None:
    if given := sorted(MANNERS.keys() & request.GET.keys()):
        raise invalid_filter(
            [{"parameter": name, "message": "is a parameter of calendars alone"} for name in given]
        )


def _parameters(request: HttpRequest) -> dict[str, list[str]]:
    return {name: values for name, values in request.GET.lists() if name not in MANNERS}


def _options(
    request: HttpRequest,
    *,
    extra: frozenset[str] | set[str] = frozenset(),
    instead: Mapping[str, list[str]] | None = None,
) -> EventFilter:
    """The parameters of an address that takes ``lang`` and the ``extra`` ones; the rest is refused.

    ``instead`` says what the extra ones are called in a filter.
    """
    given = _parameters(request)
    problems = [
        {
            "parameter": name,
            "message": f"is not a parameter here; known are {', '.join(sorted({'lang', *MANNERS, *extra}))}",
        }
        for name in sorted(given.keys() - extra - {"lang"})
    ]
    asked = {"lang": given["lang"]} if "lang" in given else {}
    try:
        found = EventFilter.parse(asked | dict(instead or {}), today=_today())
    except InvalidFilter as invalid:
        problems += invalid.detail["problems"]
    if problems:
        raise invalid_filter(problems)
    return found


def _today() -> date:
    return timezone.now().astimezone(zone(settings.TIME_ZONE)).date()


def _exhibition_name(slug: str) -> Text | None:
    found = Exhibition.objects.filter(slug=slug).first()
    if found is None:
        return None
    return Text(f"{found.title_zh}巡展", f"{found.text('title', 'en')} on tour")


def _unit_name(code: str) -> Text | None:
    found = Unit.objects.filter(code=code).select_related("exhibition").first()
    if found is None:
        return None
    exhibition = found.exhibition
    return Text(f"{exhibition.title_zh} {code}", f"{exhibition.text('title', 'en')} {code}")


def _file_name(feed: Feed) -> str:
    """ASCII letters, digits, dots and dashes alone: nothing that could end a header."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", f"{feed.kind}-{feed.subject}")[:80].strip("-")
    return f"{plain}.ics"
