"""Random instances with random plans for them, good and broken; together they reach every rule."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.touring.planning.instances import random_document
from touring.planning.formats import parse_instance
from touring.planning.problem import Problem
from touring.planning.result import MaintenanceSpan, Plan, Stop
from touring.planning.solve import solve
from touring.planning.stop import MaxWork


def random_case(seed: int) -> tuple[Problem, Plan, Plan | None]:
    """A problem, a plan of it that is often broken, and a previous plan or none."""
    rng = random.Random(f"case/{seed}")
    document = enriched(rng, random_document(seed))
    asked = parse_instance(document)
    free = replace(asked, rotations=())
    good = solve(free, stop=MaxWork(rng.choice((0, 0, 5))), seed=seed)
    if good.stops and rng.random() < 0.4:
        stop = rng.choice(good.stops)
        locks = [{"unit": stop.unit, "request": stop.request, "open": stop.open}]
        asked = parse_instance(document | {"locked": locks})
    plan = good if rng.random() < 0.1 else broken(rng, asked, good)
    return asked, plan, random_previous(rng, good) if rng.random() < 0.5 else None


def enriched(rng: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    """The document with rotations, modes, more maintenance and now and then a matrix."""
    days, units, hosts = document["days"], document["units"], document["hosts"]
    made = dict(document)
    if len(units) > 1 and len(hosts) > 1 and rng.random() < 0.4:
        made["rotations"] = [
            {
                "id": "turn",
                "units": [units[0]["id"], units[1]["id"]],
                "hosts": [hosts[0]["id"], hosts[1]["id"]],
                "periods": [[0, days // 2], [days // 2 + rng.randint(0, 3), days]],
                "swap_days": rng.randint(0, 30),
                "trucks": rng.choice((None, 1)),
            }
        ]
    for unit in units:
        if rng.random() < 0.25:
            first = rng.randrange(days // 2)
            needs = [*unit.get("maintenance", ()), {"days": 4, "earliest": first}]
            needs[-1]["latest"] = first + rng.choice((6, 40))
            unit["maintenance"] = needs
        if rng.random() < 0.2:
            papers = unit.setdefault("customs", [])
            papers.append({"country": rng.choice(("A", "A1", "B")), "first": 0, "end": days // 2})
    if rng.random() < 0.3:
        made["objective"] = {**document["objective"], "mode": "max_min"}
        made["objective"]["regions"] = rng.choice(([], ["A1"], ["A", "B"]))
    if rng.random() < 0.2:
        pair = {"unit": units[0]["id"], "request": document["requests"][0]["id"]}
        made["forbidden"] = [pair]
    if rng.random() < 0.25:
        made["travel"] = {"matrix": random_matrix(rng, hosts, units)}
    return made


def random_matrix(rng: random.Random, hosts: list[Any], units: list[Any]) -> dict[str, Any]:
    points = [host["id"] for host in hosts] + [f"home:{unit['id']}" for unit in units]
    size = range(len(points))
    km = [[0.0 if i == j else round(rng.uniform(1, 900), 1) for j in size] for i in size]
    matrix: dict[str, Any] = {"points": points, "km": km}
    if rng.random() < 0.5:
        matrix["days"] = [[0 if i == j else rng.randint(0, 3) for j in size] for i in size]
    return matrix


def broken(rng: random.Random, asked: Problem, good: Plan) -> Plan:
    """Some stops of a good plan moved, doubled or left out, and some at random."""
    stops: list[Stop] = []
    for stop in good.stops:
        kind = rng.choice(("keep", "keep", "keep", "shift", "swap", "drop"))
        if kind == "shift":
            stop = replace(stop, open=stop.open + rng.randint(-25, 25))
        elif kind == "swap":
            stop = replace(stop, unit=rng.choice(asked.units).id)
        if kind != "drop":
            stops.append(stop)
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        request = rng.choice(asked.requests)
        window = rng.choice(request.windows)
        opens = rng.randint(window.first - 5, max(window.first, window.end - request.stay_days) + 5)
        stops.append(Stop(rng.choice(asked.units).id, opens, request.id))
    if rng.random() < 0.05:
        stops.append(Stop("nobody", 3, asked.requests[0].id))
    return Plan(stops=tuple(sorted(set(stops))), maintenance=_maintenance(rng, asked, good))


def _maintenance(rng: random.Random, asked: Problem, good: Plan) -> tuple[MaintenanceSpan, ...]:
    spans = [span for span in good.maintenance if rng.random() < 0.9]
    spans = [
        replace(span, first=span.first + by, end=span.end + by)
        for span in spans
        for by in (rng.choice((0, 0, 0, rng.randint(-20, 20))),)
    ]
    if rng.random() < 0.3:
        first = rng.randrange(asked.days)
        spans.append(MaintenanceSpan(rng.choice(asked.units).id, first, first + 4))
    if rng.random() < 0.03:
        spans.append(MaintenanceSpan("nobody", 1, 5))
    return tuple(sorted(set(spans)))


def random_previous(rng: random.Random, good: Plan) -> Plan:
    stops = [
        replace(
            stop,
            open=stop.open + rng.choice((0, 0, 1)),
            confirmed=rng.random() < 0.7,
            weight=rng.choice((1.0, 2.5)),
        )
        for stop in good.stops
    ]
    return Plan(stops=tuple(sorted(stops)))
