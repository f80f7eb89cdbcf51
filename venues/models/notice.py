"""What a person should know or do: one inbox each, and mail as they like it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from venues.models.bilingual import Bilingual


class MailTime(models.TextChoices):
    """When a person wants notices by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Notice(Bilingual):
    """One thing said to one person; ``key`` makes saying it twice harmless.

    ``path`` leads to where the next step is taken. ``mailed_at`` is set when the mail's row is
    left, or when it is decided that no mail is wanted; until then the notice awaits a decision.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.SlugField(max_length=60)
    key = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    body_zh = models.TextField()
    body_en = models.TextField(blank=True)
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint("person", "key", name="notice_once_per_person_and_key"),
        ]
        indexes = [
            models.Index(
                fields=["person", "created_at"],
                name="notice_awaiting_mail",
                condition=models.Q(mailed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class NoticePreference(models.Model):
    """How a person is told; without a row: by mail at once, in Chinese."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference"
    )
    mail = models.CharField(max_length=8, choices=MailTime, default=MailTime.AT_ONCE)
    language = models.CharField(
        max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh"
    )
