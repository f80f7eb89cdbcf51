"""Lists of the interface over HTTP beside a hello-world view and hand-written SQL.

Everything runs in one server process (granian, WSGI, one worker) on its own temporary SQLite
file, the addresses in turn, round by round, so that neighbours on the machine disturb all alike.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = 50
ADDRESSES = {
    "hello": "/hello",
    "events": f"/api/v1/events/?page_size={PAGE}",
    "events, raw SQL": "/raw-events",
    "venues": f"/api/v1/venues/?page_size={PAGE}",
    "occurrences": f"/api/v1/occurrences/?page_size={PAGE}",
}


def main(argv: list[str]) -> dict[str, object]:
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder:
        environment = _environment(Path(folder))
        os.environ.update(environment)
        _make_rows(options.events, options.seed)
        with _server(environment) as port:
            figures = _measure(port, options)
    hello, raw = figures["hello"]["ms"], figures["events, raw SQL"]["ms"]
    answer = {
        "workload": (
            f"GET of pages of {PAGE} rows out of {options.events} events at {options.events // 10} "
            "venues, one granian WSGI worker, SQLite, one client, kept-open connection"
        ),
        "events": options.events,
        "seed": options.seed,
        "rounds": options.rounds,
        "figures": figures,
        "hello_over": {
            name: round(hello / figure["ms"], 3)
            for name, figure in figures.items()
            if name != "hello"
        },
        "raw_sql_over_events": round(raw / figures["events"]["ms"], 3),
    }
    _print_table(figures, hello)
    return answer


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench api", description=__doc__)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=60, help="per address and round")
    parser.add_argument("--seed", type=int, default=20261102)
    return parser.parse_args(argv)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "VAR_DIR": str(folder),
        "CACHE_URL": "locmemcache://",
        "LOG_LEVEL": "ERROR",
        "DEBUG": "",
    }


# ---- rows ------------------------------------------------------------------------------------------


def _make_rows(number: int, seed: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from events.models import Event, Occurrence, Source, Topic
    from venues.models import Region, RegionPath, Venue

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC).replace(microsecond=0)
    chance = random.Random(seed)
    region = Region.objects.create(code="340100", name_zh="合肥市", level=2, changed_at=now)
    RegionPath.objects.create(ancestor=region, descendant=region, depth=0)
    venues = Venue.objects.bulk_create(
        Venue(
            slug=f"venue-{n}",
            name_zh=f"第{n}科技馆",
            name_en=f"Museum {n}",
            address_zh="合肥市黄山路446号",
            kind="science_museum",
            region=region,
            lat=31 + chance.random(),
            lon=117 + chance.random(),
            coordinates_source="survey",
            changed_at=now,
        )
        for n in range(max(1, number // 10))
    )
    source = Source.objects.create(slug="bench", kind="local", name_zh="基准", created_at=now)
    topics = Topic.objects.bulk_create(Topic(slug=f"t-{n}", name_zh=f"主题{n}") for n in range(9))
    events = Event.objects.bulk_create(
        _event(Event, n, chance.choice(venues), source, now, chance) for n in range(number)
    )
    Event.topics.through.objects.bulk_create(
        Event.topics.through(event=event, topic=topic)
        for event in events
        for topic in chance.sample(topics, 2)
    )
    Occurrence.objects.bulk_create(_occurrence(Occurrence, event) for event in events)


def _event(model, number: int, venue, source, now: datetime, chance: random.Random):
    day = (now + timedelta(days=chance.randrange(-80, 500))).date()
    hour = chance.randrange(9, 17)
    return model(
        source=source,
        uid=f"bench-{number}",
        public_uid=f"{chance.getrandbits(128):032x}@orrery.example",
        venue=venue,
        title_zh=f"第{number}场：光的故事",
        title_en=f"No. {number}: The story of light",
        description_zh="动手做一台望远镜，看月亮和木星。" * chance.randrange(2, 8),
        kind="workshop",
        moderation="published",
        audiences=["family", "youth"],
        url=f"https://museum.example/events/{number}",
        start_date=day,
        start_time=datetime(2000, 1, 1, hour, 0).time(),  # noqa: DTZ001  # a wall clock
        end_date=day,
        end_time=datetime(2000, 1, 1, hour + 1, 30).time(),  # noqa: DTZ001  # a wall clock
        timezone="Asia/Shanghai",
        created_at=now,
        changed_at=now - timedelta(minutes=chance.randrange(100_000)),
    )


def _occurrence(model, event):
    return model(
        event=event,
        original_start=event.wall_start.isoformat(),
        start_date=event.start_date,
        end_date=event.last_day_touched_plus_one,
        starts_at=event.moment_of(event.wall_start),
        ends_at=event.moment_of(event.wall_end),
    )


# ---- the server and its peers ----------------------------------------------------------------------


def server() -> Callable:
    """The WSGI application that granian starts: the project with the peers' addresses beside."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from django.conf import settings
    from django.urls import include, path

    site = types.ModuleType("benchmark_site")
    site.urlpatterns = [  # type: ignore[attr-defined]  # a module made here
        path("hello", _hello),
        path("raw-events", _raw_events),
        path("", include("config.urls")),
    ]
    sys.modules[site.__name__] = site
    settings.ROOT_URLCONF = site.__name__
    return application


