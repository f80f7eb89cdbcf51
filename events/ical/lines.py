"""Content lines (RFC 5545 3.1): names and values in, escaped and folded bytes out.

Written by ourselves because it is done for every date of every feed: the ``icalendar`` library,
which reads what we write in the tests, takes ten times as long.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

MAX_OCTETS = 74  # of the 75 without the line end, one is left for those who count the blank
_FIRST = {
    "VEVENT": (
        *("SUMMARY", "DTSTART", "DTEND", "DURATION", "DTSTAMP", "UID", "RECURRENCE-ID"),
        *("SEQUENCE", "RRULE", "RDATE", "EXDATE"),
    ),
    "VCALENDAR": (
        *("VERSION", "PRODID", "CALSCALE", "METHOD"),
        *("DESCRIPTION", "X-WR-CALDESC", "NAME", "X-WR-CALNAME"),
    ),
}
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class Lines:
    """The properties of one component, in whatever order they are put."""

    def __init__(self, component: str) -> None:
        self.component = component
        self._lines: list[tuple[str, str]] = []

    def put(self, name: str, value: str, **parameters: str) -> None:
        """A value as it stands in the file; escaping it, where it is TEXT, is the caller's work.

        No value may hold a line end, no parameter a quotation mark, colon, semicolon or comma.
        """
        words = "".join(f";{key}={parameter}" for key, parameter in sorted(parameters.items()))
        self._lines.append((name, f"{name}{words}:{value}"))

    def put_text(self, name: str, words: str) -> None:
        self.put(name, escaped(words))

    def put_moment(self, name: str, moment: datetime) -> None:
        """An aware ``moment`` in UTC, to the second."""
        self.put(name, f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}")

    def put_wall_clock(self, name: str, value: date | datetime, timezone: str) -> None:
        """A day, or a naive time in ``timezone``."""
        if not isinstance(value, datetime):
            self.put(name, f"{value:%Y%m%d}", VALUE="DATE")
        elif timezone == "UTC":
            self.put(name, f"{value:%Y%m%dT%H%M%SZ}")
        else:
            self.put(name, f"{value:%Y%m%dT%H%M%S}", TZID=timezone)

    def opened(self) -> bytes:
        """The component without its END: properties in a fixed order, those of a name as put."""
        first = {name: place for place, name in enumerate(_FIRST[self.component])}
        self._lines.sort(key=lambda line: (first.get(line[0], len(first)), line[0]))
        return f"BEGIN:{self.component}\r\n".encode() + b"".join(
            _folded(line) for _, line in self._lines
        )

    def closed(self) -> bytes:
        return self.opened() + f"END:{self.component}\r\n".encode()


def escaped(words: str) -> str:
    """TEXT (RFC 5545 3.3.11); line ends are ``\\n`` alone, as ``text.clean_text`` leaves them."""
    return words.translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """The line in pieces of at most ``MAX_OCTETS``, no character and no escape torn apart."""
    data = line.encode()
    pieces, start = [], 0
    while len(data) - start > MAX_OCTETS:
        end = start + MAX_OCTETS
        while data[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        if data[end - 1] in b"\\^" and end - 1 > start:
            end -= 1
        pieces.append(data[start:end])
        start = end
    pieces.append(data[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
