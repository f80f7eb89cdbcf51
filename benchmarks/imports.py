"""A whole import beside mere parsing: 10,000 events through the bounded process into the database.

Peers are ``icalendar`` and, where they are installed, other parsers of the same bytes. Each step
is timed in one run, by the clock and (``CPU``) by the processor time that it and the reader
process took, which neighbours on the machine disturb less. Then the preview of a workbook of
20,000 rows, as it is handed in, in a process of its own, so that its memory can be told. At last a
real Celery worker of two processes reads ``--sources`` small calendars again from a web server on
loopback, through the guarded fetch; every hundredth does not answer, as at the time before. A
short job is sent four times a second meanwhile, and how long each waited is measured.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import io
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
ROWS = 19_999  # with the headings 20,000
PATIENCE_SECONDS = 1_500
SILENT_SECONDS = 40  # longer than the fetch waits


def main(argv: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="./run bench import", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--sources", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=20261102)
    parser.add_argument("--database", default="", help="default: a new SQLite file")
    options = parser.parse_args(argv)
    bodies = [_calendar(20, options.seed + n) for n in range(options.sources)]
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder, _served(bodies) as host:
        _prepare(Path(folder), options.database, host)
        figures = _apart(_whole_import, _calendar(options.events, options.seed))
        figures |= _apart(_preview)
        figures |= _many_sources(options.sources, host, Path(folder)) if options.sources else {}
    answer = {
        "workload": f"{options.events} VEVENTs read, taken over and read again; "
        f"{options.sources} small calendars",
        "seed": options.seed,
        "database": figures.pop("database"),
        "figures": figures,
        **{f"{name}_over_parsing": _over_parsing(figures, step) for name, step in _RATIOS.items()},
    }
    _print_table(answer)
    return answer


_RATIOS = {
    "whole_import": "whole import",
    "same_bytes": "same bytes again",
    "new_export": "same events, new DTSTAMP",
}


def _over_parsing(figures: dict[str, Any], step: str) -> float:
    return round(figures[f"{step}, CPU"] / figures["icalendar parses, CPU"], 4)


def _apart(part: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """A part's figures, taken in a fresh process: what others left in memory is not its own."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, initializer=_set_up) as pool:
        return pool.submit(part, *arguments).result()


def _set_up() -> None:
    import django

    django.setup()


def _prepare(folder: Path, database: str, host: str) -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DATABASE_URL": database or f"sqlite:///{folder / 'bench.sqlite3'}",
        "VAR_DIR": str(folder),
        "CACHE_URL": "locmemcache://",
        "BROKER_URL": "filesystem://",
        "FETCH_ALLOWED_PRIVATE_HOSTS": host,
        "LOG_LEVEL": "ERROR",
        "DEBUG": "",
    }
    _set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


# ---- one large calendar --------------------------------------------------------------------------


def _whole_import(body: bytes) -> dict[str, Any]:
    from django.db import connection

    subscription = _subscription("large")
    figures: dict[str, Any] = {"database": connection.vendor, "megabytes": len(body) / 1e6}
    figures |= _timed("whole import", lambda: _read(subscription, body, 0))
    # Of this process alone and before the peers, whose objects would count as ours.
    figures["peak MB"] = _peak(resource.RUSAGE_SELF)
    figures |= _timed("same bytes again", lambda: _read(subscription, body, 4))
    stamped = body.replace(b"DTSTAMP:20261001", b"DTSTAMP:20261102")
    figures |= _timed("same events, new DTSTAMP", lambda: _read(subscription, stamped, 8))
    moved = body.replace("第17场".encode(), "第十七场".encode(), 1)
    figures |= _timed("one event changed", lambda: _read(subscription, moved, 12))
    for name, parse in _parsers().items():
        figures |= _timed(f"{name} parses", partial(parse, body))
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


# ---- a workbook ----------------------------------------------------------------------------------


def _preview() -> dict[str, Any]:
    """Handed in as people do it: read in its process, typed, tried out and rolled back."""
    from django.contrib.auth.models import User

    from events.models import Event
    from touring.services.uploads import hand_in
    from venues.models import Region, RegionPath, Venue

    region = Region.objects.create(code="340100", name_zh="合肥市", level=2, changed_at=NOW)
    RegionPath.objects.create(ancestor=region, descendant=region, depth=0)
    Venue.objects.create(
        slug="museum",
        kind="science_museum",
        name_zh="馆",
        region=region,
        changed_at=NOW,
    )
    boss = User.objects.create_superuser("boss")
    content, before, uploads = _workbook(ROWS), Event.objects.count(), []

    def preview() -> None:
        uploads.append(hand_in(kind="events", content=content, place="museum", by=boss, now=NOW))

    figures = _timed("preview of 20,000 rows", preview)
    if uploads[0].report["counts"]["created"] != ROWS or Event.objects.count() != before:
        raise RuntimeError(f"the preview says {uploads[0].report['counts']}")
    return {
        **figures,
        "peak MB of the preview": _peak(resource.RUSAGE_SELF),
        "peak MB of its reader": _peak(resource.RUSAGE_CHILDREN),
    }


