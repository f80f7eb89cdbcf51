"""What the benchmark tells other planners, and how their answers become plans."""

from __future__ import annotations

import pytest

from benchmarks.instances import caravans, toptw
from benchmarks.peers.statement import SCALE, plan_from, relaxed, statement
from tests.touring.planning.instances import problem
from touring.planning.check import violations
from touring.planning.formats import parse_instance
from touring.planning.solve import solve
from touring.planning.stop import MaxWork

TOPTW = """4 10 3 1
0 200
  0 0.00 0.00 0.00 0.00 0 0 0 100
  1 3.00 4.00 10.00 7.00 1 1 1 0 50
  2 3.05 4.00 10.00 5.00 1 1 1 20 30
  3 60.0 0.00 10.00 9.00 1 1 1 0 90
"""


def test_routes_of_days_of_arrival_are_the_same_plan():
    asked = relaxed(problem())
    plan = solve(asked, stop=MaxWork(20))
    routes = [
        [
            [asked.request_index[stop.request], stop.open - unit.setup_days]
            for stop in plan.stops
            if stop.unit == unit.id
        ]
        for unit in asked.units
    ]

    assert plan_from(asked, routes).stops == plan.stops
    for (r, day), stated in zip(routes[0], _stated(asked, routes[0]), strict=True):
        choice = next(one for one in stated["choices"] if one["first"] <= day <= one["last"])
        assert choice["prize"] == round(SCALE * asked.requests[r].value)


def _stated(asked, route):
    requests = statement(asked)["requests"]
    return [requests[r] for r, _ in route]


def test_a_path_serves_the_vertices_that_its_time_allows(tmp_path):
    """Vertex 3 is 60 away: there and back takes more than the 100 that a path has."""
    file = tmp_path / "t.txt"
    file.write_text(TOPTW)
    asked = toptw.instance(file, 1)

    plan = solve(asked, stop=MaxWork(200), prove=True)

    assert violations(asked, plan) == []
    assert (plan.value.total, plan.optimal) == (12, True)
    assert [stop.request for stop in plan.stops] == ["v1", "v2"]
    assert plan.stops[0].open >= 50  # tenths


def test_the_generator_of_caravans_makes_the_same_document_again():
    first, again = (caravans.instance("sichuan", seed=2) for _ in range(2))

    assert first == again
    asked = parse_instance(first)
    assert (len(asked.units), len(asked.requests)) == (12, 1080)
    assert sum(one.township for one in asked.requests) == pytest.approx(720, abs=60)
