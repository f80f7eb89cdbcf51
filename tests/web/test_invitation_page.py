"""The page behind an invitation's link, and the address a mail provider posts answers to."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

import pytest

from events.ical.entry import Entry, Text
from events.itip.party import Attendee
from events.models import Invitation, ReceivedMail
from events.services.invitations import invite, token_of, withdraw
from tests.events.itip.messages import answer, mail_with

pytestmark = pytest.mark.django_db

STOP = Entry(
    uid="sc-1@orrery.example",
    title=Text("光的<b>故事</b>"),
    start=date(2027, 3, 1),
    end=date(2027, 4, 1),
    timezone="Asia/Shanghai",
)


@pytest.fixture
def invitation(now) -> Invitation:
    attendees = [Attendee("host@museum.example", "李娜")]
    return invite(key="stop:SC-1", entry=STOP, attendees=attendees, now=now)[0]


@pytest.fixture
def address(invitation) -> str:
    return f"/invitations/{token_of(invitation.nonce)}/"


def said() -> str:
    return Invitation.objects.get().answer


def test_opening_the_link_changes_nothing(client, address):
    """Mail scanners open every link."""
    for method in (client.get, client.head):
        response = method(f"{address}?answer=declined")
        assert (response.status_code, said()) == (200, "NEEDS-ACTION")

    page = client.get(address)
    assert "光的&lt;b&gt;故事" in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.cookies == {}


def test_the_button_answers(client, address):
    response = client.post(address, {"answer": "accepted", "sequence": "0", "comment": "<i>好"})

    assert response.status_code == 200
    assert said() == "ACCEPTED"
    assert Invitation.objects.get().comment == "<i>好"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"answer": "yes", "sequence": "0"}, 400),
        ({"answer": "accepted"}, 400),
        ({"answer": "accepted", "sequence": "-1"}, 400),
        ({"answer": "accepted", "sequence": "٣"}, 400),
        ({"answer": "accepted", "sequence": "7"}, 409),
        ({"answer": "delegated", "sequence": "0"}, 400),
    ],
)
def test_other_posts_change_nothing(client, address, body, status):
    assert client.post(address, body).status_code == status
    assert said() == "NEEDS-ACTION"


def test_a_withdrawn_or_unknown_invitation_has_no_page(client, address, now):
    withdraw(key="stop:SC-1", now=now)

    assert client.get(address).status_code == 404
    assert client.get("/invitations/00000000000000000000000000000000/").status_code == 404
    assert client.get("/invitations/%00/").status_code == 404


def signature(raw: bytes) -> str:
    return f"sha256={hmac.new(b'shared', raw, hashlib.sha256).hexdigest()}"


@pytest.fixture
def reply(invitation, settings) -> bytes:
    settings.REPLY_DOMAIN, settings.INBOUND_MAIL_SECRET = "replies.example", "shared"
    return mail_with(
        answer(uid=invitation.uid, at="20261102T010000Z"),
        to=f"r+{token_of(invitation.nonce)}@replies.example",
    )


def post(client, raw: bytes, signed: str):
    return client.post(
        "/api/v1/inbound-mail/", raw, content_type="message/rfc822", HTTP_X_ORRERY_SIGNATURE=signed
    )


def test_a_signed_mail_is_taken_in_once(client, reply):
    answers = [post(client, reply, signature(reply)) for _ in range(2)]

    assert [(each.status_code, each.json()) for each in answers] == [
        (200, {"verdict": "applied", "reason": ""})
    ] * 2
    assert said() == "ACCEPTED"
    assert ReceivedMail.objects.count() == 1


@pytest.mark.parametrize("signed", ["", "sha256=", "sha256=00", "\xe9", signature(b"another mail")])
def test_an_unsigned_mail_is_refused(client, reply, signed):
    """A14, E3."""
    assert post(client, reply, signed).status_code == 401
    assert ReceivedMail.objects.count() == 0


def test_without_a_secret_there_is_no_such_address(client, reply, settings):
    settings.INBOUND_MAIL_SECRET = ""

    assert post(client, reply, signature(reply)).status_code == 404
