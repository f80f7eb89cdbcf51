"""Files of every kind: looked at, written, taken back, and never half."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import date, timedelta

import openpyxl
import pytest

from events.models import Event, Source
from events.services.publishing import publish_event
from tests.factories.touring import ExhibitionFactory, PlacedVenueFactory, SeasonFactory
from tests.factories.venues import MembershipFactory, RegionFactory, UserFactory
from tests.venues.sheets import cell, raw, xlsx
from touring.errors import StaleUpload, UploadHasProblems, WrongState
from touring.models import TourRequest, Unit
from touring.services.units import record_unit
from touring.services.uploads import SHEETS, commit, hand_in, undo
from venues.errors import Invalid, NotAllowed
from venues.imports.archive import UnreadableFile
from venues.imports.columns import read_columns
from venues.imports.isolated import read_table_isolated
from venues.imports.template import template
from venues.imports.workbook import read_table
from venues.models import Role, Upload, Venue

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture(autouse=True)
def _read_here(request, monkeypatch):
    """Starting a process for each file takes its time; hostile files get theirs."""
    if "hostile" not in request.node.name:
        monkeypatch.setattr("touring.services.uploads.read_table_isolated", read_table)


@pytest.fixture
def museum():
    return PlacedVenueFactory(slug="museum")


@pytest.fixture
def boss():
    return UserFactory(is_superuser=True)


EVENTS = xlsx(
    ["编号", "标题", "开始日期", "开始时间", "结束时间", "类型", "地点"],
    ["1", "光的故事", (date(2027, 3, 1), "yyyy-mm-dd"), "9:30", "11:00", "工作坊", "二楼"],
    ["2", "科学表演", "2027年3月2日", None, None, "show", None],
)
CALENDAR = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:a@museum
DTSTAMP:20261001T000000Z
DTSTART:20270301T020000Z
DTEND:20270301T030000Z
SUMMARY:A talk
END:VEVENT
END:VCALENDAR
"""


def handed(content, boss, now, kind="events", place="museum", **more) -> Upload:
    return hand_in(kind=kind, content=content, place=place, by=boss, now=now, **more)


def counts(upload: Upload) -> tuple[int, int, int, int]:
    found = upload.report["counts"]
    return found["created"], found["changed"], found["unchanged"], found["problems"]


def titles() -> list[str]:
    return list(Event.objects.exclude(status="cancelled").values_list("title_zh", flat=True))


def test_a_preview_writes_nothing_and_says_what_commit_does(now, museum, boss):
    upload = handed(EVENTS, boss, now)

    assert counts(upload) == (2, 0, 0, 0)
    assert upload.report["created"] == ["2027-03-01 光的故事", "2027-03-02 科学表演"]
    assert Event.objects.count() == Source.objects.count() == 0

    commit(upload_id=upload.pk, by=boss, now=now)

    first, second = Event.objects.order_by("start_date")
    assert (first.title_zh, first.kind, first.location_zh) == ("光的故事", "workshop", "二楼")
    assert first.wall_start.isoformat() == "2027-03-01T09:30:00"
    assert (second.is_all_day, second.end_date) == (True, date(2027, 3, 3))
    assert first.moderation == "published"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_preview_asks_as_much_for_three_rows_as_for_one(
    rows, now, museum, boss, django_assert_num_queries
):
    headings = ["编号", "标题", "开始日期"]
    content = xlsx(headings, *([str(n), f"第{n}场", "2027-03-02"] for n in range(rows)))

    with django_assert_num_queries(18):
        upload = handed(content, boss, now)

    assert counts(upload) == (rows, 0, 0, 0)


def test_committing_twice_is_committing_once(now, museum, boss):
    upload = handed(EVENTS, boss, now)
    for _ in range(2):
        commit(upload_id=upload.pk, by=boss, now=now)

    assert Event.objects.count() == 2
    assert counts(handed(EVENTS, boss, now)) == (0, 0, 2, 0)


def test_a_change_is_shown_with_old_and_new(now, museum, boss):
    commit(upload_id=handed(EVENTS, boss, now).pk, by=boss, now=now)
    again = xlsx(["编号", "标题", "开始日期", "开始时间", "结束时间", "类型", "地点"],
                 ["1", "光的故事", "2027-03-01", "10:00", "11:00", "工作坊", "二楼"])  # fmt: skip

    upload = handed(again, boss, now)

    assert counts(upload) == (0, 1, 0, 0)
    assert upload.report["changed"] == [
        {
            "subject": "2027-03-01 光的故事",
            "fields": [
                {"field": "status", "old": "scheduled", "new": "rescheduled"},
                {"field": "start_time", "old": "09:30:00", "new": "10:00:00"},
                {"field": "previous_starts", "old": [], "new": ["2027-03-01T01:30:00+00:00"]},
            ],
        }
    ]
    commit(upload_id=upload.pk, by=boss, now=now)
    assert titles() == ["光的故事", "科学表演"]  # rows the second sheet does not name stay


