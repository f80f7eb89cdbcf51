"""Who is invited, told of changes, and let go; and how little mail that takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from events.errors import InvalidInvitation
from events.ical.entry import Entry, Text
from events.itip.party import Attendee, PartStat
from events.models import Invitation, OutgoingMail
from events.queries.invitations import answers_for, news_about
from events.services.invitations import hash_of_token, invite, invite_all, token_of, withdraw
from events.services.outbox import deliver_mail

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

KEY = "stop:SC-1"
HOST = Attendee("Host@Museum.example", "李娜")
OTHER = Attendee("deputy@museum.example", language="en")
STOP = Entry(
    uid="sc-1@orrery.example",
    title=Text("光的故事", "The story of light"),
    start=date(2027, 3, 1),
    end=date(2027, 4, 1),
    timezone="Asia/Shanghai",
)
MOVED = replace(STOP, start=date(2027, 3, 8), end=date(2027, 4, 8))


@pytest.fixture(autouse=True)
def _replies(settings):
    settings.REPLY_DOMAIN = "replies.example"
    settings.INVITATION_INTERVAL_SECONDS = 300


@pytest.fixture
def sent():
    """Everything that was handed to the mail server, as messages."""
    return []


@pytest.fixture
def deliver(sent):
    return lambda now: deliver_mail(now=now, send=lambda mail: sent.append(mail.message()))


def calendars(messages) -> list[tuple[str, str, int, str]]:
    """Method, UID, sequence and first day of each message's calendar part."""
    found = []
    for message in messages:
        (part,) = (p for p in message.walk() if p.get_content_type() == "text/calendar")
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        (event,) = calendar.walk("VEVENT")
        day = event["DTSTART"].dt.isoformat()
        found.append((str(calendar["METHOD"]), str(event["UID"]), event["SEQUENCE"], day))
    return found


def test_invite_sends_one_mail_to_each_naming_only_them(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST, OTHER], now=now)
    deliver(now)

    assert [message["To"] for message in sent] == ["host@museum.example", "deputy@museum.example"]
    assert "deputy" not in sent[0].as_string()
    assert calendars(sent) == [("REQUEST", "sc-1@orrery.example", 0, "2027-03-01")] * 2


def test_the_mail_has_the_shape_that_shows_buttons(now, deliver, sent):
    """RFC 6047; sender and organizer are the address that answers come back to."""
    (row,) = invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)

    (message,) = sent
    address = f"r+{token_of(row.nonce)}@replies.example"
    shape = [
        (part.get_content_type(), part["Content-Transfer-Encoding"]) for part in message.walk()
    ]
    assert shape == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", "base64"),
        ("text/html", "base64"),
        ("text/calendar", "base64"),
        ("application/ics", "base64"),
    ]
    part = list(message.walk())[4]
    assert part.get_param("method") == "REQUEST"
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")
    assert message["From"] == f"Orrery <{address}>"
    assert event["ORGANIZER"] == f"mailto:{address}"


def test_inviting_again_to_the_same_says_nothing(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)
    invite(key=KEY, entry=replace(STOP, sequence=9), attendees=[HOST], now=now)
    deliver(now + timedelta(hours=1))

    assert len(sent) == 1


def test_a_move_is_an_update_under_the_same_uid(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)
    later = now + timedelta(hours=1)
    invite(key=KEY, entry=MOVED, attendees=[HOST], now=later)
    deliver(later)

    assert calendars(sent)[1] == ("REQUEST", "sc-1@orrery.example", 1, "2027-03-08")
    assert sent[1]["From"] == sent[0]["From"]


def test_fifty_republications_in_a_minute_are_two_mails(now, deliver, sent):
    """E8: the first goes at once, the last state after the interval; none in between."""
    for second in range(50):
        moment = now + timedelta(seconds=second)
        entry = replace(STOP, end=STOP.end + timedelta(days=second))
        invite(key=KEY, entry=entry, attendees=[HOST], now=moment)
        deliver(moment)
    for minute in range(1, 11):
        deliver(now + timedelta(minutes=minute))

    assert [each[2] for each in calendars(sent)] == [0, 1]
    assert Invitation.objects.get().record["end"] == "2027-05-20"


def test_a_change_that_is_taken_back_before_anybody_saw_it_is_no_mail(now, deliver, sent):
    """E8."""
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)
    invite(key=KEY, entry=MOVED, attendees=[HOST], now=now)
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now + timedelta(hours=1))

    assert len(sent) == 1
    assert Invitation.objects.get().sequence == 0


def test_a_mail_that_is_being_sent_is_not_replaced(now, sent):
    """E7, E8: what a server may have taken keeps its SEQUENCE; the change gets the next."""
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)

    def change_meanwhile(message) -> None:
        sent.append(message.message())
        if len(sent) == 1:
            invite(key=KEY, entry=MOVED, attendees=[HOST], now=now)

    deliver_mail(now=now, send=change_meanwhile)
    deliver_mail(now=now + timedelta(hours=1), send=change_meanwhile)

    assert [(each[2], each[3]) for each in calendars(sent)] == [
        (0, "2027-03-01"),
        (1, "2027-03-08"),
    ]


def test_a_resent_invitation_is_the_same_message(now, sent):
    """E7: killed between the server's 250 and the commit."""

    class KilledError(BaseException):
        pass

    def send_and_die(message) -> None:
        sent.append(message.message())
        raise KilledError

    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    with pytest.raises(KilledError):
        deliver_mail(now=now, send=send_and_die)
    deliver_mail(
        now=now + timedelta(minutes=5), send=lambda message: sent.append(message.message())
    )

    assert len({message["Message-ID"] for message in sent}) == 1
    assert calendars(sent)[0] == calendars(sent)[1]


