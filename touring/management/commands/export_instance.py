"""A season in the format ``orrery-tour/1``, for ``python -m touring.planning``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from touring.assembly import instance_of
from touring.errors import InvalidSeason
from touring.models import Season
from touring.planning.formats import pretty_json


class Command(BaseCommand):
    help = "Write a season, with the locks of its newest plan, as a planning instance."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("season", help="slug")
        parser.add_argument("--out", type=Path, help="a file; standard output without it")

    def handle(self, *, season: str, out: Path | None, **options: Any) -> None:
        found = Season.objects.filter(slug=season).first()
        if found is None:
            known = ", ".join(Season.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no season {season!r}; there are: {known}.")
        try:
            document = instance_of(found, found.plans.order_by("-pk").first())
        except InvalidSeason as refusal:
            lines = [
                f"{one['row']}, {one['field']}: {one['message']}"
                for one in refusal.detail["problems"]
            ]
            raise CommandError("\n".join(lines)) from refusal
        text = pretty_json(document)
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8")
            self.stderr.write(f"Wrote {len(document['requests'])} requests to {out}.")
