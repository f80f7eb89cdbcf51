"""Lunar dates, solar terms, 休 and 班 beside the days, and when a house is closed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.venues import RegionFactory, VenueFactory
from venues.permissions import SYSTEM
from venues.services.closures import add_closure
from venues.services.holidays import seed_holidays
from venues.services.opening import set_opening_rules
from venues.spans import DaySpan
from web.pages.marks import marks_of
from web.pages.month import DayMark, Month, MonthPlan

pytestmark = pytest.mark.django_db

FEBRUARY = [date(2026, 2, day) for day in range(1, 29)]
EXCEPT_MONDAY = {
    "week": {
        day: [{"opens": "09:30", "closes": "17:00"}]
        for day in ("tue", "wed", "thu", "fri", "sat", "sun")
    }
}


@pytest.fixture(autouse=True)
def _holidays(now):
    seed_holidays(years=[2026], by=SYSTEM, now=now)


@pytest.fixture
def museum(now):
    venue = VenueFactory(slug="hefei", region=RegionFactory(code="340100"))
    set_opening_rules(venue=venue, document=EXCEPT_MONDAY, by=SYSTEM, now=now)
    add_closure(
        venue=venue, span=DaySpan(date(2026, 2, 3), date(2026, 2, 5)), by=SYSTEM, now=now,
        reason_zh="设备检修", reason_en="Maintenance",
    )  # fmt: skip
    return venue


def test_chinese_readers_see_what_a_wall_calendar_prints():
    marks = marks_of(FEBRUARY, language="zh")

    assert marks[date(2026, 2, 4)] == DayMark(lunar="十七", term="立春")
    assert marks[date(2026, 2, 14)] == DayMark(sign="班", lunar="廿七")
    assert marks[date(2026, 2, 17)] == DayMark(sign="休", name="春节", lunar="正月")
    assert marks[date(2026, 2, 28)] == DayMark(sign="班", lunar="十二")


def test_english_readers_see_the_names_of_holidays_alone():
    marks = marks_of(FEBRUARY, language="en")

    assert marks[date(2026, 2, 4)] == marks[date(2026, 2, 14)] == DayMark()
    assert "Spring Festival" in marks[date(2026, 2, 17)].name


def test_closed_days_stand_under_their_reasons(museum):
    month = Month(2026, 2)
    plan = MonthPlan.of(month, [], today=date(2026, 1, 1))
    marks = marks_of([day.day for day in plan.days], language="zh", venue=museum)

    closed = plan.with_marks(marks).closed

    # 2026-02-16 and -23 are Mondays of the Spring Festival's break; only the 16th is statutory.
    assert [(reason, [day.day for day in days]) for reason, days in closed] == [
        ("周一闭馆。", [2, 9, 23]),
        ("闭馆：设备检修。", [3, 4]),
    ]


def test_a_venues_page_says_when_it_is_closed_and_why_in_both_languages(client, museum):
    chinese = client.get("/venues/hefei/?month=2026-02&view=month").text
    english = client.get("/venues/hefei/?month=2026-02&lang=en").text

    assert '<p class="closed">闭馆：设备检修。</p>' in chinese
    assert '<span class="mark">立春</span>' in chinese
    assert "Closed: Maintenance." in english
    assert "立春" not in english


def test_a_closed_day_more_costs_no_query(client, museum, now, django_assert_num_queries):
    for day in (10, 11, 12):
        span = DaySpan(date(2026, 2, day), date(2026, 2, day + 1))
        add_closure(venue=museum, span=span, by=SYSTEM, now=now, reason_zh=str(day))
        with django_assert_num_queries(8):
            client.get("/venues/hefei/?month=2026-02&view=month")
