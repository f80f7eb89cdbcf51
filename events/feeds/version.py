"""A feed's version: known before any text is read, the same as long as the bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from events.feeds.feed import Feed
from events.feeds.fragments import Piece, written
from events.feeds.release import release
from events.feeds.rows import digests_of, today_of

_ETAG_LENGTH = 32


@dataclass(frozen=True)
class FeedVersion:
    """``etag`` is the strong validator, without quotes; ``today`` the day in the feed's zone."""

    etag: str
    today: date
    dates: tuple[int, ...] = field(default=(), compare=False, repr=False)
    """The occurrences shown, by primary key."""
    fresh: Mapping[int, Piece] = field(default_factory=dict, compare=False, repr=False)
    """Of these dates, what had to be written in order to know the version."""


def feed_version(feed: Feed, *, now: datetime) -> FeedVersion:
    """The version of ``feed`` at ``now``, from one query over stored digests.

    Covers everything the bytes are made of: which dates are shown (so also one that left the
    window), what each shows, the feed's name and language, the rules of its zones, and the code
    that writes it. Dates nobody has shown before are written first.
    """
    today = today_of(feed, now)
    known = digests_of(feed, today=today)
    missing = [pk for pk, digest in known if digest is None]
    fresh = written(missing, feed.language) if missing else {}
    # A date that was deleted between the two looks is in neither.
    shown = [
        (pk, fresh[pk].digest if digest is None else digest)
        for pk, digest in known
        if digest is not None or pk in fresh
    ]
    return FeedVersion(
        etag_of(feed, (digest for _, digest in shown)),
        today,
        dates=tuple(pk for pk, _ in shown),
        fresh=fresh,
    )


def etag_of(feed: Feed, digests: Iterable[str]) -> str:
    """The validator of a calendar made of fragments with these digests, in whatever order."""
    about = (feed.key, feed.name, feed.url, release())
    digest = hashlib.sha256(repr(about).encode())
    digest.update(";".join(sorted(digests)).encode())
    return digest.hexdigest()[:_ETAG_LENGTH]
