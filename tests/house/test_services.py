"""The private servers and the rules that decide about skips."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests import conftest, services

pytest_plugins = ["pytester"]


def test_postgres_starter_gives_an_empty_database_of_its_own(postgres_url):
    import psycopg

    with psycopg.connect(postgres_url) as link:
        tables = link.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")

        assert tables.fetchone() == (0,)


def test_redis_starter_gives_a_server_that_stores(redis_url):
    from redis import Redis

    with Redis.from_url(redis_url) as link:
        link.set("orrery", "turns")

        assert link.get("orrery") == b"turns"


@pytest.mark.usefixtures("rabbitmq_url")
def test_rabbitmq_starter_gives_a_broker_that_celery_can_use(rabbitmq_url):
    from kombu import Connection

    with Connection(rabbitmq_url) as link:
        queue = link.SimpleQueue("orrery")
        queue.put("turns")

        assert queue.get(timeout=10).payload == "turns"


def test_free_port_can_be_bound():
    port = services.free_port()

    with socket.socket() as server:
        server.bind(("127.0.0.1", port))


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "10.0.0.1", "224.0.0.1"])
def test_tests_cannot_connect_beyond_this_machine(host):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET

    with socket.socket(family) as client, pytest.raises(conftest.NetworkBlockedError):
        client.connect((host, 80))

    assert conftest.attempts_to_leave == [f"socket.connect {host}"]
    conftest.attempts_to_leave.clear()


def test_tests_cannot_resolve_names_of_other_machines():
    with pytest.raises(conftest.NetworkBlockedError):
        urllib.request.urlopen("http://museum.example/feed.ics")

    assert conftest.attempts_to_leave == ["socket.getaddrinfo museum.example"]
    conftest.attempts_to_leave.clear()


INNER_CONFTEST = """
import sys
sys.path.insert(0, {root!r})
from tests import services
from tests.conftest import *
services.MISSING["redis"] = lambda: "needs Redis: taken away for this test"
"""

INNER_TESTS = """
import pytest

def test_plain(): pass

def test_with_server(redis_url): pass

@pytest.mark.long
def test_slow(): pass

def test_says_skip_itself(): pytest.skip("not today")

@pytest.mark.xfail(strict=True)
def test_known_to_fail(): assert False
"""


@pytest.fixture
def inner_suite(pytester, monkeypatch):
    """A suite under this project's rules on a machine without Redis."""
    pytester.makeconftest(INNER_CONFTEST.format(root=str(conftest.ROOT)))
    pytester.makepyfile(INNER_TESTS)
    marks = "\n".join(f"    {mark}: as in pyproject.toml" for mark in [*services.MISSING, "long"])
    pytester.makeini(
        "[pytest]\nDJANGO_SETTINGS_MODULE = config.settings.test\n"
        f"pythonpath = {conftest.ROOT}\nmarkers =\n{marks}\n"
    )
    return pytester


def test_absent_services_and_long_tests_are_skipped_with_a_reason(inner_suite, monkeypatch):
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)

    result = inner_suite.runpytest_subprocess("-rs", "-p", "no:xdist")

    result.assert_outcomes(passed=1, skipped=3, xfailed=1)
    result.stdout.fnmatch_lines_random(
        [
            "SKIPPED*needs Redis: taken away for this test",
            "SKIPPED*too slow for every run: --long runs it",
            "SKIPPED*not today",
        ]
    )


def test_require_services_turns_every_skip_but_long_into_a_failure(inner_suite, monkeypatch):
    monkeypatch.setenv("REQUIRE_SERVICES", "1")

    result = inner_suite.runpytest_subprocess("-rs", "-p", "no:xdist")

    outcomes = result.parseoutcomes()
    assert outcomes.pop("failed", 0) + outcomes.pop("errors", 0) == 2
    assert outcomes == {"passed": 1, "skipped": 1, "xfailed": 1}
    result.stdout.fnmatch_lines(
        ["*REQUIRE_SERVICES=1 allows no skip, but: *needs Redis: taken away for this test"]
    )


def test_long_runs_what_is_slow(inner_suite, monkeypatch):
    monkeypatch.delenv("REQUIRE_SERVICES", raising=False)

    result = inner_suite.runpytest_subprocess("--long", "-p", "no:xdist")

    result.assert_outcomes(passed=2, skipped=2, xfailed=1)
