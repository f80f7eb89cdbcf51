"""When a house is open: a weekly pattern, holidays, lunar closures, seasons, exceptions. Pure.

Rules are one document (see :mod:`venues.opening.document`); the first line that applies decides:

1. a closure of the whole venue,
2. a one-off exception,
3. a lunar closure (除夕 to 初二),
4. a holiday, where the rules open on holidays,
5. the weekly pattern of the season, else the basic one.

Make-up workdays (补班) change nothing: museums follow the weekday, schools the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from venues.lunar import FIRST_YEAR, LAST_YEAR, NEW_YEARS_EVE, LunarRule, lunar_span
from venues.spans import DaySpan
from venues.workdays import DayFact, DayKind, WorkCalendar

_ZH = "一二三四五六日"
_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class OnHolidays(StrEnum):
    """Which days off open a house on a weekday it is otherwise closed."""

    NONE = "none"
    STATUTORY = "statutory"
    DAYS_OFF = "days_off"  # bridge days of the break too


class Because(StrEnum):
    """Which line of the rules decided."""

    CLOSURE = "closure"
    EXCEPTION = "exception"
    LUNAR = "lunar"
    HOLIDAY = "holiday"
    SEASON = "season"
    WEEK = "week"
    UNKNOWN = "unknown"


@dataclass(frozen=True, order=True)
class Session:
    """Open during ``[opens, closes)``; nobody is let in after ``last_entry``."""

    opens: time
    closes: time
    last_entry: time | None = None


Week = Mapping[int, tuple[Session, ...]]
"""Sessions by weekday (Monday is 0); a weekday that is missing is closed."""


@dataclass(frozen=True)
class Season:
    """Another weekly pattern from one day of the year to another, both inclusive (month, day)."""

    first: tuple[int, int]
    last: tuple[int, int]
    week: Week
    name_zh: str = ""
    name_en: str = ""

    def __contains__(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True)
class Exceptional:
    """Open or closed on some days, once."""

    span: DaySpan
    is_open: bool
    sessions: tuple[Session, ...] = ()
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class OpeningRules:
    week: Week
    on_holidays: OnHolidays = OnHolidays.STATUTORY
    holiday_sessions: tuple[Session, ...] = ()
    lunar_closures: tuple[tuple[LunarRule, LunarRule], ...] = ()
    seasons: tuple[Season, ...] = ()
    exceptions: tuple[Exceptional, ...] = ()


@dataclass(frozen=True)
class ClosedSpan:
    """A closure of the whole venue, as the rules need it."""

    span: DaySpan
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class OpenDay:
    """Whether a house is open on a day, when, and why.

    ``is_open`` is ``None`` where nobody has said. ``is_provisional``: a holiday arrangement that
    is not published yet could change the answer.
    """

    day: date
    is_open: bool | None
    sessions: tuple[Session, ...]
    because: Because
    reason_zh: str
    reason_en: str
    is_provisional: bool = False

    def reason(self, language: str) -> str:
        return self.reason_en if language == "en" else self.reason_zh


@dataclass(frozen=True)
class OpeningBook:
    """All that decides about one house over some days: its rules, closures and holidays."""

    rules: OpeningRules | None
    calendar: WorkCalendar
    closures: tuple[ClosedSpan, ...] = ()
    _lunar: dict[int, list[tuple[DaySpan, LunarRule, LunarRule]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def days(self, first: date, end: date) -> Iterator[OpenDay]:
        """One answer for each day of ``[first, end)``, in order."""
        for n in range((end - first).days):
            yield self.day(first + timedelta(days=n))

    def day(self, day: date) -> OpenDay:
        for closure in self.closures:
            if day in closure.span:
                return _closed_for(day, Because.CLOSURE, closure.reason_zh, closure.reason_en)
        if self.rules is None:
            zh, en = "开放时间未登记。", "The opening hours are not known."
            return OpenDay(day, None, (), Because.UNKNOWN, zh, en)
        return self._exception(day) or self._lunar_closure(day) or self._usual(day, self.rules)

    def _exception(self, day: date) -> OpenDay | None:
        assert self.rules is not None
        for each in self.rules.exceptions:
            if day not in each.span:
                continue
            if not each.is_open:
                return _closed_for(day, Because.EXCEPTION, each.reason_zh, each.reason_en)
            zh = f"特别开放：{each.reason_zh}。" if each.reason_zh else "特别开放。"
            en = each.reason_en or each.reason_zh
            en = f"Open by way of exception: {en}." if en else "Open by way of exception."
            sessions = each.sessions or self._holiday_sessions(day, self.rules)
            return _open(day, sessions, Because.EXCEPTION, zh, en)
        return None

    def _lunar_closure(self, day: date) -> OpenDay | None:
        for span, start, last in self._lunar_spans(day.year):
            if day in span:
                zh = f"{start.text}至{last.text}闭馆。"
                en = f"Closed from {_lunar_en(start)} to {_lunar_en(last)}."
                return _closed(day, Because.LUNAR, zh, en)
        return None

    def _lunar_spans(self, year: int) -> list[tuple[DaySpan, LunarRule, LunarRule]]:
        """The lunar closures that may touch ``year``: its own and those begun the year before."""
        assert self.rules is not None
        if year not in self._lunar:
            years = [y for y in (year - 1, year, year + 1) if FIRST_YEAR < y <= LAST_YEAR]
            self._lunar[year] = [
                (DaySpan(*lunar_span(start, last, y)), start, last)
                for start, last in self.rules.lunar_closures
                for y in years
            ]
        return self._lunar[year]

    def _usual(self, day: date, rules: OpeningRules) -> OpenDay:
        season = next((season for season in rules.seasons if day in season), None)
        sessions = (season.week if season else rules.week).get(day.weekday(), ())
        fact = self.calendar.fact(day)
        if _opens(rules.on_holidays, fact):
            return _open_on_holiday(day, fact, rules.holiday_sessions or sessions
                                    or self._holiday_sessions(day, rules))  # fmt: skip
        because = Because.SEASON if season else Because.WEEK
        if sessions:
            zh, en = f"周{_ZH[day.weekday()]}照常开放。", f"Open as on every {_EN[day.weekday()]}."
            return _open(day, sessions, because, zh, en)
        zh, en = f"周{_ZH[day.weekday()]}闭馆", f"Closed on {_EN[day.weekday()]}s"
        unsure = fact.is_provisional and rules.on_holidays != OnHolidays.NONE
        if unsure:
            zh += "（该年节假日安排尚未公布，暂定）"
            en += " (provisional: that year's holiday arrangement is not published yet)"
        return _closed(day, because, f"{zh}。", f"{en}.", is_provisional=unsure)

    def _holiday_sessions(self, day: date, rules: OpeningRules) -> tuple[Session, ...]:
        """Hours of a day that is open beyond the pattern: those of Sunday, else of the latest
        open weekday."""
        season = next((season for season in rules.seasons if day in season), None)
        week = season.week if season and season.week else rules.week
        return rules.holiday_sessions or week[max(week)] if week else rules.holiday_sessions


def _opens(on_holidays: OnHolidays, fact: DayFact) -> bool:
    if on_holidays == OnHolidays.NONE:
        return False
    kinds = {DayKind.STATUTORY, DayKind.BRIDGE}
    return fact.kind in (kinds if on_holidays == OnHolidays.DAYS_OFF else {DayKind.STATUTORY})


def _open_on_holiday(day: date, fact: DayFact, sessions: tuple[Session, ...]) -> OpenDay:
    statutory = fact.kind == DayKind.STATUTORY
    zh = f"{'法定节假日' if statutory else '节日放假'}（{fact.name}）开放"
    en = f"Open on this {'statutory holiday' if statutory else 'day of the break'}"
    en += f" ({fact.name_en or fact.name})"
    if fact.is_provisional:
        zh += "（该年节假日安排尚未公布，暂定）"
        en += " (provisional: that year's arrangement is not published yet)"
    provisional = fact.is_provisional
    return _open(day, sessions, Because.HOLIDAY, f"{zh}。", f"{en}.", is_provisional=provisional)


def _closed_for(day: date, because: Because, reason_zh: str, reason_en: str) -> OpenDay:
    zh = f"闭馆：{reason_zh}。" if reason_zh else "闭馆。"
    en = reason_en or reason_zh
    return _closed(day, because, zh, f"Closed: {en}." if en else "Closed.")


def _open(
    day: date,
    sessions: tuple[Session, ...],
    because: Because,
    zh: str,
    en: str,
    *,
    is_provisional: bool = False,
) -> OpenDay:
    return OpenDay(
        day=day,
        is_open=True,
        sessions=sessions,
        because=because,
        reason_zh=zh,
        reason_en=en,
        is_provisional=is_provisional,
    )


def _closed(
    day: date, because: Because, zh: str, en: str, *, is_provisional: bool = False
) -> OpenDay:
    return OpenDay(
        day=day,
        is_open=False,
        sessions=(),
        because=because,
        reason_zh=zh,
        reason_en=en,
        is_provisional=is_provisional,
    )


def _lunar_en(rule: LunarRule) -> str:
    if rule == NEW_YEARS_EVE:
        return "lunar New Year's Eve"
    return f"day {rule.day} of lunar month {rule.month}"
