"""``manage.py publish_feeds``: bring the files of all live calendars up to date once."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events.services.published import publish_feeds
from web.published import feeds_storage, find_feed


class Command(BaseCommand):
    help = "Write the calendars that are being followed as files for nginx or a CDN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, help="a folder; else what PUBLISHED_FEEDS says")

    def handle(self, *, to: Path | None, **_: Any) -> None:
        storage: Storage | None = FileSystemStorage(to) if to else feeds_storage()
        if storage is None:
            raise CommandError("Say where: --to FOLDER, or set PUBLISHED_FEEDS.")
        done = publish_feeds(storage=storage, find=find_feed, now=timezone.now())
        self.stdout.write(
            f"{done.written} written, {done.unchanged} unchanged, {done.withdrawn} withdrawn"
        )
