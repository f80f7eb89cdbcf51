"""What it means to fetch a calendar; who does it over the network stands in ``adapters.http``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

UNREACHABLE = (
    "The calendar's address cannot be reached, or does not answer in time. "
    "Please check it in a web browser."
)
"""Said of every failed connection alike, so that nobody learns which machines and ports exist."""

_PORT_OF = {"http": 80, "https": 443}
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ud800-\udfff]")
_A_NUMBER = re.compile(r"^(0x[0-9a-f]*|\d+)$")
_HOST = re.compile(r"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$")

# What is not the public internet, from the IANA special-purpose registries. Our own list:
# ``ipaddress.is_global`` differs between Python versions and lets NAT64, 6to4 and multicast pass.
_CLOSED_V4 = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24"),
        *("192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_OPEN_V6 = ip_network("2000::/3")
_CLOSED_V6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"
    )
)  # fmt: skip


@dataclass(frozen=True)
class Fetched:
    """A calendar's bytes, decoded, and the validators for the next time (empty: none)."""

    body: bytes
    etag: str = ""
    last_modified: str = ""
    status: int = 200


@dataclass(frozen=True)
class NotModified:
    """It is what it was when the validators were given out."""


class FetchFailed(Exception):
    """Nothing usable came back; ``reason`` says why in words for the museum.

    ``code`` is stable; ``status`` is the server's answer, where one came.
    """

    def __init__(
        self, reason: str, *, code: str = "unreachable", status: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.status = status


class Fetch(Protocol):
    def __call__(
        self, url: str, *, etag: str = "", last_modified: str = ""
    ) -> Fetched | NotModified:
        """Read what is at ``url``; the validators are those of the last time.

        Raises:
            FetchFailed: for whatever reason.
        """
        ...


@dataclass(frozen=True)
class Target:
    """Where a checked address leads: ``host`` in ASCII and lower case, without a final dot."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query, never empty; no fragment."""

    @property
    def host_and_port(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORT_OF[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"


def target_of(url: str, *, allowed: frozenset[str] = frozenset()) -> Target:
    """The place an address names, checked as far as can be without asking anybody.

    ``webcal`` becomes ``https``. ``allowed`` holds ``host:port`` of private servers that may be
    read all the same.

    Raises:
        FetchFailed: a scheme, port or spelling that is not taken, or an address in figures that
            is not a public one.
    """
    if _NOT_IN_URLS.search(url):
        raise FetchFailed(
            "The address contains blanks, backslashes or control characters.", code="address"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _plain_host(parts.hostname or "")
    except (ValueError, UnicodeError):
        raise FetchFailed(
            "The address cannot be read; it should look like https://…", code="address"
        ) from None
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in _PORT_OF:
        raise FetchFailed(
            "Only addresses that start with https://, http:// or webcal:// are read.",
            code="address",
        )
    if "@" in parts.netloc:
        raise FetchFailed("Addresses with a user name or password are not read.", code="address")
    path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    port = _PORT_OF[scheme] if port is None else port
    target = Target(scheme, host, port, _ascii_path(path))
    if target.host_and_port in allowed:
        return target
    if target.port not in _PORT_OF.values():
        raise FetchFailed("Only the usual ports 80 and 443 are read.", code="address")
    literal = _literal(host)
    if literal is not None and not is_public(literal):
        raise FetchFailed(UNREACHABLE)
    return target


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` is a unicast address of the public internet, in no disguise.

    Addresses that embed another one (mapped, NAT64, 6to4, Teredo) are not.
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None or address not in _OPEN_V6:
        return False
    return not any(address in network for network in _CLOSED_V6)


def _plain_host(host: str) -> str:
    """The host in ASCII; ``ValueError`` for what is none or is spelled to deceive.

    ``127.1``, ``2130706433``, ``0x7f.1`` and full-width digits all mean 127.0.0.1 to the
    system's resolver: figures are taken in their one usual spelling only.
    """
    if ":" in host:
        return str(ip_address(host))
    plain = host.encode("idna").decode().lower().removesuffix(".")
    if not _HOST.match(plain) or ".." in plain or len(plain) > 253:
        raise ValueError(host)
    if _A_NUMBER.match(plain.rpartition(".")[2]) and str(IPv4Address(plain)) != plain:
        raise ValueError(host)
    return plain


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _ascii_path(path: str) -> str:
    """Characters beyond ASCII as UTF-8 percent escapes, as browsers send them."""
    return "".join(
        char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in path
    )
