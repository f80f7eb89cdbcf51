"""Conditional requests, caches and codings of feeds: hazards C1, C2, C3 and C5."""

from __future__ import annotations

import gzip
import itertools
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils.http import http_date

from events.enums import Moderation, Status
from events.feeds import store
from events.models import Event, FeedRevision, Fragment, Occurrence
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import UserFactory, VenueFactory
from venues.models import Venue

pytestmark = pytest.mark.django_db

HEFEI = "/feeds/venues/hefei.ics"


@pytest.fixture
def event(clock):
    venue = VenueFactory(slug="hefei", name_zh="合肥科技馆")
    return OccurrenceFactory(event=EventFactory(venue=venue, public_uid="abc@orrery.example")).event


def changed(event: Event, at: datetime, **facts) -> None:
    """As a service would: the facts, the sequence and the moment together."""
    Event.objects.filter(pk=event.pk).update(**facts, sequence=event.sequence + 1, changed_at=at)
    event.refresh_from_db()


def test_two_renders_are_byte_identical_and_days_apart_too_C3(client, event, clock):
    first = client.get(HEFEI)
    cache.clear()
    clock.advance(hours=9)
    second = client.get(HEFEI)
    cache.clear()
    Fragment.objects.all().delete()
    third = client.get(HEFEI)

    assert first.content == second.content == third.content
    assert first.headers["ETag"] == second.headers["ETag"] == third.headers["ETag"]
    assert first.headers["Last-Modified"] == second.headers["Last-Modified"]


def test_warm_answer_is_the_cold_one_in_every_header_C3(client, event):
    """A cached answer once lost its content type elsewhere, on the hot path only."""
    for coding in ("", "gzip"):
        cold = client.get(HEFEI, headers={"Accept-Encoding": coding})
        warm = client.get(HEFEI, headers={"Accept-Encoding": coding})

        assert cold.content == warm.content
        assert dict(cold.headers) == dict(warm.headers)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("none_match", "since", "status"),
    [
        (None, None, 200),
        ("same", None, 304),
        ("weak", None, 304),
        ("listed", None, 304),
        ("*", None, 304),
        ('"other"', None, 200),
        ("unquoted", None, 200),
        ("garbage", None, 200),
        (None, "same", 304),
        (None, "later", 304),
        (None, "earlier", 200),
        (None, "garbage", 200),
        (None, "1970", 200),
        ("same", "earlier", 304),
        ("same", "garbage", 304),
        ('"other"', "same", 200),
        ('"other"', "later", 200),
        ("garbage", "later", 200),
    ],
)
def test_304_exactly_when_the_client_has_these_bytes_C3(
    client, event, clock, method, none_match, since, status
):
    first = client.get(HEFEI)
    etag = first.headers["ETag"]
    modified = clock().timestamp()
    tags = {"same": etag, "weak": f"W/{etag}", "listed": f'"x", {etag}', "unquoted": etag[1:-1]}
    dates = {
        "same": first.headers["Last-Modified"],
        "later": http_date(modified + 3600),
        "earlier": http_date(modified - 1),
        "1970": http_date(0),
    }
    clock.advance(minutes=20)

    headers = {}
    if none_match:
        headers["If-None-Match"] = tags.get(none_match, none_match)
    if since:
        headers["If-Modified-Since"] = dates.get(since, since)
    answer = getattr(client, method)(HEFEI, headers=headers)

    assert answer.status_code == status
    assert answer.headers["ETag"] == etag
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]
    if status == 304:
        assert answer.content == b""
        assert not {"Content-Type", "Content-Length", "Last-Modified"} & set(answer.headers)


def test_client_that_asks_by_date_sees_every_change_C3(client, event, clock):
    """Two changes in one second and one in the next: no date is handed out for two versions."""
    seen = client.get(HEFEI).headers["Last-Modified"]
    clock.advance(hours=1)

    for title in "甲乙丙丁":
        changed(event, clock.advance(milliseconds=400), title_zh=title)
        answer = client.get(HEFEI, headers={"If-Modified-Since": seen})

        assert answer.status_code == 200
        assert title in answer.content.decode()
        seen = answer.headers.get("Last-Modified", seen)

    clock.advance(seconds=2)
    final = client.get(HEFEI)
    again = client.get(HEFEI, headers={"If-Modified-Since": final.headers["Last-Modified"]})
    assert again.status_code == 304


