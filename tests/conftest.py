"""What every test may ask for: a fixed moment, private servers, and a wall against the network."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings

from tests import services

ROOT = Path(__file__).resolve().parents[1]
REQUIRE_SERVICES = os.environ.get("REQUIRE_SERVICES") == "1"

SERVICE_OF_FIXTURE = {
    "postgres_url": "pg",
    "redis_url": "redis",
    "rabbitmq_url": "rabbitmq",
    "imap_url": "imap",
    "chromium": "browser",
    "libical_python": "libical",
    "calendar_clients": "clients",
    "node_modules": "node",
}
ONE_WORKER = {"rabbitmq", "browser"}  # slow to start: one of each is enough


# ---- the network -------------------------------------------------------------------------------


class NetworkBlockedError(RuntimeError):
    """A test tried to reach something beyond this machine."""


attempts_to_leave: list[str] = []


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost", "0.0.0.0", "::"):
        return True
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        return text.endswith(".localhost")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if not isinstance(address, tuple) or not isinstance(address[0], str):
            return  # a Unix socket, or a kernel one
        host: object = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if not _is_local(host):
        attempts_to_leave.append(f"{event} {host}")
        raise NetworkBlockedError(f"Tests stay on this machine; {event} asked for {host!r}.")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _stay_on_this_machine() -> Iterator[None]:
    """Fail a test that swallowed its :class:`NetworkBlockedError`."""
    attempts_to_leave.clear()
    yield
    assert attempts_to_leave == []


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rows of different tests share ids and moments: a kept calendar would fit them both."""
    from django.core.cache import cache  # settings exist only after pytest-django has started

    cache.clear()


# ---- options, markers and skips ----------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run what is too slow for every run")


def pytest_configure(config: pytest.Config) -> None:
    if sys.flags.optimize:
        raise pytest.UsageError("Tests do not run under python -O: it removes their assertions.")
    # Every run asks the same questions; the long one asks new ones each time.
    settings.register_profile("standard", derandomize=True)
    settings.load_profile("default" if config.getoption("--long") else "standard")


def _database_vendor() -> str:
    from django.db import connection  # settings exist only after pytest-django has started

    return connection.vendor


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Marks first, then pytest-xdist, which reads the groups, and the order last."""
    vendor = _database_vendor()
    elsewhere = {"sqlite": "only_postgresql", "postgresql": "only_sqlite"}[vendor]
    kept = [item for item in items if item.get_closest_marker(elsewhere) is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if name in SERVICE_OF_FIXTURE:
                item.add_marker(SERVICE_OF_FIXTURE[name])
        heavy = ONE_WORKER & {mark.name for mark in item.iter_markers()}
        if heavy and config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group("+".join(sorted(heavy))))
    yield
    grouped = [item for item in items if item.get_closest_marker("xdist_group")]
    if getattr(config.option, "loadgroup", False):
        assert all("@" in item.nodeid for item in grouped), "pytest-xdist groups nothing"
    # What one worker does alone begins first, or the other one waits for it at the end.
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("long") and not item.config.getoption("--long"):
        pytest.skip("too slow for every run: --long runs it")
    for service in sorted({mark.name for mark in item.iter_markers()} & services.MISSING.keys()):
        if reason := services.MISSING[service]():
            pytest.skip(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With REQUIRE_SERVICES=1 nothing but ``long`` is skipped: every other skip is a failure."""
    report = yield
    is_long = item.get_closest_marker("long") and not item.config.getoption("--long")
    if REQUIRE_SERVICES and report.skipped and not hasattr(report, "wasxfail") and not is_long:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_SERVICES=1 allows no skip, but: {reason}"
    return report


# ---- fixtures ----------------------------------------------------------------------------------


@pytest.fixture
def now() -> datetime:
    """The moment at which every test happens: nine in the morning in Hefei."""
    return datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server with one empty database, or ORRERY_TEST_POSTGRES_URL."""
    with services.postgres() as url:
        yield url


@pytest.fixture
def fresh_postgres_url(postgres_url) -> Iterator[str]:
    """An empty database of its own on the private server, dropped afterwards."""
    server, _, _ = postgres_url.rpartition("/")
    name = f"orrery_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A private Redis server, or ORRERY_TEST_REDIS_URL."""
    with services.redis() as url:
        yield url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """A private RabbitMQ server, or ORRERY_TEST_RABBITMQ_URL."""
    with services.rabbitmq() as url:
        yield url


@pytest.fixture(scope="session")
def imap_url() -> Iterator[str]:
    """The address of a mailbox on a private IMAP server; tests empty it themselves."""
    with services.imap() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> services.Chromium:
    """The browser's path and the flags it needs; every start takes an empty profile folder."""
    return services.Chromium(path=services.chromium_path())


@pytest.fixture(scope="session")
def libical_python() -> Path:
    """A Python interpreter that imports ``gi.repository.ICalGLib`` (run it as a subprocess)."""
    return services.libical_python_path()


@pytest.fixture(scope="session")
def calendar_clients() -> dict[str, Path]:
    """Paths of ``khal``, ``vdirsyncer`` and ``calcurse``."""
    return services.calendar_client_paths()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder of installed packages of ``tests/package.json``."""
    return ROOT / "tests" / "node_modules"
