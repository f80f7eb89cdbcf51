"""Rotations against every Latin square that there is."""

from __future__ import annotations

import itertools
import random
import time

import pytest

from tests.touring.planning.instances import document, host, unit
from touring.planning.check import value, violations
from touring.planning.formats import parse_instance
from touring.planning.problem import Problem
from touring.planning.solve import solve
from touring.planning.solvers import best_squares
from touring.planning.stop import MaxWork


def rotating(seed: int, size: int = 3) -> Problem:
    """Sets that differ in home and way of ending; requests that differ in worth by period."""
    rng, turns = random.Random(f"rotating/{seed}"), range(size)
    periods = [[60 * turn, 60 * (turn + 1)] for turn in turns]
    maintenance = [{"days": 4, "earliest": 45, "latest": 80}] if rng.random() < 0.5 else []
    return parse_instance(
        document(
            days=60 * size,
            regions=[{"id": "A", "min_value": 8.0 * size}],
            hosts=[
                host(f"h{i}", lat=30 + rng.uniform(0, 2), lon=105 + rng.uniform(0, 2), region="A")
                for i in turns
            ],
            units=[
                unit(
                    f"u{i}",
                    home=[30 + rng.uniform(0, 2), 105 + rng.uniform(0, 2)],
                    available=[[0, 60 * size]],
                    setup_days=1,
                    strike_days=1,
                    returns_home=rng.random() < 0.7,
                    maintenance=maintenance if i == 0 else [],
                )
                for i in turns
            ],
            requests=[
                {
                    "id": f"r{place}-{turn}-{level}",
                    "host": f"h{place}",
                    "stay_days": 40,
                    "value": round(rng.uniform(2, 9), 1),
                    "must": rng.random() < 0.2,
                    "windows": [{"first": first, "end": end}],
                }
                for place in turns
                for turn, (first, end) in enumerate(periods)
                for level in range(rng.randint(1, 2))
            ],
            rotations=[
                {
                    "id": "sq",
                    "units": [f"u{i}" for i in turns],
                    "hosts": [f"h{i}" for i in turns],
                    "periods": periods,
                    "swap_days": 15,
                    "trucks": size,
                }
            ],
            objective={"km_cost": 0.02, "must_penalty": 5, "floor_penalty": 0.3},
        )
    )


def best_of_all_squares(asked: Problem) -> float:
    """The best value among all squares; every cell takes its dearest request, legs go straight."""
    size = len(asked.units)
    rows = list(itertools.permutations(range(size)))
    squares = [
        walks
        for walks in itertools.product(rows, repeat=size)
        if all(len(set(column)) == size for column in zip(*walks, strict=True))
    ]
    best = -float("inf")
    for walks in squares:
        km = sum(_km(asked, u, walk) for u, walk in enumerate(walks))
        best = max(best, -asked.objective.km_cost * km)
    return best + _cells(asked)


def _cells(asked: Problem) -> float:
    """The most that one request a cell is worth, with floors and musts paid."""
    cells: dict[tuple[str, int], list[tuple[float, bool]]] = {}
    for request in asked.requests:
        place = (request.host, request.windows[0].first)
        cells.setdefault(place, []).append((request.value, request.must))
    musts, floor = sum(r.must for r in asked.requests), asked.regions[0].min_value or 0.0
    return max(
        worth - 5 * (musts - kept) - 0.3 * max(0.0, floor - worth)
        for choice in itertools.product(*cells.values())
        for worth, kept in [(sum(one for one, _ in choice), sum(must for _, must in choice))]
    )


def _km(asked: Problem, u: int, walk: tuple[int, ...]) -> float:
    km = asked.km_from_home[u, walk[0]]
    km += sum(asked.host_km[one, two] for one, two in itertools.pairwise(walk))
    return float(km + (asked.km_to_home[u, walk[-1]] if asked.units[u].returns_home else 0.0))


@pytest.mark.parametrize("seed", range(12))
def test_the_best_square_is_found_and_bounds_every_plan(seed):
    asked = rotating(seed)

    plan = solve(asked, stop=MaxWork(3), prove=True)

    assert violations(asked, plan) == []
    assert plan.optimal
    assert value(asked, plan).total == pytest.approx(plan.bound, abs=1e-5)
    if not asked.units[0].maintenance:
        assert plan.bound == pytest.approx(best_of_all_squares(asked), abs=1e-5)


def test_four_by_four_is_proven_in_a_second_of_the_processor():
    asked = rotating(1, size=4)
    best_squares(asked)  # what is loaded once
    began = time.process_time()

    plan = solve(asked, stop=MaxWork(3), prove=True)

    assert time.process_time() - began < 1
    assert plan.optimal