def _workbook(rows: int) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["编号", "标题", "开始日期", "开始时间", "结束时间", "类型", "地点", "简介"])
    for n in range(rows):
        day = date(2027, 1, 1) + timedelta(days=n % 700)
        words = "动手做一台望远镜，看月亮和木星。"
        sheet.append([str(n), f"第{n}场：光的故事", day, "9:30", "11:00", "讲座", "二楼", words])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


# ---- many small calendars ------------------------------------------------------------------------


def _many_sources(number: int, host: str, folder: Path) -> dict[str, Any]:
    from benchmarks._short_jobs import short_job
    from events.models import Subscription
    from events.tasks import refresh_subscriptions

    Subscription.objects.update(is_active=False)
    now = datetime.now(UTC)
    yesterday = now - timedelta(days=1)
    for n in range(number):
        is_silent = n % 100 == 99
        known = {"succeeded_at": yesterday, "failed_since": yesterday if is_silent else None}
        path = "silent" if is_silent else f"{n}.ics"
        _subscription(f"small-{n}", f"http://{host}/{path}", next_fetch_at=now, **known)
    unread = Subscription.objects.filter(is_active=True, next_fetch_at__lte=now)
    waits = folder / "waits"
    waits.touch()
    sent, began = 0, time.perf_counter()
    with _worker(folder):
        short_job.delay(time.time(), str(waits))
        while not waits.read_text():  # the worker is up
            _be_patient(began)
        waits.write_text("")
        began, rounds = time.perf_counter(), 0
        while unread.exists():
            if time.perf_counter() - began >= 300 * rounds:  # as the timetable does
                refresh_subscriptions.delay()
                rounds += 1
            short_job.delay(time.time(), str(waits))
            sent += 1
            _be_patient(began)
        whole = time.perf_counter() - began
        while len(waits.read_text().split()) < sent:
            _be_patient(began)
    lasted = sorted(map(float, waits.read_text().split()))
    return {
        "small calendars": number,
        "small calendars a second": round(number / whole, 2),
        "short jobs meanwhile": sent,
        "usual wait of a short job": round(lasted[len(lasted) // 2], 3),
        "longest wait of a short job": round(lasted[-1], 3),
    }


def _be_patient(began: float) -> None:
    time.sleep(0.25)
    if time.perf_counter() - began > PATIENCE_SECONDS:
        raise RuntimeError("the worker does not get through")


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "celery", "-A", "benchmarks._short_jobs", "worker"]
    with (folder / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            [*command, "--concurrency=2", "--loglevel=ERROR", "--without-gossip"],
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(60)


@contextmanager
def _served(bodies: list[bytes]) -> Iterator[str]:
    """``host:port`` of a web server that has each of ``bodies`` at its number."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/silent":
                time.sleep(SILENT_SECONDS)
                return
            body = bodies[int(self.path.strip("/").removesuffix(".ics"))]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


# ---- parts ---------------------------------------------------------------------------------------


def _subscription(name: str, url: str = "", **known: Any):
    from events.models import Source, Subscription

    source = Source.objects.create(
        slug=name, kind="subscription", name_zh=name, created_at=NOW - timedelta(days=1)
    )
    return Subscription.objects.create(
        source=source,
        url=url or f"https://{name}.example/a.ics",
        **{"next_fetch_at": NOW} | known,
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


def _timed(name: str, act: Callable[[], object]) -> dict[str, float]:
    gc.collect()
    began, worked = time.perf_counter(), _worked()
    act()
    return {
        name: round(time.perf_counter() - began, 4),
        f"{name}, CPU": round(_worked() - worked, 4),
    }


def _worked() -> float:
    """Processor seconds of this process, of children that ended, and of the reader that lives."""
    from events.imports import isolated

    used = os.times()
    reader = isolated._reader()._process
    ticks = 0
    if reader is not None:
        stat = Path(f"/proc/{reader.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = sum(map(int, stat[11:15]))  # its own and those of its forks
    return sum(used[:4]) + ticks / os.sysconf("SC_CLK_TCK")


def _peak(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


def _print_table(answer: dict) -> None:
    for name, figure in answer["figures"].items():
        sys.stdout.write(f"{name:36} {figure:>12}\n")
    for name in _RATIOS:
        key = f"{name}_over_parsing"
        sys.stdout.write(f"{key:36} {answer[key]:>12}\n")
