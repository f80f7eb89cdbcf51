"""The museum desk: an editor publishes, cancels one date, imports a calendar and takes it back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.enums import Moderation
from events.models import Event, ImportRun, Subscription
from events.services.subscriptions import refresh_subscription
from tests.factories.events import EventFactory
from tests.factories.venues import MembershipFactory, UserFactory, VenueFactory
from tests.web.barriers import barriers_on, sign_in
from venues.models import Membership, Role, Upload

pytestmark = pytest.mark.django_db

SATURDAY = date(2027, 3, 6)
FILLED = {
    "title_zh": "动手做：电与磁",
    "title_en": "Hands on: electricity",
    "kind": "workshop",
    "start_date": SATURDAY.isoformat(),
    "start_time": "10:00",
    "end_time": "11:30",
    "repeats": "WEEKLY",
    "until": "2027-04-30",
    "audiences": ["family", "youth"],
    "price": "free",
}


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆", name_en="Hefei Museum")


@pytest.fixture
def publisher(client, venue):
    user = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue, region=None).user
    client.force_login(user)
    return client


@pytest.fixture
def editor(venue):
    client = Client()
    client.force_login(MembershipFactory(role=Role.MUSEUM_EDITOR, venue=venue, region=None).user)
    return client


def made(client, venue, **changes) -> Event:
    body = {**FILLED, "venue": venue.pk, **changes}
    answer = client.post("/desk/events/new/?lang=en", body)
    assert answer.status_code == 302, answer.content.decode()
    return Event.objects.latest("pk")


def test_a_weekly_workshop_is_written_and_published_in_one_step(publisher, venue):
    event = made(publisher, venue, publish="1")

    assert (event.moderation, event.is_free) == (Moderation.PUBLISHED, True)
    assert event.rrule == "FREQ=WEEKLY;BYDAY=SA;UNTIL=20270430T235959"
    assert event.occurrences.count() == 8
    page = publisher.get(f"/desk/events/{event.public_uid}/?lang=en").content.decode()
    assert "BEGIN:VEVENT" in page


@pytest.mark.parametrize(
    ("repeats", "rule"),
    [
        ("", ""),
        ("BIWEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA;UNTIL=20270430T235959"),
        ("MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=6;UNTIL=20270430T235959"),
        ("MONTHLY_DAY", "FREQ=MONTHLY;BYDAY=1SA;UNTIL=20270430T235959"),
        ("DAILY", "FREQ=DAILY;UNTIL=20270430T235959"),
    ],
)
def test_everyday_words_become_rules(publisher, venue, repeats, rule):
    assert made(publisher, venue, repeats=repeats).rrule == rule


def test_days_without_hours_and_evenings_past_midnight_are_understood(publisher, venue):
    exhibition = made(
        publisher, venue, start_time="", end_time="", end_date="2027-05-01", repeats="", until=""
    )
    night = made(publisher, venue, start_time="21:00", end_time="01:00", repeats="", until="")

    assert (exhibition.is_all_day, exhibition.end_date) == (True, date(2027, 5, 2))
    assert night.end_date == SATURDAY + timedelta(days=1)


def test_the_preview_names_the_first_dates_and_saves_nothing(publisher, venue):
    body = {**FILLED, "venue": venue.pk, "preview": "1"}

    page = publisher.post("/desk/events/new/?lang=en", body).content.decode()

    assert "These are the first dates" in page
    assert page.count(" Saturday ") == 8
    assert not Event.objects.exists()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(publisher, venue):
    body = {**FILLED, "venue": venue.pk, "title_zh": "", "end_time": "", "url": "javascript:1"}

    answer = publisher.post("/desk/events/new/?lang=en", body)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('class="errorlist"') == 3
    assert 'value="Hands on: electricity"' in page


def test_an_event_changed_by_a_colleague_meanwhile_is_not_written_over(publisher, venue):
    event = made(publisher, venue, publish="1")
    stale = {**FILLED, "venue": venue.pk, "title_zh": "旧", "seen": str(event.sequence)}
    publisher.post(
        f"/desk/events/{event.public_uid}/edit/",
        {**stale, "title_zh": "新", "seen": str(event.sequence)},
    )

    publisher.post(f"/desk/events/{event.public_uid}/edit/", stale, follow=True)

    event.refresh_from_db()
    assert event.title_zh == "新"


def test_one_date_is_cancelled_and_takes_place_after_all(publisher, venue):
    event = made(publisher, venue, publish="1")
    first = event.occurrences.order_by("starts_at").first()
    address = f"/desk/events/{event.public_uid}/dates"

    publisher.post(f"{address}/cancel/", {"original_start": first.original_start})
    first.refresh_from_db()
    cancelled = first.is_cancelled
    publisher.post(f"{address}/restore/", {"original_start": first.original_start})
    first.refresh_from_db()

    assert (cancelled, first.is_cancelled) == (True, False)


def test_an_editor_hands_in_and_a_publisher_returns_with_a_reason(editor, publisher, venue):
    event = made(editor, venue)
    address = f"/desk/events/{event.public_uid}"

    editor.post(f"{address}/submit/")
    listed = publisher.get("/desk/review/?lang=en").content.decode()
    publisher.post(f"{address}/return/", {"reason": "Please add the room."})

    event.refresh_from_db()
    assert "Hands on: electricity" in listed
    assert (event.moderation, event.return_reason) == (
        Moderation.RETURNED,
        "Please add the room.",
    )
    assert "Please add the room." in editor.get("/desk/?lang=en").content.decode()


def test_the_review_tells_what_was_changed_since_the_event_was_returned(editor, publisher, venue):
    event = made(editor, venue)
    page = f"/desk/events/{event.public_uid}/"
    editor.post(f"{page}submit/?lang=en")
    assert "nobody has decided" in publisher.get("/desk/review/?lang=en").content.decode()
    publisher.post(f"{page}return/", {"reason": "The hours are wrong."})
    changed = {**FILLED, "venue": venue.pk, "title_zh": "动手做：光", "start_time": "09:00"}
    editor.post(f"{page}edit/?lang=en", changed)
    editor.post(f"{page}submit/?lang=en")

    for address in ("/desk/review/?lang=en", f"{page}?lang=en"):
        told = publisher.get(address).content.decode()
        assert re.findall("<del>(.*?)</del></td><td><ins>(.*?)</ins>", told) == [
            ("10:00:00", "09:00:00"),
            ("动手做：电与磁", "动手做：光"),
        ]


def test_days_are_written_as_browsers_read_them_in_both_languages(publisher, venue):
    event = made(publisher, venue)
    for language in ("zh", "en"):
        page = publisher.get(f"/desk/events/{event.public_uid}/edit/?lang={language}")
        assert 'value="2027-03-06"' in page.content.decode()


def test_an_editor_cannot_publish_and_is_told_so(editor, venue):
    event = made(editor, venue)

    page = editor.post(f"/desk/events/{event.public_uid}/publish/", follow=True).content.decode()

    event.refresh_from_db()
    assert event.moderation == Moderation.DRAFT
    assert 'class="alert"' in page


def test_a_copy_begins_with_all_that_was_said(publisher, venue):
    event = made(publisher, venue)

    page = publisher.get(f"/desk/events/new/?copy={event.public_uid}&lang=en").content.decode()

    assert 'value="Hands on: electricity"' in page


def test_a_stranger_finds_nobodys_events_and_visitors_are_asked_to_sign_in(client, venue):
    event = EventFactory(venue=venue)
    assert client.get("/desk/").status_code == 302
    client.force_login(UserFactory())

    assert client.get(f"/desk/events/{event.public_uid}/").status_code == 404
    assert client.post(f"/desk/events/{event.public_uid}/cancel/").status_code == 404
    assert event.title_zh not in client.get("/desk/events/").content.decode()


def test_a_calendar_is_read_and_the_reading_taken_back(publisher, venue):
    publisher.post(
        "/desk/calendars/new/", {"venue": venue.pk, "url": "https://museum.example/cal.ics"}
    )
    row = Subscription.objects.get()
    refresh_subscription(fetch=the_file, subscription_id=row.pk, now=timezone.now())
    page = publisher.get("/desk/calendars/?lang=en").content.decode()
    told = publisher.get(f"/desk/calendars/{row.pk}/?lang=en").content.decode()
    assert "What the last reading did" in told
    assert "something was new" in told
    assert "New 1" in told

    publisher.post(f"/desk/calendars/{row.pk}/undo/")

    assert "museum.example" in page
    assert ImportRun.objects.filter(source=row.source).exists()
    assert not Event.objects.filter(source=row.source, status="scheduled").exists()


def test_a_wrong_address_is_refused_in_words(publisher, venue):
    page = publisher.post(
        "/desk/calendars/new/", {"venue": venue.pk, "url": "ftp://x/y"}, follow=True
    ).content.decode()

    assert 'class="alert"' in page
    assert not Subscription.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "dark"), pytest.param(390, "light", marks=pytest.mark.long)]
)
def test_the_desk_has_no_barrier(live_server, browser, node_modules, venue, width, scheme):
    client = Client()
    client.force_login(MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue, region=None).user)
    event = made(client, venue, publish="1")
    client.post("/desk/calendars/new/", {"venue": venue.pk, "url": "https://museum.example/c.ics"})
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    sign_in(context, client, live_server.url)
    page = context.new_page()
    complaints = []
    for address in (
        "/desk/",
        "/desk/events/",
        "/desk/events/new/",
        f"/desk/events/{event.public_uid}/",
        f"/desk/events/{event.public_uid}/edit/",
        "/desk/review/",
        "/desk/calendars/",
        f"/desk/calendars/{Subscription.objects.get().pk}/",
        "/desk/files/",
        f"/desk/files/{_files(venue)}/",
        "/desk/closures/",
        "/desk/followers/",
    ):
        for language in ("zh", "en"):
            page.goto(f"{live_server.url}{address}?lang={language}")
            complaints += barriers_on(page, node_modules, f"{address} {language}")

    assert complaints == []


def _files(venue) -> int:
    """A file that changes something and has a problem."""
    edit = {"field": "title_zh", "old": "光", "new": "光与影"}
    report = {
        "counts": {"created": 1, "changed": 1, "unchanged": 0, "problems": 1},
        "created": ["2027-03-06 光"],
        "changed": [{"subject": "2027-03-06 光", "fields": [edit]}],
        "problems": [{"row": 2, "column": "标题", "cell": "A2", "message": "Must not be empty."}],
    }
    return Upload.objects.create(
        kind="events",
        place=venue.slug,
        name="活动.csv",
        content="标题,开始日期\n光,2027-03-06\n".encode(),
        report=report,
        owner=Membership.objects.get(venue=venue).user,
        created_at=timezone.now(),
    ).pk


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_as_often_for_any_number(publisher, venue, count, django_assert_num_queries):
    for _ in range(count):
        EventFactory(venue=venue)

    with django_assert_num_queries(3):
        publisher.get("/desk/events/")


def the_file(url: str, **_known: str):
    """One coming event, as the museum's own calendar says it."""
    from events.imports.fetch import Fetched

    day = timezone.localdate() + timedelta(days=30)
    body = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//museum//EN",
            "BEGIN:VEVENT",
            "UID:one@museum.example",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            "SUMMARY:Night of the stars",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    return Fetched(body=body.encode())
