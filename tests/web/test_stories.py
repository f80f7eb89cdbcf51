"""A visitor finds and follows; an editor publishes, cancels a date, imports and takes it back.

The planner's story is told in ``test_workbench``. Nothing may be said on the console, and no
content may break the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import Moderation, Status
from events.models import Event
from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.venues import MembershipFactory, RegionFactory, VenueFactory
from tests.web.barriers import sign_in
from venues.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nBEGIN:VEVENT\r\nUID:a@x\r\n"
    "DTSTAMP:20261101T000000Z\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:光的实验\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
_WATCH = """addEventListener("securitypolicyviolation",
    event => console.error("policy: " + event.violatedDirective + " " + event.blockedURI))"""


@pytest.fixture
def venue():
    region = RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)
    return VenueFactory(slug="hefei", region=region, name_zh="合肥科技馆", name_en="Hefei Museum")


@pytest.fixture
def told() -> list[str]:
    """Everything that was said on the console."""
    return []


@pytest.fixture
def opened(browser, told) -> Callable[..., Any]:
    """A page of a fresh browser on a phone, watched."""

    def opened(site: str, client: Client | None = None, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": 390, "height": 844}, **options)
        context.add_init_script(_WATCH)
        if client is not None:
            sign_in(context, client, site)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        return page

    return opened


def test_a_visitor_finds_an_event_and_follows_the_museum(live_server, opened, told, venue):
    day = timezone.localdate() + timedelta(days=3)
    event = EventFactory(
        venue=venue, title_zh="观星", title_en="Stargazing", start_date=day, end_date=day
    )
    refresh_occurrences(event, now=timezone.now())
    page = opened(live_server.url, permissions=["clipboard-read", "clipboard-write"])

    page.goto(f"{live_server.url}/?lang=en")
    page.get_by_role("link", name="What's on").first.press("Enter")
    page.get_by_role("searchbox").fill("观星")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Stargazing").press("Enter")
    page.get_by_role("link", name="Hefei Museum").first.press("Enter")
    page.locator("summary", has_text="ollow").first.press("Enter")
    page.get_by_role("button", name="Copy").press("Enter")
    page.get_by_text("Copied").wait_for()
    address = page.evaluate("navigator.clipboard.readText()")

    calendar = Client().get("/" + address.split("/", 3)[3]).content.decode()
    assert f"UID:{event.public_uid}" in calendar
    assert told == []


def test_an_editor_publishes_a_weekly_workshop_cancels_a_date_imports_and_takes_it_back(
    live_server, opened, told, venue, tmp_path
):
    client = Client()
    client.force_login(MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue, region=None).user)
    first = timezone.localdate() + timedelta(days=5)
    page = opened(live_server.url, client)

    page.goto(f"{live_server.url}/desk/?lang=en")
    page.get_by_role("link", name="New event").press("Enter")
    page.get_by_label("Title", exact=True).fill("动手做")
    page.get_by_label("Kind").select_option("workshop")
    page.get_by_label("Day", exact=True).fill(first.isoformat())
    page.get_by_label("Begins").fill("10:00")
    page.get_by_label("Ends").fill("11:00")
    page.get_by_label("Repeats").select_option("WEEKLY")
    page.get_by_role("button", name="Show the dates").press("Enter")
    assert page.locator(".preview li").count() == 12
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_text("Saved.").wait_for()
    page.get_by_role("button", name="Cancel this date").nth(1).press("Enter")
    page.get_by_text("This date is cancelled.").wait_for()

    workshop = Event.objects.get()
    cancelled = workshop.occurrences.filter(is_cancelled=True)
    assert workshop.moderation == Moderation.PUBLISHED
    assert [one.start_date for one in cancelled] == [first + timedelta(days=7)]

    file = tmp_path / "museum.ics"
    file.write_text(CALENDAR.format(day=f"{first:%Y%m%d}"), encoding="utf-8", newline="")
    page.get_by_role("link", name="Files").press("Enter")
    page.get_by_label("What is in it").select_option("calendar")
    page.get_by_label("Place").select_option(label="Hefei Museum")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").press("Enter")
    page.get_by_text(f"{first} 光的实验").wait_for()
    page.get_by_role("button", name="Write all of it").press("Enter")
    page.get_by_text("Written.").wait_for()
    imported = Event.objects.exclude(pk=workshop.pk).get()
    page.get_by_role("button", name="Take it back").press("Enter")
    page.get_by_text("Taken back.").wait_for()

    imported.refresh_from_db()
    assert imported.status == Status.CANCELLED
    assert told == []
