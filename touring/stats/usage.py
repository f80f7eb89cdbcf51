"""What a season's units do: days in use and idle, kilometres planned and driven."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import Coalesce

from touring.models import Move, Season, Stop, Unit
from venues.geocoding import Coordinates
from venues.models import Venue


@dataclass(frozen=True)
class UnitUse:
    """Days of the season: ``days`` in all, ``used_days`` on the road or at a host.

    ``planned_km`` is the sum of great circles from stop to stop (origins as planned, else the
    place before, else home); ``driven_km`` what the moves of those days recorded.
    """

    unit: Unit
    days: int
    used_days: int
    planned_km: float
    driven_km: float

    @property
    def idle_days(self) -> int:
        return self.days - self.used_days


def use_of_units(season: Season) -> list[UnitUse]:
    """The season's active units, the idlest first. Three queries."""
    units = season.units.filter(is_active=True).select_related("exhibition", "home")
    first, end = season.first_date, season.end_date
    driven = dict(
        Move.objects.filter(
            unit__in=season.units.all(), departs_at__date__gte=first, departs_at__date__lt=end
        )
        .values("unit")
        .annotate(sum=Coalesce(Sum("km"), 0.0))
        .values_list("unit", "sum")
        .order_by("unit")
    )
    stops: dict[int, list[Stop]] = {}
    held = Stop.objects.holding().filter(departs_on__lt=end, leaves_on__gt=first)
    for stop in held.filter(unit__in=season.units.all()).select_related("venue", "origin"):
        stops.setdefault(stop.unit_id, []).append(stop)
    found = [
        UnitUse(
            unit,
            (end - first).days,
            _used_days(stops.get(unit.pk, ()), first, end),
            _planned_km(unit, stops.get(unit.pk, ())),
            driven.get(unit.pk, 0.0),
        )
        for unit in units
    ]
    return sorted(found, key=lambda one: (-one.idle_days, one.unit.code))


def _used_days(stops: Iterable[Stop], first: date, end: date) -> int:
    """Stops of one unit never share a day; the journey to one may begin before the other ends."""
    used = {
        day
        for stop in stops
        for day in range(
            max(stop.departs_on, first).toordinal(), min(stop.leaves_on, end).toordinal()
        )
    }
    return len(used)


def _planned_km(unit: Unit, stops: Iterable[Stop]) -> float:
    at, km = unit.home, 0.0
    for stop in stops:
        km += _between(stop.origin or at, stop.venue)
        at = stop.venue
    return km


def _between(origin: Venue, destination: Venue) -> float:
    """0 where one of them has no coordinates."""
    if origin.lat is None or origin.lon is None or destination.lat is None:
        return 0.0
    assert destination.lon is not None  # both or neither, by constraint
    return Coordinates(origin.lat, origin.lon).km_to(Coordinates(destination.lat, destination.lon))
