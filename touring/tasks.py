"""What workers do for tours: an id in, one service call."""

from __future__ import annotations

import logging
import os
import socket

from celery import shared_task
from django.utils import timezone

from touring import queries
from touring.services import approval, escalation, holds, hosting, runs, vehicles
from venues.errors import JobNotQueued, LeaseLost

log = logging.getLogger(__name__)

_MESSAGE_SECONDS = 60


@shared_task(name="touring.execute_run", acks_late=True, reject_on_worker_lost=True)
def execute_run(run_id: int) -> None:
    """Compute one run. Running it twice is harmless: the second worker finds it taken or over."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    try:
        runs.execute_run(run_id=run_id, owner=owner, clock=timezone.now)
    except JobNotQueued:
        log.info("run %s was already taken", run_id)
    except LeaseLost:
        log.warning("run %s was given to another worker", run_id)


@shared_task(name="touring.run_queued")
def run_queued() -> None:
    """Wake workers up for the runs whose message was lost, or was never sent."""
    for run in queries.runs_nobody_took():
        # Messages that no worker came to read in time are dropped; the next round sends new ones.
        execute_run.apply_async((run.pk,), expires=_MESSAGE_SECONDS)


@shared_task(name="touring.mind_deadlines")
def mind_deadlines() -> None:
    """Tell of requests nobody answered in time, close what came too late, end old holds."""
    now = timezone.now()
    escalation.escalate_overdue(now=now)
    approval.expire_requests(now=now)
    holds.expire_holds(now=now)
    vehicles.tell_of_renewals(now=now)


@shared_task(name="touring.take_in_answers", acks_late=True, reject_on_worker_lost=True)
def take_in_answers() -> None:
    hosting.take_in_answers(now=timezone.now())
