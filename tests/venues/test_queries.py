from __future__ import annotations

import itertools
import random
from datetime import date

import pytest
from geopy.distance import geodesic, great_circle
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.venues import ClosureFactory, RegionFactory, SpaceFactory, VenueFactory
from venues.geocoding import Coordinates
from venues.models import Venue
from venues.permissions import SYSTEM
from venues.queries import open_spans, region_by_code, venues_near
from venues.services import regions
from venues.spans import DaySpan, subtract


def _scatter(count: int, seed: int) -> list[Venue]:
    """Venues all over the globe, more of them at the poles and the antimeridian."""
    dice = random.Random(seed)
    region = RegionFactory()
    places = [(dice.uniform(-90, 90), dice.uniform(-180, 180)) for _ in range(count)]
    places += [(dice.choice([-1, 1]) * dice.uniform(86, 90), dice.uniform(-180, 180))
               for _ in range(count // 4)]  # fmt: skip
    places += [(dice.uniform(-60, 60), dice.choice([-1, 1]) * dice.uniform(177, 180))
               for _ in range(count // 4)]  # fmt: skip
    places += [(90.0, 0.0), (-90.0, 30.0), (0.0, 180.0), (0.0, -180.0)]
    return Venue.objects.bulk_create(
        VenueFactory.build(
            region=region, slug=f"v{n}", lat=lat, lon=lon, coordinates_source="survey"
        )
        for n, (lat, lon) in enumerate(places)
    )


@pytest.mark.django_db
@pytest.mark.db_contract
@pytest.mark.parametrize("km", [1.0, 250.0, 2_000.0, 9_000.0, 20_100.0])
def test_venues_near_finds_what_geopy_finds_in_the_same_order(km):
    scattered = _scatter(300, seed=20261102)
    VenueFactory()  # without coordinates: nowhere
    points = [(31.82, 117.23), (89.9, 12.0), (-89.99, -170.0), (0.0, 180.0), (51.0, -179.9),
              (-17.7, 178.0), (90.0, 0.0), (-90.0, 0.0)]  # fmt: skip

    for lat, lon in points:
        distances = {v.slug: great_circle((lat, lon), (v.lat, v.lon)).km for v in scattered}
        expected = {slug: km_away for slug, km_away in distances.items() if km_away <= km}

        found = list(venues_near(Coordinates(lat, lon), km=km))

        assert {venue.slug for venue in found} == expected.keys()
        for venue in found:
            assert venue.km == pytest.approx(expected[venue.slug], abs=1e-3)
        assert found == sorted(found, key=lambda venue: (venue.km, venue.pk))


@pytest.mark.django_db
def test_venues_near_agrees_with_the_geodesic_within_six_in_a_thousand():
    hefei, beijing = (31.82, 117.23), (39.90, 116.41)
    VenueFactory(lat=beijing[0], lon=beijing[1], coordinates_source="survey")

    [found] = venues_near(Coordinates(*hefei), km=2_000)

    assert found.km == pytest.approx(geodesic(hefei, beijing).km, rel=0.006)


@pytest.mark.django_db
def test_open_spans_leaves_out_closures_of_the_place(now):
    venue = VenueFactory()
    hall, other = SpaceFactory(venue=venue), SpaceFactory(venue=venue)

    def close(first, end, space=None):
        ClosureFactory(
            venue=venue, space=space, first_date=date(2026, 5, first), end_date=date(2026, 5, end)
        )

    close(1, 4)
    close(10, 12, hall)
    close(11, 15, hall)
    close(20, 25, other)
    span = DaySpan(date(2026, 5, 2), date(2026, 5, 31))

    def days(spans):
        return [(piece.first.day, piece.end.day) for piece in spans]

    assert days(open_spans(venue, span)) == [(4, 31)]
    assert days(open_spans(venue, span, space=hall)) == [(4, 10), (15, 31)]
    assert days(open_spans(venue, span, space=other)) == [(4, 20), (25, 31)]


DAYS = st.integers(0, 40)
SPANS = st.tuples(DAYS, st.integers(1, 12)).map(
    lambda pair: DaySpan(date.fromordinal(740_000 + pair[0]), date.fromordinal(740_000 + sum(pair)))
)


@given(span=SPANS, taken=st.lists(SPANS, max_size=6))
def test_subtract_leaves_exactly_the_days_nobody_took(span, taken):
    left = subtract(span, taken)

    days = [day for piece in left for day in range(piece.first.toordinal(), piece.end.toordinal())]
    free = [
        day
        for day in range(span.first.toordinal(), span.end.toordinal())
        if not any(date.fromordinal(day) in piece for piece in taken)
    ]
    assert days == free
    assert all(a.end < b.first for a, b in itertools.pairwise(left))


@pytest.mark.django_db
def test_a_code_leads_to_the_region_of_today(now):
    first = RegionFactory(code="510922")
    second = regions.replace_region(
        old=first, code="510981", name_zh="二", on=date(2019, 1, 1), by=SYSTEM, now=now
    )
    third = regions.replace_region(
        old=second, code="510982", name_zh="三", on=date(2020, 1, 1), by=SYSTEM, now=now
    )

    assert region_by_code("510922") == region_by_code("510981") == third
    assert region_by_code("510982") == third
    assert region_by_code("999999") is None
