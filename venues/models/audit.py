"""Who changed what, when and from where: rows that are written once and never changed."""

from __future__ import annotations

from typing import Any

from django.db import models

from venues.models.organisation import Organisation
from venues.models.region import Region
from venues.models.venue import Venue


def _place(model: type[models.Model]) -> models.ForeignKey:
    """Where the subject belonged; the number stays when the place is gone."""
    return models.ForeignKey(
        model,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
    )


class Via(models.TextChoices):
    """The door through which somebody acted."""

    SESSION = "session"
    KEY = "key"
    TASK = "task"
    MAIL = "mail"
    COMMAND = "command"


class AuditEntry(models.Model):
    """One change, said in the transaction that made it.

    Actor and subject are kept by number and by the name they had, so that the entry outlives
    them. ``before`` and ``after`` hold the changed fields only; a subject that was made has no
    ``before``, one that was deleted no ``after``. At most one of ``region``, ``organisation`` and
    ``venue`` says whose people may read it. The database refuses updates (:mod:`venues.guards`).
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=150)
    via = models.CharField(max_length=10, choices=Via)
    key_prefix = models.CharField(max_length=12, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=200)
    region = _place(Region)
    organisation = _place(Organisation)
    venue = _place(Venue)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="audit_of_subject"),
            models.Index(fields=["actor_id", "at"], name="audit_of_actor"),
            models.Index(fields=["at", "id"], name="audit_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An audit entry is written once and never changed.")
        super().save(*args, **kwargs)
