"""Outlook and Exchange: TZID is a Windows name, such as ``China Standard Time``."""

from __future__ import annotations

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

_NAMES = {windows.casefold(): iana for windows, iana in WINDOWS_TO_OLSON.items()}


def iana_name(tzid: str) -> str | None:
    return _NAMES.get(tzid.casefold())
