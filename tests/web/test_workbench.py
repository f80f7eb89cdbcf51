"""The planner's workbench in Chromium: the planner's story, by pointer and by keyboard alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.touring import PlanFactory, SeasonFactory, TourRequestFactory, UnitFactory
from tests.factories.venues import ClosureFactory, MembershipFactory, RegionFactory, UserFactory
from tests.web.barriers import barriers_on, sign_in
from touring.models import Plan, Run, Stop, TourRequest
from touring.services.drafting import WantedStop, keep_draft
from touring.services.runs import execute_run
from venues.models import RegionLevel, Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST, SECOND, THIRD = "AH-2027-001", "AH-2027-002", "AH-2027-003"


@pytest.fixture
def province():
    return RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)


@pytest.fixture
def planner(province):
    return MembershipFactory(role=Role.TOUR_PLANNER, region=province).user


@pytest.fixture
def plan(province, planner) -> Plan:
    """Two units, four requests; the first version serves two of them with the first unit."""
    units = [UnitFactory(code=code, home__region=province) for code in ("AH-01", "AH-02")]
    season = SeasonFactory(slug="anhui-2027", region=province, units=units)
    for number in range(1, 5):
        TourRequestFactory(
            code=f"AH-2027-{number:03d}",
            season=season,
            venue__slug=f"county-{number}",
            venue__name_zh=f"第{number}县科普展厅",
            venue__region__parent=province,
            venue__region__code=f"34010{number}",
            value=10,
            windows=[(date(2027, 2, 1), date(2027, 7, 1))],
        )
    made = PlanFactory(season=season)
    keep_draft(
        plan=made,
        base=None,
        stops=[
            WantedStop("AH-01", FIRST, date(2027, 2, 15)),
            WantedStop("AH-01", SECOND, date(2027, 4, 15)),
        ],
        by=planner,
        now=timezone.now(),
    )
    return made


def page_for(browser, live_server, user, messages: list[str], **options):
    client = Client()
    client.force_login(user)
    context = browser.new_context(**options)
    sign_in(context, client, live_server.url)
    page = context.new_page()
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    return page


def opened(page, live_server, plan, language: str = "en"):
    page.goto(f"{live_server.url}/desk/plans/{plan.pk}/?lang={language}")
    page.wait_for_selector("#workbench[data-state=ready]")
    return page


def test_a_planner_moves_by_keyboard_keeps_compares_and_publishes(
    live_server, browser, plan, planner
):
    messages: list[str] = []
    page = opened(page_for(browser, live_server, planner, messages), live_server, plan)

    page.locator(f'[data-request="{FIRST}"]').focus()
    page.keyboard.press("Space")  # taken up
    page.locator(".tl-free").first.wait_for()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Stops that differ from the version: 1").wait_for()
    page.wait_for_selector("#workbench:not([data-judging])")
    assert page.locator("#violations li").count() == 0

    page.locator("#keep").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Kept as version 2.").first.wait_for()
    kept = plan.versions.get(number=2).stops.get(request__code=FIRST)
    assert kept.opens_on == date(2027, 2, 22)

    page.get_by_role("button", name="Compare").press("Enter")
    page.locator("#version-before").select_option(index=1)
    page.get_by_text("Moved (1)").wait_for()
    page.keyboard.press("Escape")

    page.locator("#publish").press("Enter")
    page.get_by_text("Hosts that will be told: 2").wait_for()
    page.locator("#publish-now").press("Enter")
    page.get_by_text("Version 2 is published.").first.wait_for()
    assert Stop.objects.get(uid=FIRST).opens_on == date(2027, 2, 22)
    assert messages == []


def test_dragging_onto_another_stop_says_why_not_before_it_is_dropped(
    live_server, browser, plan, planner
):
    page = opened(page_for(browser, live_server, planner, []), live_server, plan)
    first = page.locator(f'[data-request="{FIRST}"]').bounding_box()
    second = page.locator(f'[data-request="{SECOND}"]').bounding_box()

    page.mouse.move(first["x"] + 30, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(second["x"] + 30, second["y"] + 10, steps=4)
    page.locator(".tl-free").first.wait_for()
    page.mouse.move(second["x"] + 34, second["y"] + 10)
    page.locator("#tip", has_text="AH-01 cannot come and go in time").wait_for()
    page.keyboard.press("Escape")
    page.mouse.up()

    assert page.get_by_text("As in the version.").is_visible()


def test_a_broken_rule_is_listed_and_undone(live_server, browser, plan, planner):
    page = opened(page_for(browser, live_server, planner, []), live_server, plan)
    first = page.locator(f'[data-request="{FIRST}"]').bounding_box()
    second = page.locator(f'[data-request="{SECOND}"]').bounding_box()

    page.mouse.move(first["x"] + 30, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(second["x"] + 40, second["y"] + 10, steps=4)
    page.mouse.up()
    page.get_by_text("H1: a unit cannot be in two places").first.wait_for()
    page.keyboard.press("Control+z")

    page.get_by_text("As in the version.").wait_for()
    page.wait_for_selector("#violations:empty", state="attached")


def test_a_version_that_todays_rows_break_says_so_when_it_is_opened(
    live_server, browser, plan, planner
):
    request = TourRequest.objects.get(code=FIRST)
    ClosureFactory(venue=request.venue, first_date=date(2027, 2, 20), end_date=date(2027, 2, 22))

    page = opened(page_for(browser, live_server, planner, []), live_server, plan)

    page.get_by_text("H4: outside the windows or on closed days").first.wait_for()


def test_an_unserved_request_says_why_and_is_served_by_keyboard(
    live_server, browser, plan, planner
):
    page = opened(page_for(browser, live_server, planner, []), live_server, plan)
    page.locator("#request-choice").select_option("unserved")
    line = page.locator(".rq-line button", has_text=THIRD)
    line.click()
    assert page.locator("#detail .reasons li").count() >= 1

    line.press("Space")
    page.locator(".tl-free").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Stops that differ from the version: 1").wait_for()
    page.wait_for_selector("#workbench:not([data-judging])")

    assert page.locator("#violations li").count() == 0


def test_a_locked_stop_stays_until_the_lock_is_lifted(live_server, browser, plan, planner):
    page = opened(page_for(browser, live_server, planner, []), live_server, plan)
    page.locator(f'[data-request="{FIRST}"]').click()
    page.locator("#lock").click()
    page.locator(f'.locked[data-request="{FIRST}"]').wait_for()

    page.locator(f'[data-request="{FIRST}"]').press("Space")

    page.get_by_text("This stop is locked; lift the lock first.").first.wait_for()
    assert plan.locks.get().opens_on == date(2027, 2, 15)


def test_a_run_shows_its_course_and_opens_its_version(live_server, browser, plan, planner):
    page = opened(page_for(browser, live_server, planner, []), live_server, plan)
    page.locator("#run-seconds").fill("1")
    page.locator("#run-start").click()
    page.get_by_text("Waiting for a worker").wait_for()

    execute_run(run_id=Run.objects.get().pk, owner="test", clock=timezone.now)

    page.locator("#run-state", has_text="Done").wait_for()
    page.locator("#version option", has_text="Version 2").wait_for(state="attached")
    assert page.locator("#run-course svg").get_attribute("aria-label").startswith("After")
    assert page.locator("#run-stop").is_disabled()


def test_a_planner_asks_what_if_compares_with_where_it_came_from_and_takes_it_away(
    live_server, browser, plan, planner
):
    messages: list[str] = []
    page = opened(page_for(browser, live_server, planner, messages), live_server, plan)
    page.locator("#request-choice").select_option("unserved")
    page.locator(".rq-line button", has_text=THIRD).click()
    page.locator("#detail .reasons li").first.wait_for()
    page.locator("#run-seconds").fill("1")
    page.get_by_role("button", name="What if it is forced?").press("Enter")
    page.get_by_text("Waiting for a worker").wait_for()

    execute_run(run_id=Run.objects.get().pk, owner="test", clock=timezone.now)

    page.locator("#comparison[open]").wait_for()
    page.locator("#differences section", has_text="Added").get_by_text(THIRD).wait_for()
    assert "Gini coefficient" in page.locator("#differences").inner_text()
    page.keyboard.press("Escape")
    page.get_by_text("The branch is version 2; it is compared with version 1.").first.wait_for()
    page.locator("#publish").press("Enter")
    page.locator("#publish-now").press("Enter")
    page.get_by_text("Version 2 is published.").first.wait_for()
    for name, begin in (("Excel", b"PK"), ("PDF", b"%PDF"), ("SVG", b"<?xml")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert download.value.path().read_bytes().startswith(begin), name
    assert Stop.objects.filter(uid=THIRD).exists()
    assert messages == []


def test_a_reader_looks_but_keeps_nothing_and_a_stranger_finds_no_plan(
    live_server, browser, plan, province
):
    reader = MembershipFactory(role=Role.READER, region=province).user
    page = opened(page_for(browser, live_server, reader, []), live_server, plan)
    page.locator(f'[data-request="{FIRST}"]').click()

    assert page.locator("#keep").is_disabled()
    assert page.locator("#lock").is_disabled()
    stranger = Client()
    stranger.force_login(UserFactory())
    assert stranger.get(f"/desk/plans/{plan.pk}/").status_code == 404
    assert Client().get(f"/desk/plans/{plan.pk}/").status_code == 302


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1440, "light"),
        pytest.param(390, "light", marks=pytest.mark.long),
        pytest.param(1440, "dark", marks=pytest.mark.long),
    ],
)
def test_the_workbench_and_its_dialogs_have_no_barrier(
    live_server, browser, node_modules, plan, planner, width, scheme
):
    complaints = []
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = page_for(browser, live_server, planner, [], bypass_csp=True, **options)

    def look(where: str) -> None:
        complaints.extend(barriers_on(page, node_modules, where))

    for language in ("zh", "en"):
        page.goto(f"{live_server.url}/desk/plans/?lang={language}")
        look(f"plans {language}")
        opened(page, live_server, plan, language)
        page.locator(f'[data-request="{FIRST}"]').click()
        look(f"workbench {language}")
        for dialog in ("compare", "publish"):
            page.locator(f"#{dialog}").click()
            look(f"{dialog} {language}")
            page.keyboard.press("Escape")

    assert complaints == []
