"""Contests of separate processes for one slot, on the database of DATABASE_URL.

    python -m tests.touring.contest CONTESTS CLIENTS

prints one JSON object: for every contest its kind and how often each answer was given, the number
of overlapping pairs left in the database and the slowest answer in seconds. The database must be
empty; its tables are made first.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.contrib.auth import get_user_model
from django.db import connections

from tests.factories.touring import (
    HoldFactory,
    PlacedVenueFactory,
    PlannedStopFactory,
    PlanVersionFactory,
    SeasonFactory,
    StopFactory,
    TourRequestFactory,
    UnitFactory,
)
from tests.factories.venues import SpaceFactory
from tests.tables import make_tables
from touring.models import Hold, PlanVersion, Publication, Stop, Unit
from touring.services.holds import confirm_hold, place_hold
from touring.services.publication import publish_version
from touring.services.stops import move_stop, place_stop
from venues.models import Space

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
FIRST = date(2027, 3, 1)
KINDS = ("unit", "space", "move", "publish", "hold", "confirm")


def prepare(contests: int, clients: int) -> None:
    """A user, and for every client units, spaces and a stop of its own to move."""
    make_tables()
    get_user_model().objects.create_superuser("planner")
    for number in range(contests):
        contested = UnitFactory(code=f"CONTESTED-{number}")
        if KINDS[number % len(KINDS)] == "confirm":
            HoldFactory(uid=f"hold-{number}", unit=contested)
        SpaceFactory(code=f"contested-{number}", venue=PlacedVenueFactory())
        unit = UnitFactory()
        season = SeasonFactory(slug=f"contested-{number}", units=[unit])
        PlannedStopFactory(
            version=PlanVersionFactory(plan__season=season),
            unit=unit,
            request=TourRequestFactory(season=season),
            opens_on=FIRST,
        )
    for client in range(clients):
        unit = UnitFactory(code=f"CLIENT-{client}")
        UnitFactory(code=f"BOOKED-BY-{client}")
        SpaceFactory(code=f"client-{client}", venue=PlacedVenueFactory())
        for number in range(contests):
            StopFactory(
                uid=f"mine-{client}-{number}",
                unit=unit,
                venue=PlacedVenueFactory(),
                opens_on=FIRST + timedelta(days=1000 + 50 * number),
            )


def hold(kind: str, number: int, client: int, planner: object) -> str:
    """First in line for a unit, or the confirmation of the one hold that stands first."""
    if kind == "confirm":
        first = Hold.objects.get(uid=f"hold-{number}")
        confirm_hold(hold_id=first.pk, seen_version=1, by=planner, now=NOW)
        return "won"
    opens_on = FIRST + timedelta(days=client % 5)
    place_hold(
        subject="unit",
        unit=Unit.objects.get(code=f"CONTESTED-{number}"),
        venue=Space.objects.get(code=f"client-{client}").venue,
        opens_on=opens_on,
        closes_on=opens_on + timedelta(days=30),
        only_first=True,
        by=planner,
        now=NOW,
    )
    return "won"


def attempt(kind: str, number: int, client: int) -> str:
    """One client's try to get the slot of one contest."""
    planner = get_user_model().objects.get(username="planner")
    if kind == "publish":
        version = PlanVersion.objects.get(plan__season__slug=f"contested-{number}")
        publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=NOW)
        return "won"
    if kind in ("hold", "confirm"):
        return hold(kind, number, client, planner)
    contested = Unit.objects.get(code=f"CONTESTED-{number}")
    opens_on = FIRST + timedelta(days=client % 5)  # not all the same days, but all overlapping
    if kind == "move":
        mine = Stop.objects.get(uid=f"mine-{client}-{number}")
        move_stop(
            stop_id=mine.pk,
            seen_version=mine.version,
            unit=contested,
            opens_on=opens_on,
            closes_on=opens_on + timedelta(days=30),
            by=planner,
            now=NOW,
        )
        return "won"
    opens_on += timedelta(days=100 * number)
    if kind == "unit":
        unit, space = contested, Space.objects.get(code=f"client-{client}")
    else:
        unit = Unit.objects.get(code=f"BOOKED-BY-{client}")
        space = Space.objects.get(code=f"contested-{number}")
    place_stop(
        unit=unit,
        venue=space.venue,
        space=space,
        opens_on=opens_on,
        closes_on=opens_on + timedelta(days=30),
        by=planner,
        now=NOW,
    )
    return "won"


def run_client(client: int, contests: int, barrier, answers) -> None:
    for number in range(contests):
        kind = KINDS[number % len(KINDS)]
        barrier.wait()
        started = time.monotonic()
        try:
            answer = attempt(kind, number, client)
        except Exception as error:  # whatever it is, the report shall name it
            answer = getattr(error, "code", f"{type(error).__name__}: {error}")
        answers.put((number, answer, time.monotonic() - started))
    connections.close_all()


def overlapping_pairs() -> int:
    pairs = 0
    for key in ("unit", "space"):
        rows = Stop.objects.holding().exclude(**{key: None})
        for stop in rows:
            others = rows.filter(**{key: getattr(stop, f"{key}_id")}, pk__gt=stop.pk)
            pairs += others.touching(stop.arrives_on, stop.leaves_on).count()
    return pairs


def main(contests: int, clients: int) -> None:
    prepare(contests, clients)
    connections.close_all()  # a connection must not be shared with the children
    fork = multiprocessing.get_context("fork")
    barrier, answers = fork.Barrier(clients), fork.Queue()
    children = [
        fork.Process(target=run_client, args=(client, contests, barrier, answers))
        for client in range(clients)
    ]
    for child in children:
        child.start()
    given = [answers.get(timeout=120) for _ in range(contests * clients)]
    for child in children:
        child.join()
    report = {
        "contests": [
            {
                "kind": KINDS[number % len(KINDS)],
                "answers": dict(Counter(answer for n, answer, _ in given if n == number)),
            }
            for number in range(contests)
        ],
        "publications": Publication.objects.count(),
        "overlapping_pairs": overlapping_pairs(),
        "slowest_seconds": round(max(seconds for _, _, seconds in given), 3),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
