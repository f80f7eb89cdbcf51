"""Re-planning: the smallest change is proven, the rest keeps its dates, and days are used again."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from tests.touring.planning.instances import document, host, problem, random_document, request, unit
from tests.touring.planning.test_bounds import tiny_document
from touring.planning.check import violations
from touring.planning.formats import parse_disturbances, parse_instance
from touring.planning.problem import InvalidProblem, Problem, Request, Window
from touring.planning.replan import (
    CannotReplan,
    HostCancels,
    RegionSuspended,
    Smallest,
    UnitBreaks,
    UnknownDisturbed,
    UrgentRequest,
    disturbed,
    replan,
)
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork


def published(asked: Problem, seed: int = 1, work: int = 30) -> Plan:
    """A plan whose stops are all confirmed, some heavier than others."""
    rng = random.Random(seed)
    plan = solve(asked, stop=MaxWork(work), seed=seed)
    stops = (replace(one, confirmed=True, weight=rng.choice((1.0, 2.5))) for one in plan.stops)
    return replace(plan, stops=tuple(stops))


def standing(plan: Plan) -> set[tuple[str, str, int]]:
    return {(one.unit, one.request, one.open) for one in plan.stops}


def test_vii_a_cancelled_host_changes_its_own_stop_alone():
    asked = parse_instance(season())
    plan = published(asked)
    cancelled = plan.stops[1]

    done = replan(asked, plan, [HostCancels(cancelled.request)])

    assert violations(done.problem, done.plan) == []
    assert done.changed == (cancelled,)
    assert (done.smallest.weight, done.smallest.bound) == (cancelled.weight, cancelled.weight)
    assert standing(plan) - standing(done.plan) == {
        (cancelled.unit, cancelled.request, cancelled.open)
    }
    assert done.after.total >= done.before.total - 100  # the lost stop and its change, no more


def test_the_days_that_a_cancelled_host_frees_are_used_again():
    asked = parse_instance(season())
    plan = published(asked)
    unserved = {one.id for one in asked.requests} - {stop.request for stop in plan.stops}

    done = replan(asked, plan, [HostCancels(plan.stops[-1].request)])

    assert unserved
    assert {one.request for one in done.plan.stops} & unserved


def test_a_broken_unit_gives_up_what_overlaps_and_others_take_it_over():
    asked = parse_instance(season(units=4))
    plan = published(asked)
    broken = plan.stops[0]

    done = replan(asked, plan, [UnitBreaks(broken.unit, broken.open, broken.open + 5)])

    assert violations(done.problem, done.plan) == []
    assert {stop.unit for stop in done.changed} == {broken.unit}
    assert done.smallest.bound == done.smallest.weight


def test_a_suspended_region_is_empty_on_its_days():
    asked = parse_instance(season(region="A"))
    plan = published(asked)

    done = replan(asked, plan, [RegionSuspended("A", 60, 74)])

    assert violations(done.problem, done.plan) == []
    for stop in done.plan.stops:
        stay = asked.requests[asked.request_index[stop.request]].stay_days
        assert stop.open + stay + 1 <= 60 or stop.open - 2 >= 74
    assert done.smallest.bound == done.smallest.weight


def test_an_urgent_request_is_served_where_it_displaces_least():
    asked = parse_instance(season())
    plan = published(asked)
    urgent = Request("urgent", "h4", 30, 50.0, (Window(40, 110),))

    done = replan(asked, plan, [UrgentRequest(urgent)])

    assert violations(done.problem, done.plan) == []
    assert "urgent" in {stop.request for stop in done.plan.stops}
    assert (
        done.smallest.bound
        == done.smallest.weight
        == done.before.changes + sum(stop.weight for stop in done.changed)
    )


def test_an_urgent_request_that_nobody_can_serve_is_said_to_be_so():
    asked = problem()
    plan = published(asked)
    wide = Request("urgent", "h1", 20, 9.0, (Window(0, 200),), exhibitions=("none such",))

    done = replan(asked, plan, [UrgentRequest(wide)])

    assert done.unserved == ("urgent",)
    assert done.changed == ()


def test_nothing_that_lies_before_today_is_begun_anew():
    asked = parse_instance(season())
    plan = published(asked)
    last = max(plan.stops, key=lambda one: one.open)

    done = replan(asked, plan, [HostCancels(last.request)], today=100, budget=50, steps=30)

    new = standing(done.plan) - standing(plan)
    assert all(day - 2 >= 100 for _, _, day in new)


def test_a_budget_buys_a_better_plan_and_is_kept():
    asked = parse_instance(season())
    plan = published(asked, work=0)
    cancelled = [HostCancels(plan.stops[0].request)]

    strict = replan(asked, plan, cancelled, budget=0, steps=30)
    free = replan(asked, plan, cancelled, budget=6, steps=30)

    assert free.after.total >= strict.after.total
    extra = sum(stop.weight for stop in free.changed) - free.smallest.weight
    assert extra <= 6 + 1e-9


def test_a_locked_stop_is_released_only_when_it_cannot_stand():
    lock = {"unit": "u1", "request": "r0", "open": 20}
    asked = problem(locked=[lock])
    plan = published(asked)

    gone = replan(asked, plan, [HostCancels("r0")])
    kept = replan(asked, plan, [HostCancels("r1")])

    assert [one.request for one in gone.released] == ["r0"]
    assert kept.released == ()
    assert ("u1", "r0", 20) in standing(kept.plan)


def test_a_rotation_is_not_mended_stop_by_stop():
    turn = {"id": "t", "units": ["u1"], "hosts": ["h0"], "periods": [[0, 200]], "swap_days": 200}
    asked = problem(rotations=[turn])
    plan = published(asked)

    with pytest.raises(CannotReplan):
        replan(asked, plan, [UnitBreaks("u1", 0, 50)])


def test_strangers_are_named_all_at_once():
    with pytest.raises(UnknownDisturbed) as refusal:
        disturbed(
            problem(),
            [HostCancels("r9"), HostCancels(host="h9"), UnitBreaks("u9", 1, 2)]
            + [RegionSuspended("R", 1, 2), UrgentRequest(problem().requests[0])],
        )

    assert refusal.value.names == ("r9", "h9", "u9", "R", "r0")


def test_disturbances_are_read_and_every_problem_is_named():
    document = {
        "format": "orrery-disturbance/1",
        "today": 12,
        "disturbances": [
            {"kind": "host_cancels", "request": "r1"},
            {"kind": "unit_breaks", "unit": "u1", "first": 3, "end": 9},
            {"kind": "region_suspended", "region": "A", "first": 20},
            {"kind": "urgent_request", "request": request("r9", "h1")},
        ],
    }
    broken = {
        "format": "orrery-disturbance/1",
        "disturbances": [{"kind": "flood"}, {"kind": "host_cancels"}],
    }

    listed, today = parse_disturbances(document)
    with pytest.raises(InvalidProblem) as refusal:
        parse_disturbances(broken)

    assert today == 12
    assert listed[:3] == [
        HostCancels("r1"),
        UnitBreaks("u1", 3, 9),
        RegionSuspended("A", 20, 34),
    ]
    assert [(one.path, one.code) for one in refusal.value.issues] == [
        ("$.disturbances[0].kind", "unknown"),
        ("$.disturbances[1]", "missing_key"),
    ]


# -- against brute force


def least_weight(left: Problem, plan: Plan, urgent: str | None) -> float | None:
    """The least weight to give up so that the rest stands, by trying every subset and day."""
    weights = sorted(
        (sum(one.weight for one in lost), lost)
        for size in range(len(plan.stops) + 1)
        for lost in itertools.combinations(plan.stops, size)
    )
    extras: list[tuple[Stop, ...]] = [()]
    if urgent is not None:
        extras = [(Stop(one.id, day, urgent),) for one in left.units for day in range(left.days)]
    for weight, lost in weights:
        kept = tuple(stop for stop in plan.stops if stop not in lost)
        if any(stands(left, (*kept, *extra)) for extra in extras):
            return weight
    return None


def stands(left: Problem, stops: tuple[Stop, ...]) -> bool:
    known = all(
        stop.unit in left.unit_index and stop.request in left.request_index for stop in stops
    )
    if not known:
        return False
    working = {stop.unit for stop in stops}
    needs = [
        [
            MaintenanceSpan(one.id, first, first + need.days)
            for first in range(need.earliest, need.latest - need.days + 1)
        ]
        for one in left.units
        if one.id in working
        for need in one.maintenance
    ]
    bare = Plan(stops=tuple(sorted(stops)))
    if any(one.code != "H3" for one in violations(left, bare)) and not needs:
        return False
    return any(
        not violations(left, replace(bare, maintenance=tuple(sorted(spans))))
        for spans in itertools.product(*needs)
    )


def random_disturbance(rng: random.Random, asked: Problem, plan: Plan):
    kind = rng.choice(("cancel", "break", "suspend", "urgent"))
    if kind == "cancel" and plan.stops:
        return HostCancels(rng.choice(plan.stops).request)
    first = rng.randrange(asked.days - 3)
    if kind == "break":
        return UnitBreaks(rng.choice(asked.units).id, first, first + rng.randint(1, 6))
    if kind == "suspend":
        return RegionSuspended(rng.choice(("A", "B")), first, first + rng.randint(1, 6))
    stay = rng.randint(2, 5)
    window = Window(first, first + stay + rng.randint(0, 4))
    return UrgentRequest(Request("urgent", rng.choice(asked.hosts).id, stay, 5.0, (window,)))


def assert_smallest(seed: int) -> str:
    rng = random.Random(f"replan/{seed}")
    asked = parse_instance(tiny_document(seed))
    plan = published(asked, seed, work=20)
    wrong = random_disturbance(rng, asked, plan)

    done = replan(asked, plan, [wrong], steps=5)

    left = replace(done.problem, locked=())
    expected = least_weight(left, plan, "urgent" if isinstance(wrong, UrgentRequest) else None)
    assert violations(done.problem, done.plan) == []
    if expected is None:
        assert done.unserved == ("urgent",), seed
    else:
        assert done.smallest.weight == pytest.approx(expected), seed
        assert done.smallest.bound == pytest.approx(expected), seed
    assert_conflicts_hold(left, done.smallest)
    return type(wrong).__name__ + ("+" if done.smallest.weight else "")


def assert_conflicts_hold(left: Problem, smallest: Smallest) -> None:
    """Each conflict by itself cannot stand, and what is removed meets all of them."""
    for conflict in smallest.conflicts:
        beside = () if conflict.beside is None else (conflict.beside,)
        assert not stands(left, (*conflict.stops, *beside))
        assert set(conflict.stops) & set(smallest.removed)


def test_the_smallest_change_is_that_of_brute_force():
    kinds = {assert_smallest(seed) for seed in (*range(22), 50, 1380, 1451)}

    assert {"HostCancels+", "UnitBreaks+", "RegionSuspended+", "UrgentRequest"} <= kinds


@pytest.mark.long
@pytest.mark.parametrize("block", range(50))
def test_the_smallest_change_is_that_of_brute_force_on_thousands(block):
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        assert_smallest(seed)


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_after_any_disturbance_is_valid_and_keeps_the_rest(seed):
    asked = parse_instance(random_document(seed))
    plan = published(asked, seed)
    if not plan.stops:
        return
    wrong = [HostCancels(plan.stops[0].request), UnitBreaks(plan.stops[-1].unit, 40, 60)]

    done = replan(asked, plan, wrong, steps=20)

    assert violations(done.problem, done.plan) == []
    assert {one.unit for one in done.changed} <= {plan.stops[0].unit, plan.stops[-1].unit}
    assert done.smallest.bound == done.smallest.weight


def season(units: int = 3, region: str | None = None):
    """A few units, nine hosts, more requests than fit."""
    return document(
        regions=[{"id": region}] if region else [],
        hosts=[host(f"h{i}", lat=i % 3 * 0.8, lon=i // 3 * 0.9, region=region) for i in range(9)],
        units=[unit(f"u{i}", setup_days=2, strike_days=1) for i in range(units)],
        requests=[
            request(f"r{i}-{turn}", f"h{i}", stay_days=30, value=5.0 + (i * 7 + turn) % 11)
            for i in range(9)
            for turn in range(2)
        ],
        objective={"km_cost": 0.002, "change_penalty": 5},
    )
