"""The real, guarded fetch: the only place of the house that opens a connection on request.

Whoever subscribes to a calendar chooses the address, so the answer to "may we go there?" is
given for the very address that is connected to: the name is resolved once, every address it
has must be public, and the connection goes to one of these, with the name only in TLS and in
the Host header. Redirects go the same way. Nothing of ours is sent along: no proxy settings,
cookies or credentials.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from django.conf import settings

from events.imports.fetch import (
    UNREACHABLE,
    Fetched,
    FetchFailed,
    NotModified,
    Target,
    is_public,
    target_of,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024
_CONNECT_SECONDS = 6.0
_MAX_ADDRESSES = 4


def system_addresses(host: str, port: int) -> list[str]:
    """Every address the system's resolver has for ``host``, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def system_tls() -> ssl.SSLContext:
    """Certificates are checked against the machine's list and the name asked for."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class GuardedFetch:
    """A :class:`events.imports.fetch.Fetch` that stays within what is public, small and quick."""

    allowed: frozenset[str] = field(
        default_factory=lambda: frozenset(settings.FETCH_ALLOWED_PRIVATE_HOSTS)
    )
    """``host:port`` of private servers that may be read all the same."""
    seconds: float = 20.0
    """For everything together: names, redirects, headers and body."""
    max_bytes: int = 10_000_000
    """Of the body, as sent and as decoded."""
    max_redirects: int = 5
    addresses: Callable[[str, int], list[str]] = system_addresses
    tls: Callable[[], ssl.SSLContext] = system_tls

    def __call__(
        self, url: str, *, etag: str = "", last_modified: str = ""
    ) -> Fetched | NotModified:
        deadline = _Deadline(self.seconds)
        headers = _request_headers(etag, last_modified)
        target = target_of(url, allowed=self.allowed)
        for _ in range(self.max_redirects + 1):
            try:
                with _Exchange(self._connected(target, deadline), target, headers) as exchange:
                    answer = exchange.answer()
                    if answer.status not in _REDIRECTS:
                        return self._result(answer, is_conditional=bool(etag or last_modified))
                    target = self._next(target, answer.getheader("Location") or "")
            except (OSError, http.client.HTTPException, EOFError, UnicodeError):
                raise FetchFailed(UNREACHABLE) from None
        raise FetchFailed("The address leads on and on, from one to the next.", code="redirects")

    def _next(self, target: Target, location: str) -> Target:
        try:
            absolute = urljoin(target.url, location)
        except ValueError:
            raise FetchFailed(
                "The address leads to one that cannot be read.", code="redirects"
            ) from None
        following = target_of(absolute, allowed=self.allowed)
        if target.scheme == "https" and following.scheme != "https":
            raise FetchFailed(
                "The address leads from https:// to an insecure one.", code="redirects"
            )
        return following

    def _connected(self, target: Target, deadline: _Deadline) -> _DeadlineSocket:
        addresses = self._checked_addresses(target, deadline)
        for address in addresses[:_MAX_ADDRESSES]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            link = socket.socket(family, socket.SOCK_STREAM)
            try:
                link.settimeout(min(_CONNECT_SECONDS, deadline.seconds_left()))
                link.connect((address, target.port))
                if target.scheme == "https":
                    link.settimeout(deadline.seconds_left())
                    link = self.tls().wrap_socket(link, server_hostname=target.host)
            except BaseException as failure:
                link.close()
                if isinstance(failure, OSError):
                    continue
                raise
            return _DeadlineSocket(link, deadline)
        raise FetchFailed(UNREACHABLE)

    def _checked_addresses(self, target: Target, deadline: _Deadline) -> list[str]:
        """All addresses of the host, each of them allowed."""
        addresses = _within(deadline, lambda: self.addresses(target.host, target.port))
        if target.host_and_port in self.allowed:
            return addresses
        if not addresses or not all(is_public(ip_address(each)) for each in addresses):
            raise FetchFailed(UNREACHABLE)
        return addresses

    def _result(
        self, answer: http.client.HTTPResponse, *, is_conditional: bool
    ) -> Fetched | NotModified:
        if answer.status == 304 and is_conditional:
            return NotModified()
        if answer.status != 200:
            raise FetchFailed(
                f"The server answers with status {answer.status} instead of 200.",
                code="status",
                status=answer.status,
            )
        body = _decoded(answer, self.max_bytes)
        return Fetched(
            body=body,
            etag=_validator(answer.getheader("ETag"), 300),
            last_modified=_validator(answer.getheader("Last-Modified"), 80),
        )


def _request_headers(etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "User-Agent": f"Orrery (+{settings.SITE_URL})",
        "Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _validator(value: str | None, length: int) -> str:
    """A header to be sent back as it is; nothing if it is not plain, printable and short."""
    value = (value or "").strip()
    return value if len(value) <= length and value.isascii() and value.isprintable() else ""


# ---- time ----------------------------------------------------------------------------------------


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def seconds_left(self) -> float:
        """Raises: FetchFailed: there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchFailed(UNREACHABLE)
        return left


