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

pytestmark = pytest.mark.xdist_group("backups")  # one set of databases serves them all

ROOT = Path(__file__).resolve().parents[2]

DRIVER = """
import contextlib, io, json, re, sys
import django
django.setup()
from datetime import UTC, datetime
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from tests.factories.venues import *
from tests.tables import make_tables
from venues.models import *
from venues.services.backups import rows_by_table


def fill():
    call_command("migrate", verbosity=0)
    province = RegionFactory(code="340000", level=1, name_zh="安徽省")
    county = RegionFactory(code="340104", parent=province)
    place = {"lat": 31.8, "lon": 117.2, "coordinates_source": "survey"}
    venue = VenueFactory(slug="hefei", region=county, **place)
    SpaceFactory(venue=venue, code="hall")
    MembershipFactory(region=province, role="administrator")
    county.tags.add(RegionTag.objects.create(code="border", name_zh="边境县"))
    Job.objects.create(kind="planning_run", subject="1", result={"名": [1, None, 0.1]},
                       created_at=datetime(2026, 11, 2, tzinfo=UTC))


@transaction.atomic
def look():
    rows = {table: count for table, count in rows_by_table().items() if count}
    for own in ("sqlite_sequence", "events_words_config", "events_words_data", "events_change"):
        rows.pop(own, None)
    county = Region.objects.get(code="340104")
    new = RegionFactory(code="999")
    ids = Region.objects.exclude(pk=new.pk).values_list("pk", flat=True)
    seen = {
        "vendor": connection.vendor,
        "rows": rows,
        "under": sorted(Region.objects.under(county.parent).values_list("code", flat=True)),
        "tags": [tag.code for tag in county.tags.all()],
        "venue": [Venue.objects.get().lat, str(Venue.objects.get().changed_at)],
        "job": [Job.objects.get().result, str(Job.objects.get().created_at)],
        "new id": new.pk > max(ids),
    }
    transaction.set_rollback(True)  # a look leaves nothing behind
    return seen


def describe():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql > ''")
        rows = [(name, " ".join(sql.split())) for name, sql in cursor]
    return {
        name: sorted(
            part.strip("() ") for part in re.split(', (?="|CONSTRAINT)', sql[sql.find("(") :])
        )
        for name, sql in rows
        if name not in ("django_migrations", "sqlite_sequence")
    }


def do(name, *arguments):
    if name in ("fill", "look", "make_tables", "describe"):
        return globals()[name]()
    out = io.StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=sys.stderr)
    except CommandError as refusal:
        return "refused: " + str(refusal)
    return out.getvalue().splitlines()[-1]


print(json.dumps([do(*step) for step in json.loads(sys.argv[1])]))
"""


class Database:
    """A database on which commands are run, in processes that know no other."""

    def __init__(self, url: str) -> None:
        self.url = url

    def do(self, *steps: list[str]) -> list:
        """What each command printed last, or ``refused: ...``; ``look`` tells what is there."""
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": self.url,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, json.dumps(steps)],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


