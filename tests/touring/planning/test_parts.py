"""Problems that fall into parts: plans, values and bounds of the parts add up to the whole's."""

from __future__ import annotations

import multiprocessing
import os
from typing import Any

import pytest

from tests.touring.planning.instances import document, host, random_document, request, unit
from touring.planning.check import value, violations
from touring.planning.formats import parse_instance, plan_hash
from touring.planning.problem import Problem
from touring.planning.side_by_side import Job, solve_jobs
from touring.planning.solve import solve, solve_part
from touring.planning.solvers import parts_of, united
from touring.planning.stop import FirstOf, MaxSeconds, MaxWork, left_of


def two_provinces(**more: Any) -> Problem:
    """Two units, each with three wishes in its own region, and a floor in each."""
    hosts = [
        host(f"{region}{i}", region=region, lat=30 + i / 10, lon=lon)
        for region, lon in (("A", 110), ("B", 118))
        for i in range(3)
    ]
    return parse_instance(
        document(
            regions=[{"id": name, "parent": None, "min_stops": 2} for name in ("A", "B")],
            hosts=hosts,
            units=[
                unit(f"u{name}", home=[30.0, lon], regions=[name], **more)
                for name, lon in (("A", 110), ("B", 118))
            ],
            requests=[
                request(f"r-{one['id']}", one["id"], value=5.0 + i) for i, one in enumerate(hosts)
            ],
            crews=[{"id": "c", "per_week": 2}],
            objective={"km_cost": 0.01, "floor_penalty": 20},
        )
    )


def test_a_problem_falls_into_parts_that_nothing_binds():
    parts = parts_of(two_provinces())

    assert [[one.id for one in part.units] for part in parts] == [["uA"], ["uB"]]
    assert [len(part.requests) for part in parts] == [3, 3]
    assert [[one.id for one in part.regions if one.min_stops] for part in parts] == [["A"], ["B"]]


def test_a_crew_binds_what_regions_keep_apart():
    assert len(parts_of(two_provinces(crew="c"))) == 1


@pytest.mark.parametrize("seed", range(6))
def test_values_of_the_parts_add_up_to_the_value_of_the_whole(seed):
    whole = parse_instance(random_document(seed))
    parts = parts_of(whole)

    plans = [solve(part, stop=MaxWork(20), seed=seed) for part in parts]

    together = united(plans[0], plans)
    assert violations(whole, together) == []
    assert value(whole, together).total == pytest.approx(
        sum(value(part, plan).total for part, plan in zip(parts, plans, strict=True))
    )


def test_two_processes_find_the_plan_that_one_finds():
    asked = two_provinces()

    alone = solve(asked, stop=MaxWork(400), seed=3, prove=True)
    together = solve(asked, stop=MaxWork(400), seed=3, prove=True, workers=2)

    assert plan_hash(together) == plan_hash(alone)
    assert (together.bound, together.work) == (alone.bound, alone.work)
    assert alone.optimal
    assert violations(asked, together) == []


def test_a_lost_process_costs_its_own_part_alone():
    asked = parts_of(two_provinces())
    found = {}

    solve_jobs(
        [(part, None) for part in asked],
        stop=MaxWork(400),
        seed=0,
        workers=2,
        solver=dies_in_the_other_process,
        heard=found.__setitem__,
    )

    assert sorted(found) == [0, 1]
    assert all(plan.optimal for plan in found.values())


def dies_in_the_other_process(job: Job, stop) -> object:

    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return solve_part(job, stop)


def test_what_is_left_is_the_least_of_what_the_criteria_leave():
    now = [10.0]
    clock = lambda: now[0]  # noqa: E731 - a clock that stands still
    stop = FirstOf(MaxSeconds(30, clock=clock), MaxWork(70), MaxSeconds(20, clock=clock))
    now[0] = 15.0

    assert (left_of(stop).seconds, left_of(stop).work) == (15.0, 70)
