"""``./run bench planner [--seconds S] [--only NAME ...] [--peers] [--toptw]``: seasons with proof.

Every answer is valued by ``touring.planning.check``, never by the solver that found it. Each
geography gets the same wall time for each way: greedy insertion, local search alone, and column
generation with sweeps. Processor seconds (own and of all processes) stand beside wall seconds,
because a shared machine makes wall time noise.

``--peers`` compares with PyVRP, OR-Tools routing, CP-SAT and VROOM instead, on what each of them
can state (:mod:`benchmarks.peers`); ``--toptw`` takes the public instances for it.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import peers
from benchmarks.instances import toptw
from benchmarks.instances.counties import instance
from touring.planning.check import value, violations
from touring.planning.formats import parse_instance
from touring.planning.problem import Problem
from touring.planning.result import Plan
from touring.planning.solve import solve
from touring.planning.solvers import parts_of
from touring.planning.stop import MaxSeconds, MaxWork

# Seconds of the short form (ten minutes in all) and of the full one, and the gap aimed at.
SHORT = {"rotation": 1, "anhui": 30, "sichuan": 30, "north-west": 60, "nation": 120}
FULL = {"rotation": 1, "anhui": 30, "sichuan": 60, "north-west": 120, "nation": 300}
# Ningxia, Anhui and Sichuan: provinces of three sizes.
PROVINCES = ("64", "34", "51")
AIM = {"rotation": 0.0, "anhui": 0.5, "north-west": 1.0, "nation": 1.0}


def main(argv: list[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="./run bench planner")
    parser.add_argument("--full", action="store_true", help="the times of the targets")
    parser.add_argument("--seconds", type=float, help="the same time for every geography")
    parser.add_argument("--only", nargs="*", choices=sorted(FULL), help="these geographies")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--peers", action="store_true", help="other planners, on what they can state"
    )
    parser.add_argument(
        "--toptw", nargs="*", help="the public TOPTW instances (names; none: twelve)"
    )
    asked = parser.parse_args(argv)
    if asked.peers or asked.toptw is not None:
        return _contests(asked)
    rows = []
    print(f"{'instance':12}{'way':14}{'value':>12}{'bound':>12}{'gap %':>8}{'wall':>8}{'cpu':>8}")
    for name, usual in (FULL if asked.full else SHORT).items():
        if asked.only and name not in asked.only:
            continue
        rows += _measured(name, asked.seed, asked.seconds or usual, asked.workers)
    return {"seed": asked.seed, "workers": asked.workers, "rows": rows}


def _contests(asked: argparse.Namespace) -> dict[str, Any]:
    """Provinces of the nation for a year, or the TOPTW instances, beside the peers."""
    if asked.peers and peers.python() is None:
        raise SystemExit(peers.HOW)
    seconds, rows = asked.seconds or (60 if asked.toptw is not None else 30), []
    print(f"{'instance':18}{'way':10}{'value':>12}{'bound':>12}{'to ours':>9}{'wall':>8}{'cpu':>8}")
    for problem in _contest_problems(asked):
        names = peers.PEERS if asked.peers else ()
        found = peers.contest(problem, seconds=seconds, seed=asked.seed, peers=names)
        rows += [{"instance": problem.name, **vars(one)} for one in found]
    return {"seed": asked.seed, "seconds_each": seconds, "rows": rows}


def _contest_problems(asked: argparse.Namespace) -> Iterator[Problem]:
    if asked.toptw is None:
        parts = parts_of(parse_instance(instance("nation", seed=asked.seed)))
        for code in PROVINCES:
            yield next(one for one in parts if one.hosts and one.hosts[0].id.startswith(code))
        return
    folder = toptw.folder()
    if folder is None:
        raise SystemExit(
            "The TOPTW instances are not here: name their folder's in ORRERY_BENCH_DATA."
        )
    for name in asked.toptw or toptw.TWELVE:
        for paths in (2, 4):
            yield toptw.instance(folder / f"{name}.txt", paths)


def _measured(name: str, seed: int, seconds: float, workers: int) -> list[dict[str, Any]]:
    problem = rotation() if name == "rotation" else parse_instance(instance(name, seed=seed))
    ways: dict[str, Callable[[], Plan]] = {
        "greedy": lambda: solve(problem, stop=MaxWork(0), seed=seed),
        "local search": lambda: solve(problem, stop=MaxSeconds(seconds), seed=seed),
    }
    ways["squares" if name == "rotation" else "columns"] = lambda: solve(
        problem, stop=MaxSeconds(seconds), seed=seed, prove=True, workers=workers
    )
    rows = [_row(problem, name, way, run) for way, run in ways.items()]
    best = max(row["value"] for row in rows[:-1])
    rows[-1]["ratio_to_best_other"] = rows[-1]["value"] / best if best else None
    if name in AIM and rows[-1]["gap_percent"] is not None:
        missed = rows[-1]["gap_percent"] - AIM[name]
        rows[-1]["target"] = f"<= {AIM[name]} %: " + (
            "met" if missed <= 0 else f"missed by {missed:.2f} points"
        )
        print(f"  {rows[-1]['target']}")
    return rows


def _row(problem: Problem, name: str, way: str, run: Callable[[], Plan]) -> dict[str, Any]:
    wall, before = time.perf_counter(), _processor_seconds()
    plan = run()
    wall, processor = time.perf_counter() - wall, _processor_seconds() - before
    broken = violations(problem, plan)
    if broken:
        raise AssertionError(f"{way} broke {broken[0]} on {name}")
    worth = value(problem, plan).total
    gap = None if plan.gap is None else 100 * plan.gap
    row = {
        "instance": name,
        "way": way,
        "value": round(worth, 2),
        "bound": None if plan.bound is None else round(plan.bound, 2),
        "gap_percent": None if gap is None else round(gap, 3),
        "wall_seconds": round(wall, 1),
        "processor_seconds": round(processor, 1),
        "work": plan.work,
        "units": len(problem.units),
        "requests": len(problem.requests),
    }
    bound, percent = row["bound"] or "-", "-" if gap is None else f"{gap:.2f}"
    print(f"{name:12}{way:14}{worth:12.1f}{bound:>12}{percent:>8}{wall:8.1f}{processor:8.1f}")
    return row


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def rotation() -> Problem:
    """Four sets, four hosts, four quarters: a Latin square with four trucks."""
    places = range(4)
    return parse_instance(
        {
            "format": "orrery-tour/1",
            "name": "rotation-4x4",
            "days": 364,
            "hosts": [{"id": f"h{i}", "lat": 31.0 + i / 2, "lon": 117.0} for i in places],
            "units": [
                {"id": f"u{i}", "home": [31.5, 117.5], "available": [[0, 364]],
                 "setup_days": 1, "strike_days": 1}
                for i in places
            ],
            "requests": [
                {"id": f"r{host}-{turn}", "host": f"h{host}", "stay_days": 80, "value": 10.0,
                 "windows": [{"first": 91 * turn, "end": 91 * (turn + 1)}]}
                for host in places
                for turn in places
            ],
            "rotations": [
                {"id": "square", "units": [f"u{i}" for i in places],
                 "hosts": [f"h{i}" for i in places],
                 "periods": [[91 * turn, 91 * (turn + 1)] for turn in places],
                 "swap_days": 10, "trucks": 4}
            ],
            "objective": {"mode": "weighted", "km_cost": 0.002},
        }
    )  # fmt: skip