def _hello(_request):
    from django.http import HttpResponse

    return HttpResponse("hello, world")


_ROWS = """
SELECT e.public_uid, e.title_zh, e.title_en, e.kind, e.status, v.slug, r.code, e.start_date,
       e.start_time, e.end_date, e.end_time, e.timezone, e.rrule, e.audiences, e.is_free, e.url,
       e.sequence, e.changed_at, e.id
  FROM events_event e
  LEFT JOIN venues_venue v ON v.id = e.venue_id
  LEFT JOIN venues_region r ON r.id = v.region_id
 WHERE e.moderation = 'published' AND e.visibility = 'public'
 ORDER BY e.start_date, e.id LIMIT 51
"""
_NAMES = (
    *("id", "title_zh", "title_en", "kind", "status", "venue", "region", "start_date"),
    *("start_time", "end_date", "end_time", "timezone", "rrule", "audiences", "is_free", "url"),
    *("sequence", "changed_at"),
)


def _raw_events(_request):
    """The same page by three hand-written queries: what frameworks could cost at the least."""
    import orjson
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        found = cursor.fetchall()[:PAGE]
        ids = [row[-1] for row in found]
        marks = ",".join(["%s"] * len(ids))
        cursor.execute(
            "SELECT event_id, min(starts_at) FROM events_occurrence"  # noqa: S608  # only marks
            f" WHERE event_id IN ({marks}) AND ends_at > %s AND NOT is_cancelled GROUP BY event_id",
            [*ids, datetime.now(UTC)],
        )
        starts = dict(cursor.fetchall())
        cursor.execute(
            "SELECT l.event_id, t.slug FROM events_event_topics l"  # noqa: S608  # only marks
            f" JOIN events_topic t ON t.id = l.topic_id WHERE l.event_id IN ({marks})"
            " ORDER BY t.slug",
            ids,
        )
        topics: dict[int, list[str]] = {}
        for event, topic in cursor.fetchall():
            topics.setdefault(event, []).append(topic)
    rows = []
    for found_row in found:
        row = dict(zip(_NAMES, found_row, strict=False))
        row["audiences"] = orjson.loads(row["audiences"])
        row["next_starts_at"] = starts.get(found_row[-1])
        row["topics"] = topics.get(found_row[-1], [])
        rows.append(row)
    return HttpResponse(orjson.dumps({"results": rows}), content_type="application/json")


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--no-ws", "--log-level", "error", "--factory", "benchmarks.api:server"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("The server ended before it answered.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not answer within a minute.")


# ---- measuring -------------------------------------------------------------------------------------


def _measure(port: int, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    sizes = {name: len(_get(connection, address)) for name, address in ADDRESSES.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    for _ in range(options.rounds):
        for name, address in ADDRESSES.items():
            for _ in range(options.requests):
                begin = time.perf_counter()
                _get(connection, address)
                seconds[name].append(time.perf_counter() - begin)
    return {
        name: {
            "ms": round(statistics.median(measured) * 1000, 3),
            "p95_ms": round(statistics.quantiles(measured, n=20)[-1] * 1000, 3),
            "per_second": round(1 / statistics.median(measured), 1),
            "bytes": sizes[name],
        }
        for name, measured in seconds.items()
    }


def _get(connection: http.client.HTTPConnection, address: str) -> bytes:
    connection.request("GET", address)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{address} answered {answer.status}: {content[:300]!r}")
    return content


def _print_table(figures: dict[str, dict[str, float]], hello: float) -> None:
    print(f"{'':<18}{'ms':>9}{'p95':>9}{'per s':>9}{'bytes':>9}{'hello/it':>10}")
    for name, figure in figures.items():
        print(
            f"{name:<18}{figure['ms']:>9.2f}{figure['p95_ms']:>9.2f}{figure['per_second']:>9.0f}"
            f"{figure['bytes']:>9}{hello / figure['ms']:>10.3f}"
        )