def test_withdraw_cancels_with_the_next_sequence(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)
    withdraw(key=KEY, now=now + timedelta(hours=1))
    withdraw(key=KEY, now=now + timedelta(hours=2))
    deliver(now + timedelta(hours=3))

    assert calendars(sent)[1:] == [("CANCEL", "sc-1@orrery.example", 1, "2027-03-01")]
    assert list(answers_for(KEY)) == []


def test_withdrawing_what_nobody_was_told_yet_sends_nothing(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    withdraw(key=KEY, now=now)
    deliver(now + timedelta(hours=1))

    assert sent == []


def test_inviting_after_a_withdrawal_asks_anew(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    deliver(now)
    for hours, act in ((1, withdraw), (2, None)):
        moment = now + timedelta(hours=hours)
        if act:
            act(key=KEY, now=moment)
        else:
            invite(key=KEY, entry=STOP, attendees=[HOST], now=moment)
        deliver(moment)

    assert [each[:3:2] for each in calendars(sent)] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
        ("REQUEST", 2),
    ]


def test_who_is_no_longer_named_is_let_go(now, deliver, sent):
    invite(key=KEY, entry=STOP, attendees=[HOST, OTHER], now=now)
    deliver(now)
    invite(key=KEY, entry=STOP, attendees=[OTHER], now=now)
    deliver(now + timedelta(hours=1))

    assert [(message["To"], calendars([message])[0][0]) for message in sent[2:]] == [
        ("host@museum.example", "CANCEL")
    ]


def test_every_wrong_address_is_named_and_nothing_is_written(now):
    """E2."""
    wrong = ["x", "a@b.example\r\nRCPT TO:<c@d.example>", "ü@museum.example", "", "a b@c.example"]

    with pytest.raises(InvalidInvitation) as refusal:
        invite(key=KEY, entry=STOP, attendees=[HOST, *map(Attendee, wrong)], now=now)

    fields = [problem["field"] for problem in refusal.value.detail["problems"]]
    assert fields == [f"attendees[{number}].address" for number in range(1, 6)]
    assert Invitation.objects.count() == OutgoingMail.objects.count() == 0


def test_ten_thousand_invitees_are_refused(now):
    """E8."""
    crowd = [Attendee(f"p{number}@museum.example") for number in range(10_000)]

    with pytest.raises(InvalidInvitation):
        invite(key=KEY, entry=STOP, attendees=crowd, now=now)

    assert OutgoingMail.objects.count() == 0


def test_no_more_mail_leaves_in_a_minute_than_configured(now, deliver, sent, settings):
    """E8."""
    settings.MAIL_RATE_PER_MINUTE = 5
    crowd = [Attendee(f"p{number}@museum.example") for number in range(12)]
    invite(key=KEY, entry=STOP, attendees=crowd, now=now)
    counts = []
    for second in (0, 15, 30, 45, 61, 75, 122):
        before = len(sent)
        deliver(now + timedelta(seconds=second))
        counts.append(len(sent) - before)

    assert counts == [5, 0, 0, 0, 5, 0, 2]


def test_the_token_is_nowhere_in_the_database_once_the_mail_is_sent(now, deliver, sent):
    """A9, W7: only its hash stays."""
    (row,) = invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    token = token_of(row.nonce)
    deliver(now)

    kept = repr([*Invitation.objects.values(), *OutgoingMail.objects.values()])
    assert token in sent[0].as_string()
    assert token not in kept
    assert hash_of_token(token) in kept


@pytest.mark.parametrize("words", ["{event.__init__}", "{0}", "{{x}}", "%s %(a)s", "<b>&amp;"])
def test_placeholders_in_words_stay_words(now, deliver, sent, words):
    """E6, E5: and markup is escaped in the HTML part."""
    invite(key=KEY, entry=replace(STOP, title=Text(words)), attendees=[HOST], now=now)
    deliver(now)

    parts = {part.get_content_type(): part.get_payload(decode=True) for part in sent[0].walk()}
    assert words in parts["text/plain"].decode()
    html = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<strong>邀请：{html}</strong>" in parts["text/html"].decode()


def test_answers_count_for_the_dates_they_were_given_for(now):
    (row,) = invite(key=KEY, entry=STOP, attendees=[HOST], now=now)
    row.answer, row.answered_question = PartStat.ACCEPTED, row.question
    row.save()

    for entry, expected in ((STOP, "ACCEPTED"), (MOVED, "NEEDS-ACTION"), (STOP, "ACCEPTED")):
        (row,) = invite(key=KEY, entry=entry, attendees=[HOST], now=now)
        assert row.standing_answer == expected


def test_news_are_rows_whose_dates_changed(now):
    invite_all(wanted={KEY: (STOP, [HOST]), "event:7": (STOP, [HOST])}, now=now)

    assert [row.key for row in news_about("stop:")] == [KEY]


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_to_say_costs_the_same_queries_for_any_number(
    now, count, django_assert_num_queries
):
    wanted = {f"stop:{number}": (STOP, [HOST]) for number in range(count)}
    invite_all(wanted=wanted, now=now)

    with django_assert_num_queries(3):  # two of them are the savepoint
        invite_all(wanted=wanted, now=now)
