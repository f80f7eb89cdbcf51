"""News of a set as Atom and JSON Feed: what changed last comes first; 304 for what is known."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from events.enums import Moderation, Status
from events.models import Event
from tests.factories.events import (
    CampaignFactory,
    EventFactory,
    OccurrenceFactory,
    ParticipationFactory,
)
from tests.factories.venues import VenueFactory

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _today(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆")


def shown(venue, day: int = 1, **facts) -> Event:
    changed_at = datetime(2026, 10, day, 3, tzinfo=UTC)
    return OccurrenceFactory(event=EventFactory(venue=venue, changed_at=changed_at, **facts)).event


def test_atom_tells_the_latest_change_first_with_the_moment_of_the_change(client, venue):
    shown(venue, 3, title_zh="旧")
    shown(venue, 9, title_zh="新 & <好>", status=Status.POSTPONED)
    shown(venue, 5, moderation=Moderation.DRAFT)

    answer = client.get("/feeds/venues/hefei.atom")

    root = ElementTree.fromstring(answer.content)
    entries = root.findall(f"{ATOM}entry")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["延期：新 & <好>", "旧"]
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == [
        "2026-10-09T03:00:00Z",
        "2026-10-03T03:00:00Z",
    ]
    assert root.findtext(f"{ATOM}updated") == "2026-10-09T03:00:00Z"
    assert root.findtext(f"{ATOM}id") == "http://127.0.0.1:8000/feeds/venues/hefei.atom"
    assert "2026-11-07 10:00 (Asia/Shanghai)" in (entries[0].findtext(f"{ATOM}content") or "")


def test_json_feed_tells_the_same_in_the_language_asked_for(client, venue):
    event = shown(venue, 9, title_zh="光", title_en="Light", status=Status.FULL)

    answer = client.get("/feeds/venues/hefei.json?lang=en")

    document = answer.json()
    assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert document["feed_url"] == "http://127.0.0.1:8000/feeds/venues/hefei.json?lang=en"
    (item,) = document["items"]
    assert item["id"] == item["url"] == f"http://127.0.0.1:8000/events/{event.public_uid}/"
    assert (item["title"], item["date_modified"]) == ("Fully booked: Light", "2026-10-09T03:00:00Z")


@pytest.mark.parametrize("form", ["atom", "json"])
def test_who_has_the_bytes_gets_304_until_something_changes(client, venue, form):
    event = shown(venue)
    address = f"/feeds/venues/hefei.{form}"
    first = client.get(address)
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(zipped.content) == first.content == client.get(address).content
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert (
        client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code
        == 304
    )
    event.sequence, event.title_zh = 1, "另一个"
    event.save()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_news_need_the_same_queries_for_any_number_of_events(
    client, venue, count, django_assert_num_queries
):
    for number in range(count):
        shown(venue, number + 1)
    client.get("/feeds/venues/hefei.atom")

    with django_assert_num_queries(11):
        answer = client.get("/feeds/venues/hefei.atom")
    with django_assert_num_queries(2):
        client.get("/feeds/venues/hefei.atom", headers={"If-None-Match": answer["ETag"]})


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/search.atom?venue=hefei",
        "/feeds/campaigns/day.json",
        "/feeds/regions/{region}.json",
        "/feeds/audiences/youth.atom",
        "/events/{uid}.atom",
        "/events/{uid}.json",
    ],
)
def test_every_calendar_has_its_news(client, venue, address):
    event = shown(venue, title_zh="光", audiences=["youth"])
    ParticipationFactory(event=event, campaign=CampaignFactory(slug="day"))

    answer = client.get(address.format(uid=event.public_uid, region=venue.region.code))

    assert answer.status_code == 200
    assert "光" in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/feeds/venues/nowhere.atom", 404),
        ("/feeds/private/TOKEN.atom", 404),
        ("/feeds/search.json?colour=red", 400),
        ("/feeds/venues/hefei.rss", 404),
    ],
)
def test_addresses_without_news_are_refused_in_words(client, venue, address, status):
    assert client.get(address).status_code == status


def test_the_page_of_an_event_tells_search_engines_about_it(client, venue):
    event = shown(venue, title_zh="光</script>")

    page = client.get(f"/events/{event.public_uid}/").content.decode()

    assert '<script type="application/ld+json">{"@context":"https://schema.org"' in page
    assert '"name":"光\\u003c/script\\u003e"' in page


def test_the_page_of_an_event_shows_its_facts_and_never_calls_the_unknown_free(client, venue):
    priced = shown(
        venue, is_free=False, price_amount="20.00", price_currency="CNY", age_min=8,
        registration_url="https://book.example/1",
    )  # fmt: skip
    unknown = shown(venue)

    page = client.get(f"/events/{priced.public_uid}/?lang=en").content.decode()
    other = client.get(f"/events/{unknown.public_uid}/?lang=en").content.decode()

    assert "<dt>Price</dt><dd>20 CNY</dd>" in page
    assert "<dt>Age</dt><dd>from 8 years</dd>" in page
    assert '<a href="https://book.example/1" rel="nofollow">' in page
    assert "<dt>Price</dt><dd>ask the organiser</dd>" in other
