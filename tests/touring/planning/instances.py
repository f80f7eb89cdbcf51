"""Small planning problems for tests: one by hand, and random ones that use every rule."""

from __future__ import annotations

import random
from typing import Any

from touring.planning.formats import parse_instance
from touring.planning.problem import Problem


def problem(**changes: Any) -> Problem:
    """One unit at home beside three hosts in a line, 100 km apart; one request each."""
    return parse_instance(document(**changes))


def document(**changes: Any) -> dict[str, Any]:
    return {
        "format": "orrery-tour/1",
        "name": "line",
        "days": 200,
        "travel": {"circuity": 1.0, "km_per_day": 500},
        "hosts": [host(f"h{i}", lon=i * DEGREES_PER_100_KM) for i in range(3)],
        "units": [unit("u1")],
        "requests": [request(f"r{i}", f"h{i}") for i in range(3)],
        "objective": {"km_cost": 0.01},
        **changes,
    }


# 100 km along the equator of WGS 84, in degrees of longitude.
DEGREES_PER_100_KM = 100 / 111.31949079327358


def host(name: str, *, lat: float = 0.0, lon: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"id": name, "lat": lat, "lon": lon, **more}


def unit(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "home": [0.0, 0.0], "available": [[0, 200]], **more}


def request(name: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "host": at,
        "stay_days": 20,
        "value": 10.0,
        "windows": [{"first": 0, "end": 200}],
        **more,
    }


def random_document(seed: int) -> dict[str, Any]:
    """A valid instance that draws on all rules but rotations; at most 5 units, 12 requests."""
    rng = random.Random(seed)
    days = rng.choice((90, 200, 365))
    regions = [
        {"id": "A", "parent": None, **_floor(rng)},
        {"id": "A1", "parent": "A", **_floor(rng)},
        {"id": "B", "parent": None, **_floor(rng)},
    ]
    hosts = [_host(rng, i, days) for i in range(rng.randint(1, 7))]
    crews = [{"id": "c", "per_week": rng.randint(1, 4)}] if rng.random() < 0.4 else []
    units = [_unit(rng, i, days, crews) for i in range(rng.randint(1, 5))]
    requests = [_request(rng, i, hosts, days) for i in range(rng.randint(1, 12))]
    groups = [one["place_group"] for one in hosts if one.get("place_group")]
    return {
        "format": "orrery-tour/1",
        "days": days,
        "travel": {"circuity": rng.choice((1.0, 1.3)), "km_per_day": rng.choice((200, 500))},
        "regions": regions,
        "hosts": hosts,
        "units": units,
        "requests": requests,
        "crews": crews,
        "no_work": [[40, 45]] if rng.random() < 0.5 else [],
        "pairings": [{"id": "p", "region": "A", "units": [units[0]["id"]], "min_stops": 1}]
        if rng.random() < 0.4
        else [],
        "gaps": {
            "any_gap_days": rng.choice((0, 15, 40)),
            "same_exhibition_gap_days": rng.choice((0, 60)),
        },
        "history": [{"place_group": groups[0], "exhibition": "e1", "close": -10}]
        if groups and rng.random() < 0.5
        else [],
        "objective": {
            "km_cost": rng.choice((0.0, 0.002, 0.05)),
            "floor_penalty": rng.choice((0, 7)),
            "must_penalty": rng.choice((0, 50)),
            "change_penalty": 5,
            "idle_cost": rng.choice((0.0, 0.01)),
        },
    }


def _floor(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(("none", "none", "min_stops", "min_value", "min_township_share"))
    amounts = {"min_stops": 2, "min_value": 12.5, "min_township_share": 0.6}
    return {} if kind == "none" else {kind: amounts[kind]}


def _host(rng: random.Random, i: int, days: int) -> dict[str, Any]:
    first = rng.randrange(days)
    return {
        "id": f"h{i}",
        "lat": 30 + rng.uniform(0, 6),
        "lon": 115 + rng.uniform(0, 6),
        "region": rng.choice(("A", "A1", "B")),
        "place_group": rng.choice((None, "g1", "g2")),
        "parallel": rng.choice((1, 1, 2)),
        "offers": {"area_m2": rng.choice((300, 500, 700))},
        "blackouts": [[first, first + 10]] if rng.random() < 0.3 else [],
        "no_work": [[first + 15, first + 20]] if rng.random() < 0.3 else [],
    }


def _unit(rng: random.Random, i: int, days: int, crews: list[Any]) -> dict[str, Any]:
    half = days // 2
    made: dict[str, Any] = {
        "id": f"u{i}",
        "home": [30 + rng.uniform(0, 6), 115 + rng.uniform(0, 6)],
        "exhibition": rng.choice((None, "e1", "e2")),
        "available": rng.choice(([[0, days]], [[5, days - 5]], [[0, half - 3], [half + 6, days]])),
        "regions": rng.choice((None, ["A"], ["A", "B"])),
        "setup_days": rng.randint(0, 3),
        "strike_days": rng.randint(0, 2),
        "free_km": rng.choice((0, 100)),
        "requires": {"area_m2": rng.choice((0, 400))},
        "returns_home": rng.random() < 0.7,
        "max_km": rng.choice((None, None, 1500)),
        "crew": "c" if crews and rng.random() < 0.7 else None,
    }
    if rng.random() < 0.4:
        made["maintenance"] = [{"days": 4, "earliest": days // 4, "latest": days // 4 + 30}]
    if rng.random() < 0.3:
        made |= {"max_days_out": rng.choice((30, 60)), "rest_days": rng.choice((0, 3))}
    if rng.random() < 0.2:
        made["customs"] = [{"country": "A", "first": 10, "end": days - 30}]
    return made


def _request(rng: random.Random, i: int, hosts: list[Any], days: int) -> dict[str, Any]:
    stay = rng.choice((1, 7, 15, 25))
    windows = []
    for _ in range(rng.randint(1, 2)):
        first = rng.randrange(-10, days - 10)
        windows.append(
            {
                "first": first,
                "end": first + rng.choice((15, 40, 100)),
                "preference": rng.choice((1.0, 0.7)),
            }
        )
    made = {
        "id": f"r{i}",
        "host": rng.choice(hosts)["id"],
        "stay_days": stay,
        "value": round(rng.uniform(1, 20), 2),
        "windows": windows,
        "must": rng.random() < 0.15,
        "township": rng.random() < 0.5,
        "exhibitions": rng.choice((None, None, ["e1"], ["e1", "e2"])),
    }
    if stay == 1 and rng.random() < 0.6:
        made["days_allowed"] = [day for day in range(days) if day % 7 < 5]
    return made
