"""Where places are, when closures stand, and what a code means today."""

from __future__ import annotations

import math

from django.db.models import ExpressionWrapper, F, FloatField, Q, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from venues.geocoding import EARTH_RADIUS_KM, Coordinates
from venues.models import Closure, Region, Space, Venue
from venues.models.venue import VenueQuerySet
from venues.spans import DaySpan, subtract

_KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180


def venues_near(point: Coordinates, *, km: float) -> VenueQuerySet:
    """Venues within ``km`` of ``point``, the nearest first, each with its distance as ``km``.

    Great-circle distances (within 0.6 % of the geodesic). A box on indexed latitudes and
    longitudes comes first; it knows the antimeridian and the poles. Equally near venues keep the
    order of their ids. Venues without coordinates are nowhere.
    """
    near = Venue.objects.filter(_box(point, km)).annotate(km=_distance(point))
    return near.filter(km__lte=km).order_by("km", "pk")


def _box(point: Coordinates, km: float) -> Q:
    reach = km / _KM_PER_DEGREE * (1 + 1e-9) + 1e-9  # a little more: rounding must not cut off
    south, north = point.lat - reach, point.lat + reach
    latitudes = Q(lat__gte=south, lat__lte=north)
    if south <= -90 or north >= 90:
        return latitudes & Q(lon__isnull=False)  # a pole lies inside: every longitude is near
    # The circle is widest not at the point but a little towards the pole.
    wide = math.degrees(
        math.asin(min(1.0, math.sin(math.radians(reach)) / math.cos(math.radians(point.lat))))
    )
    wide += 1e-9
    west, east = point.lon - wide, point.lon + wide
    if west < -180:
        longitudes = Q(lon__gte=west + 360) | Q(lon__lte=east)
    elif east > 180:
        longitudes = Q(lon__gte=west) | Q(lon__lte=east - 360)
    else:
        longitudes = Q(lon__gte=west, lon__lte=east)
    return latitudes & longitudes


def _distance(point: Coordinates) -> ExpressionWrapper:
    """The haversine formula, as in :meth:`Coordinates.km_to`."""
    half_lat = Sin(Radians(F("lat") - Value(point.lat)) / 2.0)
    half_lon = Sin(Radians(F("lon") - Value(point.lon)) / 2.0)
    shrink = Cos(Radians(F("lat"))) * Value(math.cos(math.radians(point.lat)))
    chord = Power(half_lat, 2) + shrink * Power(half_lon, 2)
    return ExpressionWrapper(
        Value(2 * EARTH_RADIUS_KM) * ASin(Least(Value(1.0), Sqrt(chord))),
        output_field=FloatField(),
    )


def open_spans(venue: Venue, span: DaySpan, *, space: Space | None = None) -> list[DaySpan]:
    """The days of ``span`` on which no closure stands, as spans in order; touching ones joined.

    For a space, both its own closures and those of the whole venue count; for a venue only the
    latter. Weekly days off are no closures.
    """
    closed = Closure.objects.filter(venue=venue).touching(span.first, span.end)
    whole = Q(space__isnull=True)
    closed = closed.filter(whole if space is None else whole | Q(space=space))
    return subtract(span, [DaySpan(row.first_date, row.end_date) for row in closed])


def region_by_code(code: str) -> Region | None:
    """The region that the code means today, following replacements; ``None``: no such code."""
    region = Region.objects.select_related("replaced_by").filter(code=code).first()
    while region is not None and region.replaced_by is not None:
        region = region.replaced_by  # ends: a region is replaced by one that exists on that day
    return region
