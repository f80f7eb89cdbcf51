from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.errors import Invalid
from venues.permissions import SYSTEM
from venues.services.holidays import seed_holidays


class Command(BaseCommand):
    help = "Begin with the holidays that kept libraries know; uploaded tables are never touched."

    def add_arguments(self, parser: CommandParser) -> None:
        this_year = timezone.localdate().year
        parser.add_argument("--country", default="CN", help="ISO 3166-1 code; CN without it")
        parser.add_argument("--first", type=int, default=this_year - 2, metavar="YEAR")
        parser.add_argument("--last", type=int, default=this_year + 1, metavar="YEAR")

    def handle(self, *args: Any, country: str, first: int, last: int, **options: Any) -> None:
        years, now = range(first, last + 1), timezone.now()
        try:
            written = seed_holidays(years=years, country=country, by=SYSTEM, now=now)
        except Invalid as refusal:
            raise CommandError(refusal.detail["problems"][0]["message"]) from refusal
        for table in written:
            self.stdout.write(f"{table.country} {table.year}: {table.status} ({table.source}).")
        self.stdout.write(f"{len(written)} of {len(years)} years written.")
