"""An event's schema.org data by itself: what its page tells search engines, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from events.enums import Moderation
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory
from tests.web.syndication_rules import structured_faults

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture(autouse=True)
def _today(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def shown(now, number: int = 1, **facts):
    event = EventFactory(venue=VenueFactory(name_en="Hefei"), title_en="Light", **facts)
    for day in range(1, number + 1):
        at = now + timedelta(days=day)
        OccurrenceFactory(event=event, key=str(day), starts_at=at, ends_at=at + timedelta(hours=1))
    return event


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_data_are_those_of_the_page(client, now, language):
    event = shown(now)

    answer = client.get(f"/events/{event.public_uid}.jsonld?lang={language}")

    page = client.get(f"/events/{event.public_uid}/?lang={language}").content.decode()
    (there,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert answer.json() == json.loads(there)
    assert structured_faults(answer.json()) == []
    assert answer.headers["Content-Type"] == "application/ld+json; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert f'/events/{event.public_uid}.jsonld?lang={language}"' in page.replace("%40", "@")


def test_who_has_the_data_gets_304_and_nobody_a_cookie(client, now):
    address = f"/events/{shown(now).public_uid}.jsonld"
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert not first.cookies
    assert first.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("number", [1, 3])
def test_data_cost_the_same_queries_for_any_number_of_dates(
    client, now, number, django_assert_num_queries
):
    event = shown(now, number)

    with django_assert_num_queries(7):
        client.get(f"/events/{event.public_uid}.jsonld")


def test_a_draft_has_no_data(client, now):
    event = shown(now, moderation=Moderation.DRAFT)

    assert client.get(f"/events/{event.public_uid}.jsonld").status_code == 404
    assert client.get("/events/nobody@orrery.example.jsonld").status_code == 404
