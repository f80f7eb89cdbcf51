"""What people look at: ``./run bench web`` (the workbench beside vis-timeline, public pages).

``--pages`` only: list, map and month among 200,000 events in this process, and what they weigh on
the way. ``--workbench`` only: 600 units with 2,400 stops and 50 units with 15,000, in Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "web" / "static" / "build"
VIS = "vis-timeline@8.5.4"
SHAPES = {"600 units, 2,400 stops": (600, 2400), "50 units, 15,000 stops": (50, 15_000)}
LIMITS = {
    "first_paint_ms": 300,
    "frames_per_second": 55,
    "heap_mb": 50,
    "times_faster_to_mount": 10,
    "server_p95_ms": 80,
    "page_kb": 150,
}


def main(argv: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench web", description=__doc__)
    parser.add_argument("--workbench", action="store_true", help="only the workbench")
    parser.add_argument("--pages", action="store_true", help="only the public pages")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=40, help="to each public page")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    both = options.workbench == options.pages
    told: dict[str, object] = {"seed": options.seed, "limits": LIMITS}
    with tempfile.TemporaryDirectory() as folder:
        _prepare(Path(folder))
        if both or options.workbench:
            told["workbench"] = _workbench(options.seed)
        if both or options.pages:
            told["pages"] = _pages(options)
    return told


def _prepare(folder: Path) -> None:
    """A database of its own, empty."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's loop runs beside
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


# ---- the workbench -----------------------------------------------------------------------------------


def _workbench(seed: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    from benchmarks import _workbench as bench

    html, peer, told = _page(), _vis(), {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (units, stops) in SHAPES.items():
            made = bench.season(units, stops, seed)
            ours = bench.measure_ours(browser, "http://workbench.example", html, BUILD, made)
            vis = bench.measure_vis(browser, peer, made) if peer else None
            told[name] = {"ours": ours, "vis_timeline": vis or "not installed"}
            if vis:
                ratio = vis["mount_ms"] / ours["first_paint_ms"]
                told[name]["times_faster_to_mount"] = round(ratio, 1)
            print(name, told[name])
        browser.close()
    return told


def _page() -> str:
    """The page of a plan as it is served."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from touring.models import Plan, Season
    from venues.models import Region

    now = datetime.now(UTC)
    region = Region.objects.create(code="340000", name_zh="安徽省", level=1, changed_at=now)
    day = now.date()
    season = Season.objects.create(
        slug="bench", name_zh="基准", region=region, first_date=day,
        end_date=day + timedelta(days=700), created_at=now,
    )  # fmt: skip
    plan = Plan.objects.create(season=season, name_zh="方案", created_at=now)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("bench"))
    answer = client.get(f"/desk/plans/{plan.pk}/?lang=en", HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise RuntimeError(f"the workbench answered {answer.status_code}")
    return str(answer.content.decode())


def _vis() -> Path | None:
    """vis-timeline, fetched once into var/; None where npm cannot."""
    folder = ROOT / "var" / "bench"
    found = folder / "node_modules" / "vis-timeline"
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", VIS]
        subprocess.run(command, check=False, capture_output=True, timeout=300)
    return found if found.exists() else None


# ---- public pages --------------------------------------------------------------------------------------


def _pages(options: argparse.Namespace) -> dict[str, Any]:
    from benchmarks import _scale as scale

    chance = random.Random(options.seed)
    scale._fill(
        options.events, scale._centres(chance), chance, datetime.now(UTC).replace(microsecond=0)
    )
    told: dict[str, Any] = {"events": options.events}
    for name, address in _addresses().items():
        told[name] = _asked(address, chance, options.requests)
        print(name, told[name])
    return told


def _addresses() -> dict[str, str]:
    return {
        "list": "/whats-on/?region=34{city:04d}&start={day}&end={end}",
        "list of all": "/whats-on/?start={day}&end={end}&audience=family",
        "near": "/whats-on/?near={lat:.2f},{lon:.2f}&km=50&start={day}&end={end}",
        "map": "/whats-on/?region=34{city:04d}&start={day}&end={end}&view=map",
        "month": "/regions/34{city:04d}/?view=month&month={month}",
        "agenda": "/regions/34{city:04d}/?month={month}",
        "museum": "/venues/venue-{city}/?month={month}",
    }


def _asked(address: str, chance: random.Random, requests: int) -> dict[str, Any]:
    from django.test import Client

    client, wall, cpu, weights = Client(), [], [], []
    for number in range(requests + 3):
        day = datetime.now(UTC).date() + timedelta(days=chance.randrange(300))
        path = address.format(
            city=chance.randrange(100),
            day=day,
            end=day + timedelta(days=7),
            month=f"{day:%Y-%m}",
            lat=24 + chance.random() * 16,
            lon=103 + chance.random() * 16,
        )
        before = time.perf_counter(), time.process_time()
        answer = client.get(f"{path}&lang=en", HTTP_HOST="localhost")
        after = time.perf_counter(), time.process_time()
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        if number >= 3:  # the first ones load code
            wall.append((after[0] - before[0]) * 1000)
            cpu.append((after[1] - before[1]) * 1000)
            weights.append(_weight(answer.content))
    return {
        "median_ms": round(statistics.median(wall), 1),
        "p95_ms": round(statistics.quantiles(wall, n=20)[-1], 1),
        "p95_cpu_ms": round(statistics.quantiles(cpu, n=20)[-1], 1),
        "page_kb": round(max(weights) / 1000, 1),
    }


def _weight(content: bytes) -> int:
    """Octets on the way: the page and the scripts and styles it names, compressed."""
    total = len(gzip.compress(content, 6))
    for name in set(re.findall(rb"/static/(assets/[^\"]+)", content)):
        total += len(gzip.compress((BUILD / name.decode()).read_bytes(), 6))
    return total
