"""Files and closures at the desk: looked at first, then written, and taken back."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.enums import ClosedDays, Status
from events.models import Event
from events.services.occurrences import refresh_occurrences
from tests.factories.events import EventFactory
from tests.factories.venues import ClosureFactory, MembershipFactory, UserFactory, VenueFactory
from venues.models import Closure, Role, Upload

pytestmark = pytest.mark.django_db

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:a@x
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:{day}
SUMMARY:光的实验
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆", name_en="Hefei Museum")


@pytest.fixture
def desk(client, venue):
    client.force_login(MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue, region=None).user)
    return client


def sheet(*rows: tuple) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return SimpleUploadedFile("活动.xlsx", written.getvalue())


def handed_in(desk, venue, file, kind: str = "events") -> str:
    """The address of the page of the file."""
    body = {"kind": kind, "venue": venue.pk, "file": file}
    answer = desk.post("/desk/files/?lang=en", body)
    assert answer.status_code == 302, answer.content.decode()
    return answer.url.partition("?")[0]


def test_a_sheet_is_looked_at_its_columns_named_then_written_and_taken_back(desk, venue):
    day = timezone.localdate() + timedelta(days=30)
    page = handed_in(desk, venue, sheet(("活动名", "开始日期"), ("光的实验", day)))
    told = desk.get(f"{page}?lang=zh").content.decode()
    assert "没有这个列标题" in told
    assert "Unknown heading" not in told
    assert "commit" not in told

    answer = desk.post(f"{page}columns/?lang=en", {"column:活动名": "title_zh"})
    page = answer.url.partition("?")[0]
    told = desk.get(f"{page}?lang=en").content.decode()
    assert "1 new" in told
    assert f"{day} 光的实验" in told
    assert Event.objects.count() == 0

    desk.post(f"{page}commit/?lang=en")
    event = Event.objects.get()
    desk.post(f"{page}undo/?lang=en")
    event.refresh_from_db()
    assert (event.title_zh, event.status) == ("光的实验", Status.CANCELLED)
    assert "taken back" in desk.get("/desk/files/?lang=en").content.decode()


def test_what_a_second_file_changes_is_told_by_field(desk, venue):
    day = timezone.localdate() + timedelta(days=30)
    for moved in (0, 1):
        text = CALENDAR.format(day=f"{day + timedelta(days=moved):%Y%m%d}").replace("\n", "\r\n")
        file = SimpleUploadedFile("a.ics", text.encode())
        page = handed_in(desk, venue, file, kind="calendar")
        told = desk.get(f"{page}?lang=en").content.decode()
        desk.post(f"{page}commit/")

    edits = re.findall(r"<del>(.*?)</del></td><td><ins>(.*?)</ins>", told)
    assert (str(day), str(day + timedelta(days=1))) in edits


def test_a_file_that_is_none_and_a_missing_place_are_said_in_the_pages_language(desk, venue):
    body = {
        "kind": "events",
        "venue": venue.pk,
        "file": SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0"),
    }
    answer = desk.post("/desk/files/?lang=zh", body)
    assert answer.status_code == 422
    assert "另存为" in answer.content.decode()
    answer = desk.post("/desk/files/?lang=en", {**body, "venue": ""})
    assert "Say where the events take place." in answer.content.decode()
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(("lang", "heading"), [("zh", "标题"), ("en", "title")])
def test_empty_workbooks_are_offered_in_the_pages_language(desk, lang, heading):
    page = desk.get(f"/desk/files/?lang={lang}").content.decode()
    (address,) = re.findall(r"/api/v1/imports/templates/events.xlsx[^\"]*", page)

    workbook = io.BytesIO(desk.get(address).content)

    assert openpyxl.load_workbook(workbook).active["B1"].value == heading


def test_nobody_sees_the_file_of_another(desk, venue):
    page = handed_in(desk, venue, sheet(("标题", "开始日期"), ("光", date(2027, 3, 6))))
    other = Client()
    other.force_login(UserFactory())

    assert other.get(page).status_code == 404
    assert other.post(f"{page}commit/").status_code == 404
    assert "活动.xlsx" not in other.get("/desk/files/").content.decode()


def test_a_closure_warns_about_the_dates_it_touches_before_it_is_entered(desk, venue):
    first = timezone.localdate() + timedelta(days=10)
    event = EventFactory(
        venue=venue,
        title_en="Starlight",
        start_date=first,
        end_date=first,
        moderation="published",
        on_closed_days=ClosedDays.CANCEL,
    )
    refresh_occurrences(event, now=timezone.now())
    body = {"venue": venue.pk, "first_day": first, "last_day": first, "reason_zh": "检修"}

    warned = desk.post("/desk/closures/?lang=en", body).content.decode()
    assert "something is planned" in warned
    assert "Starlight" in warned
    assert "will be cancelled, with the reason" in warned
    assert Closure.objects.count() == 0

    seen = re.search('name="seen" value="(.*?)"', warned)
    answer = desk.post("/desk/closures/?lang=en", {**body, "seen": seen[1]})
    closure = Closure.objects.get()
    assert answer.status_code == 302
    assert (closure.first_date, closure.end_date) == (first, first + timedelta(days=1))


def test_a_closure_is_lifted_by_its_own_museum_alone(desk, venue):
    day = timezone.localdate() + timedelta(days=5)
    days = {"first_date": day, "end_date": day + timedelta(days=1)}
    mine, foreign = ClosureFactory(venue=venue, **days), ClosureFactory(**days)
    assert desk.post(f"/desk/closures/{foreign.pk}/lift/").status_code == 404
    desk.post(f"/desk/closures/{mine.pk}/lift/")

    assert list(Closure.objects.all()) == [foreign]


@pytest.mark.parametrize("count", [1, 3])
def test_files_and_closures_ask_as_often_for_any_number(
    desk, venue, count, django_assert_num_queries
):
    for number in range(count):
        start = timezone.localdate() + timedelta(days=10 * number)
        ClosureFactory(venue=venue, first_date=start, end_date=start + timedelta(days=2))
    desk.get("/desk/closures/")

    with django_assert_num_queries(6):
        desk.get("/desk/closures/")
