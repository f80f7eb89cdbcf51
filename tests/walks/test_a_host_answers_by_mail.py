"""A stop is agreed, its host is invited by a real mail server, and answers into a real mailbox.

So is the staff of an event.
"""

from __future__ import annotations

import asyncio
import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import UnthreadedController
from django.core.mail import get_connection
from icalendar import Calendar

from events.adapters.mailbox import Mailbox
from events.itip.party import Attendee
from events.models import Invitation, ReceivedMail
from events.services.answers import receive_all
from events.services.editing import cancel_event, change_event
from events.services.guests import invite_guests, update_invitations
from events.services.outbox import deliver_mail
from events.services.values import values_of
from tests.events.itip.messages import APPLE, GOOGLE, OUTLOOK, answer, mail_with
from tests.factories.events import EventFactory
from tests.factories.touring import StopFactory, TourRequestFactory
from tests.factories.venues import MembershipFactory, UserFactory
from touring.models import Stop
from touring.services import hosting, stops
from venues.models import Notice, Role

pytestmark = [pytest.mark.django_db, pytest.mark.imap]

ADDRESSES = ("google@museum.example", "outlook@museum.example", "apple@museum.example")


class Kept:
    """What an SMTP server was told and given."""

    def __init__(self) -> None:
        self.messages = []
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@contextmanager
def smtp_server() -> Iterator[tuple[Kept, int]]:
    kept, loop = Kept(), asyncio.new_event_loop()
    controller = UnthreadedController(kept, hostname="127.0.0.1", port=0, loop=loop)
    server = loop.run_until_complete(loop.create_server(controller.factory, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield kept, server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def through(port: int):
    def send(message) -> None:
        message.connection = get_connection(
            "django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port
        )
        message.send()

    return send


class Hosts:
    """The mail programs of three hosts, which answer into one mailbox."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.link = imaplib.IMAP4(parts.hostname, parts.port, timeout=20)
        self.link.login(parts.username, parts.password)
        self.number = 0

    def empty(self) -> None:
        self.link.select("INBOX")
        self.link.uid("STORE", "1:*", "+FLAGS", "(\\Deleted)")
        self.link.expunge()

    def send(self, raw: bytes) -> None:
        self.link.append("INBOX", None, None, raw)

    def answer(self, shape: str, invitation, said: str, at: str, **changes) -> bytes:
        """The answer of the one invited by ``invitation``, a mail as it was received."""
        self.number += 1
        (event,) = calendar_in(invitation).walk("VEVENT")
        to = str(event["ORGANIZER"]).removeprefix("mailto:")
        attendee = changes.pop("attendee", str(event["ATTENDEE"]).removeprefix("mailto:"))
        said_about = {"uid": str(event["UID"]), "sequence": event["SEQUENCE"]} | changes
        raw = mail_with(
            answer(shape, attendee=attendee, said=said, at=at, to=to, **said_about),
            to=to,
            sender=attendee,
            message_id=f"<{self.number}@{shape[:40].encode().hex()}.example>",
        )
        self.send(raw)
        return raw


def calendar_in(message) -> Calendar:
    (part,) = (each for each in message.walk() if each.get_content_type() == "text/calendar")
    return Calendar.from_ical(part.get_payload(decode=True))


@pytest.fixture
def hosts(imap_url) -> Iterator[Hosts]:
    hosts = Hosts(imap_url)
    hosts.empty()
    yield hosts
    hosts.link.logout()


def test_hosts_answer_from_their_own_mail_programs(now, settings, imap_url, hosts):
    """E1-E4, E7: the right answers change the stop, all others stand in quarantine."""
    settings.REPLY_DOMAIN = "replies.example"
    planner = UserFactory()
    requests = [TourRequestFactory(contact_email=address) for address in ADDRESSES]
    agreed = [
        StopFactory(
            uid=request.code, request=request, venue=request.venue, opens_on=date(2027, 3, 1)
        )
        for request in requests
    ]
    for request in requests:
        MembershipFactory(user=planner, role=Role.TOUR_PLANNER, region=request.venue.region)

    with smtp_server() as (kept, port):
        for stop in agreed:
            stops.contract_stop(stop_id=stop.pk, seen_version=1, by=planner, now=now)
        deliver_mail(now=now, send=through(port))

    invited = {message["To"]: message for message in kept.messages}
    assert sorted(invited) == sorted(ADDRESSES)
    assert [to for _, to in sorted(kept.envelopes, key=lambda e: e[1])] == [
        (address,) for address in sorted(ADDRESSES)
    ]
    assert {str(calendar_in(message)["METHOD"]) for message in kept.messages} == {"REQUEST"}

    google, outlook, apple = (invited[address] for address in ADDRESSES)
    first = hosts.answer(GOOGLE, google, "ACCEPTED", "20261102T003000Z")
    hosts.answer(OUTLOOK, outlook, "DECLINED", "20261102T003100Z")
    hosts.answer(APPLE, apple, "TENTATIVE", "20261102T003200Z")
    hosts.answer(GOOGLE, google, "DECLINED", "20261102T002000Z")  # older, delayed on its way
    hosts.answer(APPLE, apple, "ACCEPTED", "20261102T004000Z", attendee="crasher@x.example")
    hosts.send(first)
    with Mailbox(imap_url).opened() as mailbox:
        received = receive_all(mailbox=mailbox, now=now)
    hosting.take_in_answers(now=now)

    assert [(mail.verdict, mail.reason) for mail in received] == [
        ("applied", ""),
        ("applied", ""),
        ("applied", ""),
        ("quarantined", "older"),
        ("quarantined", "another_attendee"),
        ("quarantined", "duplicate"),
    ]
    assert [
        (stop.host_answer, stop.host_comment, stop.host_answered_at)
        for stop in Stop.objects.order_by("pk")
    ] == [
        ("accepted", "", datetime(2026, 11, 2, 0, 30, tzinfo=UTC)),
        ("declined", "展厅在装修, 四月以后可以", datetime(2026, 11, 2, 0, 31, tzinfo=UTC)),
        ("tentative", "", datetime(2026, 11, 2, 0, 32, tzinfo=UTC)),
    ]
    assert [notice.person for notice in Notice.objects.all()] == [planner]

    with Mailbox(imap_url).opened() as mailbox:
        assert receive_all(mailbox=mailbox, now=now) == []
    assert ReceivedMail.objects.count() == 6

    moved_at = now + timedelta(hours=1)
    with smtp_server() as (kept, port):
        stop = Stop.objects.get(pk=agreed[0].pk)
        moved = stops.move_stop(
            stop_id=stop.pk, seen_version=stop.version, by=planner, now=moved_at,
            opens_on=date(2027, 5, 1), closes_on=date(2027, 6, 1),
        )  # fmt: skip
        deliver_mail(now=moved_at, send=through(port))
        hosting.take_in_answers(now=moved_at)
        hosts.answer(GOOGLE, google, "ACCEPTED", "20261102T015000Z")  # to the earlier dates
        with Mailbox(imap_url).opened() as mailbox:
            (stale,) = receive_all(mailbox=mailbox, now=moved_at)
        stops.cancel_stop(
            stop_id=moved.pk, seen_version=moved.version, reason="装修", by=planner,
            now=moved_at + timedelta(hours=1),
        )  # fmt: skip
        deliver_mail(now=moved_at + timedelta(hours=1), send=through(port))

    assert stale.reason == "stale"
    assert [
        (str(calendar_in(message)["METHOD"]), calendar_in(message).walk("VEVENT")[0]["SEQUENCE"])
        for message in kept.messages
    ] == [("REQUEST", 1), ("CANCEL", 2)]
    assert Stop.objects.get(pk=moved.pk).host_answer == "needs_action"


def test_staff_answer_from_their_own_mail_programs(now, settings, imap_url, hosts):
    """E1-E4, E7: an event's staff, invited, moved and let go, as a stop's host is."""
    settings.REPLY_DOMAIN = "replies.example"
    boss = UserFactory(is_superuser=True)
    event = EventFactory(title_zh="光的工作坊")
    with smtp_server() as (kept, port):
        guests = [Attendee(address, "李娜") for address in ADDRESSES]
        invite_guests(event=event, attendees=guests, by=boss, now=now)
        deliver_mail(now=now, send=through(port))
    invited = {message["To"].rpartition("<")[2].rstrip(">"): message for message in kept.messages}
    google, outlook, apple = (invited[address] for address in ADDRESSES)

    first = hosts.answer(GOOGLE, google, "ACCEPTED", "20261102T003000Z")
    hosts.answer(OUTLOOK, outlook, "DECLINED", "20261102T003100Z")
    hosts.answer(APPLE, apple, "TENTATIVE", "20261102T003200Z")
    hosts.answer(APPLE, apple, "ACCEPTED", "20261102T004000Z", attendee="crasher@x.example")
    hosts.send(first)
    verdicts = read_mailbox(imap_url, now)

    assert verdicts == ["", "", "", "another_attendee", "duplicate"]
    answers = dict(Invitation.objects.values_list("address", "answer"))
    assert [answers[address] for address in ADDRESSES] == ["ACCEPTED", "DECLINED", "TENTATIVE"]
    later = now + timedelta(hours=1)
    with smtp_server() as (kept, port):
        values = values_of(event)
        moved = replace(
            values, start=values.start + timedelta(days=7), end=values.end + timedelta(days=7)
        )
        change_event(
            event_id=event.pk, seen_sequence=event.sequence, values=moved, by=boss, now=later
        )
        update_invitations(now=later)
        deliver_mail(now=later, send=through(port))
        hosts.answer(GOOGLE, google, "ACCEPTED", "20261102T015000Z")  # to the earlier date
        assert read_mailbox(imap_url, later) == ["stale"]
        event.refresh_from_db()
        cancel_event(event_id=event.pk, seen_sequence=event.sequence, by=boss, now=later)
        update_invitations(now=later + timedelta(hours=1))
        deliver_mail(now=later + timedelta(hours=1), send=through(port))

    said = [str(calendar_in(message)["METHOD"]) for message in kept.messages]
    assert said == ["REQUEST"] * 3 + ["CANCEL"] * 3


def read_mailbox(url: str, now: datetime) -> list[str]:
    """Why each new mail did not count; an empty reason where it did."""
    with Mailbox(url).opened() as mailbox:
        return [mail.reason for mail in receive_all(mailbox=mailbox, now=now)]
