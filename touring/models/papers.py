"""Files that people hand in: kept, never executed, handed out as downloads only."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models


def paper_path(paper: models.Model, _filename: str) -> str:
    """Where a paper is kept; nothing of the sender's name reaches the disk."""
    return f"papers/{paper._meta.model_name}/{uuid4().hex}"


class Paper(models.Model):
    """``name`` as the sender called it; ``content_type`` as its first bytes say."""

    file = models.FileField(upload_to=paper_path, max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
