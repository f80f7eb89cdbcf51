"""Calendars out of memory: the same answers as Django's, and never older than seconds."""

from __future__ import annotations

import gzip
import io
from datetime import timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, FeedReach, LiveFeed, PrivateFeed
from events.services.followers import Sketch
from events.services.private_feeds import hand_out_private_feed
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import MembershipFactory, VenueFactory
from web import memory
from web.memory import FeedMemory

pytestmark = pytest.mark.django_db

HEFEI = "/feeds/venues/hefei.ics"


class Ticks:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def ticks(monkeypatch) -> Ticks:
    standing = Ticks()
    monkeypatch.setattr("web.memory.time.monotonic", standing)
    return standing


@pytest.fixture
def event():
    """Made a while ago, so that its calendar has a Last-Modified that may be told."""
    return OccurrenceFactory(event=EventFactory(venue=VenueFactory(slug="hefei"))).event


@pytest.fixture
def ask(ticks, event):
    """Asks as a server would; says status, headers and body, and whether Django was asked."""
    asked = []
    handler = WSGIHandler()

    def django(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return handler(environ, start_response)

    remembering = FeedMemory(django)

    def ask(path=HEFEI, *, method="GET", query="", host="127.0.0.1:8000", reader="::1", **headers):
        begun = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": host,
            "REMOTE_ADDR": reader,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        asked.clear()
        result = remembering(environ, lambda *start: begun.extend(start))
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        return begun[0][:3], dict(begun[1]), body, bool(asked)

    return ask


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept_encoding": "gzip"},
        {"accept_encoding": "br"},
        {"if_none_match": "same"},
        {"if_none_match": "other coding"},
        {"if_none_match": "*", "accept_encoding": "gzip"},
        {"if_none_match": '"else", W/"x"'},
        {"if_modified_since": "same"},
        {"if_modified_since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"if_modified_since": "garbage"},
        {"if_none_match": '"else"', "if_modified_since": "same"},
    ],
)
def test_remembered_answer_is_djangos_in_status_headers_and_body_C3(ask, ticks, method, headers):
    _, first, _, _ = ask()
    ask(accept_encoding="gzip")
    meant = {
        ("if_none_match", "same"): first["ETag"],
        ("if_none_match", "other coding"): f'{first["ETag"][:-1]}-gzip"',
        ("if_modified_since", "same"): first["Last-Modified"],
    }
    sent = {name: meant.get((name, value), value) for name, value in headers.items()}

    status, told, body, was_asked = ask(method=method, **sent)
    ticks.seconds += 3600  # nothing that old is believed, so Django is asked
    LiveFeed.objects.all().update(mark=10**6)
    again = ask(method=method, **sent)

    assert not was_asked
    assert again == (status, told, body, True)


def test_warm_answers_ask_the_database_nothing(ask):
    from django.db import connection

    etag = ask(accept_encoding="gzip")[1]["ETag"]

    with CaptureQueriesContext(connection) as queries:
        _, _, body, _ = ask(accept_encoding="gzip")
        status, _, nothing, _ = ask(if_none_match=etag)

    assert (status, nothing) == ("304", b"")
    assert gzip.decompress(body).startswith(b"BEGIN:VCALENDAR")
    assert len(queries) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda event: Event.objects.filter(pk=event.pk).update(title_zh="改"),
        lambda event: event.delete(),
        lambda event: type(event.venue).objects.update(name_zh="新馆"),
    ],
)
def test_change_is_seen_within_two_seconds_by_a_process_that_made_none(ask, ticks, event, change):
    before = ask()[2]
    change(event)

    ticks.seconds += 1.1
    after = ask()

    assert after[2] != before
    assert after[3]


def test_what_others_settled_is_seen_too(ask, ticks, event, now):
    from events.services.settling import settle_changes

    ask()
    Event.objects.filter(pk=event.pk).update(title_zh="改")
    settle_changes(now=now)

    ticks.seconds += 1.1
    assert "改" in ask()[2].decode()


