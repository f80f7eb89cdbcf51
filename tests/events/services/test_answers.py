"""Which answers by mail are believed, which go to quarantine and why, and answers by link."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from events.errors import NoSuchInvitation, WrongState
from events.ical.entry import Entry, Text
from events.itip.party import Attendee, PartStat
from events.models import Invitation, ReceivedMail
from events.services.answers import (
    answer_by_link,
    apply_anyway,
    dismiss,
    invitation_of,
    receipt_for,
    receive_all,
    receive_mail,
)
from events.services.invitations import invite, token_of, withdraw
from events.services.outbox import deliver_mail
from tests.events.itip.messages import (
    APPLE,
    COUNTER,
    GOOGLE,
    OUTLOOK,
    SHAPES,
    answer,
    mail_with,
)
from tests.factories.venues import UserFactory
from venues.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

KEY = "stop:SC-1"
STOP = Entry(
    uid="sc-1@orrery.example",
    title=Text("光的故事"),
    start=date(2027, 3, 1),
    end=date(2027, 4, 1),
    timezone="Asia/Shanghai",
)
MOVED = replace(STOP, start=date(2027, 3, 8), end=date(2027, 4, 8))


@pytest.fixture(autouse=True)
def _replies(settings):
    settings.REPLY_DOMAIN = "replies.example"


@pytest.fixture
def invitation(now) -> Invitation:
    """The host was invited and the mail has gone out."""
    (row,) = invite(key=KEY, entry=STOP, attendees=[Attendee("host@museum.example")], now=now)
    deliver_mail(now=now, send=lambda message: None)
    return row


@pytest.fixture
def receive(now, invitation):
    """Takes in an answer as the invitee's mail program sends it, but for what is changed."""
    numbers = itertools.count(1)

    def take(shape=GOOGLE, *, to="", sender="", message_id="", method="REPLY", headers="", **said):
        number = next(numbers)
        text = answer(shape, **{"uid": invitation.uid, "at": "20261102T010000Z"} | said)
        raw = mail_with(
            text.replace(b"METHOD:REPLY", f"METHOD:{method}".encode()),
            to=to or address(invitation),
            sender=sender or "host@museum.example",
            message_id=message_id or f"<{number}@mail.example>",
            headers=headers,
        )
        return receive_mail(raw=raw, receipt=f"test:{number}", now=now)

    return take


def address(row: Invitation) -> str:
    return f"r+{token_of(row.nonce)}@replies.example"


def now_said(row: Invitation) -> str:
    return Invitation.objects.get(pk=row.pk).standing_answer


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_the_invitees_answer_is_applied(receive, invitation, shape, said):
    mail = receive(shape, said=said)

    assert (mail.verdict, mail.reason) == ("applied", "")
    assert now_said(invitation) == said
    assert Invitation.objects.get().is_news


def test_a_comment_is_kept_as_plain_text(receive, invitation):
    """E5."""
    receive(OUTLOOK, said="DECLINED")

    assert Invitation.objects.get().comment == "展厅在装修, 四月以后可以"


FORGED = {
    "another_attendee": [{"attendee": f"p{n}@museum.example"} for n in range(20)]
    + [{"attendee": "host@museum.example.evil.example", "sender": "host@museum.example"}],
    "another_sender": [{"sender": f"evil{n}@x.example"} for n in range(20)]
    + [{"sender": "host@museum.example.evil.example"}],
    "no_token": [
        {"to": to}
        for to in ("orrery@localhost", "r+@elsewhere.example", "replies.example@x.example",
                   "r-token@replies.example", "host@museum.example")
    ],
    "unknown_token": [{"to": f"r+{n:032x}@replies.example"} for n in range(40)]
    + [{"to": "r+@replies.example"}],
    "another_event": [{"uid": f"{n}@orrery.example"} for n in range(20)],
    "not_an_answer": [
        {"method": method, "said": said}
        for method in ("REQUEST", "CANCEL", "ADD", "PUBLISH", "REFRESH", "DECLINECOUNTER", "")
        for said in ("ACCEPTED", "DECLINED")
    ],
    "from_the_future": [{"at": at} for at in ("20261104T010000Z", "20991231T235959Z")],
    "delegated": [{"said": "DELEGATED"}],
    "unreadable": [{"said": said} for said in ("MAYBE", "COMPLETED", "X-YES", "ACCEPTED;X")],
}  # fmt: skip


@pytest.mark.parametrize("reason", FORGED)
def test_a_forged_answer_changes_nothing_and_is_put_aside(receive, invitation, reason):
    """E3, E4: each variant by itself, in every mail program's shape."""
    before = Invitation.objects.values().get()
    variants = list(itertools.product(FORGED[reason], (GOOGLE, OUTLOOK, APPLE)))

    mails = [receive(shape, **what) for what, shape in variants]

    assert {(mail.verdict, mail.reason) for mail in mails} == {("quarantined", reason)}
    assert Invitation.objects.values().get() == before


def test_there_are_two_hundred_forgeries():
    """E3, E4."""
    assert sum(map(len, FORGED.values())) * 3 > 200


def test_an_answer_to_earlier_dates_is_stale(receive, invitation, now):
    """E3."""
    invite(key=KEY, entry=MOVED, attendees=[Attendee("host@museum.example")], now=now)

    assert receive(sequence=0).reason == "stale"
    assert receive(sequence=1).verdict == "applied"
    assert now_said(invitation) == "ACCEPTED"


