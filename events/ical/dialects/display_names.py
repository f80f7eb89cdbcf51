"""Outlook on the desktop: TZID is what its menu shows, ``(UTC+08:00) Beijing, Chongqing, …``.

The places are in the language of the program, so they are looked for one by one among the
cities of the IANA database; the offset alone decides nothing.
"""

from __future__ import annotations

import re
from functools import cache

from events.recurrence.zones import known_timezones

_SHOWN = re.compile(
    r"^\(\s*(?:UTC|GMT)\s*(?:[+-]\d{1,2}:?\d{2})?\s*\)\s*(?P<places>.+)$", re.DOTALL
)
_WELL_KNOWN = {
    "beijing": "Asia/Shanghai",
    "北京": "Asia/Shanghai",
    "hong kong": "Asia/Hong_Kong",
    "eastern time": "America/New_York",
    "central time": "America/Chicago",
    "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles",
    "加德满都": "Asia/Kathmandu",
}


def iana_name(tzid: str) -> str | None:
    shown = _SHOWN.match(tzid.strip())
    if not shown:
        return None
    for place in re.split(r"[,，、(]", shown["places"][:200]):
        key = place.strip().casefold()
        if name := _WELL_KNOWN.get(key) or _by_city().get(key):
            return name
    return None


@cache
def _by_city() -> dict[str, str]:
    """City in the IANA name, where only one zone of a continent has it."""
    continents = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Pacific")
    names = [name for name in sorted(known_timezones()) if name.startswith(continents)]
    return {name.rpartition("/")[2].replace("_", " ").casefold(): name for name in names}
