from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from venues.errors import DomainError
from venues.services.backups import back_up


class Command(BaseCommand):
    help = "Write the database to a new file, while others go on working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = back_up(file)
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        answer = {"file": str(file), "bytes": file.stat().st_size, "rows": sum(rows.values())}
        self.stdout.write(json.dumps(answer))
