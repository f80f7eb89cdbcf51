"""The database's own notice of renamed exhibitions and units, whose calendars bear their names.

The words within entries come by the events' one door (:mod:`touring.services.calendars`), which
raises their SEQUENCE. The calendars' own names are read here, by whatever way a row was written.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.checks import CheckMessage, Warning  # noqa: A004 - Django's name for it

from events.triggers import Mark, make_triggers, missing_triggers
from touring.models import Exhibition, Unit

MARKS: Iterable[Mark] = (
    Mark(
        Exhibition._meta.db_table,
        ("id", "slug"),
        facets="SELECT 'exhibition:' || r.slug AS noted FROM {rows} r "
        "UNION SELECT 'unit:' || u.code FROM touring_unit u JOIN {rows} s ON u.exhibition_id = s.id",
    ),
    Mark(Unit._meta.db_table, ("code",), facets="SELECT 'unit:' || r.code AS noted FROM {rows} r"),
)


def make_triggers_after_migrate(*, using: str, **_: object) -> None:
    """Receiver of ``post_migrate``."""
    make_triggers(using, MARKS)


def check_triggers(*, databases: list[str] | None = None, **_: object) -> list[CheckMessage]:
    """``manage.py check --database default``; a warning, because ``migrate`` makes them again."""
    return [
        Warning(
            f"The database does not notice renamed exhibitions and units: {name} is missing.",
            hint="Run `manage.py migrate`; it makes the triggers anew.",
            id="touring.W002",
        )
        for using in databases or []
        for name in missing_triggers(using, MARKS)
    ]
