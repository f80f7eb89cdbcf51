"""A feed's version: known before any text is read, the same as long as the bytes are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import tzdata
from django.conf import settings

from events import ical
from events.feeds.feed import Feed
from events.feeds.rows import stamps_of, today_of

_ETAG_LENGTH = 32


@dataclass(frozen=True)
class FeedVersion:
    """``etag`` is the strong validator, without quotes; ``today`` the day in the feed's zone."""

    etag: str
    today: date


def feed_version(feed: Feed, *, now: datetime) -> FeedVersion:
    """The version of ``feed`` at ``now``, from one query over stamps.

    Covers everything the bytes are made of: which dates are shown (so also one that left the
    window), what each shows, the feed's name and language, the rules of its zones, and the code
    that writes it.
    """
    today = today_of(feed, now)
    stamps = stamps_of(feed, today=today)
    digest = hashlib.sha256(
        repr(
            (feed.key, feed.name, feed.url, settings.SITE_URL, tzdata.IANA_VERSION, _code())
        ).encode()
    )
    digest.update(";".join(stamps).encode())
    return FeedVersion(digest.hexdigest()[:_ETAG_LENGTH], today)


@cache
def _code() -> str:
    """Changes with the code that turns rows into bytes, so that an upgrade is noticed."""
    folders = [Path(__file__).parent, Path(ical.__file__).parent]
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
