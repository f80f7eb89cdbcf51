"""``./run demo``: a network to look at, planned, published and served."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from touring.demo import people, processes, reading
from touring.demo.build import HalfBuilt, build_demo
from touring.errors import PlanBroken
from touring.models import Plan, PlanVersion, Stop, TourRequest, Unit
from touring.services.publication import refuse_if_broken
from venues.models import Region, Venue


class Command(BaseCommand):
    help = "Load the demo network, plan and publish its tours, and serve it."
    requires_system_checks = ()  # web and worker make them as they start

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="read all feeds once and stop")
        parser.add_argument("--fresh", action="store_true", help="begin with an empty database")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, once: bool, fresh: bool, port: int, **options: Any) -> None:
        began = time.monotonic()
        if not once and processes.is_taken(port):
            raise CommandError(
                f"Port {port} is taken; stop the program that uses it or choose another with "
                "--port N."
            )
        if fresh:
            _remove_database()
        settings.SITE_URL = f"http://127.0.0.1:{port}"  # what the children are told, too
        self._migrate()
        try:
            plans = build_demo(now=timezone.now(), say=self._say).plans
        except HalfBuilt as trouble:
            raise CommandError(str(trouble)) from trouble
        try:
            if once:
                self._read_once(plans, began)
            else:
                self._stay(port)
        except processes.DidNotStart as trouble:
            raise CommandError(str(trouble)) from trouble

    def _say(self, text: str) -> None:
        self.stderr.write(text)

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Preparing the database …")
            call_command("migrate", verbosity=0)

    def _stay(self, port: int) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # also when started with "&"
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the children must end, too
        with processes.running(port=port, with_worker=True) as children:
            self._greet(port)
            try:
                while all(child.poll() is None for child in children):
                    time.sleep(0.5)
            except KeyboardInterrupt:
                self._say("\nStopping …")
                return
        raise CommandError(f"A process ended by itself; see {Path(settings.VAR_DIR) / 'log'}.")

    def _greet(self, port: int) -> None:
        site = f"http://127.0.0.1:{port}"
        logins = "\n".join(
            f"  {name:<12}{people.PASSWORD}   {what}" for name, what in people.LOGINS.items()
        )
        self._say(
            f"\nOrrery is running.\n"
            f"  What's on            {site}/whats-on/\n"
            f"  What's on in Anhui   {site}/regions/340000/\n"
            f"  Its calendar feed    {site}/feeds/regions/340000.ics\n"
            f"  Desk                 {site}/desk/\n"
            f"  API                  {site}/api/v1/docs/\n"
            f"  Administration       {site}/admin/\n"
            f"Logins:\n{logins}\n"
            "Stop with Ctrl-C."
        )

    def _read_once(self, plans: Sequence[Plan], began: float) -> None:
        port = processes.free_port()
        site = f"http://127.0.0.1:{port}"
        self._say("Reading every feed over HTTP …")
        paths = reading.feed_paths()
        with processes.running(port=port, with_worker=False):
            readings = reading.read_everything(site, paths)
        answer = {
            **_counts(),
            **_worth(plans),
            "violations": sum(_violations(plan) for plan in plans),
            "feeds_read": readings.feeds,
            "entries_read": readings.entries,
            "seconds": round(time.monotonic() - began, 1),
            "feed_urls": paths,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if readings.complaints or answer["violations"]:
            raise CommandError("\n".join(readings.complaints) or "The published plan is broken.")


def _remove_database() -> None:
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        raise CommandError("--fresh empties SQLite files only; drop the database yourself.")
    connection.close()
    for ending in ("", "-wal", "-shm"):
        Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)


def _counts() -> dict[str, int]:
    return {
        "regions": Region.objects.count(),
        "venues": Venue.objects.count(),
        "units": Unit.objects.count(),
        "requests": TourRequest.objects.count(),
        "stops": Stop.objects.holding().count(),
    }


def _worth(plans: Sequence[Plan]) -> dict[str, float | None]:
    versions = [_published(plan) for plan in plans]
    value = sum(version.value["total"] for version in versions)
    bounds = [version.bound for version in versions if version.bound is not None]
    if len(bounds) < len(versions):
        return {"value": value, "bound": None, "gap": None}
    bound = sum(bounds)
    return {"value": value, "bound": bound, "gap": (bound - value) / max(1.0, abs(bound))}


def _violations(plan: Plan) -> int:
    try:
        refuse_if_broken(_published(plan))
    except PlanBroken as broken:
        return len(broken.detail["problems"])
    return 0


def _published(plan: Plan) -> PlanVersion:
    return PlanVersion.objects.get(pk=Plan.objects.get(pk=plan.pk).published_version_id)
