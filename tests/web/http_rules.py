"""What RFC 9110 and 9111 ask of an answer that shared caches keep, as a list of what is wrong."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

CACHED = ("ETag", "Cache-Control", "Vary")
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"


def http_faults(client: Any, path: str) -> list[str]:
    """Ask for ``path`` in every way a cache may; every broken rule in words."""
    plain = client.get(path)
    if plain.status_code != 200:
        return [f"answers {plain.status_code}"]
    return [
        *_of_headers(plain),
        *_of_head(client, path, plain),
        *_of_conditions(client, path, plain),
    ]


def coding_faults(client: Any, path: str) -> list[str]:
    """The same in gzip: the same bytes under a tag of their own."""
    plain = client.get(path)
    zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    found = []
    if zipped.headers.get("Content-Encoding") != "gzip":
        return ["does not come in gzip"]
    if gzip.decompress(zipped.content) != plain.content:
        found.append("gzip holds other bytes")
    if zipped["ETag"] == plain["ETag"]:
        found.append("both codings have one ETag")
    if "Accept-Encoding" not in plain.headers.get("Vary", ""):
        found.append("Vary does not name Accept-Encoding")
    found += [f"gzip: {fault}" for fault in _of_headers(zipped)]
    return found


def _of_headers(answer: Any) -> Iterator[str]:
    tag = answer.headers.get("ETag", "")
    if not (tag.startswith('"') and tag.endswith('"') and len(tag) > 2):
        yield f"ETag {tag!r} is not strong"
    if "public" not in (control := answer.headers.get("Cache-Control", "")):
        yield f"Cache-Control {control!r} is not public"
    if "max-age=" not in control:
        yield "Cache-Control has no max-age"
    if answer.headers.get("Content-Length") != str(len(answer.content)):
        yield "Content-Length is not the length"
    if "charset=utf-8" not in answer.headers.get("Content-Type", ""):
        yield "Content-Type names no charset"
    if answer.cookies or "Cookie" in answer.headers.get("Vary", ""):
        yield "depends on cookies"
    if (stamp := answer.headers.get("Last-Modified")) is not None:
        parsedate_to_datetime(stamp)


def _of_head(client: Any, path: str, plain: Any) -> Iterator[str]:
    head = client.head(path)
    if head.content:
        yield "HEAD has a body"
    for name in {*plain.headers, *head.headers} - {"X-Request-ID"}:
        if head.headers.get(name) != plain.headers.get(name):
            yield f"HEAD differs from GET in {name}"


def _of_conditions(client: Any, path: str, plain: Any) -> Iterator[str]:
    tag, stamp = plain["ETag"], plain.headers.get("Last-Modified")
    cases = [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"other", W/{tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"other"'}, 200),
        ({"If-None-Match": tag[1:-1]}, 200),
    ]
    if stamp is not None:
        cases += [
            ({"If-Modified-Since": stamp}, 304),
            ({"If-Modified-Since": LONG_AGO}, 200),
            ({"If-Modified-Since": "yesterday"}, 200),
            ({"If-None-Match": '"other"', "If-Modified-Since": stamp}, 200),
        ]
    for headers, wanted in cases:
        answer = client.get(path, headers=headers)
        if answer.status_code != wanted:
            yield f"{headers} is answered with {answer.status_code}, not {wanted}"
        elif wanted == 304:
            if answer.content:
                yield f"{headers}: 304 has a body"
            kept = {name: plain.headers.get(name) for name in CACHED}
            if {name: answer.headers.get(name) for name in CACHED} != kept:
                yield f"{headers}: 304 changes what is cached"
