"""Requests that servers and proxies understand differently (P7), through the server we run."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import RequestFactory

from web.origin import client_address

ROOT = Path(__file__).resolve().parents[2]
HOST = b"Host: localhost\r\n"
SMUGGLED = b"0\r\n\r\nGET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The port of a server started as ``./run serve`` does."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        + ["--port", str(port), "config.wsgi:application"],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('server') / 'one.sqlite3'}",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            if process.poll() is not None or is_open(port):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int, raw: bytes) -> list[int]:
    """The status of every answer on one connection, until the server closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw)
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
        except ConnectionError:
            pass  # it would not even read the rest
    return [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def get(*headers: bytes) -> bytes:
    lines = b"".join(header + b"\r\n" for header in headers)
    return b"GET /healthz HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (get(b"Host: localhost"), [200]),
        (get(b"Host: localhost", b"Host: evil.example"), [400]),
        (get(b"Host: evil.example"), [400]),
        (get(b"Host: localhost", b"X_Forwarded_Host: evil.example"), [200]),
        (get(b"Host: localhost", b"X-A: " + b"a" * 1_000_000), [431]),
        (get(b"Host: localhost", *(b"X-%d: a" % number for number in range(1000))), [431]),
        (get(b"Host: localhost", b"X-A: a\rX-Forwarded-For: 1.1.1.1"), [400]),
        (get(b"Host: localhost", b"Content-Length: 4", b"Content-Length: 5"), [400]),
        (get(b"Host: localhost", b"Transfer-Encoding : chunked"), [400]),
        (get(b"Host: localhost", b"Transfer-Encoding: chunked", b"Transfer-Encoding: x"), [400]),
        (b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", [400]),
    ],
    ids=lambda value: str(value)[:70],
)
def test_P7_what_can_be_read_in_two_ways_is_refused(server, raw, expected):
    assert answers(server, raw) == expected


def test_P7_a_request_hidden_in_the_body_of_another_is_never_answered(server):
    """Two lengths: the connection ends with the one answer, whichever length a proxy believed."""
    head = b"POST /healthz HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n" % len(SMUGGLED)

    found = answers(server, head + b"Transfer-Encoding: chunked\r\n\r\n" + SMUGGLED)

    assert len(found) == 1
    assert found[0] >= 400


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP"])
def test_P7_without_a_trusted_proxy_no_header_says_where_somebody_is(name, settings):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **{name: "6.6.6.6"})

    settings.TRUSTED_PROXIES = 0

    assert client_address(request) == "192.0.2.1"


def test_P7_a_repeated_header_cannot_push_the_proxys_word_aside(settings):
    settings.TRUSTED_PROXIES = 1
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="6.6.6.6,192.0.2.1")

    assert client_address(request) == "192.0.2.1"
