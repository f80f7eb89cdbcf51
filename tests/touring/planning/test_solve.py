from __future__ import annotations

import pytest

from tests.touring.planning.instances import document, problem, random_document, request, unit
from touring.planning.check import value, violations
from touring.planning.formats import parse_instance, plan_hash
from touring.planning.objective import value_of
from touring.planning.solve import CannotStand, solve
from touring.planning.stop import Cancelled, FirstOf, MaxSeconds, MaxWork

PARTS = (
    *("total", "coverage", "km", "km_cost", "shortfall", "floor_penalty", "must_penalty"),
    *("change_penalty", "idle_days", "idle_cost"),
)


@pytest.mark.parametrize("seed", range(25))
def test_plans_of_random_problems_keep_every_rule_and_know_their_value(seed):
    asked = parse_instance(random_document(seed))

    plan = solve(asked, stop=MaxWork(15), seed=seed)

    assert violations(asked, plan) == []
    judged = value(asked, plan)
    assert {name: getattr(plan.value, name) for name in PARTS} == pytest.approx(
        {name: getattr(judged, name) for name in PARTS}, abs=1e-6
    )


@pytest.mark.parametrize("seed", [151, 188, 310])
def test_a_unit_that_stays_out_between_spans_is_not_sent_home_for_a_rest(seed):
    """Random problems whose units stay out, have two spans and a limit of days out."""
    asked = parse_instance(random_document(seed))

    assert violations(asked, solve(asked, stop=MaxWork(60), seed=seed)) == []


def test_more_work_never_gives_less():
    asked = parse_instance(random_document(3))

    values = [solve(asked, stop=MaxWork(work), seed=1).value.total for work in (0, 20, 80)]

    assert values == sorted(values)


def test_another_seed_may_walk_elsewhere_but_the_same_never_does():
    asked = parse_instance(random_document(12))

    first, again = (solve(asked, stop=MaxWork(40), seed=5) for _ in range(2))

    assert plan_hash(first) == plan_hash(again)
    assert (first.seed, first.work) == (5, 40)


def test_progress_tells_the_value_of_the_final_plan():
    told = []
    asked = problem(objective={"km_cost": 0.01, "idle_cost": 0.1})

    plan = solve(asked, stop=MaxWork(30), progress=told.append)

    assert told[0].work == 0
    assert [one.value for one in told] == sorted(one.value for one in told)
    assert told[-1].value == pytest.approx(plan.value.total)
    assert told[-1].bound is None


def test_a_problem_without_requests_or_units_has_an_empty_plan():
    nobody = parse_instance(document(units=[]))
    nothing = parse_instance(document(requests=[], hosts=[]))

    assert [solve(one, stop=MaxWork(5)).stops for one in (nobody, nothing)] == [(), ()]


def test_locks_that_leave_no_room_for_maintenance_cannot_stand():
    asked = problem(
        units=[unit("u1", maintenance=[{"days": 10, "earliest": 10, "latest": 25}])],
        locked=[{"unit": "u1", "request": "r0", "open": 8}],
    )

    with pytest.raises(CannotStand) as refusal:
        solve(asked, stop=MaxWork(1))

    assert refusal.value.paths == ("$.locked[0]",)


def test_caravans_visit_on_school_days_and_come_home_in_time():
    school = [day for day in range(60) if day % 7 < 5]
    asked = parse_instance(
        document(
            days=60,
            units=[unit("u1", available=[[0, 60]], max_days_out=6, rest_days=2)],
            requests=[
                request(
                    f"r{i}",
                    f"h{i % 3}",
                    stay_days=1,
                    windows=[{"first": 0, "end": 60}],
                    days_allowed=school,
                    township=i % 2 == 0,
                )
                for i in range(24)
            ],
        )
    )

    plan = solve(asked, stop=MaxWork(40))

    assert violations(asked, plan) == []
    assert {stop.open % 7 for stop in plan.stops} <= set(range(5))
    assert len(plan.stops) >= 18


def test_a_township_share_is_reached_when_its_floor_pays():
    def served(penalty):
        asked = parse_instance(
            document(
                regions=[{"id": "A", "min_township_share": 0.6}],
                days=50,
                hosts=[
                    {"id": f"h{i}", "region": "A", "lat": 0.0, "lon": 0.1 * i} for i in range(6)
                ],
                units=[unit("u1", available=[[0, 50]])],
                requests=[
                    request(f"r{i}", f"h{i}", value=10 - i, township=i >= 3, windows=WHOLE_50)
                    for i in range(6)
                ],
                objective={"floor_penalty": penalty},
            )
        )
        plan = solve(asked, stop=MaxWork(60))
        chosen = [asked.requests[asked.request_index[stop.request]] for stop in plan.stops]
        return len(chosen), sum(one.township for one in chosen)

    assert served(0) == (2, 0)
    assert served(50) == (2, 2)


