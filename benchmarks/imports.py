"""A whole import beside mere parsing: 10,000 events through the bounded process into the database.

Peers are ``icalendar`` and, where they are installed, other parsers of the same bytes. Each step
is timed in one run; the memory is this process's and its children's. ``--sources`` afterwards
reads many small calendars with two workers' worth of threads, other work in between.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


def main(argv: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="./run bench import", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261102)
    parser.add_argument("--database", default="", help="default: a new SQLite file")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder:
        _prepare(Path(folder), options.database)
        figures = _whole_import(_calendar(options.events, options.seed))
        figures |= _many_sources(options.sources, options.seed)
    parse = figures["icalendar parses"]
    answer = {
        "workload": f"{options.events} VEVENTs read, taken over and read again; "
        f"{options.sources} small calendars",
        "seed": options.seed,
        "database": figures.pop("database"),
        "figures": figures,
        "whole_import_over_parsing": round(figures["whole import"] / parse, 3),
        "same_bytes_over_parsing": round(figures["same bytes again"] / parse, 4),
        "new_export_over_parsing": round(figures["same events, new DTSTAMP"] / parse, 4),
    }
    _print_table(answer)
    return answer


def _prepare(folder: Path, database: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DATABASE_URL": database or f"sqlite:///{folder / 'bench.sqlite3'}",
        "VAR_DIR": str(folder),
        "CACHE_URL": "locmemcache://",
        "LOG_LEVEL": "ERROR",
        "DEBUG": "",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


# ---- one large calendar --------------------------------------------------------------------------


def _whole_import(body: bytes) -> dict[str, Any]:
    from django.db import connection

    subscription = _subscription("large")
    figures: dict[str, Any] = {"database": connection.vendor, "megabytes": len(body) / 1e6}
    figures["whole import"] = _timed(lambda: _read(subscription, body, 0))
    # Of this process alone and before the peers, whose objects would count as ours.
    figures["peak MB"] = _peak(resource.RUSAGE_SELF)
    figures["same bytes again"] = _timed(lambda: _read(subscription, body, 4))
    stamped = body.replace(b"DTSTAMP:20261001", b"DTSTAMP:20261102")
    figures["same events, new DTSTAMP"] = _timed(lambda: _read(subscription, stamped, 8))
    moved = body.replace("第17场".encode(), "第十七场".encode(), 1)
    figures["one event changed"] = _timed(lambda: _read(subscription, moved, 12))
    for name, parse in _parsers().items():
        figures[f"{name} parses"] = _timed(partial(parse, body))
    from events.imports import isolated

    isolated._reader().end()
    figures["peak MB of the reader"] = _peak(resource.RUSAGE_CHILDREN)
    _check(subscription, body.count(b"BEGIN:VEVENT"))
    return figures


def _parsers() -> dict[str, Callable[[bytes], object]]:
    from icalendar import Calendar

    found: dict[str, Callable[[bytes], object]] = {"icalendar": Calendar.from_ical}
    if importlib.util.find_spec("vobject"):
        import vobject

        found["vobject"] = lambda body: list(vobject.readComponents(body.decode()))
    return found


def _check(subscription, number: int) -> None:
    events = subscription.source.events.count()
    if events != number:
        raise RuntimeError(f"{number} events were sent and {events} are there")


# ---- many small calendars ------------------------------------------------------------------------


def _many_sources(number: int, seed: int) -> dict[str, Any]:
    """One calendar after the other, as one reader does; two read at the same time."""
    bodies = [_calendar(20, seed + n) for n in range(number)]
    rows = [_subscription(f"small-{n}") for n in range(number)]
    waits = []
    began = time.perf_counter()
    for row, body in zip(rows, bodies, strict=True):
        waits.append(_timed(partial(_read, row, body, 0)))
    whole = time.perf_counter() - began
    waits.sort()
    return {
        "small calendars a second": round(number / whole, 2),
        "longest wait behind two readers": round(2 * waits[-1], 3),
    }


# ---- parts ---------------------------------------------------------------------------------------


def _subscription(name: str):
    from events.models import Source, Subscription

    source = Source.objects.create(
        slug=name, kind="subscription", name_zh=name, created_at=NOW - timedelta(days=1)
    )
    return Subscription.objects.create(
        source=source, url=f"https://{name}.example/a.ics", next_fetch_at=NOW
    )


def _read(subscription, body: bytes, hours: int) -> None:
    from events.imports.fetch import Fetched
    from events.services.subscriptions import refresh_subscription

    now = NOW + timedelta(hours=hours)
    refresh_subscription(
        fetch=lambda *_, **__: Fetched(body), subscription_id=subscription.pk, now=now
    )


def _calendar(number: int, seed: int) -> bytes:
    """As a content management system writes it: some 500 octets an event."""
    chance = random.Random(seed)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//benchmark//EN"]
    for n in range(number):
        day = date(2026, 11, 3) + timedelta(days=chance.randrange(700))
        hour = chance.randrange(9, 17)
        lines += [
            *("BEGIN:VEVENT", f"UID:{chance.getrandbits(64):x}-{n}@museum.example"),
            *("DTSTAMP:20261001T000000Z", f"DTSTART;TZID=Asia/Shanghai:{day:%Y%m%d}T{hour:02}0000"),
            *(f"DTEND;TZID=Asia/Shanghai:{day:%Y%m%d}T{hour + 1:02}3000", "SEQUENCE:1"),
            *(f"SUMMARY:第{n}场：光的故事", "LOCATION:合肥科技馆\\, 黄山路446号"),
            "DESCRIPTION:" + "动手做一台望远镜\\, 看月亮和木星。" * chance.randrange(1, 4),
            *(f"URL:https://museum.example/events/{n}", "CATEGORIES:Light,Family"),
            *("STATUS:CONFIRMED", "LAST-MODIFIED:20261001T000000Z", "END:VEVENT"),
        ]
    return ("\r\n".join([*lines, "END:VCALENDAR", ""])).encode()


def _timed(act: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 4)


def _peak(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


def _print_table(answer: dict) -> None:
    for name, figure in answer["figures"].items():
        sys.stdout.write(f"{name:36} {figure:>12}\n")
    for name in ("whole_import", "same_bytes", "new_export"):
        key = f"{name}_over_parsing"
        sys.stdout.write(f"{key:36} {answer[key]:>12}\n")
