"""Feeds over HTTP: one venue's calendar beside a hello-world view and other ways to build it.

Everything runs in one server process (granian, WSGI, one worker) on its own temporary SQLite
file or PostgreSQL, the paths in turn, round by round, so that neighbours on the machine disturb all
alike. Times are a client's, over one kept-open connection; CPU is the server's own, on PostgreSQL
without the database's.

*Cold* is: the process knows nothing of the calendar and reads the stored text of its dates from the
database; *first*: nothing is stored either. The peers read the same rows of the same database and
have no such store, so that theirs is the work of *first*, on every request.
"""

from __future__ import annotations

import argparse
import gc
import http.client
import importlib.util
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
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import _nginx as nginx
from benchmarks import _scale as scale
from tests import services

ROOT = Path(__file__).resolve().parents[1]
FEED = "/feeds/venues/bench.ics"
HELLO = "/hello"
OWN_HELLO = "/hello-behind-our-middleware"
FORGET = "/forget"
TOUCH = "/touch"
WIPE = "/wipe"
_DATABASES = {"sqlite": "SQLite", "pg": "PostgreSQL"}
GZIP = {"Accept-Encoding": "gzip"}


def main(argv: list[str]) -> dict[str, object]:
    options = _options(argv)
    with tempfile.TemporaryDirectory(prefix="orrery-bench-") as folder, ExitStack() as servers:
        environment = _environment(Path(folder))
        if options.database == "pg":
            environment["DATABASE_URL"] = servers.enter_context(services.postgres())
        os.environ.update(environment)
        if options.scale:
            return _scaled(options)
        _make_rows(entries=options.entries, seed=options.seed)
        hello = _server(environment, "hello_server", HELLO)
        with _server(environment) as (port, pid), hello as hello_at:
            figures = _measure(port, pid, hello_at, options)
        files = nginx.measure(Path(folder), rounds=options.rounds)
    hello_ms = figures["hello"]["ms"]
    peers = [name for name in ("icalendar objects", "django-ical") if name in figures]
    answer = {
        "workload": (
            f"GET of one venue's calendar with {options.entries} entries, one granian WSGI worker, "
            f"{_DATABASES[options.database]}, one client, kept-open connection"
        ),
        "database": options.database,
        "entries": options.entries,
        "seed": options.seed,
        "rounds": options.rounds,
        "figures": figures,
        "hello_over_304": round(hello_ms / figures["304"]["ms"], 3),
        "hello_over_warm_gzip": round(hello_ms / figures["warm gzip"]["ms"], 3),
        "hello_cpu_over_304": round(figures["hello"]["cpu_ms"] / figures["304"]["cpu_ms"], 3),
        "hello_cpu_over_warm_gzip": round(
            figures["hello"]["cpu_ms"] / figures["warm gzip"]["cpu_ms"], 3
        ),
        "cold_faster_than": {
            peer: round(figures[peer]["ms"] / figures["cold"]["ms"], 2) for peer in peers
        },
        "cold_faster_than_in_cpu": {
            peer: round(figures[peer]["cpu_ms"] / figures["cold"]["cpu_ms"], 2) for peer in peers
        },
        "first_faster_than": {
            peer: round(figures[peer]["ms"] / figures["first"]["ms"], 2) for peer in peers
        },
        "one_change_faster_than": {
            peer: round(figures[peer]["ms"] / figures["one change"]["ms"], 2) for peer in peers
        },
        "warm_faster_than": {
            peer: round(figures[peer]["ms"] / figures["warm"]["ms"], 1) for peer in peers
        },
        "files": files,
        "not_measured": [
            *([] if "django-ical" in figures else ["django-ical (not installed)"]),
            *([] if files else ["published files (nginx or wrk is not installed)"]),
        ],
    }
    _print_table(answer)
    return answer


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench feeds", description=__doc__)
    parser.add_argument("--database", choices=_DATABASES, default="sqlite")
    parser.add_argument("--scale", action="store_true", help="a whole country instead")
    parser.add_argument("--events", type=int, default=200_000, help="with --scale")
    parser.add_argument("--feeds", type=int, default=10_000, help="with --scale")
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=100, help="quick ones, per round")
    parser.add_argument("--seed", type=int, default=20261102)
    return parser.parse_args(argv)


def _scaled(options: argparse.Namespace) -> dict[str, object]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    answer: dict[str, object] = {
        "workload": (
            f"{options.events} events, {options.feeds} followed calendars, one change, a burst of "
            f"{scale.BURST} changes and lists around points; {_DATABASES[options.database]}"
        ),
        "database": options.database,
        "seed": options.seed,
        **scale.measure(options),
    }
    for name, figure in answer.items():
        print(f"{name}: {figure}")
    return answer


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


