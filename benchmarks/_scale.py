"""A whole country of events and followed calendars: what one change and a burst of changes cost.

``./run bench feeds --scale``: rows made with a seed, everything in this process. Cities lie about the
country, their museums within half an hour around them; people follow museums, cities, cities for
one audience, and points near cities. What is asked for before a change is warm, as it is on a day
like any other.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

CITIES = 100
COPIES = 20
"""Events are made for a twentieth of the venues and copied to the others."""
AUDIENCES = ("family", "youth", "elderly")
KILOMETRES = ("5", "10", "25", "50")
BURST = 400
POLL_SECONDS = 1.0
"""How long a web process may not have looked (``web.memory``); comes on top of what is measured."""


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Make the rows in the database that the settings name, and measure."""
    chance = random.Random(options.seed)
    now = datetime.now(UTC).replace(microsecond=0)
    centres = _centres(chance)
    venues = _told("events", partial(_fill, options.events, centres, chance, now))
    feeds = _told("feeds", partial(_follow, options.feeds, venues, centres, chance, now))
    return {
        "events": options.events,
        "live_feeds": feeds,
        "events_near": _told("lists", partial(_events_near, centres, chance, options.requests)),
        "one_change": _told("one change", partial(_one_change, chance, options.rounds)),
        "burst": _told("burst", partial(_burst, chance)),
    }


