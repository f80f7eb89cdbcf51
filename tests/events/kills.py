"""Readings of a calendar that are killed with SIGKILL, on DATABASE_URL.

    python -m tests.events.kills KILLS

Prints one JSON object: how many kills hit, after how many the new file's events were there, and
every state that was neither the last good file's nor the new one's.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
django.setup()

from django.db import connections

from events.enums import Status
from events.models import Event, ImportRun, Occurrence, Subscription
from events.services.subscriptions import refresh_subscription
from tests.events.diaries import Web, calendar, vevent
from tests.factories.events import SubscriptionFactory
from tests.tables import make_tables

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
EVENTS = 150
STEP = timedelta(minutes=15)  # longer than a dead worker holds a calendar
State = dict[str, tuple[str, int]]


def file_of(version: int) -> bytes:
    """Some events of each version are its own, all have its title and a date moved by it."""
    events = []
    for n in range(version % 7, EVENTS):
        name = f"e{n}"
        events.append(vevent(name, "RRULE:FREQ=WEEKLY;COUNT=4", title=f"题{n}.{version}"))
        moved = "RECURRENCE-ID;TZID=Asia/Shanghai:20261208T100000"
        events.append(vevent(name, moved, start=f"202612{9 + version % 5:02}T150000"))
    return calendar(*events)


def expected(version: int) -> State:
    return {f"e{n}": (f"题{n}.{version}", 9 + version % 5) for n in range(version % 7, EVENTS)}


def found(subscription: Subscription) -> State:
    """What the living events are called, and the day of December on which their second date is."""
    events = Event.objects.filter(source=subscription.source).exclude(status=Status.CANCELLED)
    moved = dict(
        Occurrence.objects.filter(event__in=events, original_start="2026-12-08T10:00:00")
        .values_list("event__uid", "starts_at__day")
    )  # fmt: skip
    return {event.uid: (event.title_zh, moved.get(event.uid, 0)) for event in events}


def read(subscription: Subscription, version: int, now: datetime) -> None:
    refresh_subscription(fetch=Web(file_of(version)), subscription_id=subscription.pk, now=now)


def killed(subscription: Subscription, version: int, now: datetime, seconds: float) -> bool:
    """Whether the reading was still at work after ``seconds``, when it was killed."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        read(subscription, version, now)
        os._exit(0)
    time.sleep(seconds)
    os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    return os.WIFSIGNALED(status)


def main(kills: int) -> None:
    make_tables()
    subscription, chance = SubscriptionFactory(next_fetch_at=NOW), random.Random(20261102)
    read(subscription, 0, NOW)
    good, now, odd, hits, passed, usual = 0, NOW, [], 0, 0, 3.0
    while hits < kills:
        now, version = now + STEP, good + 1
        began = time.monotonic()
        hit = killed(subscription, version, now, chance.uniform(0, usual))
        hits += hit
        state = found(subscription)
        if state == expected(version):
            good, passed = version, passed + 1
        elif state != expected(good):
            odd.append(now.isoformat())
        if not hit:  # it was through before the signal came
            usual = min(usual, time.monotonic() - began)
    read(subscription, good + 1, now + STEP)
    report = {
        "kills": hits,
        "passed": passed,
        "odd": odd,
        "ends_well": found(subscription) == expected(good + 1),
        "open_runs": ImportRun.objects.filter(finished_at=None).count(),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
