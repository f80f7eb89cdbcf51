"""One row by its key for what every request asks: the statement is composed once per process.

Composing costs Django ten times as much as such a question costs the database.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model


def look_up(model: type[Model], columns: tuple[str, ...], **key: str) -> tuple[Any, ...] | None:
    """What ``filter(**key).values_list(*columns)`` has for the one row with these texts."""
    names = tuple(sorted(key))
    statement, converters = _composed(model, columns, names, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key[name] for name in names])
        row = cursor.fetchone()
    if row is None:
        return None
    found = list(row)
    for place, (steps, expression) in converters.items():
        for step in steps:
            found[place] = step(found[place], expression, connection)
    return tuple(found)


@lru_cache(maxsize=64)
def _composed(
    model: type[Model], columns: tuple[str, ...], names: tuple[str, ...], _vendor: str
) -> tuple[str, dict[int, tuple[list[Any], Any]]]:
    """The statement, its parameters in the order of ``names``, and how its columns become values."""
    rows = model._default_manager.order_by()
    for name in names:
        rows = rows.filter(**{name: name})
    compiler = rows.values_list(*columns).query.get_compiler(connection=connection)
    statement, parameters = compiler.as_sql()
    if tuple(parameters) != names:
        raise ValueError(f"{names} are not all compared as texts")
    return statement, compiler.get_converters([column for column, *_ in compiler.select])
