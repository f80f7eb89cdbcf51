"""Pages of ours in frames of others: what they show, who may frame them, and oEmbed's description."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from events.feeds.saved import save_search
from events.queries import EventFilter
from events.services.occurrences import refresh_occurrences
from tests.factories.events import (
    CampaignFactory,
    CampaignPartnerFactory,
    EventFactory,
    ParticipationFactory,
    TopicFactory,
)
from tests.factories.venues import OrganisationFactory, RegionFactory, VenueFactory
from venues.models import FormerAddress
from web.pages.framing import origin_of

pytestmark = pytest.mark.django_db

SITE = "https://orrery.example"


@pytest.fixture(autouse=True)
def _today(monkeypatch, settings, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    settings.SITE_URL = SITE


@pytest.fixture
def venue():
    museum = OrganisationFactory(website="https://Museum.example/about?x=1")
    return VenueFactory(
        slug="hefei", name_zh="合肥科技馆", name_en="Hefei Science Museum", organisation=museum
    )


def shown(venue, **facts):
    facts = {"title_zh": "看得见的<声音>", "title_en": "Sound made visible", **facts}
    event = EventFactory(venue=venue, **facts)
    refresh_occurrences(event, now=datetime(2026, 11, 2, 1, tzinfo=UTC))
    return event


def policy_of(answer) -> dict[str, str]:
    parts = (part.strip() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in (part.partition(" ") for part in parts if part)}


def test_W5_the_page_may_stand_in_frames_of_its_museum_alone_and_has_no_controls(client, venue):
    event = shown(venue)

    answer = client.get("/embed/venues/hefei/?lang=en")

    assert answer.status_code == 200
    assert policy_of(answer) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'self' https://museum.example",
    }
    assert "X-Frame-Options" not in answer.headers
    assert not answer.cookies
    for sign in ("<script", "<form", "<button", "<input", "<img"):
        assert sign not in answer.text
    assert f'href="/events/{event.public_uid}/?lang=en"' in answer.text
    assert '<base target="_top">' in answer.text
    assert "Sound made visible" in answer.text
    assert '<h1><a href="/venues/hefei/?lang=en">Hefei Science Museum</a></h1>' in answer.text


def test_W5_every_other_page_stands_in_no_frame(client, venue):
    for address in ("/", "/venues/hefei/", f"/events/{shown(venue).public_uid}/", "/nowhere/"):
        answer = client.get(address)

        assert answer.headers["X-Frame-Options"] == "DENY"
        assert policy_of(answer)["frame-ancestors"] == "'none'"


def test_words_of_museums_are_shown_as_words_W1(client, venue):
    shown(venue)

    text = client.get("/embed/venues/hefei/?lang=zh").text

    assert "看得见的&lt;声音&gt;" in text


def test_a_campaign_is_framed_by_its_lead_and_partners_and_whom_the_operator_lists(
    client, settings, venue
):
    settings.EMBED_ORIGINS = ["https://portal.example", "javascript:alert(1)"]
    campaign = CampaignFactory(
        slug="day", lead=OrganisationFactory(website="http://lead.example:8080/")
    )
    partner = OrganisationFactory(website="https://科技馆.example")
    CampaignPartnerFactory(campaign=campaign, organisation=partner)
    ParticipationFactory(campaign=campaign, event=shown(venue))

    answer = client.get("/embed/campaigns/day/")

    assert set(policy_of(answer)["frame-ancestors"].split()) == {
        "'self'",
        "https://portal.example",
        "http://lead.example:8080",
        f"https://{'科技馆'.encode('idna').decode()}.example",
    }
    assert "看得见的" in answer.text


def test_every_kind_of_page_has_its_frame_from_today_on(client, venue, now):
    TopicFactory(slug="light")
    region = RegionFactory(code="340000")
    event = shown(venue, audiences=["youth"])
    event.topics.set([TopicFactory(slug="sound")])
    shown(venue, title_zh="已过去", start_date=date(2026, 10, 1))
    search = save_search(EventFilter.parse({"venue": ["hefei"]}, today=date(2026, 11, 2)), now=now)

    for address in (
        "venues/hefei",
        f"regions/{venue.region.code}",
        "topics/sound",
        "audiences/youth",
        f"s/{search.code}",
        f"events/{event.public_uid}",
    ):
        text = client.get(f"/embed/{address}/?lang=zh").text
        assert "看得见的" in text, address
        assert "已过去" not in text, address
    empty = client.get(f"/embed/regions/{region.code}/?lang=en")
    assert "Nothing is announced yet." in empty.text


def test_former_addresses_lead_on_and_unknown_ones_nowhere(client, venue):
    FormerAddress.objects.create(kind="venue", former="old", current="hefei")

    assert client.get("/embed/venues/old/").headers["Location"] == "/embed/venues/hefei/"
    assert client.get("/embed/venues/nowhere/").status_code == 404
    assert client.get("/embed/private/x/").status_code == 404
    assert client.post("/embed/venues/hefei/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_the_same_queries_for_any_number_P3(
    client, venue, count, django_assert_num_queries
):
    for _ in range(count):
        shown(venue)

    with django_assert_num_queries(5):
        client.get("/embed/venues/hefei/")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://museum.example", "https://museum.example"),
        ("HTTP://Museum.example:81/a?b#c", "http://museum.example:81"),
        ("https://user:secret@museum.example/", "https://museum.example"),
        ("https://museum.example; script-src *", ""),
        ("https://museum.example\r\nX: y", ""),
        ("javascript:alert(1)", ""),
        ("https://museum.example:99999", ""),
        ("https://[::1", ""),
        ("//museum.example", ""),
        ("", ""),
    ],
)
def test_only_a_plain_origin_gets_into_a_header_W5(address, origin):
    assert origin_of(address) == origin


# ---- oEmbed --------------------------------------------------------------------------------------


def test_pages_name_the_address_that_describes_their_frame(client, venue):
    shown(venue)

    text = client.get("/venues/hefei/?lang=en").text

    assert (
        '<link rel="alternate" type="application/json+oembed" href="https://orrery.example/oembed?'
        'url=https%3A%2F%2Forrery.example%2Fvenues%2Fhefei%2F%3Flang%3Den&amp;format=json">'
    ) in text


def test_oembed_describes_the_frame_in_the_size_allowed(client, venue):
    answer = client.get(
        "/oembed",
        {"url": f"{SITE}/venues/hefei/?lang=en", "format": "json", "maxwidth": "400"},
    )

    assert answer.json() == {
        "version": "1.0",
        "type": "rich",
        "title": "Hefei Science Museum",
        "provider_name": "Orrery",
        "provider_url": SITE,
        "html": (
            '<iframe src="https://orrery.example/embed/venues/hefei/?lang=en" width="400"'
            ' height="480" title="Hefei Science Museum" loading="lazy" style="border:0"'
            ' sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe>'
        ),
        "width": 400,
        "height": 480,
        "cache_age": 3600,
    }
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/embed/venues/hefei/?lang=en").status_code == 200


def test_a_title_cannot_leave_its_attribute_W1(client, venue):
    event = shown(venue, title_zh='"><script>alert(1)</script>')

    html = client.get("/oembed", {"url": f"{SITE}/events/{event.public_uid}/"}).json()["html"]

    assert "<script" not in html
    assert html.count('"') == html.count('="') * 2


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": f"{SITE}/venues/hefei/", "format": "xml"}, 501),
        ({"url": f"{SITE}/venues/nowhere/"}, 404),
        ({"url": "https://evil.example/venues/hefei/"}, 400),
        ({"url": f"{SITE}.evil.example/venues/hefei/"}, 400),
        ({"url": f"{SITE}/admin/venues/"}, 400),
        ({"url": f"{SITE}/feeds/private/token.ics"}, 400),
        ({"url": f"{SITE}/venues/a%2Fb/"}, 400),
        ({"url": f"{SITE}/venues/%00/"}, 400),
        ({"url": "https://[/venues/hefei/"}, 400),
        ({"url": f"{SITE}/venues/hefei/", "maxwidth": "x"}, 400),
        ({"url": f"{SITE}/venues/hefei/", "maxheight": "9"}, 400),
        ({}, 400),
    ],
)
def test_addresses_that_have_no_frame_are_refused(client, venue, query, status):
    assert client.get("/oembed", query).status_code == status


def test_robots_learn_where_the_list_of_pages_is(client):
    answer = client.get("/robots.txt")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("User-agent: *\nDisallow: /account/\n")
    assert answer.text.endswith("\nSitemap: https://orrery.example/sitemap.xml\n")
    assert "Disallow: /feeds/private/" in answer.text
