"""Walk 3: a museum keeps its calendar elsewhere; it is read again and again, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.celery import app
from events.models import Subscription
from events.services.subscriptions import subscribe
from events.tasks import refresh_subscriptions
from tests.events.adapters.servers import Server, answer, serving
from tests.factories.venues import MembershipFactory, VenueFactory
from tests.walks.conftest import entries_in
from venues.models import Role

pytestmark = pytest.mark.django_db

FEED = "/feeds/venues/kathmandu.ics"


def calendar(*events: str) -> bytes:
    frame = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Museum//Diary 3.1//EN"]
    frame += ["X-WR-CALNAME:Museum diary", *events, "END:VCALENDAR", ""]
    return "\r\n".join(frame).encode()


def vevent(uid: str, title: str, start: str, *lines: str) -> str:
    frame = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261001T000000Z", f"SUMMARY:{title}"]
    frame += [f"DTSTART;TZID=Asia/Kathmandu:{start}", "DURATION:PT1H", *lines, "END:VEVENT"]
    return "\r\n".join(frame)


TALK = vevent("talk@museum", "Night sky", "20261112T180000")
CLUB = vevent("club@museum", "Science club", "20261104T160000", "RRULE:FREQ=WEEKLY;COUNT=3")
SHOW = vevent("show@museum", "Light", "20261120T100000")


@pytest.fixture
def diary(settings) -> Iterator[Server]:
    """The museum's own server; a private host, so the operator has allowed it."""
    first = answer(calendar(TALK, CLUB), ETag='"1"', Content_Type="text/calendar")
    with serving({"/diary.ics": first}) as server:
        settings.FETCH_ALLOWED_PRIVATE_HOSTS = [server.name]
        yield server


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are sent from."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def summaries(body: bytes) -> list[str]:
    return [
        f"{event.start:%m-%d %H:%M%z} {event['SUMMARY']} {event['STATUS']}"
        for event in entries_in(body).values()
    ]


def test_a_museums_calendar_is_imported(diary, at_once, clock, client):
    venue = VenueFactory(slug="kathmandu", timezone="Asia/Kathmandu")
    by = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user

    # The museum gives its address; the timetable reads it.
    subscription = subscribe(url=diary.url("/diary.ics"), venue=venue, by=by, now=clock.now)
    refresh_subscriptions()
    feed = client.get(FEED)
    assert summaries(feed.content) == [
        "11-04 16:00+0545 Science club CONFIRMED",
        "11-11 16:00+0545 Science club CONFIRMED",
        "11-12 18:00+0545 Night sky CONFIRMED",
        "11-18 16:00+0545 Science club CONFIRMED",
    ]
    subscription.refresh_from_db()
    assert subscription.report["calendar"] == "Museum diary"

    # Nothing new there, nothing new here: 304 on both sides.
    diary.replies["/diary.ics"] = answer(status="304 Not Modified")
    clock.pass_(hours=5)
    refresh_subscriptions()
    assert diary.heard[-1].headers["if-none-match"] == '"1"'
    assert client.get(FEED, headers={"If-None-Match": feed["ETag"]}).status_code == 304

    # The server is down, then shows a login page: the events stay, the reason is kept.
    for reply in (
        answer(b"<html>Please log in</html>", Content_Type="text/html"),
        answer(status="503 Service Unavailable"),
    ):
        diary.replies["/diary.ics"] = reply
        clock.pass_(hours=5)
        refresh_subscriptions()
    assert client.get(FEED, headers={"If-None-Match": feed["ETag"]}).status_code == 304
    subscription.refresh_from_db()
    assert "status 503" in subscription.report["failure"]
    assert subscription.failed_since is not None

    # The talk moves, one club date is dropped, a show is new, an unreadable entry costs itself.
    moved = TALK.replace("T180000", "T190000").replace("20261112", "20261113")
    dropped = vevent(
        "club@museum", "Science club", "20261111T160000", "STATUS:CANCELLED",
        "RECURRENCE-ID;TZID=Asia/Kathmandu:20261111T160000",
    )  # fmt: skip
    broken = vevent("broken@museum", "No date", "tomorrow at six")
    body = calendar(SHOW, moved, dropped, CLUB, broken)
    diary.replies["/diary.ics"] = answer(body, ETag='"2"')
    before = entries_in(feed.content)
    clock.pass_(hours=5)
    refresh_subscriptions()
    changed = client.get(FEED)
    assert summaries(changed.content) == [
        "11-04 16:00+0545 Science club CONFIRMED",
        "11-11 16:00+0545 已取消：Science club CANCELLED",
        "11-13 19:00+0545 Night sky CONFIRMED",
        "11-18 16:00+0545 Science club CONFIRMED",
        "11-20 10:00+0545 Light CONFIRMED",
    ]
    after = entries_in(changed.content)
    assert before.keys() < after.keys()
    subscription.refresh_from_db()
    assert (subscription.failed_since, subscription.report["failure"]) == (None, "")
    assert subscription.report["problem_count"] == 1

    # The museum deletes the talk; the club's first date, already over, stays as it was.
    clock.now = clock.now.replace(day=6)
    diary.replies["/diary.ics"] = answer(calendar(SHOW), ETag='"3"')
    refresh_subscriptions()
    assert summaries(client.get(FEED).content) == [
        "11-04 16:00+0545 Science club CONFIRMED",
        "11-11 16:00+0545 已取消：Science club CANCELLED",
        "11-13 19:00+0545 已取消：Night sky CANCELLED",
        "11-18 16:00+0545 已取消：Science club CANCELLED",
        "11-20 10:00+0545 Light CONFIRMED",
    ]
    assert Subscription.objects.count() == 1
