from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.factories.venues import MembershipFactory, RegionFactory, UserFactory
from tests.venues.sheets import xlsx
from venues.errors import Invalid, NotAllowed
from venues.models import HolidayDay, HolidayTable, RegionLevel, Role
from venues.permissions import SYSTEM
from venues.queries import work_calendar, working_day, working_days_after
from venues.services.holidays import import_holidays, preview_holidays, seed_holidays

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HEADINGS = ["日期", "类型", "名称", "英文名称", "调换日期"]
SPRING_2027 = (
    HEADINGS,
    [date(2027, 2, 5), "法定节假日", "除夕", "New Year's Eve", None],
    [date(2027, 2, 8), "休", "春节", None, None],
    ["2027-02-11", "调休", "春节", None, "2027/2/20"],
    ["2027年2月20日", "班", "春节", "Spring Festival", "2027-02-11"],
)


def _take_in(*rows, now, by=SYSTEM, **changed):
    stated = {"year": 2027, "status": "confirmed", "source": "国办发明电〔2026〕7 号"} | changed
    return import_holidays(xlsx(*rows), by=by, now=now, **stated)


@pytest.fixture
def seeded(now):
    return seed_holidays(years=range(2022, 2028), by=SYSTEM, now=now)


@pytest.mark.parametrize(
    "day", ["2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10", "2026-01-04",
            "2023-01-28", "2023-01-29"]
)  # fmt: skip
def test_make_up_workdays_of_2023_and_2026_are_worked(seeded, day):
    fact = working_day(date.fromisoformat(day))

    assert (fact.kind, fact.is_working, fact.is_provisional) == ("makeup_workday", True, False)


def test_the_holidays_of_2026(seeded):
    for n in range(9):
        assert not working_day(date(2026, 2, 15) + timedelta(days=n)).is_working
    assert working_day(date(2026, 2, 24)).is_working
    monday = working_day(date(2026, 10, 5))
    assert (monday.kind, monday.name, monday.name_en) == ("statutory", "国庆节", "National Day")
    swapped = HolidayDay.objects.get(day=date(2026, 10, 6))
    assert (swapped.kind, swapped.in_lieu_of) == ("bridge", date(2026, 9, 20))


def test_2027_is_provisional_because_its_swaps_are_unknown(seeded):
    eve = working_day(date(2027, 2, 5))
    assert (eve.kind, eve.name, eve.is_provisional) == ("statutory", "农历除夕", True)
    assert working_day(date(2027, 3, 1)).is_provisional
    assert [(table.year, table.status) for table in seeded][-2:] == [
        (2026, "confirmed"),
        (2027, "provisional"),
    ]


@pytest.mark.parametrize("year", [2019, 2021, 2022, 2023, 2024, 2025, 2026])  # not 2020: decree
def test_a_swapped_weekday_off_has_its_make_up_workday(year, now):
    seed_holidays(years=[year], by=SYSTEM, now=now)
    days = HolidayDay.objects.all()
    swapped = [row for row in days if row.kind == "bridge" and row.day.weekday() < 5]
    assert len(swapped) == days.filter(kind="makeup_workday").count()


