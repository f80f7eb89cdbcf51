from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.errors import Invalid
from venues.imports.workbook import UnreadableFile
from venues.models import HolidayStatus
from venues.permissions import SYSTEM
from venues.queries import region_by_code
from venues.services.holidays import import_holidays, preview_holidays


class Command(BaseCommand):
    help = "Put the holiday arrangement of a year in force (.xlsx or .csv): all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--source", required=True, help="the notice: its number and date")
        parser.add_argument("--country", default="CN", help="ISO 3166-1 code; CN without it")
        parser.add_argument("--region", default="", help="code; only what this region adds")
        parser.add_argument("--provisional", action="store_true", help="not yet published")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")

    def handle(self, *args: Any, file: Path, dry_run: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        region = region_by_code(options["region"]) if options["region"] else None
        if options["region"] and region is None:
            raise CommandError(f"There is no region {options['region']}.")
        place = {"year": options["year"], "country": options["country"], "region": region}
        content = file.read_bytes()
        try:
            outcome = preview_holidays(content, **place)
        except UnreadableFile as refusal:
            raise CommandError(f"{file.name}: {refusal.message}") from refusal
        for problem in outcome.problems:
            where = problem.cell or f"row {problem.row}"
            self.stderr.write(f"{where} {problem.column}: {problem.message}")
        if outcome.problems:
            raise CommandError(f"{len(outcome.problems)} problems; nothing was written.")
        if not dry_run:
            self._write(content, place, options)
        self.stdout.write(
            f"Days: {len(outcome.added)} added, {len(outcome.changed)} changed, "
            f"{len(outcome.removed)} removed, {outcome.unchanged} unchanged"
            f"{' (dry run: nothing written)' if dry_run else ''}."
        )

    def _write(self, content: bytes, place: dict[str, Any], options: dict[str, Any]) -> None:
        provisional = options["provisional"]
        status = HolidayStatus.PROVISIONAL if provisional else HolidayStatus.CONFIRMED
        source, now = options["source"], timezone.now()
        try:
            import_holidays(content, status=status, source=source, by=SYSTEM, now=now, **place)
        except Invalid as refusal:
            problems = "; ".join(problem["message"] for problem in refusal.detail["problems"])
            raise CommandError(problems) from refusal
