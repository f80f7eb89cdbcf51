"""Backup, restore and moving between databases, each with real files, servers and processes."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

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

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": self.url,
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        done = self.run("manage.py", *arguments, "--skip-checks")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *arguments: str) -> str:
        done = self.run("manage.py", *arguments, "--skip-checks")
        assert done.returncode == 1, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()

    def fill(self) -> Database:
        self.manage("migrate", "--verbosity", "0")
        done = self.run("-c", FILL)
        assert done.returncode == 0, done.stderr
        return self

    def look(self) -> dict:
        done = self.run("-c", LOOK)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


class Sqlite:
    """Makes SQLite files, empty or with the network of ``FILL``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = Database(self._url("template")).fill()
        self.filled = self.template.look()

    def _url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}"

    def empty(self, name: str) -> Database:
        return Database(self._url(f"{name}-{uuid4().hex}"))

    def full(self, name: str) -> Database:
        made = self.empty(name)
        shutil.copy(self.folder / "template", made.url.removeprefix("sqlite:///"))
        return made

    def execute(self, database: Database, statement: str) -> None:
        with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as link, link:
            link.execute(statement)


class Postgresql:
    """Makes PostgreSQL databases, empty or with the network of ``FILL``."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.made: list[str] = []
        self.template = self.empty("template").fill()
        self.filled = self.template.look()

    def _create(self, name: str, more: str = "") -> Database:
        name = f"{name}_{uuid4().hex}"
        self.execute(Database(self.server), f"CREATE DATABASE {name} {more}")
        self.made.append(name)
        return Database(urlunsplit(urlsplit(self.server)._replace(path=f"/{name}")))

    def empty(self, name: str) -> Database:
        return self._create(name)

    def full(self, name: str) -> Database:
        return self._create(name, f"TEMPLATE {urlsplit(self.template.url).path[1:]}")

    def execute(self, database: Database, statement: str) -> None:
        with psycopg.connect(database.url, autocommit=True) as link:
            link.execute(statement)

    def drop_all(self) -> None:
        for name in self.made:
            self.execute(Database(self.server), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    return Sqlite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="module")
def postgresql(postgres_url):
    maker = Postgresql(postgres_url)
    yield maker
    maker.drop_all()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def kind(request):
    """Databases of one kind, then of the other."""
    return request.getfixturevalue(request.param)


def test_a_backup_restored_into_an_empty_database_is_the_same_network(kind, tmp_path):
    file, other = tmp_path / "network.backup", kind.empty("other")

    answer = json.loads(kind.template.manage("backup", str(file)).splitlines()[-1])
    restored = json.loads(other.manage("restore", str(file)).splitlines()[-1])

    assert answer["bytes"] == file.stat().st_size > 0
    assert answer["rows"] == restored["rows"]
    assert other.look() == kind.filled
    assert list(tmp_path.iterdir()) == [file]


def test_restore_replaces_only_when_told_so_and_only_by_a_sound_file(kind, tmp_path):
    database, file = kind.full("one"), tmp_path / "network.backup"
    database.manage("backup", str(file))
    whole = file.read_bytes()
    damaged, foreign = tmp_path / "damaged", tmp_path / "foreign"
    middle = len(whole) // 2
    damaged.write_bytes(whole[:middle] + b"\xff" * 3_000 + whole[middle + 3_000 : -2_000])
    foreign.write_bytes(b"PGDMP" if whole.startswith(b"SQLite") else b"SQLite format 3\x00")

    refusals = [
        database.refusal("restore", str(file)),
        database.refusal("restore", str(damaged), "--yes"),
        database.refusal("restore", str(foreign), "--yes"),
        database.refusal("restore", str(tmp_path / "none"), "--yes"),
        database.refusal("backup", str(file)),
    ]

    assert refusals[0].endswith("The database is not empty; --yes replaces what is in it.")
    assert refusals[1].startswith("CommandError: ")
    assert "database of its own kind" in refusals[2]
    assert "cannot be read" in refusals[3]
    assert refusals[4].endswith("exists; name a new file.")
    assert database.look() == kind.filled

    kind.execute(database, "UPDATE venues_venue SET lat = 32")
    database.manage("restore", str(file), "--yes")
    assert database.look() == kind.filled


def test_a_backup_is_taken_while_somebody_writes(sqlite, tmp_path):
    database, file = sqlite.full("busy"), tmp_path / "network.backup"
    path = database.url.removeprefix("sqlite:///")

    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE venues_venue SET slug = 'unfinished'")
        database.manage("backup", str(file))
        writer.execute("ROLLBACK")

    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT slug FROM venues_venue").fetchall() == [("hefei",)]


# ---- moving


def _copy(source: Database, target: Database) -> dict:
    answer = source.manage("copy_database", "--from", source.url, "--to", target.url)
    return json.loads(answer.splitlines()[-1])


def _refused_copy(source: Database, url: str) -> str:
    return source.refusal("copy_database", "--from", source.url, "--to", url)


@pytest.mark.pg
def test_a_network_moves_from_sqlite_to_postgresql_and_back(sqlite, postgresql):
    large, small_again = postgresql.empty("large"), sqlite.empty("again")

    there = _copy(sqlite.template, large)
    back = _copy(large, small_again)

    assert large.look() == sqlite.filled | {"vendor": "postgresql"}
    assert sqlite.filled["new id"] is True
    assert small_again.look() == sqlite.filled
    assert there == back


@pytest.mark.pg
def test_a_target_that_holds_something_or_refuses_a_row_stays_as_it_was(sqlite, postgresql):
    source, full, empty = sqlite.full("source"), postgresql.full("full"), postgresql.empty("empty")

    assert _refused_copy(source, full.url).endswith("choose an empty database.")
    assert full.look() == postgresql.filled

    # SQLite does not mind the length of a text, PostgreSQL does.
    sqlite.execute(source, f"UPDATE venues_venue SET phone = '{'1' * 61}'")
    refusal = _refused_copy(source, empty.url)
    assert "venues.Venue, a row from" in refusal
    assert "Correct it in the source and copy again; the target is unchanged." in refusal
    sqlite.execute(source, "UPDATE venues_venue SET phone = ''")
    _copy(source, empty)
    assert empty.look() == sqlite.filled | {"vendor": "postgresql"}


def test_copy_database_says_what_is_wrong_with_an_address(sqlite):
    unmigrated = sqlite.empty("unmigrated")

    refusal = _refused_copy(unmigrated, sqlite.empty("other").url)
    assert refusal.endswith("run `manage.py migrate` on it first.")
    refusal = _refused_copy(unmigrated, "mysql://u@h/x")
    assert refusal.endswith("use a sqlite or postgres address.")
