from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from tests.touring.planning.instances import document, host, random_document, request, unit
from touring.planning.formats import (
    InvalidPlan,
    instance_document,
    instance_hash,
    parse_instance,
    parse_plan,
    plan_document,
    plan_hash,
    read_instance,
    write_instance,
)
from touring.planning.problem import InvalidProblem
from touring.planning.result import MaintenanceSpan, Plan, Stop


def issues_of(doc, **more):
    with pytest.raises(InvalidProblem) as refusal:
        parse_instance(doc, **more)
    return {(one.path, one.code) for one in refusal.value.issues}


def test_every_problem_is_reported_at_once_with_its_path():
    doc = document(
        hosts=[host("h0", lat=95.0), host("h0"), host("h2", region="nowhere")],
        units=[unit("u1", setup_days=True, available=[[0, 201]])],
        requests=[
            request("r0", "h9"),
            request("r1", "h0", windows=[{"first": 30, "end": 30}], widows=[]),
            request("r2", "h2", value=float("nan"), stay_days=10**30),
        ],
        locked=[{"unit": "u7", "request": "r0", "open": 3}],
        objective={"mode": "fastest"},
    )

    assert issues_of(doc) == {
        ("$.hosts[0].lat", "out_of_range"),
        ("$.hosts[1].id", "duplicate"),
        ("$.hosts[2].region", "unknown_id"),
        ("$.units[0].setup_days", "wrong_type"),
        ("$.units[0].available[0]", "beyond_season"),
        ("$.requests[0].host", "unknown_id"),
        ("$.requests[1].widows", "unknown_key"),
        ("$.requests[1].windows[0].end", "not_after"),
        ("$.requests[2].value", "out_of_range"),
        ("$.requests[2].stay_days", "out_of_range"),
        ("$.locked[0].unit", "unknown_id"),
        ("$.objective.mode", "unknown"),
    }


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"format": "orrery-tour/2"}, "$.format", "unknown_format"),
        ({"days": 1.5}, "$.days", "wrong_type"),
        ({"days": True}, "$.days", "wrong_type"),
        ({"hosts": {}}, "$.hosts", "wrong_type"),
        ({"units": None}, "$.units", "wrong_type"),
        ({"start": "2027-02-30"}, "$.start", "bad_date"),
        ({"name": "a\u0000b"}, "$.name", "bad_text"),
        ({"name": "\ud800"}, "$.name", "bad_text"),
        ({"requests": [5]}, "$.requests[0]", "wrong_type"),
        ({"no_work": [[3]]}, "$.no_work[0]", "wrong_type"),
        ({"travel": {"km_per_day": 0}}, "$.travel.km_per_day", "out_of_range"),
        ({"travel": {"circuity": 1e400}}, "$.travel.circuity", "out_of_range"),
        ({"travel": {"matrix": "../roads.csv"}}, "$.travel.matrix", "no_files"),
        (
            {"travel": {"matrix": {"points": ["h0"], "km": [[0, 1]]}}},
            "$.travel.matrix.km",
            "not_square",
        ),
        ({"regions": [{"id": "a", "parent": "a"}]}, "$.regions[0].parent", "circular"),
        (
            {"objective": {"mode": "lexicographic"}},
            "$.objective.order",
            "empty",
        ),
        (
            {"history": [{"place_group": "g", "exhibition": None, "close": 5}]},
            "$.history[0].close",
            "out_of_range",
        ),
        (
            {"requests": [request("r", "h0", windows=[{"first": 300, "end": 400}])]},
            "$.requests[0].windows[0]",
            "beyond_season",
        ),
        (
            {"units": [unit("u1", maintenance=[{"days": 9, "earliest": 5, "latest": 10}])]},
            "$.units[0].maintenance[0].latest",
            "too_short",
        ),
        (
            {"units": [unit("u1", available=[[0, 90], [80, 100]])]},
            "$.units[0].available[1]",
            "overlap",
        ),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(change, path, code):
    assert issues_of(document(**change)) == {(path, code)}


@pytest.mark.parametrize(
    ("locks", "path"),
    [
        ([("u1", "r0", 195)], "$.locked[0].open"),
        ([("u1", "r0", 10), ("u1", "r0", 60)], "$.locked[1]"),
        ([("u1", "r0", 10), ("u1", "r1", 25)], "$.locked[1]"),
    ],
)
def test_contradictory_locks_are_refused(locks, path):
    locked = [{"unit": u, "request": r, "open": o} for u, r, o in locks]

    assert {one[0] for one in issues_of(document(locked=locked))} == {path}


