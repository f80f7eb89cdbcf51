"""Other planners on the part of a problem that each of them can state.

They live in an environment of their own, ``var/peers``: OR-Tools and HiGHS cannot be loaded into
one process, and nobody who only runs the service should install them. Each is a script that reads
a statement (:mod:`benchmarks.peers.statement`) and answers with routes; ``check`` values them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.statement import plan_from, relaxed, statement
from touring.planning.check import value, violations
from touring.planning.problem import Problem
from touring.planning.solve import solve
from touring.planning.stop import MaxSeconds

FOLDER = Path(__file__).resolve().parent
PYTHON = FOLDER.parents[1] / "var" / "peers" / "bin" / "python"
PEERS = ("pyvrp", "routing", "cp_sat", "vroom")
HOW = """The peers are not installed. Once:
  python3 -m venv var/peers && var/peers/bin/pip install -r benchmarks/peers/requirements.txt
(ORRERY_PEERS_PYTHON names another interpreter that has them)."""


@dataclass(frozen=True)
class Result:
    """What one way made of the relaxed problem; ``value`` is None where its answer is not valid."""

    way: str
    value: float | None
    wall: float
    processor: float
    bound: float | None = None
    problem: str = ""


def python() -> Path | None:
    """The interpreter that has the peers."""
    named = os.environ.get("ORRERY_PEERS_PYTHON")
    path = Path(named) if named else PYTHON
    return path if path.exists() else None


def contest(problem: Problem, *, seconds: float, seed: int, peers: Sequence[str]) -> list[Result]:
    """Ours and each peer on the same relaxed problem, one after the other, each ``seconds`` long."""
    asked, interpreter = relaxed(problem), python()
    results = [_ours(asked, seconds, seed)]
    if interpreter is None or not peers:
        return results
    stated = json.dumps(statement(asked) | {"seconds": seconds, "seed": seed, "cores": 1})
    for peer in peers:
        results.append(_theirs(asked, peer, stated, interpreter, seconds))
        print_row(problem.name, results[-1], results[0])
    return results


def print_row(name: str, result: Result, ours: Result) -> None:
    """One line of the table; the ratio is the peer's value to ours."""
    worth = "invalid" if result.value is None else f"{result.value:.2f}"
    ratio = "-"
    if result.value is not None and ours.value:
        ratio = f"{result.value / ours.value:.4f}"
    bound = "-" if result.bound is None else f"{result.bound:.2f}"
    print(
        f"{name[-16:]:18}{result.way:10}{worth:>12}{bound:>12}{ratio:>9}"
        f"{result.wall:8.1f}{result.processor:8.1f}  {result.problem}",
        flush=True,
    )


def _ours(asked: Problem, seconds: float, seed: int) -> Result:
    wall, processor = time.perf_counter(), time.process_time()
    plan = solve(asked, stop=MaxSeconds(seconds), seed=seed, prove=True)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    broken = violations(asked, plan)
    if broken:
        raise AssertionError(f"ours broke {broken[0]} on {asked.name}")
    result = Result("orrery", value(asked, plan).total, wall, processor, plan.bound)
    print_row(asked.name, result, result)
    return result


def _theirs(asked: Problem, peer: str, stated: str, interpreter: Path, seconds: float) -> Result:
    wall, before = time.perf_counter(), _children()
    try:
        done = subprocess.run(
            [interpreter, FOLDER / f"with_{peer}.py"],
            input=stated,
            capture_output=True,
            text=True,
            timeout=3 * seconds + 120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Result(peer, None, time.perf_counter() - wall, _children() - before, None, "no end")
    wall, processor = time.perf_counter() - wall, _children() - before
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Result(peer, None, wall, processor, None, last)
    answer = json.loads(done.stdout.splitlines()[-1])
    plan = plan_from(asked, answer["routes"])
    broken = violations(asked, plan)
    if broken:
        return Result(peer, None, wall, processor, None, str(broken[0]))
    return Result(peer, value(asked, plan).total, wall, processor, answer.get("bound"))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
