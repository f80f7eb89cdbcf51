"""E1, E2, E9: hostile words in every field of an invitation, over a real mail server."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy

import pytest
from django.core.mail import get_connection
from icalendar import Calendar

from events.ical.entry import Entry, Text
from events.itip.party import Attendee
from events.models import OutgoingMail
from events.services.invitations import invite
from events.services.outbox import MailReport, deliver_mail
from tests.events.services.smtp import mail_server

pytestmark = pytest.mark.django_db

STOP = Entry(
    uid="sc-1@orrery.example",
    title=Text("光"),
    start=date(2027, 3, 1),
    end=date(2027, 4, 1),
    timezone="Asia/Shanghai",
)
_CUTS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029",
         "\x00", "\x7f", "\u202e", "\ud800", "\n\n", "\r\n\r\n", "\r\n.\r\n", "\x1b[2J"]  # fmt: skip
_TAILS = ["Bcc: v@evil.example", "ATTENDEE:mailto:v@evil.example", "END:VEVENT", "METHOD:CANCEL",
          "Content-Type: text/html", "--boundary", "RCPT TO:<v@evil.example>", "<b>", '";X="', "光",
          "=?utf-8?b?Qg==?="]  # fmt: skip
_HEADS = ["Expo", "展览", "", "a" * 120, "\t"]
HOSTILE = ["".join(parts) for parts in itertools.product(_HEADS, _CUTS, _TAILS)]
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"]
HEADERS += ["Content-Type"]


def through(port: int, **options):
    def send(message) -> None:
        message.connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, **options
        )
        try:
            message.send()
        finally:
            message.connection.close()

    return send


def arrive(now, settings, words: list[str]) -> None:
    settings.REPLY_DOMAIN = "replies.example"
    settings.MAIL_RATE_PER_MINUTE = 100_000
    for number, word in enumerate(words):
        text = Text(f"x{word}", word)
        entry = replace(
            STOP, title=text, description=text, location=text, url=f"https://x.example/{word}"
        )
        guest = Attendee("host@museum.example", name=word, language=("zh", "en")[number % 2])
        settings.DEFAULT_FROM_EMAIL = "Orrery <orrery@localhost>"
        invite(key=f"stop:{number}", entry=entry, attendees=[guest], now=now)
    with mail_server() as server:
        report = deliver_mail(now=now, send=through(server.port), limit=len(words))
    assert report == MailReport(sent=len(words))
    verbs = {command.split(" ")[0].upper() for command in server.commands}
    assert verbs == {"EHLO", "MAIL", "RCPT", "DATA", "QUIT"}
    assert {c for c in server.commands if c.upper().startswith("RCPT")} == {
        "rcpt TO:<host@museum.example>"
    }
    for raw in server.received:
        check(message_from_bytes(raw, policy=policy.default))


def check(message) -> None:
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["To"] == "host@museum.example"
    parts = [part for part in message.walk() if not part.is_multipart()]
    kinds = [part.get_content_type() for part in parts]
    assert kinds == ["text/plain", "text/html", "text/calendar", "application/ics"]
    calendar = Calendar.from_ical(parts[2].get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["ATTENDEE"] == "mailto:host@museum.example"
    html = parts[1].get_payload(decode=True).decode()
    assert "<b>" not in html
    assert html.count("<a ") == 2


def test_there_are_a_thousand_strings():
    """E1."""
    assert len(HOSTILE) > 1000


def test_hostile_words_stay_in_their_fields(now, settings):
    """E1, E2, E6: title, description, place, address, name in mail and calendar; a sample."""
    arrive(now, settings, random.Random(7).sample(HOSTILE, 40))


@pytest.mark.long
def test_all_hostile_words_stay_in_their_fields(now, settings):
    """E1, E2: 1,000 strings in six fields."""
    arrive(now, settings, HOSTILE)


def test_without_starttls_nothing_is_sent_in_clear(now, settings):
    """E9: the server, or somebody between, does not offer it."""
    invite(key="stop:1", entry=STOP, attendees=[Attendee("host@museum.example")], now=now)
    with mail_server() as server:
        report = deliver_mail(now=now, send=through(server.port, use_tls=True))

    assert report == MailReport(put_off=1)
    assert server.received == []
    assert not any(command.upper().startswith(("MAIL", "DATA")) for command in server.commands)
    assert "STARTTLS" in OutgoingMail.objects.get().error
