"""Answers as mail programs write them, and what is none."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.itip.mail import InboundMail, UnreadableMail, read_mail
from events.itip.party import PartStat, address_in
from events.itip.reply import Proposal, Reply, UnreadableReply, read_reply
from tests.events.itip.messages import APPLE, COUNTER, GOOGLE, OUTLOOK, SHAPES, answer, mail_with

AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("said", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_the_big_mail_programs_answers_are_read(shape, said):
    reply = read_reply(answer(shape, said=said, sequence=4))

    comment = "展厅在装修, 四月以后可以" if shape is OUTLOOK else ""
    assert reply == Reply(
        uid="invitation@orrery.example",
        attendee="host@museum.example",
        answer=PartStat(said),
        at=AT,
        sequence=4,
        comment=comment,
    )


def test_addresses_are_compared_without_case_and_scheme():
    assert address_in(" MailTo:Host@Museum.Example?x=1 ") == "host@museum.example"
    assert read_reply(answer(attendee="Host@Museum.Example")).attendee == "host@museum.example"


def test_a_counter_is_a_proposal_of_other_times():
    reply = read_reply(answer(COUNTER))

    assert reply.proposal == Proposal("2027-03-04T01:00:00+00:00", "2027-04-09T01:00:00+00:00")
    assert reply.comment == "一周后可以"


def test_a_delegation_says_to_whom():
    text = answer(APPLE, said="DELEGATED").replace(
        b"PARTSTAT=DELEGATED", b'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:b@museum.example"'
    )

    reply = read_reply(text)

    assert (reply.answer, reply.delegated_to) == (PartStat.DELEGATED, "b@museum.example")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "ADD", "PUBLISH", "DECLINECOUNTER", "X"])
def test_what_only_organisers_send_is_no_answer(method):
    """E4."""
    forged = answer(GOOGLE).replace(b"METHOD:REPLY", f"METHOD:{method}".encode())

    with pytest.raises(UnreadableReply) as refusal:
        read_reply(forged)

    assert refusal.value.code == "not_an_answer"


def _without(name: str) -> bytes:
    return b"".join(
        line for line in answer().splitlines(keepends=True) if not line.startswith(name.encode())
    )


@pytest.mark.parametrize(
    "data",
    [
        _without("UID"),
        _without("DTSTAMP"),
        _without("ATTENDEE"),
        _without("END:VEVENT"),
        answer(said="MAYBE"),
        answer(at="20261399T020000Z"),
        answer(at="20261103"),
        answer().replace(b"SEQUENCE:0", b"SEQUENCE:99999999999"),
        answer().replace(b"SEQUENCE:0", b"SEQUENCE:-1"),
        answer().replace(b"UID:", b"UID:other@x\r\nUID:"),
        answer().replace(b"END:VEVENT", b"ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.example\r\nEND:VEVENT"),
        answer().replace(b"END:VCALENDAR", b"BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR"),
    ],
)  # fmt: skip
def test_what_leaves_a_doubt_is_refused_by_name(data):
    with pytest.raises(UnreadableReply) as refusal:
        read_reply(data)

    assert refusal.value.code == "unreadable"


def test_an_answer_to_one_date_of_a_series_says_so():
    one = answer().replace(b"SEQUENCE:0", b"SEQUENCE:0\r\nRECURRENCE-ID;VALUE=DATE:20270225")

    assert read_reply(one).is_one_date


def test_markup_in_a_comment_stays_characters():
    """E5."""
    text = answer(OUTLOOK).replace("展厅在装修".encode(), b"<img src=x onerror=alert(1)>\x0b")

    assert read_reply(text).comment == "<img src=x onerror=alert(1)>\n, 四月以后可以"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**6), st.binary(max_size=6), st.sampled_from(sorted(SHAPES)))
def test_a_mutated_answer_is_read_or_refused_by_name(position, junk, shape):
    whole = answer(SHAPES[shape])
    at = position % len(whole)
    with suppress(UnreadableReply):
        read_reply(whole[:at] + junk + whole[at + len(junk) :])


def test_a_mail_gives_its_calendar_and_addresses():
    raw = mail_with(answer(), to="R+Token@replies.example")

    assert read_mail(raw) == InboundMail(
        message_id="<reply-1@mail.museum.example>",
        sender="host@museum.example",
        recipients=("r+token@replies.example",),
        subject="Accepted",
        calendar=answer(),
    )


def test_a_mail_in_words_has_no_calendar():
    assert read_mail(b"From: a@b.example\r\nTo: c@d.example\r\n\r\nJa gern!\r\n").calendar is None


def test_two_senders_are_nobody():
    """E3."""
    raw = mail_with(answer()).replace(b"From: ", b"From: evil@x.example\r\nFrom: ", 1)

    assert read_mail(raw).sender == ""


def test_results_of_checks_are_read_with_who_checked():
    head = "Authentication-Results: mx.example; dmarc=fail (p=none); spf=pass\r\n"

    results = read_mail(mail_with(answer(), headers=head)).results

    assert results == (("mx.example", "dmarc", "fail"), ("mx.example", "spf", "pass"))


def test_a_huge_mail_is_refused():
    with pytest.raises(UnreadableMail) as refusal:
        read_mail(b"x" * 2_000_001)

    assert refusal.value.code == "too_large"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.binary(max_size=12))
def test_a_mutated_mail_never_fails(position, junk):
    whole = mail_with(answer())
    at = position % len(whole)

    read_mail(whole[:at] + junk + whole[at + len(junk) :])