def test_every_rows_problems_come_at_once_with_their_cells(now, museum, boss):
    content = xlsx(
        ["标题", "开始日期", "开始时间", "结束日期", "类型"],
        [None, "2027-02-30", "25:00", None, "派对"],
        ["光", "2027-03-02", None, "2027-03-01", None],
        ["影", "2027-03-03", None, None, None],
        ["影", "2027-03-03", None, None, None],
    )

    upload = handed(content, boss, now)

    assert [problem["cell"] for problem in upload.report["problems"]] == [
        "A2", "B2", "C2", "E2", "D3", "A5",
    ]  # fmt: skip
    with pytest.raises(UploadHasProblems):
        commit(upload_id=upload.pk, by=boss, now=now)
    assert Event.objects.count() == 0


def test_undo_cancels_what_is_new_and_restores_what_changed(now, museum, boss):
    commit(upload_id=handed(EVENTS, boss, now).pk, by=boss, now=now)
    changed = xlsx(["编号", "标题", "开始日期"], ["1", "影的故事", "2027-03-01"],
                   ["3", "新的", "2027-03-05"])  # fmt: skip
    upload = handed(changed, boss, now)
    commit(upload_id=upload.pk, by=boss, now=now)
    assert titles() == ["影的故事", "科学表演", "新的"]

    for _ in range(2):
        undo(upload_id=upload.pk, by=boss, now=now + timedelta(hours=1))

    assert titles() == ["光的故事", "科学表演"]
    with pytest.raises(WrongState):
        commit(upload_id=upload.pk, by=boss, now=now)


def test_after_a_day_nothing_is_taken_back(now, museum, boss):
    upload = handed(EVENTS, boss, now)
    with pytest.raises(WrongState):
        undo(upload_id=upload.pk, by=boss, now=now)
    commit(upload_id=upload.pk, by=boss, now=now)

    with pytest.raises(WrongState):
        undo(upload_id=upload.pk, by=boss, now=now + timedelta(hours=25))


def test_a_file_that_would_do_something_else_by_now_is_refused(now, museum, boss):
    first, second = handed(EVENTS, boss, now), handed(EVENTS, boss, now)
    commit(upload_id=first.pk, by=boss, now=now)

    with pytest.raises(StaleUpload):
        commit(upload_id=second.pk, by=boss, now=now)


def test_headings_of_ones_own_are_mapped_or_left_out(now, museum, boss):
    content = xlsx(["What", "When", "Room key"], ["Light", "2027-03-01", "77"])
    mapping = {"What": "title_zh", "When": "first", "Room key": ""}

    upload = handed(content, boss, now, mapping=mapping)

    assert upload.report["created"] == ["2027-03-01 Light"]
    with pytest.raises(Invalid) as refusal:
        handed(content, boss, now, mapping={"Who": "title_zh", "When": "moment"})
    assert len(refusal.value.detail["problems"]) == 2


def test_a_calendar_file_becomes_events(now, museum, boss):
    upload = handed(CALENDAR, boss, now, kind="calendar")
    commit(upload_id=upload.pk, by=boss, now=now)

    event = Event.objects.get()
    assert (event.title_zh, event.source.kind) == ("A talk", "upload")
    undo(upload_id=upload.pk, by=boss, now=now)
    assert titles() == []


def test_an_editor_without_a_publishers_role_hands_in_for_the_queue(now, museum):
    editor = UserFactory()
    MembershipFactory(user=editor, role=Role.MUSEUM_EDITOR, venue=museum)

    commit(upload_id=handed(EVENTS, editor, now).pk, by=editor, now=now)

    assert set(Event.objects.values_list("moderation", flat=True)) == {"submitted"}


def test_editors_take_back_their_own_file_as_long_as_nothing_of_it_is_published(now, museum, boss):
    editor = UserFactory()
    MembershipFactory(user=editor, role=Role.MUSEUM_EDITOR, venue=museum)
    upload = handed(CALENDAR, editor, now, kind="calendar")
    commit(upload_id=upload.pk, by=editor, now=now)
    event = Event.objects.get()

    publish_event(event_id=event.pk, seen_sequence=event.sequence, by=boss, now=now)
    with pytest.raises(NotAllowed):
        undo(upload_id=upload.pk, by=editor, now=now)
    assert titles() == ["A talk"]
    Event.objects.update(moderation="submitted")
    undo(upload_id=upload.pk, by=editor, now=now)

    assert titles() == []


