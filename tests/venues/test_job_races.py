"""Jobs taken by many at once: case K4, with real connections, on PostgreSQL.

SQLite lets one writer in at a time (``BEGIN IMMEDIATE``), so there the same code runs in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from venues.errors import JobNotQueued, LeaseLost
from venues.models import Job, RegionTag
from venues.services import jobs

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.db_contract,
    pytest.mark.only_postgresql,
]

WORKERS = 8


def _all_at_once(act: Callable[[int], object]) -> list[object]:
    """What ``act`` of each of the workers returned, each with a connection of its own."""
    start = Barrier(WORKERS)

    def run(number: int) -> object:
        try:
            start.wait(timeout=30)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def _enqueue(now, subject="7") -> Job:
    return jobs.enqueue(kind="planning_run", subject=subject, by=None, now=now)


def test_K4_of_many_workers_exactly_one_takes_a_job(now):
    for subject in range(10):
        job = _enqueue(now, str(subject))

        def take(number: int, job: Job = job) -> str:
            try:
                jobs.take(job_id=job.pk, owner=f"worker-{number}", now=now, lease_seconds=30)
            except JobNotQueued:
                return "late"
            return "taken"

        assert Counter(_all_at_once(take)) == {"taken": 1, "late": WORKERS - 1}
        job.refresh_from_db()
        assert (job.fence, job.attempts) == (1, 1)


def test_K8_of_many_requests_one_job_comes_and_one_timetable_takes_it_back(now):
    ids = set(_all_at_once(lambda number: _enqueue(now).pk))
    assert len(ids) == Job.objects.count() == 1
    jobs.take(job_id=ids.pop(), owner="dead", now=now, lease_seconds=30)

    later = now + timedelta(minutes=1)
    taken_back = _all_at_once(lambda number: len(jobs.reclaim(now=later)))

    assert sum(taken_back) == 1
    assert Job.objects.get().state == "queued"


def test_K4_a_job_is_not_given_away_while_its_effects_are_committed(now):
    """The timetable passes over the locked row; afterwards the lease has ended by itself."""
    lease = jobs.take(job_id=_enqueue(now).pk, owner="slow", now=now, lease_seconds=30)
    later = now + timedelta(minutes=1)

    with jobs.effects(lease, now=later):
        RegionTag.objects.create(code="border", name_zh="边境县")
        taken_back = _all_at_once(lambda number: len(jobs.reclaim(now=later)))
        jobs.finish(lease, now=later, result={})

    assert sum(taken_back) == 0
    assert (Job.objects.get().state, RegionTag.objects.count()) == ("done", 1)


def test_K4_effects_wait_for_a_reclaim_and_are_refused_then(now):
    job = _enqueue(now)
    lease = jobs.take(job_id=job.pk, owner="slow", now=now, lease_seconds=30)
    later = now + timedelta(minutes=1)

    def act(number: int) -> str:
        if number == 0:
            jobs.reclaim(now=later)
            return "reclaimed"
        try:
            with jobs.effects(lease, now=later):
                RegionTag.objects.create(code=f"tag-{number}", name_zh="x")
        except LeaseLost:
            return "refused"
        return "written"

    answers = Counter(_all_at_once(act))

    assert RegionTag.objects.count() == answers["written"]
    assert answers["written"] + answers["refused"] == WORKERS - 1
