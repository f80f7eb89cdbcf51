"""Addresses that were once handed out and must keep leading somewhere."""

from __future__ import annotations

from django.db import models


class FormerAddress(models.Model):
    """``/…/<kind>/<former>`` now lives at ``current``; both are slugs or codes."""

    kind = models.CharField(max_length=20, help_text="venue, region, exhibition, unit")
    former = models.CharField(max_length=80)
    current = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "former", name="former_address_once_per_kind"),
        ]
