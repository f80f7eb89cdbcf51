"""Whatever museums type in, nobody who follows us has anything to complain of."""

from __future__ import annotations

import json
import os
import re
from urllib.parse import quote

import pytest
from django.core.cache import cache

from events.models import Fragment
from tests.events.ical.panel import complaints
from tests.networks import SECRET, Network, network
from tests.web.http_rules import coding_faults, http_faults
from tests.web.syndication_rules import (
    atom_faults,
    json_feed_faults,
    rpde_faults,
    structured_faults,
)

SITE = "http://127.0.0.1:8000"
IN_EVERY_RUN = 3
WITH_LONG = 1000

pytestmark = [pytest.mark.django_db, pytest.mark.node, pytest.mark.libical, pytest.mark.clients]


@pytest.mark.parametrize("seed", range(IN_EVERY_RUN))
def test_O1_nobody_complains_of_a_generated_network(seed, client, clock, now):
    assert complaints_about(network(seed, now=now), seed, client) == {}


@pytest.mark.long
@pytest.mark.parametrize("first", range(IN_EVERY_RUN, WITH_LONG, 10))
def test_nobody_complains_of_a_thousand_networks(first, client, clock, now, transaction_per_seed):
    """``ORRERY_NETWORKS_FROM`` moves the seeds, for networks that nobody has seen before."""
    moved = int(os.environ.get("ORRERY_NETWORKS_FROM", "0"))
    for seed in range(moved + first, moved + first + 10):
        with transaction_per_seed():
            assert complaints_about(network(seed, now=now), seed, client) == {}


@pytest.fixture
def transaction_per_seed():
    """Each network alone in the database, whatever the one before it left."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def alone():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        cache.clear()

    return alone


def complaints_about(made: Network, seed: int, client) -> dict[str, list[str]]:
    """By address what calendar readers, caches, news readers and search engines find wrong."""
    region, *others = made.calendars
    second = others[seed % len(others)]
    found = {
        f"{region}.ics?lang=zh": of_calendar(f"{region}.ics?lang=zh", client),
        f"{second}.ics?lang=en": of_calendar(f"{second}.ics?lang=en", client),
        "/rpde/events": of_changes(made, client),
    }
    for ending, faults in (("atom", atom_faults), ("json", json_feed_faults)):
        address = f"{region}.{ending}"
        found[address] = [*http_faults(client, address), *coding_faults(client, address)]
        found[address] += faults(client.get(address).content)
    for event in made.events[seed % 3 :: 3]:
        found[f"/events/{event.public_uid}/"] = of_page(event.public_uid, client)
    for path in (f"{region}.ics", f"{region}.atom", f"{region}.json", "/rpde/events"):
        found[f"{path} (secrets)"] = secrets_in(client.get(path).content.decode())
    return {address: said for address, said in found.items() if said}


def of_calendar(path: str, client) -> list[str]:
    first = client.get(path)
    Fragment.objects.all().delete()
    cache.clear()
    again = client.get(path)
    found = [] if (first.content, first["ETag"]) == (again.content, again["ETag"]) else ["changes"]
    return [
        *found,
        *complaints(first.content),
        *http_faults(client, path),
        *coding_faults(client, path),
    ]


def of_changes(made: Network, client) -> list[str]:
    items, found = rpde_faults(client, "/rpde/events?limit=5", site=SITE)
    for item in items:
        if item["state"] == "updated":
            found += structured_faults(item["data"])
    shown = {event.public_uid for event in made.events if event.moderation == "published"}
    shown &= {event.public_uid for event in made.events if event.visibility == "public"}
    updated = {item["id"] for item in items if item["state"] == "updated"}
    return found + ([] if updated == shown else [f"misses or shows {updated ^ shown}"])


def of_page(uid: str, client) -> list[str]:
    answer = client.get(f"/events/{quote(uid, safe='@')}/?lang=zh")
    if answer.status_code == 404:
        return []
    documents = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', answer.content.decode(), re.DOTALL
    )
    return [fault for document in documents for fault in structured_faults(json.loads(document))]


def secrets_in(text: str) -> list[str]:
    return [word for word in (SECRET, "own.example") if word in text]
