"""From the coordinates of Chinese maps to WGS 84. Formulas only: no models, no services.

GCJ-02 (AMap, Tencent and all maps published in China) displaces WGS 84 by 100 to 700 m; BD-09
(Baidu) displaces GCJ-02 once more. Neither is published. The forward formulas here are the ones in
general use, which agree with the map services to about a metre; they are inverted by iteration, so
that going there and back returns the same point to 1e-9 degrees (0.1 mm).

The displacement is applied inside the rectangle 0.8293..55.8271 N, 72.004..137.8347 E, as map
software does, and is the identity outside. That rectangle also covers neighbouring countries: give
points there as WGS 84.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from venues.geocoding import Coordinates

_Point = tuple[float, float]  # latitude, longitude in degrees

_SEMI_MAJOR_AXIS_M = 6378245.0  # Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = math.pi * 3000 / 180


class Crs(StrEnum):
    """The coordinate reference systems that network files may use."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lat: float, lon: float, crs: Crs) -> Coordinates:
    """The point in WGS 84. Raises ValueError for a point that is not on the globe."""
    given = Coordinates(lat, lon)
    if crs == Crs.WGS84:
        return given
    return Coordinates(*_inverse(_FORWARD[crs], (given.lat, given.lon)))


def from_wgs84(point: Coordinates, crs: Crs) -> tuple[float, float]:
    """Latitude and longitude of a WGS 84 point as a map in ``crs`` shows them."""
    return _FORWARD[crs]((point.lat, point.lon))


def _inverse(forward: Callable[[_Point], _Point], target: _Point) -> _Point:
    """The point that ``forward`` leads to ``target``; the displacement changes slowly, so
    correcting by the error gains two digits or more a round."""
    if not _is_displaced(*target):
        return target
    lat, lon = target
    for _ in range(30):
        reached = forward((lat, lon))
        error = (reached[0] - target[0], reached[1] - target[1])
        lat, lon = lat - error[0], lon - error[1]
        if max(map(abs, error)) < 1e-12:
            break
    return lat, lon


def _is_displaced(lat: float, lon: float) -> bool:
    return 0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347


def _wgs84_to_gcj02(point: _Point) -> _Point:
    lat, lon = point
    if not _is_displaced(lat, lon):
        return point
    north_m, east_m = _displacement_m(lon - 105.0, lat - 35.0)
    magic = 1 - _ECCENTRICITY_SQUARED * math.sin(math.radians(lat)) ** 2
    meridian_m = _SEMI_MAJOR_AXIS_M * (1 - _ECCENTRICITY_SQUARED) / magic**1.5
    parallel_m = _SEMI_MAJOR_AXIS_M / math.sqrt(magic) * math.cos(math.radians(lat))
    return lat + math.degrees(north_m / meridian_m), lon + math.degrees(east_m / parallel_m)


def _displacement_m(x: float, y: float) -> tuple[float, float]:
    """Metres to the north and to the east; ``x`` and ``y`` are degrees from 105 E, 35 N."""

    def waves(*terms: tuple[float, float]) -> float:
        return sum(amplitude * math.sin(phase * math.pi) for amplitude, phase in terms) * 2 / 3

    common = waves((20, 6 * x), (20, 2 * x))
    slope = 0.1 * math.sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 2 * slope
    north += common + waves((20, y), (40, y / 3), (160, y / 12), (320, y / 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + slope
    east += common + waves((20, x), (40, x / 3), (150, x / 12), (300, x / 30))
    return north, east


def _gcj02_to_bd09(point: _Point) -> _Point:
    y, x = point
    if not _is_displaced(y, x):
        return point
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * _BAIDU)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BAIDU)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


_FORWARD: dict[Crs, Callable[[_Point], _Point]] = {
    Crs.WGS84: lambda point: point,
    Crs.GCJ02: _wgs84_to_gcj02,
    Crs.BD09: lambda point: _gcj02_to_bd09(_wgs84_to_gcj02(point)),
}
