"""A feed's version: known before any text is read, the same as long as the bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from events.feeds.feed import Feed
from events.feeds.fragments import Piece, written
from events.feeds.release import release
from events.feeds.rows import shown_rows, today_of

_ETAG_LENGTH = 32


@dataclass(frozen=True)
class FeedVersion:
    """``etag`` is the strong validator, without quotes; ``today`` the day in the feed's zone."""

    etag: str
    today: date
    dates: tuple[int, ...] = field(default=(), compare=False, repr=False)
    """The occurrences shown, by primary key."""
    pieces: Sequence[Piece] = field(default=(), compare=False, repr=False)
    """Of these dates, what was read with the version or had to be written in order to know it."""


def feed_version(feed: Feed, *, now: datetime, with_text: bool = False) -> FeedVersion:
    """The version of ``feed`` at ``now``, from one query over stored digests.

    Covers everything the bytes are made of: which dates are shown (so also one that left the
    window), what each shows, the feed's name and language, the rules of its zones, and the code
    that writes it. Dates nobody has shown before are written first.

    ``with_text`` reads the pieces with their digests: for who is going to need them all.
    """
    today = today_of(feed, now)
    columns = Piece._fields[1:] if with_text else ("digest",)
    rows = shown_rows(feed, today=today, columns=columns)
    missing = [row[0] for row in rows if row[1] is None]
    fresh = written(missing, feed.language, feed.runs) if missing else {}
    if missing:
        rows = [row for row in rows if row[1] is not None]
    # A date that was deleted between the two looks is in neither.
    dates = (*[row[0] for row in rows], *fresh)
    digests = [*[row[1] for row in rows], *(piece.digest for piece in fresh.values())]
    pieces = [*(Piece.many(rows) if with_text else ()), *fresh.values()]
    return FeedVersion(etag_of(feed, digests), today, dates=dates, pieces=pieces)


def etag_of(feed: Feed, digests: Iterable[str]) -> str:
    """The validator of a calendar made of fragments with these digests, in whatever order."""
    about = (feed.key, feed.name, feed.url, release())
    digest = hashlib.sha256(repr(about).encode())
    digest.update(";".join(sorted(digests)).encode())
    return digest.hexdigest()[:_ETAG_LENGTH]
