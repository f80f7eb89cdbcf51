"""Floors that cannot all hold, and the least that must be given up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.touring.planning.instances import problem
from tests.touring.planning.test_bounds import best_value, tiny_document
from touring.planning.check import violations
from touring.planning.formats import parse_instance
from touring.planning.problem import Objective, Region
from touring.planning.relaxation import cheapest_relaxation
from touring.planning.stop import MaxWork


def test_two_floors_that_one_unit_cannot_reach_are_lowered_by_the_least():
    """Three hosts, each asks once: the country promises four stops."""
    asked = replace(problem(), regions=(Region("c", min_stops=4),))
    asked = replace(asked, hosts=tuple(replace(host, region="c") for host in asked.hosts))

    found = cheapest_relaxation(asked, stop=MaxWork(200), seed=1)

    assert [(one.id, one.missing) for one in found.floors] == [("c", 1)]
    assert found.least == pytest.approx(1, abs=0.02)
    assert found.is_proven


def test_floors_that_hold_need_no_relaxation():
    found = cheapest_relaxation(problem(), stop=MaxWork(50), seed=1)

    assert (found.floors, found.shortfall, found.is_proven) == ((), 0, True)


@pytest.mark.parametrize("seed", range(800, 808))
def test_nothing_cheaper_exists_on_instances_small_enough_to_try_every_plan(seed):
    asked = parse_instance(tiny_document(seed))
    only_floors = replace(asked, objective=Objective(floor_penalty=1e6))

    found = cheapest_relaxation(asked, stop=MaxWork(120), seed=seed)

    least = -best_value(only_floors) / 1e6
    assert violations(asked, found.plan) == []
    assert found.shortfall >= least - 1e-3
    assert found.least is not None
    assert found.least <= least + 1e-3
    if found.is_proven:
        assert found.shortfall == pytest.approx(least, abs=0.03)
