"""A mail as it came in: who it is from and to, and the calendar it carries. Nothing is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from events.ical.text import clean_line

MAX_OCTETS = 2_000_000
MAX_PARTS = 50
MAX_ADDRESSES = 100
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To")
_CALENDAR_TYPES = ("text/calendar", "application/ics")
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.IGNORECASE)


class UnreadableMail(ValueError):
    """Bytes that are no mail one could look at; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class InboundMail:
    """Addresses are bare and in lower case; every text is one clean line."""

    message_id: str
    sender: str
    """Of From; empty unless there is exactly one."""
    recipients: tuple[str, ...]
    subject: str
    calendar: bytes | None
    """The first calendar part; none: an answer in words, or no answer at all."""
    results: tuple[tuple[str, str, str], ...] = ()
    """From Authentication-Results (RFC 8601): who checked, what, and with which result."""


def read_mail(data: bytes) -> InboundMail:
    """What a raw message (RFC 5322) says of itself.

    Raises:
        UnreadableMail: ``too_large``, or not a message at all.
    """
    if len(data) > MAX_OCTETS:
        raise UnreadableMail("too_large", f"The mail is over {MAX_OCTETS // 1_000_000} MB.")
    # the old policy parses headers lazily and never fails on hostile ones
    message = message_from_bytes(data, policy=policy.compat32)
    senders = _addresses(message, ("From",))
    return InboundMail(
        message_id=clean_line(str(message.get("Message-ID", "")))[:250],
        sender=senders[0] if len(senders) == 1 else "",
        recipients=_addresses(message, _RECIPIENTS),
        subject=clean_line(str(message.get("Subject", "")))[:300],
        calendar=_calendar(message),
        results=_results(message),
    )


def _addresses(message: Message, names: tuple[str, ...]) -> tuple[str, ...]:
    headers = [clean_line(str(value)) for name in names for value in message.get_all(name, [])]
    pairs = getaddresses([header[:2_000] for header in headers[:20]])[:MAX_ADDRESSES]
    return tuple(dict.fromkeys(address.lower() for _, address in pairs if "@" in address))


def _calendar(message: Message) -> bytes | None:
    by_type: dict[str, bytes] = {}
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind in _CALENDAR_TYPES and kind not in by_type and not part.is_multipart():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload.strip():
                by_type[kind] = _as_utf8(payload, part.get_content_charset())
    return next((by_type[kind] for kind in _CALENDAR_TYPES if kind in by_type), None)


def _as_utf8(payload: bytes, charset: str | None) -> bytes:
    if charset in (None, "utf-8", "us-ascii"):
        return payload
    try:
        return payload.decode(charset or "utf-8", errors="replace").encode()
    except LookupError:
        return payload


def _results(message: Message) -> tuple[tuple[str, str, str], ...]:
    found = []
    for value in message.get_all("Authentication-Results", [])[:20]:
        words = clean_line(str(value))[:2_000]
        server = words.partition(";")[0].strip().partition(" ")[0].lower()
        found += [(server, how.lower(), result.lower()) for how, result in _RESULT.findall(words)]
    return tuple(found)