def test_a_lock_at_a_host_that_does_not_fit_is_refused():
    doc = document(
        units=[unit("u1", requires={"height_m": 3})],
        locked=[{"unit": "u1", "request": "r0", "open": 10}],
    )

    assert issues_of(doc) == {("$.locked[0]", "contradictory_lock")}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("[" * 200_000, "too_deep"),
        ('{"days": 1' + "0" * 5000 + "}", "out_of_range"),
        ("\x00", "not_json"),
    ],
)
def test_a_file_that_is_no_json_is_one_problem(tmp_path, text, code):
    file = tmp_path / "i.json"
    file.write_text(text)

    with pytest.raises(InvalidProblem) as refusal:
        read_instance(file)

    assert [(one.path, one.code) for one in refusal.value.issues] == [("$", code)]


def test_a_key_written_twice_is_refused(tmp_path):
    file = tmp_path / "i.json"
    file.write_text(json.dumps(document()).replace('"days": 200', '"days": 200, "days": 300'))

    with pytest.raises(InvalidProblem) as refusal:
        read_instance(file)

    assert [(one.path, one.code) for one in refusal.value.issues] == [("$.days", "repeated_key")]


@pytest.mark.parametrize("seed", range(25))
def test_what_is_written_is_read_back(seed, tmp_path):
    asked = parse_instance(random_document(seed))

    write_instance(asked, tmp_path / "i.json")

    assert replace(read_instance(tmp_path / "i.json"), hash=asked.hash) == asked


def test_the_instance_hash_is_that_of_the_canonical_document():
    doc = document(name="流动科技馆")
    canonical = json.dumps(doc, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert instance_hash(parse_instance(doc)) == hashlib.sha256(canonical.encode()).hexdigest()
    assert instance_document(parse_instance(doc))["name"] == "流动科技馆"


@pytest.mark.parametrize("form", ["csv", "npz"])
def test_a_matrix_file_beside_the_instance_is_read(tmp_path, form):
    points = ["h0", "h1", "h2", "home:u1"]
    km = np.arange(16.0).reshape(4, 4)
    np.fill_diagonal(km, 0)
    if form == "npz":
        np.savez(tmp_path / "roads.npz", points=np.array(points), km=km)
    else:
        rows = [",".join(["", *points])]
        rows += [",".join([p, *map(str, row)]) for p, row in zip(points, km, strict=True)]
        (tmp_path / "roads.csv").write_text("\n".join(rows))

    asked = parse_instance(document(travel={"matrix": f"roads.{form}"}), folder=tmp_path)

    assert asked.host_km.tolist() == km[:3, :3].tolist()
    assert instance_document(asked)["travel"] == {"matrix": f"roads.{form}"}


def test_a_matrix_that_is_not_square_or_lacks_a_point_is_refused(tmp_path):
    (tmp_path / "roads.csv").write_text(",h0,h1\nh0,0,1\nh1,1\n")
    (tmp_path / "short.csv").write_text(",h0\nh0,0\n")

    ragged = document(travel={"matrix": "roads.csv"})
    short = document(travel={"matrix": "short.csv"})

    assert issues_of(ragged, folder=tmp_path) == {("$.travel.matrix[1]", "not_square")}
    assert {code for _, code in issues_of(short, folder=tmp_path)} == {"missing_point"}


def test_a_matrix_outside_the_folder_is_refused(tmp_path):
    for name in ("../roads.csv", "/etc/passwd", "a\\b.csv", ""):
        doc = document(travel={"matrix": name})
        assert issues_of(doc, folder=tmp_path) == {("$.travel.matrix", "outside")}


def test_a_plan_is_read_back_and_its_hash_is_that_of_its_stops():
    plan = Plan(
        stops=(Stop("u1", 5, "r0"), Stop("u1", 40, "r1", confirmed=True, weight=2.5)),
        maintenance=(MaintenanceSpan("u1", 90, 100),),
        seed=3,
    )
    hashed = {
        "stops": [
            {"unit": "u1", "request": "r0", "open": 5},
            {"unit": "u1", "request": "r1", "open": 40, "confirmed": True, "weight": 2.5},
        ],
        "maintenance": [{"unit": "u1", "first": 90, "end": 100}],
    }
    canonical = json.dumps(hashed, sort_keys=True, separators=(",", ":"))

    assert parse_plan(json.loads(json.dumps(plan_document(plan)))) == plan
    assert plan_hash(plan) == hashlib.sha256(canonical.encode()).hexdigest()


def test_every_problem_of_a_plan_is_reported_at_once():
    doc = {"format": "orrery-plan/1", "stops": [{"unit": "u", "open": "3"}, 7], "extra": 1}

    with pytest.raises(InvalidPlan) as refusal:
        parse_plan(doc)

    assert {(one.path, one.code) for one in refusal.value.issues} == {
        ("$.extra", "unknown_key"),
        ("$.stops[0].request", "missing_key"),
        ("$.stops[0].open", "wrong_type"),
        ("$.stops[1]", "wrong_type"),
    }
