"""Copies of the whole database in one file, and putting them back.

SQLite by its online backup interface, PostgreSQL by its own programs ``pg_dump`` and
``pg_restore``: both copy one consistent state while others go on working.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from venues.errors import Conflict, DomainError

_SQLITE_START = b"SQLite format 3\x00"
_POSTGRESQL_START = b"PGDMP"


class BackupFailed(DomainError):
    """The copy could not be made, read or put back; the message says what to do."""

    code = "backup_failed"


def back_up(target: Path) -> dict[str, int]:
    """Write the default database to the new file ``target``; its rows by table.

    The file appears under its name only when it is complete and was read back.

    Raises:
        Conflict: the file exists.
        BackupFailed: no disk space, no ``pg_dump``, no access.
    """
    if target.exists():
        raise Conflict(f"{target} exists; name a new file.", file=str(target))
    part = target.with_name(target.name + ".part")
    try:
        if connection.vendor == "sqlite":
            _dump_sqlite(part)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
            _run("pg_restore", "--list", str(part), connects=False)
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"The backup could not be written: {error}.") from error
    finally:
        part.unlink(missing_ok=True)
    return rows_by_table()


def restore(source: Path, *, replace: bool) -> dict[str, int]:
    """Make the default database what the backup says, as a whole or not at all; rows by table.

    Raises:
        Conflict: the database holds tables and ``replace`` is not given.
        BackupFailed: the file is damaged, or of the other kind of database.
    """
    kind = _kind_of(source)
    if kind != connection.vendor:
        raise BackupFailed(
            f"{source} is a backup of {kind}, the database is {connection.vendor}. Restore it "
            "into a database of its own kind, then use copy_database.",
        )
    if connection.introspection.table_names() and not replace:
        raise Conflict("The database is not empty; --yes replaces what is in it.")
    if kind == "sqlite":
        _load_sqlite(source)
    else:
        _run("pg_restore", "--list", str(source), connects=False)
        _run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges",
            "--single-transaction", "--exit-on-error", str(source),
        )  # fmt: skip
    connection.close()
    connection.check_constraints()
    return rows_by_table()


def rows_by_table() -> dict[str, int]:
    """The number of rows of every table of the default database, in order of their names."""
    counts = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT COUNT(*) FROM {name}")  # noqa: S608  # a quoted table name
            counts[table] = cursor.fetchone()[0]
    return counts


def unapplied_migrations() -> list[str]:
    """Migrations that this version of Orrery knows and the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _kind_of(source: Path) -> str:
    try:
        with source.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise BackupFailed(f"{source} cannot be read: {error.strerror}.") from error
    if start == _SQLITE_START:
        return "sqlite"
    if start.startswith(_POSTGRESQL_START):
        return "postgresql"
    raise BackupFailed(f"{source} is not a backup made by `manage.py backup`.")


# ---- SQLite


def _dump_sqlite(part: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(part)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm
        _check_sqlite(copy, part)


def _load_sqlite(source: Path) -> None:
    database = str(connection.settings_dict["NAME"])
    connection.close()
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as copy:
            _check_sqlite(copy, source)
            with closing(sqlite3.connect(database, timeout=20)) as ours:
                copy.backup(ours)
                ours.execute("PRAGMA journal_mode=WAL")
                _check_sqlite(ours, Path(database))
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} could not be restored: {error}.") from error


def _check_sqlite(database: sqlite3.Connection, file: Path) -> None:
    answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    broken_keys = database.execute("PRAGMA foreign_key_check").fetchone()
    if answer != "ok" or broken_keys:
        raise BackupFailed(f"{file} is damaged ({answer}); use another backup.")


# ---- PostgreSQL


def _run(program: str, *arguments: str, connects: bool = True) -> None:
    given: dict[str, Any] = connection.settings_dict
    wanted = {
        "PGHOST": given["HOST"],
        "PGPORT": given["PORT"],
        "PGUSER": given["USER"],
        "PGPASSWORD": given["PASSWORD"],
    }
    environment = os.environ | {name: str(value) for name, value in wanted.items() if value}
    database = [f"--dbname={given['NAME']}"] if connects else []
    connection.close()  # an open transaction of ours would make --clean wait for ever
    done = subprocess.run(
        [_path_of(program), *database, *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BackupFailed(f"{program} failed: {reason[0]}", output=done.stderr[-2_000:])


def _path_of(program: str) -> str:
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{program}"),
        key=lambda path: -float(path.parents[1].name),
    )
    found = next(map(str, installed), None) or shutil.which(program)
    if found is None:
        raise BackupFailed(f"{program} is not installed; install PostgreSQL's client programs.")
    return found
