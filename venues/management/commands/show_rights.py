"""``manage.py show_rights``: the table of rights, as it stands in ``docs/permissions.md``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from venues.rights import as_markdown


class Command(BaseCommand):
    help = "Prints the table of rights."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
