from __future__ import annotations

import json
from typing import Any

import environ
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from venues.errors import DomainError
from venues.services.moving import copy_database

_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;",
}


class Command(BaseCommand):
    help = "Copy a whole network into an empty database, for example from SQLite to PostgreSQL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="source", required=True, metavar="URL")
        parser.add_argument("--to", dest="target", required=True, metavar="URL")

    def handle(self, *args: Any, source: str, target: str, **options: Any) -> None:
        try:
            copied = copy_database(
                source=_database(source), target=_database(target), say=self.stderr.write
            )
        except OperationalError as error:
            raise CommandError(f"A database cannot be reached: {error}") from error
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        models = sum(1 for count in copied.values() if count)
        self.stdout.write(json.dumps({"models": models, "rows": sum(copied.values())}))


def _database(url: str) -> dict[str, Any]:
    """As ``DATABASE_URL`` is read: ``sqlite:///path`` or ``postgres://user:password@host/name``."""
    database = environ.Env.db_url_config(url)
    if not database.get("ENGINE", "").endswith(("sqlite3", "postgresql")):
        raise CommandError(f"{url.partition(':')[0]}: use a sqlite or postgres address.")
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = _SQLITE
    return database
