"""Tasks take an id, call one service and tolerate being run twice."""

from __future__ import annotations

import pytest

from touring import tasks
from touring.models import PlanVersion, Run
from touring.services.runs import request_run
from venues.models import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(plan, planner, now) -> Run:
    return request_run(plan=plan, work=3, by=planner, now=now)


@pytest.fixture
def sent(monkeypatch) -> list[tuple]:
    """The messages that would go to the broker."""
    messages: list[tuple] = []
    monkeypatch.setattr(
        tasks.execute_run, "apply_async", lambda arguments, **named: messages.append(arguments)
    )
    return messages


def test_execute_run_twice_makes_one_version(run):
    tasks.execute_run(run.pk)
    tasks.execute_run(run.pk)

    assert PlanVersion.objects.filter(run=run).count() == 1
    assert Job.objects.get(pk=run.job_id).state == JobState.DONE


def test_run_queued_wakes_workers_for_waiting_runs_only(run, plan, planner, now, sent):
    """K6: the broker lost its messages; the rows are still there."""
    done = request_run(plan=plan, work=3, by=planner, now=now)
    tasks.execute_run(done.pk)

    tasks.run_queued()

    assert sent == [(run.pk,)]


def test_a_run_that_keeps_killing_its_worker_is_left_alone(run, now, sent):
    """K5."""
    Job.objects.filter(pk=run.job_id).update(state=JobState.QUARANTINED, attempts=3)

    tasks.run_queued()
    tasks.execute_run(run.pk)

    assert sent == []
    assert PlanVersion.objects.count() == 0
