"""Hand-made files: an IANA name in other capitals, quoted, or with blanks for underscores."""

from __future__ import annotations

from functools import cache

from events.recurrence.zones import known_timezones

_UTC = {"utc", "gmt", "z", "etc/utc", "zulu", "coordinated universal time"}


def iana_name(tzid: str) -> str | None:
    spelled = tzid.strip().strip("'\"").replace(" ", "_")
    if tzid.strip().casefold() in _UTC:
        return "UTC"
    return _by_casefold().get(spelled.casefold())


@cache
def _by_casefold() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(known_timezones())}
