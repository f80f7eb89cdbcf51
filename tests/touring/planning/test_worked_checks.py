"""The worked checks (i) to (viii) of the domain paper, as far as the engine answers them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.touring.planning.instances import (
    DEGREES_PER_100_KM,
    document,
    host,
    problem,
    request,
    unit,
)
from touring.planning.check import violations
from touring.planning.formats import parse_instance, plan_hash
from touring.planning.solve import solve
from touring.planning.stop import MaxWork

PERIODS = [[0, 182], [182, 365], [365, 547], [547, 730]]


def rotation_document(
    *,
    trucks: int | None = None,
    crews: int | None = None,
    swap_days: int = 10,
    stay_days: int = 168,
):
    """Suining: four themes, four counties, four half-years."""
    names = range(4)
    return document(
        name="suining",
        days=730,
        hosts=[host(f"h{i}", lat=30.5 + 0.2 * (i % 2), lon=105.5 + 0.2 * (i // 2)) for i in names],
        units=[
            unit(
                f"u{i}",
                home=[30.5, 105.5],
                available=[[0, 730]],
                exhibition=f"theme{i}",
                setup_days=4,
                strike_days=2,
                crew="c" if crews else None,
            )
            for i in names
        ],
        requests=[
            request(
                f"h{i}p{p}",
                f"h{i}",
                stay_days=stay_days,
                windows=[{"first": first - 21, "end": end + 21}],
            )
            for i in names
            for p, (first, end) in enumerate(PERIODS)
        ],
        crews=[{"id": "c", "per_week": crews}] if crews else [],
        rotations=[
            {
                "id": "sn",
                "units": [f"u{i}" for i in names],
                "hosts": [f"h{i}" for i in names],
                "periods": PERIODS,
                "swap_days": swap_days,
                "trucks": trucks,
            }
        ],
    )


def square_of(problem, plan):
    """Host per unit and period."""
    rows = {}
    for stop in plan.stops:
        host_id = problem.requests[problem.request_index[stop.request]].host
        rows.setdefault(stop.unit, []).append(host_id)
    return rows


def moving_days(problem, plan):
    days = []
    for unit_row in problem.units:
        stops = [stop for stop in plan.stops if stop.unit == unit_row.id]
        days += [two.open - unit_row.setup_days - 1 for _, two in pairwise(stops)]
    return days


def test_i_a_rotation_comes_out_as_a_latin_square():
    asked = parse_instance(rotation_document())

    plan = solve(asked, stop=MaxWork(20))

    assert violations(asked, plan) == []
    square = square_of(asked, plan)
    hosts = {"h0", "h1", "h2", "h3"}
    assert [set(row) for row in square.values()] == [hosts] * 4
    assert [set(column) for column in zip(*square.values(), strict=True)] == [hosts] * 4


@pytest.mark.parametrize("trucks", [1, 2])
def test_ii_few_trucks_spread_the_swaps_over_days(trucks):
    asked = parse_instance(rotation_document(trucks=trucks))

    plan = solve(asked, stop=MaxWork(5))

    assert violations(asked, plan) == []
    moves = moving_days(asked, plan)
    assert len(moves) == 12
    assert max(moves.count(day) for day in moves) == trucks


@pytest.mark.parametrize(("crews", "stay_days"), [(3, 168), (2, 160)])
def test_ii_two_crews_spread_the_swaps(crews, stay_days):
    """So few set-ups or strikes a week that four units cannot all close in one."""
    asked = parse_instance(rotation_document(crews=crews, swap_days=21, stay_days=stay_days))

    plan = solve(asked, stop=MaxWork(5))

    assert violations(asked, plan) == []
    assert len(plan.stops) == 16
    first_swap = sorted(stop.open for stop in plan.stops)[4:8]
    assert len(set(first_swap)) >= 2


def test_iii_three_counties_in_a_line_are_visited_along_the_line():
    asked = problem(units=[unit("u1", returns_home=False)])

    plan = solve(asked, stop=MaxWork(50))

    assert len(plan.stops) == 3
    assert plan.value.km == pytest.approx(200, abs=1e-6)


def test_iv_a_locked_stop_in_the_middle_stays():
    lock = {"unit": "u1", "request": "r1", "open": 90}
    asked = problem(locked=[lock])

    plan = solve(asked, stop=MaxWork(50))

    assert violations(asked, plan) == []
    assert [(s.unit, s.request, s.open) for s in plan.stops if s.request == "r1"] == [
        ("u1", "r1", 90)
    ]
    assert len(plan.stops) == 3


def test_v_a_host_whose_hall_is_too_small_is_never_scheduled():
    asked = problem(
        hosts=[
            host("h0", offers={"area_m2": 500}),
            host("h1", lon=DEGREES_PER_100_KM),
            host("h2", lon=2 * DEGREES_PER_100_KM, offers={"area_m2": 400}),
        ],
        units=[unit("u1", requires={"area_m2": 400})],
    )

    plan = solve(asked, stop=MaxWork(50))

    assert {stop.request for stop in plan.stops} == {"r0", "r2"}


def test_vii_a_cancelled_county_leaves_the_other_stops_on_their_dates():
    before = parse_instance(season_document())
    first = solve(before, stop=MaxWork(100))
    published = replace(first, stops=tuple(replace(s, confirmed=True) for s in first.stops))
    cancelled = published.stops[0]
    rest = season_document()
    rest["requests"] = [one for one in rest["requests"] if one["id"] != cancelled.request]
    after = parse_instance(rest)

    plan = solve(after, stop=MaxWork(100), previous=published)

    assert violations(after, plan) == []
    others = {stop for stop in published.stops if stop.unit != cancelled.unit}
    earlier = {s for s in published.stops if s.unit == cancelled.unit and s.open < cancelled.open}
    assert others | earlier <= set(plan.stops)
    assert plan.value.changes == 1


def test_viii_the_same_input_and_seed_give_the_same_plan():
    hashes = {
        plan_hash(solve(parse_instance(season_document()), stop=MaxWork(80), seed=7))
        for _ in range(3)
    }

    assert len(hashes) == 1


def season_document():
    """Three units, nine hosts, more requests than fit."""
    hosts = [host(f"h{i}", lat=i % 3 * 0.8, lon=i // 3 * 0.9) for i in range(9)]
    return document(
        hosts=hosts,
        units=[unit(f"u{i}", setup_days=2, strike_days=1) for i in range(3)],
        requests=[
            request(f"r{i}-{turn}", f"h{i}", stay_days=30, value=5.0 + (i * 7 + turn) % 11)
            for i in range(9)
            for turn in range(2)
        ],
        objective={"km_cost": 0.002, "change_penalty": 20},
    )


def test_vi_a_stay_over_closed_days_keeps_them_without_work_and_within_its_length():
    """2027-02-05 to 02-07 are days 35 to 37 of a season that starts on 2027-01-01."""
    closed = [[35, 38]]
    asked = problem(
        start="2027-01-01",
        no_work=closed,
        units=[unit("u1", setup_days=4, strike_days=2)],
        requests=[request("r0", "h0", stay_days=30, windows=[{"first": 10, "end": 70}])],
    )

    plan = solve(asked, stop=MaxWork(50))

    (stop,) = plan.stops
    working = {*range(stop.open - 4, stop.open), *range(stop.open + 30, stop.open + 32)}
    shown = set(range(stop.open, stop.open + 30))
    assert violations(asked, plan) == []
    assert working.isdisjoint(range(35, 38))
    assert shown >= {35, 36, 37}
    assert len(shown - set(range(35, 38))) == 27
