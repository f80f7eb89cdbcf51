"""The guarded fetch against servers of every kind; nothing leaves the machine."""

from __future__ import annotations

import gzip
import itertools
import resource
import socket
import ssl
import sys
import time
import zlib
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from events.adapters.http import GuardedFetch, system_tls
from events.imports.fetch import UNREACHABLE, Fetched, FetchFailed, NotModified, is_public
from tests.events.adapters.servers import Server, answer, serving

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"

connects: list[object] = []
_listening = False


def _note_connects(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event == "socket.connect":
        connects.append(arguments[1])


sys.addaudithook(_note_connects)


@pytest.fixture(autouse=True)
def _noted_connects() -> Iterator[None]:
    """``connects`` holds every address a socket was connected to in this test."""
    global _listening
    connects.clear()
    _listening = True
    yield
    _listening = False


@pytest.fixture
def server() -> Iterator[Server]:
    with serving({"/a.ics": answer(CALENDAR, ETag='"1"', Last_Modified="Mon, 02 Nov 2026")}) as s:
        yield s


def as_libc_does(host: str, port: int) -> list[str]:
    """A resolver that takes figures in all the spellings the system's takes, and knows no names."""
    try:
        return [str(ip_address(host))]
    except ValueError:
        return [socket.inet_ntoa(socket.inet_aton(host))]


def names(**addresses: list[str]):
    return lambda host, port: addresses[host.partition(".")[0]]


def fetch(server: Server | None = None, **options) -> GuardedFetch:
    """A fetch to which ``server`` alone is allowed of all private ones."""
    allowed = frozenset({server.name} if server else ())
    return GuardedFetch(**{"allowed": allowed, "addresses": as_libc_does} | options)


def reason(fetching: GuardedFetch, url: str) -> str:
    with pytest.raises(FetchFailed) as failure:
        fetching(url)
    return failure.value.reason


# ---- what it does ------------------------------------------------------------------------------


def test_fetch_gives_the_body_and_the_validators(server):
    assert fetch(server)(server.url("/a.ics?x=1")) == Fetched(
        CALENDAR, etag='"1"', last_modified="Mon, 02 Nov 2026"
    )
    (heard,) = server.heard
    assert heard.line == "GET /a.ics?x=1 HTTP/1.1"
    assert heard.headers["host"] == server.name
    assert heard.headers["user-agent"] == "Orrery (+http://127.0.0.1:8000)"
    assert not heard.headers.keys() & {"cookie", "authorization", "referer", "if-none-match"}


def test_fetch_asks_conditionally_and_understands_304(server):
    server.replies["/a.ics"] = answer(status="304 Not Modified")

    result = fetch(server)(server.url("/a.ics"), etag='"1"', last_modified="Mon, 02 Nov 2026")

    assert result == NotModified()
    assert server.heard[0].headers["if-none-match"] == '"1"'
    assert server.heard[0].headers["if-modified-since"] == "Mon, 02 Nov 2026"


def test_304_without_having_asked_for_it_is_a_failure(server):
    server.replies["/a.ics"] = answer(status="304 Not Modified")

    assert "status 304" in reason(fetch(server), server.url("/a.ics"))


def test_a_validator_that_could_break_a_header_is_forgotten(server):
    server.replies["/a.ics"] = answer(CALENDAR, ETag='"a\r\n b"', Last_Modified="x" * 81)

    assert fetch(server)(server.url("/a.ics")) == Fetched(CALENDAR)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "401 Who"])
