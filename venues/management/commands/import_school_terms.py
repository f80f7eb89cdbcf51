from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.errors import Invalid
from venues.imports.workbook import UnreadableFile
from venues.permissions import SYSTEM
from venues.queries import region_by_code
from venues.services.school_terms import import_school_terms


class Command(BaseCommand):
    help = "Take in the terms of a region's schools (.xlsx or .csv): all of them, or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--region", required=True, help="code, usually of the province")
        parser.add_argument("--source", required=True, help="the notice: its number and date")

    def handle(self, *args: Any, file: Path, region: str, source: str, **options: Any) -> None:
        place = region_by_code(region)
        if place is None or not file.is_file():
            missing = f"region {region}" if place is None else f"file {file}"
            raise CommandError(f"There is no {missing}.")
        content, now = file.read_bytes(), timezone.now()
        try:
            written = import_school_terms(content, region=place, source=source, by=SYSTEM, now=now)
        except UnreadableFile as refusal:
            raise CommandError(f"{file.name}: {refusal.message}") from refusal
        except Invalid as refusal:
            for problem in refusal.detail["problems"]:
                where = problem.get("cell") or problem.get("field", "")
                self.stderr.write(f"{where}: {problem['message']}")
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{len(written)} terms of {place.name_zh} written.")
