"""Entries to iCalendar bytes (RFC 5545, 7986, 9253). No clock in here: equal entries, equal bytes.

A calendar is a head, one VTIMEZONE per zone used, one fragment per entry, and a tail.
Fragments do not know the calendar they end up in, so they can be stored and joined later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from events.ical.colours import COLOURS
from events.ical.entry import NO_TEXT, Entry, Text
from events.ical.lines import Lines, escaped
from events.ical.lint import faults
from events.ical.text import clean_line, clean_text, clean_url
from events.ical.timezones import vtimezone, years_of
from events.recurrence.rule import UnsupportedRule, parse_rule

PRODID = "-//Orrery//Calendar//EN"
REFRESH = timedelta(hours=12)
CANCELLED_PREFIX = {"zh": "已取消：", "en": "CANCELLED: "}
_TAIL = b"END:VCALENDAR\r\n"
_UNKNOWN_CHANGE = datetime(1970, 1, 1, tzinfo=UTC)


class UnwritableEntry(ValueError):
    """An entry, or a set of them, that would make a calendar clients cannot read."""


@dataclass(frozen=True)
class CalendarInfo:
    """What a calendar says about itself."""

    name: Text
    description: Text = NO_TEXT
    prodid: str = PRODID
    source_url: str = ""
    """Where these very bytes can be fetched again."""
    url: str = ""
    """The page for people."""
    refresh_interval: timedelta = REFRESH
    colour: str = "teal"
    """A name out of ``colours.COLOURS``."""
    changed_at: datetime | None = None
    """Aware; when name or description changed. The entries' changes count by themselves."""

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise ValueError(f"colour {self.colour!r} is not one of {', '.join(COLOURS)}")
        if self.refresh_interval < timedelta(minutes=1):
            raise ValueError(f"refresh interval {self.refresh_interval} is under a minute")


