"""The engine on the command line: ``python -m touring.planning COMMAND``.

Progress goes to standard error; the last line of standard output is one JSON object.
Exit codes: 0 done, 1 violations or nothing feasible, 2 bad files or arguments.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from touring.planning.check import value, violations
from touring.planning.commands.changes import add_changes
from touring.planning.commands.files import (
    Refused,
    instance_from,
    must_be_valid,
    parsed,
    plan_from,
    written,
)
from touring.planning.draw import drawing
from touring.planning.explain import explain, explained
from touring.planning.formats import (
    equity_document,
    instance_hash,
    plan_hash,
    read_rest,
    unserved_document,
    value_document,
    write_plan,
)
from touring.planning.problem import Issue, Problem, find_warnings
from touring.planning.relaxation import cheapest_relaxation
from touring.planning.result import Plan
from touring.planning.solve import CannotStand, Progress, solve
from touring.planning.stop import Cancelled, FirstOf, MaxSeconds, MaxWork, StopCriterion

_DEFAULT_SECONDS = 10.0
_KEEP_EVERY = 2.0  # seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        command: Callable[[argparse.Namespace], tuple[dict[str, Any], int]] = asked.command
        document, code = command(asked)
    except Refused as refused:
        document, code = refused.document, refused.code
    print(json.dumps(document, ensure_ascii=False, allow_nan=False))
    return code


def _solve(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    problem, left_out = _instance_or_rest(asked)
    previous = None if asked.previous is None else plan_from(asked.previous)
    _limit_memory(asked.memory)
    stop, interrupted = _criterion(asked)
    try:
        with _interruptible(interrupted):
            plan = solve(
                problem,
                stop=stop,
                seed=asked.seed,
                previous=previous,
                workers=asked.workers,
                progress=_Told(problem, asked.out),
                prove=asked.prove,
            )
    except CannotStand as error:
        raise Refused(1, {"error": "cannot_stand", "message": str(error)}) from None
    plan = replace(plan, instance_hash=instance_hash(problem))
    broken = violations(problem, plan)
    if not asked.no_reasons:
        plan = explained(problem, plan, previous=previous)
    written(lambda: write_plan(plan, asked.out), asked.out)
    return {
        "plan": str(asked.out),
        "plan_hash": plan_hash(plan),
        "instance_hash": plan.instance_hash,
        "stops": len(plan.stops),
        "unserved": len(problem.requests) - len(plan.stops),
        "violations": len(broken),
        "value": None if plan.value is None else value_document(plan.value),
        "bound": plan.bound,
        "gap": plan.gap,
        "optimal": plan.optimal,
        "equity": None if plan.equity is None else equity_document(plan.equity),
        "seed": plan.seed,
        "work": plan.work,
        "seconds": round(plan.seconds, 3),
        "warnings": [asdict(one) for one in find_warnings(problem)],
        "left_out": [asdict(one) for one in left_out],
    }, int(bool(broken))


def _relax(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    problem = instance_from(asked.instance)
    stop, interrupted = _criterion(asked)
    try:
        with _interruptible(interrupted):
            found = cheapest_relaxation(problem, stop=stop, seed=asked.seed, workers=asked.workers)
    except CannotStand as error:
        raise Refused(1, {"error": "cannot_stand", "message": str(error)}) from None
    return {
        "floors": [asdict(floor) for floor in found.floors],
        "shortfall": found.shortfall,
        "least": found.least,
        "proven": found.is_proven,
    }, 0


def _check(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    problem, plan = instance_from(asked.instance), plan_from(asked.plan)
    previous = None if asked.previous is None else plan_from(asked.previous)
    found = violations(problem, plan)
    worth = value_document(value(problem, plan, previous))
    return {"violations": [asdict(one) for one in found], "value": worth}, int(bool(found))


def _explain(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    problem, plan = instance_from(asked.instance), plan_from(asked.plan)
    must_be_valid(problem, plan)
    if asked.request is not None and asked.request not in problem.request_index:
        raise Refused(
            2,
            {
                "error": "unknown_request",
                "message": f"The instance has no request {asked.request!r}.",
            },
        )
    requests = None if asked.request is None else [asked.request]
    unserved = explain(problem, plan, requests=requests)
    return {"unserved": [unserved_document(one) for one in unserved]}, 0


def _draw(asked: argparse.Namespace) -> tuple[dict[str, Any], int]:
    problem, plan = instance_from(asked.instance), plan_from(asked.plan)
    must_be_valid(problem, plan)
    text = drawing(problem, plan)
    written(lambda: asked.out.write_text(text, encoding="utf-8"), asked.out)
    return {"drawing": str(asked.out), "bytes": len(text.encode())}, 0


def _instance_or_rest(asked: argparse.Namespace) -> tuple[Problem, list[Issue]]:
    if not asked.rest:
        return instance_from(asked.instance), []
    problem, left_out = parsed(asked.instance, read_rest, "invalid_instance")
    for issue in left_out:
        print(f"left out: {issue.path}: {issue.message}", file=sys.stderr)
    return problem, left_out


def _limit_memory(megabytes: int | None) -> None:
    """Beyond the limit the search ends with the best plan so far."""
    if megabytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


class _Told:
    """Tells how far a search is and keeps its best plan in the file, for a search that is killed."""

    def __init__(self, problem: Problem, out: Path) -> None:
        self._hash, self._out = instance_hash(problem), out
        # Not into a pipe or through a link: the last plan alone belongs there.
        is_plain = not out.is_symlink() and (out.is_file() or not out.exists())
        self._kept_at = -math.inf if is_plain else math.inf

    def __call__(self, progress: Progress) -> None:
        bound = "" if progress.bound is None else f"  bound {progress.bound:.2f}"
        told = f"{progress.seconds:8.1f} s  step {progress.work:6d}  value {progress.value:.2f}"
        print(f"{told}{bound}", file=sys.stderr, flush=True)
        plan = progress.plan
        if plan is not None and progress.seconds - self._kept_at >= _KEEP_EVERY:
            self._kept_at = progress.seconds
            kept = replace(plan, instance_hash=self._hash, bound=progress.bound)
            written(lambda: self._keep(kept), self._out)

    def _keep(self, plan: Plan) -> None:
        """The file holds the plan before or this one at any moment."""
        beside = self._out.with_name(f"{self._out.name}.new")
        write_plan(plan, beside)
        beside.replace(self._out)


def _criterion(asked: argparse.Namespace) -> tuple[StopCriterion, list[bool]]:
    """By work or by the clock; an interrupt ends the search with the best plan so far."""
    interrupted: list[bool] = []
    limit: StopCriterion
    if asked.work is not None:
        limit = MaxWork(asked.work)
    else:
        limit = MaxSeconds(_DEFAULT_SECONDS if asked.seconds is None else asked.seconds)
    return FirstOf(limit, Cancelled(lambda: bool(interrupted))), interrupted


class _interruptible:  # noqa: N801 - reads as a word at its one use
    """Turns the first interrupt into a wish to stop; the second one stops at once."""

    def __init__(self, interrupted: list[bool]) -> None:
        self._interrupted = interrupted

    def __enter__(self) -> None:
        def ask(*_: object) -> None:
            if self._interrupted:
                raise KeyboardInterrupt
            self._interrupted.append(True)

        self._before = signal.signal(signal.SIGINT, ask)

    def __exit__(self, *error: object) -> None:
        signal.signal(signal.SIGINT, self._before)


def _add_limits(one: argparse.ArgumentParser) -> None:
    limit = one.add_mutually_exclusive_group()
    limit.add_argument("--seconds", type=_positive_seconds, help="stop by the clock (default 10)")
    limit.add_argument("--work", type=_count, help="stop after this many steps (repeatable)")
    one.add_argument("--seed", type=_count, default=1)
    one.add_argument("--workers", type=_at_least_one, default=1, help="processes")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m touring.planning", description="Plan touring seasons.", allow_abbrev=False
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("solve", help="find a plan", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("--out", type=Path, required=True, help="where the plan is written")
    _add_limits(one)
    one.add_argument("--previous", type=Path, help="a plan whose confirmed stops should stay")
    one.add_argument("--prove", action="store_true", help="prove a bound where seasons are short")
    one.add_argument(
        "--rest",
        action="store_true",
        help="leave out what is wrong with the instance, plan the rest",
    )
    one.add_argument("--memory", type=_megabytes, metavar="MB", help="address space at most")
    one.add_argument("--no-reasons", action="store_true", help="leave the reasons out of the plan")
    one.set_defaults(command=_solve)

    one = commands.add_parser(
        "relax", help="which floors must be lowered, and by how much at least", allow_abbrev=False
    )
    one.add_argument("instance", type=Path)
    _add_limits(one)
    one.set_defaults(command=_relax)

    one = commands.add_parser("check", help="judge a plan", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("plan", type=Path)
    one.add_argument("--previous", type=Path, help="count changes against this plan")
    one.set_defaults(command=_check)

    one = commands.add_parser("explain", help="say why requests are unserved", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("plan", type=Path)
    one.add_argument("--request", metavar="ID", help="this request alone")
    one.set_defaults(command=_explain)

    one = commands.add_parser("draw", help="draw the season as SVG", allow_abbrev=False)
    one.add_argument("instance", type=Path)
    one.add_argument("plan", type=Path)
    one.add_argument("--out", type=Path, required=True, help="where the drawing is written")
    one.set_defaults(command=_draw)
    add_changes(commands, _count)
    return parser


def _positive_seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 10**7:
        raise argparse.ArgumentTypeError("give seconds between 0 and 10,000,000")
    return seconds


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10**9:
        raise argparse.ArgumentTypeError("give a whole number between 0 and 1,000,000,000")
    return number


def _megabytes(text: str) -> int:
    number = int(text)
    if not 256 <= number <= 10**7:
        raise argparse.ArgumentTypeError("give megabytes between 256 and 10,000,000")
    return number


def _at_least_one(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError("give a whole number between 1 and 64")
    return number


if __name__ == "__main__":
    sys.exit(main())
