from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.touring.planning.instances import document, request
from touring.planning.__main__ import main
from touring.planning.formats import read_plan

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def files(tmp_path):
    """An instance file and where its plan goes."""
    instance = tmp_path / "i.json"
    instance.write_text(json.dumps(document(start="2027-01-01")))
    return instance, tmp_path / "p.json"


def run(capsys, *arguments):
    """Exit code and the JSON on the last line of standard output."""
    code = main([str(one) for one in arguments])
    lines = capsys.readouterr().out.splitlines()
    return code, json.loads(lines[-1])


def test_solve_check_explain_and_draw_work_on_each_others_files(files, tmp_path, capsys):
    instance, plan = files

    code, solved = run(capsys, "solve", instance, "--out", plan, "--work", 20, "--seed", 3)
    assert (code, solved["stops"], solved["violations"], solved["unserved"]) == (0, 3, 0, 0)
    assert (solved["bound"], solved["gap"], solved["work"], solved["seed"]) == (None, None, 20, 3)

    code, checked = run(capsys, "check", instance, plan)
    assert (code, checked["violations"]) == (0, [])
    assert checked["value"]["total"] == pytest.approx(solved["value"]["total"])

    assert run(capsys, "explain", instance, plan) == (0, {"unserved": []})

    picture = tmp_path / "p.svg"
    code, drawn = run(capsys, "draw", instance, plan, "--out", picture)
    assert (code, drawn["bytes"]) == (0, picture.stat().st_size)


def test_relax_says_which_floors_must_be_lowered(files, capsys):
    instance, _ = files
    asked = document(regions=[{"id": "c", "min_stops": 9}])
    asked["hosts"] = [one | {"region": "c"} for one in asked["hosts"]]
    instance.write_text(json.dumps(asked))

    code, answer = run(capsys, "relax", instance, "--work", "100")

    assert (code, answer["shortfall"], answer["proven"]) == (0, 6, True)
    assert [(one["id"], one["missing"]) for one in answer["floors"]] == [("c", 6)]


def test_the_written_plan_has_the_documented_members(files, capsys):
    instance, plan = files

    run(capsys, "solve", instance, "--out", plan, "--work", 5)

    written = json.loads(plan.read_text())
    assert written["format"] == "orrery-plan/1"
    assert {"instance", "instance_hash", "seed", "stops", "maintenance", "value"} <= set(written)
    assert {"bound", "gap", "optimal", "seconds", "unserved"} <= set(written)
    assert set(written["stops"][0]) == {"unit", "request", "open"}
    assert {"total", "coverage", "km"} <= set(written["value"])