def test_counting_working_days_costs_two_queries_however_far(seeded, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert working_days_after(date(2026, 9, 30), 10) == date(2026, 10, 20)
    with django_assert_num_queries(2):
        assert working_days_after(date(2026, 9, 30), 200).year == 2027


def test_without_any_table_the_week_counts():
    assert working_days_after(date(2026, 9, 18), 10) == date(2026, 10, 2)
    assert working_day(date(2026, 9, 20)).is_provisional


def test_an_upload_replaces_the_provisional_table_and_keeps_it_as_history(seeded, now):
    _take_in(*SPRING_2027, now=now)

    made_up = working_day(date(2027, 2, 20))
    assert (made_up.kind, made_up.is_provisional) == ("makeup_workday", False)
    assert working_day(date(2027, 10, 1)).kind == "workday"  # the file says nothing of October
    first, second = HolidayTable.objects.filter(year=2027).order_by("pk")
    assert (first.status, first.replaced_at, first.days.count()) == ("provisional", now, 19)
    assert (second.status, second.replaced_at, second.days.count()) == ("confirmed", None, 4)
    row = second.days.get(day=date(2027, 2, 11))
    assert (row.kind, row.name_zh, row.in_lieu_of) == ("bridge", "春节", date(2027, 2, 20))


def test_the_same_file_twice_changes_nothing(now):
    assert _take_in(*SPRING_2027, now=now) == _take_in(*SPRING_2027, now=now)
    assert HolidayTable.objects.count() == 1


def test_a_preview_says_what_would_change_and_writes_nothing(now):
    _take_in(*SPRING_2027, now=now)
    rows = (*SPRING_2027[:2], [date(2027, 2, 8), "法定", "春节", None, None],
            [date(2027, 2, 9), "休", "春节", None, None])  # fmt: skip

    seen = preview_holidays(xlsx(*rows), year=2027)

    assert (seen.added, seen.changed) == ((date(2027, 2, 9),), (date(2027, 2, 8),))
    assert (seen.removed, seen.unchanged) == ((date(2027, 2, 11), date(2027, 2, 20)), 1)
    assert HolidayTable.objects.count() == 1


def test_all_problems_of_all_rows_are_said_at_once(now):
    rows = (
        HEADINGS,
        [date(2027, 2, 22), "补班", "春节", None, None],
        [date(2027, 2, 22), "半天", "春节", None, None],
        ["2026-11-01", "休", None, None, None],
        ["二月", "休", "春节", None, None],
        [date(2027, 5, 1), "休", "劳动节", None, date(2027, 1, 1)],
    )

    with pytest.raises(Invalid) as refusal:
        _take_in(*rows, now=now)

    found = [(p["cell"], p["message"][:25]) for p in refusal.value.detail["problems"]]
    assert found == [
        ("B2", "2027-02-22 is no weekend "),
        ("A3", "The same day as in row 2;"),
        ("B3", "“半天” is unknown; use one "),
        ("A4", "Lies outside 2027. Each y"),
        ("C4", "Must not be empty."),
        ("A5", "Must be a day such as 202"),
        ("E6", "2027-01-01 lies more than"),
    ]
    assert not HolidayTable.objects.exists()


def test_the_new_year_break_may_begin_in_the_december_before(now):
    _take_in(HEADINGS, [date(2026, 12, 31), "休", "元旦", None, None], now=now)

    assert working_day(date(2026, 12, 31)).kind == "bridge"


def test_a_region_adds_its_own_days(seeded, now):
    guangxi = RegionFactory(code="450000", level=RegionLevel.PROVINCE, name_zh="广西壮族自治区")
    nanning = RegionFactory(code="450100", parent=guangxi)
    third_of_third = [date(2026, 4, 20), "法定", "三月三", None, None]
    _take_in(HEADINGS, third_of_third, year=2026, region=guangxi, now=now)

    assert working_day(date(2026, 4, 20), region=nanning).name == "三月三"
    assert working_day(date(2026, 4, 20)).is_working
    spring = work_calendar(date(2026, 2, 1), date(2026, 5, 1), region=nanning)
    assert spring.fact(date(2026, 2, 17)).name == "春节"
    assert not spring.fact(date(2026, 4, 20)).is_provisional


def test_a_confirmed_table_is_not_replaced_by_a_provisional_one(now):
    _take_in(*SPRING_2027, now=now)

    with pytest.raises(Invalid) as refusal:
        _take_in(*SPRING_2027, status="provisional", source=" ", now=now)

    fields = [problem["field"] for problem in refusal.value.detail["problems"]]
    assert fields == ["status", "source"]


def test_seeding_again_touches_neither_uploads_nor_what_it_wrote(now):
    _take_in(*SPRING_2027, status="provisional", now=now)

    assert [table.year for table in seed_holidays(years=[2026, 2027], by=SYSTEM, now=now)] == [2026]
    assert seed_holidays(years=[2026, 2027], by=SYSTEM, now=now) == []


def test_only_those_who_administer_the_nation_may_put_its_table_in_force(now):
    nation = RegionFactory(code="000000", level=RegionLevel.NATION)
    anhui = RegionFactory(code="340000", level=RegionLevel.PROVINCE, parent=nation)
    of_the_nation, of_anhui = UserFactory(), UserFactory()
    MembershipFactory(user=of_the_nation, role=Role.ADMINISTRATOR, region=nation)
    MembershipFactory(user=of_anhui, role=Role.ADMINISTRATOR, region=anhui)

    with pytest.raises(NotAllowed):
        _take_in(*SPRING_2027, by=of_anhui, now=now)
    table = _take_in(*SPRING_2027, by=of_anhui, region=anhui, now=now)
    assert (table.uploaded_by, table.region) == (of_anhui, anhui)
    assert _take_in(*SPRING_2027, by=of_the_nation, now=now).region is None


def test_the_database_keeps_one_table_in_force_per_year(now):
    _take_in(*SPRING_2027, now=now)
    again = HolidayTable(year=2027, status="confirmed", source="x", created_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_the_commands_seed_and_import(tmp_path):
    out = StringIO()
    call_command("seed_holidays", "--first", "2026", "--last", "2027", stdout=out)
    assert "CN 2027: provisional" in out.getvalue()
    file = tmp_path / "2027.xlsx"
    file.write_bytes(xlsx(*SPRING_2027))
    words = ("import_holidays", str(file), "--year", "2027", "--source", "国办发明电〔2026〕7 号")

    call_command(*words, "--dry-run", stdout=out)
    assert not HolidayTable.objects.filter(year=2027, status="confirmed").exists()
    call_command(*words, stdout=out)

    assert "Days: 2 added, 2 changed, 17 removed, 0 unchanged." in out.getvalue()
    assert HolidayTable.objects.filter(year=2027, status="confirmed").exists()
    with pytest.raises(CommandError, match="upload it"):
        call_command("seed_holidays", "--country", "XX")
