"""Diving from the relaxation to whole plans."""

from __future__ import annotations

import pytest

from tests.touring.planning.instances import random_document
from touring.planning.check import value, violations
from touring.planning.columns.dive import Depth
from touring.planning.formats import parse_instance
from touring.planning.result import Plan
from touring.planning.solve import solve
from touring.planning.solvers.column_generation import ColumnGeneration
from touring.planning.stop import MaxWork


def generated(seed: int, rounds: int) -> ColumnGeneration:
    generation = ColumnGeneration(parse_instance(random_document(seed)))
    for _ in range(rounds):
        if not generation.is_finished:
            generation.round(lambda: False)
    return generation


@pytest.mark.parametrize("seed", range(10))
def test_a_dive_ends_in_a_valid_plan_below_the_bound_or_in_cuts(seed):
    generation = generated(seed, rounds=12)
    asked = generation.problem
    everyone = range(len(asked.units))

    plan = generation.dived(Plan(), everyone, Depth(), lambda: False)

    if plan is not None:
        assert violations(asked, plan) == []
        assert value(asked, plan).total <= generation.bound.value + 1e-6


def test_seasons_of_units_that_are_not_asked_stand_in_a_dive():
    generation = generated(3, rounds=12)
    before = solve(generation.problem, stop=MaxWork(20), seed=3)
    busy = generation.problem.unit_index[before.stops[0].unit]

    plan = generation.dived(
        before,
        [u for u in range(len(generation.problem.units)) if u != busy],
        Depth(),
        lambda: False,
    )

    assert plan is not None
    name = before.stops[0].unit
    assert [one for one in plan.stops if one.unit == name] == [
        one for one in before.stops if one.unit == name
    ]


def test_a_dive_without_time_takes_the_columns_that_are_known():
    generation = generated(1, rounds=12)
    known = len(generation.pool.columns)

    generation.dived(Plan(), range(len(generation.problem.units)), Depth(), lambda: True)

    assert len(generation.pool.columns) == known
