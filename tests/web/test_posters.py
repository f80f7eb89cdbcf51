"""Posters with QR codes, and the programme of a month on paper."""

from __future__ import annotations

import io
from datetime import date, time

import pytest
from PIL import Image

from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.venues import RegionFactory, VenueFactory
from web import paper
from web.pages import posters

pytestmark = pytest.mark.django_db

LONG = "一个非常长的活动标题，用来检查海报上是否会溢出或者被截断" * 4


@pytest.fixture
def event(now):
    region = RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)
    venue = VenueFactory(slug="hefei", region=region, name_zh="合肥科技馆", name_en="Hefei Museum")
    made = EventFactory(
        venue=venue,
        title_zh="动手做：电与磁",
        title_en="Hands on",
        start_date=date(2027, 3, 6),
        end_date=date(2027, 3, 6),
        start_time=time(10),
        end_time=time(11, 30),
    )
    refresh_occurrences(made, now=now)
    return made


@pytest.fixture
def drawn(monkeypatch) -> list[paper.Poster]:
    """Posters that were asked for; nothing is drawn."""
    found: list[paper.Poster] = []
    monkeypatch.setitem(
        posters._MAKERS, "png", (lambda one: found.append(one) or b"png", "image/png")
    )
    return found


def test_the_poster_of_an_event_says_when_and_where_and_leads_to_its_permanent_page(
    client, event, drawn, settings
):
    answer = client.get(f"/events/{event.public_uid}/poster.png?lang=en")

    assert answer.headers["Content-Type"] == "image/png"
    assert drawn == [
        paper.Poster(
            title="Hands on",
            lines=("6 March 2027 10:00–11:30", "Hefei Museum"),
            told="Scan to see and to follow",
            address=f"{settings.SITE_URL}/events/{event.public_uid}/",
        )
    ]


def test_a_poster_is_drawn_once_for_the_same_words(client, event, drawn):
    for _ in range(2):
        client.get("/venues/hefei/poster.png")

    assert len(drawn) == 1


def test_a_poster_of_a_long_title_is_one_sheet_of_a4_with_a_code():
    poster = paper.Poster(LONG, ("3月6日", "合肥科技馆"), "扫码查看", "https://o.example/events/x/")

    drawn = Image.open(io.BytesIO(paper.poster_png(poster)))
    printed = paper.poster_pdf(poster)

    assert drawn.size == (1240, 1754)
    assert {drawn.getpixel((x, 5)) for x in range(0, 1240, 7)} == {(255, 255, 255)}
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") == 1


def test_the_programme_of_a_region_is_a_page_and_a_pdf(client, event):
    page = client.get("/regions/340000/programme/?month=2027-03&lang=en").content.decode()
    sheet = client.get("/regions/340000/programme.pdf?month=2027-03&lang=zh")

    assert "Hands on" in page
    assert "Anhui · March 2027" in page
    assert sheet.headers["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF-")


def test_pages_lead_to_their_posters(client, event):
    region = client.get("/regions/340000/?lang=en").content.decode()
    shown = client.get(f"/events/{event.public_uid}/?lang=en").content.decode()

    assert 'href="/regions/340000/poster.pdf?lang=en"' in region
    assert 'href="/regions/340000/programme/?lang=en&amp;month=' in region
    assert f'href="/events/{event.public_uid}/poster.png?lang=en"' in shown


def test_what_is_not_there_has_no_poster_and_the_page_helps_to_find_it(client, db):
    answer = client.get("/venues/hefei-museum/poster.png?lang=en")
    missing = client.get("/venues/hefei-museum/?lang=en")

    assert answer.status_code == missing.status_code == 404
    assert 'name="q" value="hefei museum"' in missing.content.decode()


def test_a_search_that_was_kept_has_a_poster_and_so_has_all_that_is_on(client, drawn, settings):
    page = client.get("/whats-on/follow/?q=光&lang=en").headers["Location"].partition("?")[0]
    for address in (page, "/whats-on/"):
        assert client.get(f"{address}poster.png?lang=en").status_code == 200

    assert [(one.title, one.address) for one in drawn] == [
        ("“光”", settings.SITE_URL + page),
        ("What's on", f"{settings.SITE_URL}/whats-on/"),
    ]
    assert client.get("/s/nosuchcode/poster.png").status_code == 404


def test_the_style_page_shows_components_and_sets_no_cookie(client):
    for language, word in (("zh", "组件"), ("en", "Components")):
        answer = client.get(f"/style/?lang={language}")
        assert word in answer.content.decode()
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not answer.cookies
