"""Mail that is left, sent once, and never says more than it should."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import get_connection

from events.models import OutgoingMail
from events.models.outbox import MailState
from events.services.outbox import MailReport, deliver_mail, leave_mail, message_of
from tests.events.services.smtp import MailServer, mail_server
from tests.factories.events import OutgoingMailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

INVITATION = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nMETHOD:REQUEST\r\n"
    b"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:\xe5\x85\x89\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def through(server: MailServer):
    """Sends by SMTP to ``server``, as a real installation does."""

    def send(message) -> None:
        message.connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=server.port
        )
        message.send()

    return send


def leave(now, **changes) -> OutgoingMail:
    values = {
        "key": "stop:7:1:host",
        "recipient": "host@museum.example",
        "subject": "巡展：光的故事",
        "body": "您好。\n三月一日到。",
    }
    return leave_mail(**values | changes, now=now)


def test_leave_mail_leaves_one_row_however_often_it_is_called(now):
    first = leave(now)
    second = leave(now, subject="另一个")

    assert OutgoingMail.objects.get() == first == second
    assert (first.subject, first.state) == ("巡展：光的故事", MailState.QUEUED)


def test_deliver_mail_sends_each_message_once(now, server):
    mail = leave(now)

    assert deliver_mail(now=now, send=through(server)) == MailReport(sent=1)
    assert deliver_mail(now=now + timedelta(days=1), send=through(server)) == MailReport()

    (message,) = server.messages
    assert message["Subject"] == "巡展：光的故事"
    assert message["To"] == "host@museum.example"
    assert message["Message-ID"] == mail.message_id
    assert message.get_content() == "您好。\r\n三月一日到。\r\n"
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.attempts) == (MailState.SENT, now, 1)


def test_an_invitation_goes_as_alternative_and_as_attachment(now, server):
    leave(now, calendar=INVITATION)

    deliver_mail(now=now, send=through(server))

    (message,) = server.messages
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == [
        "text/plain",
        "text/calendar",
        "application/ics",
    ]
    assert parts[1]["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert parts[1].get_payload(decode=True) == INVITATION
    assert parts[2].get_payload(decode=True) == INVITATION
    assert parts[2].get_filename() == "invite.ics"


_BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029",
           "\x00", "\x7f", "\u202e", "\ud800", "\n\n", "\x0b\x0b", "\r\n\r\n"]  # fmt: skip
_TAILS = ["Bcc: v@evil.example", "Content-Type: text/html", "Go to http://evil.example",
          " continued", ".", "\x0bX: y", "光"]  # fmt: skip
HOSTILE = [
    f"{start}{cut}{tail}"
    for start, cut, tail in itertools.product(["Expo", "展览", "", "a" * 120], _BREAKS, _TAILS)
]


def test_control_characters_never_break_out_of_a_header():
    """E1, M9: re-parsed, every message has exactly our headers and our body."""
    assert len(HOSTILE) > 500
    ours = {"Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}
    ours |= {"Content-Type", "Content-Transfer-Encoding"}

    for text in HOSTILE:
        row = OutgoingMailFactory.build(subject=text, body="您好。")
        message = message_from_bytes(message_of(row).message().as_bytes(), policy=policy.default)

        assert set(message.keys()) == ours, repr(text)
        assert len(message.keys()) == len(ours)
        assert message.get_content() == "您好。\n"
        assert message["To"] == "host@museum.example"
        assert "\n" not in message["Subject"]


@pytest.mark.parametrize("cut", ["\n", "\r\n", "\x0b", "\x0c", "\x1c", "\u2028", "\x00"])
def test_hostile_subjects_arrive_as_one_line(now, server, cut):
    """E1: over the wire, as left by a service."""
    leave(now, subject=f"Expo{cut}{cut}Bcc: v@evil.example", body=f"a{cut}b\n.\nQUIT")

    deliver_mail(now=now, send=through(server))

    (message,) = server.messages
    assert message["Subject"] in ("Expo Bcc: v@evil.example", "ExpoBcc: v@evil.example")
    assert message["Bcc"] is None
    assert [command.split(" ")[0].split(":")[0] for command in server.commands[1:]] == [
        "mail", "rcpt", "data", "quit",
    ]  # fmt: skip
    assert message.get_content() in ("a\r\nb\r\n.\r\nQUIT\r\n", "ab\r\n.\r\nQUIT\r\n")


@pytest.mark.parametrize(
    "recipient",
    ["a@b.example\nRCPT TO:<evil@x.example>", "a@b.example\r\nDATA", "a@b.example>\x00", "", "x",
     "a@b.example, c@d.example", "a b@c.example", "a@b.example\x0b"],
)  # fmt: skip
def test_a_recipient_that_is_no_address_never_reaches_a_server(now, server, recipient):
    """E2."""
    mail = leave(now, recipient=recipient)

    assert deliver_mail(now=now, send=through(server)) == MailReport()

    assert server.commands == []
    assert (mail.state, mail.error[-22:]) == (MailState.FAILED, "is not an e-mail address."[-22:])


def test_a_failure_is_put_off_longer_each_time_and_given_up_at_the_fifth(now, server):
    server.refuses = b"450 mailbox busy\r\n"
    mail = leave(now)
    waits = []
    for _ in range(4):
        report = deliver_mail(now=mail.next_attempt_at, send=through(server))
        assert report == MailReport(put_off=1)
        before = mail.next_attempt_at
        mail.refresh_from_db()
        waits.append(mail.next_attempt_at - before)

    assert deliver_mail(now=mail.next_attempt_at, send=through(server)) == MailReport(given_up=1)

    mail.refresh_from_db()
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]
    assert (mail.state, mail.attempts) == (MailState.FAILED, 5)
    assert "450" in mail.error
    assert "mailbox busy" in mail.error


def test_a_message_sent_by_another_worker_is_not_sent_again(now):
    sent = []

    def send_while_another_worker_looks(message) -> None:
        sent.append(message)
        assert deliver_mail(now=now, send=sent.append) == MailReport()

    leave(now)

    deliver_mail(now=now, send=send_while_another_worker_looks)

    assert len(sent) == 1


def test_a_message_whose_sender_died_goes_out_again_as_the_same_message(now, server):
    """E7: killed between the server's 250 and the commit."""

    class KilledError(BaseException):
        pass

    def send_and_die(message) -> None:
        through(server)(message)
        raise KilledError

    leave(now)
    with pytest.raises(KilledError):
        deliver_mail(now=now, send=send_and_die)

    assert deliver_mail(now=now, send=through(server)) == MailReport()
    later = now + timedelta(minutes=5)
    assert deliver_mail(now=later, send=through(server)) == MailReport(sent=1)
    assert len({message["Message-ID"] for message in server.messages}) == 1


def test_one_bad_message_does_not_hold_up_the_others(now, server):
    leave(now, key="1", recipient="bad@museum.example")
    leave(now, key="2", recipient="good@museum.example")

    def send(message) -> None:
        if message.to == ["bad@museum.example"]:
            raise ConnectionResetError("gone")
        through(server)(message)

    assert deliver_mail(now=now, send=send) == MailReport(sent=1, put_off=1)
    assert [message["To"] for message in server.messages] == ["good@museum.example"]
