from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import venues
from venues.errors import Invalid
from venues.services.china import load_county_file

SHIPPED = Path(venues.__file__).parent / "data" / "cn_counties.csv"


class Command(BaseCommand):
    help = "Load the regions of China (provinces, prefectures, counties); safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            loaded = load_county_file(path=file, now=timezone.now())
        except Invalid as refusal:
            for problem in refusal.detail.get("problems", []):
                where = problem["cell"] or f"row {problem['row']}"
                self.stderr.write(f"{where} {problem['column']}: {problem['message']}")
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"Regions: {loaded.created} created, {loaded.changed} changed, "
            f"{loaded.unchanged} unchanged."
        )
        if loaded.closed:
            self.stdout.write(f"Replaced in this network, left closed: {', '.join(loaded.closed)}")
