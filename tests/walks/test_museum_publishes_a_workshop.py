"""Walk 1: a museum publishes a weekly workshop, and a phone follows it."""

from __future__ import annotations

from datetime import datetime

import pytest

from events.services.editing import cancel_date, move_date
from tests.factories.venues import MembershipFactory, VenueFactory
from tests.walks.conftest import entries_in
from venues.models import Role

pytestmark = pytest.mark.django_db

WORKSHOP = {
    "title_zh": "造纸工作坊",
    "title_en": "Paper making",
    "venue": "hefei",
    "kind": "workshop",
    "start": "2026-11-07T10:00:00",
    "end": "2026-11-07T11:30:00",
    "rrule": "FREQ=WEEKLY;COUNT=4",
}
FEED = "/feeds/venues/hefei.ics"


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥市科技馆", timezone="Asia/Shanghai")


@pytest.fixture
def publisher(venue):
    return MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user


def seen(answer) -> dict[str, str]:
    """The header that says which version the caller has looked at."""
    return {"If-Match": f'"{answer.json()["sequence"]}"'}


def starts(entries) -> list[str]:
    return [event.start.strftime("%m-%d %H:%M %z") for event in entries.values()]


def test_a_museum_publishes_a_weekly_workshop(venue, publisher, calling, clock, client):
    editor = calling(MembershipFactory(role=Role.MUSEUM_EDITOR, venue=venue).user)
    museum = calling(publisher)

    # The editor writes it and hands it on; nobody sees it yet.
    draft = editor.post("/api/v1/events/", WORKSHOP, format="json")
    assert draft.status_code == 201
    address = f"/api/v1/events/{draft.json()['id']}/"
    clock.pass_(minutes=5)
    submitted = editor.post(f"{address}submit/", headers=seen(draft))
    assert submitted.json()["moderation"] == "submitted"
    assert entries_in(client.get(FEED).content) == {}

    # The editor may not publish; the publisher may, but not what she has not seen.
    by_editor = editor.post(f"{address}publish/", headers=seen(submitted))
    assert by_editor.status_code == 403
    stale = museum.post(f"{address}publish/", headers=seen(draft))
    assert stale.status_code == 412
    clock.pass_(minutes=5)
    published = museum.post(f"{address}publish/", headers=seen(submitted))
    assert (published.status_code, published.json()["moderation"]) == (200, "published")

    # A phone subscribes: four Saturdays at ten. Asked again, there is nothing new.
    feed = client.get(FEED)
    first = entries_in(feed.content)
    assert starts(first) == [f"11-{day} 10:00 +0800" for day in ("07", "14", "21", "28")]
    assert {str(event["SUMMARY"]) for event in first.values()} == {"造纸工作坊"}
    clock.pass_(hours=1)
    again = client.get(FEED, headers={"If-None-Match": feed["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    # It moves to two o'clock: the same entries, with a higher sequence.
    clock.pass_(hours=1)
    moved = museum.patch(
        address,
        {"start": "2026-11-07T14:00:00", "end": "2026-11-07T15:30:00"},
        format="json",
        headers=seen(published),
    )
    assert moved.status_code == 200
    changed = client.get(FEED, headers={"If-None-Match": feed["ETag"]})
    second = entries_in(changed.content)
    assert changed.status_code == 200
    assert starts(second) == [f"11-{day} 14:00 +0800" for day in ("07", "14", "21", "28")]
    assert second.keys() == first.keys()
    assert all(second[uid]["SEQUENCE"] > first[uid]["SEQUENCE"] for uid in first)

    # One date is moved, one is dropped; later the rest of the series is cancelled.
    event_id = publisher.memberships.get().venue.events.get().pk
    change = {"event_id": event_id, "by": publisher, "now": clock.pass_(days=1)}
    event = move_date(
        **change,
        original_start="2026-11-14T14:00:00",
        start=datetime(2026, 11, 15, 9),
        end=datetime(2026, 11, 15, 10),
        seen_sequence=moved.json()["sequence"],
    )
    event = cancel_date(
        **change, original_start="2026-11-21T14:00:00", seen_sequence=event.sequence
    )
    third = entries_in(client.get(FEED).content)
    assert third.keys() == first.keys()
    assert starts(third)[1] == "11-15 09:00 +0800"
    assert [str(entry["STATUS"]) for entry in third.values()] == [
        "CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED",
    ]  # fmt: skip

    clock.pass_(days=7)  # Tuesday 10 November: the first date is over
    now_seen = museum.get(address)
    cancelled = museum.post(f"{address}cancel/", headers={"If-Match": now_seen["ETag"]})
    assert cancelled.json()["status"] == "cancelled"
    last = entries_in(client.get(FEED).content)
    assert last.keys() == first.keys()
    assert [str(entry["STATUS"]) for entry in last.values()] == [
        "CONFIRMED", "CANCELLED", "CANCELLED", "CANCELLED",
    ]  # fmt: skip
