"""Places as points on a neutral ground, drawn on the server: no script, no border lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from events.models import Event
from venues.models import Venue

WIDTH, HEIGHT, EDGE = 800, 560, 28
MOST_PLACES = 1500


@dataclass(frozen=True)
class Point:
    """A place at ``(x, y)`` of the drawing; ``radius`` grows with the root of the count."""

    venue: Venue
    count: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class PlaceMap:
    width: int
    height: int
    points: tuple[Point, ...]


def place_map(found: QuerySet[Event]) -> PlaceMap:
    """Where the events take place; busy places are drawn first, so that small ones stay visible."""
    numbers = dict(
        found.filter(venue__lat__isnull=False)
        .values_list("venue")
        .annotate(number=Count("pk", distinct=True))
        .order_by("-number")[:MOST_PLACES]
    )
    venues = sorted(
        Venue.objects.filter(pk__in=numbers), key=lambda one: (-numbers[one.pk], one.pk)
    )
    project = _projection([(one.lat or 0.0, one.lon or 0.0) for one in venues])
    return PlaceMap(
        WIDTH,
        HEIGHT,
        tuple(
            Point(
                venue,
                numbers[venue.pk],
                *project(venue.lat or 0.0, venue.lon or 0.0),
                min(16.0, 5.0 + math.sqrt(numbers[venue.pk])),
            )
            for venue in venues
        ),
    )


def _projection(places: list[tuple[float, float]]):  # type: ignore[no-untyped-def]  # a closure
    """Equirectangular, true in the middle latitude, all places inside the edges.

    Across the date line the map would be torn; networks span fewer than 180 degrees.
    """
    lats = [lat for lat, _lon in places] or [0.0]
    lons = [lon for _lat, lon in places] or [0.0]
    middle = (min(lats) + max(lats)) / 2
    squeeze = max(0.05, math.cos(math.radians(middle)))
    across = max(0.2, (max(lons) - min(lons)) * squeeze)
    along = max(0.2, max(lats) - min(lats))
    scale = min((WIDTH - 2 * EDGE) / across, (HEIGHT - 2 * EDGE) / along)

    def project(lat: float, lon: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lon - (min(lons) + max(lons)) / 2) * squeeze * scale
        y = HEIGHT / 2 - (lat - middle) * scale
        return round(x, 1), round(y, 1)

    return project
