"""What the columns of an event are to be, read off an entry. Writes nothing, asks no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from events.enums import ICALENDAR_STATUS, STATUS_OF, Audience, EventKind, Status
from events.ical.entry import Entry, Text
from events.recurrence.zones import zone
from events.services.cleaning import many_lines, one_line, shortened, shown_url

_TITLE, _LOCATION, _CONTACT, _URL, _RULE, _UID, _REFID = 300, 300, 300, 500, 2000, 255, 120
_KINDS = frozenset(member.value for member in EventKind)
_AUDIENCES = frozenset(member.value for member in Audience)

Trouble = Callable[[str], None]


@dataclass(frozen=True)
class SyncProblem:
    """Something of an entry that could not be taken over, in words for the museum."""

    uid: str
    message: str


@dataclass(frozen=True)
class Facts:
    """One event as an entry, with its overrides, tells it."""

    uid: str
    columns: Mapping[str, Any]
    """Values by column name; ``venue`` and ``status`` are not among them."""
    status: str
    """``Entry.status``."""
    venue: str | None
    topics: frozenset[str]
    refids: frozenset[str]

    @property
    def is_online(self) -> bool:
        return self.columns["kind"] == EventKind.ONLINE and not self.venue

    def with_overrides(self, known: Mapping[str, Any]) -> Facts:
        """These facts with the ``known`` overrides where they have none of their own."""
        overrides = dict(sorted({**known, **self.columns["overrides"]}.items()))
        return replace(self, columns={**self.columns, "overrides": overrides})


def status_of(entry_status: str, *, current: str | None) -> Status:
    """The event's status; ``current`` stays where it says the same in more detail."""
    if current is not None and ICALENDAR_STATUS[Status(current)] == entry_status:
        return Status(current)
    return STATUS_OF[entry_status]


def facts_of(entries: Iterable[Entry]) -> tuple[list[Facts], list[SyncProblem]]:
    """Facts in the order of their uids, and every problem.

    Does not depend on the order of ``entries``. One entry per (uid, recurrence id) counts: of
    several the one with the highest sequence, then the latest change. Entries under one uid
    that start at different times are different events, as some programs write all their events
    under one uid; each then gets its start into its uid. An entry with a recurrence id but
    without its series stands alone.
    """
    problems: list[SyncProblem] = []
    series: dict[str, Entry] = {}
    overrides: dict[str, list[Entry]] = {}
    for entry in _told_apart(entries, problems):
        if entry.recurrence_id is None:
            series[entry.uid] = entry
        else:
            overrides.setdefault(entry.uid, []).append(entry)
    for uid in sorted(overrides.keys() - series.keys()):
        for lone in overrides.pop(uid):
            assert lone.recurrence_id is not None
            own = bounded_uid(f"{uid}#{lone.recurrence_id.isoformat()}")
            series[own] = replace(lone, uid=own, recurrence_id=None)
            problems.append(
                SyncProblem(uid, f"The date {lone.recurrence_id} names a series that is missing.")
            )
    facts = [_facts(series[uid], overrides.get(uid, ()), problems) for uid in sorted(series)]
    return facts, problems


def bounded_uid(uid: str) -> str:
    """``uid`` as it is stored: without control characters, at most 255 characters, distinct."""
    clean = one_line(uid)
    if clean == uid and len(uid) <= _UID:
        return uid
    return f"{clean[:200]}~{hashlib.sha256(uid.encode(errors='replace')).hexdigest()[:32]}"


def _told_apart(entries: Iterable[Entry], problems: list[SyncProblem]) -> list[Entry]:
    """One entry for each (uid, recurrence id); see :func:`facts_of`."""
    entries = [_storable(entry) for entry in entries]
    chosen: list[Entry] = []
    for _, same_name in groupby(sorted(entries, key=_name), key=_name):
        revisions = list(same_name)
        if len(revisions) == 1:
            chosen += revisions
            continue
        newest = max(entry.sequence for entry in revisions)
        by_start: dict[date, list[Entry]] = {}
        for entry in revisions:
            if entry.sequence == newest:
                by_start.setdefault(entry.start, []).append(entry)
        latest = [_latest(same_start, problems) for same_start in by_start.values()]
        if len(latest) > 1 and latest[0].recurrence_id is None:
            problems.append(
                SyncProblem(
                    latest[0].uid,
                    f"{len(latest)} different entries share one UID; each is kept as its own event.",
                )
            )
            latest = [replace(e, uid=bounded_uid(f"{e.uid}#{e.start.isoformat()}")) for e in latest]
        chosen += latest if latest[0].recurrence_id is None else [_latest(latest, problems)]
    return chosen


def _storable(entry: Entry) -> Entry:
    uid = bounded_uid(entry.uid)
    return entry if uid == entry.uid else replace(entry, uid=uid)


def _name(entry: Entry) -> tuple[str, str]:
    return entry.uid, entry.recurrence_id.isoformat() if entry.recurrence_id else ""


def _latest(entries: list[Entry], problems: list[SyncProblem]) -> Entry:
    """The entry changed last; content decides between equals, never the order."""
    if len(set(entries)) > 1:
        problems.append(
            SyncProblem(
                entries[0].uid,
                f"“{_title(entries[0])}” is given more than once with different content; "
                "the version changed last is shown.",
            )
        )
    return max(entries, key=lambda e: (e.changed_at.timestamp() if e.changed_at else 0, repr(e)))


