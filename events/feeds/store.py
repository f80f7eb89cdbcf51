"""Rendered calendars kept in Django's cache under their version: made once, read by everybody."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace

from django.core.cache import cache

from events.feeds.feed import Feed
from events.feeds.render import render_feed
from events.feeds.version import FeedVersion

KEPT_SECONDS = 86_400

_rendering = threading.Lock()


def feed_bytes(feed: Feed, version: FeedVersion, *, gzipped: bool) -> tuple[FeedVersion, bytes]:
    """The feed's bytes, compressed if ``gzipped``, and the version that they are.

    That is a later version than the one given if rows changed while they were read. Private
    feeds are not kept.
    """
    if (kept := _kept(feed, version, gzipped)) is not None:
        return version, kept
    with _rendering:  # ten thousand clients after a change are one rendering in this process
        if (kept := _kept(feed, version, gzipped)) is not None:
            return version, kept
        plain = _kept(feed, version, gzipped=False)
        if plain is None:
            etag, plain = render_feed(feed, version)
            version = replace(version, etag=etag)
            _keep(feed, version, plain, gzipped=False)
        data = _compressed(plain) if gzipped else plain
        if gzipped:
            _keep(feed, version, data, gzipped=True)
    return version, data


def _compressed(plain: bytes) -> bytes:
    """Level 6 and no time of writing: the same bytes on every machine with this zlib."""
    return gzip.compress(plain, compresslevel=6, mtime=0)


def _kept(feed: Feed, version: FeedVersion, gzipped: bool) -> bytes | None:
    return None if feed.is_private else cache.get(_key(version, gzipped=gzipped))


def _keep(feed: Feed, version: FeedVersion, data: bytes, *, gzipped: bool) -> None:
    if not feed.is_private:
        cache.set(_key(version, gzipped=gzipped), data, KEPT_SECONDS)


def _key(version: FeedVersion, *, gzipped: bool) -> str:
    return f"feed:{version.etag}{':gzip' if gzipped else ''}"
