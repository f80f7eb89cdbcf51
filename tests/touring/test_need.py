"""The need index from rows: indicators, tags, museums and past stops; and what it adds to a wish."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.touring import PlacedVenueFactory, StopFactory, UnitFactory
from tests.factories.venues import VenueFactory
from touring.assembly import assemble, needs_of
from touring.errors import InvalidSeason
from venues.models import Region, RegionIndicator, RegionTag, Venue, VenueKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(plan):
    """Four counties; 01 has a museum, 02 a tag, 03 children, 04 was visited a year ago."""
    counties = {region.code: region for region in Region.objects.filter(code__startswith="34010")}
    for county in counties.values():
        county.lat, county.lon = 30.0 + int(county.code[-1]), 117.0
        county.save()
    PlacedVenueFactory(slug="museum", region=counties["340101"], lat=31.0)
    tag = RegionTag.objects.create(code="border", name_zh="边境", name_en="border")
    counties["340102"].tags.add(tag)
    for code, year, value in (
        ("340103", 2010, 5.0),
        ("340103", 2020, 9000.0),
        ("340101", 2020, 9e9),
    ):
        RegionIndicator.objects.create(
            region=counties[code], name="children-5-14", year=year, value=value, source="census"
        )
    for code, years in (("340104", 1), ("340103", 5)):
        closes = plan.season.first_date - timedelta(days=round(365.25 * years))
        StopFactory(
            uid=f"past-{code}",
            unit=UnitFactory(code=f"OLD-{code}"),
            venue=VenueFactory(slug=f"past-{code}", kind=VenueKind.HALL, region=counties[code]),
            departs_on=closes - timedelta(days=40),
            arrives_on=closes - timedelta(days=40),
            opens_on=closes - timedelta(days=30),
            closes_on=closes,
            leaves_on=closes + timedelta(days=2),
        )
    Venue.objects.exclude(slug="museum").update(kind=VenueKind.HALL)
    return plan.season


def test_the_parts_come_from_the_rows(season):
    needs = {one.region: one for one in needs_of(season)}

    assert needs["340101"].parts["no_own_museum"] == 0
    assert needs["340101"].parts["children"] == 0  # the museum is near its seat
    assert needs["340102"].parts["region_tags"] == 1
    assert needs["340103"].parts["children"] == 1
    assert needs["340103"].parts["years_since_visit"] == pytest.approx(5 / 6, abs=0.01)
    assert needs["340104"].parts["years_since_visit"] == pytest.approx(1 / 6, abs=0.01)
    assert needs["340102"].missing == ("children", "literacy_gap")


def test_the_index_adds_to_the_value_of_requests_when_the_season_asks_for_it(season, plan):
    plain = {one.id: one.value for one in assemble(plan).problem.requests}
    season.rules = {"need": {"weights": {"years_since_visit": 1.0}, "scale": 100}}
    season.save()
    plan.season = season

    weighed = {one.id: one.value for one in assemble(plan).problem.requests}

    need = {one.region: one.index for one in needs_of(season)}
    assert plain["AH-2027-003"] == 10
    assert weighed["AH-2027-003"] == pytest.approx(10 + 100 * need["340103"])
    assert weighed["AH-2027-003"] > weighed["AH-2027-004"]


def test_wrong_weights_are_refused_by_name(season, plan):
    season.rules = {"need": {"weights": {"beauty": 1, "children": -1}, "size": 3}}
    season.save()
    plan.season = season

    with pytest.raises(InvalidSeason) as refusal:
        assemble(plan)

    fields = {one["field"] for one in refusal.value.detail["problems"]}
    assert fields == {"rules.need.size", "rules.need.weights.beauty", "rules.need.children"}


def test_the_interface_shows_the_parts_and_needs_the_same_queries_for_any_number(
    client, season, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        answer = client.get(f"/api/v1/seasons/{season.slug}/need-index/")

    body = answer.json()
    assert body["weights"]["children"] == 0.35
    assert len(body["counties"]) == 4
    assert set(body["counties"][0]) == {"region", "index", "parts", "missing"}
