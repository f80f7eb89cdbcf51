"""A feed's bytes, within a size that clients accept."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from events.feeds.entries import entry_of
from events.feeds.feed import Feed
from events.feeds.labels import LABELS
from events.feeds.rows import Row, ids_of, read
from events.feeds.version import FeedVersion
from events.ical.entry import Entry, Text
from events.ical.timezones import years_of
from events.ical.write import CalendarInfo, jittered_refresh, join_calendar, write_event

MAX_BYTES = 900_000
ROOM_FOR_HEAD = 40_000
"""What head and time zones may take; a zone with irregular years is about 10 kB."""
FRAGMENTS_REMEMBERED = 8192

_DESCRIPTION = Text(
    "科普活动日历，内容随活动更新。",
    "A calendar of science events; it follows the events as they change.",
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fragment:
    """One VEVENT as bytes, with what its calendar has to know about it."""

    entry: Entry
    data: bytes


def render_feed(feed: Feed, version: FeedVersion) -> bytes:
    """The calendar as ``version`` has it; the same rows give the same bytes.

    More than ``MAX_BYTES`` are cut: what lies farthest ahead goes first, and of the past what
    is beyond half the room. The calendar's description then says so.
    """
    rows = read(ids_of(feed, today=version.today))
    fragments = sorted(_fragments(rows, feed.language), key=_order)
    kept = nearest(fragments, MAX_BYTES - ROOM_FOR_HEAD, today=version.today)
    is_cut = len(kept) < len(fragments)
    return _joined(feed, kept, until=_day(kept[-1].entry.start) if is_cut and kept else None)


def nearest(fragments: Sequence[Fragment], room: int, *, today: date) -> list[Fragment]:
    """The ``fragments`` that have ``room`` (bytes), in their order of time.

    Of the past the latest, and where room is short at most half of it; then what comes first.
    """
    past = [fragment for fragment in fragments if _end_day(fragment.entry) <= today]
    coming = [fragment for fragment in fragments if _end_day(fragment.entry) > today]
    room_for_past = max(room // 2, room - sum(len(fragment.data) for fragment in coming))
    kept_past = _fitting(reversed(past), room_for_past)[::-1]
    room -= sum(len(fragment.data) for fragment in kept_past)
    chosen = {id(fragment) for fragment in (*kept_past, *_fitting(coming, room))}
    return [fragment for fragment in fragments if id(fragment) in chosen]


def _fitting(fragments: Iterable[Fragment], room: int) -> list[Fragment]:
    kept = []
    for fragment in fragments:
        room -= len(fragment.data)
        if room < 0:
            break
        kept.append(fragment)
    return kept


def _fragments(rows: Iterable[Row], language: str) -> Iterable[Fragment]:
    for row in rows:
        try:
            entry = entry_of(row.occurrence, row.about)
            yield Fragment(entry, _written(entry, language))
        except (ValueError, TypeError):
            # One row that no calendar can show must not take a region's calendar with it.
            log.exception(
                "occurrence %s is missing from feeds: cannot be written", row.occurrence.pk
            )


@lru_cache(maxsize=FRAGMENTS_REMEMBERED)
def _written(entry: Entry, language: str) -> bytes:
    """An entry is all that its bytes depend on, so every feed that shows it shares them."""
    return write_event(entry, language=language, labels=LABELS[language])


def _joined(feed: Feed, fragments: Sequence[Fragment], *, until: date | None) -> bytes:
    entries = [fragment.entry for fragment in fragments]
    timed = [entry for entry in entries if not entry.is_all_day]
    return join_calendar(
        [fragment.data for fragment in fragments],
        language=feed.language,
        calendar=CalendarInfo(
            name=feed.name,
            description=_description(until),
            source_url=feed.url,
            url=feed.page_url,
            refresh_interval=jittered_refresh(feed.key),
        ),
        timezones={entry.timezone for entry in timed},
        years=years_of(_wall(value) for entry in timed for value in (entry.start, entry.end)),
        changed_at=max((entry.changed_at for entry in entries if entry.changed_at), default=None),
    )


def _description(until: date | None) -> Text:
    if until is None:
        return _DESCRIPTION
    return Text(
        f"{_DESCRIPTION.zh}活动过多，只显示到{until}为止；订阅更小的范围可看到全部。",
        f"{_DESCRIPTION.en} There are too many events: it shows them until {until}; "
        "follow a smaller region or a search to see all.",
    )


def _order(fragment: Fragment) -> tuple[datetime, str]:
    return _wall(fragment.entry.start), fragment.entry.uid


def _wall(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _end_day(entry: Entry) -> date:
    """The first day the entry no longer touches; one that ends at midnight ended the day before."""
    if entry.is_all_day:
        return entry.end
    last = max(_wall(entry.start), _wall(entry.end) - timedelta(seconds=1))
    return last.date() + timedelta(days=1)
