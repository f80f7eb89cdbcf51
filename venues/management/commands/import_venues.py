from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.imports.workbook import UnreadableFile
from venues.permissions import SYSTEM
from venues.services.intake import VenuesPreview, import_venues, preview_venues


class Command(BaseCommand):
    help = "Take in a network file of venues (.xlsx or .csv): everything, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        content, now = file.read_bytes(), timezone.now()
        try:
            outcome = preview_venues(content, by=SYSTEM, now=now)
            if not outcome.problems and not dry_run:
                outcome = import_venues(content, by=SYSTEM, now=now)
        except UnreadableFile as refusal:
            raise CommandError(f"{file.name}: {refusal.message}") from refusal
        self._refuse(outcome)
        self.stdout.write(
            f"Venues: {len(outcome.created)} created, {len(outcome.changed)} changed, "
            f"{outcome.unchanged} unchanged{' (dry run: nothing written)' if dry_run else ''}."
        )

    def _refuse(self, outcome: VenuesPreview) -> None:
        for problem in outcome.problems:
            where = problem.cell or f"row {problem.row}"
            self.stderr.write(f"{where} {problem.column}: {problem.message}")
        if outcome.problems:
            count = len(outcome.problems)
            raise CommandError(f"The file has {count} problems; nothing was written.")