def test_other_answers_are_failures_that_name_the_status(server, status):
    server.replies["/a.ics"] = answer(b"<html>", status=status)

    assert f"status {status[:3]}" in reason(fetch(server), server.url("/a.ics"))


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zlib.compress, lambda data: zlib.compress(data)[2:-4]],
    ids=["gzip", "zlib", "bare deflate"],
)
def test_packed_bodies_are_unpacked(server, pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    server.replies["/a.ics"] = answer(pack(CALENDAR * 9_000), Content_Encoding=encoding)

    assert fetch(server)(server.url("/a.ics")).body == CALENDAR * 9_000


def test_several_gzip_members_are_one_body(server):
    packed = gzip.compress(CALENDAR) + gzip.compress(CALENDAR)
    server.replies["/a.ics"] = answer(packed, Content_Encoding="gzip")

    assert fetch(server)(server.url("/a.ics")).body == CALENDAR * 2


def test_chunked_bodies_are_joined(server):
    body = b"5\r\nBEGIN\r\n3\r\n:VC\r\n0\r\n\r\n"
    server.replies["/a.ics"] = answer(body, length=None, Transfer_Encoding="chunked")

    assert fetch(server)(server.url("/a.ics")).body == b"BEGIN:VC"


# ---- where it does not go ----------------------------------------------------------------------

_LOOPBACK_SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "017700000001", "0x7f000001", "0x7f.1",
    "0x7f.0.0.1", "0177.0.0.1", "0177.0.0.01", "127.000.000.001", "127.0.0.1.", "①②⑦.0.0.1",
    "１２７.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "0", "0.0.0.0", "00000000",
    "127.255.255.254", "0x7F.0X0.0x0.0x1", "127.0.0.0x1", "4294967295",
]  # fmt: skip
_PRIVATE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.1",
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "0.1.2.3",
]  # fmt: skip
_V6 = [
    "::1", "::", "0:0:0:0:0:0:0:1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2001::1", "2001:0:53aa:64c::1", "2001:2::1", "2001:10::1", "2001:db8::1", "3fff::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%25lo", "fe80::1%lo", "fec0::1", "ff02::1",
    "ff0e::1", "100::1", "5f00::1", "2620:4f:8000::1", "::7f00:1",
]  # fmt: skip
FORBIDDEN = [
    *(f"http://{host}/a.ics" for host in _LOOPBACK_SPELLINGS + _PRIVATE),
    *(f"https://{host}/" for host in ("127.0.0.1", "127.1", "2130706433", "10.0.0.1")),
    *(f"webcal://{host}/a.ics" for host in ("127.0.0.1", "0x7f.1", "169.254.169.254")),
    *(f"http://[{host}]/a.ics" for host in _V6),
    *("https://[::1]/", "webcal://[::ffff:127.0.0.1]/a.ics", "http://[::1]:80/"),
    *("http://good@127.0.0.1/", "http://a:b@127.0.0.1/", "http://127.0.0.1#@good.example/"),
    *("http://127.0.0.1?@good.example/", "http://good.example@127.0.0.1/", "http://@127.0.0.1/"),
    *("http://127.0.0.1\\@good.example/", "http://good.example\\@127.0.0.1/"),
    *("http://127.0.0.1\t/", "http://127.0.0.1\n/", " http://127.0.0.1/", "http://127.0.0.1 /"),
    *("http://127.0.0.1:22/", "http://127.0.0.1:8080/", "http://93.184.216.34:22/"),
    *("http://93.184.216.34:6379/", "http://93.184.216.34:0/", "http://93.184.216.34:99999/"),
    *("http://93.184.216.34:-80/", "http://93.184.216.34:８０８/"),
    *("file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://127.0.0.1/a.ics", "data:,x"),
    *("jar:http://127.0.0.1!/a", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "javascript:1"),
    *("//127.0.0.1/a.ics", "/etc/passwd", "127.0.0.1/a.ics", "http:127.0.0.1", "http:///a.ics"),
    *("", "http://", "http://.", "http://..", "http://[", "http://[::1", "http://[v1.x]/"),
    *("http://a..b/", "http://-/", "http://" + "a" * 300 + "/", "http://\ud800/"),
    *("unix:/run/docker.sock", "http+unix://%2Frun%2Fdocker.sock/", "HTTP://127.0.0.1/"),
    *("hTTp://LOCALHOST./", "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.good.example/"),
    *("http://127.0.0.1%2f@good.example/", "webcals://127.0.0.1/", "feed://127.0.0.1/"),
]


def test_the_table_of_forbidden_addresses_is_a_long_one():
    assert len(set(FORBIDDEN)) == len(FORBIDDEN) >= 120
    assert len(_AS_LOCATION) >= 100


@pytest.mark.parametrize("url", FORBIDDEN)
def test_fetch_never_connects_to_a_forbidden_address(url):
    """S1, S2, S3, S6: refused, and no packet sent."""

    def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "localhost" else as_libc_does(host, port)

    assert reason(fetch(addresses=resolver), url)

    assert connects == []


_RELATIVE = {"", "/etc/passwd", "127.0.0.1/a.ics", "http:127.0.0.1", "http:///a.ics", "http://"}
_AS_LOCATION = [
    url for url in FORBIDDEN
    if url not in _RELATIVE and url.isascii() and url.isprintable() and url == url.strip()
]  # fmt: skip


