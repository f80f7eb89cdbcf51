"""One VEVENT to an Entry. Other events of the file are known here only as its master."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from events.enums import Audience, EventKind
from events.ical import values
from events.ical.component import Component, Property
from events.ical.dialects import geo_forms, microsoft_all_day, quoted_printable
from events.ical.entry import FIRST_YEAR, LAST_YEAR, NO_TEXT, Entry, Text
from events.ical.foreign_zones import ForeignZones
from events.ical.problem import Problem
from events.ical.text import clean_line, clean_text, clean_url
from events.recurrence.expand import FIRST_YEAR as FIRST_SERIES_YEAR
from events.recurrence.rule import UnsupportedRule, parse_rule
from events.recurrence.zones import zone

MAX_UID = 255
MAX_TITLE = 300
MAX_LOCATION = 300
MAX_DESCRIPTION = 20_000
MAX_CONTACT = 300
MAX_URL = 500
MAX_RRULE = 500
MAX_TOPICS = 50
MAX_TOPIC = 100
MAX_DATES = 5_000
MAX_SEQUENCE = 2**31 - 1
UNTITLED = Text("无标题", "Untitled")
CANCELLED_PREFIXES = ("已取消：", "CANCELLED: ")
_ONE_DAY = timedelta(days=1)
_PUBLIC = ("", "PUBLIC")


class LostEvent(Exception):
    """The event cannot be read; the problem says why."""

    def __init__(self, code: str, words: str, prop: Property | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.prop = prop


@dataclass
class EventReader:
    """Reads events of one file.

    Args:
        zones: the time zones of the file.
        is_cancelled: the file as a whole takes its events back (METHOD:CANCEL).
        is_own: the file was written by this product: its kinds, facets and references are
            taken over. A stranger's could put events where they do not belong.
    """

    zones: ForeignZones
    problems: list[Problem]
    is_cancelled: bool = False
    is_own: bool = False

    def read(self, event: Component, master: Entry | None = None) -> Entry | None:
        """The entry; none where the event is lost, with a problem that says why.

        ``master`` is the series of which the event replaces one occurrence: the entry is
        in its zone, whatever the event's own.
        """
        uid = uid_of(event)
        self.problems += [
            Problem(p.code, p.words, p.line, uid, is_lost=p.is_lost) for p in event.problems
        ]
        try:
            return self._entry(event, uid, master)
        except LostEvent as lost:
            line = lost.prop.line if lost.prop else event.line
            self.problems.append(Problem(lost.code, str(lost), line, uid, is_lost=True))
        except (ValueError, TypeError) as refusal:
            words = f"The event cannot be taken over: {refusal}"
            self.problems.append(Problem("invalid", words, event.line, uid, is_lost=True))
        return None

    def _entry(self, event: Component, uid: str, master: Entry | None) -> Entry:
        if event.broken_because:
            raise LostEvent("broken", event.broken_because)
        if event.first("UID") is None:
            self._note(event, "no_uid", "The event has no UID; one was made from its content.")
        times = self._times(event, master)
        return Entry(
            uid=uid,
            title=self._title(event),
            **times,
            **self._words(event),
            **self._facets(event),
            **self._recurrence(event, times, master),
            **self._revision(event),
        )

    # ---- when ----------------------------------------------------------------------------------

    def _times(self, event: Component, master: Entry | None) -> dict[str, Any]:
        prop = event.first("DTSTART")
        if prop is None:
            raise LostEvent("no_start", "The event has no start (DTSTART).")
        raw = self._date(prop)
        timezone = master.timezone if master else self._timezone(event, prop, raw)
        start = self._in_zone(raw, prop, timezone)
        end = self._end(event, start, timezone)
        if (
            isinstance(start, datetime)
            and isinstance(end, datetime)
            and microsoft_all_day.is_all_day(event, start, end)
        ):
            start, end = start.date(), end.date()
        return {"start": start, "end": end, "timezone": timezone}

    def _timezone(self, event: Component, prop: Property, start: date | datetime) -> str:
        """Whose wall clock the entry keeps.

        A time in UTC is shown by the calendar's own clock; a series in UTC stays in UTC,
        for that is where its hours are the same all year (RFC 5545 3.8.5.3).
        """
        if not isinstance(start, datetime):
            return self.zones.calendar_timezone
        if start.tzinfo is not None:
            is_series = event.first("RRULE") or event.first("RDATE")
            return "UTC" if is_series else self.zones.calendar_timezone
        return self._zone_of(prop, start.year) or self.zones.calendar_timezone

    def _zone_of(self, prop: Property, year: int) -> str | None:
        """The zone that the property names; none where it names none, or one nobody knows."""
        tzid = prop.parameters.get("TZID", "")
        if not tzid:
            return None
        name = self.zones.resolve(tzid, year=year)
        if name is None:
            words = (
                f"The time zone {clean_line(tzid)[:60]!r} is unknown;"
                f" {self.zones.calendar_timezone} was taken."
            )
            if not any(p.line == prop.line and p.words == words for p in self.problems[-3:]):
                self.problems.append(Problem("unknown_timezone", words, prop.line))
        return name

    def _date(self, prop: Property) -> date | datetime:
        value = values.date_or_moment(prop.value)
        if value is None:
            words = f"{prop.name} is not a date: {clean_line(prop.value)[:40]!r}."
            raise LostEvent("bad_date", words, prop)
        if not FIRST_YEAR < value.year < LAST_YEAR:
            words = f"{prop.name} lies in the year {value.year}."
            raise LostEvent("year", words, prop)
        return value

    def _in_zone(self, value: date | datetime, prop: Property, timezone: str) -> date | datetime:
        """As a wall clock in ``timezone``; days and floating times stay what they are."""
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is not None:
            return values.wall_clock(value, timezone)
        named = self._zone_of(prop, value.year)
        if named is None or named == timezone:
            return value
        return values.wall_clock(value.replace(tzinfo=zone(named)), timezone)

    def _end(self, event: Component, start: date | datetime, timezone: str) -> date | datetime:
        prop, duration = event.first("DTEND"), event.first("DURATION")
        nothing = start if isinstance(start, datetime) else start + _ONE_DAY
        if prop is not None:
            end = _like(start, self._in_zone(self._date(prop), prop, timezone))
            if end < start:
                self._note(event, "end_before_start", "The event ends before it starts.", prop)
            return end if end > start else nothing
        if duration is not None:
            end_or_none = values.after(start, duration.value, timezone)
            if end_or_none is None:
                words = f"DURATION {clean_line(duration.value)[:40]!r} is none to go by."
                self._note(event, "bad_duration", words, duration)
            return max(end_or_none or nothing, nothing)
        return nothing

    # ---- again and again -----------------------------------------------------------------------

    def _recurrence(
        self, event: Component, times: dict[str, Any], master: Entry | None
    ) -> dict[str, Any]:
        if event.first("RECURRENCE-ID") is not None:
            return {"recurrence_id": self._replaced(event, times, master)}
        if (old := event.first("EXRULE")) is not None:
            raise LostEvent("exrule", "EXRULE is not supported: list the days as EXDATE.", old)
        found = {
            "rrule": self._rule(event, times),
            "rdates": self._dates(event, "RDATE", times),
            "exdates": self._dates(event, "EXDATE", times),
        }
        if found["rrule"] and times["start"].year < FIRST_SERIES_YEAR:
            raise LostEvent("rule_start", f"The series starts before {FIRST_SERIES_YEAR}.")
        return found

    def _replaced(
        self, event: Component, times: dict[str, Any], master: Entry | None
    ) -> date | datetime:
        """The original start, in zone and kind of the master's start."""
        (prop, *_) = event.all_of("RECURRENCE-ID")
        original = self._in_zone(self._date(prop), prop, times["timezone"])
        return original if master is None else _like(master.start, original, master.start)

    def _rule(self, event: Component, times: dict[str, Any]) -> str:
        prop = event.first("RRULE")
        if prop is None:
            return ""
        if len(event.all_of("RRULE")) > 1:
            self._note(event, "two_rules", "The event has several rules; the first counts.", prop)
        try:
            rule = parse_rule(prop.value)
            text = rule.as_text(start=times["start"], timezone=times["timezone"])
        except UnsupportedRule as refusal:
            raise LostEvent(f"rule_{refusal.code}", str(refusal), prop) from refusal
        if len(text) > MAX_RRULE:
            raise LostEvent("rule_too_long", "The rule is too long.", prop)
        return text

    def _dates(
        self, event: Component, name: str, times: dict[str, Any]
    ) -> tuple[date | datetime, ...]:
        found: set[date | datetime] = set()
        start = times["start"]
        for prop in event.all_of(name):
            for text in prop.value.split(",", MAX_DATES)[:MAX_DATES]:
                value = values.date_or_moment(text.partition("/")[0])
                if value is None or not FIRST_YEAR < value.year < LAST_YEAR:
                    words = f"{name} is not a date: {clean_line(text)[:40]!r}."
                    self._note(event, "bad_date", words, prop)
                else:
                    found.add(_like(start, self._in_zone(value, prop, times["timezone"]), start))
            if len(found) > MAX_DATES:
                raise LostEvent("too_many_dates", f"{name} has more than {MAX_DATES} dates.", prop)
        return tuple(sorted(found))

    # ---- what ----------------------------------------------------------------------------------

    def _title(self, event: Component) -> Text:
        title = clean_line(self._text(event, "SUMMARY"))
        if self._status(event) == "CANCELLED":
            for prefix in CANCELLED_PREFIXES:
                title = title.removeprefix(prefix.strip()).strip()
        if not title:
            self._note(event, "no_title", "The event has no title (SUMMARY).")
            return UNTITLED
        return Text(self._cut(event, "SUMMARY", title, MAX_TITLE))

    def _words(self, event: Component) -> dict[str, Any]:
        description = clean_text(self._text(event, "DESCRIPTION")).strip()
        location = clean_text(self._text(event, "LOCATION")).strip()
        found: dict[str, Any] = {
            "status": self._status(event),
            "visibility": "public" if self._class(event) in _PUBLIC else "hosts",
            "description": NO_TEXT,
            "location": NO_TEXT,
        }
        if description:
            cut = self._cut(event, "DESCRIPTION", description, MAX_DESCRIPTION)
            found["description"] = Text(cut)
        if location:
            found["location"] = Text(self._cut(event, "LOCATION", location, MAX_LOCATION))
        if (url := event.first("URL")) and url.value.strip():
            found["url"] = clean_url(url.value)
            if not found["url"] or len(found["url"]) > MAX_URL:
                self._note(event, "bad_url", "URL is not a web address and was left out.", url)
                found["url"] = ""
        if contact := clean_text(self._text(event, "CONTACT")).strip():
            found["contact"] = Text(self._cut(event, "CONTACT", contact, MAX_CONTACT))
        found["access_url"] = self._address(event, "CONFERENCE")
        found["image_url"] = self._address(event, "IMAGE")
        if geo := event.first("GEO"):
            found["geo"] = geo_forms.coordinates(geo.value)
            if found["geo"] is None:
                self._note(event, "bad_geo", "GEO is not a place on Earth; left out.", geo)
        return found

    def _address(self, event: Component, name: str) -> str:
        """The first web address under this name; telephone numbers and inline pictures are none."""
        addresses = (clean_url(values.text(prop.value)) for prop in event.all_of(name))
        return next((each for each in addresses if each and len(each) <= MAX_URL), "")

    def _facets(self, event: Component) -> dict[str, Any]:
        if not self.is_own:
            # Through whose hands it came is believed of anybody; it can only keep the event out.
            hands = [each for each in self._list(event, "X-ORRERY-REFIDS") if each[:4] == "via:"]
            return {"topics": self._list(event, "CATEGORIES"), "refids": tuple(hands)}
        kind = self._text(event, "X-ORRERY-KIND").strip()
        known = {audience.value for audience in Audience}
        audiences = self._list(event, "X-ORRERY-AUDIENCES")
        return {
            "kind": kind if kind in {each.value for each in EventKind} else "other",
            "topics": self._list(event, "X-ORRERY-TOPICS"),
            "audiences": tuple(each for each in audiences if each in known),
            "refids": self._list(event, "X-ORRERY-REFIDS") + self._list(event, "REFID"),
        }

    def _revision(self, event: Component) -> dict[str, Any]:
        """LAST-MODIFIED, not DTSTAMP: many programs put the moment of the export there."""
        sequence = event.first("SEQUENCE")
        number = values.integer(sequence.value, largest=MAX_SEQUENCE) if sequence else None
        return {
            "sequence": number or 0,
            "changed_at": self._moment(event, "LAST-MODIFIED"),
            "created_at": self._moment(event, "CREATED"),
        }

    def _moment(self, event: Component, name: str) -> datetime | None:
        prop = event.first(name)
        value = values.date_or_moment(prop.value) if prop else None
        if not isinstance(value, datetime) or not FIRST_SERIES_YEAR <= value.year < LAST_YEAR:
            return None
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def _status(self, event: Component) -> str:
        status = self._text(event, "STATUS").strip().upper() or "CONFIRMED"
        if self.is_cancelled:
            return "CANCELLED"
        return status if status in ("TENTATIVE", "CANCELLED") else "CONFIRMED"

    def _class(self, event: Component) -> str:
        """An unknown CLASS is to be taken for PRIVATE (RFC 5545 3.8.1.3)."""
        return self._text(event, "CLASS").strip().upper()

    def _text(self, event: Component, name: str) -> str:
        prop = event.first(name)
        if prop is None:
            return ""
        return values.text(quoted_printable.decode(prop.value, prop.parameters))

    def _list(self, event: Component, name: str) -> tuple[str, ...]:
        words = [
            clean_line(text)[:MAX_TOPIC].strip()
            for prop in event.all_of(name)
            for text in values.texts(prop.value)
        ]
        return tuple(dict.fromkeys(word for word in words if word))[:MAX_TOPICS]

    def _cut(self, event: Component, name: str, words: str, length: int) -> str:
        if len(words) <= length:
            return words
        self._note(event, "cut", f"{name} was cut to {length} characters.", event.first(name))
        return words[:length].strip()

    def _note(self, event: Component, code: str, words: str, prop: Property | None = None) -> None:
        line = prop.line if prop else event.line
        self.problems.append(Problem(code, words, line, uid_of(event)))