def test_an_editors_file_changes_nothing_that_is_published(now, museum, boss):
    commit(upload_id=handed(EVENTS, boss, now).pk, by=boss, now=now)
    editor = UserFactory()
    MembershipFactory(user=editor, role=Role.MUSEUM_EDITOR, venue=museum)
    content = xlsx(["编号", "标题", "开始日期"], ["2", "别的", "2027-03-02"])

    upload = handed(content, editor, now)

    assert [problem["row"] for problem in upload.report["problems"]] == [2]
    with pytest.raises(UploadHasProblems):
        commit(upload_id=upload.pk, by=editor, now=now)
    assert titles() == ["光的故事", "科学表演"]


def test_strangers_hand_in_nothing_and_see_nothing(now, museum, boss):
    """A14."""
    with pytest.raises(NotAllowed):
        handed(EVENTS, UserFactory(), now)
    upload = handed(EVENTS, boss, now)
    with pytest.raises(Upload.DoesNotExist):
        commit(upload_id=upload.pk, by=UserFactory(is_superuser=True), now=now)


def test_venues_are_made_changed_and_taken_back(now, boss):
    RegionFactory(code="340104", name_zh="蜀山区")
    head = ["名称", "类型", "行政区划", "网址名", "面积"]
    first = xlsx(head, ["甲馆", "science_museum", "340104", "a", 500])
    upload = handed(first, boss, now, kind="venues", place="")
    commit(upload_id=upload.pk, by=boss, now=now)
    second = xlsx(head, ["甲馆", "science_museum", "340104", "a", 800],
                  ["乙馆", "science_museum", "340104", "b", 300])  # fmt: skip
    upload = handed(second, boss, now, kind="venues", place="")
    assert counts(upload) == (1, 1, 0, 0)
    assert upload.report["changed"][0]["fields"] == [
        {"field": "area_m2", "old": 500.0, "new": 800.0}
    ]
    commit(upload_id=upload.pk, by=boss, now=now)

    undo(upload_id=upload.pk, by=boss, now=now)

    assert list(Venue.objects.values_list("slug", "area_m2")) == [("a", 500.0)]


UNIT_HEAD = ["编号", "展览", "驻地", "可去地区", "每日公里", "在用"]


@pytest.fixture
def at_home(boss):
    """A hub, two counties and two exhibitions, for units to belong to."""
    for code, name in (("340104", "蜀山区"), ("340111", "包河区")):
        RegionFactory(code=code, name_zh=name)
    PlacedVenueFactory(slug="hub", name_zh="集散中心")
    ExhibitionFactory(slug="light", title_zh="光的故事")


def test_units_are_made_changed_and_taken_back(now, boss, at_home):
    first = xlsx(UNIT_HEAD, ["AH-01", "光的故事", "hub", "蜀山区、340111", 400, "是"])
    upload = handed(first, boss, now, kind="units", place="")
    assert (counts(upload), Unit.objects.count()) == ((1, 0, 0, 0), 0)
    commit(upload_id=upload.pk, by=boss, now=now)
    made = Unit.objects.get()
    assert (made.code, made.km_per_day, made.kind, made.returns_home) == ("AH-01", 400, "set", True)
    assert [region.code for region in made.regions.order_by("code")] == ["340104", "340111"]

    second = xlsx(UNIT_HEAD, ["AH-01", "light", "集散中心", "340104", 500, None],
                  ["AH-02", "light", "hub", None, None, None])  # fmt: skip
    later = now + timedelta(minutes=1)
    upload = handed(second, boss, later, kind="units", place="")
    assert counts(upload) == (1, 1, 0, 0)
    assert upload.report["changed"] == [
        {
            "subject": "AH-01",
            "fields": [
                {"field": "km_per_day", "old": 400.0, "new": 500.0},
                {"field": "regions", "old": ["340104", "340111"], "new": ["340104"]},
            ],
        }
    ]
    commit(upload_id=upload.pk, by=boss, now=later)
    assert counts(handed(second, boss, later, kind="units", place="")) == (0, 0, 2, 0)

    undo(upload_id=upload.pk, by=boss, now=later + timedelta(minutes=1))

    assert list(Unit.objects.values_list("code", "km_per_day")) == [("AH-01", 400)]
    assert Unit.objects.get().regions.count() == 2


def test_all_problems_of_units_are_told_with_their_cells(now, boss, at_home):
    content = xlsx(
        UNIT_HEAD,
        ["AH-01", "光", "hub", "月亮县", 0, "是"],
        ["AH-02", "light", "hub", None, 400, "也许"],
        ["AH-02", "light", "nowhere", None, 400, None],
        [None, "light", "hub", None, 400, None],
        ["AH-02", "light", "hub", None, 400, None],
    )

    upload = handed(content, boss, now, kind="units", place="")

    cells = [problem["cell"] for problem in upload.report["problems"]]
    assert cells == ["B2", "D2", "E2", "F3", "C4", "A5", "A6"]
    with pytest.raises(UploadHasProblems):
        commit(upload_id=upload.pk, by=boss, now=now)
    assert not Unit.objects.exists()