@pytest.mark.parametrize("url", _AS_LOCATION)
def test_fetch_follows_no_redirect_to_a_forbidden_address(server, url):
    """S5: each hop is checked as the first one is."""
    server.replies["/a.ics"] = answer(status="302 Found", Location=url)

    assert reason(fetch(server), server.url("/a.ics"))

    assert connects == [("127.0.0.1", server.port)]


@pytest.mark.parametrize("address", _PRIVATE + _V6)
def test_no_special_address_is_public(address):
    """M12."""
    assert not is_public(ip_address(address.replace("%25", "%")))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1",
                "172.15.0.1", "172.32.0.1", "223.255.255.255", "2606:4700::1111", "2400:3200::1",
                "2001:200::1", "2003::1"],
)  # fmt: skip
def test_ordinary_addresses_are_public(address):
    assert is_public(ip_address(address))


def test_fetch_refuses_a_name_with_one_private_address_among_public_ones():
    """S4: all records must be public."""
    mixed = names(museum=["93.184.216.34", "10.0.0.1"])

    assert reason(fetch(addresses=mixed), "https://museum.example/") == UNREACHABLE
    assert connects == []


def test_fetch_asks_for_a_name_once_and_connects_to_the_address_it_checked(monkeypatch):
    """S4: DNS rebinding, public when checked and private when connected."""
    answers = itertools.chain([["93.184.216.34"]], itertools.repeat(["127.0.0.1"]))
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    tried = []
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, address: tried.append(address) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        fetch(addresses=rebinding)("http://museum.example/")

    assert (asked, tried) == (["museum.example"], [("93.184.216.34", 80)])


def test_fetch_sends_the_name_and_goes_to_the_address(server):
    named = GuardedFetch(
        allowed=frozenset({f"museum.example:{server.port}"}), addresses=names(museum=["127.0.0.1"])
    )

    named(f"http://museum.example:{server.port}/a.ics")

    assert server.heard[0].headers["host"] == f"museum.example:{server.port}"


def test_a_private_server_is_allowed_by_host_and_port_together(server):
    with serving() as other:
        assert reason(fetch(server), other.url()) != ""
        assert other.heard == []


# ---- redirects ---------------------------------------------------------------------------------


def test_fetch_follows_redirects_and_sends_nothing_more(server):
    server.replies["/old"] = answer(status="301 Moved", Location="/a.ics", Set_Cookie="a=b")

    assert fetch(server)(server.url("/old")).body == CALENDAR
    assert "cookie" not in server.heard[1].headers


@pytest.mark.parametrize(("hops", "arrives"), [(5, True), (6, False)])
def test_fetch_follows_five_redirects_and_no_more(server, hops, arrives):
    """S5."""
    for hop in range(hops):
        server.replies[f"/{hop}"] = answer(status="302 Found", Location=f"/{hop + 1}")
    server.replies[f"/{hops}"] = answer(CALENDAR)

    if arrives:
        assert fetch(server)(server.url("/0")).body == CALENDAR
    else:
        assert "on and on" in reason(fetch(server), server.url("/0"))


def test_fetch_follows_no_redirect_from_https_to_http(server):
    """S5."""
    from events.imports.fetch import target_of

    secure = target_of("https://93.184.216.34/a.ics")

    with pytest.raises(FetchFailed, match="insecure"):
        fetch()._next(secure, "http://93.184.216.34/a.ics")
    assert fetch()._next(secure, "/b.ics").url == "https://93.184.216.34/b.ics"


def test_the_body_of_a_redirect_is_never_read(server):
    """S7: a bomb in it hurts nobody."""
    server.replies["/old"] = answer(
        gzip.compress(bytes(1_000_000)), status="302 Found", length=10**12,
        Location="/a.ics", Content_Encoding="gzip",
    )  # fmt: skip

    assert fetch(server)(server.url("/old")).body == CALENDAR


