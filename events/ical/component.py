"""Components and their properties while a file is being read; no value is understood yet."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.ical.problem import Problem


@dataclass(frozen=True)
class Property:
    """One content line; the value still escaped."""

    name: str
    parameters: dict[str, str]
    value: str
    line: int


@dataclass
class Component:
    name: str
    line: int
    properties: list[Property] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken_because: str = ""
    """Why it cannot be looked at, in words; empty where it can."""

    def all_of(self, name: str) -> list[Property]:
        return [prop for prop in self.properties if prop.name == name]

    def first(self, name: str) -> Property | None:
        for prop in self.properties:
            if prop.name == name:
                return prop
        return None


@dataclass(frozen=True)
class Parts:
    """A file cut up: what the calendars in it say of themselves, zones and events."""

    calendar: Component
    """Properties of all VCALENDARs of the file together; the first of each name counts."""
    timezones: list[Component]
    events: list[Component]
    problems: list[Problem]