def test_units_of_another_home_are_not_ours_to_change(now, at_home):
    """A1."""
    upload = handed(
        xlsx(UNIT_HEAD, ["AH-01", "light", "hub", None, 400, None]),
        *(UserFactory(), now),
        kind="units",
        place="",
    )

    [problem] = upload.report["problems"]
    assert (problem["cell"], "You do not decide" in problem["message"]) == ("C2", True)


def test_a_unit_that_was_changed_since_is_not_taken_back(now, boss, at_home):
    content = xlsx(UNIT_HEAD, ["AH-01", "light", "hub", None, 400, None])
    upload = handed(content, boss, now, kind="units", place="")
    commit(upload_id=upload.pk, by=boss, now=now)
    record_unit(unit=Unit.objects.get(), by=boss, now=now + timedelta(minutes=1))

    with pytest.raises(WrongState, match="AH-01 was changed since"):
        undo(upload_id=upload.pk, by=boss, now=now + timedelta(hours=1))

    assert Unit.objects.exists()


def test_tour_requests_are_handed_in_and_withdrawn_again(now, museum, boss):
    season = SeasonFactory(slug="2027")
    content = xlsx(
        ["场馆", "展出天数", "第一意向开始", "第一意向结束"],
        ["museum", 30, "2027-03-01", "2027-07-01"],
    )
    upload = handed(content, boss, now, kind="tour-requests", place=season.slug)
    assert counts(upload) == (1, 0, 0, 0)
    assert TourRequest.objects.count() == 0

    commit(upload_id=upload.pk, by=boss, now=now)
    assert TourRequest.objects.get().state == "submitted"
    undo(upload_id=upload.pk, by=boss, now=now)
    assert TourRequest.objects.get().state == "withdrawn"


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_has_every_heading_and_its_drop_downs(kind):
    content = template("t", SHEETS[kind])

    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    headings = [cell.value for cell in sheet[1]]
    assert headings == [column.headings[0] for column in SHEETS[kind]]
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) >= {"venues": 8, "units": 3, "tour-requests": 0, "events": 2}[kind]
    assert all(len(each) <= 257 for each in lists)


@pytest.mark.parametrize("kind", SHEETS)
def test_an_english_template_is_read_as_the_chinese_one_is(kind):
    table = read_table(template(kind, SHEETS[kind], language="en"))
    sheet = openpyxl.load_workbook(io.BytesIO(template("t", SHEETS[kind], language="en"))).active

    assert all(heading.isascii() for heading in table.headings)
    assert read_columns(table, SHEETS[kind])[1] == []
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            column = SHEETS[kind][_index_of(rule)]
            for word in rule.formula1.strip('"').split(","):
                assert word.isascii()
                column.read(word)


def _index_of(rule) -> int:
    return next(iter(rule.sqref.ranges)).min_col - 1


def test_the_child_reads_what_the_reader_reads():
    assert read_table_isolated(EVENTS) == read_table(EVENTS)


WIDE = "".join(f"<row>{cell(f'A{n}', 'x')}</row>" for n in range(1, 20_100))
HOSTILE = {
    "X1 too many rows": raw(f"<sheetData>{WIDE}</sheetData>"),
    "X1 far cell": raw(f"<sheetData><row r='1'>{cell('XFD1048576', 'x')}</row></sheetData>"),
    "X1 merged": raw("<sheetData/><mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>"),
    "X1 bomb": raw(f"<sheetData><row>{cell('A1', 'x' * 40_000_000)}</row></sheetData>"),
    "X2 entities": raw('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                       "<worksheet>&x;</worksheet>"),
    "X3 cut off": EVENTS[:-200],
    "X3 web page": b"<html><body>log in</body></html>",
    "X3 old": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "X5 paths": raw("<sheetData/>", more={"../../etc/cron.d/x": "x"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_by_name_or_read_as_problems(name, now, museum, boss):
    """X1, X2, X3, X5: nothing is kept or written."""
    with suppress(UnreadableFile):
        upload = handed(HOSTILE[name], boss, now)
        assert upload.report["counts"]["problems"] > 0
    assert Event.objects.count() == Source.objects.count() == 0


@pytest.mark.parametrize("value", ["24:00", "9", "9:60", "half nine", 0.5, "09:30:00x"])
def test_what_is_no_time_of_day_is_a_problem_at_its_cell(value, now, museum, boss):
    """X4."""
    upload = handed(xlsx(["标题", "日期", "开始时间"], ["光", "2027-03-01", value]), boss, now)

    assert [problem["cell"] for problem in upload.report["problems"]] == ["C2"]
