"""What pages answer: texts, languages, former addresses, and the number of questions asked."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

import pytest

from events.enums import ImageLicence
from events.models import EventImage
from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.venues import RegionFactory, VenueFactory
from venues.models import FormerAddress

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


def publish(venue, **changes):
    event = EventFactory(
        venue=venue,
        title_zh="看得见的声音",
        title_en="Sound made visible",
        start_date=date(2027, 3, 6),
        end_date=date(2027, 3, 6),
        start_time=time(10),
        end_time=time(11, 30),
        **changes,
    )
    refresh_occurrences(event, now=NOW)
    return event


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆", name_en="Hefei Science Museum")


@pytest.mark.parametrize("view", ["list", "month"])
def test_the_page_of_a_venue_shows_its_month_in_both_languages(client, venue, view):
    publish(venue)

    chinese = client.get(f"/venues/hefei/?month=2027-03&view={view}&lang=zh")
    english = client.get(f"/venues/hefei/?month=2027-03&view={view}&lang=en")

    assert chinese.headers["Content-Language"] == "zh-hans"
    assert "看得见的声音" in chinese.text
    assert "订阅到日历" in chinese.text
    assert english.headers["Content-Language"] == "en"
    assert "Sound made visible" in english.text
    assert "Follow in your calendar" in english.text
    assert "10:00–11:30" in english.text


def test_the_language_follows_the_browser_and_links_keep_a_chosen_one(client, venue):
    by_browser = client.get("/venues/hefei/", headers={"accept-language": "en"})
    chosen = client.get("/venues/hefei/?lang=en", headers={"accept-language": "zh-CN"})

    assert by_browser.headers["Content-Language"] == "en"
    assert "Accept-Language" in by_browser.headers["Vary"]
    assert 'href="/?lang=en"' in chosen.text
    assert "lang=en&amp;month=" in chosen.text or "lang=en&month=" in chosen.text


def test_pages_set_no_cookie_case_c1(client, venue):
    publish(venue)

    for address in ("/", "/venues/hefei/", "/nowhere/"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers
        assert not answer.cookies


def test_the_subscription_is_offered_in_every_way(client, venue, settings):
    settings.SITE_URL = "https://orrery.example"

    text = client.get("/venues/hefei/").text

    assert 'href="webcal://orrery.example/feeds/venues/hefei.ics"' in text
    assert 'value="https://orrery.example/feeds/venues/hefei.ics"' in text
    assert "cid=webcal%3A%2F%2Forrery.example%2Ffeeds%2Fvenues%2Fhefei.ics" in text
    assert "url=https%3A%2F%2Forrery.example%2Ffeeds%2Fvenues%2Fhefei.ics" in text


def test_a_page_of_one_event_offers_its_ics(client, venue):
    event = publish(venue)

    answer = client.get(f"/events/{event.public_uid}/?lang=en")

    assert answer.status_code == 200
    assert "6 March 2027 10:00–11:30" in answer.text
    assert "UTC+08:00" in answer.text
    address = re.search(r'href="(/events/[^"]+\.ics[^"]*)"', answer.text).group(1)
    assert client.get(address).headers["Content-Type"].startswith("text/calendar")


def test_an_empty_month_leads_to_the_next_entry(client, venue):
    publish(venue)

    answer = client.get("/venues/hefei/?month=2026-12&lang=en")

    assert "Nothing is announced for this month." in answer.text
    assert "month=2027-03" in answer.text


def test_a_cancelled_event_says_so(client, venue):
    event = publish(venue)
    event.occurrences.update(is_cancelled=True)

    assert "Cancelled" in client.get("/venues/hefei/?month=2027-03&lang=en").text
    assert "does not take place" in client.get(f"/events/{event.public_uid}/?lang=en").text


def test_drafts_and_logistics_are_on_no_page(client, venue):
    draft = publish(venue, moderation="draft")
    move = publish(venue, visibility="hosts")
    shown = publish(venue)

    text = client.get("/venues/hefei/?month=2027-03").text

    assert shown.public_uid in text
    assert draft.public_uid not in text
    assert move.public_uid not in text
    assert client.get(f"/events/{draft.public_uid}/").status_code == 404


def test_a_former_address_redirects_with_its_query(client, venue):
    FormerAddress.objects.create(kind="venue", former="old", current="hefei")
    old = RegionFactory(code="510922")
    new = RegionFactory(code="510981")
    old.valid_to, old.replaced_by = date(2019, 11, 1), new
    old.save()

    for_venue = client.get("/venues/old/?month=2027-03")
    for_region = client.get("/regions/510922/")

    assert (for_venue.status_code, for_venue.headers["Location"]) == (
        301,
        "/venues/hefei/?month=2027-03",
    )
    assert (for_region.status_code, for_region.headers["Location"]) == (301, "/regions/510981/")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/venues/none/", 404),
        ("/regions/999999/", 404),
        ("/events/none/", 404),
        ("/nothing/here/", 404),
        ("/venues/hefei/?month=2027-13", 400),
        ("/venues/hefei/?month=%00", 400),
        ("/venues/hefei/?lang=xx&view=%F0%9F%92%A9", 200),
        ("/venues/%00/", 404),
    ],
)
def test_addresses_that_lead_nowhere_help_case_p1(client, venue, address, status):
    answer = client.get(address)

    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_pages_are_only_read(client, venue):
    assert client.post("/venues/hefei/").status_code == 405


def test_texts_are_escaped_case_w1(client, venue):
    publish(venue, description_zh="<script>alert(1)</script>", location_zh='"><img src=x>')

    text = client.get("/venues/hefei/?month=2027-03").text

    assert "<img src=x>" not in text
    assert "&quot;&gt;&lt;img src=x&gt;" in text


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_the_same_number_of_questions_case_p3(client, count, django_assert_num_queries):
    region = RegionFactory(code="340000")
    for _ in range(count):
        publish(VenueFactory(region=region))

    with django_assert_num_queries(10):
        client.get("/regions/340000/?month=2027-03")


def test_pictures_are_shown_with_what_is_on_them_and_whose_they_are(client, venue):
    event = publish(venue)
    facts = {"event": event, "alt_zh": "孩子与三棱镜", "alt_en": "A child & a prism"}
    EventImage.objects.create(
        **facts,
        url="https://pictures.example/a.jpg?w=1&h=2",
        credit="Li Mei",
        licence=ImageLicence.CC_BY,
    )
    EventImage.objects.create(
        **facts, url="https://own.example:8443/b.jpg", licence=ImageLicence.OWN_PAGES
    )

    answer = client.get(f"/events/{event.public_uid}/?lang=en")

    assert (
        '<img src="https://pictures.example/a.jpg?w=1&amp;h=2" alt="A child &amp; a prism"'
        ' loading="lazy" referrerpolicy="no-referrer">'
    ) in answer.text
    assert "Picture: Li Mei · CC BY 4.0" in answer.text
    assert "for this site only" in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://own.example:8443 https://pictures.example;" in policy + ";"
    for ending in (".ics", ".json", ".atom"):
        exported = client.get(f"/events/{event.public_uid}{ending}").text
        assert "own.example" not in exported
    assert "own.example" not in client.get(f"/embed/events/{event.public_uid}/").text


def test_a_page_without_pictures_may_load_none_from_elsewhere(client, venue):
    event = publish(venue)

    policy = client.get(f"/events/{event.public_uid}/").headers["Content-Security-Policy"]

    assert "img-src 'self' data:;" in policy + ";"
