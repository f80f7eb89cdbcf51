"""The judge against a second, slow and obvious one, on random plans that are often broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import pytest

from tests.touring.planning.random_plans import random_case
from tests.touring.planning.second_check import Finding, SecondCheck
from touring.planning.check import Violation, value, violations
from touring.planning.objective import value_of
from touring.planning.result import Value

ALL_CODES = {"ID", *(f"H{number}" for number in range(1, 14))}
_OF_A_DAY = {"H10", "H11"}


def codes_met(seeds: range) -> Counter[str]:
    """Both judges on every seed; how often each rule was broken."""
    met: Counter[str] = Counter()
    for seed in seeds:
        asked, plan, previous = random_case(seed)
        judged = SecondCheck(asked, plan, previous)
        found = judged.findings()
        assert {subject_of(one) for one in violations(asked, plan)} == found, f"seed {seed}"
        assert_same_value(value(asked, plan, previous), judged.parts(), f"seed {seed}")
        if not found:
            assert_same_value(value_of(asked, plan, previous), judged.parts(), f"seed {seed}")
        met.update({code for code, *_ in found} or {"valid"})
    return met


def subject_of(violation: Violation) -> Finding:
    nobody = not violation.unit and not violation.request
    day = violation.first if nobody and violation.code in _OF_A_DAY else None
    return violation.code, violation.unit, violation.request, day


def assert_same_value(found: Value, expected: dict[str, object], where: str) -> None:
    parts = asdict(found)
    floors = {(one.kind, one.id, one.measure): one.missing for one in found.floors}
    assert floors == pytest.approx(expected["floors"], abs=1e-9), where
    ratio = expected["lowest_ratio"]
    assert found.lowest_ratio == (None if ratio is None else pytest.approx(ratio)), where
    for name in expected.keys() - {"floors", "lowest_ratio"}:
        amount = pytest.approx(expected[name], abs=1e-5, rel=1e-9)
        assert parts[name] == amount, f"{where}, {name}"


def test_two_judges_agree_on_random_and_broken_plans():
    met = codes_met(range(120))

    assert set(met) >= ALL_CODES
    assert met["valid"] >= 10


@pytest.mark.long
@pytest.mark.parametrize("block", range(50))
def test_two_judges_agree_on_thousands_of_random_plans(block):
    codes_met(range(1000 + 100 * block, 1100 + 100 * block))
