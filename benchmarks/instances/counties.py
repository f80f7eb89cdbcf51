"""Seasons of regular tours on real counties; what the file does not hold is drawn with a seed.

Run as ``python -m benchmarks.instances.counties NAME --out FILE.json``; NAME is one of the
geographies below.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COUNTIES = Path(__file__).resolve().parents[2] / "venues" / "data" / "cn_counties.csv"
THEMES = ("light", "water", "body", "space")
_HOLIDAY_WEEKS = ((35, 42), (391, 398))


@dataclass(frozen=True)
class Geography:
    """``provinces`` of ``()``: all; ``second`` is the share of hosts that ask twice."""

    provinces: tuple[str, ...]
    units: int
    days: int
    with_districts: bool = False
    second: float = 0.7


GEOGRAPHIES = {
    "anhui": Geography(("安徽省",), units=13, days=730),
    "sichuan": Geography(("四川省",), units=28, days=730),
    "north-west": Geography(
        ("陕西省", "甘肃省", "青海省", "宁夏回族自治区", "新疆维吾尔自治区"), units=110, days=730
    ),
    "nation": Geography((), units=600, days=365, with_districts=True, second=0.0),
}


def instance(name: str, *, seed: int = 1, counties: Path = COUNTIES) -> dict[str, Any]:
    """The instance document of a geography; the same seed gives the same document."""
    geography = GEOGRAPHIES[name]
    rng = random.Random(f"{name}/{seed}")
    rows = _rows(geography, counties)
    hosts = [_host(row, rng) for row in rows]
    return {
        "format": "orrery-tour/1",
        "name": f"{name}-2027",
        "start": "2027-01-01",
        "days": geography.days,
        "travel": {"circuity": 1.3, "km_per_day": 500},
        "regions": _regions(rows),
        "hosts": hosts,
        "units": _units(geography, rows, rng),
        "requests": _requests(geography, hosts, rng),
        "no_work": [list(week) for week in _HOLIDAY_WEEKS if week[1] <= geography.days],
        "gaps": {"same_exhibition_gap_days": 720, "any_gap_days": 180},
        "objective": {
            "mode": "weighted",
            "km_cost": 0.002,
            "floor_penalty": 50,
            "must_penalty": 500,
            "change_penalty": 5,
        },
    }


def _rows(geography: Geography, counties: Path) -> list[dict[str, str]]:
    with counties.open(encoding="utf-8", newline="") as stream:
        return [
            row
            for row in csv.DictReader(stream)
            if (not geography.provinces or row["province"] in geography.provinces)
            and (geography.with_districts or row["type"] != "市辖区")
            and row["lat_wgs84"]
        ]


def _regions(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    regions: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = row["adcode"]
        province, prefecture = f"{code[:2]}0000", f"{code[:4]}00"
        regions.setdefault(province, {"id": province, "parent": None})
        if prefecture != province:
            regions.setdefault(prefecture, {"id": prefecture, "parent": province, "min_stops": 1})
        regions.setdefault(code, {"id": code, "parent": prefecture})
    return list(regions.values())


def _host(row: dict[str, str], rng: random.Random) -> dict[str, Any]:
    too_small = rng.random() < 0.05
    area = rng.choice((250, 320, 360)) if too_small else rng.choice((420, 500, 600, 800, 1000))
    first = rng.randrange(0, 700)
    return {
        "id": row["adcode"],
        "region": row["adcode"],
        "place_group": row["adcode"],
        "lat": float(row["lat_wgs84"]),
        "lon": float(row["lon_wgs84"]),
        "offers": {
            "area_m2": area,
            "height_m": rng.choice((2.8, 3.2, 3.5, 4.0, 4.5)),
            "power_kw": rng.choice((20, 30, 40)),
        },
        "blackouts": [[first, first + rng.randrange(7, 30)]] if rng.random() < 0.4 else [],
    }


def _units(
    geography: Geography, rows: list[dict[str, str]], rng: random.Random
) -> list[dict[str, Any]]:
    """Spread over the provinces by their counties; every unit has its province's first seat as home."""
    by_province: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_province.setdefault(row["adcode"][:2], []).append(row)
    quota = _quota({code: len(members) for code, members in by_province.items()}, geography.units)
    units = []
    for code, members in by_province.items():
        for number in range(quota[code]):
            home = members[0] if geography.with_districts else _hub(members)
            units.append(_unit(f"{code}-{number + 1:02d}", code, home, geography, number, rng))
    return units


