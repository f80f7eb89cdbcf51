"""Calendars answered before Django: what many ask for, again and again, out of this process's memory.

An answer that Django gave is kept with all its headers and given again, as 200 or as 304, until
something changes that its feed may show. Once a second, when somebody asks, the process looks
whether feeds were marked (:mod:`events.services.settling`); so a change is seen within seconds in
every process, and an answer whose freshness cannot be told is Django's to give. Only while the
database cannot be asked at all is the last answer given on, as ``stale-if-error`` allows.

Private calendars never come here. Hosts are checked as Django checks them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.http import parse_http_date_safe

from events.services.settling import marks_since, settle_changes
from web.conditional import accepts_gzip, is_unmodified_since, matching_tag
from web.followers import Followers

NOTE = "orrery.feed_note"
POLL_SECONDS = 1.0
OLDEST_LOOK_SECONDS = 4.0
MAX_BYTES = 96_000_000
_ABOUT_THE_BODY = frozenset(
    {
        *("content-type", "content-length", "content-encoding", "content-language"),
        *("content-disposition", "last-modified", "etag"),
    }
)

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

answers: Counter[tuple[str, str]] = Counter()
"""How many calendars this process answered, by origin (``memory``, ``application``) and status."""

log = logging.getLogger(__name__)


@dataclass
class Note:
    """Passed along with a request; the view writes on it what it answered about."""

    mark: int
    """The highest mark this process knew of when the request came."""
    feed_key: str = ""
    etag: str = ""
    until: float = 0.0
    """Seconds since the epoch: when the answer stops being right by itself."""


@dataclass
class _Kept:
    note: Note
    common: Headers
    modified: str = ""
    whole: dict[bool, tuple[Headers, bytes]] = field(default_factory=dict)
    """By whether it is compressed."""

    @property
    def size(self) -> int:
        return 2000 + sum(len(body) for _, body in self.whole.values())


class FeedMemory:
    """WSGI in, WSGI out; ``application`` answers whatever is not remembered."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._followers = Followers()
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._size = 0
        self._mark = 0
        self._looked_at = 0.0
        self._is_cut_off = False
        self._changing, self._looking = threading.Lock(), threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.endswith(".ics") or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._application(environ, start_response)
        if not path.startswith(("/feeds/", "/events/")) or path.startswith("/feeds/private"):
            return self._application(environ, start_response)
        self._look()
        key = _key(environ, path)
        kept = self._kept.get(key)
        if kept is not None and self._is_right(kept):
            found = _answer(kept, environ)
            if found is not None:
                status, headers, body = found
                answers["memory", status[:3]] += 1
                self._followers.note(path, environ)
                start_response(status, headers)
                return [body]
        return self._ask(key, environ, start_response)

    def forget(self) -> None:
        with self._changing:
            self._kept.clear()
            self._size = 0

    def _ask(
        self, key: tuple[str, ...], environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        note = Note(self._mark)
        environ[NOTE] = note
        begun: list[Any] = []

        def begin(status: str, headers: Headers, *more: Any) -> Any:
            begun[:] = [status, headers]
            return start_response(status, headers, *more)

        result = self._application(environ, begin)
        if begun:
            answers["application", begun[0][:3]] += 1
        if not note.feed_key or begun[0][:3] not in ("200", "304"):
            return result
        self._followers.note(key[0], environ)
        try:
            body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        self._keep(key, note, begun, body, environ["REQUEST_METHOD"])
        return [body]

    def _keep(
        self, key: tuple[str, ...], note: Note, begun: list[Any], body: bytes, method: str
    ) -> None:
        status, headers = begun
        common = [(name, value) for name, value in headers if name.lower() not in _ABOUT_THE_BODY]
        with self._changing:
            if note.mark != self._mark:
                return  # somebody looked meanwhile: this answer may be older than what was found
            kept = self._kept.pop(key, None)
            self._size -= kept.size if kept else 0
            if kept is None or kept.note.etag != note.etag:
                kept = _Kept(note, common)
            if status.startswith("200") and method == "GET":
                told = {name.lower(): value for name, value in headers}
                kept.modified = told.get("last-modified", "")
                if kept.modified:
                    kept.whole["content-encoding" in told] = list(headers), body
            self._kept[key] = kept
            self._size += kept.size
            while self._size > MAX_BYTES:
                self._size -= self._kept.popitem(last=False)[1].size

    def _is_right(self, kept: _Kept) -> bool:
        if self._is_cut_off:
            return True
        is_new = time.monotonic() - self._looked_at < OLDEST_LOOK_SECONDS
        return is_new and time.time() < kept.note.until

    def _look(self) -> None:
        """Ask at most once a second which feeds were marked, and forget what they answered."""
        if time.monotonic() - self._looked_at < POLL_SECONDS:
            return
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._look_now()
            self._is_cut_off = False
            self._followers.hand_on()
        except DatabaseError:
            if not self._is_cut_off:
                log.exception("feeds are answered from memory: the database cannot be asked")
            self._is_cut_off = True
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()
            close_old_connections()

    def _look_now(self) -> None:
        mark, marked, is_waiting = marks_since(self._mark)
        if is_waiting:
            settle_changes(now=timezone.now())
            mark, marked, _ = marks_since(self._mark)
        if mark == self._mark:
            return
        with self._changing:
            self._mark = mark
            for key in [key for key, kept in self._kept.items() if kept.note.feed_key in marked]:
                self._size -= self._kept.pop(key).size


def _key(environ: dict[str, Any], path: str) -> tuple[str, ...]:
    """All that an answer depends on but its coding: a host that is refused is never kept."""
    return (
        path,
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_HOST", ""),
        environ.get("wsgi.url_scheme", ""),
        environ.get("HTTP_X_FORWARDED_PROTO", ""),
    )


def _answer(kept: _Kept, environ: dict[str, Any]) -> tuple[str, Headers, bytes] | None:
    """What Django would answer; None: it has to be asked."""
    is_gzipped = _wants_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    tags = (kept.note.etag, f"{kept.note.etag}-gzip")
    if is_gzipped:
        tags = tags[::-1]
    held = environ.get("HTTP_IF_NONE_MATCH")
    if held is not None:
        tag = tags[0] if held == f'"{tags[0]}"' else matching_tag(held, tags)
        if tag is not None:
            return "304 Not Modified", [("ETag", f'"{tag}"'), *kept.common], b""
    elif since := environ.get("HTTP_IF_MODIFIED_SINCE"):
        if not kept.modified:
            return None
        if since == kept.modified or _is_unmodified(since, kept.modified):
            return "304 Not Modified", [("ETag", f'"{tags[0]}"'), *kept.common], b""
    whole = kept.whole.get(is_gzipped)
    if whole is None:
        return None
    headers, body = whole
    return "200 OK", list(headers), b"" if environ["REQUEST_METHOD"] == "HEAD" else body


def _is_unmodified(since: str, modified: str) -> bool:
    changed_at = parse_http_date_safe(modified)
    return changed_at is not None and is_unmodified_since(
        since, datetime.fromtimestamp(changed_at, UTC)
    )


@lru_cache(maxsize=256)
def _wants_gzip(accept_encoding: str) -> bool:
    return accepts_gzip(accept_encoding)
