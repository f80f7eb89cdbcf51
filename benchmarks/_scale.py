"""A whole country of events and followed calendars: what one change and a burst of changes cost.

``./run bench feeds --scale``: rows made with a seed, everything in this process. What is asked for
before a change is warm, as it is on a day like any other.
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
BURST = 400
POLL_SECONDS = 1.0
"""How long a web process may not have looked (``web.memory``); comes on top of what is measured."""


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Make the rows in the database that the settings name, and measure."""
    chance = random.Random(options.seed)
    now = datetime.now(UTC).replace(microsecond=0)
    venues = _told("events", partial(_fill, options.events, chance, now))
    feeds = _told("followed calendars", partial(_follow, options.feeds, venues, chance, now))
    return {
        "events": options.events,
        "live_feeds": feeds,
        "events_near": _told("lists", partial(_events_near, chance, options.requests)),
        "one_change": _told("one change", partial(_one_change, chance, options.rounds)),
        "burst": _told("burst", partial(_burst, chance)),
    }


def _told(what: str, work: Callable[[], Any]) -> Any:
    """Say on standard error how long each part took: all of them take minutes."""
    found, seconds = _timed(work)
    print(f"{what}: {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


# ---- rows ------------------------------------------------------------------------------------------


def _fill(number: int, chance: random.Random, now: datetime) -> int:
    """Events at one venue to fifty of them; how many venues there are."""
    from django.db import connection

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
    venues = Venue.objects.bulk_create(
        Venue(
            slug=f"venue-{n}",
            name_zh=f"第{n}科技馆",
            kind="science_museum",
            region=cities[n % CITIES],
            lat=24 + chance.random() * 16,
            lon=103 + chance.random() * 16,
            coordinates_source="survey",
            changed_at=now,
        )
        for n in range(max(CITIES, number // 50))
    )
    source = Source.objects.create(slug="bench", kind="local", name_zh="基准", created_at=now)
    for first in range(0, number, 5000):
        many = range(first, min(number, first + 5000))
        events = Event.objects.bulk_create(
            [feeds._event(Event, n, venues[n % len(venues)], source, now, chance) for n in many]
        )
        Occurrence.objects.bulk_create([feeds._occurrence(Occurrence, event) for event in events])
    triggers.make_triggers()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(venues)


def _follow(number: int, venues: int, chance: random.Random, now: datetime) -> int:
    """Calendars of venues and cities in both languages, and searches around points."""
    from events.feeds import subjects
    from events.feeds.live import note_poll
    from events.models import LiveFeed
    from events.queries import EventFilter

    found = [subjects.venue_feed(f"venue-{n}") for n in range(venues)]
    found += [subjects.region_feed(f"{340000 + n}") for n in range(CITIES)]
    both = [
        subjects.in_language(feed, language)
        for feed in found
        if not isinstance(feed, subjects.Moved)
        for language in ("zh", "en")
    ]
    for feed in both[:number]:
        note_poll(feed, now=now)
    while (missing := number - LiveFeed.objects.count()) > 0:
        for _ in range(missing):
            asked = {
                "near": [f"{24 + chance.random() * 16:.2f},{103 + chance.random() * 16:.2f}"],
                "km": [chance.choice(("10", "25", "50", "100"))],
                "audience": [chance.choice(("family", "youth", "elderly"))],
            }
            note_poll(subjects.search_feed(EventFilter.parse(asked, today=now.date())), now=now)
    return LiveFeed.objects.count()


# ---- measuring -------------------------------------------------------------------------------------


def _one_change(chance: random.Random, rounds: int) -> dict[str, Any]:
    """Seconds from the commit until every calendar concerned has been joined anew."""
    settle, show, concerned = [], [], []
    for _ in range(rounds):
        event = _any_event(chance)
        _change([event])
        keys = _settled()[0]
        _all_joined(keys)  # what their readers had before
        before = _all_joined(keys)
        _change([event])
        (again, _), seconds = _timed(_settled)
        after, joining = _timed(partial(_all_joined, again))
        settle.append(seconds)
        show.append(seconds + joining)
        concerned.append(sum(after[key] != before.get(key) for key in after))
    return {
        "settled_seconds": round(max(settle), 3),
        "visible_everywhere_seconds": round(max(show) + POLL_SECONDS, 3),
        "calendars_changed": statistics.median(concerned),
    }


def _burst(chance: random.Random) -> dict[str, Any]:
    """Calendars marked when each of the changes of a city is settled alone, and all at once."""
    from events.models import Event

    city = f"{340000 + chance.randrange(CITIES)}"
    events = list(
        Event.objects.filter(venue__region__code=city)
        .order_by("pk")
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


def _events_near(chance: random.Random, requests: int) -> dict[str, Any]:
    """The interface's list around points, within two weeks."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, seconds, cpu, counts, found = Client(), [], [], set(), []
    for number in range(requests + 5):
        day = datetime.now(UTC).date() + timedelta(days=chance.randrange(300))
        address = (
            f"/api/v1/events/?near={24 + chance.random() * 16:.2f},{103 + chance.random() * 16:.2f}"
            f"&km=50&start={day}&end={day + timedelta(days=14)}"
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
            counts.add(len(asked))
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 1),
        "p95_ms": round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1),
        "median_cpu_ms": round(statistics.median(cpu) * 1000, 1),
        "p95_cpu_ms": round(statistics.quantiles(cpu, n=20)[-1] * 1000, 1),
        "queries": sorted(counts),
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


def _all_joined(keys: list[str]) -> dict[str, str]:
    return {key: _joined(key) for key in keys}


def _joined(key: str) -> str:
    """Make the bytes of a followed calendar; their validator."""
    from events.feeds.render import render_feed
    from events.feeds.version import feed_version
    from events.models import LiveFeed
    from web.published import find_feed

    recipe = LiveFeed.objects.values_list("recipe", flat=True).get(key=key)
    feed = find_feed(recipe["kind"], recipe["subject"], recipe["language"])
    if feed is None:
        raise RuntimeError(f"{key} is followed and leads nowhere")
    version = feed_version(feed, now=datetime.now(UTC), with_text=True)
    return render_feed(feed, version)[0]


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = work()
    return found, time.perf_counter() - begin
