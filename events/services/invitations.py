"""Inviting people to an entry, telling them what changes, and taking the invitation back.

What an invitee is to know is kept apart from what they have been told, so that many changes in
a short time become one mail (see :class:`events.models.Invitation`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from events.errors import InvalidInvitation
from events.ical.entry import Entry
from events.itip.party import Attendee, address_in
from events.itip.record import record_of
from events.models import Invitation, OutgoingMail
from events.models.invitation import Said
from events.models.outbox import MailState
from events.services.cleaning import one_line, shortened
from events.services.invitation_mail import leave_invitation
from venues.errors import field_problem

MOST_ATTENDEES = 200
Wanted = Mapping[str, tuple[Entry, Sequence[Attendee]]]


def invite(
    *, key: str, entry: Entry, attendees: Sequence[Attendee], now: datetime
) -> list[Invitation]:
    """Make those invited to what ``key`` names exactly ``attendees``, to the entry as it is.

    Newcomers get a REQUEST, those who were told something else an update under the same UID with
    a higher SEQUENCE, those no longer named a CANCEL; who knows all this already gets nothing.
    One transaction with the mails it leaves. ``entry.sequence`` and ``changed_at`` are not used.

    Raises:
        InvalidInvitation: an address is none, or there are too many; nothing is written.
    """
    return invite_all(wanted={key: (entry, attendees)}, now=now)


def withdraw(*, key: str, now: datetime) -> list[Invitation]:
    """Take back every invitation to what ``key`` names; those never told get no mail."""
    return invite_all(wanted={}, withdrawn=[key], now=now)


@transaction.atomic
def invite_all(
    *, wanted: Wanted, now: datetime, withdrawn: Collection[str] = ()
) -> list[Invitation]:
    """:func:`invite` for each key of ``wanted`` and :func:`withdraw` for the others, at once.

    One query when nobody needs to be told anything, however many the keys.

    Raises: InvalidInvitation.
    """
    people = {key: _checked(key, attendees) for key, (_, attendees) in wanted.items()}
    known = _locked([*wanted, *withdrawn])
    for key, (entry, _) in wanted.items():
        record = record_of(entry)
        for address, attendee in people[key].items():
            row = known.get((key, address)) or _new(key, attendee, now)
            known[key, address] = row
            _say(row, Said.REQUEST, record, now)
    for (key, address), row in known.items():
        if key not in people or address not in people[key]:
            _say(row, Said.CANCEL, row.record, now)
    return list(known.values())


@transaction.atomic
def mark_read(invitations: Iterable[Invitation]) -> None:
    """Say that the news of these rows have been taken in; lock them before reading."""
    Invitation.objects.filter(pk__in=[row.pk for row in invitations]).update(is_news=False)


@sensitive_variables("token")
def hash_of_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def token_of(nonce: str) -> str:
    """The secret in addresses and links: 128 bits that nobody has who only reads the database."""
    return salted_hmac("events.invitation", nonce, algorithm="sha256").hexdigest()[:32]


def _checked(key: str, attendees: Sequence[Attendee]) -> dict[str, Attendee]:
    """Attendees by address, each once.

    Raises: InvalidInvitation.
    """
    problems = []
    people: dict[str, Attendee] = {}
    for number, attendee in enumerate(attendees):
        address = address_in(attendee.address)
        if not _is_address(address):
            shown = shortened(one_line(attendee.address), 100)
            words = f"{shown!r} is not an e-mail address."
            problems.append(field_problem(f"attendees[{number}].address", words))
        people.setdefault(address, attendee)
    if len(people) > MOST_ATTENDEES:
        words = f"At most {MOST_ATTENDEES} people can be invited to one thing."
        problems.append(field_problem("attendees", words))
    if problems:
        raise InvalidInvitation(f"{key}: {problems[0]['message']}", problems=problems)
    return people


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.isascii() and one_line(address) == address and len(address) <= 254


def _locked(keys: Collection[str]) -> dict[tuple[str, str], Invitation]:
    rows = (
        Invitation.objects.select_for_update(of=("self",))
        .filter(key__in=keys)
        .select_related("mail")
        .order_by("pk")
    )
    return {(row.key, row.address): row for row in rows}


def _new(key: str, attendee: Attendee, now: datetime) -> Invitation:
    nonce = secrets.token_hex(16)
    return Invitation(
        key=key,
        address=address_in(attendee.address),
        name=shortened(one_line(attendee.name), 200),
        language="en" if attendee.language == "en" else "zh",
        nonce=nonce,
        token_hash=hash_of_token(token_of(nonce)),
        created_at=now,
        changed_at=now,
    )


def _say(row: Invitation, said: Said, record: dict[str, Any], now: datetime) -> None:
    """Make ``said`` and ``record`` what the invitee is to know, by a mail where it takes one."""
    if row.said == said and (said == Said.CANCEL or row.record == record):
        return
    question = row.question if row.record else ""
    _take_back_waiting_mail(row)
    is_known = row.told == said and (said == Said.CANCEL or row.told_record == record)
    is_unheard = row.told == Said.NOTHING and said == Said.CANCEL
    row.record, row.said, row.changed_at = record, said, now
    row.is_news = row.is_news or row.question != question
    row.sequence = row.told_sequence
    row.mail, row.due_at = None, row.told_at
    if not is_known and not is_unheard:
        if row.told:
            row.sequence += 1
        row.due_at = _due(row, now)
        row.save()
        row.mail = leave_invitation(row, token=_own_token(row), now=now)
    row.save()


def _take_back_waiting_mail(row: Invitation) -> None:
    """Delete the mail that nobody can have seen; otherwise what it says counts as told."""
    if row.mail_id is not None:
        waiting = OutgoingMail.objects.filter(pk=row.mail_id, state=MailState.QUEUED, attempts=0)
        if waiting.delete()[0]:
            return
    if row.due_at is not None:
        row.told_record, row.told_sequence = row.record, row.sequence
        row.told, row.told_at = row.said, row.due_at


def _due(row: Invitation, now: datetime) -> datetime:
    if row.told_at is None:
        return now
    interval = timedelta(seconds=settings.INVITATION_INTERVAL_SECONDS)
    return max(now, row.told_at + interval)


def _own_token(row: Invitation) -> str:
    """The row's token; a new one where the secret key was changed since."""
    token = token_of(row.nonce)
    if not hmac.compare_digest(hash_of_token(token), row.token_hash):
        row.token_hash = hash_of_token(token)
        row.save(update_fields=["token_hash"])
    return token