WHOLE_50 = [{"first": 0, "end": 50}]


def test_a_confirmed_stop_moves_only_when_the_gain_exceeds_its_weight():
    asked = problem(
        days=40,
        units=[unit("u1", available=[[0, 40]])],
        requests=[
            request("low", "h0", value=5, windows=[{"first": 0, "end": 25}]),
            request("high", "h1", value=9, windows=[{"first": 0, "end": 25}]),
        ],
        objective={"change_penalty": 1},
    )
    only_low = problem(
        days=40,
        units=[unit("u1", available=[[0, 40]])],
        requests=[request("low", "h0", value=5, windows=[{"first": 0, "end": 25}])],
    )
    first = solve(only_low, stop=MaxWork(5))

    def served(weight):
        before = type(first)(
            stops=tuple(type(s)(s.unit, s.open, s.request, True, weight) for s in first.stops)
        )
        plan = solve(asked, stop=MaxWork(40), previous=before)
        assert plan.value == value_of(asked, plan, before)
        return [(stop.request, stop.confirmed) for stop in plan.stops], plan.value.changes

    assert served(3.0) == ([("high", False)], 1)
    assert served(6.0) == ([("low", True)], 0)


def test_the_first_of_several_criteria_stops():
    ticks = iter(range(100))
    clock = MaxSeconds(3, clock=lambda: next(ticks))
    asked = []
    criterion = FirstOf(MaxWork(1000), clock, Cancelled(lambda: bool(asked)))

    assert [criterion(1), criterion(2), criterion(3)] == [False, False, True]
    asked.append(1)
    assert Cancelled(lambda: bool(asked))(0)


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_criterion_refuses_what_is_no_duration(seconds):
    with pytest.raises(ValueError, match="at least 0"):
        MaxSeconds(seconds)


def two_regions(**objective):
    """Rich requests in A, poor ones in B, and days for two of the six."""
    return parse_instance(
        document(
            days=50,
            regions=[{"id": "A"}, {"id": "B"}],
            hosts=[
                {"id": f"h{i}", "region": "AB"[i // 3], "lat": 0.0, "lon": 0.001 * i}
                for i in range(6)
            ],
            units=[unit("u1", available=[[0, 50]])],
            requests=[
                request(
                    f"r{i}", f"h{i}", value=10 if i < 3 else 2, windows=[{"first": 0, "end": 50}]
                )
                for i in range(6)
            ],
            objective=objective,
        )
    )


def served_by_region(asked):
    plan = solve(asked, stop=MaxWork(60))
    assert violations(asked, plan) == []
    hosts = [asked.requests[asked.request_index[stop.request]].host for stop in plan.stops]
    return sum(int(host[1]) < 3 for host in hosts), sum(int(host[1]) >= 3 for host in hosts)


def test_the_weighted_mode_serves_the_rich_region_alone():
    assert served_by_region(two_regions()) == (2, 0)


def test_the_max_min_mode_lifts_the_worst_region_first():
    asked = two_regions(mode="max_min")

    assert served_by_region(asked) == (1, 1)
    assert solve(asked, stop=MaxWork(60)).value.lowest_ratio == pytest.approx(1 / 3)


def test_the_lexicographic_mode_puts_floors_before_coverage():
    asked = parse_instance(
        document(
            days=50,
            regions=[{"id": "A"}, {"id": "B", "min_stops": 2}],
            hosts=[
                {"id": f"h{i}", "region": "AB"[i // 3], "lat": 0.0, "lon": 0.001 * i}
                for i in range(6)
            ],
            units=[unit("u1", available=[[0, 50]])],
            requests=[
                request(
                    f"r{i}", f"h{i}", value=10 if i < 3 else 2, windows=[{"first": 0, "end": 50}]
                )
                for i in range(6)
            ],
            objective={"mode": "lexicographic", "order": ["floors", "coverage", "km"]},
        )
    )

    assert served_by_region(asked) == (0, 2)


def test_the_lexicographic_mode_with_kilometres_first_stays_at_home():
    asked = two_regions(mode="lexicographic", order=["km", "coverage"])

    plan = solve(asked, stop=MaxWork(60))

    assert plan.value.km == pytest.approx(0.0)
