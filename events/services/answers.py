"""Answers to invitations: by mail, believed only with the invitee's token, or by their link.

What is not believed changes nothing and is kept with its reason, for a person to look at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from events.errors import NoSuchInvitation, WrongState
from events.itip.mail import InboundMail, UnreadableMail, read_mail
from events.itip.party import PartStat
from events.itip.reply import Proposal, Reply, UnreadableReply, read_reply
from events.models import Invitation, ReceivedMail
from events.models.invitation import Said, Verdict
from events.services.cleaning import many_lines, shortened
from events.services.invitations import hash_of_token
from venues.errors import NotAllowed
from venues.permissions import Actor

MOST_AHEAD = timedelta(days=1)  # how far a sender's clock may be ahead of ours
CHOICES = (PartStat.ACCEPTED, PartStat.TENTATIVE, PartStat.DECLINED)


class _Doubt(Exception):
    """Why a mail is not believed: a stable code, and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class UnreadMails(Protocol):
    """A mailbox that is open."""

    def unread(self) -> Iterable[Any]: ...
    def mark_read(self, mail: Any, /) -> None: ...


def receive_all(*, mailbox: UnreadMails, now: datetime) -> list[ReceivedMail]:
    """Take in every unread mail; each is marked as read once it is kept."""
    received = []
    for mail in mailbox.unread():
        received.append(receive_mail(raw=mail.raw, receipt=mail.receipt, now=now))
        mailbox.mark_read(mail)
    return received


def receive_mail(*, raw: bytes, receipt: str, now: datetime) -> ReceivedMail:
    """Take in one mail that came to an address for answers; reading it again changes nothing.

    ``receipt`` names the delivery. Applied: a REPLY with the invitee's token among its
    recipients, from and about that invitee, to the present SEQUENCE or a later one, newer than
    what they answered before. A COUNTER is kept as a proposal. Everything else goes to
    quarantine with its reason.
    """
    known = ReceivedMail.objects.filter(receipt=receipt[:200])
    if (earlier := known.first()) is not None:
        return earlier
    try:
        return _receive(raw, receipt, now)
    except IntegrityError:  # another reader was faster with this very delivery
        return known.get()


@transaction.atomic
def _receive(raw: bytes, receipt: str, now: datetime) -> ReceivedMail:
    row = ReceivedMail(receipt=receipt[:200], received_at=now, verdict=Verdict.APPLIED)
    try:
        mail = _mail(raw)
        row.message_id, row.sender, row.subject = mail.message_id, mail.sender[:254], mail.subject
        row.invitation = _invitation_for(mail)
        reply = _reply(mail)
        row.answer = _kept(reply)
        _check(mail, reply, row.invitation, now)
        _apply(row.invitation, reply, now)
    except _Doubt as doubt:
        row.verdict, row.reason, row.words = Verdict.QUARANTINED, doubt.code, doubt.words[:500]
    row.save()
    return row


@sensitive_variables("token")
def invitation_of(*, token: str) -> Invitation:
    """The standing invitation with this token.

    Raises:
        NoSuchInvitation: none has it, or it was taken back.
    """
    found = Invitation.objects.standing().filter(token_hash=hash_of_token(token)).first()
    if found is None:
        raise NoSuchInvitation("There is no such invitation, or it has been withdrawn.")
    return found


@transaction.atomic
@sensitive_variables("token")
def answer_by_link(
    *, token: str, answer: PartStat, comment: str, sequence: int, now: datetime
) -> Invitation:
    """What the invitee chose on the page behind the link in their mail; idempotent.

    ``sequence`` is that of the invitation the page showed.

    Raises:
        NoSuchInvitation: no standing invitation has the token.
        WrongState: the dates have changed since the page was shown.
    """
    pk = invitation_of(token=token).pk
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=pk)
    if sequence != row.sequence:
        raise WrongState("The dates have changed in the meantime; look again and answer then.")
    said = Reply(row.uid, row.address, answer, at=now, sequence=sequence, comment=comment)
    _apply(row, said, now)
    return row


@transaction.atomic
def apply_anyway(*, mail_id: int, by: Actor, now: datetime) -> ReceivedMail:
    """Believe a mail in quarantine on a person's word.

    Raises:
        NotAllowed: only administrators of the installation decide this.
        WrongState: it was decided, belongs to no standing invitation, or answers nothing.
    """
    row = _undecided(mail_id, by)
    if row.invitation is None or row.invitation.said != Said.REQUEST or not row.answer:
        raise WrongState("This mail answers no standing invitation; ask the host instead.")
    _apply(row.invitation, _reply_kept(row.answer), now)
    row.verdict = Verdict.DECIDED
    row.save(update_fields=["verdict"])
    return row


@transaction.atomic
def dismiss(*, mail_id: int, by: Actor) -> ReceivedMail:
    """Put a mail away without effect. Raises: NotAllowed, WrongState."""
    row = _undecided(mail_id, by)
    row.verdict = Verdict.DISMISSED
    row.save(update_fields=["verdict"])
    return row