def _make_rows(*, entries: int, seed: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from events.models import Event, Occurrence, Source
    from venues.models import Region, RegionPath, Venue

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC).replace(microsecond=0)
    region = Region.objects.create(code="340100", name_zh="合肥市", level=2, changed_at=now)
    RegionPath.objects.create(ancestor=region, descendant=region, depth=0)
    venue = Venue.objects.create(
        slug="bench",
        name_zh="合肥科技馆",
        name_en="Hefei Science Museum",
        address_zh="合肥市黄山路446号",
        address_en="446 Huangshan Road, Hefei",
        kind="science_museum",
        region=region,
        lat=31.84,
        lon=117.26,
        coordinates_source="survey",
        changed_at=now,
    )
    source = Source.objects.create(slug="bench", kind="local", name_zh="基准", created_at=now)
    chance = random.Random(seed)
    events = [_event(Event, n, venue, source, now, chance) for n in range(entries)]
    Event.objects.bulk_create(events)
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
        description_en="Build a telescope and look at the moon. " * chance.randrange(2, 8),
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


_memories: list = []


def server() -> Callable:
    """The WSGI application that granian starts: the project with the peers' addresses beside."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from django.conf import settings
    from django.urls import include, path

    from web.memory import FeedMemory

    site = types.ModuleType("benchmark_site")
    site.urlpatterns = [  # type: ignore[attr-defined]  # a module made here
        path(OWN_HELLO[1:], _hello),
        path(FORGET[1:], _forget),
        path(TOUCH[1:], _touch),
        path(WIPE[1:], _wipe),
        path("icalendar.ics", _icalendar_objects),
        path("", include("web.urls")),
    ]
    if importlib.util.find_spec("django_ical"):
        site.urlpatterns.append(path("django-ical.ics", _django_ical()))
    sys.modules[site.__name__] = site
    settings.ROOT_URLCONF = site.__name__
    _memories.append(FeedMemory(application))
    gc.collect()
    gc.freeze()  # as config.wsgi does
    return _memories[0]


def hello_server() -> Callable:
    """A project of its own as ``startproject`` makes it: one view, Django's default middleware."""
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.urls import path

    site = types.ModuleType("hello_site")
    site.urlpatterns = [path(HELLO[1:], _hello)]  # type: ignore[attr-defined]  # made here
    sys.modules[site.__name__] = site
    settings.configure(
        SECRET_KEY="benchmark",  # noqa: S106  # signs nothing
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=site.__name__,
        INSTALLED_APPS=[
            f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions", "messages")
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    application = get_wsgi_application()
    gc.collect()
    gc.freeze()
    return application


def _hello(_request):
    from django.http import HttpResponse

    return HttpResponse("hello, world")


def _forget(_request):
    """Everything the process remembers of feeds: the next answer is joined from stored fragments."""
    from django.core.cache import cache
    from django.http import HttpResponse

    cache.clear()
    _forget_answers()
    return HttpResponse("")


def _wipe(_request):
    """The stored fragments, too: the next answer writes every entry anew."""
    from events.models import Fragment

    Fragment.objects.all().delete()
    return _forget(_request)


def _forget_answers():
    for memory in _memories:
        memory.forget()


def _touch(_request):
    """One event changes, as when an editor corrects a title."""
    from django.db.models import F
    from django.http import HttpResponse

    from events.models import Event

    first = Event.objects.order_by("pk").values_list("pk", flat=True)[:1]
    Event.objects.filter(pk__in=list(first)).update(
        sequence=F("sequence") + 1, changed_at=datetime.now(UTC)
    )
    _forget_answers()  # as it is a second later
    return HttpResponse("")


def _rows():
    from events.models import Occurrence

    return (
        Occurrence.objects.filter(
            event__venue__slug="bench", event__moderation="published", event__visibility="public"
        )
        .select_related("event", "event__venue")
        .order_by("starts_at", "pk")
    )


def _icalendar_objects(_request):
    """What most projects do: ``icalendar`` objects for every request, zones added by it."""
    from django.http import HttpResponse
    from icalendar import Calendar, Event

    from events.recurrence.zones import zone

    calendar = Calendar()
    calendar.add("prodid", "-//benchmark//EN")
    calendar.add("version", "2.0")
    for row in _rows():
        here = zone(row.event.timezone)
        event = Event()
        event.add("uid", row.event.public_uid)
        event.add("summary", row.event.title_zh)
        event.add("description", row.event.description_zh)
        event.add("location", f"{row.event.venue.name_zh}, {row.event.venue.address_zh}")
        event.add("dtstart", row.starts_at.astimezone(here))
        event.add("dtend", row.ends_at.astimezone(here))
        event.add("dtstamp", row.event.changed_at)
        event.add("last-modified", row.event.changed_at)
        event.add("created", row.event.created_at)
        event.add("sequence", row.event.sequence)
        event.add("status", "CONFIRMED")
        event.add("categories", row.event.audiences)
        event.add("geo", (row.event.venue.lat, row.event.venue.lon))
        event.add("url", row.event.url)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def _django_ical():
    from django_ical.views import ICalFeed

    class Peer(ICalFeed):
        product_id = "-//benchmark//EN"
        timezone = "Asia/Shanghai"

        def items(self):
            return _rows()

        def item_guid(self, item):
            return item.event.public_uid

        def item_title(self, item):
            return item.event.title_zh

        def item_description(self, item):
            return item.event.description_zh

        def item_location(self, item):
            return f"{item.event.venue.name_zh}, {item.event.venue.address_zh}"

        def item_start_datetime(self, item):
            return item.starts_at

        def item_end_datetime(self, item):
            return item.ends_at

        def item_link(self, item):
            return item.event.url

    return Peer()


@contextmanager
def _server(
    environment: dict[str, str], factory: str = "server", path: str = OWN_HELLO
) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [*command, f"benchmarks.feeds:{factory}"],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, path)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen, path: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            _Client(port).get(path)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer within a minute")


# ---- measuring -------------------------------------------------------------------------------------


class _Client:
    """One kept-open connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, headers: dict[str, str] | None = None, *, status: int = 200):
        self.connection.request("GET", path, headers=headers or {})
        response = self.connection.getresponse()
        body = response.read()
        if response.status != status:
            raise RuntimeError(f"{path} answered {response.status}: {body[:300]!r}")
        return response, body


def _measure(
    port: int, pid: int, hello: tuple[int, int], options: argparse.Namespace
) -> dict[str, dict[str, float]]:
    client, plain = _Client(port), _Client(hello[0])
    etag = client.get(FEED)[0].headers["ETag"]
    held = {"If-None-Match": etag}
    few, many = max(1, options.requests // 50), options.requests
    paths: dict[str, tuple[int, str | None, Callable]] = {
        "hello": (many, None, lambda: plain.get(HELLO)),
        "hello, our middleware": (many, None, lambda: client.get(OWN_HELLO)),
        "304": (many, None, lambda: client.get(FEED, held, status=304)),
        "warm gzip": (many, None, lambda: client.get(FEED, GZIP)),
        "warm": (many, None, lambda: client.get(FEED)),
        "cold": (few, FORGET, lambda: client.get(FEED)),
        "first": (few, WIPE, lambda: client.get(FEED)),
        "icalendar objects": (few, None, lambda: client.get("/icalendar.ics")),
    }
    if importlib.util.find_spec("django_ical"):
        paths["django-ical"] = (few, None, lambda: client.get("/django-ical.ics"))
    # Changes the version, so that it comes after all that rely on the first one.
    last = {"one change": (few, TOUCH, lambda: client.get(FEED))}

    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in paths | last}
    for group in (paths, last):
        for _ in range(options.rounds):
            for name, (number, before, ask) in group.items():
                asked = hello[1] if name == "hello" else pid
                seen[name] += _round(client, asked, number, before, ask)
    sizes = {name: len(ask()[1]) for name, (_, _, ask) in paths.items() if name != "304"}
    return {
        name: {
            "ms": round(statistics.median(seconds for seconds, _ in rows) * 1000, 3),
            "cpu_ms": round(statistics.median(cpu for _, cpu in rows) * 1000, 3),
            "bytes": sizes.get(name, sizes["cold"] if name == "one change" else 0),
        }
        for name, rows in seen.items()
    }


def _round(client: _Client, pid: int, number: int, before: str | None, ask: Callable):
    """Seconds and the server's CPU seconds per request; CPU is an average over the round."""
    times, cpu = [], 0.0
    for _ in range(number):
        if before is not None:
            client.get(before)
        spent, begin = _cpu_seconds(pid), time.perf_counter()
        ask()
        times.append(time.perf_counter() - begin)
        cpu += _cpu_seconds(pid) - spent
    return [(seconds, cpu / number) for seconds in times]


def _cpu_seconds(pid: int) -> float:
    """CPU time of the process and its children, from the kernel's scheduler (nanoseconds)."""
    total = 0
    for process in [pid, *_children(pid)]:
        for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
            total += int(task.read_text().split()[0])
    return total / 1e9


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _print_table(answer: dict) -> None:
    print(f"{answer['workload']}; seed {answer['seed']}, {answer['rounds']} rounds")
    print(f"{'':24} {'ms':>10} {'CPU ms':>10} {'bytes':>10}")
    for name, figure in answer["figures"].items():
        row = f"{name:24} {figure['ms']:10.3f} {figure['cpu_ms']:10.3f} {figure['bytes']:10}"
        print(row)
    for name in (
        *("hello_over_304", "hello_cpu_over_304"),
        *("hello_over_warm_gzip", "hello_cpu_over_warm_gzip"),
        *(
            "cold_faster_than",
            "cold_faster_than_in_cpu",
            "first_faster_than",
            "one_change_faster_than",
        ),
    ):
        print(f"{name.replace('_', ' ')}: {answer[name]}")
    for name, figure in answer["files"].items():
        print(f"{name}: {figure}")
    for missing in answer["not_measured"]:
        print(f"not measured: {missing}")
