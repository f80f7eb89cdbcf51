"""What's on: a search that counts, is mapped, and can be followed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.utils import timezone

from events.models import SavedSearch
from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.touring import ExhibitionFactory, StopFactory
from tests.factories.venues import RegionFactory, VenueFactory
from touring.models import StopState
from web.pages.map import place_map

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


def listed(**facts):
    day = {"start_date": date(2027, 3, 6), "end_date": date(2027, 3, 6)}
    hours = {"start_time": time(10), "end_time": time(11, 30)}
    event = EventFactory(**{**day, **hours, **facts})
    refresh_occurrences(event, now=NOW)
    return event


@pytest.fixture
def anhui():
    return RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)


@pytest.fixture
def hefei(anhui):
    return VenueFactory(
        slug="hefei",
        region=anhui,
        name_zh="合肥科技馆",
        lat=31.8,
        lon=117.2,
        coordinates_source="survey",
    )


def search(client, query: str) -> str:
    answer = client.get(f"/whats-on/?start=2027-03-01&lang=en&{query}")
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_the_list_holds_what_fits_and_nothing_else(client, hefei):
    listed(venue=hefei, title_zh="工作坊", title_en="Build a rocket", kind="workshop")
    listed(venue=hefei, title_zh="讲座", title_en="Talk on stars", kind="lecture")

    page = search(client, "kind=workshop")

    assert "Build a rocket" in page
    assert "Talk on stars" not in page


def test_a_filter_is_counted_as_if_nothing_of_its_own_were_chosen(client, hefei):
    listed(venue=hefei, kind="workshop")
    listed(venue=hefei, kind="lecture")
    listed(venue=hefei, kind="lecture")

    page = search(client, "kind=workshop")

    assert 'lecture <span class="count">2</span>' in page
    assert 'aria-current="true">workshop <span class="count">1</span>' in page


def test_the_map_draws_a_point_for_each_place_and_names_them_below(client, hefei):
    listed(venue=hefei)
    listed(venue=VenueFactory(slug="suzhou", lat=33.6, lon=116.9, coordinates_source="survey"))

    page = search(client, "view=map")

    assert page.count("<circle") == 2
    assert "/venues/suzhou/" in page


def test_places_lie_inside_the_drawing_with_north_above(hefei):
    listed(venue=VenueFactory(slug="north", lat=50.0, lon=100.0, coordinates_source="survey"))
    listed(venue=VenueFactory(slug="south", lat=20.0, lon=120.0, coordinates_source="survey"))
    from events.models import Event

    drawn = {one.venue.slug: one for one in place_map(Event.objects.all()).points}

    assert drawn["north"].y < drawn["south"].y
    assert drawn["north"].x < drawn["south"].x
    assert all(0 < one.x < 800 and 0 < one.y < 560 for one in drawn.values())


def test_a_search_is_followed_under_a_short_address_that_equal_searches_share(client, anhui):
    first = client.get("/whats-on/follow/?kind=lecture&region=340000&lang=en")
    second = client.get("/whats-on/follow/?region=340000&kind=lecture")

    search = SavedSearch.objects.get()
    assert first.headers["Location"] == f"/s/{search.code}/?lang=en"
    assert second.headers["Location"] == f"/s/{search.code}/"
    page = client.get(f"/s/{search.code}/?lang=en").content.decode()
    assert f"/feeds/s/{search.code}.ics?lang=en" in page
    assert client.get(f"/feeds/s/{search.code}.ics").status_code == 200


@pytest.mark.parametrize(
    "query", ["start=tomorrow", "region=nowhere", "near=1", "kind=party", "q=%00"]
)
def test_a_search_that_cannot_be_understood_says_why(client, query):
    for address in ("/whats-on/", "/whats-on/follow/"):
        answer = client.get(f"{address}?{query}")

        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.content.decode()


def test_an_address_of_no_search_is_not_found(client):
    assert client.get("/s/aaaaaaaaaaaa/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_as_often_for_any_number(
    client, hefei, count, django_assert_num_queries
):
    for _ in range(count):
        listed(venue=hefei)
    client.get("/whats-on/?start=2027-03-01")  # what is kept between requests is kept

    with django_assert_num_queries(16):
        client.get("/whats-on/?start=2027-03-01")


def test_an_exhibitions_page_shows_where_it_is_and_goes_next_but_nothing_unsigned(client):
    shown = ExhibitionFactory(slug="light")
    today = timezone.localdate()
    for slug, state, opens in (
        ("now", StopState.OPEN, -3),
        ("next", StopState.CONTRACTED, 60),
        ("secret", StopState.PROPOSED, 200),
    ):
        StopFactory(
            uid=slug,
            unit__exhibition=shown,
            venue__slug=slug,
            state=state,
            **days_from(today, opens),
        )

    page = client.get("/exhibitions/light/?lang=en").content.decode()

    now, coming = page.index("Now open"), page.index("Next</h3>")
    assert now < page.index("/venues/now/") < coming < page.index("/venues/next/")
    assert "secret" not in page


def days_from(today: date, opens: int) -> dict[str, date]:
    from datetime import timedelta

    def on(number: int) -> date:
        return today + timedelta(days=opens + number)

    return {
        "departs_on": on(-3),
        "arrives_on": on(-2),
        "opens_on": on(0),
        "closes_on": on(30),
        "leaves_on": on(32),
    }
