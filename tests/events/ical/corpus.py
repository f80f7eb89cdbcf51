"""Well-formed files as many calendar programs write them, and the same ones broken; by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from tests.events.ical.programs import PROGRAMS, Program

SEED = 20261102
FILES_EACH = 17
_TITLES = (
    *(
        "光与影",
        "Licht über Ärger",
        "A talk, with tea; and cake",
        "Œuvre — “light”",
        "火箭🚀工作坊",
    ),
    *("Kosmos\\Weltall", "Пуск ракеты", "नेपाल विज्ञान", "Line\nbreak", "100 % light: a history"),
)
_TEXT = "动手做一台望远镜，看月亮和木星。Bring a coat; it is cold, outside.\nTickets at the desk. "
_OFFSETS = {
    "Asia/Shanghai": (("STANDARD", "19700101T000000", "+0800", "+0800", ""),),
    "Europe/Berlin": (
        ("DAYLIGHT", "19700329T020000", "+0100", "+0200", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
        ("STANDARD", "19701025T030000", "+0200", "+0100", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    ),
    "America/New_York": (
        ("DAYLIGHT", "20070311T020000", "-0500", "-0400", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"),
        ("STANDARD", "20071104T020000", "-0400", "-0500", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
    ),
}


@dataclass(frozen=True)
class File:
    name: str
    data: bytes
    events: int
    """VEVENTs in it, each an event or a change of one of its own."""


def well_formed(every: int = 1) -> list[File]:
    """Some 900 files, or every so-manieth of them; the same ones for ever."""
    return [
        _Writer(program, random.Random(f"{SEED}/{program.name}/{n}")).file(f"{program.name} {n}")
        for program, n in list(product(PROGRAMS, range(FILES_EACH)))[::every]
    ]


class _Writer:
    """One file in the manner of a program."""

    def __init__(self, program: Program, chance: random.Random) -> None:
        self.program = program
        self.chance = chance
        self.number = 0
        self.zone = program.zone[1] if program.times == "windows" else program.zone[0]
        if program.times == "path":
            self.zone = f"/freeassociation.sourceforge.net/{program.zone[0]}"
        if program.times == "lotus":
            self.zone = f"Custom {program.zone[0]}"

    def file(self, name: str) -> File:
        lines: list[str] = []
        for _ in range(self.program.calendars):
            lines += self._calendar()
        raw = self.program.end.join(self._folded(line) for line in lines) + self.program.end
        mark = b"\xef\xbb\xbf" if self.program.has_mark else b""
        return File(name, mark + raw.encode(), self.number)

    def _calendar(self) -> list[str]:
        program = self.program
        body: list[str] = []
        for _ in range(self.chance.choice((1, 1, 2, 3, 5, 8, 13, 21))):
            body += self._series() if self._repeats() else self._event()
        for other in program.beside:
            stamp = "DTSTAMP:20261001T000000Z"
            body += [f"BEGIN:{other}", f"UID:{self._word()}", stamp, f"END:{other}"]
        zone = self._definition() if program.times in ("named", "windows", "path", "lotus") else []
        parts = body + zone if program.is_zone_last else zone + body
        product = program.product.replace("{n}", "1")
        head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{product}", *program.head]
        if self.chance.random() < 0.3:
            head[1], head[2] = head[2], head[1]
        return [*head, *parts, "END:VCALENDAR"]

    def _definition(self) -> list[str]:
        lines = ["BEGIN:VTIMEZONE", f"TZID:{self.zone}"]
        if self.program.times == "path":
            lines.append(f"X-LIC-LOCATION:{self.program.zone[0]}")
        for kind, start, before, after, rule in _OFFSETS[self.program.zone[0]]:
            lines += [f"BEGIN:{kind}", f"DTSTART:{start}", f"TZOFFSETFROM:{before}"]
            lines += [f"TZOFFSETTO:{after}", *([f"RRULE:{rule}"] if rule else []), f"END:{kind}"]
        return [*lines, "END:VTIMEZONE"]

    # ---- events

    def _repeats(self) -> bool:
        return self.program.is_repeating and self.chance.random() < 0.35

    def _event(self) -> list[str]:
        return self._written(self._word(), self._start())

    def _series(self) -> list[str]:
        """A series, dates taken out of it and put into it, and changes of single ones."""
        uid, start = self._word(), self._start()
        rule = self.chance.choice(("DAILY", "WEEKLY", "DAILY;INTERVAL=2", "WEEKLY;WKST=MO"))
        step = {"DAILY": 1, "DAILY;INTERVAL=2": 2}.get(rule, 7)
        dates = [start + timedelta(days=step * n) for n in range(12)]
        self.chance.shuffle(dates)
        if self.program.times == "lotus":
            return self._written(uid, start, [self._periods(sorted(dates))])
        more = [f"RRULE:FREQ={rule};COUNT=12"]
        if self.chance.random() < 0.5:
            more.append(self._dated("EXDATE", *dates[:2]))
        if self.chance.random() < 0.3:
            more += [self._dated("EXDATE", each) for each in dates[2:4]]
        if self.chance.random() < 0.3:
            more.append(self._dated("RDATE", start + timedelta(days=200)))
        lines = self._written(uid, start, more)
        for changed in dates[4 : self.chance.randrange(4, 8)]:
            moved = changed + timedelta(days=self.chance.choice((0, 0, 1)))
            lines += self._written(uid, moved, [self._dated("RECURRENCE-ID", changed)])
        return lines

    def _written(self, uid: str, start: date, more: list[str] | None = None) -> list[str]:
        self.number += 1
        program, chance, number = self.program, self.chance, self.number
        lines = [f"UID:{uid}", "DTSTAMP:20261001T000000Z", self._dated("DTSTART", start)]
        lines += [self._until(start), *(more or [])]
        lines.append(f"SUMMARY:{_escaped(chance.choice(_TITLES))} {number}")
        if chance.random() < 0.7:
            lines.append(f"DESCRIPTION:{_escaped(_TEXT * chance.randrange(0, 12))}")
        if chance.random() < 0.6 and not any("LOCATION" in each for each in program.lines):
            lines.append(f"LOCATION:{_escaped('Hall 2, 黄山路446号; 合肥')}")
        lines += [each.format(n=number) for each in program.lines]
        if program.has_people:
            lines += self._people()
        if program.alarm and chance.random() < 0.6:
            lines += ["BEGIN:VALARM", *program.alarm, "END:VALARM"]
        if chance.random() < 0.2:
            lines[2:] = lines[:1:-1] if not program.alarm else lines[2:]  # no order is prescribed
        return ["BEGIN:VEVENT", *lines, "END:VEVENT"]

    def _people(self) -> list[str]:
        chance = self.chance
        role = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"
        return ['ORGANIZER;CN="Müller, Jörg":mailto:joerg@museum.example'] + [
            f'ATTENDEE;{role};CN="Guest: {n}; one":mailto:guest{n}@museum.example'
            for n in range(chance.randrange(0, 6))
        ]

    # ---- times

    def _start(self) -> date:
        day = date(2026, 11, 3) + timedelta(days=self.chance.randrange(600))
        if self.program.times == "days":
            return day
        return datetime(day.year, day.month, day.day, self.chance.randrange(5, 22), 30)

    def _until(self, start: date) -> str:
        if not isinstance(start, datetime):
            if self.chance.random() < 0.2:
                return "DURATION:P2D"
            return self._dated("DTEND", start + timedelta(days=self.chance.randrange(1, 4)))
        if self.program.has_lengths:
            return "DURATION:" + self.chance.choice(("PT45M", "PT1H30M", "P0DT2H0M0S"))
        return self._dated("DTEND", start + timedelta(minutes=90))

    def _dated(self, name: str, *when: date) -> str:
        if not isinstance(when[0], datetime):
            return f"{name};VALUE=DATE:" + ",".join(f"{each:%Y%m%d}" for each in when)
        values = [f"{each:%Y%m%dT%H%M%S}" for each in when]
        if self.program.times == "utc":
            return f"{name}:" + ",".join(f"{value}Z" for value in values)
        if self.program.times == "floating":
            return f"{name}:" + ",".join(values)
        zone = f'"{self.zone}"' if self.program.times == "lotus" else self.zone
        return f"{name};TZID={zone}:" + ",".join(values)

    def _periods(self, dates: list[date]) -> str:
        values = ",".join(
            f"{each:%Y%m%dT%H%M%S}/{each + timedelta(minutes=90):%Y%m%dT%H%M%S}" for each in dates
        )
        return f'RDATE;TZID="{self.zone}";VALUE=PERIOD:{values}'

    # ---- lines

    def _word(self) -> str:
        return f"{self.chance.getrandbits(96):x}-{self.number}@museum.example"

    def _folded(self, line: str) -> str:
        """Between characters, as nearly all programs do."""
        if not self.program.fold:
            return line
        pieces, length, piece = [], 0, ""
        for character in line:
            octets = len(character.encode())
            if length + octets > self.program.fold:
                pieces.append(piece)
                piece, length = "", 1
            piece, length = piece + character, length + octets
        return (self.program.end + self.program.blank).join([*pieces, piece])


def _escaped(words: str) -> str:
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(sign, written)
    return words


# ---- broken --------------------------------------------------------------------------------------


def broken() -> Iterator[tuple[str, bytes]]:
    """Some 280 files that a program, a disk or a wire spoilt."""
    files = well_formed()
    for number, (name, spoil) in enumerate(sorted(_SPOILT.items()) * 14):
        chance = random.Random(f"{SEED}/{name}/{number}")
        yield f"{name} {number}", spoil(chance.choice(files).data, chance)


def _without(word: bytes):
    def spoil(data: bytes, chance: random.Random) -> bytes:
        places = data.split(word)
        gone = chance.randrange(1, len(places)) if len(places) > 1 else 0
        return word.join(places[:gone]) + word.join(places[gone:])

    return spoil


def _instead(old: bytes, new: bytes, times: int = -1):
    return lambda data, _chance: data.replace(old, new, times)


def _after_each(word: bytes, more: bytes):
    return lambda data, _chance: data.replace(word, word + more)


def _lines_in_disorder(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    first = chance.randrange(len(lines))
    some = lines[first : first + 20]
    chance.shuffle(some)
    return b"\n".join([*lines[:first], *some, *lines[first + 20 :]])


_SPOILT = {
    "cut off": lambda data, chance: data[: chance.randrange(len(data))],
    "begun late": lambda data, chance: data[chance.randrange(len(data)) :],
    "a hole": lambda data, chance: data[: (at := chance.randrange(len(data)))] + data[at + 700 :],
    "in Latin 1": lambda data, _: data.decode("utf-8-sig").encode("latin-1", errors="replace"),
    "in GB 18030": lambda data, _: data.decode("utf-8-sig").encode("gb18030"),
    "in UTF-16": lambda data, _: data.decode("utf-8-sig").encode("utf-16"),
    "encoded twice": lambda data, _: data.decode("latin-1").encode(),
    "halves of characters": _instead("光".encode(), "光".encode()[:2]),
    "no begin of an event": _without(b"BEGIN:VEVENT"),
    "no end of an event": _without(b"END:VEVENT"),
    "no end of the calendar": _without(b"END:VCALENDAR"),
    "an event in an event": _after_each(b"BEGIN:VEVENT", b"\r\nBEGIN:VEVENT"),
    "ends crossed": _instead(b"END:VEVENT", b"END:VCALENDAR", 1),
    "properties twice": _after_each(b"BEGIN:VEVENT", b"\r\nDTSTART:20270101T000000\r\nUID:x"),
    "absurd days": _instead(b"DTSTART", b"DTSTART:00000000T999999\r\nX-DTSTART"),
    "years of long ago": _instead(b":2027", b":0001"),
    "no starts": _instead(b"DTSTART", b"X-NO-START"),
    "not folded": _instead(b"\n ", b"\n"),
    "no line ends": lambda data, _: data.replace(b"\r", b"").replace(b"\n", b""),
    "lines in disorder": _lines_in_disorder,
}
