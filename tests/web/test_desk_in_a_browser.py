"""The tour pages of the desk in Chromium: nothing for axe to find, and a lost connection."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.touring import (
    HoldFactory,
    RequestCallFactory,
    SeasonFactory,
    StopFactory,
    TourRequestFactory,
    UnitFactory,
)
from tests.factories.venues import MembershipFactory, RegionFactory
from tests.web.barriers import barriers_on, sign_in
from touring.models import Stop, StopState
from touring.services.records import state_facilities
from venues.models import RegionLevel, Role
from venues.services.notices import leave_notice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESSES = (
    "/desk/figures/",
    "/desk/figures/coverage/?season=anhui",
    "/desk/calls/",
    "/desk/calls/new/?season=anhui",
    "/desk/facilities/",
    "/desk/facilities/new/?venue=county",
    "/desk/requests/",
    "/desk/requests/new/",
    "/desk/requests/R-1/",
    "/desk/holds/",
    "/desk/holds/new/",
    "/desk/stops/",
    "/desk/stops/stop-1/",
    "/desk/stops/stop-1/agreement/",
    "/desk/stops/stop-1/condition/",
    "/desk/people/",
    "/desk/keys/",
    "/desk/notices/",
)


@pytest.fixture
def stop() -> Stop:
    """A stop that opened two days ago, with the request, the season and the regions around it."""
    today = timezone.localdate()
    province = RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)
    city = RegionFactory(code="340100", name_zh="合肥市", parent=province, level=2)
    county = RegionFactory(code="340121", name_zh="长丰县", parent=city, level=3)
    unit = UnitFactory(code="AH-01", home__region=province)
    season = SeasonFactory(slug="anhui", region=province, units=[unit])
    request = TourRequestFactory(
        code="R-1", season=season, venue__slug="county", venue__region=county
    )
    HoldFactory(unit=unit, venue=request.venue)
    return StopFactory(
        uid="stop-1",
        unit=unit,
        venue=request.venue,
        request=request,
        state=StopState.INSTALLING,
        opens_on=today - timedelta(days=2),
        closes_on=today + timedelta(days=28),
        leaves_on=today + timedelta(days=30),
    )


@pytest.fixture
def planner(stop) -> Client:
    user = MembershipFactory(role=Role.TOUR_PLANNER, region=stop.unit.home.region).user
    MembershipFactory(role=Role.HOST_CONTACT, region=None, venue=stop.venue, user=user)
    state_facilities(venue=stop.venue, by=user, now=timezone.now())  # waits for approval
    RequestCallFactory(season=SeasonFactory(region=stop.unit.home.region))
    leave_notice(
        person=user,
        kind="x",
        key="x",
        title=("通知", "A notice"),
        body=("正文", "Body"),
        path="/desk/holds/",
        now=timezone.now(),
    )
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (390, "dark", "zh"),
        pytest.param(1440, "light", "en", marks=pytest.mark.long),
        pytest.param(390, "light", "en", marks=pytest.mark.long),
        pytest.param(1440, "dark", "zh", marks=pytest.mark.long),
    ],
)
def test_the_tour_pages_of_the_desk_have_no_barrier_and_overflow_nowhere(
    live_server, browser, node_modules, planner, width, scheme, language
):
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    sign_in(context, planner, live_server.url)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(("console", message.text, "")))
    for address in ADDRESSES:
        page.goto(f"{live_server.url}{address}{'&' if '?' in address else '?'}lang={language}")
        complaints += barriers_on(page, node_modules, address)

    assert complaints == []


def test_a_count_survives_a_lost_connection_and_arrives_once_there_is_one(
    live_server, browser, planner, stop
):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    sign_in(context, planner, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/stops/stop-1/count/?lang=en")
    page.get_by_label("Visits").fill("120")
    context.set_offline(True)
    page.keyboard.press("Enter")
    page.get_by_text("No connection: it is kept on this phone").wait_for()
    before = stop.counts.count()
    context.set_offline(False)
    page.get_by_text("What was kept on this phone has been sent.").wait_for()

    assert (before, [one.visits for one in stop.counts.all()]) == (0, [120])
    assert page.evaluate("localStorage.length") == 0


def test_the_picture_of_a_figure_is_made_as_png_under_the_full_policy(
    live_server, browser, planner, stop
):
    messages: list[str] = []
    context = browser.new_context(accept_downloads=True)
    sign_in(context, planner, live_server.url)
    page = context.new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{live_server.url}/desk/figures/coverage/?season=anhui&lang=en")
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    content = download.value.path().read_bytes()

    assert download.value.suggested_filename == "anhui-coverage.png"
    assert content.startswith(b"\x89PNG")
    assert messages == []
