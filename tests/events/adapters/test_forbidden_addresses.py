"""A hundred ways to write an address of this machine or its neighbours: none is ever connected."""

from __future__ import annotations

import itertools
import re
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from events.adapters.http import GuardedFetch
from events.imports.fetch import UNREACHABLE, FetchFailed
from tests.events.adapters.servers import answer, serving

_V4 = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.192", "192.168.0.1"),
    *("192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "255.255.255.255"),
)
_V6 = (
    *("::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1"),
    *("2001::1", "2001:10::1", "3fff::1", "100::1", "2002:7f00:1::", "2002:a00:1::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "::ffff:169.254.169.254", "0:0:0:0:0:ffff:7f00:1", "5f00::1"),
)
_SPELLINGS = (
    *("127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("127.0.0.1.", "127.0.0.1.nip", "①②⑦.0.0.1", "127。0。0。1", "127.0.0.1", "0x7f.0x0.0x0.0x1"),
    *("3232235521", "0xc0a80001", "0251.0376.0251.0376", "2852039166", "127.000.000.001"),
)
_FORMS = (
    *(f"http://{host}/" for host in (*_V4, *_SPELLINGS)),
    *(f"https://{host}/" for host in _V4),
    *(f"http://[{host}]/" for host in _V6),
    *(f"webcal://[{host}]/" for host in _V6[:8]),
    *("http://good.example@127.0.0.1/", "http://127.0.0.1#@good.example", "http://127.0.0.1:80/"),
    *("http://127.0.0.1%2f@good.example/", "http://[fe80::1%25lo]/", "http://127.0.0.1\\@good/"),
    *("file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/"),
    *(
        "jar:http://127.0.0.1!/",
        "data:text/calendar,BEGIN",
        "http:///127.0.0.1",
        "http://127.0.0.1 /",
    ),
    *(
        "http://good.example:22/",
        "http://good.example:6379/",
        "http://good.example:0/",
        "//127.0.0.1",
    ),
)

_connects: list[object] = []
_is_listening = False


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _is_listening and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_note)


@pytest.fixture(autouse=True)
def _noted() -> Iterator[None]:
    global _is_listening
    _connects.clear()
    _is_listening = True
    yield
    _is_listening = False


def refused(fetch: GuardedFetch, url: str) -> bool:
    try:
        fetch(url)
    except FetchFailed:
        return True
    return False


def figures(host: str, _port: int) -> list[str]:
    """A resolver for which names mean this machine and figures themselves."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return ["127.0.0.1"]


def test_there_are_a_hundred_forms():
    assert len(set(_FORMS)) >= 100


@pytest.mark.parametrize("url", sorted(set(_FORMS)), ids=ascii)
def test_no_form_of_a_forbidden_address_is_connected_directly(url):
    """S1, S2, S3, S6, M12."""
    assert refused(GuardedFetch(allowed=frozenset(), addresses=figures), url)
    assert _connects == []


def test_no_form_of_a_forbidden_address_is_reached_by_a_redirect():
    """S5: each hop is judged like the first."""
    with serving() as server:
        fetch = GuardedFetch(allowed=frozenset({server.name}), addresses=figures)
        for number, url in enumerate(sorted(set(_FORMS))):
            if url == "//127.0.0.1":
                url = "//127.0.0.1:80/"
            location = url.encode("ascii", "ignore").decode()
            server.replies[f"/{number}"] = answer(status="302 Found", Location=location)
            _connects.clear()
            assert refused(fetch, server.url(f"/{number}")), url
            assert [each for each in _connects if each != ("127.0.0.1", server.port)] == [], url


@pytest.mark.parametrize("address", [*_V4, *_V6])
def test_no_name_leads_to_a_forbidden_address_whatever_else_it_means(address):
    """S4: one forbidden address among public ones is enough, and the answer is asked for once."""
    answers = iter([["93.184.216.34", address], [address], ["93.184.216.34"]])
    asked = []

    def flips(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    fetch = GuardedFetch(allowed=frozenset(), addresses=flips)

    assert refused(fetch, "http://museum.example/")
    assert asked == ["museum.example"]
    assert refused(fetch, "http://museum.example/")
    assert _connects == []


@pytest.mark.parametrize("url", sorted(set(_FORMS)), ids=ascii)
def test_no_name_that_was_public_a_moment_ago_leads_to_a_form(url, monkeypatch):
    """S4: a server of names that answers what is public first and then what is meant.

    The first reading goes to the address that was checked, however the name is answered while it
    connects; the second one nowhere.
    """
    forbidden = meant(url)
    answers = itertools.chain([["93.184.216.34"]], itertools.repeat(forbidden))
    fetch = GuardedFetch(allowed=frozenset(), addresses=lambda _host, _port: next(answers))
    tried: list[object] = []

    def connect(_socket: socket.socket, address: object) -> None:
        tried.append(address)
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", connect)

    assert refused(fetch, "http://museum.example/")
    assert refused(fetch, "http://museum.example/")
    assert tried == [("93.184.216.34", 80)]
    assert _connects == []


def meant(url: str) -> list[str]:
    """The address that a form stands for, in the eyes of the system's resolver."""
    host = re.sub(r"%25.*", "", urlsplit(re.sub(r"[\\ ]", "/", url)).hostname or "")
    try:
        return [str(ip_address(host))]
    except ValueError:
        pass
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except (OSError, UnicodeError):
        return ["127.0.0.1"]


def test_the_watch_sees_what_a_fetch_without_its_guard_would_connect_to(monkeypatch):
    """Otherwise the tests above would say nothing."""
    monkeypatch.setattr("events.adapters.http.is_public", lambda _address: True)
    monkeypatch.setattr("events.imports.fetch.is_public", lambda _address: True)
    fetch = GuardedFetch(allowed=frozenset(), addresses=figures)
    here = [url for url in sorted(set(_FORMS)) if meant(url)[0].startswith("127.")]

    seen = set()
    for url in here:
        _connects.clear()
        assert refused(fetch, url)
        seen.update(_connects)

    assert {("127.0.0.1", 80), ("127.0.0.1", 443), ("127.1.2.3", 80)} <= seen


def test_open_closed_and_silent_ports_behind_the_wall_cannot_be_told_apart():
    """S10: the same words after the same time, for nothing is ever asked of them."""
    with serving() as listening:
        urls = {
            "open": listening.url(),
            "closed": "http://127.0.0.1:80/",
            "silent": "http://10.255.255.1:80/",
        }
        fetch = GuardedFetch(allowed=frozenset(), addresses=figures)
        times: dict[str, list[float]] = {name: [] for name in urls}
        words = set()
        for _ in range(200):
            for name in ("closed", "silent"):
                began = time.perf_counter()
                with pytest.raises(FetchFailed) as failure:
                    fetch(urls[name])
                times[name].append(time.perf_counter() - began)
                words.add(failure.value.reason)
        assert refused(fetch, urls["open"])

    assert words == {UNREACHABLE}
    assert _connects == []
    medians = [statistics.median(times[name]) for name in ("closed", "silent")]
    assert max(medians) < 1.5 * min(medians) + 0.001