WHAT_CHANGES = {
    "title": lambda e, at: changed(e, at, title_zh="新题目"),
    "start": lambda e, at: (
        changed(e, at, start_date=date(2026, 11, 8), end_date=date(2026, 11, 8)),
        Occurrence.objects.update(
            starts_at=Occurrence.objects.get().starts_at + timedelta(days=1),
            ends_at=Occurrence.objects.get().ends_at + timedelta(days=1),
            start_date=date(2026, 11, 8),
            end_date=date(2026, 11, 9),
        ),
    ),
    "zone rules alone": lambda e, at: Occurrence.objects.update(
        starts_at=Occurrence.objects.get().starts_at + timedelta(hours=1),
        ends_at=Occurrence.objects.get().ends_at + timedelta(hours=1),
    ),
    "cancelled": lambda e, at: (
        changed(e, at, status=Status.CANCELLED, cancelled_from=at),
        Occurrence.objects.update(is_cancelled=True),
    ),
    "one date cancelled": lambda e, at: Occurrence.objects.update(is_cancelled=True),
    "withdrawn": lambda e, at: changed(e, at, moderation=Moderation.DRAFT),
    "another event": lambda e, at: OccurrenceFactory(event=EventFactory(venue=e.venue)),
    "venue renamed": lambda e, at: Venue.objects.filter(pk=e.venue_id).update(
        name_zh="新馆", version=2, changed_at=at
    ),
    "deleted": lambda e, at: Occurrence.objects.all().delete(),
}


@pytest.mark.parametrize("what", WHAT_CHANGES)
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_every_change_of_the_bytes_changes_both_validators_C3(client, event, clock, what, coding):
    before = client.get(HEFEI, headers={"Accept-Encoding": coding})

    WHAT_CHANGES[what](event, clock.advance(minutes=3))
    after = client.get(
        HEFEI,
        headers={"Accept-Encoding": coding, "If-None-Match": before.headers["ETag"]},
    )

    assert after.status_code == 200
    assert after.content != before.content
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.headers["Last-Modified"] == http_date(clock().timestamp())


def test_entry_that_leaves_the_window_changes_the_feed_C3(client, event, clock):
    before = client.get(HEFEI)
    day_after_the_last = datetime(2027, 2, 6, 1, tzinfo=clock().tzinfo)  # 7 November + 91 days

    clock.moment = day_after_the_last - timedelta(days=1)
    last_day = client.get(HEFEI, headers={"If-None-Match": before.headers["ETag"]})
    clock.moment = day_after_the_last
    gone = client.get(HEFEI, headers={"If-None-Match": before.headers["ETag"]})

    assert last_day.status_code == 304
    assert gone.status_code == 200
    assert b"BEGIN:VEVENT" not in gone.content
    assert gone.headers["Last-Modified"] == http_date(day_after_the_last.timestamp())


def test_change_elsewhere_changes_nothing_here_C3(client, event, clock):
    etag = client.get(HEFEI).headers["ETag"]

    OccurrenceFactory(event=EventFactory())
    Event.objects.exclude(pk=event.pk).update(changed_at=clock.advance(hours=1))

    assert client.get(HEFEI, headers={"If-None-Match": etag}).status_code == 304


def test_every_feed_and_language_has_its_own_tag_C2(client, event):
    addresses = [HEFEI, f"{HEFEI}?lang=en", "/feeds/search.ics?venue=hefei", "/feeds/search.ics"]
    addresses += ["/feeds/audiences/everyone.ics", "/feeds/audiences/family.ics"]

    tags = [client.get(address).headers["ETag"] for address in addresses]

    assert len(set(tags)) == len(tags)