def _facts(entry: Entry, overrides: Iterable[Entry], problems: list[SyncProblem]) -> Facts:
    def trouble(message: str) -> None:
        problems.append(SyncProblem(entry.uid, f"“{_title(entry)}”: {message}"))

    columns: dict[str, Any] = _texts(entry, trouble) | {
        **_bilingual("contact", entry.contact, _CONTACT, trouble),
        "access_url": _shown(entry.access_url),
        "kind": _kind(entry.kind, trouble),
        "visibility": entry.visibility,
        "audiences": _audiences(entry.audiences, trouble),
        "start_date": _day(entry.start),
        "start_time": _time(entry.start),
        "end_date": _day(entry.end),
        "end_time": _time(entry.end),
        "timezone": entry.timezone,
        "rrule": _rule(entry.rrule, trouble),
        "rdates": _moments(entry.rdates),
        "exdates": _moments(entry.exdates),
    }
    columns["overrides"] = {
        key: changes
        for key, changes in sorted(_override(entry, other, columns, trouble) for other in overrides)
        if changes
    }
    return Facts(
        uid=entry.uid,
        columns=columns,
        status=entry.status,
        venue=entry.venue,
        topics=frozenset(one_line(topic) for topic in entry.topics),
        refids=frozenset(shortened(one_line(refid), _REFID) for refid in entry.refids),
    )


def _title(entry: Entry) -> str:
    return shortened(one_line(entry.title.zh or entry.title.en), 60) or entry.uid


def _texts(entry: Entry, trouble: Trouble) -> dict[str, str]:
    texts = _bilingual("title", entry.title, _TITLE, trouble)
    texts |= _bilingual("location", entry.location, _LOCATION, trouble)
    texts |= {
        "description_zh": many_lines(entry.description.zh),
        "description_en": many_lines(entry.description.en),
        "url": shown_url(entry.url),
    }
    if not (texts["title_zh"] or texts["title_en"]):
        texts["title_zh"] = entry.uid
        trouble("the title holds no readable character; the UID stands in for it.")
    if entry.url and (not texts["url"] or len(texts["url"]) > _URL):
        texts["url"] = ""
        trouble("its web address cannot be shown; https addresses of up to 500 characters can.")
    return texts


def _shown(url: str) -> str:
    address = shown_url(url)
    return address if len(address) <= _URL else ""


def _bilingual(field: str, text: Text, length: int, trouble: Trouble) -> dict[str, str]:
    found = {f"{field}_zh": one_line(text.zh), f"{field}_en": one_line(text.en)}
    if any(len(words) > length for words in found.values()):
        trouble(f"the {field} is longer than {length} characters and was cut.")
    return {name: shortened(words, length) for name, words in found.items()}


def _kind(kind: str, trouble: Trouble) -> str:
    if kind in _KINDS:
        return kind
    trouble(f"kind {kind!r} is not known; it counts as “other”.")
    return EventKind.OTHER.value


def _audiences(audiences: Iterable[str], trouble: Trouble) -> list[str]:
    for unknown in sorted(set(audiences) - _AUDIENCES):
        trouble(f"audience {unknown!r} is not known and was left out.")
    return sorted(set(audiences) & _AUDIENCES)


def _rule(rrule: str, trouble: Trouble) -> str:
    rule = one_line(rrule)
    if len(rule) <= _RULE:
        return rule
    trouble(f"its repetition rule is longer than {_RULE} characters; only its first date is shown.")
    return ""


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _time(when: date) -> time | None:
    return when.time() if isinstance(when, datetime) else None


def _moments(values: Iterable[date]) -> list[str]:
    return sorted({value.isoformat() for value in values})


def _override(
    series: Entry, entry: Entry, columns: Mapping[str, Any], trouble: Trouble
) -> tuple[str, dict[str, Any]]:
    """The wall-clock start that ``entry`` replaces, and what is different on that date."""
    assert entry.recurrence_id is not None
    original = _as_in(series, entry.recurrence_id, entry.timezone)
    start = _as_in(series, entry.start, entry.timezone)
    end = _as_in(series, entry.end, entry.timezone)
    if series.is_all_day and not entry.is_all_day:
        trouble(f"the date {original} has a time of its own, which a whole-day series cannot show.")
        end = max(end, start + _length(series.start, series.end))
    changes: dict[str, Any] = {}
    if entry.status == "CANCELLED" and series.status != "CANCELLED":
        changes["cancelled"] = True
    if start != original or _length(start, end) != _length(series.start, series.end):
        changes |= {"start": start.isoformat(), "end": end.isoformat()}
    if entry.venue not in (None, series.venue):
        trouble(f"the date {original} is at another venue, which a series cannot show.")
    changes |= {
        field: words for field, words in _texts(entry, trouble).items() if words != columns[field]
    }
    return original.isoformat(), changes


def _length(start: date, end: date) -> timedelta:
    return end - start


def _as_in(series: Entry, when: date, timezone: str) -> date:
    """``when``, a wall clock in ``timezone``, as the series would write it."""
    if series.is_all_day:
        return _day(when)
    if not isinstance(when, datetime):
        assert isinstance(series.start, datetime)
        return datetime.combine(when, series.start.time())
    if timezone == series.timezone:
        return when
    return (
        when.replace(tzinfo=zone(timezone)).astimezone(zone(series.timezone)).replace(tzinfo=None)
    )