class Sqlite:
    """Makes SQLite files, empty or with the network of ``FILL``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = Database(self._url("template"))
        [_, self.filled] = self.template.do(["fill"], ["look"])

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
        self.template = self.empty("template")
        [_, self.filled] = self.template.do(["fill"], ["look"])

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


def test_migrations_make_the_tables_that_the_models_describe(sqlite):
    """Names, types, constraints and indexes, in whatever order a table has its columns."""
    address = sqlite.empty("models").do(["make_tables"], ["describe"])[1]

    assert sqlite.template.do(["describe"]) == [address]


def test_a_backup_restored_into_an_empty_database_is_the_same_network(kind, tmp_path):
    file, other = tmp_path / "network.backup", kind.empty("other")

    [made] = kind.template.do(["backup", str(file)])
    restored, seen = other.do(["restore", str(file)], ["look"])

    assert json.loads(made)["bytes"] == file.stat().st_size > 0
    assert json.loads(made)["rows"] == json.loads(restored)["rows"]
    assert seen == kind.filled
    assert list(tmp_path.iterdir()) == [file]


def test_restore_replaces_only_when_told_so_and_only_by_a_sound_file(kind, tmp_path):
    database, file = kind.full("one"), tmp_path / "network.backup"
    _, again = database.do(["backup", str(file)], ["backup", str(file)])
    whole = file.read_bytes()
    damaged, foreign = tmp_path / "damaged", tmp_path / "foreign"
    middle = len(whole) // 2
    damaged.write_bytes(whole[:middle] + b"\xff" * 3_000 + whole[middle + 3_000 : -2_000])
    foreign.write_bytes(b"PGDMP" if whole.startswith(b"SQLite") else b"SQLite format 3\x00")
    kind.execute(database, "UPDATE venues_venue SET lat = 32")

    untold, broken, other_kind, absent, before, _, after = database.do(
        ["restore", str(file)],
        ["restore", str(damaged), "--yes"],
        ["restore", str(foreign), "--yes"],
        ["restore", str(tmp_path / "none"), "--yes"],
        ["look"],
        ["restore", str(file), "--yes"],
        ["look"],
    )

    assert again == f"refused: {file} exists; name a new file."
    assert untold == "refused: The database is not empty; --yes replaces what is in it."
    assert broken.startswith("refused: ")
    assert "database of its own kind" in other_kind
    assert "cannot be read" in absent
    assert before["venue"][0] == 32
    assert after == kind.filled


def test_a_backup_is_taken_while_somebody_writes(sqlite, tmp_path):
    database, file = sqlite.full("busy"), tmp_path / "network.backup"
    path = database.url.removeprefix("sqlite:///")

    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE venues_venue SET slug = 'unfinished'")
        database.do(["backup", str(file)])
        writer.execute("ROLLBACK")

    with closing(sqlite3.connect(file)) as copy:
        assert copy.execute("SELECT slug FROM venues_venue").fetchall() == [("hefei",)]


# ---- moving


def _copy(source: Database, target: str) -> list[str]:
    return ["copy_database", "--from", source.url, "--to", target]


@pytest.mark.pg
def test_a_network_moves_from_sqlite_to_postgresql_and_back(sqlite, postgresql):
    large, small_again = postgresql.empty("large"), sqlite.empty("again")

    [there] = sqlite.template.do(_copy(sqlite.template, large.url))
    back, moved = large.do(_copy(large, small_again.url), ["look"])

    assert moved == sqlite.filled | {"vendor": "postgresql"}
    assert sqlite.filled["new id"] is True
    assert small_again.do(["look"]) == [sqlite.filled]
    assert there == back
    assert (
        json.loads(there)["rows"]
        == sum(sqlite.filled["rows"].values()) - (sqlite.filled["rows"]["django_migrations"])
    )


@pytest.mark.pg
def test_a_target_that_holds_something_or_refuses_a_row_stays_as_it_was(sqlite, postgresql):
    source, full, empty = sqlite.full("source"), postgresql.full("full"), postgresql.empty("empty")
    # SQLite does not mind the length of a text, PostgreSQL does.
    sqlite.execute(source, f"UPDATE venues_venue SET phone = '{'1' * 61}'")

    occupied, too_long = source.do(_copy(source, full.url), _copy(source, empty.url))
    sqlite.execute(source, "UPDATE venues_venue SET phone = ''")
    source.do(_copy(source, empty.url))

    assert occupied.endswith("choose an empty database.")
    assert "venues.Venue, a row from" in too_long
    assert "Correct it in the source and copy again; the target is unchanged." in too_long
    assert full.do(["look"]) == [postgresql.filled]
    assert empty.do(["look"]) == [sqlite.filled | {"vendor": "postgresql"}]


def test_copy_database_says_what_is_wrong_with_an_address(sqlite):
    unmigrated, other = sqlite.empty("unmigrated"), sqlite.empty("other")

    behind, unknown = unmigrated.do(
        _copy(unmigrated, other.url), _copy(unmigrated, "mysql://u@h/x")
    )

    assert behind.endswith("run `manage.py migrate` on it first.")
    assert unknown.endswith("use a sqlite or postgres address.")
