"""What if: forced and forbidden assignments, and the difference of two plans."""

from __future__ import annotations

import json

import pytest

from tests.touring.planning.instances import document, host, problem, request, unit
from tests.touring.planning.test_command_line import run
from touring.planning.check import violations
from touring.planning.formats import difference_document, parse_branch, parse_instance
from touring.planning.problem import InvalidProblem
from touring.planning.result import Plan, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork
from touring.planning.whatif import Branch, Forced, Move, branched, difference, explore


def two_units(**more):
    return problem(units=[unit("u1"), unit("u2", home=[0.0, 3.0])], **more)


def test_a_forbidden_assignment_is_nowhere_in_the_branch():
    asked = two_units()
    plan = solve(asked, stop=MaxWork(20))
    stop = plan.stops[0]

    outcome = explore(asked, plan, Branch(forbidden=((stop.unit, stop.request),)), stop=MaxWork(50))

    assert (stop.unit, stop.request) not in {(s.unit, s.request) for s in outcome.plan.stops}
    assert violations(branched(asked, Branch(forbidden=((stop.unit, stop.request),))), plan)
    assert violations(asked, outcome.plan) == []


def test_a_request_forbidden_to_all_is_not_served():
    asked = two_units()
    plan = solve(asked, stop=MaxWork(20))

    outcome = explore(asked, plan, Branch(forbidden=((None, "r1"),)), stop=MaxWork(50))

    assert [stop.request for stop in outcome.difference.removed] == ["r1"]
    assert outcome.difference.parts["coverage"] == pytest.approx(-10)


@pytest.mark.parametrize(
    ("forced", "expected"),
    [
        (Forced("r2"), lambda stop: stop.request == "r2"),
        (Forced("r2", "u2"), lambda stop: (stop.unit, stop.request) == ("u2", "r2")),
        (Forced("r2", "u2", 77), lambda stop: stop == Stop("u2", 77, "r2")),
    ],
)
def test_what_is_forced_is_in_the_branch_though_it_does_not_pay(forced, expected):
    asked = two_units(requests=[request("r0", "h0"), request("r2", "h2", value=0.0)])
    plan = solve(asked, stop=MaxWork(20))

    outcome = explore(asked, plan, Branch("dear", (forced,)), stop=MaxWork(50))

    assert [stop.request for stop in plan.stops] == ["r0"]
    assert any(expected(stop) for stop in outcome.plan.stops)
    assert outcome.unmet == ()
    assert outcome.difference.parts["total"] < 0


def test_what_cannot_be_forced_is_named():
    asked = two_units(requests=[request("r0", "h0"), request("r1", "h1", exhibitions=["none"])])
    plan = solve(asked, stop=MaxWork(20))

    assert explore(asked, plan, Branch(forced=(Forced("r1"),)), stop=MaxWork(9)).unmet == ("r1",)


def test_strangers_in_a_branch_are_named_all_at_once():
    branch = Branch(forced=(Forced("r9"), Forced("r0", "u9"), Forced("r0", None, 3)))

    with pytest.raises(InvalidProblem) as refusal:
        branched(two_units(), branch)

    assert [one.path for one in refusal.value.issues] == [
        "$.forced[0].request",
        "$.forced[1].unit",
        "$.forced[2].open",
    ]


def test_the_difference_of_two_plans_names_stops_kilometres_parts_and_equity():
    asked = parse_instance(
        document(
            regions=[{"id": "A"}, {"id": "B"}],
            hosts=[host("h0", region="A"), host("h1", lon=1.0, region="A"), host("h2", region="B")],
        )
    )
    before = Plan(stops=(Stop("u1", 0, "r0"), Stop("u1", 30, "r1")))
    after = Plan(stops=(Stop("u1", 40, "r1"), Stop("u1", 80, "r2")))

    found = difference(asked, before, after)

    assert found.added == (Stop("u1", 80, "r2"),)
    assert found.removed == (Stop("u1", 0, "r0"),)
    assert found.moved == (Move("r1", Stop("u1", 30, "r1"), Stop("u1", 40, "r1")),)
    assert found.parts["coverage"] == 0
    assert found.parts["km"] == pytest.approx(0, abs=1e-9)
    assert found.equity == pytest.approx({"worst": 0.5, "spread": -0.5, "gini": -1 / 3}, abs=1e-9)
    assert set(difference_document(found)) == {
        *("added", "removed", "moved", "value", "parts", "equity")
    }


def test_a_plan_does_not_differ_from_itself():
    asked = two_units()
    plan = solve(asked, stop=MaxWork(20))

    found = difference(asked, plan, plan)

    assert (found.added, found.removed, found.moved) == ((), (), ())
    assert set(found.parts.values()) == {0}


def test_a_branch_is_read_and_every_problem_is_named():
    read = parse_branch(
        {
            "format": "orrery-branch/1",
            "name": "spare u1",
            "forced": [{"request": "r1", "unit": "u2", "open": 4}],
            "forbidden": [{"request": "r0", "unit": "u1"}, {"request": "r2"}],
        }
    )
    with pytest.raises(InvalidProblem) as refusal:
        parse_branch({"format": "other", "forced": [{"unit": 3}]})

    assert read == Branch("spare u1", (Forced("r1", "u2", 4),), (("u1", "r0"), (None, "r2")))
    assert {one.path for one in refusal.value.issues} == {
        *("$.format", "$.forced[0].request", "$.forced[0].unit")
    }


def test_replan_whatif_and_diff_work_on_files(tmp_path, capsys):
    instance, plan, mended, branch = (tmp_path / f"{name}.json" for name in "ipmb")
    instance.write_text(json.dumps(document(units=[unit("u1"), unit("u2")])))
    run(capsys, "solve", instance, "--out", plan, "--work", 20)
    wrong = tmp_path / "w.json"
    wrong.write_text(
        json.dumps(
            {
                "format": "orrery-disturbance/1",
                "disturbances": [{"kind": "host_cancels", "request": "r1"}],
            }
        )
    )
    branch.write_text(
        json.dumps({"format": "orrery-branch/1", "forbidden": [{"request": "r0", "unit": "u1"}]})
    )

    left = tmp_path / "left.json"
    code, done = run(
        capsys,
        *("replan", instance, plan, "--disturbance", wrong, "--out", mended),
        *("--instance-out", left),
    )
    assert code == 0
    assert done["minimum_change"]["weight"] == 1
    assert done["proof"]["is_minimum"]
    assert [one["request"] for one in done["changed"]] == ["r1"]
    assert run(capsys, "check", left, mended)[0] == 0

    code, apart = run(capsys, "diff", instance, plan, mended)
    assert (code, [one["request"] for one in apart["removed"]]) == (0, ["r1"])

    code, supposed = run(capsys, "whatif", instance, plan, "--branch", branch, "--out", mended)
    assert (code, supposed["unmet"]) == (0, [])
    assert run(capsys, "check", instance, mended)[0] == 0


def test_an_unknown_host_in_a_disturbance_is_refused(tmp_path, capsys):
    instance, plan, wrong = (tmp_path / f"{name}.json" for name in "ipw")
    instance.write_text(json.dumps(document()))
    run(capsys, "solve", instance, "--out", plan, "--work", 5)
    wrong.write_text(
        json.dumps(
            {
                "format": "orrery-disturbance/1",
                "disturbances": [{"kind": "host_cancels", "host": "h9"}],
            }
        )
    )

    code, refused = run(
        capsys, "replan", instance, plan, "--disturbance", wrong, "--out", tmp_path / "m.json"
    )

    assert (code, refused["error"], refused["names"]) == (2, "unknown_id", ["h9"])