def test_gzip_is_the_same_calendar_under_a_tag_of_its_own_C3(client, event):
    plain = client.get(HEFEI)
    packed = client.get(HEFEI, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    refused = client.get(HEFEI, headers={"Accept-Encoding": "gzip;q=0"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert gzip.decompress(packed.content) == plain.content == refused.content
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in refused.headers


def test_client_with_the_other_coding_is_told_so_by_its_own_tag_C3(client, event):
    plain = client.get(HEFEI).headers["ETag"]

    answer = client.get(HEFEI, headers={"Accept-Encoding": "gzip", "If-None-Match": plain})

    assert (answer.status_code, answer.headers["ETag"]) == (304, plain)


def test_gzip_bytes_do_not_depend_on_when_they_were_made_C3(client, event, monkeypatch):
    bodies = []
    for seconds in (1_000_000_000, 2_000_000_000):
        cache.clear()
        monkeypatch.setattr("time.time", lambda seconds=seconds: seconds)
        bodies.append(client.get(HEFEI, headers={"Accept-Encoding": "gzip"}).content)

    assert bodies[0] == bodies[1]


def test_public_feed_neither_sets_nor_depends_on_cookies_or_languages_C1(client, event):
    anonymous = client.get(HEFEI)
    client.force_login(UserFactory())
    logged_in = client.get(
        HEFEI, headers={"Accept-Language": "en", "Cookie": "sessionid=x; django_language=en"}
    )

    assert logged_in.content == anonymous.content
    assert dict(logged_in.headers) == dict(anonymous.headers)
    assert not anonymous.cookies
    assert not logged_in.cookies
    assert "Set-Cookie" not in logged_in.headers


def test_order_of_parameters_means_nothing_and_unknown_ones_are_refused_C2(client, event):
    parts = ["venue=hefei", "kind=workshop,show", "lang=en", "q=story"]

    tags = {
        client.get("/feeds/search.ics?" + "&".join(order)).headers["ETag"]
        for order in itertools.permutations(parts)
    }

    assert len(tags) == 1
    assert client.get("/feeds/search.ics?venue=hefei&_=17").status_code == 400
    assert client.get("/feeds/search.ics?venue=hefei;lang=en").status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-9"},
        {"Accept": "text/html"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Original-URL": "/feeds/venues/other.ics"},
        {"X-HTTP-Method-Override": "POST"},
    ],
)
def test_headers_that_no_cache_looks_at_change_nothing_C2(client, event, headers):
    usual = client.get(HEFEI)

    answer = client.get(HEFEI, headers=headers)

    assert (answer.status_code, answer.content) == (200, usual.content)
    assert dict(answer.headers) == dict(usual.headers)


def test_links_come_from_the_configured_site_and_foreign_hosts_are_refused_W4(client, event):
    answer = client.get(HEFEI, headers={"X-Forwarded-Host": "evil.example"})

    assert b"SOURCE;VALUE=URI:http://127.0.0.1:8000/feeds/venues/hefei.ics" in answer.content
    assert client.get(HEFEI, headers={"Host": "evil.example"}).status_code == 400


def test_feed_is_rendered_once_for_all_clients_C5(client, event, monkeypatch):
    rendered = []
    render = store.render_feed
    monkeypatch.setattr(store, "render_feed", lambda *a: rendered.append(a) or render(*a))

    for coding in ["gzip", "", "gzip", "br", "*"] * 4:
        client.get(HEFEI, headers={"Accept-Encoding": coding})

    assert len(rendered) == 1


def test_change_while_reading_is_never_kept_under_the_old_tag_C3(client, event, clock, monkeypatch):
    """Who holds a tag is answered from the version first: rows that change before the text is read
    give the new version. Who holds none gets version and text out of one query."""
    old = client.get(HEFEI).headers["ETag"]
    cache.clear()
    render = store.render_feed
    pending = ["改"]

    def render_after_a_change(feed, version):
        if pending:
            changed(event, clock.advance(seconds=5), title_zh=pending.pop())
        return render(feed, version)

    monkeypatch.setattr(store, "render_feed", render_after_a_change)
    during = client.get(HEFEI, headers={"If-None-Match": '"another"'})
    after = client.get(HEFEI)

    assert "改" in during.content.decode()
    assert during.headers["ETag"] == after.headers["ETag"] != old
    assert during.content == after.content


def test_conditional_polling_writes_nothing_C3(client, event, clock):
    etag = client.get(HEFEI).headers["ETag"]
    before = list(FeedRevision.objects.values())

    for _ in range(5):
        clock.advance(hours=3)
        assert client.get(HEFEI, headers={"If-None-Match": etag}).status_code == 304

    assert list(FeedRevision.objects.values()) == before