def test_change_elsewhere_leaves_the_answer_in_memory(ask, ticks):
    other = VenueFactory()
    ticks.seconds += 1.1
    ask()
    OccurrenceFactory(event__venue=other)

    ticks.seconds += 1.1

    assert ask()[3] is False


def test_answer_made_while_a_change_was_found_is_not_kept(ask, ticks, event, monkeypatch):
    """The rows were read before the change, the process looked after it: nobody may keep that."""
    whole = memory.FeedMemory._keep

    def late(self, key, note, begun, body, method):
        Event.objects.filter(pk=event.pk).update(title_zh="改")
        ticks.seconds += 1.1
        self._look()
        whole(self, key, note, begun, body, method)

    monkeypatch.setattr(memory.FeedMemory, "_keep", late)
    ask()
    monkeypatch.setattr(memory.FeedMemory, "_keep", whole)

    assert "改" in ask()[2].decode()


def test_midnight_ends_an_answer(ask, ticks, monkeypatch):
    ask()
    tomorrow = (timezone.now() + timedelta(days=1)).timestamp()
    monkeypatch.setattr("web.memory.time.time", lambda: tomorrow)

    assert ask()[3] is True


def test_foreign_host_is_refused_although_the_calendar_is_in_memory_W4(ask):
    ask()

    assert ask(host="evil.example")[0] == "400"
    assert ask(host="evil.example")[0] == "400"
    assert ask()[0] == "200"


def test_private_calendar_is_never_kept(ask, ticks, now):
    role = MembershipFactory()
    _, address = hand_out_private_feed(venue=role.venue, by=role.user, now=now)
    path = address.removeprefix("http://127.0.0.1:8000")

    answers = [ask(path) for _ in range(2)]

    assert [(status, was_asked) for status, _, _, was_asked in answers] == [("200", True)] * 2
    assert not LiveFeed.objects.exists()
    PrivateFeed.objects.update(revoked_at=now)
    assert ask(path)[0] == "404"


def test_refusals_are_not_kept(ask):
    assert ask("/feeds/venues/nowhere.ics")[0] == "404"
    assert ask("/feeds/venues/nowhere.ics")[3] is True
    assert ask(method="POST")[0] == "405"


def test_calendars_go_on_while_the_database_is_down_C4(ask, ticks, monkeypatch, caplog):
    body = ask()[2]

    def down(_mark):
        raise DatabaseError("gone")

    monkeypatch.setattr(memory, "marks_since", down)
    ticks.seconds += 600

    assert ask()[2:] == (body, False)
    assert "the database cannot be asked" in caplog.text


def test_memory_is_bounded(ask, monkeypatch):
    monkeypatch.setattr(memory, "MAX_BYTES", 10_000)
    for n in range(30):
        ask("/feeds/search.ics", query=f"near=31,{100 + n}&km=10")

    assert ask("/feeds/search.ics", query="near=31,129&km=10")[3] is False
    assert ask("/feeds/search.ics", query="near=31,100&km=10")[3] is True


def test_answers_are_counted(ask):
    memory.answers.clear()
    ask()
    etag = ask()[1]["ETag"]
    ask(if_none_match=etag)

    assert memory.answers == {
        ("application", "200"): 1,
        ("memory", "200"): 1,
        ("memory", "304"): 1,
    }


def test_who_follows_is_counted_once_a_minute_out_of_memory_and_without_a_trace(ask, ticks):
    for reader in ("10.0.0.1", "10.0.0.2", "10.0.0.1"):
        ask(reader=reader)
    assert not FeedReach.objects.exists()
    ticks.seconds += 61
    ask(reader="10.0.0.1")

    row = FeedReach.objects.get()
    assert (row.path, row.polls, Sketch(bytes(row.sketch)).count) == (HEFEI, 3, 2)
    assert b"10.0.0" not in bytes(row.sketch)
