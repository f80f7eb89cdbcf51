"""Larger letters; and that no way back leads off the site (W3)."""

from __future__ import annotations

import itertools

import pytest

from web.pages.larger import page_of_ours

EVIL = "evil.example"
STARTS = (
    "//",
    "///",
    "/\\",
    "\\\\",
    "\\/",
    "/\t/",
    "/\n/",
    "\t//",
    " //",
    "/%09/",
    "https:",
    "http://",
)
STARTS += (
    "https:/",
    "javascript:alert(1)//",
    "data:text/html,",
    "/%5c",
    "%2f%2f",
    "/.//",
    "@",
    "//@",
)
MIDDLES = ("", "user@", "127.0.0.1@")
FORMS = [f"{start}{middle}{EVIL}" for start, middle in itertools.product(STARTS, MIDDLES)]


def test_sixty_ways_to_name_another_site_are_known():
    assert len(set(FORMS)) == 60


@pytest.mark.browser
def test_no_way_back_leads_a_browser_off_the_site_W3(browser, live_server, db):
    """Every form is judged by Chromium's own parser, as a redirect would be."""
    page = browser.new_page()
    page.goto(f"{live_server.url}/robots.txt")

    origins = page.evaluate(
        "paths => paths.map(path => new URL(path, location.href).origin)",
        [page_of_ours(form) for form in FORMS],
    )

    assert set(origins) == {live_server.url}


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["//evil.example", "/\\evil.example", "https://evil.example/"])
def test_a_foreign_way_back_becomes_the_first_page_W3(client, form):
    assert client.get("/larger/", {"on": "1", "back": form}).headers["Location"] == "/"


@pytest.mark.django_db
def test_larger_letters_stay_until_they_are_turned_off(client):
    client.get("/larger/?on=1&back=/whats-on/?lang=en")
    larger = client.get("/?lang=en")
    client.get("/larger/?on=0&back=/")
    usual = client.get("/?lang=en")

    assert 'class="larger"' in larger.content.decode()
    assert "Usual size" in larger.content.decode()
    assert 'class="larger"' not in usual.content.decode()
    assert "Cookie" in usual.headers["Vary"]


@pytest.mark.django_db
def test_the_way_back_keeps_the_page_and_its_query(client):
    page = client.get("/whats-on/?lang=en&q=moon").content.decode()

    assert "/larger/?on=1&amp;back=%2Fwhats-on%2F%3Flang%3Den%26q%3Dmoon" in page
