"""A season's need index, from indicators, tags, museums and past stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Q

from touring.models import Season, Stop
from touring.planning.need import WEIGHTS, Need, NeedFacts, need_index
from venues.geocoding import Coordinates
from venues.models import Region, RegionIndicator, RegionLevel, Venue, VenueKind

CHILDREN, LITERACY = "children-5-14", "literacy"
_DAYS_A_YEAR = 365.25


def weights_of(season: Season) -> dict[str, float]:
    """The season's weights (``rules.need.weights``), the usual ones where it sets none."""
    return dict(WEIGHTS) | _own(season).get("weights", {})


def scale_of(season: Season) -> float:
    """How much a need of 1 adds to a request's value (``rules.need.scale``); 0 unless set."""
    return float(_own(season).get("scale", 0.0))


def needs_of(season: Season, *, on: date | None = None) -> list[Need]:
    """The counties of the season's region, the neediest first, as of its first day."""
    day = on or season.first_date
    counties = list(
        Region.objects.under(season.region)
        .filter(level=RegionLevel.COUNTY)
        .valid_on(day)
        .prefetch_related("tags")
        .order_by("code")
    )
    figures = {name: _figures(season, name) for name in (CHILDREN, LITERACY)}
    museums = _museums()
    visited, owners = _visits(day), _with_museum(season)
    return need_index(
        (
            NeedFacts(
                region=county.code,
                children=figures[CHILDREN].get(county.pk),
                km_to_museum=_nearest(county, museums),
                years_since_visit=_years(visited.get(county.pk), day),
                has_museum=county.pk in owners,
                tags=len(county.tags.all()),
                literacy=_share(figures[LITERACY].get(county.pk)),
            )
            for county in counties
        ),
        weights_of(season),
    )


def _own(season: Season) -> Mapping[str, Any]:
    rules = season.rules if isinstance(season.rules, dict) else {}
    own = rules.get("need", {})
    return own if isinstance(own, dict) else {}


def _figures(season: Season, name: str) -> dict[int, float]:
    """The latest figure of each region below the season's."""
    rows = RegionIndicator.objects.filter(
        name=name, region__ancestor_paths__ancestor=season.region
    ).order_by("year", "source")
    return dict(rows.values_list("region_id", "value"))


def _museums() -> list[Coordinates]:
    placed = Venue.objects.filter(
        kind=VenueKind.SCIENCE_MUSEUM, lat__isnull=False, lon__isnull=False
    )
    return [
        Coordinates(lat, lon)
        for lat, lon in placed.values_list("lat", "lon")
        if lat is not None and lon is not None
    ]


def _with_museum(season: Season) -> set[int]:
    """Counties with a museum in them or below."""
    inside = Q(descendant_paths__descendant__venues__kind=VenueKind.SCIENCE_MUSEUM)
    counties = Region.objects.under(season.region).filter(inside, level=RegionLevel.COUNTY)
    return set(counties.values_list("pk", flat=True))


def _visits(day: date) -> dict[int, date]:
    """When the last stop closed in each county, or below it, before ``day``."""
    closed = (
        Stop.objects.holding()
        .filter(
            closes_on__lte=day, venue__region__ancestor_paths__ancestor__level=RegionLevel.COUNTY
        )
        .values("venue__region__ancestor_paths__ancestor")
        .annotate(last=Max("closes_on"))
    )
    return {row["venue__region__ancestor_paths__ancestor"]: row["last"] for row in closed}


def _nearest(county: Region, museums: list[Coordinates]) -> float | None:
    if county.lat is None or county.lon is None or not museums:
        return None
    seat = Coordinates(county.lat, county.lon)
    return min(seat.km_to(one) for one in museums)


def _years(last: date | None, day: date) -> float | None:
    return None if last is None else (day - last).days / _DAYS_A_YEAR


def _share(literacy: float | None) -> float | None:
    """Published as a share or in percent."""
    if literacy is None:
        return None
    return literacy / 100 if literacy > 1 else literacy
