"""Bytes to components, before any value is looked at: unfolded, cut up, bounded.

Each component stands for itself, so that a bad one costs only itself. What no entry is made
of (attendees, alarms, attachments) is left out here and costs nothing later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from icalendar.parser import Contentline

from events.ical.component import Component, Parts, Property
from events.ical.dialects import encodings
from events.ical.problem import CalendarUnreadable, Problem

MAX_OCTETS = 10_000_000
MAX_EVENTS = 20_000
MAX_LINES = 2_000_000
MAX_LINE_OCTETS = 200_000
MAX_HEADER = 1_000
MAX_PARAMETERS = 100
MAX_PROPERTIES = 6_000
MAX_DEPTH = 20

_BOUNDARY = re.compile(rb"^(BEGIN|END)\s*:\s*([A-Za-z0-9-]{1,60})\s*$", re.IGNORECASE)
_PLAIN = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=[^\";:,^\\]*)*):(.*)", re.DOTALL)
"""A line without quotes, lists or carets among its parameters: nine of ten, read without ado."""
_NAME = re.compile(rb"[A-Za-z0-9-]{1,60}")
_KEPT = {
    "VCALENDAR": {"METHOD", "NAME", "PRODID", "X-WR-CALNAME", "X-WR-TIMEZONE"},
    "VEVENT": {
        *("UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO"),
        *("URL", "STATUS", "CLASS", "CATEGORIES", "REFID", "SEQUENCE", "CREATED"),
        *("LAST-MODIFIED", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"),
        *("X-ORRERY-KIND", "X-ORRERY-TOPICS", "X-ORRERY-AUDIENCES", "X-ORRERY-REFIDS"),
        *("CONTACT", "CONFERENCE", "IMAGE", "X-MICROSOFT-CDO-ALLDAYEVENT"),
    },
    "VTIMEZONE": {"TZID", "X-LIC-LOCATION"},
    "STANDARD": {"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"},
    "DAYLIGHT": {"DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO"},
}
_PARENT = {"VEVENT": "VCALENDAR", "VTIMEZONE": "VCALENDAR"}
_PARENT |= {"STANDARD": "VTIMEZONE", "DAYLIGHT": "VTIMEZONE"}


def split(data: bytes) -> Parts:
    """The components of a file, in its order.

    Raises:
        CalendarUnreadable: too large, not a calendar, or cut off in the middle.
    """
    if len(data) > MAX_OCTETS:
        raise CalendarUnreadable(
            "too_large", f"The file is larger than {MAX_OCTETS // 1_000_000} MB; export less."
        )
    data, problems = encodings.as_utf8(data)
    parts = Parts(Component("VCALENDAR", 1), [], [], problems)
    _Splitter(parts).take(_logical_lines(data))
    return parts


class _Splitter:
    """Walks through the lines with a stack of open components; never recursive."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.open: list[Component] = []
        self.skipped: list[bytes] = []
        """Names of open components that nothing is made of, an alarm's for instance."""
        self.has_calendar = False

    def take(self, lines: Iterator[tuple[int, bytes]]) -> None:
        for number, line in lines:
            is_boundary = line[:3].upper() in (b"BEG", b"END")
            boundary = _BOUNDARY.match(line) if is_boundary else None
            if boundary is None:
                if self.open and not self.skipped:
                    self._add_property(number, line)
            elif boundary[1].upper() == b"BEGIN":
                self._begin(boundary[2].upper(), number)
            else:
                self._end(boundary[2].upper(), number)
        self._finish()

    def _begin(self, raw_name: bytes, number: int) -> None:
        name = raw_name.decode()
        parent = self.open[-1].name if self.open else None
        if self.skipped or name not in _KEPT or _PARENT.get(name) != parent:
            if name == parent == "VEVENT":
                self._give_up_open("It is not closed: END:VEVENT is missing.")
                self._begin(raw_name, number)
                return
            self.skipped.append(raw_name)
            if len(self.skipped) > MAX_DEPTH:
                raise CalendarUnreadable(
                    "too_deep", f"Line {number}: components lie more than {MAX_DEPTH} deep."
                )
            return
        if name == "VCALENDAR":
            self.has_calendar = True
            self.open.append(self.parts.calendar)
            return
        component = Component(name, number)
        if name == "VEVENT":
            self.parts.events.append(component)
            if len(self.parts.events) > MAX_EVENTS:
                raise CalendarUnreadable(
                    "too_many", f"The file holds more than {MAX_EVENTS} events; export less."
                )
        elif name == "VTIMEZONE":
            self.parts.timezones.append(component)
        else:
            self.open[-1].children.append(component)
        self.open.append(component)

    def _end(self, raw_name: bytes, number: int) -> None:
        name = raw_name.decode()
        if raw_name in self.skipped:
            while self.skipped.pop() != raw_name:
                pass
        elif name in (component.name for component in self.open):
            self.skipped.clear()
            while self.open[-1].name != name:
                self._give_up_open(f"It is not closed: line {number} already ends the {name}.")
            self.open.pop()
        else:
            self.parts.problems.append(
                Problem("stray_end", f"END:{name} closes nothing.", line=number)
            )

    def _give_up_open(self, why: str) -> None:
        self.skipped.clear()
        self.open.pop().broken_because = why

    def _add_property(self, number: int, line: bytes) -> None:
        component = self.open[-1]
        found = _NAME.match(line)
        if not found:
            if line.strip():
                component.problems.append(
                    Problem("not_a_property", "The line cannot be read and was left out.", number)
                )
            return
        name = found[0].decode().upper()
        if name not in _KEPT[component.name]:
            return
        if len(component.properties) >= MAX_PROPERTIES:
            component.broken_because = f"It has more than {MAX_PROPERTIES} properties."
            return
        if len(line) > MAX_LINE_OCTETS:
            words = f"{name} is longer than {MAX_LINE_OCTETS} octets and was left out."
            component.problems.append(Problem("line_too_long", words, number))
            return
        prop = _property(line, number)
        if prop is None:
            words = f"{name} cannot be read and was left out."
            component.problems.append(Problem("not_a_property", words, number))
        else:
            component.properties.append(prop)

    def _finish(self) -> None:
        if not self.has_calendar:
            raise CalendarUnreadable(
                "no_calendar", "The file is not a calendar: BEGIN:VCALENDAR is missing."
            )
        if self.open:
            raise CalendarUnreadable(
                "cut_off",
                f"The file is cut off: END:{self.open[-1].name} is missing at its end."
                " Export or download it again.",
            )


