from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from venues.errors import DomainError
from venues.services.backups import restore, unapplied_migrations


class Command(BaseCommand):
    help = "Make the database what a backup says. Stop web and worker processes first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--yes", action="store_true", help="replace what the database holds")

    def handle(self, *args: Any, file: Path, yes: bool, **options: Any) -> None:
        try:
            rows = restore(file, replace=yes)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        if missing := unapplied_migrations():
            self.stderr.write(f"The backup is of an older version ({len(missing)} migrations):")
            self.stderr.write("run `manage.py migrate` before starting web and workers.")
        self.stdout.write(json.dumps({"file": str(file), "rows": sum(rows.values())}))