def test_the_newest_answer_counts_whatever_the_order_of_arrival(receive, invitation):
    assert receive(said="DECLINED", at="20261102T005000Z").verdict == "applied"
    assert receive(said="ACCEPTED", at="20261102T004000Z").reason == "older"
    assert now_said(invitation) == "DECLINED"


def test_the_same_message_a_second_time_is_a_duplicate(receive, invitation):
    receive(message_id="<same@mail.example>")

    again = receive(message_id="<same@mail.example>", said="DECLINED", at="20261102T010100Z")

    assert (again.verdict, again.reason) == ("quarantined", "duplicate")
    assert now_said(invitation) == "ACCEPTED"


def test_the_same_delivery_read_twice_is_one_row(now, invitation):
    """E7: a reader killed before it could mark the mail as read."""
    raw = mail_with(answer(uid=invitation.uid, at="20261102T010000Z"), to=address(invitation))

    first = receive_mail(raw=raw, receipt=receipt_for(raw), now=now)
    second = receive_mail(raw=raw, receipt=receipt_for(raw), now=now + timedelta(minutes=1))

    assert first == second == ReceivedMail.objects.get()


def test_an_answer_to_what_was_withdrawn_is_put_aside(receive, now):
    withdraw(key=KEY, now=now)

    assert receive().reason == "withdrawn"


def test_a_counter_is_a_proposal_and_leaves_the_answer_open(receive, invitation):
    mail = receive(COUNTER)

    row = Invitation.objects.get()
    assert (mail.verdict, row.standing_answer) == ("applied", "NEEDS-ACTION")
    assert row.proposal == {
        "start": "2027-03-04T01:00:00+00:00",
        "end": "2027-04-09T01:00:00+00:00",
    }
    assert row.comment == "一周后可以"


@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        ("mx.orrery.example; dmarc=fail header.from=museum.example", "quarantined"),
        ("mx.orrery.example; dmarc=pass header.from=museum.example", "applied"),
        ("mx.evil.example; dmarc=fail", "applied"),
    ],
)
def test_only_the_own_servers_word_about_forgery_counts(receive, settings, header, verdict):
    """E3: without DKIM."""
    settings.REPLY_AUTHSERV_ID = "mx.orrery.example"

    assert receive(headers=f"Authentication-Results: {header}\r\n").verdict == verdict


def test_an_answer_in_words_is_for_a_person(now, invitation):
    raw = f"From: host@museum.example\r\nTo: {address(invitation)}\r\n\r\n好的\r\n".encode()

    mail = receive_mail(raw=raw, receipt="1", now=now)

    assert (mail.reason, mail.invitation) == ("in_words", invitation)


def test_no_received_mail_keeps_the_token(receive, invitation):
    """A9, W7."""
    receive()
    receive(attendee="x@y.example")

    assert token_of(invitation.nonce) not in repr(list(ReceivedMail.objects.values()))


def test_an_administrator_may_apply_what_came_from_an_alias(receive, invitation, now):
    mail = receive(sender="li.na@museum.example", said="DECLINED")

    apply_anyway(mail_id=mail.pk, by=UserFactory(is_superuser=True), now=now)

    assert now_said(invitation) == "DECLINED"
    with pytest.raises(WrongState):
        dismiss(mail_id=mail.pk, by=UserFactory(is_superuser=True))


def test_nobody_else_decides_about_quarantine(receive, now):
    mail = receive(sender="evil@x.example")

    with pytest.raises(NotAllowed):
        apply_anyway(mail_id=mail.pk, by=UserFactory(), now=now)


def test_every_unread_mail_is_taken_in_and_marked(now, invitation):
    raw = mail_with(answer(uid=invitation.uid, at="20261102T010000Z"), to=address(invitation))
    marked = []
    mailbox = SimpleNamespace(
        unread=lambda: [
            SimpleNamespace(receipt="1", raw=raw),
            SimpleNamespace(receipt="2", raw=b""),
        ],
        mark_read=lambda mail: marked.append(mail.receipt),
    )

    verdicts = [mail.verdict for mail in receive_all(mailbox=mailbox, now=now)]

    assert (verdicts, marked) == (["applied", "quarantined"], ["1", "2"])


def test_the_link_answers(invitation, now):
    token = token_of(invitation.nonce)

    for said in (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.DECLINED):
        answer_by_link(token=token, answer=said, comment="a\x0bb", sequence=0, now=now)

    row = invitation_of(token=token)
    assert (row.standing_answer, row.comment, row.answered_at) == ("DECLINED", "a\nb", now)


def test_the_link_refuses_an_answer_to_dates_that_have_moved(invitation, now):
    invite(key=KEY, entry=MOVED, attendees=[Attendee("host@museum.example")], now=now)

    with pytest.raises(WrongState):
        answer_by_link(
            token=token_of(invitation.nonce),
            answer=PartStat.ACCEPTED,
            comment="",
            sequence=0,
            now=now,
        )


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "\ud800", "' OR 1=1"])
def test_a_guessed_token_opens_nothing(invitation, token):
    """A9."""
    with pytest.raises(NoSuchInvitation):
        invitation_of(token=token)
