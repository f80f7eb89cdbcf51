"""Column generation against brute force on instances small enough to enumerate."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.touring.planning.instances import document, problem, random_document, unit
from touring.planning.bounds import ProvenBound
from touring.planning.check import value, violations
from touring.planning.formats import parse_instance, plan_hash
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solve import solve
from touring.planning.solvers import capacity_bound, seasons_are_short
from touring.planning.stop import MaxWork

_ROUNDING = 1e-6
proving = partial(solve, prove=True)


def tiny_document(seed: int) -> dict[str, Any]:
    """Few enough days and wishes that every plan can be tried; draws on all coupling rules."""
    rng = random.Random(f"tiny/{seed}")
    days = rng.randint(12, 22)
    hosts = [
        {
            "id": f"h{i}",
            "lat": 30 + rng.uniform(0, 3),
            "lon": 115 + rng.uniform(0, 3),
            "region": rng.choice(("A", "A1", "B")),
            "place_group": rng.choice((None, "g")),
            "parallel": rng.choice((1, 1, 2)),
        }
        for i in range(rng.randint(1, 3))
    ]
    units = [_tiny_unit(rng, i, days) for i in range(rng.randint(1, 2))]
    requests = []
    for i in range(rng.choice((2, 3, 3, 3, 4))):
        stay = rng.randint(2, 6)
        windows = [
            {"first": first, "end": first + stay + rng.randint(0, 2), "preference": preference}
            for preference in (1.0, 0.7)[: rng.randint(1, 2)]
            for first in (rng.randint(0, days - stay),)
        ]
        requests.append(
            {
                "id": f"r{i}",
                "host": rng.choice(hosts)["id"],
                "stay_days": stay,
                "value": round(rng.uniform(2, 12), 1),
                "windows": windows,
                "must": rng.random() < 0.2,
                "township": rng.random() < 0.5,
            }
        )
    floors = ({}, {}, {"min_stops": 2}, {"min_value": 9.5}, {"min_township_share": 0.6})
    return {
        "format": "orrery-tour/1",
        "days": days,
        "travel": {"circuity": 1.3, "km_per_day": rng.choice((200, 500))},
        "regions": [
            {"id": "A", **rng.choice(floors)},
            {"id": "A1", "parent": "A", **rng.choice(floors)},
            {"id": "B", **rng.choice(floors)},
        ],
        "hosts": hosts,
        "units": units,
        "requests": requests,
        "crews": [{"id": "c", "per_week": rng.randint(2, 3)}],
        "gaps": {
            "any_gap_days": rng.choice((0, 3, 6)),
            "same_exhibition_gap_days": rng.choice((0, 5)),
        },
        "history": [{"place_group": "g", "exhibition": "e1", "close": -1}]
        if rng.random() < 0.3 and any(host["place_group"] for host in hosts)
        else [],
        "objective": {
            "km_cost": rng.choice((0.0, 0.002, 0.02)),
            "floor_penalty": rng.choice((0, 4)),
            "must_penalty": rng.choice((0, 20)),
            "change_penalty": 3,
            "idle_cost": rng.choice((0.0, 0.05)),
        },
    }


def _tiny_unit(rng: random.Random, i: int, days: int) -> dict[str, Any]:
    half = days // 2
    made: dict[str, Any] = {
        "id": f"u{i}",
        "home": [30 + rng.uniform(0, 3), 115 + rng.uniform(0, 3)],
        "exhibition": rng.choice((None, "e1", "e1")),
        "available": rng.choice(([[0, days]], [[0, days]], [[0, half], [half + 1, days]])),
        "setup_days": rng.randint(0, 1),
        "strike_days": rng.randint(0, 1),
        "free_km": rng.choice((0, 100)),
        "returns_home": rng.random() < 0.7,
        "max_km": rng.choice((None, None, 700)),
        "crew": rng.choice((None, "c")),
    }
    if rng.random() < 0.35:
        first = rng.randint(2, days - 6)
        made["maintenance"] = [{"days": 2, "earliest": first, "latest": first + 4}]
    if rng.random() < 0.2:
        made |= {"max_days_out": 12, "rest_days": 1}
    return made


def best_value(asked: Problem, previous: Plan | None = None) -> float:
    """The value of the best plan among all that there are."""
    choices: list[list[tuple[str, int] | None]] = []
    for r in range(len(asked.requests)):
        days = [
            (one.id, day)
            for u, one in enumerate(asked.units)
            if asked.fits[u, r]
            for first, end in asked.openings(r, u)
            for day in range(first, end)
        ]
        choices.append([*days, None])
    best = -float("inf")
    for chosen in itertools.product(*choices):
        if _most(asked, chosen) <= best:
            continue
        stops = tuple(
            sorted(
                Stop(one[0], one[1], asked.requests[r].id)
                for r, one in enumerate(chosen)
                if one is not None
            )
        )
        if _collide(asked, stops):
            continue
        for spans in _maintenances(asked, {stop.unit for stop in stops}):
            plan = Plan(stops=stops, maintenance=tuple(sorted(spans)))
            worth = value(asked, plan, previous).total
            if worth > best and not violations(asked, plan):
                best = worth
    return best


def _most(asked: Problem, chosen: tuple[tuple[str, int] | None, ...]) -> float:
    """More than these choices can be worth: no kilometres, floors, changes or idle days."""
    penalty = asked.objective.must_penalty
    return sum(
        one.value if choice is not None else -penalty * one.must
        for one, choice in zip(asked.requests, chosen, strict=True)
    )


def _collide(asked: Problem, stops: tuple[Stop, ...]) -> bool:
    """Is a unit at two places at once? Spares the judge most of the work."""
    for one, two in itertools.pairwise(stops):
        if one.unit == two.unit:
            vehicle = asked.units[asked.unit_index[one.unit]]
            stay = asked.requests[asked.request_index[one.request]].stay_days
            if one.open + stay + vehicle.strike_days > two.open - vehicle.setup_days:
                return True
    return False


def _maintenances(asked: Problem, working: set[str]):
    needs = [
        [
            MaintenanceSpan(one.id, first, first + need.days)
            for first in range(need.earliest, need.latest - need.days + 1)
        ]
        for one in asked.units
        if one.id in working
        for need in one.maintenance
    ]
    return itertools.product(*needs)


def assert_proven(asked: Problem, seed: int, work: int) -> bool:
    plan = proving(asked, stop=MaxWork(work), seed=seed)

    optimum = best_value(asked)
    assert violations(asked, plan) == []
    assert plan.value.total <= optimum + _ROUNDING
    assert plan.bound is not None
    assert plan.bound >= optimum - _ROUNDING
    assert plan.bound >= plan.value.total
    if plan.optimal:
        assert plan.value.total == pytest.approx(optimum, abs=2e-6 * max(1, abs(optimum)))
    return plan.optimal


def rules_in(asked: dict[str, Any]) -> set[str]:
    """The kinds of rule that an instance draws on."""
    units, requests, regions = asked["units"], asked["requests"], asked["regions"]
    is_there = {
        "maintenance": any("maintenance" in one for one in units),
        "days out": any("max_days_out" in one for one in units),
        "kilometres": any(one["max_km"] for one in units),
        "spans": any(len(one["available"]) > 1 for one in units),
        "stays out": not all(one["returns_home"] for one in units),
        "crew": any(one["crew"] for one in units),
        "gap": any(one["place_group"] for one in asked["hosts"]),
        "history": bool(asked["history"]),
        "parallel": any(one["parallel"] > 1 for one in asked["hosts"]),
        "must": any(one["must"] for one in requests),
        "preference": any(len(one["windows"]) > 1 for one in requests),
        "idle": bool(asked["objective"]["idle_cost"]),
    }
    floors = {name for one in regions for name in one if name.startswith("min_")}
    return floors | {name for name, found in is_there.items() if found}


ALL_RULES = frozenset(
    ("maintenance", "days out", "kilometres", "spans", "stays out", "crew", "gap", "history")
    + ("parallel", "must", "preference", "idle")
    + ("min_stops", "min_value", "min_township_share")
)


@pytest.mark.parametrize("block", range(4))
def test_no_plan_beats_the_bound_and_optimal_plans_are_the_best_there_are(block):
    documents = {seed: tiny_document(seed) for seed in range(20 * block, 20 * block + 20)}

    proven = [assert_proven(parse_instance(one), seed, 100) for seed, one in documents.items()]

    assert sum(proven) >= 10  # most of them are proven, so that the test says something
    assert set.union(*map(rules_in, documents.values())) == ALL_RULES


@pytest.mark.long
@pytest.mark.parametrize("block", range(50))
def test_no_plan_beats_the_bound_on_thousands_of_instances(block):
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        assert_proven(parse_instance(tiny_document(seed)), seed, work=100)


@pytest.mark.parametrize("work", [1, 2, 3, 5, 12])
def test_the_bound_holds_however_early_the_search_is_stopped(work):
    for seed in range(400, 408):
        asked = parse_instance(tiny_document(seed))

        plan = proving(asked, stop=MaxWork(work), seed=seed)

        assert plan.bound is not None
        assert plan.bound >= best_value(asked) - _ROUNDING
        assert plan.work == work or plan.optimal


def test_a_search_without_any_work_has_no_bound():
    plan = proving(problem(), stop=MaxWork(0))

    assert (plan.bound, plan.gap, plan.optimal) == (None, None, False)


@pytest.mark.parametrize("seed", range(500, 508))
def test_the_bound_counts_what_changes_of_confirmed_stops_cost(seed):
    asked = parse_instance(tiny_document(seed))
    first = proving(asked, stop=MaxWork(30), seed=seed)
    before = replace(first, stops=tuple(replace(stop, confirmed=True) for stop in first.stops))
    closed = parse_instance(tiny_document(seed) | {"requests": tiny_document(seed)["requests"][1:]})

    plan = proving(closed, stop=MaxWork(60), seed=seed, previous=before)

    optimum = best_value(closed, before)
    assert plan.value.total <= optimum + _ROUNDING
    assert plan.bound is not None
    assert plan.bound >= optimum - _ROUNDING


@pytest.mark.parametrize("seed", range(600, 610))
def test_locked_stops_are_part_of_the_bound(seed):
    free = parse_instance(tiny_document(seed))
    locks = [
        {"unit": stop.unit, "request": stop.request, "open": stop.open}
        for stop in proving(free, stop=MaxWork(20), seed=seed).stops[:1]
    ]
    asked = parse_instance(tiny_document(seed) | {"locked": locks})

    plan = proving(asked, stop=MaxWork(60), seed=seed)

    assert violations(asked, plan) == []
    optimum = best_value(asked)
    assert plan.value.total <= optimum + _ROUNDING
    assert plan.bound is not None
    assert plan.bound >= optimum - _ROUNDING
    if plan.optimal:
        assert plan.value.total == pytest.approx(optimum, abs=2e-6 * max(1, abs(optimum)))


@pytest.mark.parametrize("seed", range(4))
def test_the_same_work_gives_the_same_plan_and_bound(seed):
    asked = parse_instance(random_document(seed))

    first, again = (proving(asked, stop=MaxWork(60), seed=seed) for _ in range(2))

    assert plan_hash(first) == plan_hash(again)
    assert (first.bound, first.work) == (again.bound, again.work)


def test_progress_tells_a_bound_that_only_falls_and_a_value_that_only_rises():
    told = []

    proving(parse_instance(random_document(9)), stop=MaxWork(120), progress=told.append)

    values = [one.value for one in told]
    bounds = [one.bound for one in told if one.bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert told[-1].bound is not None
    assert told[-1].bound >= told[-1].value


def test_the_line_of_three_hosts_is_proven_optimal():
    plan = proving(problem(), stop=MaxWork(100))

    assert plan.optimal
    assert plan.value.total == pytest.approx(30 - 0.01 * 400)
    assert plan.gap == pytest.approx(0, abs=1e-6)


def test_seasons_of_many_stops_and_other_modes_have_a_bound_by_weeks():
    ordered = problem(objective={"mode": "lexicographic", "order": ["coverage"]})
    caravan = parse_instance(
        document(
            units=[unit("u1")],
            requests=[
                {
                    "id": f"r{i}",
                    "host": "h0",
                    "stay_days": 1,
                    "value": 1,
                    "windows": [{"first": 0, "end": 200}],
                }
                for i in range(60)
            ],
        )
    )

    assert [seasons_are_short(one) for one in (ordered, caravan, problem())] == [False, False, True]
    first = proving(ordered, stop=MaxWork(3))
    assert (first.value.total, first.bound, first.optimal) == (30, pytest.approx(30), False)
    plan = proving(caravan, stop=MaxWork(3))
    assert (plan.value.coverage, plan.bound) == (60, pytest.approx(60))


@pytest.mark.parametrize(
    "seeds",
    [range(700, 725), pytest.param(range(2000, 4000), marks=pytest.mark.long)],
    ids=["some", "thousands"],
)
def test_no_plan_beats_what_the_weeks_of_the_units_allow(seeds):
    for seed in seeds:
        asked = parse_instance(tiny_document(seed))

        assert math.fsum(capacity_bound(asked)) >= best_value(asked) - _ROUNDING


@pytest.mark.parametrize(
    "mode", [{"mode": "max_min"}, {"mode": "lexicographic", "order": ["km", "coverage"]}]
)
def test_no_plan_of_any_mode_is_worth_more_in_all_than_its_bound(mode):
    for seed in range(725, 732):
        tiny = tiny_document(seed)
        asked = parse_instance(tiny | {"objective": tiny["objective"] | mode})

        plan = proving(asked, stop=MaxWork(5), seed=seed)

        assert plan.bound is not None
        assert plan.bound >= best_value(asked) - _ROUNDING
        assert not plan.optimal


def test_the_weeks_of_the_units_count_what_changes_and_musts_cost():
    asked = problem(objective={"must_penalty": 7, "change_penalty": 3})
    must = replace(asked, requests=tuple(replace(one, must=True) for one in asked.requests))
    before = Plan(stops=(Stop("u1", 0, "no such", confirmed=True, weight=2),))

    free, bound = math.fsum(capacity_bound(asked)), math.fsum(capacity_bound(must))

    assert (free, bound) == (pytest.approx(30), pytest.approx(30))
    assert math.fsum(capacity_bound(must, before)) == pytest.approx(30 - 3 * 2)


def test_a_bound_only_falls_and_is_reached_within_its_tolerance():
    bound = ProvenBound()

    assert not bound.is_reached_by(1e12)
    assert [bound.prove([60.0, 40.0]), bound.prove([101.0]), bound.prove([90.0])] == [
        True,
        False,
        True,
    ]
    assert bound.value == pytest.approx(90.0, abs=1e-8)
    assert bound.value >= 90.0
    assert [bound.is_reached_by(89.99995), bound.is_reached_by(89.9)] == [True, False]
    assert bound.gap_to(45.0) == pytest.approx(0.5)


def test_without_being_asked_nothing_is_proven():
    plan = solve(problem(), stop=MaxWork(20))

    assert (plan.bound, plan.gap, plan.optimal) == (None, None, False)
