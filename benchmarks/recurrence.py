"""Recurrence rules: our expansion beside dateutil and recurring-ical-events, and who agrees.

The same rules, the same window, turn by turn, in one process. CPU seconds; the table of agreement
counts rules on which each engine gives our dates (`docs/recurrence.md` names the reasons).
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulestr

from events.recurrence.expand import expand
from events.recurrence.zones import zone
from tests.events.ical import panel
from tests.events.recurrence import engines

START = datetime.fromisoformat("2025-01-06T10:00")
TEN_YEARS_ON = datetime.fromisoformat("2035-03-01")
ZONE = "Asia/Shanghai"


def main(argv: list[str]) -> dict[str, object]:
    options = _options(argv)
    random_ = random.Random(options.seed)
    rules = [_everyday_rule(random_) for _ in range(options.rules)]
    windows = {
        "two years from the start": (START, START + timedelta(days=731)),
        "one month, ten years on": (TEN_YEARS_ON, TEN_YEARS_ON + timedelta(days=31)),
    }
    figures = {name: _timed(rules, *window, options.rounds) for name, window in windows.items()}
    agreement = _agreement(options.cases, options.seed)
    answer: dict[str, object] = {
        "workload": f"{options.rules} everyday rules without end, expanded to wall clocks",
        "seed": options.seed,
        "rounds": options.rounds,
        "figures": figures,
        "faster_than": {
            name: {
                peer: round(seconds / each["ours"], 2)
                for peer, seconds in each.items()
                if peer != "ours"
            }
            for name, each in figures.items()
        },
        "cases": options.cases,
        "agreement": agreement,
    }
    _print(answer)
    return answer


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench recurrence", description=__doc__)
    parser.add_argument("--rules", type=int, default=300)
    parser.add_argument("--cases", type=int, default=300, help="generated rules compared")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5545)
    return parser.parse_args(argv)


def _everyday_rule(random_: random.Random) -> str:
    days = random_.sample(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), random_.randint(1, 3))
    return random_.choice(
        (
            "FREQ=DAILY",
            f"FREQ=WEEKLY;BYDAY={','.join(days)}",
            f"FREQ=WEEKLY;INTERVAL=2;BYDAY={','.join(days)}",
            f"FREQ=MONTHLY;BYDAY={random_.choice((1, 2, 3, -1))}{days[0]}",
            f"FREQ=MONTHLY;BYMONTHDAY={random_.randint(1, 28)}",
            f"FREQ=YEARLY;BYMONTH={random_.randint(1, 12)};BYDAY=2{days[0]}",
        )
    )


def _timed(rules: list[str], first: datetime, end: datetime, rounds: int) -> dict[str, float]:
    calendars = [_calendar(rule) for rule in rules]
    ways: dict[str, Callable[[], int]] = {
        "ours": lambda: sum(_ours(rule, first, end) for rule in rules),
        "dateutil": lambda: sum(len(_dateutil(rule, first, end)) for rule in rules),
        "recurring-ical-events": lambda: sum(
            len(recurring_ical_events.of(each).between(_aware(first), _aware(end)))
            for each in calendars
        ),
    }
    seconds: dict[str, float] = {}
    for _ in range(rounds):
        for name, expand_all in ways.items():
            begin = time.process_time()
            expand_all()
            spent = time.process_time() - begin
            seconds[name] = round(min(spent, seconds.get(name, spent)), 4)
    return seconds


def _ours(rule: str, first: datetime, end: datetime) -> int:
    found = expand(rule, (), (), START, START, ZONE, window_first=first, window_end=end)
    return len(found.starts)


def _dateutil(rule: str, first: datetime, end: datetime) -> list[datetime]:
    return rrulestr(rule, dtstart=START).between(first, end, inc=True)


def _calendar(rule: str) -> icalendar.Calendar:
    event = icalendar.Event()
    event.add("UID", "1")
    event.add("DTSTART", _aware(START))
    event.add("RRULE", icalendar.vRecur.from_ical(rule))
    calendar = icalendar.Calendar()
    calendar.add_component(event)
    return calendar


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=zone(ZONE))


def _agreement(number: int, seed: int) -> dict[str, dict[str, float]]:
    cases = engines.cases(number, seed=seed)
    ways = {"dateutil": lambda asked: [engines.by_dateutil(case) for case in asked]}
    for name, ask, command in (
        ("libical", engines.by_libical, panel.libical_command),
        ("ical.js", engines.by_icaljs, panel.icaljs_command),
    ):
        try:
            command("expand")
        except panel.ReaderMissing as missing:
            print(missing, file=sys.stderr)
        else:
            ways[name] = ask
    found = {}
    for name, ask in ways.items():
        same = sum(a == c.ours for c, a in zip(cases, ask(cases), strict=True))
        found[name] = {"same": same, "share": round(same / number, 3)}
    return found


def _print(answer: dict) -> None:
    for name, seconds in answer["figures"].items():
        print(f"{name} ({answer['workload']})")
        for peer, spent in seconds.items():
            print(f"  {peer:24}{spent:10.3f} s CPU{spent / seconds['ours']:10.2f} x ours")
    print(f"agreement with our dates over {answer['cases']} generated rules of every kind")
    for name, figures in answer["agreement"].items():
        print(f"  {name:24}{figures['same']:10}{figures['share']:12.1%}")