def uid_of(event: Component) -> str:
    """The UID in a form that can be stored; where there is none, one from what stays the same."""
    prop = event.first("UID")
    uid = clean_line(values.text(prop.value)) if prop else ""
    if not uid:
        names = ("DTSTART", "SUMMARY", "RECURRENCE-ID")
        content = "\n".join(f"{p.name}:{p.value}" for p in event.properties if p.name in names)
        return f"no-uid-{digest(content)}"
    return shortened(uid)


def shortened(uid: str) -> str:
    """At most ``MAX_UID`` characters, still telling apart what was apart."""
    return uid if len(uid) <= MAX_UID else f"{uid[:200]}#{digest(uid)}"


def digest(content: str) -> str:
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()[:16]


def _like(
    start: date | datetime, value: date | datetime, hours_of: date | datetime | None = None
) -> date | datetime:
    """``value`` in the type of ``start``: a day takes the hours of ``hours_of``, else midnight."""
    if isinstance(start, datetime) and not isinstance(value, datetime):
        clock = hours_of.time() if isinstance(hours_of, datetime) else time()
        return datetime.combine(value, clock)
    if not isinstance(start, datetime) and isinstance(value, datetime):
        is_end_within_day = hours_of is None and value.time() != time()
        return value.date() + (_ONE_DAY if is_end_within_day else timedelta())
    return value


def is_for_following_dates(event: Component) -> bool:
    """Whether it changes one date and all after it (RFC 5545 3.2.13; the default is one)."""
    prop = event.first("RECURRENCE-ID")
    return prop is not None and prop.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
