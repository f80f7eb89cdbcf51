"""The database's own notice of what is no longer as it was shown.

A mark says which events a row of some table is shown by. Whoever writes such a row, by whatever
way, deletes the stored fragments of these events and notes the change in the same transaction, so
that no stored fragment is ever older than the rows it was made of. On PostgreSQL the events are
locked ``FOR KEY SHARE`` first: who stores fragments holds them ``FOR UPDATE``
(:mod:`events.feeds.fragments`), so one of the two waits or steps back.

Made after every ``migrate`` as the guards of ``touring`` are. A trigger's name ends in a digest of
what it does, so that a new meaning replaces the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name for it
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from events.models import (
    Campaign,
    Change,
    Event,
    EventImage,
    EventIndex,
    EventOrganiser,
    EventReference,
    Fragment,
    Occurrence,
    Participation,
    Topic,
)
from venues.models import FormerAddress, Organisation, Region, RegionPath, Venue

PREFIX = "shown_by_"
WORDS_TABLE = "events_words"
_EVENTS, _CHANGES = Event._meta.db_table, Change._meta.db_table
_FRAGMENTS, _INDEX = Fragment._meta.db_table, EventIndex._meta.db_table
_OPERATIONS = ("insert", "update", "delete")


@dataclass(frozen=True)
class Mark:
    """What a written row of ``table`` means for what is shown.

    ``events`` and ``facets`` are SELECTs of one column ``noted`` from ``{rows}``, which has
    ``columns`` of the row as it was and as it is. ``is_shown``: entries are made of the row, so fragments go.
    """

    table: str
    columns: tuple[str, ...]
    events: str = ""
    facets: str = ""
    is_shown: bool = False


_BESIDE = (EventReference, EventImage, EventOrganiser, Participation, Event.topics.through)
"""Rows that belong to one event and are shown with it."""

MARKS = (
    Mark(_EVENTS, ("id",), "SELECT id AS noted FROM {rows} r", is_shown=True),
    *(
        Mark(
            model._meta.db_table,
            ("event_id",),
            "SELECT event_id AS noted FROM {rows} r",
            is_shown=True,
        )
        for model in (Occurrence, *_BESIDE)
    ),
    Mark(
        Organisation._meta.db_table,
        ("id",),
        f"SELECT o.event_id AS noted FROM {EventOrganiser._meta.db_table} o "
        "JOIN {rows} r ON o.organisation_id = r.id",
        is_shown=True,
    ),
    Mark(
        Campaign._meta.db_table,
        ("id",),
        f"SELECT p.event_id AS noted FROM {Participation._meta.db_table} p "
        "JOIN {rows} r ON p.campaign_id = r.id",
        "SELECT '*' AS noted FROM {rows} r",
        is_shown=True,
    ),
    Mark(
        Venue._meta.db_table,
        ("id",),
        f"SELECT e.id AS noted FROM {_EVENTS} e JOIN {{rows}} r ON e.venue_id = r.id",
        "SELECT 'venue:' || r.id AS noted FROM {rows} r",
        is_shown=True,
    ),
    Mark(
        Topic._meta.db_table,
        ("id",),
        f"SELECT t.event_id AS noted FROM {Event.topics.through._meta.db_table} t "
        "JOIN {rows} r ON t.topic_id = r.id",
        "SELECT '*' AS noted FROM {rows} r",
        is_shown=True,
    ),
    Mark(Region._meta.db_table, ("id",), facets="SELECT '*' AS noted FROM {rows} r"),
    Mark(RegionPath._meta.db_table, ("id",), facets="SELECT '*' AS noted FROM {rows} r"),
    Mark(FormerAddress._meta.db_table, ("id",), facets="SELECT '*' AS noted FROM {rows} r"),
)
"""Tables of this storey and below; a higher one hands its own to :func:`make_triggers`."""


def make_triggers(using: str = "default", marks: Iterable[Mark] = MARKS) -> None:
    """Make the triggers of ``marks`` that are missing and drop older ones. Safe to repeat."""
    connection = connections[using]
    if _CHANGES not in connection.introspection.table_names():
        return
    marks = list(marks)
    wanted = _wanted(marks, connection.vendor)
    present = _present(connection, {mark.table for mark in marks})
    with connection.cursor() as cursor:
        for name in present - wanted.keys():
            cursor.execute(_drop(name, connection.vendor))
        for name, statements in wanted.items():
            if name not in present:
                for statement in statements:
                    cursor.execute(statement)


def missing_triggers(using: str = "default", marks: Iterable[Mark] = MARKS) -> list[str]:
    connection = connections[using]
    if _CHANGES not in connection.introspection.table_names():
        return []
    marks = list(marks)
    present = _present(connection, {mark.table for mark in marks})
    return sorted(_wanted(marks, connection.vendor).keys() - present)


def make_triggers_after_migrate(*, using: str, **_: object) -> None:
    """Receiver of ``post_migrate``; also makes what searches need."""
    make_triggers(using)
    make_word_index(using)


def check_triggers(*, databases: list[str] | None = None, **_: object) -> list[CheckMessage]:
    """``manage.py check --database default``: without them calendars would go stale.

    A warning, because ``migrate`` runs the checks before it can make them again.
    """
    return [
        Warning(
            f"The database does not notice changes of what calendars show: {name} is missing.",
            hint="Run `manage.py migrate`; it makes the triggers anew.",
            id="events.W001",
        )
        for using in databases or []
        for name in missing_triggers(using)
    ]


def make_word_index(using: str = "default") -> None:
    """The full-text index over ``EventIndex.terms``: FTS5 on SQLite, GIN on PostgreSQL."""
    connection = connections[using]
    if _INDEX not in connection.introspection.table_names():
        return
    for_vendor = _GIN if connection.vendor == "postgresql" else _FTS5
    with connection.cursor() as cursor:
        for statement in for_vendor:
            cursor.execute(statement)


_GIN = (
    f"CREATE INDEX IF NOT EXISTS {WORDS_TABLE} ON {_INDEX} "
    "USING gin (to_tsvector('simple', terms))",
)
_NEW_WORDS = f"INSERT INTO {WORDS_TABLE} (rowid, terms) VALUES (NEW.event_id, NEW.terms);"
_OLD_WORDS = (
    f"INSERT INTO {WORDS_TABLE} ({WORDS_TABLE}, rowid, terms) "
    "VALUES ('delete', OLD.event_id, OLD.terms);"
)
_FTS5 = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS_TABLE} USING "
    f"fts5(terms, content='{_INDEX}', content_rowid='event_id', tokenize='unicode61')",
    *(
        f"CREATE TRIGGER IF NOT EXISTS {WORDS_TABLE}_{operation} AFTER {operation.upper()} "
        f"ON {_INDEX} BEGIN {body} END"
        for operation, body in (
            ("insert", _NEW_WORDS),
            ("update", _OLD_WORDS + _NEW_WORDS),
            ("delete", _OLD_WORDS),
        )
    ),
)


def _wanted(marks: Iterable[Mark], vendor: str) -> dict[str, list[str]]:
    """Statements by the trigger's name."""
    make = _on_postgresql if vendor == "postgresql" else _on_sqlite
    wanted = {}
    for mark in marks:
        for operation in _OPERATIONS:
            text = repr((mark, make(mark, operation, "NAME")))
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            name = f"{PREFIX}{mark.table}_{operation}_{digest}"
            wanted[name] = make(mark, operation, name)
    return wanted


