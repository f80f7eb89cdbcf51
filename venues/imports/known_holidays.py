"""Holidays that kept libraries know, as first tables. People's uploads replace them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from importlib import import_module  # the libraries are large and wanted once a year
from importlib.metadata import version

from venues.workdays import DayKind, SpecialDay

_SWAPPED = re.compile(r"休息日（由 (\d{4}-\d{2}-\d{2}) 调休）")
_OBSERVED = re.compile(r"（补假）|\(observed\)")
_NAMES_ZH = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True)
class KnownYear:
    """The special days of a year, and whether its swaps are among them."""

    days: dict[date, SpecialDay]
    is_confirmed: bool
    source: str


def known_year(country: str, year: int) -> KnownYear | None:
    """What the libraries know of a year; ``None`` where they know nothing.

    China's statutory days follow from law and moon, so they are known ahead; which days are
    swapped is not, and without it a year is not confirmed. Elsewhere nothing is ever confirmed:
    governments add days.
    """
    statutory = _statutory(country, year)
    if not statutory:
        return None
    swaps = _swaps(year) if country == "CN" else None
    source = f"holidays {version('holidays')}"
    if swaps is None:
        return KnownYear(statutory, is_confirmed=False, source=source)
    source = f"chinesecalendar {version('chinesecalendar')}, {source}"
    return KnownYear({**swaps, **statutory}, is_confirmed=True, source=source)


def _statutory(country: str, year: int) -> dict[date, SpecialDay]:
    try:
        chinese = _names(country, year, "zh_CN")
    except NotImplementedError:
        return {}
    english = _names(country, year, "en_US")
    return {
        day: SpecialDay(
            DayKind.STATUTORY,
            _OBSERVED.sub("", name).strip(),
            _OBSERVED.sub("", english.get(day, "")).strip(),
        )
        for day, name in chinese.items()
        if not _SWAPPED.fullmatch(name)
    }


def _names(country: str, year: int, language: str) -> dict[date, str]:
    """Names in ``language``, or in the country's own where it has no such names."""
    library = import_module("holidays")
    return dict(library.country_holidays(country, years=year, language=language))


def _swaps(year: int) -> dict[date, SpecialDay] | None:
    """Breaks and make-up workdays of China; ``None`` where they are not published yet."""
    library = import_module("chinese_calendar.constants")
    if not any(day.year == year for day in library.workdays):
        return None
    swapped = {
        day: date.fromisoformat(match.group(1))
        for day, name in _names("CN", year, "zh_CN").items()
        if (match := _SWAPPED.fullmatch(name))
    }
    found = {}
    for days, kind in (
        (library.holidays, DayKind.BRIDGE),
        (library.workdays, DayKind.MAKEUP_WORKDAY),
    ):
        for day, english in days.items():
            if day.year == year:
                name = _NAMES_ZH.get(english, english)
                found[day] = SpecialDay(kind, name, english, swapped.get(day))
    return found
