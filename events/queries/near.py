"""Near a point: the grid that interests snap to, and the distance as a database expression."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from venues.models import Venue

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 111.195

# The radius is rounded up to one of these, the point to a grid of so many hundredths of a degree.
GRIDS_BY_KM = {5: 1, 10: 1, 25: 5, 50: 5, 100: 10, 250: 20, 500: 50}
MAX_KM = max(GRIDS_BY_KM)


@dataclass(frozen=True, order=True)
class Near:
    """Within ``km`` of a grid point; equal interests of neighbours are one and the same.

    Snapping moves the point by less than a fifth of the radius, so who asks for 25 km gets
    "about 25 km" and tells nobody where exactly he is.
    """

    lat_hundredths: int
    lon_hundredths: int
    km: int

    @classmethod
    def around(cls, latitude: float, longitude: float, km: float) -> Near:
        """Snap ``latitude, longitude`` (WGS 84 degrees); ``0 < km <= MAX_KM``."""
        radius = min(step for step in GRIDS_BY_KM if step >= km)
        grid = GRIDS_BY_KM[radius]
        lat = min(max(_snap(latitude, grid), -9000), 9000)
        lon = _snap(longitude, grid)
        return cls(lat, lon if lon < 18000 else lon - 36000, radius)

    @property
    def lat(self) -> float:
        return self.lat_hundredths / 100

    @property
    def lon(self) -> float:
        return self.lon_hundredths / 100

    def venues(self) -> QuerySet[Venue]:
        """Venues within the radius by the haversine formula; those without coordinates are out."""
        reach = self.km / KM_PER_DEGREE
        return (
            Venue.objects.filter(lat__range=(self.lat - reach, self.lat + reach))
            .annotate(near_km=distance_km(self.lat, self.lon))
            .filter(near_km__lte=self.km)
        )


def distance_km(latitude: float, longitude: float) -> Combinable:
    """Great-circle kilometres from a venue's ``lat``, ``lon`` to the point."""
    half_lat = Sin(Radians(F("lat") - Value(latitude)) / 2.0)
    half_lon = Sin(Radians(F("lon") - Value(longitude)) / 2.0)
    chord = Power(half_lat, 2) + Cos(Radians(F("lat"))) * Cos(
        Radians(Value(latitude, output_field=FloatField()))
    ) * Power(half_lon, 2)
    # Rounding may lift the chord of antipodes above one, where no arc sine exists.
    nearer = Least(Value(1.0), chord, output_field=FloatField())
    return ASin(Sqrt(nearer)) * Value(2 * EARTH_RADIUS_KM)


def _snap(degrees: float, grid_hundredths: int) -> int:
    return round(degrees * 100 / grid_hundredths) * grid_hundredths
