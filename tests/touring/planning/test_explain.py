from __future__ import annotations

from dataclasses import replace

import pytest

from tests.touring.planning.instances import host, problem, random_document, request, unit
from touring.planning.check import value, violations
from touring.planning.explain import CODES, explain, explained
from touring.planning.formats import parse_instance
from touring.planning.problem import Lock
from touring.planning.result import Plan, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork


def codes(asked, plan=None):
    plan = plan or solve(asked, stop=MaxWork(20))
    return {one.request: [reason.code for reason in one.reasons] for one in explain(asked, plan)}


def only(**more):
    """One request at h0 that differs from the usual."""
    return [request("r0", "h0", **more)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"requests": only(exhibitions=["moon"])}, "no_such_exhibition"),
        (
            {
                "regions": [{"id": "A"}, {"id": "B"}],
                "hosts": [host("h0", region="A")],
                "units": [unit("u1", regions=["B"])],
                "requests": only(),
            },
            "outside_regions",
        ),
        (
            {
                "hosts": [host("h0", offers={"height_m": 2.8})],
                "units": [unit("u1", requires={"height_m": 3.0})],
                "requests": only(),
            },
            "no_unit_fits",
        ),
        ({"requests": only(windows=[{"first": 0, "end": 15}])}, "window_too_short"),
        (
            {
                "hosts": [host("h0", blackouts=[[10, 15]])],
                "requests": only(windows=[{"first": 0, "end": 30}]),
            },
            "closed_by_blackouts",
        ),
        (
            {
                "no_work": [[4, 6]],
                "units": [unit("u1", setup_days=4)],
                "requests": only(windows=[{"first": 5, "end": 28}]),
            },
            "closed_by_no_work",
        ),
        ({"requests": only(days_allowed=list(range(0, 200, 2)))}, "closed_by_school_days"),
        (
            {
                "units": [unit("u1", available=[[0, 40]])],
                "requests": only(windows=[{"first": 50, "end": 90}]),
            },
            "unit_away",
        ),
        (
            {
                "regions": [{"id": "NP1"}],
                "hosts": [host("h0", region="NP1")],
                "units": [unit("u1", customs=[{"country": "NP", "first": 0, "end": 10}])],
                "requests": only(),
            },
            "no_papers",
        ),
        (
            {
                "hosts": [host("h0", lon=20.0)],
                "units": [unit("u1", max_km=100)],
                "requests": only(),
            },
            "unreachable",
        ),
    ],
)
def test_what_can_never_be_is_named(changes, code):
    assert codes(problem(**changes)) == {"r0": [code]}


def test_a_facility_that_is_short_is_named_with_what_is_missing():
    asked = problem(
        hosts=[host("h0", offers={"height_m": 2.8, "area_m2": 500})],
        units=[
            unit("u1", requires={"height_m": 4.0}),
            unit("u2", requires={"height_m": 3.0, "area_m2": 400}),
        ],
        requests=only(),
    )

    (answer,) = explain(asked, Plan())

    numbers = answer.reasons[0].numbers
    assert (numbers["unit"], numbers["facility"]) == ("u2", "height_m")
    assert numbers["missing"] == pytest.approx(0.2)
    assert "2.8" in answer.reasons[0].text
    assert "2.8" in answer.reasons[0].text_zh


def test_a_displaced_request_names_the_stops_in_its_place_and_the_loss():
    asked = problem(
        start="2027-01-01",
        days=30,
        hosts=[host("h0")],
        units=[unit("u1", available=[[0, 30]])],
        requests=[
            request("low", "h0", value=4, windows=[{"first": 0, "end": 30}]),
            request("high", "h0", value=9, windows=[{"first": 0, "end": 30}]),
        ],
        objective={},
    )
    plan = solve(asked, stop=MaxWork(10))

    (answer,) = explain(asked, plan)

    displaced = answer.reasons[-1]
    assert (answer.request, displaced.code) == ("low", "displaced")
    assert displaced.numbers["stops"] == ["high"]
    assert displaced.numbers["loss"] == pytest.approx(5.0)
    assert displaced.numbers["date"] == "2027-01-01"


