from __future__ import annotations

from datetime import date

import pytest

from venues.workdays import (
    DayKind,
    SpecialDay,
    WorkCalendar,
    working_days_after,
    working_days_in,
)

NATIONAL_DAY = WorkCalendar(
    country="CN",
    days={
        date(2026, 9, 20): SpecialDay(DayKind.MAKEUP_WORKDAY, "国庆节", "National Day"),
        date(2026, 9, 25): SpecialDay(DayKind.STATUTORY, "中秋节"),
        date(2026, 10, 1): SpecialDay(DayKind.STATUTORY, "国庆节"),
        date(2026, 10, 2): SpecialDay(DayKind.STATUTORY, "国庆节"),
        date(2026, 10, 5): SpecialDay(DayKind.STATUTORY, "国庆节"),
        date(2026, 10, 6): SpecialDay(DayKind.BRIDGE, "国庆节"),
        date(2026, 10, 7): SpecialDay(DayKind.BRIDGE, "国庆节"),
        date(2026, 10, 10): SpecialDay(DayKind.MAKEUP_WORKDAY, "国庆节"),
    },
    confirmed_years=frozenset({2026}),
)


def test_a_make_up_sunday_is_worked_and_a_bridged_tuesday_is_not():
    sunday = NATIONAL_DAY.fact(date(2026, 9, 20))
    assert (sunday.kind, sunday.name, sunday.name_en) == (
        "makeup_workday",
        "国庆节",
        "National Day",
    )
    assert (sunday.is_working, sunday.is_provisional, sunday.mark) == (True, False, "班")
    tuesday = NATIONAL_DAY.fact(date(2026, 10, 6))
    assert (tuesday.kind, tuesday.is_working, tuesday.mark) == ("bridge", False, "休")


def test_days_that_no_table_names_follow_the_week_and_an_unknown_year_says_so():
    assert NATIONAL_DAY.fact(date(2026, 9, 21)).kind == DayKind.WORKDAY
    saturday = NATIONAL_DAY.fact(date(2027, 10, 2))
    assert (saturday.kind, saturday.is_working, saturday.is_provisional, saturday.mark) == (
        "weekend",
        False,
        True,
        "",
    )


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # Friday to the make-up Sunday
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 10, 4), 5, date(2026, 10, 13)),  # begins on a day off
        (date(2026, 9, 21), 10, date(2026, 10, 12)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day, count, expected):
    assert working_days_after(NATIONAL_DAY, day, count) == expected


def test_the_count_after_a_day_is_the_number_of_working_days_up_to_it():
    for count in range(1, 40):
        found = working_days_after(NATIONAL_DAY, date(2026, 9, 17), count)
        assert working_days_in(NATIONAL_DAY, date(2026, 9, 18), found) == count - 1
        assert NATIONAL_DAY.is_working(found)


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_absurd_counts_are_refused(count):
    with pytest.raises(ValueError, match="count must be between 1 and 10000"):
        working_days_after(NATIONAL_DAY, date(2026, 9, 18), count)


def test_nepal_rests_on_saturday_alone():
    nepal = WorkCalendar(country="NP")
    assert not nepal.is_working(date(2026, 9, 19))
    assert nepal.is_working(date(2026, 9, 20))
