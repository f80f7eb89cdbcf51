"""Moving a whole network to another database, typically from SQLite to PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from venues.errors import Conflict, DomainError

_SOURCE, _TARGET = "copy_source", "copy_target"
_ROWS_AT_ONCE = 1_000


class MoveFailed(DomainError):
    """The target refused a row or does not hold what the source holds; it was left as it was."""

    code = "move_failed"


def copy_database(
    *, source: dict[str, Any], target: dict[str, Any], say: Callable[[str], None]
) -> dict[str, int]:
    """Copy every row of ``source`` into the empty database ``target``; rows copied by model.

    Both are entries as in Django's ``DATABASES``. The target gets today's tables first; then all
    rows, their ids included, in one transaction, after which counts and foreign keys are checked
    and sequences continue behind the highest id. Rows are streamed; nobody should write to the
    source meanwhile (on SQLite nobody can).

    Raises:
        Conflict: the target holds rows already, or the source is not migrated to this version.
        MoveFailed: see there.
    """
    with _connected({_SOURCE: source, _TARGET: target}):
        _refuse_unless_ready()
        call_command("migrate", database=_TARGET, verbosity=0, interactive=False)
        wanted = _in_order_of_dependency()
        with _snapshot(), transaction.atomic(using=_TARGET):
            _empty(wanted)  # of what migrating itself wrote: content types, permissions
            copied = {model._meta.label: _copy(model, say) for model in wanted}
            _check(wanted, copied)
        _continue_sequences(wanted)
    return copied


@contextmanager
def _connected(databases: dict[str, dict[str, Any]]) -> Iterator[None]:
    complete = ConnectionHandler({"default": {}, **databases}).settings
    for alias in databases:
        connections.settings[alias] = complete[alias]
    try:
        yield
    finally:
        for alias in databases:
            connections[alias].close()
            del connections[alias]
            del connections.settings[alias]


def _refuse_unless_ready() -> None:
    executor = MigrationExecutor(connections[_SOURCE])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Conflict("The source is not at this version; run `manage.py migrate` on it first.")
    theirs = set(connections[_TARGET].introspection.table_names())
    for model in apps.get_models():
        is_ours = not model._meta.app_label.startswith(("contenttypes", "auth"))
        counted = is_ours or model._meta.label == "auth.User"
        if counted and model._meta.db_table in theirs and _rows(model, _TARGET).exists():
            raise Conflict(
                f"The target holds rows of {model._meta.label}; choose an empty database.",
                model=model._meta.label,
            )


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the source from the first row to the last."""
    with transaction.atomic(using=_SOURCE):
        if connections[_SOURCE].vendor == "postgresql":
            with connections[_SOURCE].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _in_order_of_dependency() -> list[type[models.Model]]:
    """Every table's model after those it points to (as far as they do not point at each other).

    Without those that say ``written_by_triggers``: the target's own triggers write them.
    """
    ordered: list[type[models.Model]] = []
    begun: set[type[models.Model]] = set()

    def visit(model: type[models.Model]) -> None:
        if model in begun:
            return
        begun.add(model)
        for field in model._meta.local_concrete_fields:
            if field.related_model is not None:
                visit(field.related_model)
        is_table = model._meta.managed and not model._meta.proxy
        if is_table and not getattr(model, "written_by_triggers", False):
            ordered.append(model)

    for model in apps.get_models(include_auto_created=True):
        visit(model)
    return ordered


def _rows(model: type[models.Model], alias: str) -> models.QuerySet:
    return model._base_manager.using(alias)


def _empty(wanted: list[type[models.Model]]) -> None:
    for model in reversed(wanted):
        _rows(model, _TARGET)._raw_delete(_TARGET)


@contextmanager
def _own_times(model: type[models.Model]) -> Iterator[None]:
    """Rows keep the times they carry: fields that fill themselves (``auto_now``) hold still."""
    filling = [
        (field, name)
        for field in model._meta.local_concrete_fields
        for name in ("auto_now", "auto_now_add")
        if getattr(field, name, False)
    ]
    for field, name in filling:
        setattr(field, name, False)
    try:
        yield
    finally:
        for field, name in filling:
            setattr(field, name, True)


def _copy(model: type[models.Model], say: Callable[[str], None]) -> int:
    if model._meta.parents:
        raise TypeError(f"{model._meta.label} would not be copied as it is")
    rows = iter(_rows(model, _SOURCE).order_by("pk").iterator(chunk_size=_ROWS_AT_ONCE))
    count = 0
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        try:
            with _own_times(model):
                _rows(model, _TARGET).bulk_create(batch)
        except (DatabaseError, ValueError) as error:
            first, last = batch[0].pk, batch[-1].pk
            raise MoveFailed(
                f"{model._meta.label}, a row from {first} to {last} is refused: {error}. "
                "Correct it in the source and copy again; the target is unchanged.",
                model=model._meta.label,
            ) from error
        count += len(batch)
    if count:
        say(f"{model._meta.label}: {count}")
    return count


def _check(wanted: list[type[models.Model]], copied: dict[str, int]) -> None:
    for model in wanted:
        there = _rows(model, _TARGET).count()
        if there != copied[model._meta.label]:
            raise MoveFailed(f"{model._meta.label}: {there} rows arrived; the target is unchanged.")
    connections[_TARGET].check_constraints()


def _continue_sequences(wanted: list[type[models.Model]]) -> None:
    target = connections[_TARGET]
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), wanted):
            cursor.execute(statement)
