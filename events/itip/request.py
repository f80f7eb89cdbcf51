"""An entry as an invitation, or as the withdrawal of one (RFC 5546 3.2.2, 3.2.5).

One message is for one invitee and names no other. The same arguments give the same bytes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from icalendar.parser import Contentline, Parameters
from icalendar.prop import vInline

from events.ical.entry import Entry
from events.ical.lint import faults
from events.ical.text import clean_line
from events.ical.timezones import vtimezone, years_of
from events.ical.write import PRODID, UnwritableEntry, write_event
from events.itip.party import Attendee, PartStat

_END_OF_EVENT = b"END:VEVENT\r\n"
_END_OF_CALENDAR = b"END:VCALENDAR\r\n"


def write_request(
    entry: Entry, *, organizer: Attendee, attendee: Attendee, answer: PartStat
) -> bytes:
    """METHOD:REQUEST for ``attendee``; ``entry.changed_at`` becomes DTSTAMP.

    ``organizer``'s address must be the one in the mail's From, or mail programs show no buttons
    and send the answer elsewhere. ``answer`` is what the attendee said to an earlier form of the
    same dates; with NEEDS-ACTION they are asked for one.

    Raises:
        UnwritableEntry: the entry or an address cannot be written.
    """
    return _message("REQUEST", entry, organizer, attendee, answer)


def write_cancel(entry: Entry, *, organizer: Attendee, attendee: Attendee) -> bytes:
    """METHOD:CANCEL of an invitation that was sent before, with a higher ``entry.sequence``.

    Raises:
        UnwritableEntry: the entry or an address cannot be written.
    """
    cancelled = replace(entry, status="CANCELLED")
    return _message("CANCEL", cancelled, organizer, attendee, PartStat.NEEDS_ACTION)


def _message(
    method: str, entry: Entry, organizer: Attendee, attendee: Attendee, answer: PartStat
) -> bytes:
    event = write_event(entry, language=attendee.language).removesuffix(_END_OF_EVENT)
    parameters = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": answer.value}
    if method == "REQUEST":
        parameters["RSVP"] = "TRUE" if answer is PartStat.NEEDS_ACTION else "FALSE"
    event += _party("ORGANIZER", organizer, {})
    event += _party("ATTENDEE", attendee, parameters)
    event += _END_OF_EVENT
    if wrong := faults(event):
        raise UnwritableEntry(f"entry {entry.uid!r} cannot be written: {'; '.join(wrong)}")
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODID}\r\nCALSCALE:GREGORIAN\r\nMETHOD:{method}\r\n"
    return head.encode() + _zone(entry) + event + _END_OF_CALENDAR


def _party(name: str, party: Attendee, parameters: dict[str, str]) -> bytes:
    address = clean_line(party.address)
    if address != party.address or " " in address or not address.isascii() or "@" not in address:
        raise UnwritableEntry(f"{party.address!r} is not an address that calendars can carry")
    named = {"CN": clean_line(party.name).replace('"', "'")} if clean_line(party.name) else {}
    value = vInline(f"mailto:{address}")
    line = Contentline.from_parts(name, Parameters({**named, **parameters}), value)
    folded: bytes = line.to_ical() + b"\r\n"
    return folded


def _zone(entry: Entry) -> bytes:
    if entry.is_all_day or entry.timezone == "UTC":
        return b""
    values = (entry.start, entry.end, *entry.rdates, *entry.exdates)
    first_year, end_year = years_of([_wall(value) for value in values])
    return vtimezone(entry.timezone, first_year=first_year, end_year=end_year)


def _wall(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())
