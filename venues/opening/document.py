"""The JSON document of opening rules, read whole: every problem at once, each with its path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from typing import Any

from venues.lunar import LunarRule, parse_lunar
from venues.opening.rules import Exceptional, OnHolidays, OpeningRules, Season, Session, Week
from venues.spans import DaySpan
from venues.texts import forbidden_characters

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_SESSIONS, MAX_SEASONS, MAX_LUNAR_CLOSURES, MAX_EXCEPTIONS = 6, 12, 12, 400
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


class InvalidRules(ValueError):
    """The document cannot be understood; ``problems`` are pairs of JSON path and reason."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in problems))
        self.problems = tuple(problems)


def parse_rules(document: object) -> OpeningRules:
    """Rules from their JSON document.

    ``week`` (weekday ``mon`` … ``sun`` → sessions ``{"opens", "closes", "last_entry"}``, clock
    times ``HH:MM``), and optionally ``on_holidays`` (``none``, ``statutory``, ``days_off``),
    ``holiday_sessions``, ``lunar_closures`` (``{"from": "除夕", "to": "正月初二"}``, inclusive),
    ``seasons`` (``{"from": "05-01", "to": "09-30", "week": …}``, inclusive) and ``exceptions``
    (``{"first", "end", "open", "sessions", "reason_zh", "reason_en"}``, half-open days).

    Raises:
        InvalidRules: with every problem at once.
    """
    return _Reader().rules(document)


