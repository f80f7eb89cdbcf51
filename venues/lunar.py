"""The Chinese calendar: 腊月廿三, solar terms, and back. Pure; 1900 to 2100.

``borax`` keeps the tables; this room is the only one that knows it. Beyond its years a day has
no lunar date here rather than a guessed one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from borax.calendars.lunardate import LCalendars, LunarDate

FIRST_DAY, LAST_DAY = date(1900, 1, 31), date(2101, 1, 28)
FIRST_YEAR, LAST_YEAR = 1900, 2100

_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_TENS = ("初", "十", "廿", "三")
_DIGITS = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
_DAY_NAMES = {day: _TENS[(day - 1) // 10] + _DIGITS[(day - 1) % 10 + 1] for day in range(1, 31)}
_DAY_NAMES |= {20: "二十", 30: "三十"}
_DAYS_BY_NAME = {name: day for day, name in _DAY_NAMES.items()} | {"卅": 30, "廿": 20}
_MONTHS_BY_NAME = {name: number for number, name in enumerate(_MONTHS, start=1)}
_MONTHS_BY_NAME |= {"一": 1, "十一": 11, "十二": 12, "臘": 12}
_WRITTEN = re.compile(r"(闰)?(正|一|二|三|四|五|六|七|八|九|十一|十二|十|冬|腊|臘)月(.{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_EVE = "除夕"
_TERMS_EN = {
    "立春": "Start of Spring", "雨水": "Rain Water", "惊蛰": "Awakening of Insects",
    "春分": "Spring Equinox", "清明": "Clear and Bright", "谷雨": "Grain Rain",
    "立夏": "Start of Summer", "小满": "Grain Buds", "芒种": "Grain in Ear",
    "夏至": "Summer Solstice", "小暑": "Minor Heat", "大暑": "Major Heat",
    "立秋": "Start of Autumn", "处暑": "End of Heat", "白露": "White Dew",
    "秋分": "Autumn Equinox", "寒露": "Cold Dew", "霜降": "Frost's Descent",
    "立冬": "Start of Winter", "小雪": "Minor Snow", "大雪": "Major Snow",
    "冬至": "Winter Solstice", "小寒": "Minor Cold", "大寒": "Major Cold",
}  # fmt: skip


@dataclass(frozen=True)
class LunarDay:
    """A day of the Chinese calendar; ``year`` is the one that begins at its Spring Festival."""

    year: int
    month: int
    day: int
    is_leap_month: bool = False

    @property
    def text(self) -> str:
        """``腊月廿三``, ``闰六月初一``."""
        leap = "闰" if self.is_leap_month else ""
        return f"{leap}{_MONTHS[self.month - 1]}月{_DAY_NAMES[self.day]}"

    @property
    def short(self) -> str:
        """What a square of a month shows: the day, on the first of a month the month."""
        return self.text[:-2] if self.day == 1 else _DAY_NAMES[self.day]


@dataclass(frozen=True, order=True)
class LunarRule:
    """A day of every lunar year: month and day, or the last day of the year (除夕).

    A leap month repeats nothing: 闰六月 has no festivals. A 30th day falls on the 29th where the
    month has no more.
    """

    month: int
    day: int

    @property
    def text(self) -> str:
        if self == NEW_YEARS_EVE:
            return _EVE
        return f"{_MONTHS[self.month - 1]}月{_DAY_NAMES[self.day]}"

    def day_in(self, year: int) -> date:
        """The day in the lunar year that begins at the Spring Festival of ``year``.

        Raises:
            ValueError: the year is outside 1900 to 2100.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"lunar years are known from {FIRST_YEAR} to {LAST_YEAR}, not {year}")
        length = LCalendars.ndays(year, self.month)
        day: date = LunarDate(year, self.month, min(self.day, length)).to_solar_date()
        return day


NEW_YEARS_EVE = LunarRule(12, 30)


def lunar_day(day: date) -> LunarDay | None:
    """The lunar date of ``day``; ``None`` outside 1900-01-31 to 2101-01-28."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return None
    found = LunarDate.from_solar(day)
    return LunarDay(found.year, found.month, found.day, bool(found.leap))


def solar_term(day: date, language: str = "zh") -> str:
    """The solar term (节气) that begins on ``day``, or nothing."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return ""
    term = LunarDate.from_solar(day).term or ""
    return _TERMS_EN.get(term, "") if language == "en" else term


def parse_lunar(written: str) -> LunarRule:
    """A rule from ``腊月廿三``, ``除夕`` or ``12-23`` (month and day of the lunar calendar).

    Raises:
        ValueError: with the reason; leap months are refused by name.
    """
    plain = written.strip().removeprefix("农历")
    if plain == _EVE:
        return NEW_YEARS_EVE
    if numbers := _NUMBERS.fullmatch(plain):
        month, day = int(numbers.group(1)), int(numbers.group(2))
    elif words := _WRITTEN.fullmatch(plain):
        if words.group(1):
            raise ValueError(f"“{written}” is in a leap month, which most years do not have.")
        month, day = _MONTHS_BY_NAME[words.group(2)], _DAYS_BY_NAME.get(words.group(3), 0)
    else:
        raise ValueError(f"“{written}” is no lunar date; write 腊月廿三, 除夕 or 12-23.")
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"“{written}” is no day of the lunar calendar (months 1-12, days 1-30).")
    return LunarRule(month, day)


def lunar_dates(rule: LunarRule, first: date, end: date) -> list[date]:
    """The days on which ``rule`` falls in ``[first, end)``, in order."""
    years = range(max(first.year - 1, FIRST_YEAR), min(end.year, LAST_YEAR) + 1)
    return [day for year in years if first <= (day := rule.day_in(year)) < end]


def lunar_span(start: LunarRule, last: LunarRule, year: int) -> tuple[date, date]:
    """The days ``[first, end)`` from ``start`` to ``last``, both inclusive.

    ``year`` is the Gregorian year of the Spring Festival: 除夕 to 初二 begins in the lunar year
    before it ends in.
    """
    turns = last < start
    first = start.day_in(year - 1 if turns else year)
    return first, last.day_in(year) + timedelta(days=1)