def _on_sqlite(mark: Mark, operation: str, name: str) -> list[str]:
    sides = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[operation]
    rows = " UNION ".join(
        "SELECT " + ", ".join(f"{side}.{column} AS {column}" for column in mark.columns)
        for side in sides
    )
    # Writers come one after the other, so a change that is noted already need not be noted twice.
    body = _body(mark, f"({rows})", f"NOT EXISTS (SELECT 1 FROM {_CHANGES} c WHERE {{same}})")
    return [
        f"CREATE TRIGGER {name} AFTER {operation.upper()} ON {mark.table} BEGIN {' '.join(body)} END"
    ]


def _on_postgresql(mark: Mark, operation: str, name: str) -> list[str]:
    sides = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}[operation]
    rows = " UNION ".join(f"SELECT {', '.join(mark.columns)} FROM {side}_rows" for side in sides)
    tables = " ".join(f"{side.upper()} TABLE AS {side}_rows" for side in sides)
    body = _body(mark, f"({rows})", "TRUE")
    if mark.events:
        events = mark.events.format(rows=f"({rows})")
        body.insert(0, f"PERFORM 1 FROM {_EVENTS} WHERE id IN ({events}) FOR KEY SHARE;")
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {' '.join(body)} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {operation.upper()} ON {mark.table} "
        f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def _body(mark: Mark, rows: str, unless_noted: str) -> list[str]:
    statements = []
    if mark.events:
        events = mark.events.format(rows=rows)
        if mark.is_shown:
            statements.append(f"DELETE FROM {_FRAGMENTS} WHERE event_id IN ({events});")
        once = unless_noted.format(same="c.event_id = n.noted")
        statements.append(
            f"INSERT INTO {_CHANGES} (event_id, facet) SELECT DISTINCT n.noted, '' "
            f"FROM ({events}) AS n WHERE {once};"
        )
    if mark.facets:
        once = unless_noted.format(same="c.event_id IS NULL AND c.facet = n.noted")
        statements.append(
            f"INSERT INTO {_CHANGES} (facet) SELECT DISTINCT n.noted "
            f"FROM ({mark.facets.format(rows=rows)}) AS n WHERE {once};"
        )
    return statements


def _present(connection: BaseDatabaseWrapper, tables: set[str]) -> set[str]:
    """Names of the existing triggers on ``tables``."""
    asked = (
        "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        if connection.vendor == "postgresql"
        else "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {
            name for name, table in cursor.fetchall() if name.startswith(PREFIX) and table in tables
        }


def _drop(name: str, vendor: str) -> str:
    return f"DROP FUNCTION {name} CASCADE" if vendor == "postgresql" else f"DROP TRIGGER {name}"