def _told(what: str, work: Callable[[], Any]) -> Any:
    """Say on standard error how long each part took: all of them take minutes."""
    found, seconds = _timed(work)
    print(f"{what}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


# ---- rows ------------------------------------------------------------------------------------------


Place = tuple[float, float]


def _centres(chance: random.Random) -> list[Place]:
    """Where the cities lie."""
    return [(24 + chance.random() * 16, 103 + chance.random() * 16) for _ in range(CITIES)]


def _around(centre: Place, chance: random.Random) -> Place:
    """A point of the city."""
    return centre[0] + chance.uniform(-0.25, 0.25), centre[1] + chance.uniform(-0.25, 0.25)


def _fill(number: int, centres: list[Place], chance: random.Random, now: datetime) -> int:
    """Events at one venue to fifty of them; how many venues there are."""
    from django.db import connection, transaction

    from benchmarks import feeds
    from events import triggers
    from events.models import Event, Occurrence, Source
    from venues.models import Region, RegionPath, Venue

    with connection.cursor() as cursor:  # nobody follows anything yet
        for name in triggers._present(connection, {mark.table for mark in triggers.MARKS}):
            cursor.execute(triggers._drop(name, connection.vendor))
    cities = Region.objects.bulk_create(
        Region(code=f"{340000 + n}", name_zh=f"第{n}市", level=2, changed_at=now)
        for n in range(CITIES)
    )
    RegionPath.objects.bulk_create(
        RegionPath(ancestor=city, descendant=city, depth=0) for city in cities
    )
    places = [_around(centres[n % CITIES], chance) for n in range(max(CITIES, number // 50))]
    venues = Venue.objects.bulk_create(
        Venue(
            slug=f"venue-{n}",
            name_zh=f"第{n}科技馆",
            kind="science_museum",
            region=cities[n % CITIES],
            lat=lat,
            lon=lon,
            coordinates_source="survey",
            changed_at=now,
        )
        for n, (lat, lon) in enumerate(places)
    )
    source = Source.objects.create(slug="bench", kind="local", name_zh="基准", created_at=now)
    copies = COPIES if number % COPIES == 0 and len(venues) % COPIES == 0 else 1
    base, first_venues = number // copies, venues[: len(venues) // copies]
    with transaction.atomic():
        for first in range(0, base, 5000):
            events = Event.objects.bulk_create(
                feeds._event(Event, n, first_venues[n % len(first_venues)], source, now, chance)
                for n in range(first, min(base, first + 5000))
            )
            Occurrence.objects.bulk_create(feeds._occurrence(Occurrence, event) for event in events)
        for copy in range(1, copies):
            ids = f"+ {copy * base}"
            venue = f"venue_id + {copy * len(first_venues)}"
            uids = {"uid": f"uid || '-{copy}'", "public_uid": f"'{copy}-' || public_uid"}
            _copied(Event, base, {"id": f"id {ids}", "venue_id": venue, **uids})
            _copied(Occurrence, base, {"id": f"id {ids}", "event_id": f"event_id {ids}"})
    triggers.make_triggers()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(venues)


def _copied(model: Any, last: int, changed: dict[str, str]) -> None:
    """Once more all rows up to ``last``, columns ``changed``: objects would take an hour."""
    from django.core.management.color import no_style
    from django.db import connection

    columns = [field.column for field in model._meta.concrete_fields]
    told = ", ".join(changed.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "  # noqa: S608  # our names
            f"SELECT {told} FROM {model._meta.db_table} WHERE id <= {last}"
        )
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _follow(
    number: int, venues: int, centres: list[Place], chance: random.Random, now: datetime
) -> int:
    """Make it so many followed calendars; see the module."""
    from django.db import transaction

    from events.feeds import subjects
    from events.feeds.live import note_poll
    from events.models import LiveFeed
    from events.queries import EventFilter

    def search(asked: dict[str, list[str]]) -> None:
        found = subjects.search_feed(EventFilter.parse(asked, today=now.date()))
        note_poll(found, now=now)

    with transaction.atomic():
        for n in range(min(venues, number // 2)):
            found = subjects.venue_feed(f"venue-{n}")
            if not isinstance(found, subjects.Moved):
                note_poll(subjects.in_language(found, "en" if n % 10 == 0 else "zh"), now=now)
        for n in range(CITIES):
            code = f"{340000 + n}"
            found = subjects.region_feed(code)
            if not isinstance(found, subjects.Moved):
                note_poll(found, now=now)
            for audience in AUDIENCES:
                search({"region": [code], "audience": [audience]})
        while (missing := number - LiveFeed.objects.count()) > 0:
            for _ in range(missing):
                lat, lon = _around(chance.choice(centres), chance)
                asked = {"near": [f"{lat:.2f},{lon:.2f}"], "km": [chance.choice(KILOMETRES)]}
                if chance.random() < 0.5:
                    asked["audience"] = [chance.choice(AUDIENCES)]
                search(asked)
    return LiveFeed.objects.count()


# ---- measuring -------------------------------------------------------------------------------------


def _one_change(chance: random.Random, rounds: int) -> dict[str, Any]:
    """Seconds from the commit until every calendar concerned has been joined anew.

    Each calendar that was marked is asked for by somebody who holds its last version.
    """
    settle, show, cpu, marked, concerned = [], [], [], [], []
    for _ in range(rounds):
        event = _any_event(chance)
        _change([event])
        keys = _settled()[0]
        before = _all_joined(keys, {})  # what their readers have
        _change([event])
        begin = time.process_time()
        (again, _), seconds = _timed(_settled)
        after, joining = _timed(partial(_all_joined, again, before))
        cpu.append(time.process_time() - begin)
        settle.append(seconds)
        show.append(seconds + joining)
        marked.append(len(again))
        concerned.append(sum(after[key] != before.get(key) for key in after))
    return {
        "settled_seconds": round(max(settle), 3),
        "visible_everywhere_seconds": round(max(show) + POLL_SECONDS, 3),
        "visible_everywhere_cpu_seconds": round(max(cpu), 3),
        "calendars_marked": statistics.median(marked),
        "calendars_changed": statistics.median(concerned),
    }


def _burst(chance: random.Random) -> dict[str, Any]:
    """Calendars marked when the changes are settled one by one, and all at once.

    The changes are whole programmes of a city's museums, one museum after the other.
    """
    from events.models import Event

    city = f"{340000 + chance.randrange(CITIES)}"
    events = list(
        Event.objects.filter(venue__region__code=city)
        .order_by("venue_id", "pk")
        .values_list("pk", flat=True)[:BURST]
    )
    alone = 0
    for event in events:
        _change([event])
        alone += len(_settled()[0])
    _change(events)
    (together, changes), seconds = _timed(_settled)
    return {
        "changes": changes,
        "marked_one_by_one": alone,
        "marked_at_once": len(together),
        "coalesced": round(alone / max(1, len(together)), 1),
        "settled_seconds": round(seconds, 3),
    }


def _events_near(centres: list[Place], chance: random.Random, requests: int) -> dict[str, Any]:
    """The interface's list around points, within two weeks."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, seconds, cpu, found = Client(), [], [], []
    counts: dict[bool, set[int]] = {True: set(), False: set()}
    for number in range(requests + 5):
        day = datetime.now(UTC).date() + timedelta(days=chance.randrange(300))
        lat, lon = _around(chance.choice(centres), chance)
        address = (
            f"/api/v1/events/?near={lat:.2f},{lon:.2f}&km=50"
            f"&start={day}&end={day + timedelta(days=14)}"
        )
        with CaptureQueriesContext(connection) as asked:
            before = time.process_time()
            answer, spent = _timed(partial(client.get, address, HTTP_HOST="localhost"))
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        if number >= 5:  # the first ones load code
            seconds.append(spent)
            cpu.append(time.process_time() - before)
            found.append(len(answer.json()["results"]))
            counts[found[-1] > 0].add(len(asked))
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 1),
        "p95_ms": round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1),
        "median_cpu_ms": round(statistics.median(cpu) * 1000, 1),
        "p95_cpu_ms": round(statistics.quantiles(cpu, n=20)[-1] * 1000, 1),
        "queries": sorted(counts[True]),
        "queries_where_nothing_is_found": sorted(counts[False]),
        "events_found": [min(found), max(found)],
    }


def _any_event(chance: random.Random) -> int:
    from events.models import Event

    first, last = (
        Event.objects.order_by(order).values_list("pk", flat=True)[0] for order in ("pk", "-pk")
    )
    return chance.randint(first, last)


def _change(events: list[int]) -> None:
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from events.models import Event

    Event.objects.filter(pk__in=events).update(
        sequence=F("sequence") + 1, title_zh=Concat(F("title_zh"), Value("新"))
    )


def _settled() -> tuple[list[str], int]:
    """Keys of the calendars that the waiting changes concern, and how many changes there were."""
    from events.services.settling import settle_changes

    settled = settle_changes(now=datetime.now(UTC))
    return sorted(settled.feeds), settled.changes


def _all_joined(keys: list[str], known: dict[str, str]) -> dict[str, str]:
    return {key: _joined(key, known.get(key)) for key in keys}


def _joined(key: str, known: str | None) -> str:
    """Make the bytes of a followed calendar for one who holds ``known``; their validator."""
    from events.feeds.render import render_feed
    from events.feeds.version import feed_version
    from events.models import LiveFeed
    from web.published import find_feed

    recipe = LiveFeed.objects.values_list("recipe", flat=True).get(key=key)
    feed = find_feed(recipe["kind"], recipe["subject"], recipe["language"])
    if feed is None:
        raise RuntimeError(f"{key} is followed and leads nowhere")
    version = feed_version(feed, now=datetime.now(UTC), with_text=known is None)
    return known if known == version.etag else render_feed(feed, version)[0]


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begin
