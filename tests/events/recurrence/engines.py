"""Other people's expansions of the same rules, and generated rules to compare them by.

``dateutil`` is also what ``recurring-ical-events`` and the library ``ical`` expand with, so these
three have one opinion; libical and ical.js were written apart from it and from each other.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from dateutil.rrule import rrulestr

from events.recurrence.expand import expand
from events.recurrence.rule import FREQUENCIES, WEEKDAYS
from tests.events.ical import panel

YEARS = 8
MOST = 40
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Case:
    """A rule and a start that the rule itself gives, so that no engine may differ over it."""

    rule: str
    start: datetime
    ours: tuple[str, ...]

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=366 * YEARS)


def cases(number: int, *, seed: int) -> list[Case]:
    """``number`` generated rules that give at least one date, starts spread over two years."""
    random_ = random.Random(seed)
    found: list[Case] = []
    while len(found) < number:
        rule = generated_rule(random_)
        at = datetime(2025, 1, 1, random_.randint(0, 23), 30)
        start = _first(rule, at + timedelta(days=random_.randint(0, 700)))
        if start is not None:
            found.append(Case(rule, start, ours(rule, start)))
    return found


def _first(rule: str, start: datetime) -> datetime | None:
    """The first date after ``start`` that the rule gives by itself."""
    bare = ";".join(part for part in rule.split(";") if not part.startswith(("COUNT", "UNTIL")))
    end = start + timedelta(days=366 * YEARS)
    starts = expand(
        bare, (), (start,), start, start, ZONE, window_first=start, window_end=end, limit=1
    ).starts
    return starts[0] if starts else None  # type: ignore[return-value]  # hours in, hours out


def ours(rule: str, start: datetime) -> tuple[str, ...]:
    end = start + timedelta(days=366 * YEARS)
    found = expand(rule, (), (), start, start, ZONE, window_first=start, window_end=end, limit=MOST)
    return tuple(each.isoformat() for each in found.starts)


def generated_rule(random_: random.Random) -> str:
    """Any rule that :func:`parse_rule` takes, rare parts included."""
    frequency = random_.choice(FREQUENCIES)
    parts = [f"FREQ={frequency}"]

    def some(values: Sequence[object], most: int) -> str:
        picked = random_.sample(values, random_.randint(1, most))
        if chance(0.8):  # RFC 5545 asks for no order, but two engines do
            picked.sort(key=list(values).index)
        return ",".join(map(str, picked))

    def chance(share: float) -> bool:
        return random_.random() < share

    if chance(0.5):
        parts.append(f"INTERVAL={random_.randint(2, 6)}")
    weeks = frequency == "YEARLY" and chance(0.15)
    if weeks:
        parts.append(f"BYWEEKNO={some([*range(1, 53), 53, -1], 3)}")
    elif chance(0.35):
        parts.append(f"BYMONTH={some(range(1, 13), 4)}")
    if frequency == "YEARLY" and not weeks and chance(0.15):
        parts.append(f"BYYEARDAY={some([*range(1, 366), 366, -1, -60, -366], 5)}")
    if frequency != "WEEKLY" and not weeks and chance(0.35):
        parts.append(f"BYMONTHDAY={some([*range(1, 32), -1, -2, -5, -31], 4)}")
    if chance(0.5):
        numbered = frequency in ("MONTHLY", "YEARLY") and not weeks and chance(0.5)
        named = [f"{n}{day}" for n in (1, 2, 3, 4, 5, -1, -2) for day in WEEKDAYS]
        parts.append(f"BYDAY={some(named, 3) if numbered else some(WEEKDAYS, 4)}")
    if chance(0.1):
        parts.append(f"BYHOUR={some(range(24), 2)}")
    if len(parts) > 1 and "BY" in parts[-1] and chance(0.2):
        parts.append(f"BYSETPOS={some([1, 2, 3, -1, -2], 2)}")
    if chance(0.3):
        parts.append(f"WKST={random_.choice(WEEKDAYS)}")
    if chance(0.2):
        parts.append(f"COUNT={random_.randint(1, 30)}")
    return ";".join(parts)


def by_dateutil(case: Case) -> tuple[str, ...]:
    rule = case.rule if "COUNT" in case.rule else f"{case.rule};UNTIL={case.end:%Y%m%dT%H%M%S}"
    starts = takewhile(lambda each: each < case.end, rrulestr(rule, dtstart=case.start))
    return tuple(each.isoformat() for each, _ in zip(starts, range(MOST), strict=False))


def by_icaljs(asked: Sequence[Case]) -> list[tuple[str, ...]]:
    """As many dates as ours; words in the first place where it refuses."""
    questions = [(case.start.isoformat(), case.rule, len(case.ours)) for case in asked]
    return _inside(asked, _answers(panel.icaljs_expand, questions))


def by_libical(asked: Sequence[Case]) -> list[tuple[str, ...]]:
    questions = [(f"{c.start:%Y%m%dT%H%M%S}", c.rule, len(c.ours)) for c in asked]
    return _inside(asked, _answers(panel.libical_expand, questions))


Question = tuple[str, str, int]


def _answers(ask: Callable[[list[Question]], list[Any]], questions: list[Question]) -> list[Any]:
    """In pieces, because one rule may take an engine down (libical 3.0 does fall)."""
    try:
        return ask(questions)
    except panel.ReaderFailed:
        if len(questions) == 1:
            return ["crashed"]
    step = max(1, len(questions) // 8)
    pieces = [questions[at : at + step] for at in range(0, len(questions), step)]
    return [answer for piece in pieces for answer in _answers(ask, piece)]


def _inside(asked: Sequence[Case], answers: Sequence[object]) -> list[tuple[str, ...]]:
    """Dates before the end of each case; a refusal stays as its words."""
    found = []
    for case, answer in zip(asked, answers, strict=True):
        starts = [answer] if isinstance(answer, str) else answer
        assert isinstance(starts, list), json.dumps(answer)
        found.append(
            tuple(s for s in starts if isinstance(answer, str) or s < case.end.isoformat())
        )
    return found
