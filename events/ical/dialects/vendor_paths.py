"""Evolution, Mozilla, Citadel and others: TZID is a path that ends in an IANA name.

``/freeassociation.sourceforge.net/Tzfile/Europe/Berlin``,
``/mozilla.org/20050126_1/America/New_York``, ``tzone://Microsoft/Utc``.
"""

from __future__ import annotations

from events.ical.dialects import iana_spelling


def iana_name(tzid: str) -> str | None:
    if "/" not in tzid:
        return None
    parts = [part for part in tzid.split("/") if part]
    for length in (3, 2, 1):
        if length < len(parts) and (name := iana_spelling.iana_name("/".join(parts[-length:]))):
            return name
    return None
