"""Backup, restore and moving between databases, each with real files, servers and processes."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]

FILL = """
import django
django.setup()
from django.contrib.auth import get_user_model
from tests.factories.venues import *
province = RegionFactory(code="340000", level=1, name_zh="安徽省")
county = RegionFactory(code="340104", parent=province)
venue = VenueFactory(slug="hefei", region=county, lat=31.8, lon=117.2, coordinates_source="survey")
SpaceFactory(venue=venue, code="hall")
MembershipFactory(region=province, role="administrator")
from venues.models import Job, RegionTag
county.tags.add(RegionTag.objects.create(code="border", name_zh="边境县"))
from datetime import UTC, datetime
Job.objects.create(kind="planning_run", subject="1", result={"名": [1, None, 0.1]},
                   created_at=datetime(2026, 11, 2, tzinfo=UTC))
"""
LOOK = """
import django, json
django.setup()
from django.db import connection
from venues.models import *
from venues.services.backups import rows_by_table
from tests.factories.venues import RegionFactory
rows = rows_by_table()
print(json.dumps({
    "vendor": connection.vendor,
    "rows": {table: count for table, count in rows.items() if count and table != "sqlite_sequence"},
    "under": [r.code for r in Region.objects.under(Region.objects.get(code="340000"))],
    "tags": [t.code for t in Region.objects.get(code="340104").tags.all()],
    "venue": [Venue.objects.get(slug="hefei").lat, str(Venue.objects.get().changed_at)],
    "job": [Job.objects.get().result, str(Job.objects.get().created_at)],
    "new id": RegionFactory(code="999").pk > max(Region.objects.exclude(code="999")
                                                 .values_list("pk", flat=True)),
}, ensure_ascii=False))
Region.objects.filter(code="999").delete()
"""


class Database:
    """A database that the commands are run against, in processes of their own."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _run(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": self.url,
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        done = self._run("manage.py", *arguments, "--skip-checks")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *arguments: str) -> str:
        done = self._run("manage.py", *arguments, "--skip-checks")
        assert done.returncode == 1, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    def fill(self) -> Database:
        self.manage("migrate", "--verbosity", "0")
        done = self._run("-c", FILL)
        assert done.returncode == 0, done.stderr
        return self

    def look(self) -> dict:
        done = self._run("-c", LOOK)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def sqlite(tmp_path):
    """Makes SQLite files in this test's folder."""
    return lambda name: Database(f"sqlite:///{tmp_path / name}")


@pytest.fixture
def postgresql(postgres_url):
    """Makes empty PostgreSQL databases, dropped at the end of the test."""
    parts, made = urlsplit(postgres_url), []

    def make(name: str) -> Database:
        name = f"backup_{name}_{os.getpid()}"
        with psycopg.connect(postgres_url, autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return Database(urlunsplit(parts._replace(path=f"/{name}")))

    yield make
    with psycopg.connect(postgres_url, autocommit=True) as link:
        for name in made:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def kind(request):
    """Makes databases of one kind, then of the other."""
    return request.getfixturevalue(request.param)


def test_a_backup_restored_into_an_empty_database_is_the_same_network(kind, tmp_path):
    original, file = kind("original").fill(), tmp_path / "network.backup"
    before = original.look()

    answer = json.loads(original.manage("backup", str(file)).splitlines()[-1])
    other = kind("other")
    restored = json.loads(other.manage("restore", str(file)).splitlines()[-1])

    assert answer["bytes"] == file.stat().st_size > 0
    assert answer["rows"] == restored["rows"]
    assert other.look() == before
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_restore_replaces_only_when_told_so_and_loses_nothing_else(kind, tmp_path):
    database, file = kind("only").fill(), tmp_path / "network.backup"
    before = database.look()
    database.manage("backup", str(file))
    database.manage("shell", "-c", "Venue.objects.all().delete()")

    refusal = database.refusal("restore", str(file))
    assert refusal.endswith("The database is not empty; --yes replaces what is in it.")
    database.manage("restore", str(file), "--yes")

    assert database.look() == before
    assert database.refusal("backup", str(file)).endswith("exists; name a new file.")


def test_a_damaged_or_foreign_file_leaves_the_database_as_it_is(kind, tmp_path):
    database, file = kind("only").fill(), tmp_path / "network.backup"
    before = database.look()
    database.manage("backup", str(file))
    whole = file.read_bytes()
    damaged, foreign = tmp_path / "damaged", tmp_path / "foreign"
    middle = len(whole) // 2
    damaged.write_bytes(whole[:middle] + b"\xff" * 3_000 + whole[middle + 3_000 : -2_000])
    foreign.write_bytes(b"PGDMP" if whole.startswith(b"SQLite") else b"SQLite format 3\x00")

    assert "Error" in database.refusal("restore", str(damaged), "--yes")
    assert "database of its own kind" in database.refusal("restore", str(foreign), "--yes")
    assert "cannot be read" in database.refusal("restore", str(tmp_path / "none"), "--yes")
    assert database.look() == before


def test_a_backup_is_taken_while_somebody_writes(sqlite, tmp_path):
    database, file = sqlite("busy.sqlite3").fill(), tmp_path / "network.backup"

    with closing(sqlite3.connect(tmp_path / "busy.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE venues_venue SET slug = 'unfinished'")
        database.manage("backup", str(file))
        writer.execute("ROLLBACK")

    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT slug FROM venues_venue").fetchall() == [("hefei",)]


# ---- moving


@pytest.mark.pg
def test_a_network_moves_from_sqlite_to_postgresql_and_back(sqlite, postgresql):
    small, large, small_again = sqlite("a.sqlite3").fill(), postgresql("large"), sqlite("b.sqlite3")
    before = small.look()

    there = json.loads(
        small.manage("copy_database", "--from", small.url, "--to", large.url).splitlines()[-1]
    )
    back = json.loads(
        large.manage("copy_database", "--from", large.url, "--to", small_again.url).splitlines()[-1]
    )

    moved = large.look()
    assert (moved.pop("vendor"), before.pop("vendor")) == ("postgresql", "sqlite")
    assert moved == before
    assert moved["new id"] is True
    assert small_again.look() == before | {"vendor": "sqlite"}
    assert there == back


@pytest.mark.pg
def test_a_target_that_holds_something_or_refuses_a_row_stays_as_it_was(sqlite, postgresql):
    source, full, empty = sqlite("a.sqlite3").fill(), postgresql("full").fill(), postgresql("empty")
    before = full.look()

    refusal = source.refusal("copy_database", "--from", source.url, "--to", full.url)
    assert refusal.endswith("choose an empty database.")
    assert full.look() == before

    too_long = "Venue.objects.update(phone='1' * 61)"  # SQLite does not mind, PostgreSQL does
    source.manage("shell", "-c", too_long)
    refusal = source.refusal("copy_database", "--from", source.url, "--to", empty.url)
    assert "venues.Venue, a row from" in refusal
    assert "Correct it in the source and copy again; the target is unchanged." in refusal
    source.manage("shell", "-c", "Venue.objects.update(phone='')")
    source.manage("copy_database", "--from", source.url, "--to", empty.url)
    assert empty.look()["venue"] == source.look()["venue"]


def test_copy_database_says_what_is_wrong_with_an_address(sqlite):
    source = sqlite("a.sqlite3")

    refusal = source.refusal("copy_database", "--from", source.url, "--to", source.url)
    assert refusal.endswith("run `manage.py migrate` on it first.")
    refusal = source.refusal("copy_database", "--from", source.url, "--to", "mysql://u@h/x")
    assert refusal.endswith("use a sqlite or postgres address.")