def _unit(
    name: str,
    province: str,
    home: dict[str, str],
    geography: Geography,
    number: int,
    rng: random.Random,
) -> dict[str, Any]:
    overhauls = [
        {"days": 10, "earliest": year * 365 + 150, "latest": year * 365 + 270}
        for year in range(geography.days // 365)
    ]
    return {
        "id": name,
        "exhibition": THEMES[number % len(THEMES)],
        "home": [float(home["lat_wgs84"]), float(home["lon_wgs84"])],
        "regions": [f"{province}0000"],
        "available": [[0, geography.days]],
        "setup_days": 4,
        "strike_days": 2,
        "requires": {"area_m2": 400, "height_m": rng.choice((2.5, 3.0, 3.0, 3.4))},
        "maintenance": overhauls,
    }


def _hub(rows: list[dict[str, str]]) -> dict[str, str]:
    """The county nearest to the middle of all, as a stand-in for the province's depot."""
    lat = sum(float(row["lat_wgs84"]) for row in rows) / len(rows)
    lon = sum(float(row["lon_wgs84"]) for row in rows) / len(rows)
    return min(
        rows,
        key=lambda row: (float(row["lat_wgs84"]) - lat) ** 2 + (float(row["lon_wgs84"]) - lon) ** 2,
    )


def _quota(sizes: dict[str, int], units: int) -> dict[str, int]:
    """Largest remainders, at least one unit each."""
    total = sum(sizes.values())
    exact = {code: units * size / total for code, size in sizes.items()}
    quota = {code: max(1, int(share)) for code, share in exact.items()}
    for code in sorted(exact, key=lambda one: (int(exact[one]) - exact[one], one)):
        if sum(quota.values()) >= units:
            break
        quota[code] += 1
    return quota


def _requests(
    geography: Geography, hosts: list[dict[str, Any]], rng: random.Random
) -> list[dict[str, Any]]:
    requests = []
    for host in hosts:
        need = round(rng.uniform(4.0, 16.0), 1)
        rounds = 2 if rng.random() < geography.second else 1
        for turn in range(rounds):
            requests.append(  # noqa: PERF401 - the draws stand in order
                {
                    "id": f"{host['id']}-{turn + 1}",
                    "host": host["id"],
                    "exhibitions": None if rng.random() < 0.7 else rng.sample(THEMES, 2),
                    "stay_days": rng.choice((60, 60, 60, 75, 90)),
                    "value": need if turn == 0 else round(need * 0.4, 1),
                    "must": turn == 0 and rng.random() < 0.05,
                    "windows": _windows(geography.days, turn, rounds, rng),
                }
            )
    return requests


def _windows(days: int, turn: int, rounds: int, rng: random.Random) -> list[dict[str, Any]]:
    """A first wish and, often, a second one in the request's part of the season."""
    part = days // rounds
    start = turn * part
    length = rng.randrange(120, 260)
    first = start + rng.randrange(0, max(1, part - length))
    windows = [{"first": first, "end": min(days, first + length), "preference": 1.0}]
    if rng.random() < 0.6:
        other = start + rng.randrange(0, max(1, part - 120))
        windows.append({"first": other, "end": min(days, other + 150), "preference": 0.8})
    return windows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instances.counties")
    parser.add_argument("name", choices=sorted(GEOGRAPHIES))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--counties", type=Path, default=COUNTIES)
    asked = parser.parse_args()
    document = instance(asked.name, seed=asked.seed, counties=asked.counties)
    asked.out.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(document['units'])} units, {len(document['requests'])} requests")


if __name__ == "__main__":
    main()
