"""Feed addresses: what each means, what it says when it means nothing, and its exact bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache

from events.enums import Moderation, Status, Visibility
from events.feeds.saved import save_search
from events.queries import EventFilter
from tests.events.ical.panel import complaints
from tests.factories.events import (
    EventFactory,
    EventReferenceFactory,
    OccurrenceFactory,
    TopicFactory,
)
from tests.factories.venues import RegionFactory, VenueFactory
from touring.models import Exhibition, Unit
from venues.models import FormerAddress

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PUBLIC = "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800"


def shown(**facts):
    return OccurrenceFactory(event=EventFactory(**facts)).event


def lines(response, name: str) -> list[str]:
    text = response.content.decode().replace("\r\n ", "")
    return [line for line in text.split("\r\n") if line.partition(":")[0].partition(";")[0] == name]


def summaries(response) -> set[str]:
    assert response.status_code == 200, response.content.decode()
    return {line.partition(":")[2] for line in lines(response, "SUMMARY")}


GOLDEN = Path(__file__).parents[1] / "data" / "ics" / "golden_small_feed.ics"


def test_small_feed_has_exactly_these_bytes(client):
    venue = VenueFactory(
        slug="hefei",
        name_zh="合肥科技馆",
        name_en="Hefei Science Museum",
        address_zh="黄山路446号",
        address_en="446 Huangshan Road",
        lat=31.84,
        lon=117.26,
        coordinates_source="survey",
    )
    event = shown(
        public_uid="abc@orrery.example",
        venue=venue,
        title_zh="光的故事",
        title_en="The story of light",
        audiences=["family"],
        sequence=2,
    )
    event.topics.add(TopicFactory(slug="light", name_en="light"))
    EventReferenceFactory(event=event, refid="unit:AH-03")

    response = client.get("/feeds/venues/hefei.ics?lang=en")

    assert response.content == GOLDEN.read_bytes()
    assert complaints(response.content) == []


def test_headers_of_a_public_feed(client):
    VenueFactory(slug="hefei")

    response = client.get("/feeds/venues/hefei.ics")

    etag = response.headers["ETag"]
    assert etag.startswith('"')
    assert dict(response.headers) == {
        "Content-Type": "text/calendar; charset=utf-8",
        "ETag": etag,
        "Last-Modified": "Mon, 02 Nov 2026 01:00:00 GMT",
        "Cache-Control": PUBLIC,
        "Vary": "Accept-Encoding",
        "Content-Language": "zh",
        "Content-Disposition": 'inline; filename="venues-hefei.ics"',
        "Content-Length": str(len(response.content)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def test_head_has_the_headers_of_get_and_no_body(client):
    shown(venue=VenueFactory(slug="hefei"))

    got = client.get("/feeds/venues/hefei.ics")
    asked = client.head("/feeds/venues/hefei.ics")

    assert asked.content == b""
    assert dict(asked.headers) == dict(got.headers)


def test_region_feed_shows_everything_below_it(client):
    anhui = RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui")
    county = RegionFactory(code="340121", parent=anhui)
    shown(title_zh="下乡", venue=VenueFactory(region=county))
    shown(title_zh="别处")

    response = client.get("/feeds/regions/340000.ics")

    assert summaries(response) == {"下乡"}
    assert lines(response, "X-WR-CALNAME") == ["X-WR-CALNAME:安徽省科普活动"]


def test_topic_and_audience_feeds(client):
    event = shown(title_zh="镜", audiences=["farmer"])
    event.topics.add(TopicFactory(slug="optics"))
    shown(title_zh="别的")

    assert summaries(client.get("/feeds/topics/optics.ics")) == {"镜"}
    assert summaries(client.get("/feeds/audiences/farmer.ics")) == {"镜"}


def test_exhibition_and_unit_feeds_are_named_by_touring(client, now):
    exhibition = Exhibition.objects.create(
        slug="light", title_zh="光影", title_en="Light", changed_at=now
    )
    Unit.objects.create(code="AH-03", exhibition=exhibition, home=VenueFactory(), changed_at=now)
    stop = shown(title_zh="光影在泾县")
    EventReferenceFactory(event=stop, refid="exhibition:light")
    EventReferenceFactory(event=stop, refid="unit:AH-03")

    tour = client.get("/feeds/exhibitions/light.ics?lang=en")
    unit = client.get("/feeds/units/AH-03.ics")

    assert len(summaries(tour)) == len(summaries(unit)) == 1
    assert lines(tour, "NAME") == ["NAME:Light on tour"]
    assert lines(unit, "NAME") == ["NAME:光影 AH-03"]


def test_exhibition_without_events_is_an_empty_calendar_and_an_unknown_one_is_not(client, now):
    Exhibition.objects.create(slug="new", title_zh="新展", changed_at=now)

    assert summaries(client.get("/feeds/exhibitions/new.ics")) == set()
    assert client.get("/feeds/exhibitions/unheard-of.ics").status_code == 404


def test_exhibition_known_only_by_its_events_has_a_feed(client):
    EventReferenceFactory(event=shown(title_zh="巡展"), refid="exhibition:guest")

    assert summaries(client.get("/feeds/exhibitions/guest.ics")) == {"巡展"}


def test_search_and_its_short_address_are_the_same_calendar(client, now):
    shown(title_zh="光")
    shown(title_zh="声", title_en="", description_en="")
    asked = EventFilter.parse(parse_qs("q=光&kind=workshop"), today=date(2026, 11, 2))
    code = save_search(asked, now=now).code

    by_query = client.get("/feeds/search.ics", {"kind": "workshop", "q": "光"})
    by_code = client.get(f"/feeds/s/{code}.ics")

    assert summaries(by_query) == {"光"}
    assert by_query.content == by_code.content
    assert by_query.headers["ETag"] == by_code.headers["ETag"]


def test_near_feed_snaps_neighbours_to_one_calendar(client):
    here = VenueFactory(lat=31.82, lon=117.23, coordinates_source="survey")
    shown(title_zh="近", venue=here)
    shown(title_zh="远", venue=VenueFactory(lat=30.0, lon=117.23, coordinates_source="survey"))

    one = client.get("/feeds/near.ics?lat=31.8199&lon=117.2301&km=20")
    other = client.get("/feeds/near.ics?km=25&lon=117.2402&lat=31.8101&lang=zh")
    by_search = client.get("/feeds/search.ics?near=31.81,117.24&km=25")

    assert summaries(one) == {"近"}
    assert one.content == other.content == by_search.content


def test_one_event_is_a_calendar_of_its_own_without_a_window(client):
    shown(
        public_uid="past@orrery.example",
        title_zh="往事",
        start_date=date(2001, 1, 1),
        status=Status.SCHEDULED,
    )
    shown(title_zh="别的")

    assert summaries(client.get("/events/past@orrery.example.ics")) == {"往事"}


def test_one_date_of_a_series_has_its_own_address(client):
    series = EventFactory(public_uid="abc@orrery.example", rrule="FREQ=WEEKLY")
    OccurrenceFactory(event=series, key="20261107T100000")
    OccurrenceFactory(event=series, key="20261114T100000", original_start="2026-11-14T10:00:00")

    whole = client.get("/events/abc@orrery.example.ics")
    single = client.get("/events/abc-20261114T100000@orrery.example.ics")

    assert lines(whole, "UID") == [
        "UID:abc-20261107T100000@orrery.example",
        "UID:abc-20261114T100000@orrery.example",
    ]
    assert lines(single, "UID") == ["UID:abc-20261114T100000@orrery.example"]
    assert client.get("/events/abc-20261121T100000@orrery.example.ics").status_code == 404


@pytest.mark.parametrize(
    "hidden",
    [{"moderation": Moderation.DRAFT}, {"visibility": Visibility.HOSTS}],
)
def test_event_that_is_not_public_has_no_address_O4(client, hidden):
    shown(public_uid="abc@orrery.example", **hidden)

    assert client.get("/events/abc@orrery.example.ics").status_code == 404


def test_renamed_venue_redirects_and_keeps_the_query(client):
    VenueFactory(slug="new-name")
    FormerAddress.objects.create(kind="venue", former="old-name", current="new-name")

    response = client.get("/feeds/venues/old-name.ics?lang=en")

    assert response.status_code == 301
    assert response.headers["Location"] == "/feeds/venues/new-name.ics?lang=en"
    assert client.get(response.headers["Location"]).status_code == 200


def test_replaced_region_redirects_to_its_last_successor(client):
    newest = RegionFactory(code="510981")
    middle = RegionFactory(code="510980", replaced_by=newest, valid_to=date(2020, 1, 1))
    RegionFactory(code="510922", replaced_by=middle, valid_to=date(2019, 1, 1))

    response = client.get("/feeds/regions/510922.ics")

    assert (response.status_code, response.headers["Location"]) == (
        301,
        "/feeds/regions/510981.ics",
    )


def test_renamed_unit_and_replaced_topic_redirect(client, now):
    optics = TopicFactory(slug="optics")
    TopicFactory(slug="light", replaced_by=optics)
    FormerAddress.objects.create(kind="unit", former="AH-03", current="AH 3/甲")

    topic = client.get("/feeds/topics/light.ics")
    unit = client.get("/feeds/units/AH-03.ics")

    assert (topic.status_code, topic.headers["Location"]) == (301, "/feeds/topics/optics.ics")
    assert (unit.status_code, unit.headers["Location"]) == (
        301,
        "/feeds/units/AH%203%2F%E7%94%B2.ics",
    )


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/feeds/venues/nowhere.ics", "There is no venue 'nowhere'; check the slug"),
        ("/feeds/regions/999999.ics", "There is no region '999999'; check the code"),
        ("/feeds/topics/magic.ics", "There is no topic 'magic'; check the slug"),
        ("/feeds/audiences/cats.ics", "known are youth, farmer, worker"),
        ("/feeds/units/XX-1.ics", "There is no unit 'XX-1'; check the spelling"),
        ("/feeds/s/nosuchsearch.ics", "There is no saved search 'nosuchsearch'"),
        ("/events/nothing.ics", "There is no event 'nothing'"),
        ("/feeds/planets/mars.ics", "There are no feeds of 'planets'. Feeds are /feeds/venues/"),
        ("/feeds/", "There is no calendar at this address. Calendars are /feeds/venues/"),
        ("/feeds/venues/a%2Fb.ics", "There is no calendar at this address."),
        ("/feeds//venues/hefei.ics", "There is no calendar at this address."),
        ("/feeds/Venues/hefei.ics", "There are no feeds of 'Venues'."),
    ],
)
def test_unknown_address_says_what_to_check(client, address, words):
    response = client.get(address)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert words in response.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/feeds/venues/hefei.ics?utm_source=x", "utm_source: is not a parameter here"),
        ("/feeds/venues/hefei.ics?lang=fr", "lang: 'fr' is not one of zh, en"),
        ("/feeds/venues/hefei.ics?lang=zh&lang=en", "lang: is given 2 times"),
        ("/feeds/search.ics?start=tomorrow&kind=x", "kind: 'x' is not one of"),
        ("/feeds/search.ics?start=tomorrow&kind=x", "start: 'tomorrow' is not a day"),
        ("/feeds/search.ics?region=999999", "there is no region '999999'"),
        ("/feeds/search.ics?campaign=x", "there is no campaign 'x'"),
        ("/feeds/near.ics?lat=31", "lon: give it once, in degrees"),
        ("/feeds/near.ics?lat=117&lon=31", "is not on earth"),
        ("/feeds/near.ics?lat=31&lon=117&km=9999", "km: is not more than 0 and at most 500"),
        ("/feeds/near.ics?lat=31,2&lon=117", "near:"),
        ("/feeds/near.ics?lat=31&lon=117&q=x", "q: is not a parameter here"),
    ],
)
def test_query_that_is_not_understood_is_refused_in_words(client, address, words):
    VenueFactory(slug="hefei")

    response = client.get(address)

    assert response.status_code == 400
    assert words in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "address", ["/feeds/venues/hefei.ics", "/feeds/private/x.ics", "/events/a@b.ics"]
)
def test_calendars_can_only_be_read(client, method, address):
    response = getattr(client, method)(address)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("number", [1, 3])
def test_cold_feed_costs_the_same_queries_for_any_number(client, number, django_assert_num_queries):
    """The venue, the version; to write the dates: their events held, they themselves, their venues and
    what is filed beside them, stored between two savepoints; the revision (looked
    for twice, written between two savepoints)."""
    venue = VenueFactory(slug="hefei")
    for _ in range(number):
        event = shown(venue=venue)
        event.topics.add(TopicFactory())
        EventReferenceFactory(event=event)

    with django_assert_num_queries(19):
        response = client.get("/feeds/venues/hefei.ics")

    assert len(lines(response, "UID")) == number

    cache.clear()
    with django_assert_num_queries(3):  # what was stored, and who it belongs to
        again = client.get("/feeds/venues/hefei.ics")

    assert again.content == response.content


@pytest.mark.parametrize("number", [1, 3])
def test_warm_feed_and_304_cost_the_same_queries_for_any_number(
    client, number, django_assert_num_queries
):
    """Venue and version; for a body the revision, too."""
    venue = VenueFactory(slug="hefei")
    for _ in range(number):
        shown(venue=venue)
    etag = client.get("/feeds/venues/hefei.ics").headers["ETag"]

    with django_assert_num_queries(3):
        client.get("/feeds/venues/hefei.ics")
    with django_assert_num_queries(2):
        answer = client.get("/feeds/venues/hefei.ics", headers={"If-None-Match": etag})

    assert answer.status_code == 304


def test_cancelled_event_stays_and_says_so(client):
    event = EventFactory(title_zh="讲座", venue=VenueFactory(slug="hefei"), status=Status.CANCELLED)
    OccurrenceFactory(event=event, is_cancelled=True)

    response = client.get("/feeds/venues/hefei.ics")

    assert lines(response, "STATUS") == ["STATUS:CANCELLED"]
    assert summaries(response) == {"已取消：讲座"}
