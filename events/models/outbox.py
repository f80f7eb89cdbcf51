"""Mail that is to be sent, written in the transaction of what it tells about."""

from __future__ import annotations

from django.db import models


class MailState(models.TextChoices):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class OutgoingMail(models.Model):
    """One message to one address; ``key`` makes writing it twice harmless.

    ``message_id`` is fixed when the row is made, so a resend after a crash is the same message.
    ``sender`` empty: the installation's. What ``holds_secret`` (a token in an address or a link)
    keeps neither sender nor text once it is sent.
    """

    key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(max_length=200, unique=True)
    recipient = models.EmailField()
    subject = models.CharField(max_length=300)
    body = models.TextField()
    html = models.TextField(blank=True)
    sender = models.CharField(max_length=300, blank=True)
    holds_secret = models.BooleanField(default=False)
    calendar = models.BinaryField(default=b"", blank=True)
    state = models.CharField(max_length=8, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True, blank=True, db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="mail_by_state_and_time")]