# ---- size and time -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_stopped_while_it_unpacks(server, encoding):
    """S7: 400 kB that would become 400 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(10_000_000)) for _ in range(40)) + packer.flush()
    server.replies["/a.ics"] = answer(bomb, Content_Encoding=encoding)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert "larger than 10 MB" in reason(fetch(server), server.url("/a.ics"))

    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kb < 64_000


@pytest.mark.parametrize(("length", "sent"), [(10**9, b""), (None, b"x" * 2_000_001)])
def test_a_large_body_is_refused_with_or_without_its_length(server, length, sent):
    """S7."""
    server.replies["/a.ics"] = answer(sent, length=length)

    small = fetch(server, max_bytes=2_000_000)

    assert "larger than 2 MB" in reason(small, server.url("/a.ics"))


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_encodings_nobody_asked_for_are_refused(server, encoding):
    """S7: nested ones among them."""
    server.replies["/a.ics"] = answer(gzip.compress(CALENDAR), Content_Encoding=encoding)

    assert "unasked" in reason(fetch(server), server.url("/a.ics"))


@pytest.mark.parametrize(
    "reply",
    [
        answer(CALENDAR, length=1_000),
        answer(gzip.compress(CALENDAR * 99)[:-9], Content_Encoding="gzip"),
        answer(b"5\r\nBEG", length=None, Transfer_Encoding="chunked"),
    ],
    ids=["length", "gzip", "chunked"],
)
def test_a_body_that_breaks_off_is_a_failure(server, reply):
    server.replies["/a.ics"] = reply

    assert reason(fetch(server), server.url("/a.ics"))


def test_a_body_that_is_not_what_it_says_is_a_failure(server):
    server.replies["/a.ics"] = answer(b"no gzip at all", Content_Encoding="gzip")

    assert "unpacked" in reason(fetch(server), server.url("/a.ics"))


def _drip(head: bytes, drop: bytes):
    def reply(link: socket.socket, _heard: object) -> None:
        link.sendall(head)
        for _ in range(200):
            link.sendall(drop)
            time.sleep(0.05)

    return reply


@pytest.mark.parametrize(
    "reply",
    [
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        _drip(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        _drip(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        _drip(b"", b""),
    ],
    ids=["body", "header line", "interim answers", "silence"],
)
def test_dripping_servers_are_left_at_the_deadline(server, reply):
    """S8."""
    server.replies["/a.ics"] = reply
    begun = time.monotonic()

    assert reason(fetch(server, seconds=0.5), server.url("/a.ics"))

    assert time.monotonic() - begun < 2


def test_a_resolver_that_never_answers_is_left_at_the_deadline():
    """S8."""
    begun = time.monotonic()

    def silent(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["93.184.216.34"]

    assert reason(fetch(addresses=silent, seconds=0.3), "http://museum.example/") == UNREACHABLE
    assert time.monotonic() - begun < 1.5


def test_all_failed_connections_read_the_same(server):
    """S10: nobody learns what is open behind the wall."""

    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with serving() as closed:
        pass
    refused = fetch(closed)
    said = {
        reason(refused, closed.url()),  # a closed port
        reason(fetch(), "http://10.0.0.1/"),  # a private address
        reason(fetch(addresses=names(inside=["192.168.1.1"])), "http://inside.example/"),
        reason(fetch(addresses=unknown), "http://unknown.example/"),
        reason(fetch(server, seconds=0.2), _silent(server)),
    }

    assert said == {UNREACHABLE}


def _silent(server: Server) -> str:
    server.replies["/silent"] = _drip(b"", b"")
    return server.url("/silent")


def test_a_server_that_speaks_no_http_is_a_failure(server):
    server.replies["/a.ics"] = lambda link, heard: link.sendall(b"220 smtp.example ESMTP\r\n")

    assert reason(fetch(server), server.url("/a.ics")) == UNREACHABLE


class _NotedTls:
    """Stands in for TLS: notes whose certificate would be asked for, and lets the bytes pass."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def wrap_socket(self, link: socket.socket, server_hostname: str) -> socket.socket:
        self.names.append(server_hostname)
        return link


def test_https_asks_for_the_certificate_of_the_name_not_of_the_address(server):
    """S4: the connection goes to the checked address, the certificate must be the name's."""
    tls = _NotedTls()
    named = GuardedFetch(
        allowed=frozenset({f"museum.example:{server.port}"}),
        addresses=names(museum=["127.0.0.1"]),
        tls=lambda: tls,
    )

    assert named(f"webcal://museum.example:{server.port}/a.ics").body == CALENDAR
    assert tls.names == ["museum.example"]


def test_https_checks_certificates_and_names():
    context = system_tls()

    assert context.check_hostname
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_a_server_without_a_certificate_is_not_read_by_https(server):
    secure = GuardedFetch(allowed=frozenset({server.name}), seconds=2, addresses=as_libc_does)

    assert reason(secure, f"https://{server.name}/a.ics") == UNREACHABLE
