"""The database's own refusal of double booking. Locks and clear answers are the services' work.

A guard says that no two rows of a table may share a key and a day of ``[arrives_on, leaves_on)``.
On PostgreSQL it is an exclusion constraint, on SQLite two triggers. Both hold against every way
of writing: insert, bulk insert, update of a queryset, un-cancelling, plain SQL.

They are made after every ``migrate``, not in a migration: Django remakes a SQLite table to alter
it, and the triggers are gone. :func:`missing_guards` is asked by a system check. A guard that
changes its meaning gets a new name, or databases made before would keep the old one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name for it
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from touring.lifecycles import LIVE_HOLDS
from touring.models import Hold, PlannedStop, Stop
from touring.models.stop import FREEING_STATES

_HOLDING = "state NOT IN ({})".format(", ".join(f"'{state.value}'" for state in FREEING_STATES))
_FIRST = "rank = 1 AND NOT is_joint_first AND state IN ({})".format(
    ", ".join(f"'{state}'" for state in LIVE_HOLDS)
)
_FIRST_ASKED = ("subject", "rank", "is_joint_first", "state")


@dataclass(frozen=True)
class Guard:
    """Rows of ``table`` that agree in ``key`` share no day.

    ``condition`` says in SQL, with bare column names out of ``asked``, which rows count.
    """

    name: str
    table: str
    key: tuple[str, ...]
    condition: str = ""
    asked: tuple[str, ...] = ()


GUARDS = (
    Guard("stop_unit_in_one_place", Stop._meta.db_table, ("unit_id",), _HOLDING, ("state",)),
    Guard("stop_alone_in_space", Stop._meta.db_table, ("space_id",), _HOLDING, ("state",)),
    Guard(
        "stop_alone_at_venue",
        Stop._meta.db_table,
        ("venue_id",),
        f"space_id IS NULL AND {_HOLDING}",
        ("space_id", "state"),
    ),
    Guard(
        "hold_first_alone_on_unit",
        Hold._meta.db_table,
        ("unit_id",),
        f"subject = 'unit' AND {_FIRST}",
        _FIRST_ASKED,
    ),
    Guard(
        "hold_first_alone_in_space",
        Hold._meta.db_table,
        ("space_id",),
        f"subject = 'place' AND {_FIRST}",
        _FIRST_ASKED,
    ),
    Guard(
        "hold_first_alone_at_venue",
        Hold._meta.db_table,
        ("venue_id",),
        f"space_id IS NULL AND subject = 'place' AND {_FIRST}",
        ("space_id", *_FIRST_ASKED),
    ),
    Guard("planned_stop_unit_in_one_place", PlannedStop._meta.db_table, ("version_id", "unit_id")),
)


def make_guards(using: str = "default") -> None:
    """Make every guard that is missing. Safe to repeat.

    Raises:
        IntegrityError: rows that break a guard are there already (PostgreSQL).
    """
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    absent = set(missing_guards(using))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and absent:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        for guard in GUARDS:
            if guard.table in tables and guard.name in absent:
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def missing_guards(using: str = "default") -> list[str]:
    """Names of the guards that existing tables lack, wholly or in part."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    present = _present(connection)
    return [
        guard.name
        for guard in GUARDS
        if guard.table in tables and not set(_names(guard, connection.vendor)) <= present
    ]


def drop_guards(using: str = "default") -> None:
    """Take every guard away, for tests and for loading data that is known to be good."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for guard in GUARDS:
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {guard.table} DROP CONSTRAINT IF EXISTS {guard.name}")
            else:
                for name in _names(guard, connection.vendor):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def guard_named_in(error: BaseException) -> Guard | None:
    """The guard that raised a database error, if one did."""
    return next((guard for guard in GUARDS if guard.name in str(error)), None)


def make_guards_after_migrate(*, using: str, **_: object) -> None:
    """Receiver of ``post_migrate``."""
    make_guards(using)


def check_guards(*, databases: list[str] | None = None, **_: object) -> list[CheckMessage]:
    """``manage.py check --database default``: nothing but the guards keeps racing writers apart.

    A warning, because ``migrate`` runs the checks before it can make the guards again.
    """
    return [
        Warning(
            f"The database does not refuse double booking: {name} is missing.",
            hint="Run `manage.py migrate`; it makes the guards anew.",
            id="touring.W001",
        )
        for using in databases or []
        for name in missing_guards(using)
    ]


def _names(guard: Guard, vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [guard.name]
    return [f"{guard.name}_{moment}" for moment in ("insert", "update")]


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {row[0] for row in cursor.fetchall()}


def _statements(guard: Guard, vendor: str) -> list[str]:
    return _exclusion(guard) if vendor == "postgresql" else _triggers(guard)


def _exclusion(guard: Guard) -> list[str]:
    # Deferrable: checked once per statement, so a whole unit may move by some days in one update.
    keys = ", ".join(f"{column} WITH =" for column in guard.key)
    where = f" WHERE ({guard.condition})" if guard.condition else ""
    overlap = "daterange(arrives_on, leaves_on, '[)') WITH &&"
    rule = f"EXCLUDE USING gist ({keys}, {overlap}){where} DEFERRABLE INITIALLY IMMEDIATE"
    return [f"ALTER TABLE {guard.table} ADD CONSTRAINT {guard.name} {rule}"]


def _triggers(guard: Guard) -> list[str]:
    # AFTER INSERT, because before it the new row's id is not known; RAISE(ABORT) undoes either.
    same_key = " AND ".join(f"other.{column} = NEW.{column}" for column in guard.key)
    counts = [_qualified(guard, "other"), _qualified(guard, "NEW")] if guard.condition else []
    clash = " AND ".join(
        [
            same_key,
            "other.id <> NEW.id",
            "other.arrives_on < NEW.leaves_on",
            "NEW.arrives_on < other.leaves_on",
            *counts,
        ]
    )
    watched = ", ".join(dict.fromkeys([*guard.key, *guard.asked, "arrives_on", "leaves_on"]))
    body = (
        f"BEGIN SELECT RAISE(ABORT, '{guard.name}')"  # noqa: S608 - built of constants above
        f" WHERE EXISTS (SELECT 1 FROM {guard.table} AS other WHERE {clash}); END"
    )
    on_insert, on_update = _names(guard, "sqlite")
    return [
        f"DROP TRIGGER IF EXISTS {on_insert}",
        f"CREATE TRIGGER {on_insert} AFTER INSERT ON {guard.table} {body}",
        f"DROP TRIGGER IF EXISTS {on_update}",
        f"CREATE TRIGGER {on_update} AFTER UPDATE OF {watched} ON {guard.table} {body}",
    ]


def _qualified(guard: Guard, row: str) -> str:
    condition = guard.condition
    for column in guard.asked:
        condition = condition.replace(column, f"{row}.{column}")
    return condition
