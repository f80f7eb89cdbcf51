"""Mail: left as rows in the transaction of what it tells about, sent afterwards."""

from __future__ import annotations

import hashlib
import re
from base64 import encodebytes
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import Message
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from events.models import OutgoingMail
from events.models.outbox import MailState
from events.services.cleaning import many_lines, one_line, shortened

MAX_ATTEMPTS = 5
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
_LEASE = timedelta(minutes=5)  # a message whose sender died is tried again after this
_FORGOTTEN = {"sender": "", "body": "", "html": "", "calendar": b""}
_METHOD = re.compile(rb"^METHOD:([A-Z]+)\r?$", re.MULTILINE)


@dataclass(frozen=True)
class MailReport:
    """What a round of sending did, in messages."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


def leave_mail(
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
    calendar: bytes = b"",
    html: str = "",
    sender: str = "",
    holds_secret: bool = False,
    not_before: datetime | None = None,
) -> OutgoingMail:
    """The message under ``key``, left to be sent; a second call with the same key changes nothing.

    ``key`` says what the message tells and to whom (``stop:7:2:host@museum.example``).
    ``calendar`` is an iCalendar text; its METHOD makes it an invitation. Control characters are
    removed from everything that becomes a header. A recipient that is no e-mail address is kept
    as a failed message with the reason, and never handed to a mail server. ``sender`` is a name
    and address in place of the installation's; a message that ``holds_secret`` loses its text
    once it is sent.
    """
    error = _reason_against(recipient)
    row, _ = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "message_id": _message_id(key),
            "recipient": shortened(one_line(recipient), 254),
            "subject": shortened(one_line(subject), 300),
            "body": many_lines(body),
            "html": many_lines(html),
            "sender": one_line(sender),
            "holds_secret": holds_secret,
            "calendar": calendar,
            "state": MailState.FAILED if error else MailState.QUEUED,
            "error": error,
            "created_at": now,
            "next_attempt_at": not_before or now,
        },
    )
    return row


def send_through_settings(message: EmailMultiAlternatives) -> None:
    """Hand ``message`` to the mail server the settings name."""
    message.connection = get_connection()
    try:
        message.send()
    finally:
        message.connection.close()  # Django leaves it open where STARTTLS fails


def deliver_mail(
    *,
    now: datetime,
    send: Callable[[EmailMultiAlternatives], None] = send_through_settings,
    limit: int = 200,
) -> MailReport:
    """Send what is due, oldest first; may run several times at once.

    No transaction is open while a server is talked to: a message is first claimed for five
    minutes, and sent again, under the same Message-ID, if its sender died in between. After
    the fifth failure it is given up; the error stays. No more than ``MAIL_RATE_PER_MINUTE``
    messages are tried within a minute; the others wait.
    """
    tried = OutgoingMail.objects.filter(attempted_at__gt=now - timedelta(minutes=1)).count()
    limit = max(0, min(limit, settings.MAIL_RATE_PER_MINUTE - tried))
    due = OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=now)
    outcomes = [
        _deliver(mail, now, send)
        for mail in due.order_by("next_attempt_at", "pk")[:limit]
        if _claim(mail, now)
    ]
    return MailReport(
        sent=outcomes.count(MailState.SENT),
        put_off=outcomes.count(MailState.QUEUED),
        given_up=outcomes.count(MailState.FAILED),
    )


def send_again(*, mail_id: int, now: datetime) -> None:
    """Queue a message that was given up once more, under its own Message-ID."""
    given_up = OutgoingMail.objects.filter(pk=mail_id, state=MailState.FAILED)
    sendable = [mail.pk for mail in given_up if not _reason_against(mail.recipient)]
    OutgoingMail.objects.filter(pk__in=sendable).update(
        state=MailState.QUEUED, attempts=0, next_attempt_at=now
    )


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The message as it goes out, the same each time but for its Date."""
    message = _Message(
        subject=one_line(mail.subject),
        body=many_lines(mail.body) + "\n",
        from_email=one_line(mail.sender) or settings.DEFAULT_FROM_EMAIL,
        to=[one_line(mail.recipient)],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(many_lines(mail.html) + "\n", "text/html")
    calendar = bytes(mail.calendar)
    if calendar:
        method = _METHOD.search(calendar)
        if method:
            # Mail programs show their accept buttons only for this alternative (RFC 6047 2.4).
            message.attach_alternative(
                calendar.decode(), f"text/calendar; method={method[1].decode()}"
            )
        message.attach("invite.ics", calendar, "application/ics")
    return message


class _Message(EmailMultiAlternatives):
    """Its texts go in base64 when there is a calendar: relays that rewrap lines break folding."""

    def message(self, **options: Any) -> Any:
        built = super().message(**options)
        if self.attachments:
            for part in built.walk():
                if part.get_content_maintype() == "text":
                    content = part.get_payload(decode=True)
                    assert isinstance(content, bytes)
                    del part["Content-Transfer-Encoding"]
                    Message.set_payload(part, encodebytes(content).decode())
                    part["Content-Transfer-Encoding"] = "base64"
        return built


def _reason_against(recipient: str) -> str:
    try:
        validate_email(recipient)
    except ValidationError:
        return f"{shortened(one_line(recipient), 100)!r} is not an e-mail address."
    return "" if one_line(recipient) == recipient else "The e-mail address is unreadable."


def _message_id(key: str) -> str:
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()[:32]
    return f"<{digest}@{settings.UID_DOMAIN}>"


def _claim(mail: OutgoingMail, now: datetime) -> bool:
    """Whether this process may send ``mail``; nobody else can before the lease is over."""
    mine = OutgoingMail.objects.filter(
        pk=mail.pk, state=MailState.QUEUED, attempts=mail.attempts, next_attempt_at__lte=now
    )
    mail.attempts += 1
    claimed = {"attempts": mail.attempts, "next_attempt_at": now + _LEASE, "attempted_at": now}
    return mine.update(**claimed) == 1


def _deliver(
    mail: OutgoingMail, now: datetime, send: Callable[[EmailMultiAlternatives], None]
) -> MailState:
    """Send a claimed message and note how it went."""
    try:
        send(message_of(mail))
    except (OSError, ValueError, MessageError) as failure:
        error = shortened(one_line(f"{type(failure).__name__}: {failure}"), 500)
        if mail.attempts >= MAX_ATTEMPTS:
            return _note(mail, state=MailState.FAILED, error=error)
        wait = _WAITS[mail.attempts - 1]
        return _note(mail, state=MailState.QUEUED, error=error, next_attempt_at=now + wait)
    forgotten = dict(_FORGOTTEN) if mail.holds_secret else {}
    return _note(mail, state=MailState.SENT, error="", sent_at=now, **forgotten)


def _note(mail: OutgoingMail, *, state: MailState, **columns: object) -> MailState:
    """Write the outcome, unless the lease ran out and somebody else tried meanwhile."""
    claimed = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts)
    claimed.update(state=state, **columns)
    return state
