"""Files that people hand in: looked at first, then written, and taken back within a day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class UploadKind(models.TextChoices):
    VENUES = "venues", "场馆"
    UNITS = "units", "展品套"
    TOUR_REQUESTS = "tour-requests", "巡展申报"
    EVENTS = "events", "活动表"
    CALENDAR = "calendar", "日历文件 (.ics)"


class UploadState(models.TextChoices):
    """checked → committed → undone. One with problems stays checked; hand in a better file."""

    CHECKED = "checked"
    COMMITTED = "committed"
    UNDONE = "undone"


class Upload(models.Model):
    """One file of ``kind``, for what ``place`` names (a season's or a venue's slug).

    ``report`` is what people are shown: rows created, changed (old and new) and unchanged, and
    every problem. ``journal`` is what taking back needs. Only ``owner`` sees it.
    """

    kind = models.CharField(max_length=16, choices=UploadKind)
    place = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="of the file; only shown")
    content = models.BinaryField()
    mapping = models.JSONField(default=dict, blank=True, help_text="heading in the file → field")
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.CHECKED)
    report: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    journal: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, blank=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    created_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="upload_committed_says_when",
                condition=Q(state=UploadState.CHECKED, committed_at__isnull=True)
                | (~Q(state=UploadState.CHECKED) & Q(committed_at__isnull=False)),
            ),
        ]
