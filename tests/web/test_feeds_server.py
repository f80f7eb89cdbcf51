"""Feeds through a socket: what the test client cannot show, because it tidies up by itself."""

from __future__ import annotations

import gzip
import http.client

import pytest

from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory

FEED = "/feeds/venues/hefei.ics"


@pytest.fixture
def connection(live_server):
    OccurrenceFactory(event=EventFactory(venue=VenueFactory(slug="hefei"), title_zh="光"))
    kept_open = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port)
    yield kept_open
    kept_open.close()


def ask(connection, method: str = "GET", **headers: str):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, FEED, headers=names)
    response = connection.getresponse()
    return response, response.read()


def test_answers_on_one_connection_stay_in_step_C3(connection):
    """A body after HEAD or 304 would be taken for the beginning of the next answer."""
    first, plain = ask(connection)
    head, nothing = ask(connection, "HEAD")
    unchanged, also_nothing = ask(connection, If_None_Match=first.headers["ETag"])
    packed, compressed = ask(connection, Accept_Encoding="gzip")
    last, again = ask(connection)

    assert [r.status for r in (first, head, unchanged, packed, last)] == [200, 200, 304, 200, 200]
    assert nothing == also_nothing == b""
    assert head.headers["Content-Length"] == str(len(plain))
    assert gzip.decompress(compressed) == plain == again
    assert "光" in plain.decode()


def test_no_answer_sets_a_cookie_or_varies_with_one_C1(connection):
    for headers in ({}, {"Cookie": "sessionid=abc; django_language=en"}):
        response, _ = ask(connection, **headers)

        assert response.headers["Set-Cookie"] is None
        assert response.headers.get_all("Vary") == ["Accept-Encoding"]


def test_header_cannot_be_split_by_an_address_O3(live_server):
    import socket

    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as raw:
        raw.sendall(
            b"GET /feeds/venues/a%0d%0aSet-Cookie:%20x=1.ics?lang=zh HTTP/1.1\r\n"
            b"Host: localhost\r\nConnection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"\nSet-Cookie" not in answer.partition(b"\r\n\r\n")[0]
