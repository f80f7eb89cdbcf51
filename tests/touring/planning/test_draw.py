from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.touring.planning.instances import document, host, problem, random_document, request, unit
from touring.planning.draw import drawing
from touring.planning.formats import parse_instance
from touring.planning.result import Plan
from touring.planning.solve import solve
from touring.planning.stop import MaxWork

SVG = "{http://www.w3.org/2000/svg}"


def titles(picture):
    return [one.text for one in ElementTree.fromstring(picture).iter(f"{SVG}title")]


def test_the_drawing_names_every_stop_with_its_dates_and_marks_locks():
    asked = problem(start="2027-01-01", locked=[{"unit": "u1", "request": "r1", "open": 90}])

    picture = drawing(asked, solve(asked, stop=MaxWork(10)))

    stops = [one for one in titles(picture) if " for r" in one]
    assert len(stops) == 3
    assert "u1 at h1 for r1: open 2027-04-01 to 2027-04-21 (locked)" in stops
    assert any(one.startswith("u1: 3 stops, ") for one in titles(picture))


def test_the_drawing_is_accessible_and_the_same_every_time():
    asked = problem(name="Été 流动 <&>")
    plan = solve(asked, stop=MaxWork(5))

    picture = drawing(asked, plan)

    root = ElementTree.fromstring(picture)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Season Été 流动 <&>"
    assert "serve 3 of 3 requests" in root.find(f"{SVG}desc").text
    assert picture == drawing(asked, plan)


def test_characters_that_xml_forbids_are_replaced():
    asked = problem()
    odd = type(asked).of(type(asked)(**{**asked.__getstate__(), "name": "a\x00b"}))

    assert titles(drawing(odd, Plan()))[0] == "Season a?b"


@pytest.mark.parametrize("seed", range(12))
def test_any_plan_can_be_drawn(seed):
    asked = parse_instance(random_document(seed))

    picture = drawing(asked, solve(asked, stop=MaxWork(5), seed=seed))

    assert ElementTree.fromstring(picture).tag == f"{SVG}svg"


def test_six_hundred_units_have_a_row_each():
    asked = parse_instance(
        document(
            hosts=[host("h0"), host("h1", lat=1.0)],
            units=[unit(f"u{i:03d}", maintenance=OVERHAUL) for i in range(600)],
            requests=[request("r0", "h1")],
        )
    )

    picture = drawing(asked, solve(asked, stop=MaxWork(0)))

    root = ElementTree.fromstring(picture)
    labels = {one.text for one in root.iter(f"{SVG}text")}
    assert {f"u{i:03d}" for i in range(600)} <= labels
    assert float(root.get("viewBox").split()[3]) > 600 * 9


OVERHAUL = [{"days": 5, "earliest": 50, "latest": 100}]


def test_an_empty_problem_can_be_drawn():
    asked = parse_instance(document(hosts=[], units=[], requests=[]))

    assert ElementTree.fromstring(drawing(asked, Plan())).tag == f"{SVG}svg"
