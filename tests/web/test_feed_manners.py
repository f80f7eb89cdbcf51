"""Calendars in another manner: without what was called off, or with the ends of long runs alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.storage import InMemoryStorage

from events.models import Event, LiveFeed
from events.services.published import DEBOUNCE, Published, publish_feeds
from tests.events.ical.panel import complaints, faults
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory
from web.memory import NOTE, Note
from web.published import find_feed

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract, pytest.mark.usefixtures("clock")]

HEFEI = "/feeds/venues/hefei.ics"


@pytest.fixture
def run() -> Event:
    """A fortnight's exhibition, its only event a talk that was called off beside it."""
    venue = VenueFactory(slug="hefei", name_zh="合肥科技馆")
    run = EventFactory(
        venue=venue,
        public_uid="run@orrery.example",
        title_zh="恐龙展",
        title_en="Dinosaurs",
        start_date=date(2026, 12, 1),
        start_time=None,
        end_date=date(2026, 12, 15),
        end_time=None,
    )
    OccurrenceFactory(event=run)
    talk = EventFactory(venue=venue, title_zh="讲座")
    OccurrenceFactory(event=talk, is_cancelled=True)
    return run


def shown(client, query: str = "") -> list[tuple[str, ...]]:
    """SUMMARY, first day and day after the last of each entry, as one address gives them."""
    response = client.get(HEFEI + query)
    assert response.status_code == 200, response.content.decode()
    assert faults(response.content) == []
    blocks = response.content.decode().replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    return sorted(
        tuple(
            line.partition(":")[2]
            for name in ("SUMMARY", "DTSTART;VALUE=DATE", "DTEND;VALUE=DATE")
            for line in block.split("\r\n")
            if line.startswith(f"{name}:")
        )
        for block in blocks
    )


def test_usually_all_is_shown_whole_and_what_was_called_off_is_struck(client, run):
    assert shown(client) == [("已取消：讲座",), ("恐龙展", "20261201", "20261215")]
    assert client.get(HEFEI).content == client.get(f"{HEFEI}?cancelled=struck&runs=whole").content


def test_what_was_called_off_is_left_out(client, run):
    assert shown(client, "?cancelled=dropped") == [("恐龙展", "20261201", "20261215")]


def test_a_long_run_is_its_first_and_its_last_day(client, run):
    assert shown(client, "?cancelled=dropped&runs=ends") == [
        ("开展：恐龙展", "20261201", "20261202"),
        ("最后一天：恐龙展", "20261214", "20261215"),
    ]
    assert shown(client, "?cancelled=dropped&runs=ends&lang=en") == [
        ("Last day: Dinosaurs", "20261214", "20261215"),
        ("Opens: Dinosaurs", "20261201", "20261202"),
    ]


def test_a_week_is_not_long(client, run):
    Event.objects.filter(pk=run.pk).update(end_date=date(2026, 12, 8))
    run.occurrences.update(end_date=date(2026, 12, 8))

    assert shown(client, "?cancelled=dropped&runs=ends") == [("恐龙展", "20261201", "20261208")]


def test_each_manner_has_a_validator_of_its_own_and_follows_changes(client, run):
    asked = [HEFEI, f"{HEFEI}?cancelled=dropped", f"{HEFEI}?runs=ends"]
    before = [client.get(address)["ETag"] for address in asked]
    again = [
        client.get(address, HTTP_IF_NONE_MATCH=tag).status_code
        for address, tag in zip(asked, before, strict=True)
    ]
    Event.objects.filter(pk=run.pk).update(title_zh="化石展", sequence=1)
    after = [client.get(address)["ETag"] for address in asked]

    assert len({*before, *after}) == 6
    assert again == [304, 304, 304]


def test_both_ends_keep_their_identity_and_readers_take_them(client, run):
    answer = client.get(f"{HEFEI}?runs=ends").content

    assert b"UID:opens.run@orrery.example" in answer
    assert b"UID:closes.run@orrery.example" in answer
    assert complaints(answer) == []


def test_a_manner_that_is_none_is_refused_by_name(client, run):
    for query, words in [
        ("?cancelled=hide", "cancelled: give it once, as struck or dropped"),
        ("?runs=ends&runs=ends", "runs: give it once, as whole or ends"),
    ]:
        response = client.get(HEFEI + query)
        assert (response.status_code, words in response.content.decode()) == (400, True)
    news = client.get("/feeds/venues/hefei.atom?runs=ends")
    assert (news.status_code, "calendars alone" in news.content.decode()) == (400, True)


def test_who_follows_in_a_manner_is_found_by_changes_but_not_published_as_a_file(client, run, now):
    client.get(f"{HEFEI}?runs=ends", **{NOTE: Note(0)})

    live = LiveFeed.objects.get()
    assert (live.key, live.recipe["options"]) == (
        "venues/hefei?lang=zh&runs=ends",
        "runs=ends",
    )
    published = publish_feeds(storage=InMemoryStorage(), find=find_feed, now=now + DEBOUNCE * 2)
    assert published == Published()