def _property(line: bytes, number: int) -> Property | None:
    """None where the line has no value, or a name and parameters out of all proportion."""
    colon = line.find(b":")
    is_header_long = colon > MAX_HEADER and b'"' not in line[:MAX_HEADER]
    if colon < 0 or is_header_long or line.count(b";", 0, colon) > MAX_PARAMETERS:
        return None
    text = line.decode()
    if plain := _PLAIN.fullmatch(text):
        parameters = {}
        if plain[2]:
            pairs = (pair.partition("=") for pair in plain[2].split(";")[1:])
            parameters = {key.upper(): each for key, _, each in pairs}
        return Property(plain[1].upper(), parameters, plain[3], number)
    try:
        name, parameters, value = Contentline(text).raw_parts()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    except (ValueError, UnicodeError):
        return None
    flat = {
        key.upper(): str(each) if isinstance(each, str) else ",".join(map(str, each))
        for key, each in parameters.items()
    }
    return Property(name.upper(), flat, value, number)


def _logical_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Unfolded lines with the number of their first one.

    Tolerates LF and lone CR as line ends, and a fold inside a UTF-8 character.
    """
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    physical = data.split(b"\n")
    if len(physical) > MAX_LINES:
        raise CalendarUnreadable("too_large", f"The file has more than {MAX_LINES} lines.")
    first, parts = 1, []
    for number, raw in enumerate(physical, start=1):
        line = raw.removesuffix(b"\r").replace(b"\r", b"")
        if line[:1] in (b" ", b"\t"):
            parts.append(line[1:])
            continue
        if parts:
            yield first, b"".join(parts)
        first, parts = number, [line]
    yield first, b"".join(parts)
