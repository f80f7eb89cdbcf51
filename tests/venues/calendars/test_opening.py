from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from venues.opening import ClosedSpan, InvalidRules, OpeningBook, Session, parse_rules
from venues.spans import DaySpan
from venues.workdays import DayKind, SpecialDay, WorkCalendar

DAY = [{"opens": "09:00", "closes": "17:00", "last_entry": "16:00"}]
HALVES = [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:30", "closes": "16:30"}]
NEW_YEAR = [{"from": "除夕", "to": "正月初二"}]
EXCEPT_MONDAY = dict.fromkeys(("tue", "wed", "thu", "fri", "sat", "sun"), DAY)
SPRING_2027 = WorkCalendar(
    country="CN",
    days={
        date(2027, 2, 5) + timedelta(days=n): SpecialDay(
            DayKind.STATUTORY, "春节", "Spring Festival"
        )
        for n in range(4)
    }
    | {date(2027, 2, 9): SpecialDay(DayKind.BRIDGE, "春节", "Spring Festival")},
    confirmed_years=frozenset({2027}),
)


def _book(document, calendar=SPRING_2027, closures=()):
    return OpeningBook(parse_rules(document), calendar, closures)


def test_a_museum_closed_on_mondays_and_tuesdays_except_statutory_holidays():
    book = _book({"week": dict.fromkeys(("wed", "thu", "fri", "sat", "sun"), HALVES)})

    monday = book.day(date(2027, 2, 8))
    assert (monday.is_open, monday.because) == (True, "holiday")
    assert monday.sessions == (Session(time(9), time(12)), Session(time(13, 30), time(16, 30)))
    assert monday.reason("zh") == "法定节假日（春节）开放。"
    assert monday.reason("en") == "Open on this statutory holiday (Spring Festival)."
    tuesday = book.day(date(2027, 2, 9))  # of the break, not statutory
    assert (tuesday.is_open, tuesday.reason("zh")) == (False, "周二闭馆。")
    assert tuesday.reason("en") == "Closed on Tuesdays."


def test_houses_may_open_on_all_days_of_a_break_or_on_none():
    week = {"tue": [], **dict.fromkeys(("wed", "thu", "fri", "sat", "sun"), DAY)}
    every = _book({"week": week, "on_holidays": "days_off"}).day(date(2027, 2, 9))
    assert (every.is_open, every.reason("zh")) == (True, "节日放假（春节）开放。")
    none = _book({"week": week, "on_holidays": "none"}).day(date(2027, 2, 8))
    assert (none.is_open, none.is_provisional) == (False, False)


def test_the_lunar_closure_beats_the_holiday():
    book = _book({"week": EXCEPT_MONDAY, "lunar_closures": NEW_YEAR})

    closed = [day.day for day in book.days(date(2027, 2, 1), date(2027, 2, 16)) if not day.is_open]

    assert [day.isoformat() for day in closed] == [
        "2027-02-01", "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-15",
    ]  # fmt: skip
    eve = book.day(date(2027, 2, 5))
    assert eve.reason("zh") == "除夕至正月初二闭馆。"
    assert eve.reason("en") == "Closed from lunar New Year's Eve to day 2 of lunar month 1."


def test_a_closure_beats_an_exception_and_that_the_moon_and_that_the_week():
    exceptions = [
        {"first": "2027-02-05", "end": "2027-02-07", "open": True, "reason_zh": "灯会",
         "reason_en": "lantern show", "sessions": [{"opens": "18:00", "closes": "21:00"}]},
        {"first": "2027-02-16", "end": "2027-02-17", "open": False, "reason_zh": "内部活动"},
    ]  # fmt: skip
    repairs = ClosedSpan(DaySpan(date(2027, 2, 6), date(2027, 2, 9)), "维修", "Repairs")
    book = _book(
        {"week": EXCEPT_MONDAY, "lunar_closures": NEW_YEAR, "exceptions": exceptions},
        closures=(repairs,),
    )

    eve, first, statutory = (book.day(date(2027, 2, n)) for n in (5, 6, 8))
    assert (eve.because, eve.sessions) == ("exception", (Session(time(18), time(21)),))
    assert (eve.reason("zh"), eve.reason("en")) == (
        "特别开放：灯会。",
        "Open by way of exception: lantern show.",
    )
    assert (first.because, first.reason("en")) == ("closure", "Closed: Repairs.")
    assert (statutory.because, statutory.is_open) == ("closure", False)
    inside = book.day(date(2027, 2, 16))
    assert (inside.because, inside.reason("zh"), inside.reason("en")) == (
        "exception",
        "闭馆：内部活动。",
        "Closed: 内部活动.",
    )


def test_seasons_have_hours_of_their_own_also_over_the_turn_of_the_year():
    winter = {"from": "11-01", "to": "03-31", "name_zh": "冬季",
              "week": dict.fromkeys(("wed", "thu", "fri", "sat", "sun"), HALVES)}  # fmt: skip
    book = _book({"week": EXCEPT_MONDAY, "seasons": [winter]})

    for day, is_open, because in (
        (date(2027, 3, 30), False, "season"),
        (date(2027, 3, 31), True, "season"),
        (date(2027, 4, 6), True, "week"),
        (date(2027, 11, 2), False, "season"),
    ):
        found = book.day(day)
        assert (found.is_open, found.because) == (is_open, because)
    assert book.day(date(2027, 1, 1)).sessions[1].closes == time(16, 30)


def test_an_unpublished_year_is_provisional_where_holidays_could_change_the_answer():
    book = _book({"week": EXCEPT_MONDAY}, WorkCalendar("CN"))

    monday, tuesday = book.day(date(2028, 1, 31)), book.day(date(2028, 2, 1))
    assert (monday.is_open, monday.is_provisional) == (False, True)
    assert monday.reason("zh") == "周一闭馆（该年节假日安排尚未公布，暂定）。"
    assert (tuesday.is_open, tuesday.is_provisional) == (True, False)


def test_holiday_hours_may_differ_and_else_are_those_of_sunday():
    sunday = EXCEPT_MONDAY | {"sun": HALVES}
    assert len(_book({"week": sunday}).day(date(2027, 2, 8)).sessions) == 2
    shorter = [{"opens": "10:00", "closes": "15:00"}]
    found = _book({"week": sunday, "holiday_sessions": shorter}).day(date(2027, 2, 8))
    assert found.sessions == (Session(time(10), time(15)),)


def test_without_rules_nobody_knows_but_closures_count():
    closed = ClosedSpan(DaySpan(date(2027, 3, 1), date(2027, 3, 2)))
    book = OpeningBook(None, SPRING_2027, (closed,))
    assert book.day(date(2027, 3, 1)).is_open is False
    assert book.day(date(2027, 3, 2)).is_open is None


def test_every_problem_of_a_document_is_said_at_once_with_its_path():
    document = {
        "week": {"mon": DAY, "mo": [], "tue": [{"opens": "17:00", "closes": "09:00"}],
                 "wed": [HALVES[0], {"opens": "11:00", "closes": "25:00"}],
                 "thu": [{"opens": "09:00", "closes": "12:00", "last_entry": "12:30"}],
                 "fri": [HALVES[1], HALVES[0]]},
        "on_holidays": "sometimes",
        "lunar_closures": [{"from": "闰六月初一", "to": 3}],
        "seasons": [{"from": "02-30", "to": "09-30", "week": []}],
        "exceptions": [
            {"first": "2027-05-03", "end": "2027-05-03", "open": True},
            {"first": "2027-06-01", "end": "2027-06-03", "open": "yes"},
            {"first": "2027-06-02", "end": "2027-06-03", "open": False, "sessions": DAY,
             "reason_zh": "a\u0000"},
        ],
        "colour": "red",
    }  # fmt: skip

    with pytest.raises(InvalidRules) as refusal:
        parse_rules(document)

    assert [path for path, _ in refusal.value.problems] == [
        "colour",
        "week.mo",
        "week.tue[0].closes",
        "week.wed[1].closes",
        "week.thu[0].last_entry",
        "week.fri[1].opens",
        "on_holidays",
        "lunar_closures[0].from",
        "lunar_closures[0].to",
        "seasons[0].from",
        "seasons[0].week",
        "exceptions[0].end",
        "exceptions[1].open",
        "exceptions[2].sessions",
        "exceptions[2].reason_zh",
        "exceptions[2].first",
    ]


@pytest.mark.parametrize("document", [None, [], "open", 3, {"week": None}, {}])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(InvalidRules):
        parse_rules(document)