def jittered_refresh(key: str, *, base: timedelta = REFRESH) -> timedelta:
    """``base`` ± 25 % in whole minutes, for ever the same for the same ``key`` of a feed.

    It keeps subscribers of many feeds from coming all at once, and the bytes as they are.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
    share = 0.75 + 0.5 * number / 0xFFFFFFFF
    return timedelta(minutes=round(base.total_seconds() * share / 60))


def write_calendar(
    entries: Iterable[Entry],
    *,
    language: str,
    calendar: CalendarInfo,
    labels: Mapping[str, str] | None = None,
) -> bytes:
    """A whole calendar: the same bytes for the same entries in whatever order.

    Args:
        language: ``"zh"`` or ``"en"``, of everything people read.
        labels: words in that language for kinds, topics and audiences (CATEGORIES).

    Raises:
        UnwritableEntry: two entries share uid and recurrence id, or one has a rule
            that is refused.
    """
    ordered = sorted(entries, key=_order)
    _check_told_apart(ordered)
    changes = [entry.changed_at for entry in ordered if entry.changed_at]
    return join_calendar(
        [write_event(entry, language=language, labels=labels) for entry in ordered],
        language=language,
        calendar=calendar,
        timezones=_zones_used(ordered),
        years=years_of(_moments(ordered)),
        changed_at=max(changes, default=None),
    )


def join_calendar(
    fragments: Iterable[bytes],
    *,
    language: str,
    calendar: CalendarInfo,
    timezones: Iterable[str],
    years: tuple[int, int],
    changed_at: datetime | None,
) -> bytes:
    """Fragments of :func:`write_event`, in this order, as a calendar.

    Args:
        timezones: zones of the fragments but UTC; each once.
        years: ``[first_year, end_year)`` of the fragments' times (``timezones.years_of``).
        changed_at: the latest change among the fragments.
    """
    first_year, end_year = years
    zones = [
        vtimezone(name, first_year=first_year, end_year=end_year)
        for name in sorted(set(timezones))
        if name != "UTC"
    ]
    head = _head(calendar, language, changed_at)
    return b"".join([head, *zones, *fragments, _TAIL])


def write_event(entry: Entry, *, language: str, labels: Mapping[str, str] | None = None) -> bytes:
    """One VEVENT, checked by :func:`lint.faults`.

    Everything of the entry can be read back but its venue and the other language.

    Raises:
        UnwritableEntry: the rule is refused, or the result fails the check.
    """
    event = Lines("VEVENT")
    changed_at = entry.changed_at or entry.created_at or _UNKNOWN_CHANGE
    event.put_text("UID", clean_line(entry.uid) or _digest(entry.uid))
    event.put_moment("DTSTAMP", changed_at)
    if entry.changed_at:
        event.put_moment("LAST-MODIFIED", entry.changed_at)
    if entry.created_at:
        event.put_moment("CREATED", entry.created_at)
    event.put("SEQUENCE", str(entry.sequence))
    _put_times(event, entry)
    _put_words(event, entry, language)
    _put_facets(event, entry, language, labels or {})
    fragment = event.closed()
    if wrong := faults(fragment):
        raise UnwritableEntry(f"entry {entry.uid!r} cannot be written: {'; '.join(wrong)}")
    return fragment


def _put_times(event: Lines, entry: Entry) -> None:
    event.put_wall_clock("DTSTART", entry.start, entry.timezone)
    if entry.end != entry.start:
        event.put_wall_clock("DTEND", entry.end, entry.timezone)
    if entry.recurrence_id is not None:
        event.put_wall_clock("RECURRENCE-ID", entry.recurrence_id, entry.timezone)
    if entry.rrule:
        try:
            rule = parse_rule(entry.rrule).as_text(start=entry.start, timezone=entry.timezone)
        except UnsupportedRule as refusal:
            raise UnwritableEntry(f"entry {entry.uid!r}: {refusal}") from refusal
        event.put("RRULE", rule)
    for name, values in (("RDATE", entry.rdates), ("EXDATE", entry.exdates)):
        for value in sorted(set(values)):
            event.put_wall_clock(name, value, entry.timezone)
    if entry.is_all_day:
        event.put("TRANSP", "TRANSPARENT")


def _put_words(event: Lines, entry: Entry, language: str) -> None:
    title = clean_line(entry.title.in_language(language))
    is_cancelled = entry.status == "CANCELLED"
    event.put_text("SUMMARY", (CANCELLED_PREFIX[language] if is_cancelled else "") + title)
    texts = (
        ("DESCRIPTION", entry.description),
        ("LOCATION", entry.location),
        ("CONTACT", entry.contact),
    )
    for name, text in texts:
        if words := clean_text(text.in_language(language)):
            event.put_text(name, words)
    event.put("STATUS", entry.status)
    if entry.visibility != "public":
        event.put("CLASS", "PRIVATE")
    if entry.geo:
        event.put("GEO", ";".join(_degrees(each) for each in entry.geo))
    if url := clean_url(entry.url):
        event.put("URL", url)
    if url := clean_url(entry.access_url):
        event.put("CONFERENCE", url, VALUE="URI")
    if url := clean_url(entry.image_url):
        event.put("IMAGE", url, VALUE="URI")


def _put_facets(event: Lines, entry: Entry, language: str, labels: Mapping[str, str]) -> None:
    """Words for people in CATEGORIES, the facets themselves beside them.

    Topics stand in CATEGORIES by the names in ``entry.categories``; without any, by ``labels``.

    Not REFID (RFC 9253): libical 3 reports a calendar with it as faulty and drops it.
    """
    kind = () if entry.kind == "other" else (entry.kind,)
    named = [text.in_language(language) for text in entry.categories] or [
        labels.get(each, each) for each in entry.topics
    ]
    categories = [
        *(labels.get(each, each) for each in kind),
        *named,
        *(labels.get(each, each) for each in entry.audiences),
    ]
    if words := _listed(categories):
        event.put("CATEGORIES", words)
    event.put_text("X-ORRERY-KIND", clean_line(entry.kind))
    for name in ("topics", "audiences", "refids"):
        if words := _listed(getattr(entry, name)):
            event.put(f"X-ORRERY-{name.upper()}", words)


def _listed(texts: Iterable[str]) -> str:
    """Comma-separated TEXT values, each once, in their order."""
    words = (word for word in map(clean_line, dict.fromkeys(texts)) if word)
    return ",".join(escaped(word) for word in words)


def _head(info: CalendarInfo, language: str, changed_at: datetime | None) -> bytes:
    calendar = Lines("VCALENDAR")
    calendar.put("VERSION", "2.0")
    calendar.put_text("PRODID", clean_line(info.prodid))
    calendar.put("CALSCALE", "GREGORIAN")
    name = clean_line(info.name.in_language(language))
    description = clean_text(info.description.in_language(language))
    for prop, words in (("NAME", name), ("X-WR-CALNAME", name)):
        calendar.put_text(prop, words)
    if description:
        for prop in ("DESCRIPTION", "X-WR-CALDESC"):
            calendar.put_text(prop, description)
    interval = _duration(info.refresh_interval)
    calendar.put("REFRESH-INTERVAL", interval, VALUE="DURATION")
    calendar.put("X-PUBLISHED-TTL", interval)
    if source := clean_url(info.source_url):
        calendar.put("SOURCE", source, VALUE="URI")
    if url := clean_url(info.url):
        calendar.put("URL", url)
    calendar.put("COLOR", info.colour)
    calendar.put("X-APPLE-CALENDAR-COLOR", COLOURS[info.colour])
    if changes := [each for each in (info.changed_at, changed_at) if each]:
        calendar.put_moment("LAST-MODIFIED", max(changes))
    return calendar.opened()


def _order(entry: Entry) -> tuple[datetime, str, str]:
    return _wall(entry.start), entry.uid, str(entry.recurrence_id or "")


def _wall(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _check_told_apart(entries: list[Entry]) -> None:
    seen: set[tuple[str, date | datetime | None]] = set()
    for entry in entries:
        identity = (clean_line(entry.uid), entry.recurrence_id)
        if identity in seen:
            raise UnwritableEntry(f"two entries have the uid {entry.uid!r}: clients keep only one")
        seen.add(identity)


def _zones_used(entries: list[Entry]) -> set[str]:
    return {entry.timezone for entry in entries if not entry.is_all_day}


def _moments(entries: list[Entry]) -> Iterable[datetime]:
    for entry in entries:
        if not entry.is_all_day:
            overridden = () if entry.recurrence_id is None else (entry.recurrence_id,)
            for value in (entry.start, entry.end, *overridden, *entry.rdates, *entry.exdates):
                yield _wall(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def _degrees(value: float) -> str:
    """Six decimals, a tenth of a metre; never an exponent."""
    return f"{round(value, 6) + 0.0:.6f}"


def _duration(interval: timedelta) -> str:
    """RFC 5545 3.3.6 in days, hours and minutes."""
    hours, minutes = divmod(int(interval.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    times = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return "P" + (f"{days}D" if days else "") + (f"T{times}" if times else "")
