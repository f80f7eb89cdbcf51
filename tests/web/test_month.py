"""A month as pages show it: no database."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from events.ical.entry import Entry, Text
from web.pages.month import Item, Month, MonthPlan, UnreadableMonth


def item(uid: str, start: date, end: date, **changes) -> Item:
    return Item(uid, Entry(uid, Text(uid), start, end, "Asia/Shanghai", **changes))


@pytest.mark.parametrize(
    "words",
    ["", "2027", "2027-3", "2027-13", "2027-00", "1989-12", "2101-01", "２０２７-03", "2027-03-01"],
)
def test_what_is_no_month_is_refused(words):
    with pytest.raises(UnreadableMonth):
        Month.parse(words)


def test_a_month_knows_its_neighbours_and_its_weeks():
    february = Month.parse("2027-02")

    assert (february.first, february.end) == (date(2027, 2, 1), date(2027, 3, 1))
    assert (str(february.previous), str(february.next)) == ("2027-01", "2027-03")
    assert [len(week) for week in february.weeks] == [7] * 4  # begins on a Monday
    assert Month.parse("1990-01").previous is None
    assert Month.parse("2100-12").next is None


def test_an_item_ends_on_the_last_day_it_touches():
    whole_days = item("a", date(2027, 2, 1), date(2027, 2, 3))
    until_midnight = item("b", datetime(2027, 2, 1, 20), datetime(2027, 2, 2))
    past_midnight = item("c", datetime(2027, 2, 1, 20), datetime(2027, 2, 2, 1))

    assert (whole_days.last_day, whole_days.is_run) == (date(2027, 2, 2), True)
    assert (until_midnight.last_day, until_midnight.is_run) == (date(2027, 2, 1), False)
    assert (past_midnight.last_day, past_midnight.is_run) == (date(2027, 2, 2), True)


def test_runs_stand_apart_and_days_keep_the_order_of_time():
    late = item("late", datetime(2027, 2, 6, 15), datetime(2027, 2, 6, 16))
    early = item("early", datetime(2027, 2, 6, 9), datetime(2027, 2, 6, 10))
    long_run = item("long", date(2026, 12, 1), date(2027, 5, 1))
    short_run = item("short", date(2027, 2, 6), date(2027, 2, 9))

    plan = MonthPlan.of(
        Month.parse("2027-02"), [late, long_run, early, short_run], today=date(2027, 2, 6)
    )

    assert plan.runs == (short_run, long_run)
    assert [(day.day, day.items) for day in plan.agenda] == [(date(2027, 2, 6), (early, late))]
    saturday = plan.agenda[0]
    assert saturday.opening == (short_run,)
    assert saturday.is_today