def test_the_same_work_and_seed_give_the_same_plan_in_another_process(files, tmp_path, capsys):
    instance, plan = files
    _, here = run(capsys, "solve", instance, "--out", plan, "--work", 30, "--seed", 2)

    command = [sys.executable, "-m", "touring.planning", "solve", instance, "--work", "30"]
    there = subprocess.run(
        [*command, "--seed", "2", "--out", tmp_path / "q.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(there.stdout.splitlines()[-1])["plan_hash"] == here["plan_hash"]
    assert "value" in there.stderr


def test_check_exits_with_1_when_a_rule_is_broken(files, capsys):
    instance, plan = files
    stops = [
        {"unit": "u1", "request": "r0", "open": 3},
        {"unit": "u1", "request": "r1", "open": 10},
    ]
    plan.write_text(json.dumps({"format": "orrery-plan/1", "stops": stops}))

    code, checked = run(capsys, "check", instance, plan)

    assert code == 1
    assert {one["code"] for one in checked["violations"]} == {"H1"}
    refused = run(capsys, "draw", instance, plan, "--out", plan.with_suffix(".svg"))
    assert (refused[0], refused[1]["error"]) == (1, "invalid_plan")


def test_explain_answers_for_one_request(files, capsys):
    instance, plan = files
    instance.write_text(
        json.dumps(
            document(requests=[request("a", "h0", exhibitions=["x"]), request("b", "h1", value=0)])
        )
    )
    run(capsys, "solve", instance, "--out", plan, "--work", 5)

    code, told = run(capsys, "explain", instance, plan, "--request", "a")

    assert code == 0
    assert [(one["request"], one["reasons"][0]["code"]) for one in told["unserved"]] == [
        ("a", "no_such_exhibition")
    ]
    assert run(capsys, "explain", instance, plan, "--request", "nobody")[0] == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "orrery-tour/1"', "[" * 100_000])
@pytest.mark.parametrize("command", ["solve", "check", "explain", "draw"])
def test_broken_files_are_refused_without_a_traceback(files, capsys, text, command):
    instance, plan = files
    instance.write_text(text)
    plan.write_text(text)
    more = {
        "solve": ["--out", plan, "--work", 1],
        "check": [plan],
        "explain": [plan],
        "draw": [plan, "--out", plan],
    }

    code, answer = run(capsys, command, instance, *more[command])

    assert (code, answer["error"]) == (2, "invalid_instance")
    assert answer["problems"]
    assert all(set(one) == {"path", "code", "message"} for one in answer["problems"])


def test_a_missing_file_and_an_unwritable_place_are_refused(files, tmp_path, capsys):
    instance, plan = files

    missing = run(capsys, "check", tmp_path / "nothing.json", plan)
    unwritable = run(capsys, "solve", instance, "--out", tmp_path / "no" / "p.json", "--work", 1)

    assert (missing[0], missing[1]["error"]) == (2, "invalid_instance")
    assert (unwritable[0], unwritable[1]["error"]) == (2, "cannot_write")


@pytest.mark.parametrize(
    "arguments",
    [["--seconds", "nan"], ["--work", "-1"], ["--workers", "0"], ["--seconds", "1", "--work", "1"]],
)
def test_wrong_arguments_exit_with_2(files, arguments):
    instance, plan = files

    with pytest.raises(SystemExit) as left:
        main(["solve", str(instance), "--out", str(plan), *arguments])

    assert left.value.code == 2


def test_a_previous_plan_keeps_its_confirmed_stops(files, tmp_path, capsys):
    instance, plan = files
    instance.write_text(json.dumps(document(objective={"change_penalty": 50})))
    stop = {"unit": "u1", "request": "r1", "open": 101, "confirmed": True}
    previous = tmp_path / "old.json"
    previous.write_text(json.dumps({"format": "orrery-plan/1", "stops": [stop]}))

    code, solved = run(
        capsys, "solve", instance, "--out", plan, "--work", 10, "--previous", previous
    )

    assert (code, solved["value"]["changes"]) == (0, 0)
    assert stop in json.loads(plan.read_text())["stops"]


def test_a_search_that_is_killed_leaves_its_best_plan_to_go_on_from(files, monkeypatch, capsys):
    instance, out = files

    def killed(*_, **__):
        raise KeyboardInterrupt  # before the last plan is written

    monkeypatch.setattr("touring.planning.__main__.explained", killed)
    with pytest.raises(KeyboardInterrupt):
        main(["solve", str(instance), "--out", str(out), "--work", "50"])
    monkeypatch.undo()
    kept = read_plan(out)

    code, again = run(capsys, "solve", instance, "--out", out, "--work", "0", "--previous", out)

    assert kept.stops
    assert (code, again["stops"]) == (0, len(kept.stops))


def test_what_is_no_plain_file_hears_of_the_last_plan_alone(files, tmp_path, capsys):
    instance, out = files
    out.symlink_to(tmp_path / "elsewhere.json")

    assert run(capsys, "solve", instance, "--out", out, "--work", "5")[0] == 0

    assert out.is_symlink()
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(
        {instance.name, out.name, "elsewhere.json"}
    )
