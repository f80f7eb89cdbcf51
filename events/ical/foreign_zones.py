"""From the TZID of a foreign file to an IANA zone. Nothing is ever opened by a foreign name."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.ical.component import Component, Parts
from events.ical.dialects import (
    display_names,
    iana_spelling,
    own_vtimezone,
    vendor_paths,
    windows_zones,
)
from events.recurrence.zones import is_known_timezone

MAX_NAME = 200
_BY_NAME = (
    iana_spelling.iana_name,
    windows_zones.iana_name,
    vendor_paths.iana_name,
    display_names.iana_name,
)


@dataclass
class ForeignZones:
    """The zones of one file."""

    parts: Parts
    default_timezone: str
    calendar_timezone: str = field(init=False)
    """For floating times, days and UTC: the file's own (X-WR-TIMEZONE), else the default."""
    _definitions: dict[str, Component] = field(init=False)
    _found: dict[tuple[str, int], str | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._definitions = {
            prop.value: each
            for each in self.parts.timezones
            if (prop := each.first("TZID")) is not None
        }
        named = self.parts.calendar.first("X-WR-TIMEZONE")
        by_name = zone_by_name(named.value) if named else None
        # GMT is what some programs write who mean nothing by it
        self.calendar_timezone = by_name if by_name not in (None, "UTC") else self.default_timezone

    def resolve(self, tzid: str, *, year: int) -> str | None:
        """The IANA zone that ``tzid`` means in this file in ``year``; none if nobody can say."""
        key = (tzid[: MAX_NAME + 1], year)
        if key not in self._found:
            self._found[key] = zone_by_name(tzid) or self._by_definition(tzid, year)
        return self._found[key]

    def _by_definition(self, tzid: str, year: int) -> str | None:
        definition = self._definitions.get(tzid)
        if definition is None:
            return None
        place = definition.first("X-LIC-LOCATION")
        if place and (name := zone_by_name(place.value)):
            return name
        preferred = (self.calendar_timezone, self.default_timezone)
        return own_vtimezone.iana_name(definition, preferred=preferred, year=year)


def zone_by_name(tzid: str) -> str | None:
    """The zone of a name by itself: IANA, Windows, a vendor's path, or Outlook's menu."""
    if len(tzid) > MAX_NAME:
        return None
    for look_up in _BY_NAME:
        name = look_up(tzid)
        if name and is_known_timezone(name):
            return name
    return None
