"""Foreign iCalendar bytes to entries and problems. No network, no storage, no clock.

Read what can be read, name what cannot. A file is cut up before anything in it is understood,
so that one bad event costs only itself; a file that says nothing about which events there are
is refused as a whole, so that nobody takes its silence for deletions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from events.ical import values
from events.ical.component import Component
from events.ical.entry import Entry
from events.ical.foreign_zones import ForeignZones
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.ranges import MAX_DATES_OF_A_FILE, spread
from events.ical.read_event import (
    EventReader,
    digest,
    is_for_following_dates,
    shortened,
    uid_of,
)
from events.ical.split import split
from events.ical.text import clean_line
from events.recurrence.zones import is_known_timezone

MAX_NAME = 200


@dataclass(frozen=True)
class Reading:
    """What a file holds. ``entries`` are in order of start and uid, whatever the file's."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    name: str = ""
    timezone: str = ""
    """The zone of days, floating times and UTC in this file."""
    product: str = ""
    """PRODID: which program wrote it."""

    @property
    def is_of_a_network(self) -> bool:
        """Whether an installation like this one wrote it, so that its events can come back here."""
        return "//orrery//" in self.product.casefold()

    @property
    def lost_uids(self) -> frozenset[str]:
        """Events that are in the file but not among the entries: they are not deleted."""
        return frozenset(p.uid for p in self.problems if p.is_lost and p.uid)


def read_calendar(data: bytes, *, default_timezone: str, is_own: bool = False) -> Reading:
    """The entries of an iCalendar file, and what was wrong with it.

    Every entry can be written again. Within the file no two entries have the same uid and
    recurrence id. An override without its series becomes an entry of its own. Times in UTC
    are turned into the wall clock of the calendar's zone (X-WR-TIMEZONE, else
    ``default_timezone``), those of a series stay in UTC.

    Args:
        data: the file; never text, which some parsers take for the name of a file.
        default_timezone: IANA name, used where the file says nothing.
        is_own: written by this product; kinds, facets and references are taken over.

    Raises:
        CalendarUnreadable: no calendar, cut off, too large, or without a single event that
            can be read. Its message is for the museum.
        TypeError: ``data`` is not bytes.
        ValueError: ``default_timezone`` is not an IANA name.
    """
    if not isinstance(data, bytes):
        raise TypeError("a calendar is read from bytes, never from text")
    if not is_known_timezone(default_timezone):
        raise ValueError(f"default_timezone {default_timezone!r} is not an IANA name")
    parts = split(data)
    zones = ForeignZones(parts, default_timezone)
    method = parts.calendar.first("METHOD")
    reader = EventReader(
        zones,
        problems=parts.problems + parts.calendar.problems,
        is_cancelled=method is not None and method.value.strip().upper() == "CANCEL",
        is_own=is_own,
    )
    entries = _entries(parts.events, reader)
    problems = tuple(sorted(reader.problems, key=lambda p: (p.line or 0, p.code, p.words)))
    if not entries:
        raise _nothing(parts.events, problems)
    return Reading(
        entries=tuple(sorted(entries, key=_order)),
        problems=problems,
        name=_name(parts.calendar),
        timezone=zones.calendar_timezone,
        product=_product(parts.calendar),
    )


def _entries(events: list[Component], reader: EventReader) -> list[Entry]:
    masters = [
        entry
        for event in events
        if event.first("RECURRENCE-ID") is None and (entry := reader.read(event))
    ]
    masters = _told_apart(masters)
    by_uid = {entry.uid: entry for entry in masters}
    overrides: list[Entry] = []
    ranges: dict[str, list[Entry]] = defaultdict(list)
    for event in events:
        if event.first("RECURRENCE-ID") is None:
            continue
        master = by_uid.get(uid_of(event))
        entry = reader.read(event, master)
        if entry is None:
            continue
        if master is not None and is_for_following_dates(event):
            ranges[master.uid].append(entry)
        else:
            overrides.append(entry if master else _alone(entry, event, reader))
    overrides = _told_apart(overrides)
    return masters + overrides + _spread_out(ranges, by_uid, overrides, reader)


def _spread_out(
    ranges: Mapping[str, list[Entry]],
    masters: Mapping[str, Entry],
    overrides: list[Entry],
    reader: EventReader,
) -> list[Entry]:
    """Changes of single dates that say what changes of all following dates say."""
    singles: dict[str, list[Entry]] = defaultdict(list)
    for entry in overrides:
        singles[entry.uid].append(entry)
    found: list[Entry] = []
    for uid, those in ranges.items():
        room = MAX_DATES_OF_A_FILE - len(found)
        more, is_whole = spread(masters[uid], _told_apart(those), singles[uid], room=room)
        found += more
        if not is_whole:
            words = "A change of all following dates reaches more dates than can be kept."
            reader.problems.append(Problem("range", words, uid=uid))
    return found


def _alone(entry: Entry, event: Component, reader: EventReader) -> Entry:
    """An override whose series is not in the file (Google exports them), by itself."""
    words = "The event changes one date of a series that is not in the file; it stands alone."
    reader.problems.append(Problem("orphan_override", words, event.line, entry.uid))
    uid = shortened(f"{entry.uid}#{entry.recurrence_id}")
    return replace(entry, uid=uid, recurrence_id=None)


def _told_apart(entries: list[Entry]) -> list[Entry]:
    """Each identity once: equal entries and older revisions fall away, strangers get own uids."""
    groups: dict[tuple[str, object], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.uid, entry.recurrence_id].append(entry)
    return [each for group in groups.values() for each in _distinct(group)]


def _distinct(group: list[Entry]) -> list[Entry]:
    if len(group) == 1:
        return group
    newest: dict[str, Entry] = {}
    for entry in sorted(group, key=_revision):
        newest[digest(f"{entry.start} {entry.timezone} {entry.title.zh}")] = entry
    if len({entry.sequence for entry in group}) == len(group) and len(_starts(group)) == 1:
        return [max(group, key=_revision)]
    if len(newest) == 1:
        return list(newest.values())
    return [
        replace(entry, uid=shortened(f"{entry.uid[:200]}#{mark}")) for mark, entry in newest.items()
    ]


def _starts(group: list[Entry]) -> set[tuple[object, str]]:
    return {(entry.start, entry.timezone) for entry in group}


def _revision(entry: Entry) -> tuple[int, float, str]:
    changed = entry.changed_at.timestamp() if entry.changed_at else 0.0
    return entry.sequence, changed, repr(entry)


def _order(entry: Entry) -> tuple[str, str, str]:
    start = entry.start
    stamp = start.isoformat() if isinstance(start, datetime) else f"{start}T00:00:00"
    return stamp, entry.uid, str(entry.recurrence_id or "")


def _nothing(events: list[Component], problems: tuple[Problem, ...]) -> CalendarUnreadable:
    if not events:
        return CalendarUnreadable("no_events", "The calendar holds no event at all.", problems)
    first = next((p.words for p in problems if p.is_lost), "")
    words = f"None of the {len(events)} events can be read. The first: {first}"
    return CalendarUnreadable("no_readable_events", words, problems)


def _name(calendar: Component) -> str:
    for name in ("X-WR-CALNAME", "NAME"):
        if prop := calendar.first(name):
            return clean_line(values.text(prop.value))[:MAX_NAME]
    return ""


def _product(calendar: Component) -> str:
    prop = calendar.first("PRODID")
    return clean_line(values.text(prop.value))[:MAX_NAME] if prop else ""
