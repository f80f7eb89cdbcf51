"""Public lists and items: what they answer, in how many queries, and page by page."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tests.factories.events import EventFactory, OccurrenceFactory, TopicFactory
from tests.factories.touring import (
    ExhibitionFactory,
    PlanFactory,
    PlannedStopFactory,
    PlanVersionFactory,
    RunFactory,
    SeasonFactory,
    StopFactory,
    StopLockFactory,
    TourRequestFactory,
)
from tests.factories.venues import OrganisationFactory, RegionFactory, UserFactory, VenueFactory

LISTS = {
    "/api/v1/venues/": (VenueFactory, 1),
    "/api/v1/regions/": (RegionFactory, 2),
    "/api/v1/organisations/": (OrganisationFactory, 1),
    "/api/v1/events/": (EventFactory, 3),
    "/api/v1/occurrences/": (OccurrenceFactory, 1),
    "/api/v1/feeds/?kind=exhibitions": (ExhibitionFactory, 1),
    "/api/v1/exhibitions/": (ExhibitionFactory, 1),
    "/api/v1/seasons/": (SeasonFactory, 1),
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", LISTS)
def test_P3_a_public_list_needs_the_same_queries_for_any_number(
    anyone, address, count, django_assert_num_queries
):
    factory, queries = LISTS[address]
    factory.create_batch(count)

    with django_assert_num_queries(queries):
        answer = anyone.get(address)

    assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_page_by_page_forth_and_back(anyone, address):
    LISTS[address][0].create_batch(5)
    whole = anyone.get(address).json()["results"]

    pages, url = [], f"{address}{'&' if '?' in address else '?'}page_size=2"
    while url:
        page = anyone.get(url).json()
        pages.append(page["results"])
        last, url = page, page["next"]
    back = []
    while last["previous"]:
        last = anyone.get(last["previous"]).json()
        back.insert(0, last["results"])

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row for page in pages for row in page] == whole
    assert back == pages[:2]


@pytest.mark.parametrize("count", [1, 3])
def test_P3_units_and_contracted_stops_need_the_same_queries_for_any_number(
    anyone, count, django_assert_num_queries
):
    StopFactory.create_batch(count, state="contracted")

    with django_assert_num_queries(2):
        units = anyone.get("/api/v1/units/")
    with django_assert_num_queries(1):
        stops = anyone.get("/api/v1/stops/")

    assert [len(each.json()["results"]) for each in (units, stops)] == [count, count]


@pytest.mark.parametrize("count", [1, 3])
def test_P3_facets_need_the_same_queries_for_any_number(anyone, count, django_assert_num_queries):
    for number in range(count):
        event = EventFactory(audiences=["youth", "family"] if number else ["youth"])
        event.topics.add(TopicFactory(slug=f"t-{number}"))

    with django_assert_num_queries(11):
        counts = anyone.get("/api/v1/events/facets/").json()

    assert counts["kind"] == {"workshop": count}
    assert counts["audience"] == ({"youth": 1} if count == 1 else {"youth": 3, "family": 2})
    assert sum(counts["topic"].values()) == sum(counts["region"].values()) == count


def test_a_list_sends_at_most_200_rows_however_many_are_asked_for(anyone):
    region = RegionFactory()
    VenueFactory.create_batch(201, region=region)

    page = anyone.get("/api/v1/venues/?page_size=1000000000").json()

    assert len(page["results"]) == 200


def test_rows_made_while_paging_neither_double_nor_hide_others(anyone):
    for slug in ("b", "d", "f"):
        VenueFactory(slug=slug)
    first = anyone.get("/api/v1/venues/?page_size=2").json()
    VenueFactory(slug="a")

    second = anyone.get(first["next"]).json()

    assert [row["slug"] for row in first["results"] + second["results"]] == ["b", "d", "f"]


def test_an_event_is_shown_with_its_next_date_and_topics(anyone, monkeypatch, now):
    monkeypatch.setattr("api.views.ResourceView.now", now)
    event = EventFactory(is_free=True, audiences=["youth"])
    event.topics.add(TopicFactory(slug="light"), TopicFactory(slug="astronomy"))
    OccurrenceFactory(event=event)

    (row,) = anyone.get("/api/v1/events/?lang=en").json()["results"]

    assert row == {
        "id": event.public_uid,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
        "kind": "workshop",
        "status": "scheduled",
        "venue": event.venue.slug,
        "region": event.venue.region.code,
        "start": "2026-11-07T10:00:00",
        "end": "2026-11-07T11:30:00",
        "timezone": "Asia/Shanghai",
        "rrule": "",
        "next_starts_at": "2026-11-07T02:00:00+00:00",
        "audiences": ["youth"],
        "topics": ["astronomy", "light"],
        "sectors": [],
        "attendance": "on_site",
        "is_free": True,
        "price_amount": None,
        "price_currency": "",
        "url": "",
        "sequence": 0,
        "changed_at": "2026-10-01T02:00:00+00:00",
    }


@pytest.fixture
def planner(db) -> APIClient:
    client = APIClient()
    client.force_authenticate(UserFactory(is_superuser=True))
    return client


def make_runs(count: int) -> None:
    RunFactory.create_batch(count, plan=PlanFactory())


PRIVATE_LISTS = {
    "/api/v1/events/mine/": (EventFactory.create_batch, 3),
    "/api/v1/stops/mine/": (StopFactory.create_batch, 1),
    "/api/v1/tour-requests/": (TourRequestFactory.create_batch, 3),
    "/api/v1/plans/": (PlanFactory.create_batch, 1),
    "/api/v1/runs/": (make_runs, 1),
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", PRIVATE_LISTS)
def test_P3_a_private_list_needs_the_same_queries_for_any_number(
    planner, address, count, django_assert_num_queries
):
    make, queries = PRIVATE_LISTS[address]
    make(count)

    with django_assert_num_queries(queries):
        answer = planner.get(address)

    assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("place", "make", "queries"),
    [
        ("runs", RunFactory.create_batch, 2),
        ("versions", PlanVersionFactory.create_batch, 2),
        ("locks", StopLockFactory.create_batch, 2),
    ],
)
def test_P3_what_belongs_to_a_plan_needs_the_same_queries_for_any_number(
    planner, place, make, queries, count, django_assert_num_queries
):
    plan = PlanFactory()
    make(count, plan=plan)

    with django_assert_num_queries(queries):
        answer = planner.get(f"/api/v1/plans/{plan.pk}/{place}/")

    assert len(answer.json()["results"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_P3_a_version_needs_the_same_queries_for_any_number_of_stops(
    planner, count, django_assert_num_queries
):
    version = PlanVersionFactory()
    PlannedStopFactory.create_batch(count, version=version)

    with django_assert_num_queries(2):
        answer = planner.get(f"/api/v1/versions/{version.pk}/")

    assert len(answer.json()["stops"]) == count
    assert answer.json()["stops"][0]["opens_on"] == "2027-03-01"


def test_a_run_shows_how_far_it_is(planner):
    run = RunFactory(
        progress=[
            {"seconds": 1.0, "work": 3, "value": 7.5, "bound": None},
            {"seconds": 2.0, "work": 9, "value": 8.5, "bound": 9.0},
        ]
    )

    answer = planner.get(f"/api/v1/runs/{run.pk}/").json()

    assert (answer["value"], answer["bound"]) == (8.5, 9.0)
    assert answer["progress"] == run.progress