def _within(deadline: _Deadline, ask: Callable[[], list[str]]) -> list[str]:
    """The resolver knows no time limit: it is asked aside and left alone when it takes too long."""
    answers: list[list[str]] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            answers.append(ask())
        except (OSError, UnicodeError) as failure:
            failures.append(failure)

    asking = threading.Thread(target=run, daemon=True)
    asking.start()
    asking.join(deadline.seconds_left())
    if not answers:
        raise FetchFailed(UNREACHABLE)
    return answers[0]


class _DeadlineSocket:
    """As much of a socket as ``http.client`` uses; no call outlasts the deadline.

    A socket's own timeout starts anew with every byte, so that one byte a second lasts for ever.
    """

    def __init__(self, link: socket.socket, deadline: _Deadline) -> None:
        self._link = link
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._link.settimeout(self._deadline.seconds_left())
        self._link.sendall(data)

    def recv_into(self, buffer: WriteableBuffer) -> int:
        self._link.settimeout(self._deadline.seconds_left())
        return self._link.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Nothing: ``http.client`` closes its socket while the answer is still being read."""

    def end(self) -> None:
        self._link.close()


class _Incoming(io.RawIOBase):
    def __init__(self, link: _DeadlineSocket) -> None:
        self._link = link

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._link.recv_into(buffer)


class _Exchange:
    """One request and its answer over a connection that is closed afterwards."""

    def __init__(self, link: _DeadlineSocket, target: Target, headers: dict[str, str]) -> None:
        self._link = link
        self._target = target
        self._headers = headers
        self._connection = http.client.HTTPConnection(target.host, target.port)
        self._connection.sock = cast(socket.socket, link)  # it has what is used of one

    def __enter__(self) -> _Exchange:
        return self

    def answer(self) -> http.client.HTTPResponse:
        connection = self._connection
        connection.putrequest("GET", self._target.path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self._target.netloc)
        for name, value in self._headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse()

    def __exit__(self, *_failure: object) -> None:
        self._connection.close()
        self._link.end()


# ---- size ----------------------------------------------------------------------------------------


def _decoded(answer: http.client.HTTPResponse, max_bytes: int) -> bytes:
    """The body without its content encoding; never more than a chunk beyond ``max_bytes``.

    Raises:
        FetchFailed: too large, cut short, or encoded in a way that was not asked for.
    """
    encoding = (answer.getheader("Content-Encoding") or "").strip().lower()
    pieces = _pieces(answer, max_bytes)
    if encoding in ("gzip", "x-gzip", "deflate"):
        pieces = _inflated(pieces, is_gzip=encoding != "deflate")
    elif encoding not in ("", "identity"):
        raise FetchFailed(
            f"The server encodes the calendar as {encoding[:40]!r}, unasked.", code="packed"
        )
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _pieces(answer: http.client.HTTPResponse, max_bytes: int) -> Iterator[bytes]:
    """The body as it was sent, bounded; a body shorter than announced is an error."""
    if (answer.length or 0) > max_bytes:
        raise _too_large(max_bytes)
    received = 0
    while piece := answer.read(_CHUNK):
        received += len(piece)
        if received > max_bytes:
            raise _too_large(max_bytes)
        yield piece
    if answer.length:
        raise FetchFailed("The calendar broke off while it was being read.", code="packed")


def _inflated(pieces: Iterator[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    """The bytes behind gzip or deflate, at most a chunk at a time, whatever their ratio."""
    first = next(pieces, b"")
    # "deflate" is zlib by the book (RFC 9110 8.4.1.2) and without its header from some servers.
    is_bare = not is_gzip and first[:1] != b"\x78"
    window_bits = 31 if is_gzip else -15 if is_bare else 15
    inflater, waiting = zlib.decompressobj(window_bits), first
    try:
        while waiting or (waiting := next(pieces, b"")):
            if inflater.eof:  # another gzip member follows
                inflater = zlib.decompressobj(window_bits)
            yield inflater.decompress(waiting, _CHUNK)
            waiting = inflater.unconsumed_tail or inflater.unused_data
        yield inflater.flush()
    except zlib.error:
        raise FetchFailed(
            "The calendar is packed in a way that cannot be unpacked.", code="packed"
        ) from None
    if not inflater.eof:
        raise FetchFailed("The calendar broke off while it was being read.", code="packed")


def _too_large(max_bytes: int) -> FetchFailed:
    return FetchFailed(f"The calendar is larger than {max_bytes / 1e6:g} MB.", code="too_large")
