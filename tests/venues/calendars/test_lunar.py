from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from venues.lunar import (
    NEW_YEARS_EVE,
    LunarRule,
    lunar_dates,
    lunar_day,
    lunar_span,
    parse_lunar,
    solar_term,
)

SPRING_FESTIVALS = [
    "1900-01-31", "1912-02-18", "1924-02-05", "1936-01-24", "1949-01-29", "1950-02-17",
    "1960-01-28", "1970-02-06", "1976-01-31", "1980-02-16", "1985-02-20", "1990-01-27",
    "1995-01-31", "2000-02-05", "2005-02-09", "2008-02-07", "2010-02-14", "2012-01-23",
    "2015-02-19", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22",
    "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13",
    "2030-02-03", "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08",
    "2040-02-12", "2050-01-23", "2060-02-02", "2070-02-11", "2080-01-22", "2090-01-30",
    "2100-02-09",
]  # fmt: skip
LEAP_MONTHS = {
    1900: 8, 1903: 5, 1906: 4, 1909: 2, 1911: 6, 1914: 5, 1917: 2, 1919: 7, 1922: 5, 1925: 4,
    1928: 2, 1930: 6, 1933: 5, 1936: 3, 1938: 7, 1941: 6, 1944: 4, 1947: 2, 1949: 7, 1952: 5,
    1955: 3, 1957: 8, 1960: 6, 1963: 4, 1966: 3, 1968: 7, 1971: 5, 1974: 4, 1976: 8, 1979: 6,
    1982: 4, 1984: 10, 1987: 6, 1990: 5, 1993: 3, 1995: 8, 1998: 5, 2001: 4, 2004: 2, 2006: 7,
    2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11,
    2036: 6, 2039: 5, 2042: 2, 2044: 7, 2047: 5, 2050: 3, 2052: 8, 2055: 6, 2058: 4, 2061: 3,
    2063: 7, 2066: 5, 2069: 4, 2071: 8, 2074: 6, 2077: 4, 2080: 3, 2082: 7, 2085: 5, 2088: 4,
    2090: 8, 2093: 6, 2096: 4, 2099: 2,
}  # fmt: skip
"""As published by the observatories; the other years have twelve months."""


def test_spring_festivals_fall_where_they_are_published():
    for day in map(date.fromisoformat, SPRING_FESTIVALS):
        assert LunarRule(1, 1).day_in(day.year) == day
        assert lunar_day(day).text == "正月初一"


def test_every_day_from_1900_to_2100_follows_the_one_before_and_leap_months_are_the_published():
    found, before = {}, lunar_day(date(1900, 1, 31))
    for n in range(1, (date(2101, 1, 28) - date(1900, 1, 31)).days + 1):
        today = lunar_day(date(1900, 1, 31) + timedelta(days=n))
        if today.day == 1:
            assert before.day in (29, 30)
        else:
            assert today.day == before.day + 1
            assert (today.year, today.month) == (before.year, before.month)
        if today.is_leap_month:
            found[today.year] = today.month
        before = today
    assert found == LEAP_MONTHS


def test_outside_the_known_years_there_is_no_lunar_date():
    assert lunar_day(date(1900, 1, 30)) is None
    assert lunar_day(date(2101, 1, 29)) is None
    assert solar_term(date(1899, 12, 22)) == ""
    with pytest.raises(ValueError, match="from 1900 to 2100"):
        LunarRule(1, 1).day_in(2101)


@pytest.mark.parametrize(
    ("day", "text", "short"),
    [
        ("2027-01-30", "腊月廿三", "廿三"),
        ("2027-02-05", "腊月廿九", "廿九"),
        ("2027-02-06", "正月初一", "正月"),
        ("2025-07-25", "闰六月初一", "闰六月"),
        ("2026-09-25", "八月十五", "十五"),
        ("2026-12-28", "冬月二十", "二十"),
        ("2024-02-09", "腊月三十", "三十"),
        ("2026-11-19", "十月十一", "十一"),
    ],
)
def test_days_read_as_calendars_print_them(day, text, short):
    found = lunar_day(date.fromisoformat(day))
    assert (found.text, found.short) == (text, short)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        ("2026-02-04", "立春", "Start of Spring"),
        ("2026-04-05", "清明", "Clear and Bright"),
        ("2026-06-21", "夏至", "Summer Solstice"),
        ("2026-12-22", "冬至", "Winter Solstice"),
        ("2024-02-04", "立春", "Start of Spring"),
        ("2026-12-23", "", ""),
    ],
)
def test_solar_terms_begin_on_their_days(day, zh, en):
    found = date.fromisoformat(day)
    assert (solar_term(found), solar_term(found, "en")) == (zh, en)


def test_every_year_has_its_24_solar_terms_about_fifteen_days_apart():
    for year in range(1901, 2101, 7):
        days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
        terms = [day for day in days if solar_term(day)]
        assert len({solar_term(day) for day in terms}) == 24
        assert all(14 <= (b - a).days <= 16 for a, b in pairwise(terms))


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("腊月廿三", LunarRule(12, 23)),
        ("农历腊月廿三", LunarRule(12, 23)),
        ("12-23", LunarRule(12, 23)),
        ("正月十五", LunarRule(1, 15)),
        ("十一月三十", LunarRule(11, 30)),
        ("十二月初八", LunarRule(12, 8)),
        ("二月二十", LunarRule(2, 20)),
        ("除夕", NEW_YEARS_EVE),
    ],
)
def test_lunar_dates_are_read_as_people_write_them(written, rule):
    assert parse_lunar(written) == rule


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("闰六月初一", "leap month"),
        ("13-1", "no day of the lunar calendar"),
        ("1-31", "no day of the lunar calendar"),
        ("腊月廿十", "no day of the lunar calendar"),
        ("小年", "write 腊月廿三"),
        ("", "is no lunar date"),
    ],
)
def test_other_texts_are_refused_with_the_reason(written, reason):
    with pytest.raises(ValueError, match=reason):
        parse_lunar(written)


def test_the_eve_is_the_last_day_of_the_year_long_or_short():
    assert lunar_dates(NEW_YEARS_EVE, date(2023, 1, 1), date(2028, 1, 1)) == [
        date(2023, 1, 21),
        date(2024, 2, 9),
        date(2025, 1, 28),
        date(2026, 2, 16),
        date(2027, 2, 5),
    ]
    assert NEW_YEARS_EVE.text == "除夕"


def test_lunar_dates_are_half_open():
    little_year = parse_lunar("腊月廿三")
    day = date(2027, 1, 30)
    assert lunar_dates(little_year, day, day + timedelta(days=1)) == [day]
    assert lunar_dates(little_year, day + timedelta(days=1), date(2028, 1, 18)) == []


def test_a_span_over_the_turn_of_the_year_is_named_by_its_spring_festival():
    span = lunar_span(NEW_YEARS_EVE, LunarRule(1, 2), 2027)
    assert span == (date(2027, 2, 5), date(2027, 2, 8))
    assert lunar_span(LunarRule(1, 1), LunarRule(1, 2), 2027) == (
        date(2027, 2, 6),
        date(2027, 2, 8),
    )
