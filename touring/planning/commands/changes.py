"""``replan``, ``whatif`` and ``diff``: plans that follow from plans."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from touring.planning.commands.files import (
    Refused,
    instance_from,
    issues_document,
    must_be_valid,
    parsed,
    plan_from,
    written,
)
from touring.planning.formats import (
    difference_document,
    equity_document,
    instance_hash,
    plan_hash,
    read_branch,
    read_disturbances,
    replanned_document,
    write_instance,
    write_plan,
)
from touring.planning.problem import InvalidProblem
from touring.planning.replan import CannotReplan, UnknownDisturbed, replan
from touring.planning.solve import CannotStand
from touring.planning.stop import MaxSeconds, MaxWork, StopCriterion
from touring.planning.whatif import difference, explore

Answer = tuple[dict[str, Any], int]
_STEPS = 300


def add_changes(commands: Any, count: Callable[[str], int]) -> None:
    """Add the three commands to the parser; ``count`` reads a whole number."""
    one = commands.add_parser("replan", help="mend a plan after a disturbance", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("plan", type=Path)
    one.add_argument("--disturbance", type=Path, required=True, help="orrery-disturbance/1")
    one.add_argument("--out", type=Path, required=True, help="where the new plan is written")
    one.add_argument("--instance-out", type=Path, help="where the season that is left is written")
    one.add_argument(
        "--budget", type=float, default=0.0, help="weight of further changes for a better plan"
    )
    _add_limits(one, count)
    one.set_defaults(command=_replan)

    one = commands.add_parser("whatif", help="branch from a plan", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("plan", type=Path)
    one.add_argument("--branch", type=Path, required=True, help="orrery-branch/1")
    one.add_argument("--out", type=Path, required=True, help="where the branch's plan is written")
    _add_limits(one, count)
    one.set_defaults(command=_whatif)

    one = commands.add_parser("diff", help="compare two plans", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("before", type=Path)
    one.add_argument("after", type=Path)
    one.set_defaults(command=_diff)


def _add_limits(one: argparse.ArgumentParser, count: Callable[[str], int]) -> None:
    limit = one.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=float, help="stop by the clock")
    limit.add_argument("--work", type=count, default=_STEPS, help="stop after this many steps")
    one.add_argument("--seed", type=count, default=1)


def _limit(asked: argparse.Namespace) -> StopCriterion:
    return MaxWork(asked.work) if asked.seconds is None else MaxSeconds(asked.seconds)


def _replan(asked: argparse.Namespace) -> Answer:
    started = time.monotonic()
    problem, plan = instance_from(asked.instance), plan_from(asked.plan)
    must_be_valid(problem, plan)
    disturbances, today = parsed(asked.disturbance, read_disturbances, "invalid_disturbance")
    try:
        done = replan(
            problem,
            plan,
            disturbances,
            steps=asked.work if asked.seconds is None else 10**9,
            stop=_limit(asked),
            budget=asked.budget,
            today=today,
            seed=asked.seed,
        )
    except UnknownDisturbed as error:
        raise Refused(
            2, {"error": "unknown_id", "message": str(error), "names": list(error.names)}
        ) from None
    except CannotReplan as error:
        raise Refused(1, {"error": "cannot_replan", "message": str(error)}) from None
    except InvalidProblem as error:
        raise Refused(2, issues_document("invalid_disturbance", asked.disturbance, error)) from None
    must_be_valid(done.problem, done.plan)
    renewed = replace(done.plan, instance_hash=instance_hash(done.problem))
    written(lambda: write_plan(renewed, asked.out), asked.out)
    if asked.instance_out is not None:
        written(lambda: write_instance(done.problem, asked.instance_out), asked.instance_out)
    document = replanned_document(done)
    document |= {"plan": str(asked.out), "plan_hash": plan_hash(renewed)}
    return document | {"seconds": round(time.monotonic() - started, 3)}, int(bool(done.unserved))


def _whatif(asked: argparse.Namespace) -> Answer:
    problem, plan = instance_from(asked.instance), plan_from(asked.plan)
    must_be_valid(problem, plan)
    branch = parsed(asked.branch, read_branch, "invalid_branch")
    try:
        outcome = explore(problem, plan, branch, stop=_limit(asked), seed=asked.seed)
    except InvalidProblem as error:
        raise Refused(2, issues_document("invalid_branch", asked.branch, error)) from None
    except CannotStand as error:
        raise Refused(1, {"error": "cannot_stand", "message": str(error)}) from None
    found = replace(outcome.plan, instance_hash=instance_hash(problem))
    written(lambda: write_plan(found, asked.out), asked.out)
    return {
        "plan": str(asked.out),
        "branch": branch.name,
        "unmet": list(outcome.unmet),
        "difference": difference_document(outcome.difference),
        "equity": None if found.equity is None else equity_document(found.equity),
    }, int(bool(outcome.unmet))


def _diff(asked: argparse.Namespace) -> Answer:
    problem = instance_from(asked.instance)
    before, after = plan_from(asked.before), plan_from(asked.after)
    return difference_document(difference(problem, before, after)), 0
