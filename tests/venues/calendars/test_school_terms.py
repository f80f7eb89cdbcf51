from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.factories.venues import RegionFactory, UserFactory
from tests.venues.sheets import xlsx
from venues.errors import Invalid, NotAllowed
from venues.models import RegionLevel, SchoolTerm
from venues.permissions import SYSTEM
from venues.queries import is_school_day, school_calendar
from venues.services.holidays import seed_holidays
from venues.services.school_terms import import_school_terms

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HEADINGS = ["学年", "学期", "开学日期", "放假日期"]
TERMS = (
    HEADINGS,
    [2025, "2025–2026 第二学期", date(2026, 3, 2), date(2026, 7, 11)],
    [2026, "2026–2027 第一学期", date(2026, 9, 1), date(2027, 1, 30)],
)


@pytest.fixture
def anhui():
    return RegionFactory(code="340000", level=RegionLevel.PROVINCE, name_zh="安徽省")


@pytest.fixture
def county(anhui, now):
    seed_holidays(years=[2026], by=SYSTEM, now=now)
    import_school_terms(xlsx(*TERMS), region=anhui, source="皖教秘", by=SYSTEM, now=now)
    return RegionFactory(code="340121", parent=anhui)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-09-20", True),  # a make-up Sunday
        ("2026-09-19", False),
        ("2026-10-05", False),
        ("2026-05-09", True),
        ("2026-07-10", True),
        ("2026-07-11", False),
        ("2026-08-31", False),  # vacation between terms
        ("2026-09-01", True),
        ("2026-02-27", None),  # before all that is known
        ("2027-02-01", False),
        ("2027-03-16", None),
    ],
)
def test_schools_teach_on_working_days_of_a_term_and_on_make_up_days(county, day, expected):
    assert is_school_day(date.fromisoformat(day), county) is expected


def test_without_terms_nobody_knows():
    assert is_school_day(date(2026, 9, 21), RegionFactory()) is None


def test_the_nearest_region_speaks_for_those_below_it(county, now):
    rows = (HEADINGS, [2026, "第一学期", date(2026, 9, 7), date(2027, 1, 20)])
    import_school_terms(xlsx(*rows), region=county, source="县教育局", by=SYSTEM, now=now)
    assert is_school_day(date(2026, 9, 8), county)
    assert is_school_day(date(2026, 9, 2), county) is None


def test_a_year_of_school_days_costs_the_same_queries_as_a_day(county, django_assert_num_queries):
    with django_assert_num_queries(3):
        calendar = school_calendar(county, date(2026, 1, 1), date(2027, 1, 1))
    assert calendar.is_school_day(date(2026, 9, 20))


def test_a_sheet_replaces_its_own_school_years_only(county, anhui, now):
    rows = (HEADINGS, [2026, "第一学期", date(2026, 8, 31), date(2027, 1, 23)])
    import_school_terms(xlsx(*rows), region=anhui, source="皖教秘 2", by=SYSTEM, now=now)
    days = SchoolTerm.objects.order_by("first_day").values_list("first_day", flat=True)
    assert list(days) == [date(2026, 3, 2), date(2026, 8, 31)]


def test_all_problems_are_said_at_once(anhui, now):
    rows = (
        HEADINGS,
        [2026, "甲", date(2026, 9, 1), date(2026, 9, 1)],
        [2026, "乙", date(2025, 9, 1), date(2026, 1, 20)],
        [2025, "丙", date(2025, 9, 5), date(2026, 1, 20)],
        ["x", "丁", None, date(2026, 1, 20)],
    )
    with pytest.raises(Invalid) as refusal:
        import_school_terms(xlsx(*rows), region=anhui, source="", by=SYSTEM, now=now)
    problems = refusal.value.detail["problems"]
    assert [p.get("cell", p.get("field")) for p in problems] == [
        "D2", "C3", "C4", "A5", "C5", "source",
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        import_school_terms(xlsx(*TERMS), region=anhui, source="x", by=UserFactory(), now=now)


def test_the_command_takes_a_sheet_in(anhui, tmp_path):
    file, out = tmp_path / "terms.xlsx", StringIO()
    file.write_bytes(xlsx(*TERMS))
    call_command(
        "import_school_terms", str(file), "--region", "340000", "--source", "皖教秘", stdout=out
    )
    assert out.getvalue() == "2 terms of 安徽省 written.\n"
    with pytest.raises(CommandError, match="no region 999999"):
        call_command("import_school_terms", str(file), "--region", "999999", "--source", "x")
