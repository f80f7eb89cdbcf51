"""Who was invited to what, what they answered, and mail that claimed to be an answer."""

from __future__ import annotations

from typing import Any

from django.db import models

from events.itip.party import PartStat
from events.itip.record import question_in
from events.models.outbox import OutgoingMail

_ANSWERS = [(member.value, member.value.replace("-", " ").lower()) for member in PartStat]


class Said(models.TextChoices):
    """What an invitee has been told last."""

    NOTHING = "", "nothing yet"
    REQUEST = "REQUEST", "invited"
    CANCEL = "CANCEL", "withdrawn"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def standing(self) -> InvitationQuerySet:
        """Those that have not been withdrawn."""
        return self.filter(said=Said.REQUEST)

    def news(self) -> InvitationQuerySet:
        """Those whose answer or question changed since somebody marked them as read."""
        return self.filter(is_news=True)


class Invitation(models.Model):
    """``address`` is invited to what ``key`` names (``stop:SC-2026-013``, ``event:UID``).

    ``record``, ``sequence`` and ``said`` are what the invitee is to know; the ``told_`` columns
    what the last mail that may have left said. Between them lies at most one mail that waits
    (``mail``), and is replaced while it waits. Written by :mod:`events.services.invitations` and
    :mod:`events.services.answers` alone.

    The token in addresses and links follows from ``nonce`` and the secret key; only its hash is
    kept. ``answer`` counts for the dates it was given for, see :attr:`standing_answer`.
    """

    key = models.CharField(max_length=200)
    address = models.EmailField(help_text="lower case")
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, default="zh")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)

    record = models.JSONField(default=dict)
    sequence = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=8, choices=Said, default=Said.NOTHING, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told_record = models.JSONField(default=dict, blank=True)
    told_sequence = models.PositiveIntegerField(default=0)
    told = models.CharField(max_length=8, choices=Said, default=Said.NOTHING, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    answer = models.CharField(max_length=12, choices=_ANSWERS, default=PartStat.NEEDS_ACTION)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="by the sender's clock")
    answered_question = models.CharField(max_length=32, blank=True)
    comment = models.TextField(blank=True, help_text="plain text of the invitee")
    delegated_to = models.CharField(max_length=254, blank=True)
    proposal = models.JSONField(default=dict, blank=True, help_text="other times asked for")
    is_news = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["key", "address"]
        indexes = [models.Index(fields=["is_news", "key"], name="invitation_by_news")]
        constraints = [
            models.UniqueConstraint("key", "address", name="invitation_once_per_key_and_address"),
        ]

    def __str__(self) -> str:
        return f"{self.key} → {self.address}"

    @property
    def uid(self) -> str:
        return str(self.record.get("uid", ""))

    @property
    def question(self) -> str:
        return question_in(self.record)

    @property
    def standing_answer(self) -> PartStat:
        """The answer to the dates as they are now; to other dates they have not answered."""
        if self.answered_question != self.question:
            return PartStat.NEEDS_ACTION
        return PartStat(self.answer)

    def text(self, field: str) -> str:
        """A bilingual ``field`` of the record in the invitee's language."""
        zh, en = self.record.get(field, ["", ""])
        return (en or zh) if self.language == "en" else (zh or en)


class Verdict(models.TextChoices):
    """What became of a mail that came in."""

    APPLIED = "applied"
    QUARANTINED = "quarantined"
    DECIDED = "decided", "applied by hand"
    DISMISSED = "dismissed"


class ReceivedMail(models.Model):
    """A mail that came to an address for answers; its text is not kept, it holds the token.

    ``receipt`` names the delivery (mailbox and number, or digest of what a webhook brought), so
    that reading it again changes nothing. ``reason`` is a stable code, ``words`` says it.
    """

    receipt = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(max_length=250, blank=True, db_index=True)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="received"
    )
    verdict = models.CharField(max_length=12, choices=Verdict)
    reason = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=500, blank=True)
    answer: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True, help_text="as read; empty where nothing could be"
    )

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["verdict", "received_at"], name="received_by_verdict")]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
