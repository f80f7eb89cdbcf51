"""A strict look at iCalendar bytes of our own making: what no reader complains about but breaks.

Reads lines only and knows no other part of this room, so that it can judge them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NAME = r"[A-Z0-9-]+"
_LINE = re.compile(
    rf"^(?P<name>{_NAME})(?P<parameters>(?:;{_NAME}=(?:[^\x00-\x1f\x7f\";:,]*|\"[^\x00-\x1f\x7f\"]*\"))*)"
    r":(?P<value>.*)$",
    re.DOTALL,
)
_PARAMETER = re.compile(rf";({_NAME})=(?:\"([^\"]*)\"|([^\";:,]*))")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_GEO = re.compile(r"^-?\d{1,2}\.\d+;-?\d{1,3}\.\d+$")
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE")
_ALIKE = ("DTEND", "RDATE", "EXDATE")
_ONCE = {
    "VCALENDAR": ("VERSION", "PRODID"),
    "VEVENT": ("UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"),
    "VTIMEZONE": ("TZID",),
    "STANDARD": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
    "DAYLIGHT": ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"),
}
_MANY = ("RDATE", "EXDATE")


@dataclass(frozen=True)
class Line:
    name: str
    parameters: dict[str, str]
    value: str


@dataclass
class Block:
    """One component as lines, children apart."""

    name: str
    lines: list[Line] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)

    def all_of(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def first(self, name: str) -> Line | None:
        return next(iter(self.all_of(name)), None)


def faults(data: bytes) -> list[str]:
    """What is wrong with a calendar, or with one component of it; empty when nothing is.

    Checks line ends, line lengths, UTF-8 per line, control characters, balance, counts of
    properties, and: no METHOD, no end before its start, no TZID without VTIMEZONE (whole
    calendars), no local UNTIL beside a TZID, nothing more frequent than a day, no RANGE,
    http(s) addresses, GEO in plain degrees, equal refresh intervals.
    """
    found = _faults_of_bytes(data)
    if found:
        return found
    try:
        root = read_blocks(data)
    except ValueError as broken:
        return [str(broken)]
    return list(_faults_of(root)) + _faults_of_zones(root)


def counts(data: bytes) -> Counter[tuple[str, str]]:
    """How often each property stands in each kind of component.

    Raises:
        ValueError: the bytes are not one balanced component.
    """
    counter: Counter[tuple[str, str]] = Counter()
    waiting = [read_blocks(data)]
    while waiting:
        block = waiting.pop()
        counter.update((block.name, line.name) for line in block.lines)
        counter[block.name, "BEGIN"] += 1
        waiting += block.children
    return counter


def read_blocks(data: bytes) -> Block:
    """The one component in ``data``.

    Raises:
        ValueError: a line is no property, or BEGIN and END do not match.
    """
    outside = Block("")
    open_blocks = [outside]
    for text in data.decode().replace("\r\n ", "").split("\r\n")[:-1]:
        line = _line(text)
        if line.name == "BEGIN":
            block = Block(line.value)
            open_blocks[-1].children.append(block)
            open_blocks.append(block)
        elif line.name == "END":
            if open_blocks.pop().name != line.value or not open_blocks:
                raise ValueError(f"END:{line.value} closes nothing that is open")
        else:
            open_blocks[-1].lines.append(line)
    if len(open_blocks) != 1 or len(outside.children) != 1 or outside.lines:
        raise ValueError("not exactly one component from BEGIN to END")
    return outside.children[0]


def _line(text: str) -> Line:
    found = _LINE.match(text)
    if not found:
        raise ValueError(f"not a property: {text[:60]!r}")
    parameters = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(found[2])}
    return Line(found["name"], parameters, found["value"])


def _faults_of_bytes(data: bytes) -> list[str]:
    found = []
    if not data.endswith(b"\r\n"):
        found.append("does not end with CRLF")
    for number, line in enumerate(data.split(b"\r\n"), start=1):
        if len(line) > 75:
            found.append(f"line {number} has {len(line)} octets, more than 75")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            found.append(f"line {number} is cut inside a character")
            continue
        if _CONTROL.search(text):
            found.append(f"line {number} holds a control character")
    return found


def _faults_of(block: Block) -> list[str]:
    found = [fault for child in block.children for fault in _faults_of(child)]
    names = Counter(line.name for line in block.lines)
    found += [f"{block.name} without {n}" for n in _ONCE.get(block.name, ()) if not names[n]]
    many = (*_MANY, "RRULE") if block.name == "VEVENT" else _MANY
    found += [f"{block.name} with {n} twice" for n, c in names.items() if c > 1 and n not in many]
    if block.name == "VCALENDAR":
        found += _faults_of_calendar(block)
    elif block.name == "VEVENT":
        found += _faults_of_event(block)
    return found


def _faults_of_calendar(calendar: Block) -> list[str]:
    found = []
    if calendar.first("METHOD"):
        found.append("METHOD: a feed is not an invitation")
    intervals = [calendar.first(name) for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL")]
    if len({line.value for line in intervals if line}) > 1:
        found.append("REFRESH-INTERVAL and X-PUBLISHED-TTL differ")
    found += [
        f"{line.name} is not an http address"
        for name in ("URL", "SOURCE")
        for line in calendar.all_of(name)
        if not line.value.lower().startswith(("http://", "https://"))
    ]
    return found


def _faults_of_event(event: Block) -> list[str]:
    found = []
    start, end, rule = (event.first(name) for name in ("DTSTART", "DTEND", "RRULE"))
    if end and event.first("DURATION"):
        found.append("DTEND beside DURATION")
    if start and end and end.value <= start.value:
        found.append("DTEND is not after DTSTART")
    found += [
        f"{line.name} is of another kind than DTSTART"
        for line in event.lines
        if line.name in _ALIKE and start and line.parameters != start.parameters
    ]
    if rule:
        found += _faults_of_rule(rule.value, start)
    url, geo = event.first("URL"), event.first("GEO")
    if url and not url.value.lower().startswith(("http://", "https://")):
        found.append("URL is not an http address")
    if geo and not _GEO.match(geo.value):
        found.append("GEO is not latitude;longitude")
    if any("RANGE" in line.parameters for line in event.lines):
        found.append("RANGE: most clients do not know it")
    return found


def _faults_of_rule(rule: str, start: Line | None) -> list[str]:
    found = []
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    if parts.get("FREQ") not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        found.append("RRULE more frequent than a day")
    until = parts.get("UNTIL")
    if until and start and start.parameters.get("VALUE") == "DATE":
        if "T" in until:
            found.append("UNTIL has hours, DTSTART has none")
    elif until and not until.endswith("Z"):
        found.append("UNTIL is not in UTC")
    return found


def _faults_of_zones(root: Block) -> list[str]:
    if root.name != "VCALENDAR":
        return []
    known = {
        line.value
        for child in root.children
        if child.name == "VTIMEZONE"
        for line in child.all_of("TZID")
    }
    used = {
        line.parameters["TZID"]
        for child in root.children
        if child.name == "VEVENT"
        for line in child.lines
        if line.name in _TIMES and "TZID" in line.parameters
    }
    return [f"TZID {name} without a VTIMEZONE" for name in sorted(used - known)]
