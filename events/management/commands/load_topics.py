from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import events
from events.errors import InvalidVocabulary
from events.services.topics import load_topics

SHIPPED = Path(events.__file__).parent / "data" / "topics.json"


class Command(BaseCommand):
    help = "Load a vocabulary of topics from a JSON file of SKOS concepts; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            content = orjson.loads(file.read_bytes())
        except orjson.JSONDecodeError as broken:
            raise CommandError(f"{file} is no JSON: {broken}") from broken
        concepts = content.get("concepts") if isinstance(content, dict) else content
        try:
            loaded = load_topics(concepts=concepts, now=timezone.now())
        except InvalidVocabulary as refusal:
            for problem in refusal.detail["problems"]:
                self.stderr.write(f"{problem['field']}: {problem['message']}")
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            f"Topics: {loaded.created} created, {loaded.changed} changed, "
            f"{loaded.unchanged} unchanged."
        )
