"""What an invitee's mail program answers, read from its calendar part.

Strict in what counts (one event, one attendee, a time of the answer), tolerant in form: Google,
Outlook (no ORGANIZER) and Apple write it differently. Whether it is believed is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar.parser import Contentline

from events.ical import values
from events.ical.foreign_zones import zone_by_name
from events.ical.text import clean_line, clean_text
from events.itip.party import PartStat, address_in
from events.recurrence.zones import zone

MAX_OCTETS = 200_000
MAX_LINES = 4_000
MAX_COMMENT = 2_000
LARGEST_SEQUENCE = 2_147_483_647
_ONCE = ("UID", "DTSTAMP", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND")


class UnreadableReply(ValueError):
    """A calendar part that answers nothing; ``code`` is stable, the message in words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Proposal:
    """Other times an invitee asks for (COUNTER); as moments, days, or the words they sent."""

    start: str
    end: str


@dataclass(frozen=True)
class Reply:
    """One invitee's answer to one invitation.

    ``at`` is when they gave it (DTSTAMP, aware). ``sequence`` is that of the invitation they
    answer; programs that leave it out answer the first. ``delegated_to`` only with DELEGATED.
    """

    uid: str
    attendee: str
    """Bare address in lower case."""
    answer: PartStat
    at: datetime
    sequence: int = 0
    comment: str = ""
    sent_by: str = ""
    delegated_to: str = ""
    proposal: Proposal | None = None
    is_one_date: bool = False
    """It answers one date of a series (RECURRENCE-ID)."""


def read_reply(data: bytes) -> Reply:
    """The answer in a ``text/calendar`` part with METHOD REPLY or COUNTER.

    Raises:
        UnreadableReply: ``not_an_answer`` (REQUEST, CANCEL and whatever only organisers send),
            ``too_large``, ``unreadable`` (not one event, or without uid, time or attendee).
    """
    if len(data) > MAX_OCTETS:
        raise UnreadableReply("too_large", f"The calendar part is over {MAX_OCTETS} octets.")
    method, lines = _lines_of(data)
    if method not in ("REPLY", "COUNTER"):
        raise UnreadableReply(
            "not_an_answer", f"METHOD {method[:20] or 'missing'} is not what an invitee sends."
        )
    facts = {name: _one(lines, name) for name in _ONCE}
    attendee = _attendee(lines)
    at = _moment(facts["DTSTAMP"])
    uid = clean_line(values.text(facts["UID"].value)) if facts["UID"] else ""
    if not uid or at is None:
        raise UnreadableReply("unreadable", "The answer has no UID or no readable DTSTAMP.")
    return Reply(
        uid=uid,
        attendee=address_in(attendee.value),
        answer=_answer(attendee),
        at=at,
        sequence=_sequence(facts["SEQUENCE"]),
        comment=_comment(lines),
        sent_by=address_in(attendee.parameters.get("SENT-BY", "").strip('"')),
        delegated_to=address_in(attendee.parameters.get("DELEGATED-TO", "").strip('"')),
        proposal=_proposal(facts["DTSTART"], facts["DTEND"]) if method == "COUNTER" else None,
        is_one_date=facts["RECURRENCE-ID"] is not None,
    )


@dataclass(frozen=True)
class _Line:
    name: str
    parameters: dict[str, str]
    value: str


def _lines_of(data: bytes) -> tuple[str, list[_Line]]:
    """METHOD in capitals, and the properties of the one event."""
    method, depth, events = "", [], 0
    found: list[_Line] = []
    for text in _unfolded(data):
        line = _line(text)
        if line is None:
            continue
        if line.name == "BEGIN":
            depth.append(line.value.strip().upper())
            events += depth == ["VCALENDAR", "VEVENT"]
        elif line.name == "END":
            if not depth or depth.pop() != line.value.strip().upper():
                raise UnreadableReply("unreadable", "BEGIN and END do not match.")
        elif depth == ["VCALENDAR"] and line.name == "METHOD":
            method = line.value.strip().upper()
        elif depth == ["VCALENDAR", "VEVENT"]:
            found.append(line)
    if method in ("REPLY", "COUNTER") and (events != 1 or depth):
        raise UnreadableReply("unreadable", "The answer does not hold exactly one event.")
    return method, found


def _unfolded(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", errors="replace").lstrip("\ufeff").replace("\r\n", "\n")
    text = text.replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise UnreadableReply("too_large", f"The calendar part has over {MAX_LINES} lines.")
    return (line for line in lines if line.strip())


def _line(text: str) -> _Line | None:
    try:
        name, parameters, value = Contentline(text).raw_parts()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    except (ValueError, UnicodeError):
        return None
    flat = {
        key.upper(): each if isinstance(each, str) else ",".join(map(str, each))
        for key, each in parameters.items()
    }
    return _Line(name.upper(), flat, value)


def _one(lines: list[_Line], name: str) -> _Line | None:
    those = [line for line in lines if line.name == name]
    if len(those) > 1:
        raise UnreadableReply("unreadable", f"The answer says {name} more than once.")
    return those[0] if those else None


def _attendee(lines: list[_Line]) -> _Line:
    those = [line for line in lines if line.name == "ATTENDEE"]
    if len(those) != 1:
        raise UnreadableReply("unreadable", "The answer does not name exactly one attendee.")
    return those[0]


def _answer(attendee: _Line) -> PartStat:
    said = attendee.parameters.get("PARTSTAT", PartStat.NEEDS_ACTION).strip().upper()
    try:
        return PartStat(said)
    except ValueError:
        raise UnreadableReply("unreadable", f"PARTSTAT {said[:20]!r} is no answer.") from None


def _moment(line: _Line | None) -> datetime | None:
    stamp = values.date_or_moment(line.value) if line else None
    if not isinstance(stamp, datetime):
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def _sequence(line: _Line | None) -> int:
    number = values.integer(line.value, largest=LARGEST_SEQUENCE) if line else 0
    if number is None:
        raise UnreadableReply("unreadable", "SEQUENCE is no number.")
    return number


def _comment(lines: list[_Line]) -> str:
    """COMMENT as plain text; markup in it stays what it is, characters."""
    words = [
        clean_text(values.text(line.value)).strip() for line in lines if line.name == "COMMENT"
    ]
    return "\n".join(word for word in words if word)[:MAX_COMMENT]


def _proposal(start: _Line | None, end: _Line | None) -> Proposal:
    if start is None:
        raise UnreadableReply("unreadable", "The counter-proposal says no time.")
    return Proposal(start=_when(start), end=_when(end) if end else "")


def _when(line: _Line) -> str:
    value = values.date_or_moment(line.value)
    if value is None:
        raise UnreadableReply("unreadable", "The counter-proposal's time cannot be read.")
    if not isinstance(value, datetime):
        return date.isoformat(value)
    if value.tzinfo is None:
        known = zone_by_name(line.parameters.get("TZID", ""))
        if known is None:
            return clean_line(f"{value.isoformat()} {line.parameters.get('TZID', '')}")[:100]
        value = value.replace(tzinfo=zone(known))
    return value.astimezone(UTC).isoformat()
