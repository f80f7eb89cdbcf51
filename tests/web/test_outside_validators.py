"""What OpenActive's validator and REDbot say of what we serve, over HTTP as the world sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from events.models import Event
from tests.networks import network

READER = Path(__file__).parent / "readers" / "rpde_reader.mjs"
IN_EVERY_RUN, WITH_LONG = 1, 40
ANSWERED = {
    "Cache-Control: public is probably not necessary.": "not for caches; operators read it",
    "has_modelling_data": "a hint that there is another validator",
}
"""What validators remark on every answer, and why it stays so."""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.node]


@pytest.fixture
def served(live_server, settings):
    """The site under the address that it writes into its answers."""
    address = live_server.url.replace("localhost", "127.0.0.1")  # REDbot asks the DNS for names
    settings.SITE_URL = address
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return address


def walked(url: str, modules: Path) -> dict:
    library = modules / "@openactive" / "rpde-validator"
    done = subprocess.run(
        ["node", str(READER), str(library), url],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def linted(url: str) -> list[str]:
    """The warnings and faults that REDbot finds at the address; it praises and informs, too."""
    # Written once before REDbot asks many things at a time: a database in memory locks its tables.
    with urlopen(url) as answer:
        assert answer.status == 200
    done = subprocess.run(
        [sys.executable, "-m", "redbot.cli", "-o", "har", url],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    entries = json.loads(done.stdout)["log"]["entries"]
    assert entries[0]["response"]["status"] == 200
    notes = [note for entry in entries for note in entry["_red_messages"]]
    assert notes
    said = [note["summary"] for note in notes if note["level"] in ("BAD", "WARN")]
    return [f"{url}: {one}" for one in said if one not in ANSWERED]


def is_last(page: str) -> bool:
    with urlopen(page) as answer:
        return json.load(answer)["items"] == []


def faults(made, served: str, modules: Path) -> list[object]:
    region = made.calendars[0]
    addresses = [f"{served}{region}.{ending}" for ending in ("ics", "atom", "json")]
    found = [line for address in addresses for line in linted(address)]
    changes = walked(f"{served}/rpde/events", modules)
    assert changes["pages"] >= 2  # the items, and the empty last page
    said = [
        one
        for one in changes["found"]
        if one["type"] not in ANSWERED
        # The last page is read before the validator knows that it is the last.
        and not (one["type"] == "missing_cache_control" and is_last(one["page"]))
    ]
    return [*found, *said]


@pytest.mark.parametrize("seed", range(IN_EVERY_RUN))
def test_validators_from_outside_find_nothing_in_a_generated_network(
    seed, served, node_modules, now
):
    assert faults(network(seed, now=now), served, node_modules) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(IN_EVERY_RUN, WITH_LONG))
def test_validators_from_outside_find_nothing_in_many_generated_networks(
    seed, served, node_modules, now
):
    assert faults(network(seed, now=now), served, node_modules) == []


def test_the_validator_does_complain(served, node_modules, now, monkeypatch):
    """Of changes out of their order."""
    network(0, now=now)
    monkeypatch.setattr("events.feeds.rpde.PAGE", 500)
    assert Event.objects.filter(published_at__isnull=False).exists()
    monkeypatch.setattr(
        "events.feeds.rpde.items_at",
        lambda marks, **_: [
            {"state": "gone", "kind": "Event", "id": mark.id, "modified": mark.modified}
            for mark in marks
        ],
    )

    assert walked(f"{served}/rpde/events", node_modules)["found"] != []
