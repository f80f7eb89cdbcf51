from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from venues.errors import Invalid
from venues.services.keys import issue_api_key


class Command(BaseCommand):
    help = "Issue an API key for a user and print it; it cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USERNAME")
        parser.add_argument("name", metavar="NAME", help="what the key is for")
        parser.add_argument("--scope", action="append", required=True, help="such as write:events")
        parser.add_argument("--days", type=int, default=365)

    def handle(
        self, *args: Any, user: str, name: str, scope: list[str], days: int, **options: Any
    ) -> None:
        owner = get_user_model().objects.filter(username=user).first()
        if owner is None:
            raise CommandError(f"There is no user “{user}”.")
        try:
            _, plain = issue_api_key(
                user=owner, name=name, scopes=scope, now=timezone.now(), days=days
            )
        except Invalid as refusal:
            problems = "; ".join(
                f"{p['field']}: {p['message']}" for p in refusal.detail["problems"]
            )
            raise CommandError(problems) from refusal
        self.stdout.write(plain)
