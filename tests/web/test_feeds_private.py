"""Private calendars: whose they are, what they show, and where the token must never turn up."""

from __future__ import annotations

import logging
from datetime import date, timedelta

import pytest

from events.enums import EventKind, Moderation, Status, Visibility
from events.feeds.private import hash_of, new_token
from events.models import PrivateFeed
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import MembershipFactory, VenueFactory
from venues.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

TOKEN = "CANARY-5a1c0ffee"  # looked for in logs below


@pytest.fixture
def row(now) -> PrivateFeed:
    venue = VenueFactory(slug="jingxian", name_zh="泾县科技馆", name_en="Jingxian Museum")
    owner = MembershipFactory(venue=venue, role=Role.HOST_CONTACT).user
    return PrivateFeed.objects.create(
        token_hash=hash_of(TOKEN), venue=venue, owner=owner, created_at=now
    )


def address(token: str = TOKEN) -> str:
    return f"/feeds/private/{token}.ics"


def everything_at(venue) -> None:
    for title, facts in {
        "SHOWN-PUBLIC": {},
        "SHOWN-MOVE": {"visibility": Visibility.HOSTS, "kind": EventKind.LOGISTICS},
        "SECRET-DRAFT": {"moderation": Moderation.DRAFT},
        "SECRET-SUBMITTED": {"moderation": Moderation.SUBMITTED},
        "SECRET-RETURNED": {"moderation": Moderation.RETURNED},
        "SECRET-ARCHIVED": {"moderation": Moderation.ARCHIVED},
        "SECRET-HOSTS-DRAFT": {"moderation": Moderation.DRAFT, "visibility": Visibility.HOSTS},
        "SECRET-CANCELLED-DRAFT": {
            "moderation": Moderation.DRAFT,
            "status": Status.CANCELLED,
        },
    }.items():
        event = EventFactory(
            venue=venue, title_zh=title, title_en=title, audiences=["family"], **facts
        )
        OccurrenceFactory(event=event, is_cancelled=event.status == Status.CANCELLED)


def test_hosts_see_the_run_and_the_logistics_of_their_venue(client, row):
    everything_at(row.venue)
    everything_at(VenueFactory())

    text = client.get(address()).content.decode()

    assert text.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:SHOWN-PUBLIC" in text
    assert "SUMMARY:SHOWN-MOVE" in text
    assert "CLASS:PRIVATE" in text


@pytest.mark.parametrize(
    "public",
    [
        "/feeds/venues/jingxian.ics",
        "/feeds/audiences/family.ics",
        "/feeds/search.ics",
        "/feeds/search.ics?venue=jingxian&q=S",
        "/feeds/search.ics?q=secret",
    ],
)
def test_no_byte_of_drafts_or_hosts_entries_in_public_feeds_O4(client, row, public):
    everything_at(row.venue)

    data = client.get(public).content

    assert b"SECRET" not in data.replace(b"Science events: secret", b"")
    assert b"SHOWN-MOVE" not in data
    assert (b"SHOWN-PUBLIC" in data) is (b"q=secret" not in public.encode())


def test_private_answer_may_be_kept_by_nobody_C1(client, row):
    first = client.get(address(), headers={"Accept-Encoding": "gzip"})
    again = client.get(address(), headers={"If-None-Match": first.headers["ETag"]})
    missing = client.get(address("other"))

    assert (first.status_code, again.status_code, missing.status_code) == (200, 304, 404)
    for answer in (first, again, missing):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers


def test_private_bytes_are_not_put_into_the_shared_cache_C1(client, row):
    from django.core.cache import cache

    client.get(address())

    assert list(cache._cache) == []


def test_token_stands_nowhere_in_the_answer_or_the_database_W7(client, row):
    answer = client.get(address())

    assert TOKEN.encode() not in answer.content
    assert TOKEN not in str(dict(answer.headers))
    assert TOKEN not in str(PrivateFeed.objects.values().get())


@pytest.mark.parametrize("what", ["unknown", "mistyped", "refused", "method", "broken"])
def test_token_is_never_logged_W7(client, row, caplog, monkeypatch, what):
    caplog.set_level(logging.DEBUG)
    if what == "unknown":
        client.get(address("CANARY-unknown"))
    elif what == "mistyped":
        wrong = ["/feeds/private/CANARY", "/feeds/Private/CANARY.ics", f"{address()}/"]
        wrong += [f"/feeds/{address()}", f"/feeds//private/{TOKEN}.ics", f"/en{address()}"]
        for mistyped in wrong:
            assert client.get(mistyped).status_code == 404
    elif what == "refused":
        client.get(address() + "?x=1")
    elif what == "method":
        client.post(address())
    else:
        monkeypatch.setattr("web.feeds.feed_version", lambda *a, **k: 1 / 0)
        client.raise_request_exception = False
        assert client.get(address()).status_code == 500

    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/feeds/private/TOKEN.ics" in logged
    assert "CANARY" not in logged


def test_revoked_address_is_gone_at_once_A9(client, row, now):
    assert client.get(address()).status_code == 200

    PrivateFeed.objects.update(revoked_at=now)

    assert client.get(address()).status_code == 404


def test_address_dies_with_the_owners_account_or_role_A9(client, row, now):
    row.owner.is_active = False
    row.owner.save()
    assert client.get(address()).status_code == 404

    row.owner.is_active = True
    row.owner.save()
    assert client.get(address()).status_code == 200

    row.owner.memberships.update(valid_to=now.date() - timedelta(days=1))
    assert client.get(address()).status_code == 404


def test_token_opens_one_venue_and_no_other_address_A9(client, row):
    VenueFactory(slug="other")

    assert client.get(f"/feeds/venues/other.ics?token={TOKEN}").status_code == 400
    assert client.get(f"/feeds/s/{TOKEN}.ics").status_code == 404
    assert client.get(address(TOKEN[:-1])).status_code == 404
    assert client.get(address(hash_of(TOKEN))).status_code == 404


def test_new_tokens_are_long_and_different_A9():
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(len(token) for token in tokens) >= 43


def test_fetches_are_noted_once_a_minute(client, row, clock, django_assert_num_queries):
    first = clock()
    etag = client.get(address()).headers["ETag"]
    clock.advance(seconds=59)

    with django_assert_num_queries(3):  # the row, the owner's roles, the version
        client.get(address(), headers={"If-None-Match": etag})
    row.refresh_from_db()
    assert row.last_fetched_at == first

    clock.advance(seconds=1)
    client.get(address(), headers={"If-None-Match": etag})
    row.refresh_from_db()
    assert row.last_fetched_at == first + timedelta(seconds=60)


def test_refused_query_is_no_fetch(client, row):
    client.get(address() + "?x=1")

    row.refresh_from_db()
    assert row.last_fetched_at is None


def test_private_feed_has_a_window_too(client, row):
    OccurrenceFactory(event=EventFactory(venue=row.venue, start_date=date(2020, 1, 1)))

    assert b"BEGIN:VEVENT" not in client.get(address()).content


def test_private_feed_speaks_both_languages(client, row):
    chinese, english = client.get(address()), client.get(address() + "?lang=en")

    assert "NAME:泾县科技馆（内部日程）" in chinese.content.decode()
    assert "NAME:Jingxian Museum (own schedule)" in english.content.decode()
