"""The public pages in Chromium: nothing for axe to find, nothing clipped, a silent console."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.venues import RegionFactory, VenueFactory
from tests.web.barriers import barriers_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "一个非常非常长的活动标题，用来检查页面在手机上是否会溢出或者被截断" * 2
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.fixture
def addresses() -> list[str]:
    """Every kind of page, with entries of all shapes on them."""
    region = RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)
    RegionFactory(code="340100", name_zh="合肥市", parent=region, level=2)
    venue = VenueFactory(slug="hefei", region=region, name_zh="合肥科技馆", phone="0551-1")
    day = {"start_date": date(2027, 3, 6), "end_date": date(2027, 3, 6)}
    hours = {"start_time": time(10), "end_time": time(11, 30)}
    run = {"start_date": date(2027, 2, 1), "end_date": date(2027, 4, 1)}
    whole = {"start_time": None, "end_time": None}
    rows = [
        EventFactory(venue=venue, title_zh=LONG, **day, **hours, rrule="FREQ=WEEKLY;COUNT=8"),
        EventFactory(venue=venue, title_zh="特展", title_en="Special", **run, **whole),
        EventFactory(venue=venue, **day, **hours),
    ]
    for event in rows:
        refresh_occurrences(event, now=NOW)
    rows[2].occurrences.update(is_cancelled=True)
    return [
        "/",
        "/regions/340000/?month=2027-03",
        "/regions/340000/?month=2027-03&view=month",
        "/venues/hefei/?month=2027-03",
        f"/events/{rows[0].public_uid}/",
        f"/events/{rows[2].public_uid}/",
        "/whats-on/?start=2027-03-01&kind=other",
        "/whats-on/?start=2027-03-01&view=map",
        "/whats-on/?start=nonsense",
        "/whats-on/follow/?q=%E7%89%B9%E5%B1%95",
        "/nowhere/",
        "/style/",
        "/venues/hefei/?month=nonsense",
    ]


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [
        (1440, 900, "light"),
        (390, 844, "dark"),
        pytest.param(390, 844, "light", marks=pytest.mark.long),
        pytest.param(1440, 900, "dark", marks=pytest.mark.long),
    ],
)
def test_no_page_has_a_barrier_or_overflows(
    live_server, browser, node_modules, addresses, width, height, scheme
):
    complaints = []
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(("script", str(error), "")))
    for address in addresses:
        for language in ("zh", "en"):
            page.goto(f"{live_server.url}{_in(address, language)}")
            for summary in page.query_selector_all("details > summary"):
                summary.click()
            complaints += barriers_on(page, node_modules, f"{address} {language}")

    assert complaints == []


def test_the_address_is_copied_by_keyboard_under_the_full_policy(live_server, browser, addresses):
    messages = []
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{live_server.url}/venues/hefei/?lang=en")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert copied.endswith("/feeds/venues/hefei.ics?lang=en")
    assert messages == []


def _in(address: str, language: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={language}"
