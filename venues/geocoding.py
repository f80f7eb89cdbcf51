"""What is asked of a geocoding service, and points on the globe. No service, no Django."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

EARTH_RADIUS_KM = 6371.009
"""The mean radius, as geopy's great circle uses it."""


@dataclass(frozen=True)
class Coordinates:
    """A point in WGS 84 degrees.

    Raises:
        ValueError: not a number, or outside -90..90 and -180..180.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not -90 <= self.lat <= 90:
            raise ValueError(f"a latitude lies between -90 and 90, not {self.lat}")
        if not -180 <= self.lon <= 180:
            raise ValueError(f"a longitude lies between -180 and 180, not {self.lon}")

    def km_to(self, other: Coordinates) -> float:
        """Great-circle distance on a sphere of the mean radius (within 0.6 % of the geodesic)."""
        lat, other_lat = math.radians(self.lat), math.radians(other.lat)
        half_lat = math.sin((other_lat - lat) / 2)
        half_lon = math.sin(math.radians(other.lon - self.lon) / 2)
        chord = half_lat**2 + math.cos(lat) * math.cos(other_lat) * half_lon**2
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


class GeocoderUnavailable(Exception):
    """The service did not answer, or refused to: try again later, with the same question."""


class Geocoder(Protocol):
    """A service that finds an address; ``name`` is the key under which answers are kept."""

    name: str
    timeout_seconds: float
    """An upper bound of what one call of :meth:`locate` takes."""

    def locate(self, address: str, *, country: str) -> Coordinates | None:
        """Where ``address`` is, in WGS 84; ``None`` when the service does not know it.

        ``country`` is the ISO 3166-1 alpha-2 code to look in. Makes exactly one request.

        Raises:
            GeocoderUnavailable: no answer; nothing is known about the address.
        """
