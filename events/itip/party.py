"""Who takes part, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartStat(StrEnum):
    """An invitee's answer (RFC 5545 3.2.12), without the words that only tasks know."""

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"


@dataclass(frozen=True)
class Attendee:
    """Somebody who is invited; ``language`` is that of their mail, ``"zh"`` or ``"en"``."""

    address: str
    name: str = ""
    language: str = "zh"


def address_in(value: str) -> str:
    """The bare lower-case address in a ``mailto:`` value or an address; for comparisons."""
    text = value.strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    return text.partition("?")[0].strip().lower()
