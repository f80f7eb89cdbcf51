"""The tasks of hosts and officers with Tab, Enter and letters alone.

What visitors and editors do by keyboard stands in ``test_stories``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.touring import (
    HoldFactory,
    RequestCallFactory,
    SeasonFactory,
    UnitFactory,
)
from tests.factories.venues import RegionFactory, VenueFactory
from tests.web.barriers import POLICY_WATCH, sign_in
from tests.web.test_desk_stops import signed_in
from touring.models import FacilityReport, Hold, HoldState, RequestState, TourRequest
from venues.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TABS = 90


class Keys:
    """A page of which only the keyboard is touched; what it says on its console is kept."""

    def __init__(self, browser: Any, site: str, client: Client) -> None:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_init_script(POLICY_WATCH)
        sign_in(context, client, site)
        self.site, self.page, self.told = site, context.new_page(), []
        self.page.on("console", lambda message: self.told.append(message.text))

    def open(self, address: str) -> None:
        mark = "&" if "?" in address else "?"
        self.page.goto(f"{self.site}{address}{mark}lang=en")

    def go_to(self, wanted: Any) -> None:
        """Press Tab until ``wanted`` has the focus."""
        for _ in range(MOST_TABS):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} is not reached by {MOST_TABS} tabs")

    def write(self, label: str, text: str) -> None:
        self.go_to(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def write_day(self, label: str, day: Any) -> None:
        """Month, day and year are parts of one field, in the order of the browser's language."""
        self.go_to(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.type(f"{day:%m%d%Y}")

    def press(self, name: str, *, role: str = "button", key: str = "Enter") -> None:
        self.go_to(self.page.get_by_role(role, name=name).first)
        self.page.keyboard.press(key)

    def hears(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()


@pytest.fixture
def county():
    province = RegionFactory(code="340000", name_zh="安徽省", level=1)
    city = RegionFactory(code="340100", name_zh="合肥市", parent=province, level=2)
    return RegionFactory(code="340121", name_zh="长丰县", parent=city, level=3)


@pytest.fixture
def season(county):
    today = timezone.localdate()
    return SeasonFactory(
        region=county.parent.parent,
        first_date=today + timedelta(days=30),
        end_date=today + timedelta(days=400),
    )


@pytest.fixture
def museum(county):
    return VenueFactory(slug="changfeng", name_zh="长丰科技馆", region=county)


def test_a_museum_states_what_it_offers(live_server, browser, museum):
    host = signed_in(Role.HOST_CONTACT, venue=museum)
    keys = Keys(browser, live_server.url, host)

    keys.open("/desk/")
    keys.press("Facilities", role="link")
    keys.press("State what it offers")
    keys.write("Usable area, m²", "800")
    keys.press("Hand in")
    keys.hears("Stated; it counts once it is approved.")

    assert FacilityReport.objects.get().facts["area_m2"] == 800
    assert keys.told == []


@pytest.mark.long
def test_a_museum_applies_and_its_county_returns_and_then_endorses(
    live_server, browser, museum, season, county
):
    RequestCallFactory(season=season, year=2027, opens_on=timezone.localdate())
    host = signed_in(Role.HOST_CONTACT, venue=museum)
    officer = signed_in(Role.COUNTY_OFFICER, region=county)
    first = season.first_date + timedelta(days=10)
    keys = Keys(browser, live_server.url, host)
    keys.open("/desk/requests/")
    keys.press("Ask for a tour", role="link")
    keys.write("Days open to the public", "30")
    keys.write_day("First choice, from", first)
    keys.write_day("First choice, to", first + timedelta(days=90))
    keys.press("Hand in")
    keys.hears("Saved.")
    asked = TourRequest.objects.get()

    county_keys = Keys(browser, live_server.url, officer)
    county_keys.open(f"/desk/requests/{asked.code}/")
    county_keys.go_to(county_keys.page.locator("[name=reason]").first)
    county_keys.page.keyboard.type("请补充")
    county_keys.press("Return")
    county_keys.hears("Done.")
    asked.refresh_from_db()
    was = asked.state
    keys.open(f"/desk/requests/{asked.code}/")
    keys.press("Hand in")
    keys.hears("Done.")
    county_keys.open(f"/desk/requests/{asked.code}/")
    county_keys.press("Endorse")
    county_keys.hears("Done.")

    asked.refresh_from_db()
    assert (was, asked.state) == (RequestState.RETURNED, RequestState.ENDORSED)
    assert (keys.told, county_keys.told) == ([], [])


@pytest.mark.long
def test_a_museum_stands_in_line_challenges_and_another_confirms(live_server, browser, museum):
    unit = UnitFactory(code="AH-02")
    opens = timezone.localdate() + timedelta(days=90)
    first = HoldFactory(unit=unit, venue=museum, opens_on=opens, expires_on=opens)
    keys = Keys(browser, live_server.url, signed_in(Role.HOST_CONTACT, venue=museum))
    keys.open("/desk/holds/")
    keys.press("Stand in line", role="link")
    keys.write("Code of the unit", "AH-02")
    keys.page.keyboard.press("Escape")  # the list of codes
    keys.write("Code of the museum", "changfeng")
    keys.page.keyboard.press("Escape")
    keys.write_day("Opens", opens)
    keys.write_day("Last day open", opens + timedelta(days=20))
    keys.press("Stand in line")
    keys.hears("You stand in line as number 2")
    keys.press("Challenge")
    keys.hears("are asked to confirm or leave")
    first.refresh_from_db()
    was = first.state
    keys.open("/desk/holds/")
    keys.press("Confirm")
    keys.hears("Confirmed")

    first.refresh_from_db()
    assert (was, first.state) == (HoldState.CHALLENGED, HoldState.CONFIRMED)
    assert Hold.objects.live().count() == 0
    assert keys.told == []
