"""Public lists and items: what they answer, in how many queries, and page by page."""

from __future__ import annotations

import pytest

from tests.factories.events import EventFactory, OccurrenceFactory, TopicFactory
from tests.factories.venues import OrganisationFactory, RegionFactory, VenueFactory

LISTS = {
    "/api/v1/venues/": (VenueFactory, 1),
    "/api/v1/regions/": (RegionFactory, 2),
    "/api/v1/organisations/": (OrganisationFactory, 1),
    "/api/v1/events/": (EventFactory, 3),
    "/api/v1/occurrences/": (OccurrenceFactory, 1),
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

    pages, url = [], f"{address}?page_size=2"
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
        "is_free": True,
        "url": "",
        "sequence": 0,
        "changed_at": "2026-10-01T02:00:00+00:00",
    }