def test_a_lock_that_stands_in_the_way_is_named():
    asked = problem(
        requests=[
            request("r0", "h0", windows=[{"first": 0, "end": 25}]),
            request("r1", "h1"),
        ],
        locked=[{"unit": "u1", "request": "r1", "open": 4}],
    )

    (answer,) = explain(asked, solve(asked, stop=MaxWork(10)))

    assert [reason.code for reason in answer.reasons] == ["lock"]
    assert answer.reasons[0].numbers["locks"] == ["u1/r1"]


def test_a_gap_rule_is_named_with_its_days():
    asked = problem(
        hosts=[host("h0", place_group="g"), host("h1", place_group="g")],
        units=[unit("u1"), unit("u2")],
        requests=[
            request("r0", "h0", windows=[{"first": 0, "end": 25}], value=50),
            request("r1", "h1", windows=[{"first": 30, "end": 60}]),
        ],
        gaps={"any_gap_days": 90},
    )

    (answer,) = explain(asked, solve(asked, stop=MaxWork(10)))

    assert [reason.code for reason in answer.reasons] == ["gap_rule", "displaced"]
    assert answer.reasons[0].numbers["gap_days"] == 90


def test_a_stop_that_costs_more_than_it_brings_is_priced():
    asked = problem(
        hosts=[host("h0", lon=1.0)],
        requests=only(value=1.0),
        objective={"km_cost": 0.01},
    )

    (answer,) = explain(asked, solve(asked, stop=MaxWork(10)))

    assert answer.reasons[0].code == "not_worth_it"
    assert answer.reasons[0].numbers["loss"] == pytest.approx(2 * 111.31949079 * 0.01 - 1.0, 1e-6)


def test_a_missed_chance_is_admitted():
    (answer, *_) = explain(problem(), Plan())

    assert answer.reasons[0].code == "overlooked"
    assert answer.reasons[0].numbers["gain"] > 0


@pytest.mark.parametrize("seed", range(8))
def test_every_unserved_request_has_a_reason(seed):
    asked = parse_instance(random_document(seed))
    plan = solve(asked, stop=MaxWork(10), seed=seed)

    told = explained(asked, plan)

    served = {stop.request for stop in told.stops}
    assert {one.request for one in told.unserved} == {
        one.id for one in asked.requests if one.id not in served
    }
    assert all(one.reasons for one in told.unserved)
    assert {reason.code for one in told.unserved for reason in one.reasons} <= set(CODES)
    assert violations(asked, told) == []


def test_an_unknown_request_cannot_be_explained():
    with pytest.raises(KeyError):
        explain(problem(), Plan(stops=(Stop("u1", 0, "r0"),)), requests=["nobody"])


@pytest.mark.parametrize("seed", [2, 40, 44, *range(3)])
def test_a_finished_plan_has_overlooked_nothing(seed):
    asked = parse_instance(random_document(seed))
    searched = solve(asked, stop=MaxWork(30), seed=1)

    plan = explained(asked, searched)

    assert violations(asked, plan) == []
    assert plan.value.total >= searched.value.total - 1e-9
    assert plan.value.total == pytest.approx(value(asked, plan).total)
    assert "overlooked" not in {one.code for told in plan.unserved for one in told.reasons}


@pytest.mark.parametrize("seed", range(4))
def test_a_stated_loss_is_that_of_the_plan_with_the_request_forced_in(seed):
    """The stop is locked where the reason says; searching anew loses no more than was stated."""
    asked = parse_instance(random_document(seed))
    plan = explained(asked, solve(asked, stop=MaxWork(60), seed=1))
    claims = [
        (told.request, one.numbers)
        for told in plan.unserved
        for one in told.reasons
        if one.code in ("displaced", "not_worth_it")
    ]
    for name, numbers in claims[:2]:
        lock = Lock(str(numbers["unit"]), name, int(numbers["opens"]))
        forced = replace(asked, locked=(*asked.locked, lock))

        again = solve(forced, stop=MaxWork(60), seed=1, previous=plan)

        assert again.value.total >= plan.value.total - float(numbers["loss"]) - 1e-6
