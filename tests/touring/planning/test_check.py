"""The judge, rule by rule: a plan that keeps the rule, and the least change that breaks it.

Three hosts stand in a line 100, 200 and 300 km from home; a unit drives 100 km a day.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from touring.planning import check
from touring.planning.problem import (
    Crew,
    Customs,
    Gaps,
    History,
    Host,
    Lock,
    Maintenance,
    Matrix,
    Objective,
    Pairing,
    Problem,
    Region,
    Request,
    Rotation,
    Statement,
    Travel,
    Unit,
    Window,
)
from touring.planning.result import MaintenanceSpan, Plan, Stop

POINTS = ("near", "middle", "far", "home:one", "home:two")
POSITION = np.array([100.0, 200.0, 300.0, 0.0, 0.0])
LINE = Matrix(POINTS, np.abs(POSITION[:, None] - POSITION[None, :]))


def host(name: str, **changes) -> Host:
    return Host(id=name, lat=0.0, lon=0.0, region="county", **changes)


def unit(name: str, **changes) -> Unit:
    given = {"available": ((0, 200),), "setup_days": 2, "strike_days": 1, **changes}
    return Unit(id=name, home=(0.0, 0.0), exhibition="light", **given)


def request(name: str, at: str, **changes) -> Request:
    given = {"stay_days": 10, "value": 5.0, "windows": (Window(0, 200),), **changes}
    return Request(id=name, host=at, **given)


def problem(**changes) -> Problem:
    given = {
        "days": 200,
        "hosts": (host("near"), host("middle"), host("far")),
        "units": (unit("one"), unit("two")),
        "requests": (request("a", "near"), request("b", "middle"), request("c", "far")),
        "regions": (Region("province"), Region("county", parent="province")),
        "travel": Travel(km_per_day=100.0, matrix=LINE),
        **changes,
    }
    return Problem.of(Statement(**given))


def plan(*stops: tuple[str, str, int], maintenance=()) -> Plan:
    return Plan(
        stops=tuple(sorted(Stop(unit=u, request=r, open=o) for u, r, o in stops)),
        maintenance=tuple(MaintenanceSpan(u, first, end) for u, first, end in maintenance),
    )


def codes(one: Problem, other: Plan) -> list[str]:
    return [violation.code for violation in check.violations(one, other)]


# Two stops of unit one: a at [3-2, 13+1) = [1, 14), one day's drive, b from 15: opens 17.
TIGHT = plan(("one", "a", 3), ("one", "b", 17))


def test_a_plan_that_keeps_every_rule_has_no_violation():
    assert codes(problem(), TIGHT) == []
    assert codes(problem(), plan()) == []


def test_strangers_are_named_and_the_rest_is_judged():
    assert codes(problem(), plan(("ghost", "a", 3), ("one", "ghost", 3))) == ["ID", "ID"]


def test_h1_a_unit_needs_the_days_of_the_road():
    assert codes(problem(), plan(("one", "a", 3), ("one", "b", 16))) == ["H1"]


@pytest.mark.parametrize(
    ("available", "opens", "broken"),
    [
        (((0, 200),), 3, []),
        (((0, 200),), 2, ["H2"]),  # a day's drive from home is missing
        (((1, 200),), 3, ["H2"]),
        (((0, 15),), 3, []),  # leaves on 14, home on 15
        (((0, 14),), 3, ["H2"]),
        (((0, 9), (9, 200)), 3, ["H2"]),  # spans do not join
    ],
)
def test_h2_a_unit_works_inside_one_span_and_comes_home(available, opens, broken):
    asked = problem(units=(unit("one", available=available), unit("two")))

    assert codes(asked, plan(("one", "a", opens))) == broken


def test_h2_a_unit_that_does_not_return_may_end_at_its_last_host():
    asked = problem(
        units=(unit("one", available=((0, 14),), returns_home=False), unit("two")),
    )

    assert codes(asked, plan(("one", "a", 3))) == []


def test_h2_a_unit_that_does_not_return_starts_its_next_span_where_it_was():
    asked = problem(
        units=(unit("one", available=((0, 14), (20, 200)), returns_home=False), unit("two")),
    )

    assert codes(asked, plan(("one", "a", 3), ("one", "c", 24))) == []
    assert codes(asked, plan(("one", "a", 3), ("one", "c", 23))) == ["H2"]


MAINTAINED = (unit("one", maintenance=(Maintenance(5, 15, 40),)), unit("two"))


@pytest.mark.parametrize(
    ("spans", "second", "broken"),
    [
        ([("one", 15, 20)], 24, []),  # home on 15; two days' drive to middle after day 20
        ([("one", 15, 20)], 23, ["H3"]),
        ([], 40, ["H3"]),
        ([("one", 15, 19)], 40, ["H3", "H3"]),  # too short: no need answered, one need open
        ([("one", 36, 41)], 60, ["H3", "H3"]),  # too late
        ([("one", 15, 20), ("one", 20, 25)], 40, ["H3"]),  # one too many
        ([("one", 14, 19)], 40, ["H3", "H3", "H3"]),  # on the road, and before its earliest day
    ],
)
def test_h3_maintenance_is_at_home_inside_its_window(spans, second, broken):
    asked = problem(units=MAINTAINED)

    assert codes(asked, plan(("one", "a", 3), ("one", "b", second), maintenance=spans)) == broken


def test_h3_a_unit_without_stops_needs_no_maintenance():
    assert codes(problem(units=MAINTAINED), plan(("two", "a", 3))) == []


@pytest.mark.parametrize(
    ("asked", "opens", "broken"),
    [
        (problem(requests=(request("a", "near", windows=(Window(10, 20),)),)), 10, []),
        (problem(requests=(request("a", "near", windows=(Window(10, 20),)),)), 11, ["H4"]),
        (
            problem(requests=(request("a", "near", windows=(Window(10, 16), Window(16, 30))),)),
            12,
            ["H4"],
        ),
        (problem(hosts=(host("near", blackouts=((14, 20),)), *problem().hosts[1:])), 3, []),
        (problem(hosts=(host("near", blackouts=((13, 20),)), *problem().hosts[1:])), 3, ["H4"]),
        (problem(no_work=((3, 13),)), 3, []),  # open days may be without work
        (problem(no_work=((2, 3),)), 3, ["H4"]),
        (problem(hosts=(host("near", no_work=((13, 14),)), *problem().hosts[1:])), 3, ["H4"]),
    ],
)
def test_h4_windows_blackouts_and_days_without_work(asked, opens, broken):
    assert codes(asked, plan(("one", "a", opens))) == broken


def test_h4_a_window_may_overhang_the_season_but_a_stop_may_not():
    asked = problem(
        days=13,
        requests=(request("a", "near", windows=(Window(-5, 60),)),),
        units=(unit("one", available=((0, 13),), returns_home=False),),
    )

    assert codes(asked, plan(("one", "a", 3))) == ["H2", "H4"]


def test_h5_no_more_stops_than_the_host_has_room_for():
    two = (request("a", "near"), request("b", "near"))
    both = plan(("one", "a", 3), ("two", "b", 5))

    assert codes(problem(requests=two), both) == ["H5"]
    assert (
        codes(problem(requests=two, hosts=(host("near", parallel=2),), travel=Travel()), both) == []
    )


@pytest.mark.parametrize(
    ("asked", "broken"),
    [
        (problem(requests=(request("a", "near", exhibitions=("sound",)),)), ["H6"]),
        (problem(requests=(request("a", "near", exhibitions=("light",)),)), []),
        (problem(units=(unit("one", requires={"area_m2": 1.0}), unit("two"))), ["H6"]),
        (problem(units=(unit("one", regions=("province",)), unit("two"))), []),
        (
            problem(
                units=(unit("one", regions=("elsewhere",)), unit("two")),
                regions=(*problem().regions, Region("elsewhere")),
            ),
            ["H6"],
        ),
    ],
)
def test_h6_the_unit_fits(asked, broken):
    assert codes(asked, plan(("one", "a", 3))) == broken


def test_h7_a_request_is_served_once():
    assert codes(problem(), plan(("one", "a", 3), ("one", "a", 40))) == ["H7", "H7"]


@pytest.mark.parametrize(
    ("gaps", "broken"),
    [
        (Gaps(any_gap_days=4), []),
        (Gaps(any_gap_days=5), ["H7"]),
        (Gaps(same_exhibition_gap_days=5), ["H7"]),
    ],
)
def test_h7_stops_in_one_place_lie_apart(gaps, broken):
    asked = problem(
        hosts=(host("near", place_group="p"), host("middle", place_group="p"), host("far")),
        gaps=gaps,
    )

    assert codes(asked, TIGHT) == broken


def test_h7_history_counts_as_the_earlier_stop():
    asked = problem(
        hosts=(host("near", place_group="p"), host("middle"), host("far")),
        gaps=Gaps(any_gap_days=13),
        history=(History("p", "sound", -9),),
    )

    assert codes(asked, plan(("one", "a", 3))) == ["H7"]
    assert codes(asked, plan(("one", "a", 4))) == []


def test_h8_locked_stops_stand():
    asked = problem(locked=(Lock("one", "a", 3),))

    assert codes(asked, plan(("one", "a", 4))) == ["H8"]
    assert codes(asked, plan(("one", "a", 3))) == []


def test_h9_no_more_kilometres_than_allowed():
    assert codes(problem(units=(unit("one", max_km=400.0), unit("two"))), TIGHT) == []
    assert codes(problem(units=(unit("one", max_km=399.0), unit("two"))), TIGHT) == ["H9"]


def test_h9_a_rest_at_home_lies_where_it_costs_least():
    # From leaving home on day 0 to being back from b: 28 + 2; with a rest after a: 15 and less.
    together = problem(units=(unit("one", max_days_out=30, rest_days=3), unit("two")))
    apart = problem(units=(unit("one", max_days_out=29, rest_days=3), unit("two")))

    assert codes(together, TIGHT) == []
    assert codes(apart, TIGHT) == ["H9"]
    rested = plan(("one", "a", 3), ("one", "b", 22))  # back on 15, rests to 18, drives two days
    assert codes(apart, rested) == []
    assert check.value(apart, rested).km == 600.0
    assert check.value(together, TIGHT).km == 400.0
    assert codes(apart, plan(("one", "a", 3), ("one", "b", 21))) == ["H9"]


def test_h10_a_crew_begins_no_more_than_it_can():
    crewed = tuple(unit(name, crew="c") for name in ("one", "two"))
    # Work begins on days 1, 7, 13 and 19: each neighbours the next within seven days.
    starts = plan(("one", "a", 3), ("two", "b", 9))

    assert codes(problem(units=crewed, crews=(Crew("c", 2),)), starts) == []
    assert codes(problem(units=crewed, crews=(Crew("c", 1),)), starts) == ["H10"] * 3
    later = plan(("one", "a", 3), ("two", "b", 23))
    assert codes(problem(units=crewed, crews=(Crew("c", 1),)), later) == []


def rotation_problem(trucks: int | None = None) -> Problem:
    return problem(
        requests=tuple(
            request(f"{at}{period}", at, windows=(Window(*days),))
            for at in ("near", "middle")
            for period, days in enumerate(((0, 40), (40, 100)))
        ),
        rotations=(
            Rotation("r", ("one", "two"), ("near", "middle"), ((0, 40), (40, 100)), 40, trucks),
        ),
    )


SWAPPED = plan(
    ("one", "near0", 3), ("two", "middle0", 4), ("one", "middle1", 43), ("two", "near1", 43)
)


def test_h11_a_latin_square_is_kept():
    assert codes(rotation_problem(), SWAPPED) == []
    assert codes(rotation_problem(trucks=2), SWAPPED) == []


def test_h11_missing_repeated_and_crowded_cells_are_found():
    missing = Plan(stops=tuple(s for s in SWAPPED.stops if s.request != "near1"))
    repeated = plan(
        ("one", "near0", 3), ("two", "middle0", 4), ("one", "near1", 43), ("two", "middle1", 43)
    )

    assert codes(rotation_problem(), missing) == ["H11", "H11"]
    assert codes(rotation_problem(), repeated) == ["H11"] * 4
    assert codes(rotation_problem(trucks=1), SWAPPED) == ["H11"]


def test_h12_customs_papers_cover_the_stop():
    papers = unit("one", customs=(Customs("cou", 1, 14),))
    short = unit("one", customs=(Customs("cou", 1, 13),))
    foreign = unit("one", customs=(Customs("NP", 1, 2),))

    assert codes(problem(units=(papers, unit("two"))), plan(("one", "a", 3))) == []
    assert codes(problem(units=(short, unit("two"))), plan(("one", "a", 3))) == ["H12"]
    assert codes(problem(units=(foreign, unit("two"))), plan(("one", "a", 3))) == []


def test_h13_a_caravan_comes_on_school_days():
    asked = problem(
        requests=(request("a", "near", stay_days=1, days_allowed=(7,)),),
    )

    assert codes(asked, plan(("one", "a", 7))) == []
    assert codes(asked, plan(("one", "a", 8))) == ["H13"]


def test_the_value_is_the_sum_of_its_parts():
    asked = problem(
        requests=(
            request("a", "near", windows=(Window(0, 200, 0.5),)),
            request("b", "middle", must=True),
            request("c", "far", must=True),
        ),
        regions=(
            Region("province", min_stops=3, min_township_share=0.5),
            Region("county", parent="province", min_value=10.0),
        ),
        pairings=(Pairing("p", "county", units=("two",), min_stops=1),),
        objective=Objective(
            km_cost=0.01, floor_penalty=2.0, must_penalty=7.0, change_penalty=3.0, idle_cost=0.1
        ),
    )
    previous = Plan(
        stops=(
            Stop("one", 3, "a", confirmed=True),
            Stop("one", 18, "b", confirmed=True, weight=2.0),
            Stop("two", 60, "c"),
        )
    )

    worth = check.value(asked, TIGHT, previous)

    assert worth.coverage == 7.5  # 5 x 0.5 + 5
    assert (worth.km, worth.km_cost) == (400.0, 4.0)
    assert [(f.id, f.measure, f.missing) for f in worth.floors] == [
        ("province", "stops", 1.0),
        ("province", "township_share", 1.0),
        ("county", "value", 2.5),
        ("p", "stops", 1.0),
    ]
    assert (worth.shortfall, worth.floor_penalty) == (5.5, 11.0)
    assert (worth.unserved_musts, worth.must_penalty) == (1, 7.0)
    assert (worth.changes, worth.change_penalty) == (1, 6.0)
    assert worth.idle_days == (200 - 13 - 13 - 4) + 200
    assert worth.idle_cost == pytest.approx(37.0)
    assert worth.total == pytest.approx(7.5 - 4 - 11 - 7 - 6 - 37)


def test_max_min_reports_the_worst_served_region():
    asked = replace(problem(), objective=Objective(mode="max_min", regions=("county",)))

    assert check.value(asked, TIGHT).lowest_ratio == pytest.approx(10 / 15)
