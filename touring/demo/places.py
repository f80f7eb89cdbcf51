"""The places: China's regions, museums by name, a hall in every county of Anhui, four hubs."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps

from venues.models import (
    CoordinatesSource,
    Organisation,
    OrganisationKind,
    Region,
    RegionLevel,
    Venue,
    VenueKind,
)
from venues.permissions import Actor
from venues.services.china import load_county_file
from venues.services.organisations import register_organisation
from venues.services.regions import create_region
from venues.services.venues import register_venue

_ANHUI = "340000"
_HUB_PREFECTURES = ("340100", "340300", "340800", "341200")
_TOO_SMALL = "340421"
_SEED = 59
_FACILITIES = {
    "area_m2": 1200.0,
    "clear_height_m": 4.2,
    "power_kw": 40.0,
    "floor_load_kg_m2": 500.0,
}


@dataclass(frozen=True)
class Places:
    province: Region
    association: Organisation
    museums: tuple[Venue, ...]
    halls: tuple[Venue, ...]
    hubs: tuple[Venue, ...]

    def museum(self, beginning: str) -> Venue:
        """The museum whose slug begins so."""
        return next(one for one in self.museums if one.slug.startswith(beginning))


def load_network(*, by: Actor, now: datetime) -> Places:
    county_file = Path(apps.get_app_config("venues").path) / "data" / "cn_counties.csv"
    load_county_file(path=county_file, now=now)
    _load_nepal(by=by, now=now)
    province = Region.objects.get(code=_ANHUI)
    association = _association(province, now, by=by)
    return Places(
        province=province,
        association=association,
        museums=tuple(_museums(by=by, now=now)),
        halls=tuple(_halls(province, association, by=by, now=now)),
        hubs=tuple(_hubs(association, by=by, now=now)),
    )


def _load_nepal(*, by: Actor, now: datetime) -> None:
    nepal = create_region(
        code="NP",
        name_zh="尼泊尔",
        name_en="Nepal",
        level=RegionLevel.NATION,
        parent=None,
        country="NP",
        by=by,
        now=now,
    )
    create_region(
        code="NP-P3",
        name_zh="巴格马蒂省",
        name_en="Bagmati",
        level=RegionLevel.PROVINCE,
        parent=nepal,
        country="NP",
        by=by,
        now=now,
    )


def _association(province: Region, now: datetime, *, by: Actor) -> Organisation:
    national = register_organisation(
        slug="china-association-for-science-and-technology",
        name_zh="中国科学技术协会",
        name_en="China Association for Science and Technology",
        short_name="中国科协",
        kind=OrganisationKind.ASSOCIATION,
        level=RegionLevel.NATION,
        region=province.parent,
        by=by,
        now=now,
    )
    return register_organisation(
        slug="anhui-association-for-science-and-technology",
        name_zh="安徽省科学技术协会",
        name_en="Anhui Association for Science and Technology",
        short_name="安徽省科协",
        kind=OrganisationKind.ASSOCIATION,
        level=RegionLevel.PROVINCE,
        region=province,
        parent_guidance=national,
        by=by,
        now=now,
    )


def _museums(*, by: Actor, now: datetime) -> Iterator[Venue]:
    path = Path(__file__).parent / "data" / "museums.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            region = Region.objects.get(code=row["region"])
            museum = register_organisation(
                slug=row["slug"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                kind=OrganisationKind.MUSEUM,
                region=region,
                website=row["website"],
                by=by,
                now=now,
            )
            yield register_venue(
                slug=row["slug"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                kind=VenueKind.SCIENCE_MUSEUM,
                organisation=museum,
                region=region,
                address_zh=row["address_zh"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                timezone=row["timezone"],
                website=row["website"],
                is_accessible=True,
                by=by,
                now=now,
                **_FACILITIES,
            )


def _halls(
    province: Region, association: Organisation, *, by: Actor, now: datetime
) -> Iterator[Venue]:
    chance = random.Random(_SEED)
    for county in counties_outside_districts(province):
        area = chance.choice((450, 600, 800, 1000))
        yield register_venue(
            slug=f"hall-{county.code}",
            name_zh=f"{county.name_zh}科普展厅",
            kind=VenueKind.HALL,
            organisation=association,
            region=county,
            address_zh=f"安徽省{_parent(county).name_zh}{county.name_zh}",
            lat=county.lat,
            lon=county.lon,
            coordinates_source=CoordinatesSource.REGION_SEAT,
            by=by,
            now=now,
            **{**_FACILITIES, "area_m2": 260 if county.code == _TOO_SMALL else area},
        )


def counties_outside_districts(province: Region) -> list[Region]:
    """The province's counties and county-level cities, by code."""
    counties = Region.objects.under(province).filter(
        level=RegionLevel.COUNTY, kind__in=("县", "县级市"), valid_to__isnull=True
    )
    return list(counties.select_related("parent").order_by("code"))


def _hubs(association: Organisation, *, by: Actor, now: datetime) -> Iterator[Venue]:
    for code in _HUB_PREFECTURES:
        prefecture = Region.objects.get(code=code)
        seat = Region.objects.filter(parent=prefecture, lat__isnull=False).order_by("code")[0]
        yield register_venue(
            slug=f"hub-{code}",
            name_zh=f"{prefecture.name_zh}流动科技馆资源中心",
            kind=VenueKind.HUB,
            organisation=association,
            region=prefecture,
            address_zh=f"安徽省{prefecture.name_zh}",
            lat=seat.lat,
            lon=seat.lon,
            coordinates_source=CoordinatesSource.REGION_SEAT,
            by=by,
            now=now,
        )


def _parent(region: Region) -> Region:
    if region.parent is None:
        raise ValueError(f"{region} has no region above it")
    return region.parent
