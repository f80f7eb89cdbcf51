"""The feed of changes: everything public once, in order; what went away stays as deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.enums import Moderation, Status, Visibility
from events.models import Event
from events.services.publishing import archive_event, publish_event
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import UserFactory, VenueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture(autouse=True)
def _today(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def shown(day: int, **facts) -> Event:
    changed_at = datetime(2026, 10, day, 3, tzinfo=UTC)
    facts.setdefault("venue", VenueFactory(changed_at=datetime(2026, 1, 1, tzinfo=UTC)))
    return OccurrenceFactory(event=EventFactory(changed_at=changed_at, **facts)).event


def followed(client, query: str = "") -> list[dict]:
    """Every item, by following ``next`` until it leads to itself."""
    address, items = f"/rpde/events{query}", []
    for _ in range(50):
        page = client.get(address).json()
        items += page["items"]
        following = page["next"].removeprefix("http://127.0.0.1:8000")
        if following == address:
            assert page["items"] == []
            return items
        address = following
    raise AssertionError("the feed never ends")


def test_every_change_stands_there_once_in_the_order_of_changes(client):
    events = [shown(day) for day in (5, 3, 9, 3, 7)]

    items = followed(client, "?limit=2")

    assert [item["modified"] for item in items] == sorted(item["modified"] for item in items)
    assert sorted(item["id"] for item in items) == sorted(event.public_uid for event in events)
    assert {item["state"] for item in items} == {"updated"}
    assert items[-1]["id"] == events[2].public_uid
    assert items[-1]["data"]["@context"] == ["https://openactive.io/", "https://schema.org"]
    assert items[-1]["data"]["identifier"] == events[2].public_uid


def test_what_is_gone_stays_as_deleted_and_what_never_was_shown_is_not_there(client, now):
    staff = UserFactory(is_superuser=True)
    archived, draft = shown(3), shown(4, moderation=Moderation.DRAFT)
    hosts = shown(5, visibility=Visibility.HOSTS, published_at=None)
    never = shown(6, moderation=Moderation.DRAFT)
    before = now - timedelta(hours=1)
    archive_event(event_id=archived.pk, seen_sequence=0, by=staff, now=before)
    publish_event(event_id=draft.pk, seen_sequence=0, by=staff, now=before)
    archive_event(event_id=never.pk, seen_sequence=0, by=staff, now=before)

    items = {item["id"]: item for item in followed(client)}

    assert set(items) == {archived.public_uid, draft.public_uid}
    assert hosts.public_uid not in items
    assert items[archived.public_uid] == {
        "state": "deleted",
        "kind": "Event",
        "id": archived.public_uid,
        "modified": int(before.timestamp() * 1_000_000),
    }


def test_a_cancelled_event_is_told_as_cancelled(client):
    event = shown(3, status=Status.CANCELLED)
    event.occurrences.update(is_cancelled=True)

    (item,) = followed(client)

    assert item["data"]["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_change_of_the_venue_moves_its_events_to_the_end(client):
    first, second = shown(3), shown(4)
    assert [item["id"] for item in followed(client)] == [first.public_uid, second.public_uid]

    first.venue.changed_at = datetime(2026, 10, 20, tzinfo=UTC)
    first.venue.save()

    assert [item["id"] for item in followed(client)] == [second.public_uid, first.public_uid]


def test_changes_wait_until_they_are_settled(client, now):
    OccurrenceFactory(event=EventFactory(changed_at=now))

    assert followed(client) == []


def test_pages_may_be_kept_and_the_last_one_only_shortly(client):
    shown(3)
    full = client.get("/rpde/events")
    last = client.get(full.json()["next"].removeprefix("http://127.0.0.1:8000"))

    assert full.headers["Cache-Control"] == "public, max-age=3600"
    assert last.headers["Cache-Control"] == "public, max-age=8"
    assert last.json()["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "Cookie" not in last.headers.get("Vary", "")
    again = client.get("/rpde/events", headers={"If-None-Match": full.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_needs_the_same_queries_for_any_number(client, count, django_assert_num_queries):
    for day in range(count):
        shown(day + 1)
    shown(9).occurrences.update(
        ends_at=datetime(2020, 1, 1, tzinfo=UTC), starts_at=datetime(2020, 1, 1, tzinfo=UTC)
    )

    with django_assert_num_queries(10):
        client.get("/rpde/events")


@pytest.mark.parametrize(
    "query",
    [
        "afterTimestamp=1",
        "afterId=x",
        "afterTimestamp=x&afterId=x",
        "afterTimestamp=99999999999999999999&afterId=x",
        "afterTimestamp=1&afterId=%00",
        "limit=501",
        "limit=-1",
        "limit=1&limit=2",
        "colour=red",
    ],
)
def test_A6_what_cannot_be_understood_is_refused_before_any_database_is_asked(
    client, query, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = client.get(f"/rpde/events?{query}")

    assert answer.status_code == 400


def test_search_engines_find_lists_of_pages_to_come(client, now):
    event = shown(3)
    shown(4, moderation=Moderation.DRAFT)
    over = shown(5)
    over.occurrences.update(starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8))

    index = client.get("/sitemap.xml").content.decode()
    events = client.get("/sitemaps/events-1.xml").content.decode()

    assert "<loc>http://127.0.0.1:8000/sitemaps/events-1.xml</loc>" in index
    assert "<loc>http://127.0.0.1:8000/sitemaps/venues-1.xml</loc>" in index
    assert events == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>http://127.0.0.1:8000/events/{event.public_uid}/</loc>"
        "<lastmod>2026-10-03T03:00:00Z</lastmod></url></urlset>\n"
    )
    assert client.get("/sitemaps/secrets-1.xml").status_code == 404
