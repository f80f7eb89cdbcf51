"""A year of caravans: one-day visits to schools and townships of real counties, drawn with a seed.

Points are scattered around each county's seat; two of three lie in townships. Schools receive on
weekdays outside the holidays alone. ``sichuan`` has 90 counties with twelve wishes each; ``nation``
has about 1,700 vehicles and a hundred wishes for each.
"""

from __future__ import annotations

import random
from typing import Any

from benchmarks.instances.counties import COUNTIES, Geography, _rows

_DAYS = 365
_HOLIDAYS = ((15, 46), (120, 124), (190, 243), (273, 281))
_SCHOOL = [
    day
    for day in range(_DAYS)
    if (day + 4) % 7 < 5 and not any(first <= day < end for first, end in _HOLIDAYS)
]


def instance(name: str, *, seed: int = 1) -> dict[str, Any]:
    """The instance document; the same seed gives the same document."""
    rng = random.Random(f"caravans/{name}/{seed}")
    provinces = ("四川省",) if name == "sichuan" else ()
    rows = _rows(Geography(provinces, units=0, days=_DAYS), COUNTIES)
    rows = rows[:90] if name == "sichuan" else rows[:1700]
    wishes, per_base = (12, 8) if name == "sichuan" else (100, 1)
    hosts, requests = [], []
    for row in rows:
        for number in range(wishes):
            host, request = _wish(row, number, rng)
            hosts.append(host)
            requests.append(request)
    codes = list(dict.fromkeys(row["adcode"] for row in rows))
    provinces_of = sorted({code[:2] for code in codes})
    return {
        "format": "orrery-tour/1",
        "name": f"caravans-{name}-2027",
        "start": "2027-01-01",
        "days": _DAYS,
        "travel": {"circuity": 1.3, "km_per_day": 350},
        "regions": [
            *(
                {"id": f"{code}0000", "parent": None, "min_township_share": 0.6}
                for code in provinces_of
            ),
            *({"id": code, "parent": f"{code[:2]}0000"} for code in codes),
        ],
        "hosts": hosts,
        "units": [_vehicle(rows[i], rows[i : i + per_base]) for i in range(0, len(rows), per_base)],
        "requests": requests,
        "no_work": [],
        "objective": {"mode": "weighted", "km_cost": 0.005, "floor_penalty": 10},
    }


def _wish(
    row: dict[str, str], number: int, rng: random.Random
) -> tuple[dict[str, Any], dict[str, Any]]:
    name, is_school = f"{row['adcode']}-{number:03d}", rng.random() < 0.6
    first = rng.randrange(0, _DAYS - 120)
    windows = [{"first": first, "end": first + rng.randrange(30, 90), "preference": 1.0}]
    if rng.random() < 0.5:
        windows.append({"first": 0, "end": _DAYS, "preference": 0.7})
    host = {
        "id": name,
        "region": row["adcode"],
        "lat": round(float(row["lat_wgs84"]) + rng.gauss(0, 0.12), 5),
        "lon": round(float(row["lon_wgs84"]) + rng.gauss(0, 0.12), 5),
    }
    request = {
        "id": name,
        "host": name,
        "stay_days": 1,
        "value": round(rng.uniform(2.0, 8.0), 1),
        "township": rng.random() < 0.67,
        "windows": windows,
    }
    if is_school:
        request["days_allowed"] = _SCHOOL
    return host, request


def _vehicle(base: dict[str, str], served: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": f"caravan-{base['adcode']}",
        "home": [float(base["lat_wgs84"]), float(base["lon_wgs84"])],
        "regions": [row["adcode"] for row in served],
        "available": [[0, _DAYS]],
        "free_km": 80,
        "max_days_out": 12,
        "rest_days": 2,
        "maintenance": [{"days": 5, "earliest": 190, "latest": 243}],
    }
