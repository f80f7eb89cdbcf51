"""Bad instances and scarce means: a feasible rest is planned, and something always comes out."""

from __future__ import annotations

import pytest

from tests.touring.planning.instances import document, host, problem, random_document, request, unit
from touring.planning.check import violations
from touring.planning.formats import parse_instance, parse_rest
from touring.planning.problem import InvalidProblem, find_warnings
from touring.planning.solve import solve
from touring.planning.stop import MaxWork


def test_what_is_at_fault_is_left_out_and_the_rest_is_planned():
    broken = document(
        hosts=[host("h0"), host("h1", lat=95.0), host("h2", lon=1.0)],
        requests=[
            request("r0", "h0"),
            request("r1", "h1"),
            request("r2", "h2", windows=[{"first": 9, "end": 9}]),
        ],
        locked=[
            {"unit": "u1", "request": "r1", "open": 5},
            {"unit": "u1", "request": "r0", "open": 50},
        ],
    )

    asked, left_out = parse_rest(broken)

    assert [one.id for one in asked.requests] == ["r0"]
    assert [lock.request for lock in asked.locked] == ["r0"]
    assert {one.path for one in left_out} == {
        "$.hosts[1].lat",
        "$.requests[1].host",
        "$.requests[2].windows[0].end",
        "$.locked[0].request",
    }
    assert [stop.open for stop in solve(asked, stop=MaxWork(5)).stops] == [50]


def test_of_contradictory_locks_one_is_left_out():
    locks = [{"unit": "u1", "request": f"r{i}", "open": 30} for i in range(2)]

    asked, left_out = parse_rest(document(locked=locks))

    assert [(one.path, one.code) for one in left_out] == [("$.locked[1]", "contradictory_lock")]
    assert [lock.request for lock in asked.locked] == ["r0"]


def test_a_fault_of_the_whole_season_leaves_no_rest():
    with pytest.raises(InvalidProblem) as refusal:
        parse_rest(document(days=0, hosts=[host("h0", lat=99)]))

    assert {one.path for one in refusal.value.issues} >= {"$.days", "$.hosts[0].lat"}


def test_a_faultless_instance_is_its_own_rest():
    asked, left_out = parse_rest(random_document(3))

    assert left_out == []
    assert asked == parse_instance(random_document(3))


def test_floors_above_capacity_and_impossible_musts_are_named_by_path():
    asked = problem(
        regions=[{"id": "A", "min_stops": 4}, {"id": "B", "min_value": 10.5}],
        hosts=[host("h0", region="A"), host("h1", region="A"), host("h2", region="B")],
        pairings=[{"id": "p", "region": "A", "units": ["u2"], "min_stops": 1}],
        units=[unit("u1"), unit("u2", available=[[0, 19]])],
        requests=[
            request("r0", "h0"),
            request("r1", "h1", must=True, windows=[{"first": 0, "end": 10}]),
            request("r2", "h2"),
        ],
    )

    assert [(one.path, one.code) for one in find_warnings(asked)] == [
        ("$.requests[1].must", "cannot_be_served"),
        ("$.regions[0].min_stops", "floor_above_capacity"),
        ("$.regions[1].min_value", "floor_above_capacity"),
        ("$.pairings[0].min_stops", "floor_above_capacity"),
    ]
    assert violations(asked, solve(asked, stop=MaxWork(5))) == []


def test_a_season_that_can_keep_its_promises_has_no_warnings():
    asked = problem(
        regions=[{"id": "A", "min_stops": 3, "min_value": 30}],
        hosts=[host(f"h{i}", region="A") for i in range(3)],
    )

    assert find_warnings(asked) == []


@pytest.mark.parametrize("prove", [False, True])
def test_memory_running_out_yields_the_best_plan_so_far(prove):
    asked = parse_instance(random_document(3))

    def out_of_memory(work: int) -> bool:
        if work >= 7:
            raise MemoryError
        return False

    plan = solve(asked, stop=out_of_memory, prove=prove)

    assert plan.stops
    assert violations(asked, plan) == []
