"""Our dates beside those of other engines; where they differ, RFC 5545 word by word decides.

Every class of disagreement is listed in ``docs/recurrence.md`` with the RFC's answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import icalendar
import pytest
import recurring_ical_events

from events.recurrence.rule import parse_rule
from events.recurrence.zones import zone
from tests.events.ical import panel
from tests.events.recurrence import engines
from tests.events.recurrence.definition import by_definition
from tests.events.recurrence.engines import Case

SEED = 5545
NUMBERS = [120, pytest.param(10_000, marks=pytest.mark.long)]


def _is_out_of_order(rule: str) -> bool:
    numbers = [
        [int(number) for number in value.split(",")]
        for name, _, value in (part.partition("=") for part in rule.split(";"))
        if name.startswith("BY") and name != "BYDAY"
    ]
    return any(each != sorted(each) for each in numbers)


def class_of(engine: str, rule: str) -> str:
    """The known reason for which ``engine`` may differ over ``rule``, or nothing."""
    if "BYWEEKNO" in rule:
        return "week numbers"
    if engine == "dateutil":
        return "positions in the first week" if "WEEKLY" in rule and "BYSETPOS" in rule else ""
    if _is_out_of_order(rule):
        return "lists out of order"
    if "YEARLY" in rule and "BYMONTHDAY" in rule:
        return "days of the month in a year"
    if "BYYEARDAY" in rule:
        return "days of the year"
    if "=-" in rule or ",-" in rule:
        return "counted from the end"
    if "BYSETPOS" in rule:
        return "positions"
    if "BYHOUR" in rule:
        return "hours"
    if engine == "ical.js" and "MONTHLY" in rule and "BYMONTH=" in rule:
        return "months with an interval"
    if engine == "ical.js" and "BYMONTHDAY" in rule and re.search(r"BYDAY=[^;]*\d", rule):
        return "numbered weekdays beside days of the month"
    return ""


def _differing(engine: str, cases: Sequence[Case], answers: Sequence[tuple[str, ...]]) -> list[str]:
    """Rules over which the engine differs without a known reason."""
    return [
        f"{case.rule} from {case.start}: ours {case.ours[:4]}, {engine} {answer[:4]}"
        for case, answer in zip(cases, answers, strict=True)
        if answer != case.ours and not class_of(engine, case.rule)
    ]


@pytest.mark.parametrize("number", NUMBERS)
def test_our_dates_are_those_that_the_rfc_defines(number):
    for case in engines.cases(number, seed=SEED):
        wanted = by_definition(parse_rule(case.rule), case.start, case.end, engines.MOST)
        assert case.ours == tuple(each.isoformat() for each in wanted), case.rule


@pytest.mark.parametrize("number", NUMBERS)
def test_dateutil_differs_over_known_classes_of_rules_only(number):
    cases = engines.cases(number, seed=SEED)
    answers = [engines.by_dateutil(case) for case in cases]
    assert _differing("dateutil", cases, answers) == []
    assert sum(case.ours == answer for case, answer in zip(cases, answers, strict=True)) > (
        0.95 * number
    )


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    ("engine", "ask", "command"),
    [
        ("ical.js", engines.by_icaljs, panel.icaljs_command),
        ("libical", engines.by_libical, panel.libical_command),
    ],
)
def test_engines_of_clients_differ_over_known_classes_of_rules_only(
    engine: str,
    ask: Callable[[Sequence[Case]], list[tuple[str, ...]]],
    command: Callable[[str], list[str]],
    number: int,
):
    panel.need(command)
    cases = engines.cases(number, seed=SEED)
    answers = ask(cases)
    assert _differing(engine, cases, answers) == []
    plain = [
        (case.ours, answer)
        for case, answer in zip(cases, answers, strict=True)
        if not class_of(engine, case.rule)
    ]
    assert len(plain) > number / 3
    assert all(ours == answer for ours, answer in plain)


def test_wall_clocks_stay_over_changes_of_the_clocks_as_in_recurring_ical_events():
    random_ = random.Random(SEED)
    cases = [c for c in engines.cases(60, seed=2027) if not class_of("dateutil", c.rule)]
    for case in random_.sample(cases, 25):
        event = icalendar.Event()
        event.add("UID", "1")
        event.add("DTSTART", case.start.replace(tzinfo=zone(engines.ZONE)))
        event.add("RRULE", icalendar.vRecur.from_ical(case.rule))
        calendar = icalendar.Calendar()
        calendar.add_component(event)
        end = case.start + timedelta(days=900)  # two springs and two autumns
        between = recurring_ical_events.of(calendar).between(
            case.start.replace(tzinfo=zone(engines.ZONE)), end.replace(tzinfo=zone(engines.ZONE))
        )
        found = sorted(each["DTSTART"].dt.replace(tzinfo=None).isoformat() for each in between)
        wanted = [each for each in case.ours if each < end.isoformat()]
        assert found[: len(wanted)] == wanted, case.rule
