"""The database's own refusal to rewrite history: audit entries are never updated.

On PostgreSQL they cannot be deleted row by row either; SQLite empties tables row by row when
tests and restores do, so there the refusal ends at updates. Triggers are made after every
``migrate``, because Django remakes a SQLite table to alter it and the triggers are gone.
"""

from __future__ import annotations

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name for it
from django.db import connections

from venues.models import AuditEntry

GUARD = "audit_entry_is_never_changed"
_TABLE = AuditEntry._meta.db_table


def make_guards(using: str = "default") -> None:
    """Make the guard where it is missing. Safe to repeat."""
    if not missing_guards(using):
        return
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def missing_guards(using: str = "default") -> list[str]:
    """The guard's name, if the table is there without it."""
    connection = connections[using]
    if _TABLE not in connection.introspection.table_names():
        return []
    catalogue, name = (
        ("pg_trigger", "tgname") if connection.vendor == "postgresql" else ("sqlite_master", "name")
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {catalogue} WHERE {name} = %s", [GUARD])  # noqa: S608 - constants above
        return [] if cursor.fetchone() else [GUARD]


def make_guards_after_migrate(*, using: str, **_: object) -> None:
    """Receiver of ``post_migrate``."""
    make_guards(using)


def check_guards(*, databases: list[str] | None = None, **_: object) -> list[CheckMessage]:
    """``manage.py check --database default``; a warning, as ``migrate`` runs the checks first."""
    return [
        Warning(
            f"The database lets audit entries be rewritten: {name} is missing.",
            hint="Run `manage.py migrate`; it makes the guard anew.",
            id="venues.W001",
        )
        for using in databases or []
        for name in missing_guards(using)
    ]


_SQLITE = (
    f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{GUARD}'); END",
)
_POSTGRESQL = (
    (
        f"CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{GUARD}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        f"CREATE TRIGGER {GUARD} BEFORE UPDATE OR DELETE ON {_TABLE} "
        f"FOR EACH ROW EXECUTE FUNCTION {GUARD}()"
    ),
)
