from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.errors import Invalid
from venues.models import Region
from venues.permissions import SYSTEM
from venues.services.regions import replace_region


class Command(BaseCommand):
    help = "Give a region another code: replace_region 510922 510981 射洪市 --on 2019-11-01"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", metavar="OLD_CODE")
        parser.add_argument("code", metavar="NEW_CODE")
        parser.add_argument("name_zh", metavar="NAME")
        parser.add_argument("--name-en", default="")
        parser.add_argument("--kind", help="such as 县级市; as before unless given")
        parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, old: str, on: date, **options: Any) -> None:
        region = Region.objects.filter(code=old).first()
        if region is None:
            raise CommandError(f"There is no region {old}.")
        stated = {name: options[name] for name in ("code", "name_zh", "name_en", "kind")}
        try:
            replace_region(old=region, on=on, by=SYSTEM, now=timezone.now(), **stated)
        except Invalid as refusal:
            problems = "; ".join(
                f"{p['field']}: {p['message']}" for p in refusal.detail["problems"]
            )
            raise CommandError(f"{refusal.message} {problems}") from refusal
        self.stdout.write(f"{old} leads to {stated['code']} {stated['name_zh']} from {on} on.")
