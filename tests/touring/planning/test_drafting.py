"""What a planner's hand may do with a plan, compared with the judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.touring.planning.instances import problem, random_document, request, unit
from touring.planning.check import violations
from touring.planning.drafting import vacancies, with_maintenance
from touring.planning.formats import parse_instance
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork

LEFT_TO_THE_JUDGE = {"H8", "H9", "H11"}


def without_maintenance(seed: int):
    document = random_document(seed)
    for one in document["units"]:
        one["maintenance"] = []
        one["max_days_out"] = None
        one["max_km"] = None
    return parse_instance({**document, "locked": []})


@pytest.mark.parametrize("seed", range(10))
def test_a_free_day_breaks_no_rule_and_every_other_day_breaks_one(seed):
    asked = without_maintenance(seed)
    plan = solve(asked, stop=MaxWork(20), seed=seed)
    moved = asked.requests[seed % len(asked.requests)].id
    others = replace(plan, stops=tuple(one for one in plan.stops if one.request != moved))
    assert not {one.code for one in violations(asked, others)} - LEFT_TO_THE_JUDGE

    for vacancy in vacancies(asked, plan, moved):
        free = {day for first, end in vacancy.free for day in range(first, end)}
        for day in range(0, asked.days, 7):
            tried = replace(
                others, stops=tuple(sorted((*others.stops, Stop(vacancy.unit, day, moved))))
            )
            broken = {one.code for one in violations(asked, tried)} - LEFT_TO_THE_JUDGE
            assert (day in free) == (not broken), (vacancy.unit, day, broken)


def test_a_unit_that_can_never_come_says_why():
    asked = problem(
        units=[unit("u1", requires={"height_m": 3.0}), unit("u2")],
    )

    first, second = vacancies(asked, Plan(), "r0")

    assert (first.unit, first.misfit.code, first.calendar) == ("u1", "no_unit_fits", ())
    assert (second.unit, second.misfit) == ("u2", None)
    assert second.free == second.calendar == ((0, 181),)


def test_the_stop_that_is_moved_does_not_stand_in_its_own_way():
    asked = problem()
    plan = Plan(stops=(Stop("u1", 50, "r0"), Stop("u1", 100, "r1")))

    (vacancy,) = vacancies(asked, plan, "r0")

    # r1 is at its host on [100, 120), one travel day away on either side
    assert vacancy.free == ((0, 80), (121, 181))


def test_an_unknown_request_is_refused():
    with pytest.raises(KeyError):
        vacancies(problem(), Plan(), "nobody")


def test_maintenance_moves_out_of_the_way_of_stops_placed_by_hand():
    need = {"days": 10, "earliest": 0, "latest": 100}
    asked = problem(
        units=[unit("u1", maintenance=[need]), unit("u2")],
        requests=[request("r0", "h0", windows=[{"first": 0, "end": 60}]), request("r1", "h1")],
    )
    before = Plan(stops=(Stop("u1", 15, "r0"),), maintenance=(MaintenanceSpan("u1", 0, 10),))
    moved = replace(before, stops=(Stop("u1", 0, "r0"),))

    after = with_maintenance(asked, moved, units={"u1"})

    assert after.stops == moved.stops
    assert after.maintenance == (MaintenanceSpan("u1", 20, 30),)
    assert violations(asked, after) == []


def test_maintenance_without_room_stays_for_the_judge_to_see():
    need = {"days": 10, "earliest": 0, "latest": 25}
    asked = problem(units=[unit("u1", maintenance=[need])])
    before = Plan(stops=(Stop("u1", 10, "r0"),), maintenance=(MaintenanceSpan("u1", 0, 10),))
    moved = replace(before, stops=(Stop("u1", 5, "r0"),))

    after = with_maintenance(asked, moved, units={"u1"})

    assert after == replace(moved, maintenance=before.maintenance)
    assert {one.code for one in violations(asked, after)} == {"H3"}
