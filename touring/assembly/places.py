"""Where a stop stands and what a unit finds there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from touring.assembly.days import Calendar
from touring.assembly.problems import RowProblem
from touring.models import TourRequest
from venues.models import Closure, Space, Venue, VenueStatus

FACILITIES = (
    "area_m2",
    "clear_height_m",
    "floor_load_kg_m2",
    "power_kw",
    "three_phase",
    "door_width_m",
    "door_height_m",
    "lift_load_kg",
    "truck_length_m",
    "crate_store_m2",
    "climate_class",
    "security_rating",
    "has_hvac",
    "has_network",
    "is_accessible",
    "capacity_at_once",
    "capacity_per_day",
)
"""Fields of a venue that an exhibition may require; yes-or-no ones count as 1 and 0."""

_SPACE_FACILITIES = ("area_m2", "clear_height_m")


@dataclass(frozen=True)
class Place:
    """A space of a venue, or a venue without spaces: holds one stop at a time."""

    venue: Venue
    space: Space | None

    @property
    def id(self) -> str:
        """The host's id in the instance: ``SLUG`` or ``SLUG/SPACE``."""
        return self.venue.slug if self.space is None else f"{self.venue.slug}/{self.space.code}"

    @property
    def key(self) -> tuple[int, int | None]:
        return (self.venue.pk, self.space.pk if self.space else None)


def space_used_by(request: TourRequest) -> Space | None:
    """The space asked for, else the venue's largest; none where the venue has no spaces."""
    if request.space is not None:
        return request.space
    spaces = sorted(request.venue.spaces.all(), key=lambda one: (-(one.area_m2 or 0.0), one.code))
    return spaces[0] if spaces else None


def place_of(request: TourRequest) -> Place:
    return Place(request.venue, space_used_by(request))


def offers_of(place: Place) -> dict[str, float]:
    """What is known to be there; unknown figures are left out and so count as not offered."""
    found: dict[str, float] = {}
    for name in FACILITIES:
        figure = getattr(place.venue, name)
        if place.space is not None and name in _SPACE_FACILITIES:
            own = getattr(place.space, name)
            figure = figure if own is None else own
        if figure:
            found[name] = float(figure)
    return found


def closed_spans(place: Place, closures: Iterable[Closure], calendar: Calendar) -> list[list[int]]:
    """Season days on which the place cannot be used, as its closures and its status say."""
    spans = [
        calendar.span(closure.first_date, closure.end_date)
        for closure in closures
        if closure.space_id is None or (place.space and closure.space_id == place.space.pk)
    ]
    spans += [] if (shut := _not_open_yet(place.venue, calendar)) is None else [shut]
    return sorted(span for span in spans if span[0] < calendar.days and span[1] > 0)


def _not_open_yet(venue: Venue, calendar: Calendar) -> list[int] | None:
    if venue.status == VenueStatus.OPEN:
        return None
    opens: date | None = None if venue.status == VenueStatus.CLOSED else venue.opened_on
    end = calendar.days if opens is None else calendar.day(opens)
    return [0, end] if end > 0 else None


def without_coordinates(venue: Venue, named_by: str) -> RowProblem:
    return RowProblem(
        f"venue {venue.slug}",
        "lat, lon",
        f"has no coordinates, but {named_by} needs them for its distances: enter latitude and "
        "longitude (WGS 84), or ask for the address to be looked up",
    )
