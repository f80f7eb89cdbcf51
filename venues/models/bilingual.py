"""Text in the network's two languages: ``<field>_zh`` is required, ``<field>_en`` falls back to it."""

from __future__ import annotations

from django.db import models


class Bilingual(models.Model):
    """A row whose texts exist as ``<field>_zh`` and ``<field>_en``."""

    class Meta:
        abstract = True

    def text(self, field: str, language: str) -> str:
        """The text of ``field`` in ``language`` (``zh`` or ``en``), else in the other one."""
        chinese, english = getattr(self, f"{field}_zh"), getattr(self, f"{field}_en")
        return (english or chinese) if language == "en" else (chinese or english)


class Named(Bilingual):
    """A row with a name in both languages."""

    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_zh

    def name(self, language: str) -> str:
        return self.text("name", language)
