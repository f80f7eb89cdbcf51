"""Workers that are killed in the middle of planning runs, on DATABASE_URL and BROKER_URL.

    python -m tests.touring.kills drive KILLS plain|celery
    python -m tests.touring.kills work

The first prints one JSON object: how many kills hit a running job, and for every run its job's
state, attempts, versions and stops. It plays the timetable itself (reclaim, wake up), so that a
kill costs seconds. The second is a worker without a broker: it takes queued runs until it is ended.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
django.setup()

from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.factories.touring import (
    PlanFactory,
    SeasonFactory,
    TourRequestFactory,
    UnitFactory,
)
from tests.tables import make_tables
from touring import queries
from touring.models import Plan, PlannedStop, PlanVersion, Run
from touring.services.runs import execute_run, request_run
from touring.tasks import run_queued
from venues.errors import Conflict
from venues.models import Job, JobState
from venues.services import jobs

RUN_SECONDS = 2.0
PATIENCE_SECONDS = 120
WORKERS = {
    "plain": [sys.executable, "-m", "tests.touring.kills", "work"],
    "celery": [
        *(sys.executable, "-m", "celery", "-A", "config", "worker"),
        *("--concurrency", "1", "--loglevel", "WARNING"),
    ],
}


def work() -> None:
    while True:
        for run in queries.runs_nobody_took():
            try:
                execute_run(run_id=run.pk, owner=f"plain:{os.getpid()}", clock=timezone.now)
            except Conflict:
                continue
        time.sleep(0.05)


def prepare() -> Plan:
    make_tables()
    get_user_model().objects.create_superuser("planner")
    season = SeasonFactory(units=[UnitFactory(), UnitFactory()])
    for _ in range(6):
        TourRequestFactory(season=season, windows=[(date(2027, 2, 1), date(2027, 9, 1))])
    return PlanFactory(season=season)


class Worker:
    def __init__(self, kind: str) -> None:
        self.command = WORKERS[kind]
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command, start_new_session=True, stdout=subprocess.DEVNULL
            )

    def kill(self) -> None:
        """The worker and its pool, at once and without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def ask(plan: Plan) -> Run:
    """A run that may be killed as often as it takes; workers dying of it is another test."""
    planner = get_user_model().objects.get(username="planner")
    run = request_run(plan=plan, seconds=RUN_SECONDS, by=planner, now=timezone.now())
    Job.objects.filter(pk=run.job_id).update(max_attempts=10_000)
    return run


def unfinished() -> bool:
    return Job.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists()


def wait_for(condition, worker: Worker, kind: str) -> None:
    """Play the timetable until ``condition`` holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    next_round = 0.0
    while not condition():
        worker.start()
        if time.monotonic() > next_round:
            jobs.reclaim(now=timezone.now())
            if kind == "celery":
                run_queued()
            next_round = time.monotonic() + 1
        if time.monotonic() > deadline:
            raise TimeoutError(f"no progress: {list(Job.objects.values())}")
        time.sleep(0.02)


def running(killed: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Jobs in work, each with its fence, without those whose worker was ``killed`` already."""
    return set(Job.objects.filter(state=JobState.RUNNING).values_list("pk", "fence")) - killed


def drive(kills: int, kind: str) -> dict:
    plan, worker, chance = prepare(), Worker(kind), random.Random(1)
    killed: set[tuple[int, int]] = set()
    try:
        while len(killed) < kills:
            if not unfinished():
                ask(plan)
            wait_for(lambda: bool(running(killed)) or not unfinished(), worker, kind)
            time.sleep(chance.uniform(0, RUN_SECONDS + 0.3))
            in_work = running(killed)
            worker.kill()
            killed.update(in_work & running(killed))  # what ended in between was no kill
        if not unfinished():
            ask(plan)
        wait_for(lambda: not unfinished(), worker, kind)
    finally:
        worker.kill()
    return {
        "kills": len(killed),
        "runs": [
            {
                "state": run.job.state,
                "attempts": run.job.attempts,
                "versions": PlanVersion.objects.filter(run=run).count(),
                "stops": PlannedStop.objects.filter(version__run=run).count(),
                "requests": PlannedStop.objects.filter(version__run=run)
                .values("request")
                .distinct()
                .count(),
            }
            for run in Run.objects.select_related("job").order_by("pk")
        ],
        "numbers": sorted(PlanVersion.objects.values_list("number", flat=True)),
    }


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work()
    else:
        sys.stdout.write(json.dumps(drive(int(sys.argv[2]), sys.argv[3])) + "\n")
