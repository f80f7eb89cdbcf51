"""Taking, keeping and ending jobs so that a dead or slow worker can neither lose nor double one.

The pattern of a worker::

    lease = take(job_id=…, owner="host:pid", now=…, lease_seconds=30)
    while working:                       # outside any transaction, from a thread if need be
        if not heartbeat(lease, now=…, lease_seconds=30, progress={…}):
            mark_cancelled(lease, now=…); return
    with effects(lease, now=…):          # rows written here commit only while the lease is held
        …
        finish(lease, now=…, result={…})

Safety rests on the fencing number, not on clocks: a lease that ran out is still held until
:func:`reclaim` gives the job away, and from then on every call with the old lease is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from venues.errors import Conflict, JobNotQueued, LeaseLost
from venues.models import Job, JobState
from venues.permissions import Actor

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lease:
    """The right to write for a job, until somebody else holds a higher ``fence``."""

    job_id: int
    fence: int
    owner: str


def enqueue(
    *, kind: str, subject: str, by: Actor | None, now: datetime, max_attempts: int = 3
) -> Job:
    """Leave a job for a worker; the active job of the same kind and subject if there is one.

    ``by`` is the user on whose behalf it runs, ``None`` for the timetable. Whoever enqueues has
    asked whether ``by`` may; the worker asks again before it writes.
    """
    for _ in range(3):  # the active job may end between our attempt and our look
        try:
            with transaction.atomic():
                return Job.objects.create(
                    kind=kind,
                    subject=subject,
                    requested_by_id=None if by is None else by.pk,
                    created_at=now,
                    max_attempts=max_attempts,
                )
        except IntegrityError:
            active = Job.objects.active().filter(kind=kind, subject=subject).first()
            if active is not None:
                return active
    raise Conflict("Jobs on this subject come and go too fast; try again.", subject=subject)


@transaction.atomic
def take(*, job_id: int, owner: str, now: datetime, lease_seconds: int) -> Lease:
    """Make a queued job this worker's, for ``lease_seconds`` from ``now``.

    ``owner`` names the worker process for people; a new fencing number makes the lease unique.

    Raises:
        JobNotQueued: another worker was faster, or the job is over; there is nothing to do.
    """
    waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED).select_for_update()
    job = waiting.first()
    if job is None:
        raise JobNotQueued("The job is not waiting for a worker.", job=job_id)
    job.state = JobState.RUNNING
    job.fence += 1
    job.attempts += 1
    job.lease_owner = owner
    job.lease_until = now + timedelta(seconds=lease_seconds)
    job.heartbeat_at = job.started_at = now
    job.save()
    return Lease(job_id=job.pk, fence=job.fence, owner=owner)


def heartbeat(
    lease: Lease, *, now: datetime, lease_seconds: int, progress: dict[str, Any] | None = None
) -> bool:
    """Extend the lease and, if given, replace the progress.

    ``False``: stop, somebody asked to cancel, or the account that asked for the job was closed.

    Raises:
        LeaseLost: stop working; another worker has the job or it was ended.
    """
    changes: dict[str, Any] = {} if progress is None else {"progress": progress}
    with transaction.atomic():
        _write(
            lease,
            lease_until=now + timedelta(seconds=lease_seconds),
            heartbeat_at=now,
            **changes,
        )
        ended = Q(cancel_requested_at__isnull=False) | Q(requested_by__is_active=False)
        return not Job.objects.filter(ended, pk=lease.job_id).exists()


@contextmanager
def effects(lease: Lease, *, now: datetime) -> Iterator[Job]:
    """A transaction whose writes commit only while ``lease`` is held.

    The job's row stays locked to the end, so the job cannot be given away meanwhile: keep the
    block short, and compute before it. :func:`finish` inside the block ends the job in the same
    transaction.

    Raises:
        LeaseLost: nothing was written.
    """
    with transaction.atomic():
        _write(lease, heartbeat_at=now)
        yield Job.objects.get(pk=lease.job_id)


def finish(lease: Lease, *, now: datetime, result: dict[str, Any]) -> None:
    """Raises: LeaseLost: somebody else will finish the job."""
    _write(lease, state=JobState.DONE, result=result, error="", **_over(now))


def fail(lease: Lease, *, now: datetime, error: str) -> None:
    """End the job for good: the same input would fail again, so it is not tried again.

    ``error`` is shown to the person who asked. Raises: LeaseLost.
    """
    _write(lease, state=JobState.FAILED, error=error, **_over(now))


def mark_cancelled(lease: Lease, *, now: datetime) -> None:
    """The worker's answer to a heartbeat that said ``False``. Raises: LeaseLost."""
    _write(lease, state=JobState.CANCELLED, **_over(now))


@transaction.atomic
def request_cancel(*, job_id: int, by: Actor | None, now: datetime) -> Job:
    """Cancel a waiting job at once; ask the worker of a running one to stop at its next heartbeat.

    A job that is over stays as it is. Whether ``by`` may is the caller's question.
    """
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state not in (JobState.QUEUED, JobState.RUNNING):
        return job
    log.info("%s asks to cancel job %s (%s %s)", by, job.pk, job.kind, job.subject)
    job.cancel_requested_at = job.cancel_requested_at or now
    if job.state == JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, now
    job.save(update_fields=["cancel_requested_at", "state", "finished_at"])
    return job


@transaction.atomic
def reclaim(*, now: datetime) -> list[Job]:
    """Take back the jobs whose lease ran out: their worker died, hangs or lost the database.

    Each goes back to the queue; to ``cancelled`` if that was asked for; to ``quarantined`` after
    its last attempt, because a job that keeps taking its worker down must not take others with it.
    Returns the jobs it changed, in order of age; running twice changes nothing more. A job whose
    effects are being committed right now is left alone.
    """
    lost = (
        Job.objects.select_for_update(skip_locked=True)
        .filter(state=JobState.RUNNING, lease_until__lte=now)
        .order_by("pk")
    )
    return [_take_back(job, now=now) for job in lost]


def _take_back(job: Job, *, now: datetime) -> Job:
    log.warning("job %s: %s left it (attempt %s)", job.pk, job.lease_owner, job.attempts)
    if job.cancel_requested_at is not None:
        job.state, job.finished_at = JobState.CANCELLED, now
    elif job.attempts >= job.max_attempts:
        job.state, job.finished_at = JobState.QUARANTINED, now
        job.error = (
            f"Its worker was lost {job.attempts} times, most recently {job.lease_owner}. "
            "Look at that worker's log before starting a new job."
        )
    else:
        job.state = JobState.QUEUED
    job.lease_until = None
    job.save(update_fields=["state", "finished_at", "error", "lease_until"])
    return job


def _over(now: datetime) -> dict[str, Any]:
    return {"finished_at": now, "lease_until": None}


def _write(lease: Lease, **changes: Any) -> None:
    """Compare and set: change the job's row if, and only if, ``lease`` is still the current one.

    Inside a transaction the row stays locked until its end.
    """
    held = Job.objects.filter(
        pk=lease.job_id, state=JobState.RUNNING, lease_owner=lease.owner, fence=lease.fence
    )
    if not held.update(**changes):
        raise LeaseLost(
            "This worker no longer holds the job; what it computed is not written.",
            job=lease.job_id,
            fence=lease.fence,
        )