class _Reader:
    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def rules(self, document: object) -> OpeningRules:
        known = {"week", "on_holidays", "holiday_sessions", "lunar_closures", "seasons"}
        stated = self._object(document, "", known | {"exceptions"})
        read = OpeningRules(
            week=self._week(stated.get("week"), "week"),
            on_holidays=self._on_holidays(stated.get("on_holidays", "statutory")),
            holiday_sessions=self._sessions(stated.get("holiday_sessions", []), "holiday_sessions"),
            lunar_closures=tuple(self._lunar_closures(stated.get("lunar_closures", []))),
            seasons=tuple(self._seasons(stated.get("seasons", []))),
            exceptions=tuple(self._exceptions(stated.get("exceptions", []))),
        )
        if self.problems:
            raise InvalidRules(self.problems)
        return read

    def _refuse(self, path: str, message: str) -> None:
        self.problems.append((path, message))

    def _object(self, value: object, path: str, known: Iterable[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(path or "document", "Must be a JSON object.")
            return {}
        for key in sorted(value.keys() - set(known), key=str):
            self._refuse(f"{path}.{key}".lstrip("."), "Unknown key; delete it.")
        return value

    def _list(self, value: object, path: str, most: int) -> list[Any]:
        if not isinstance(value, list):
            self._refuse(path, "Must be a list.")
            return []
        if len(value) > most:
            self._refuse(path, f"Has {len(value)} entries; at most {most} are kept.")
        return value[:most]

    def _week(self, value: object, path: str) -> Week:
        stated = self._object(value, path, WEEKDAYS)
        read = {
            number: self._sessions(stated[name], f"{path}.{name}")
            for number, name in enumerate(WEEKDAYS)
            if name in stated
        }
        return {number: sessions for number, sessions in read.items() if sessions}

    def _sessions(self, value: object, path: str) -> tuple[Session, ...]:
        found: list[Session] = []
        for n, each in enumerate(self._list(value, path, MAX_SESSIONS)):
            at = f"{path}[{n}]"
            stated = self._object(each, at, {"opens", "closes", "last_entry"})
            opens = self._clock(stated.get("opens"), f"{at}.opens")
            closes = self._clock(stated.get("closes"), f"{at}.closes")
            last = stated.get("last_entry")
            last_entry = None if last is None else self._clock(last, f"{at}.last_entry")
            if opens is None or closes is None:
                continue
            if closes <= opens:
                self._refuse(f"{at}.closes", "Must be later than opens.")
            if last_entry is not None and not opens <= last_entry <= closes:
                self._refuse(f"{at}.last_entry", "Must lie between opens and closes.")
            if found and opens < found[-1].closes:
                self._refuse(f"{at}.opens", "Must not begin before the session above it ends.")
            found.append(Session(opens, closes, last_entry))
        return tuple(found)

    def _clock(self, value: object, path: str) -> time | None:
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            return time.max if value == "24:00" else time.fromisoformat(value)
        self._refuse(path, "Must be a clock time such as 09:00.")
        return None

    def _on_holidays(self, value: object) -> OnHolidays:
        if isinstance(value, str) and value in set(OnHolidays):
            return OnHolidays(value)
        self._refuse("on_holidays", f"Must be one of: {', '.join(OnHolidays)}.")
        return OnHolidays.NONE

    def _lunar_closures(self, value: object) -> Iterator[tuple[LunarRule, LunarRule]]:
        for n, each in enumerate(self._list(value, "lunar_closures", MAX_LUNAR_CLOSURES)):
            at = f"lunar_closures[{n}]"
            stated = self._object(each, at, {"from", "to"})
            start = self._lunar(stated.get("from"), f"{at}.from")
            last = self._lunar(stated.get("to"), f"{at}.to")
            if start is not None and last is not None:
                yield start, last

    def _lunar(self, value: object, path: str) -> LunarRule | None:
        try:
            return parse_lunar(value if isinstance(value, str) else "")
        except ValueError as error:
            self._refuse(path, str(error))
            return None

    def _seasons(self, value: object) -> Iterator[Season]:
        known = {"from", "to", "week", "name_zh", "name_en"}
        for n, each in enumerate(self._list(value, "seasons", MAX_SEASONS)):
            at = f"seasons[{n}]"
            stated = self._object(each, at, known)
            first = self._month_day(stated.get("from"), f"{at}.from")
            last = self._month_day(stated.get("to"), f"{at}.to")
            week = self._week(stated.get("week"), f"{at}.week")
            names = [self._words(stated, name, at) for name in ("name_zh", "name_en")]
            if first is not None and last is not None:
                yield Season(first, last, week, *names)

    def _month_day(self, value: object, path: str) -> tuple[int, int] | None:
        if isinstance(value, str) and (match := _MONTH_DAY.fullmatch(value)):
            month, day = int(match.group(1)), int(match.group(2))
            try:
                date(2024, month, day)  # a leap year
            except ValueError:
                pass
            else:
                return month, day
        self._refuse(path, "Must be a month and a day such as 05-01.")
        return None

    def _exceptions(self, value: object) -> Iterator[Exceptional]:
        known = {"first", "end", "open", "sessions", "reason_zh", "reason_en"}
        taken: list[DaySpan] = []
        for n, each in enumerate(self._list(value, "exceptions", MAX_EXCEPTIONS)):
            at = f"exceptions[{n}]"
            stated = self._object(each, at, known)
            span = self._span(stated, at)
            is_open = stated.get("open")
            if not isinstance(is_open, bool):
                self._refuse(f"{at}.open", "Must be true or false.")
            sessions = self._sessions(stated.get("sessions", []), f"{at}.sessions")
            if sessions and is_open is False:
                self._refuse(f"{at}.sessions", "A closed day has no sessions.")
            words = [self._words(stated, name, at) for name in ("reason_zh", "reason_en")]
            if span is None:
                continue
            if any(span.overlaps(other) for other in taken):
                self._refuse(f"{at}.first", "Overlaps an exception above it; keep one of them.")
            taken.append(span)
            yield Exceptional(span, bool(is_open), sessions, *words)

    def _span(self, stated: dict[str, Any], at: str) -> DaySpan | None:
        days = []
        for name in ("first", "end"):
            try:
                days.append(date.fromisoformat(stated.get(name)))  # type: ignore[arg-type]  # refused below
            except (TypeError, ValueError):
                self._refuse(f"{at}.{name}", "Must be a day such as 2027-05-01.")
        if len(days) < 2:
            return None
        if days[1] <= days[0]:
            self._refuse(f"{at}.end", "Must be after first; it is the first day no longer meant.")
            return None
        return DaySpan(*days)

    def _words(self, stated: dict[str, Any], name: str, at: str) -> str:
        value = stated.get(name, "")
        if isinstance(value, str) and len(value) <= 200 and not forbidden_characters(value):
            return value
        self._refuse(f"{at}.{name}", "Must be at most 200 visible characters.")
        return ""
