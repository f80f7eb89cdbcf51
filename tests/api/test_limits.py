"""Questions too large to be meant (P2, P8): refused or cut, quickly, whatever they ask for."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from django.db import OperationalError, connection

from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory

pytestmark = pytest.mark.django_db

LISTS = ["events", "occurrences", "venues", "regions", "stops", "units", "exhibitions", "feeds"]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "question",
    [
        "offset=1000000000000000000",
        "limit=1000000000",
        "page_size=0",
        "page_size=-1",
        "ordering=" + ",".join(["start"] * 100),
        "&".join(f"p{number}=1" for number in range(500)),
        "&".join(["page_size=2"] * 100),
        "cursor=" + "x" * 1500,
    ],
    ids=lambda value: value[:24],
)
def test_P2_a_question_beyond_measure_is_refused(anyone, name, question):
    answer = anyone.get(f"/api/v1/{name}/?{question}")

    if question.startswith("page_size=2"):  # said a hundred times over, it is still said
        assert answer.status_code in (200, 400)
    else:
        assert answer.status_code == 400, answer.content[:300]


@pytest.mark.db_contract
@pytest.mark.parametrize("words", [100, 5000])
def test_P2_a_search_of_very_many_words_is_refused_or_answered_at_once(anyone, words):
    OccurrenceFactory(event=EventFactory(venue=VenueFactory(), title_zh="光"))
    text = "%20".join(f"w{number}" for number in range(words))
    begun = time.process_time()

    answers = [anyone.get(f"/api/v1/{name}/?q={text}") for name in ("events", "venues")]

    assert {answer.status_code for answer in answers} <= {200, 400}
    assert time.process_time() - begun < 1


@pytest.mark.only_postgresql
@pytest.mark.db_contract
def test_P2_a_query_that_takes_too_long_is_given_up(anyone):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 20")
        with pytest.raises(OperationalError, match="statement timeout"):
            cursor.execute("SELECT pg_sleep(1)")


@pytest.mark.parametrize(
    ("seconds", "expected"), [("0", None), ("10", "-c statement_timeout=10000")]
)
def test_P2_the_service_tells_postgresql_how_long_a_query_may_take(seconds, expected):
    said = subprocess.run(
        [sys.executable, "-c", "from config.settings import base as b; print(b.DATABASES)"],
        env=os.environ
        | {
            "DATABASE_URL": "postgres://somebody@localhost/orrery",
            "STATEMENT_TIMEOUT_SECONDS": seconds,
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert ("statement_timeout" in said) is (expected is not None)
    assert (expected or "ENGINE") in said


LANGUAGES = ["a" * 100_000, "zh-" * 33_000, ",".join(["en;q=0.1"] * 12_000), "-" * 100_000]
PLACES = ["/", "/whats-on/", "/api/v1/events/", "/feeds/search.ics"]


@pytest.mark.parametrize("address", PLACES)
def test_P8_a_very_long_name_of_a_language_costs_nothing(client, address):
    client.get(address)  # what is loaded once is loaded
    plain = spent(client, address)

    for text in LANGUAGES:
        header = min(spent(client, address, text + more) for more in "xyz")
        parameter = min(spent(client, f"{address}?lang={text[:50_000]}{more}") for more in "xyz")

        assert max(header, parameter) < plain + 0.1


def spent(client, address: str, language: str = "") -> float:
    """Seconds of this process's own time for an answer that is no failure."""
    begun = time.process_time()
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code < 500
    return time.process_time() - begun
