"""Jobs: cases K4 (lost workers), K5 (poison), K6 (empty broker) and K8 (two timetables)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.venues import UserFactory
from venues.errors import JobNotQueued, LeaseLost
from venues.models import Job, JobKind, JobState, RegionTag
from venues.services import jobs

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def _job(now, subject="7", **changes):
    return jobs.enqueue(
        kind=JobKind.PLANNING_RUN, subject=subject, by=changes.pop("by", None), now=now, **changes
    )


def _take(job, now, owner="worker-a"):
    return jobs.take(job_id=job.pk, owner=owner, now=now, lease_seconds=30)


def _state(job):
    return Job.objects.get(pk=job.pk).state


def test_enqueue_leaves_a_waiting_job_with_who_and_when(now):
    user = UserFactory()

    job = _job(now, by=user, max_attempts=5)

    stored = Job.objects.get()
    assert (stored.pk, stored.kind, stored.subject) == (job.pk, "planning_run", "7")
    assert (stored.state, stored.requested_by, stored.created_at) == ("queued", user, now)
    assert (stored.attempts, stored.max_attempts, stored.fence) == (0, 5, 0)


def test_enqueue_returns_the_active_job_of_the_same_subject(now):
    waiting = _job(now)
    again = _job(now + timedelta(minutes=1))
    _take(waiting, now)
    while_running = _job(now + timedelta(minutes=2))

    assert again.pk == while_running.pk == waiting.pk
    assert Job.objects.count() == 1


def test_enqueue_makes_a_new_job_when_the_former_is_over_or_on_another_subject(now):
    first = _job(now)
    jobs.finish(_take(first, now), now=now, result={})

    second = _job(now)
    other = _job(now, subject="8")

    assert len({first.pk, second.pk, other.pk}) == 3


def test_K4_of_two_workers_only_one_takes_a_job(now):
    job = _job(now)

    lease = _take(job, now, owner="worker-a")
    with pytest.raises(JobNotQueued) as refusal:
        _take(job, now, owner="worker-b")

    assert lease == jobs.Lease(job_id=job.pk, fence=1, owner="worker-a")
    assert refusal.value.detail == {"job": job.pk}
    stored = Job.objects.get()
    assert (stored.lease_owner, stored.attempts) == ("worker-a", 1)
    assert stored.lease_until == now + timedelta(seconds=30)


def test_heartbeat_extends_the_lease_and_replaces_the_progress(now):
    lease = _take(_job(now), now)
    later = now + timedelta(seconds=20)

    goes_on = jobs.heartbeat(lease, now=later, lease_seconds=30, progress={"value": 12})
    jobs.heartbeat(lease, now=later, lease_seconds=30)

    stored = Job.objects.get()
    assert goes_on is True
    assert stored.progress == {"value": 12}
    assert (stored.heartbeat_at, stored.lease_until) == (later, now + timedelta(seconds=50))


def test_heartbeat_says_when_somebody_asked_to_cancel(now):
    job = _job(now)
    lease = _take(job, now)
    jobs.request_cancel(job_id=job.pk, by=UserFactory(), now=now + timedelta(seconds=5))

    goes_on = jobs.heartbeat(lease, now=now + timedelta(seconds=10), lease_seconds=30)

    assert goes_on is False
    jobs.mark_cancelled(lease, now=now + timedelta(seconds=11))
    stored = Job.objects.get()
    assert (stored.state, stored.finished_at) == ("cancelled", now + timedelta(seconds=11))


def test_A10_heartbeat_stops_the_work_of_an_account_that_was_closed(now):
    job, left = _job(now), UserFactory()
    Job.objects.filter(pk=job.pk).update(requested_by=left)
    lease = _take(job, now)
    assert jobs.heartbeat(lease, now=now, lease_seconds=30) is True

    left.is_active = False
    left.save()

    assert jobs.heartbeat(lease, now=now, lease_seconds=30) is False


def test_request_cancel_ends_a_waiting_job_at_once(now):
    job = _job(now)

    cancelled = jobs.request_cancel(job_id=job.pk, by=None, now=now)

    assert (cancelled.state, _state(job)) == (JobState.CANCELLED, JobState.CANCELLED)
    with pytest.raises(JobNotQueued):
        _take(job, now)


def test_request_cancel_leaves_a_finished_job_alone(now):
    job = _job(now)
    jobs.finish(_take(job, now), now=now, result={"stops": 58})

    answer = jobs.request_cancel(job_id=job.pk, by=None, now=now)

    assert (answer.state, answer.cancel_requested_at) == (JobState.DONE, None)


def test_effects_and_the_end_of_the_job_commit_together(now):
    job = _job(now)
    lease = _take(job, now)

    with jobs.effects(lease, now=now) as held:
        RegionTag.objects.create(code="border", name_zh="边境县")
        jobs.finish(lease, now=now, result={"tags": 1})

    assert held.pk == job.pk
    stored = Job.objects.get()
    assert (stored.state, stored.result, stored.lease_until) == ("done", {"tags": 1}, None)
    assert RegionTag.objects.count() == 1


def test_effects_are_undone_together_with_the_end_of_the_job(now):
    job = _job(now)
    lease = _take(job, now)

    def finish_and_stumble():
        with jobs.effects(lease, now=now):
            RegionTag.objects.create(code="border", name_zh="边境县")
            jobs.finish(lease, now=now, result={"tags": 1})
            raise InterruptedError

    with pytest.raises(InterruptedError):
        finish_and_stumble()

    assert (_state(job), RegionTag.objects.count()) == (JobState.RUNNING, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda lease, now: jobs.heartbeat(lease, now=now, lease_seconds=30),
        lambda lease, now: jobs.finish(lease, now=now, result={"from": "the dead"}),
        lambda lease, now: jobs.fail(lease, now=now, error="from the dead"),
        lambda lease, now: jobs.mark_cancelled(lease, now=now),
        lambda lease, now: _write_a_tag(lease, now),
    ],
    ids=["heartbeat", "finish", "fail", "mark_cancelled", "effects"],
)
def test_K4_a_lost_lease_cannot_write(now, act):
    job = _job(now)
    lost = _take(job, now, owner="worker-a")
    later = now + timedelta(seconds=31)
    jobs.reclaim(now=later)
    current = _take(job, later, owner="worker-a")  # the same name: the fence tells them apart

    with pytest.raises(LeaseLost) as refusal:
        act(lost, later)

    assert refusal.value.detail == {"job": job.pk, "fence": 1}
    stored = Job.objects.get()
    assert (stored.state, stored.fence, stored.error, stored.result) == ("running", 2, "", {})
    assert RegionTag.objects.count() == 0
    jobs.finish(current, now=later, result={"from": "the living"})
    assert Job.objects.get().result == {"from": "the living"}


def _write_a_tag(lease, now):
    with jobs.effects(lease, now=now):
        RegionTag.objects.create(code="border", name_zh="边境县")


def test_a_lease_that_ran_out_is_held_until_it_is_reclaimed(now):
    lease = _take(_job(now), now)
    much_later = now + timedelta(hours=2)

    assert jobs.heartbeat(lease, now=much_later, lease_seconds=30) is True
    assert jobs.reclaim(now=much_later) == []


def test_K6_reclaim_queues_what_a_dead_worker_left_and_nothing_else(now):
    left = _job(now)
    _take(left, now)
    alive = _job(now, subject="8")
    _take(alive, now + timedelta(seconds=20))
    waiting = _job(now, subject="9")

    changed = jobs.reclaim(now=now + timedelta(seconds=30))

    assert [job.pk for job in changed] == [left.pk]
    assert [_state(job) for job in (left, alive, waiting)] == ["queued", "running", "queued"]
    assert [job.pk for job in Job.objects.queued()] == [left.pk, waiting.pk]


def test_K8_reclaim_by_a_second_timetable_changes_nothing_more(now):
    _take(_job(now), now)
    later = now + timedelta(minutes=1)

    first, second = jobs.reclaim(now=later), jobs.reclaim(now=later)

    assert (len(first), second) == (1, [])


def test_reclaim_cancels_what_was_to_be_cancelled(now):
    job = _job(now)
    _take(job, now)
    jobs.request_cancel(job_id=job.pk, by=None, now=now)

    jobs.reclaim(now=now + timedelta(minutes=1))

    assert _state(job) == JobState.CANCELLED


def test_K5_a_job_that_takes_its_worker_down_three_times_is_quarantined(now):
    poison, other = _job(now), _job(now, subject="8")
    states = []
    for attempt in range(3):
        later = now + timedelta(minutes=attempt)
        _take(poison, later, owner=f"worker-{attempt}")
        jobs.reclaim(now=later + timedelta(seconds=30))
        states.append(_state(poison))

    stored = Job.objects.get(pk=poison.pk)
    assert states == ["queued", "queued", "quarantined"]
    assert (stored.attempts, stored.fence) == (3, 3)
    assert stored.error == (
        "Its worker was lost 3 times, most recently worker-2. "
        "Look at that worker's log before starting a new job."
    )
    with pytest.raises(JobNotQueued):
        _take(poison, now)
    assert _take(other, now).fence == 1


def test_a_quarantined_job_does_not_block_a_new_one_on_its_subject(now):
    poison = _job(now, max_attempts=1)
    _take(poison, now)
    jobs.reclaim(now=now + timedelta(minutes=1))

    assert _job(now).pk != poison.pk


def test_fail_keeps_the_reason_and_is_final(now):
    job = _job(now)

    jobs.fail(_take(job, now), now=now, error="The plan was deleted meanwhile.")

    stored = Job.objects.get()
    assert (stored.state, stored.error) == ("failed", "The plan was deleted meanwhile.")
    assert jobs.reclaim(now=now + timedelta(days=1)) == []