def receipt_for(raw: bytes) -> str:
    """A delivery's name where the door has none of its own: the mail's digest."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _undecided(mail_id: int, by: Actor) -> ReceivedMail:
    if not (by.is_active and by.is_superuser):
        raise NotAllowed("Only administrators of the installation decide about these mails.")
    row = ReceivedMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    if row.verdict != Verdict.QUARANTINED:
        raise WrongState(f"This mail is {row.get_verdict_display()} already.")
    return row


# ---- what is believed ----------------------------------------------------------------------------


def _mail(raw: bytes) -> InboundMail:
    try:
        return read_mail(raw)
    except UnreadableMail as refusal:
        raise _Doubt(refusal.code, str(refusal)) from refusal


@sensitive_variables("tokens")
def _invitation_for(mail: InboundMail) -> Invitation:
    """The invitation whose token is among the recipients, locked."""
    tokens = [
        name.removeprefix("r+")
        for name, _, domain in (address.rpartition("@") for address in mail.recipients)
        if name.startswith("r+") and domain == settings.REPLY_DOMAIN.lower()
    ]
    if not tokens:
        raise _Doubt("no_token", "It was not sent to the address of an invitation.")
    rows = Invitation.objects.select_for_update(of=("self",))
    found = list(rows.filter(token_hash__in=[hash_of_token(token) for token in tokens]))
    if len(found) != 1:
        raise _Doubt("unknown_token", "No invitation was ever sent from this address.")
    return found[0]


def _reply(mail: InboundMail) -> Reply:
    if mail.calendar is None:
        raise _Doubt("in_words", "It holds no calendar answer; read it in the mailbox.")
    try:
        return read_reply(mail.calendar)
    except UnreadableReply as refusal:
        raise _Doubt(refusal.code, str(refusal)) from refusal


def _check(mail: InboundMail, reply: Reply, row: Invitation, now: datetime) -> None:
    """Raises: _Doubt: the first of the reasons not to believe the answer."""
    for code, is_so, words in _REASONS:
        if is_so(mail, reply, row, now):
            raise _Doubt(code, words)


def _is_repeated(mail: InboundMail, _reply: Reply, _row: Invitation, _now: datetime) -> bool:
    seen = ReceivedMail.objects.filter(message_id=mail.message_id)
    return bool(mail.message_id) and seen.exists()


def _is_reported_forged(mail: InboundMail, *_: object) -> bool:
    """What the own receiving server says; results of others prove nothing, anybody writes them."""
    trusted = settings.REPLY_AUTHSERV_ID.lower()
    return any(
        server == trusted and how == "dmarc" and result in ("fail", "permerror")
        for server, how, result in mail.results
    )


def _is_of_another(_mail: InboundMail, reply: Reply, row: Invitation, _now: datetime) -> bool:
    return reply.attendee != row.address


def _is_sent_by_another(mail: InboundMail, reply: Reply, _row: Invitation, _now: datetime) -> bool:
    return mail.sender not in (reply.attendee, reply.sent_by or reply.attendee)


def _is_older(_mail: InboundMail, reply: Reply, row: Invitation, _now: datetime) -> bool:
    return row.answered_at is not None and reply.at <= row.answered_at


_REASONS: tuple[
    tuple[str, Callable[[InboundMail, Reply, Invitation, datetime], bool], str], ...
] = (
    ("duplicate", _is_repeated, "A mail with this Message-ID came before."),
    ("forged", _is_reported_forged, "The mail server reports a forged sender (DMARC)."),
    (
        "withdrawn",
        lambda _mail, _reply, row, _now: row.said != Said.REQUEST,
        "The invitation has been withdrawn.",
    ),
    (
        "another_event",
        lambda _mail, reply, row, _now: reply.uid != row.uid,
        "It answers another invitation than the one its address belongs to.",
    ),
    ("another_attendee", _is_of_another, "It answers for somebody who was not invited here."),
    ("another_sender", _is_sent_by_another, "It was not sent by the one who answers."),
    (
        "one_date",
        lambda _mail, reply, _row, _now: reply.is_one_date,
        "It answers a single date of a series; invitations are for all of them.",
    ),
    (
        "stale",
        lambda _mail, reply, row, _now: reply.sequence < row.sequence,
        "It answers earlier dates; the invitation has changed since.",
    ),
    (
        "from_the_future",
        lambda _mail, reply, _row, now: reply.at > now + MOST_AHEAD,
        "It claims to be of a time that has not come.",
    ),
    ("older", _is_older, "A newer answer of theirs is known."),
    (
        "delegated",
        lambda _mail, reply, _row, _now: reply.answer is PartStat.DELEGATED,
        "They pass the invitation on to somebody else; invite that person if they should come.",
    ),
)


def _apply(row: Invitation, reply: Reply, now: datetime) -> None:
    """Write a believed answer. A proposal leaves the answer to the present dates open."""
    row.is_news, row.changed_at = True, now
    row.answered_at = max(reply.at, row.answered_at or reply.at)
    row.comment = shortened(many_lines(reply.comment), 2_000)
    row.delegated_to = reply.delegated_to[:254]
    if reply.proposal is not None:
        row.proposal = asdict(reply.proposal)
    else:
        row.proposal = {}
        row.answer, row.answered_question = reply.answer, row.question
    row.save(
        update_fields=[
            *("is_news", "changed_at", "answered_at", "comment", "delegated_to"),
            *("proposal", "answer", "answered_question"),
        ]
    )


def _kept(reply: Reply) -> dict[str, Any]:
    kept = asdict(reply)
    return {**kept, "answer": reply.answer.value, "at": reply.at.isoformat()}


def _reply_kept(kept: dict[str, Any]) -> Reply:
    values = {name: kept[name] for name in ("uid", "attendee", "sequence", "comment")}
    at = datetime.fromisoformat(kept["at"]).astimezone(UTC)
    proposal = Proposal(**kept["proposal"]) if kept["proposal"] else None
    return Reply(**values, answer=PartStat(kept["answer"]), at=at, proposal=proposal)
