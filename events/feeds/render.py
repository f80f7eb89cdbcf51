"""A feed's bytes, within a size that clients accept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import compress
from operator import attrgetter, not_

from events.feeds.feed import Feed
from events.feeds.fragments import Head, Piece, stored, written
from events.feeds.version import FeedVersion, etag_of
from events.ical.entry import Text
from events.ical.timezones import END_YEAR, FIRST_YEAR
from events.ical.write import CalendarInfo, jittered_refresh, join_calendar

MAX_BYTES = 900_000
ROOM_FOR_HEAD = 40_000
"""What head and time zones may take; a zone with irregular years is about 10 kB."""

_HEAD, _DATA = attrgetter("head"), attrgetter("data")
_DESCRIPTION = Text(
    "科普活动日历，内容随活动更新。",
    "A calendar of science events; it follows the events as they change.",
)


def render_feed(feed: Feed, version: FeedVersion) -> tuple[str, bytes]:
    """The calendar of the version's dates, and its validator.

    The validator is another than the version's if rows changed since: it always tells what these
    very bytes are made of. The same rows give the same bytes.

    More than ``MAX_BYTES`` are cut: what lies farthest ahead goes first, and of the past what
    is beyond half the room. The calendar's description then says so.
    """
    found, etag = version.pieces, version.etag
    if len(found) < len(version.dates):
        found = _completed(version, feed)
        etag = etag_of(feed, (piece.digest for piece in found))
    pieces = sorted([piece for piece in found if piece.head], key=_HEAD)
    kept = nearest(pieces, MAX_BYTES - ROOM_FOR_HEAD, today=version.today)
    is_cut = len(kept) < len(pieces)
    until = date.fromisoformat(kept[-1].head[:10]) if is_cut and kept else None
    return etag, _joined(feed, kept, until=until)


def _completed(version: FeedVersion, feed: Feed) -> list[Piece]:
    """The pieces of all the version's dates."""
    found = {piece.occurrence: piece for piece in version.pieces}
    found |= stored([pk for pk in version.dates if pk not in found], feed.language, feed.runs)
    if lost := [pk for pk in version.dates if pk not in found]:
        found |= written(lost, feed.language, feed.runs)
    return list(found.values())


def nearest(pieces: Sequence[Piece], room: int, *, today: date) -> list[Piece]:
    """The ``pieces`` that have ``room`` (bytes), in their order of time.

    Of the past the latest, and where room is short at most half of it; then what comes first.
    """
    if sum(map(len, map(_DATA, pieces))) <= room:
        return list(pieces)
    day = today.isoformat()
    is_past = [Head.of(piece.head).over_on <= day for piece in pieces]
    past = list(compress(pieces, is_past))
    coming = list(compress(pieces, map(not_, is_past)))
    room_for_past = max(room // 2, room - sum(len(piece.data) for piece in coming))
    kept_past = _fitting(reversed(past), room_for_past)
    room -= sum(len(piece.data) for piece in kept_past)
    return sorted([*kept_past, *_fitting(coming, room)], key=_HEAD)


def _fitting(pieces: Iterable[Piece], room: int) -> list[Piece]:
    kept = []
    for piece in pieces:
        room -= len(piece.data)
        if room < 0:
            break
        kept.append(piece)
    return kept


def _joined(feed: Feed, pieces: Sequence[Piece], *, until: date | None) -> bytes:
    # By columns: a loop over a thousand pieces takes longer than joining them.
    orders, _, ends_years, timezones, changes = Head.columns(map(_HEAD, pieces))
    first_year = int(next(compress(orders, timezones), str(FIRST_YEAR))[:4])
    end_year = int(max(compress(ends_years, timezones), default="0")) + 1
    changed_at = max(changes, default="")
    return join_calendar(
        map(_DATA, pieces),
        language=feed.language,
        calendar=CalendarInfo(
            name=feed.name,
            description=_description(until),
            source_url=feed.url,
            url=feed.page_url,
            refresh_interval=jittered_refresh(feed.key),
        ),
        timezones=set(timezones) - {""},
        years=(min(FIRST_YEAR, first_year), max(END_YEAR, end_year)),
        changed_at=datetime.fromisoformat(changed_at).replace(tzinfo=UTC) if changed_at else None,
    )


def _description(until: date | None) -> Text:
    if until is None:
        return _DESCRIPTION
    return Text(
        f"{_DESCRIPTION.zh}活动过多，只显示到{until}为止；订阅更小的范围可看到全部。",
        f"{_DESCRIPTION.en} There are too many events: it shows them until {until}; "
        "follow a smaller region or a search to see all.",
    )
