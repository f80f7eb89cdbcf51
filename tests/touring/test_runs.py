"""Runs of the planner, from the wish to the stored version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import OperationalError

from tests.factories.touring import StopLockFactory
from tests.factories.venues import ClosureFactory, VenueFactory
from touring.errors import InvalidRun
from touring.models import PlanVersion, Run, TourRequest, Unit
from touring.planning.result import Plan, Stop
from touring.planning.solve import Progress
from touring.services import runs
from touring.services.publication import publish_version
from touring.services.runs import execute_run, request_run
from venues.errors import JobNotQueued, LeaseLost, NotAllowed
from venues.models import Job, JobState
from venues.services import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(plan, planner, now) -> Run:
    return request_run(plan=plan, work=20, seed=7, by=planner, now=now)


@pytest.fixture
def clock(now):
    """A clock that goes on one second each time it is looked at."""
    moments = iter(now + timedelta(seconds=n) for n in range(1, 1000))
    return lambda: next(moments)


def test_request_run_leaves_a_queued_job(run, planner):
    assert (run.job.state, run.job.kind, run.job.subject) == (
        JobState.QUEUED,
        "planning_run",
        str(run.pk),
    )
    assert run.job.requested_by == planner


def test_request_run_wants_either_seconds_or_work(plan, planner, now):
    with pytest.raises(InvalidRun, match="give either seconds or work"):
        request_run(plan=plan, by=planner, now=now)
    with pytest.raises(InvalidRun) as refusal:
        request_run(plan=plan, seconds=-1, work=-1, seed=-1, by=planner, now=now)
    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        "seconds",
        "seconds",
        "work",
        "seed",
    ]


def test_a_stranger_may_not_ask_for_a_run(plan, stranger, now):
    with pytest.raises(NotAllowed):
        request_run(plan=plan, work=1, by=stranger, now=now)


def test_execute_run_stores_one_version_with_its_worth_and_its_hashes(run, clock):
    version = execute_run(run_id=run.pk, owner="a", clock=clock)

    run.refresh_from_db()
    stops = list(version.stops.select_related("unit", "request", "origin"))
    assert (version.number, version.run, version.unserved) == (1, run, [])
    assert version.value["coverage"] == pytest.approx(40)
    assert len(version.instance_hash) == len(version.plan_hash) == 64
    assert {stop.request.code for stop in stops} == {f"AH-2027-00{n}" for n in range(1, 5)}
    assert all(stop.closes_on - stop.opens_on == timedelta(days=30) for stop in stops)
    assert all(stop.departs_on < stop.arrives_on for stop in stops)
    assert run.job.state == JobState.DONE
    assert run.job.result == {"version": version.pk, "number": 1}
    assert run.progress[-1]["value"] == pytest.approx(version.value["total"])


def test_the_same_seed_and_work_give_the_same_plan(plan, planner, now, clock):
    hashes = []
    for _ in range(2):
        run = request_run(plan=plan, work=50, seed=3, by=planner, now=now)
        hashes.append(execute_run(run_id=run.pk, owner="a", clock=clock).plan_hash)

    assert hashes[0] == hashes[1]


def test_a_lock_is_kept_and_marked(plan, planner, now, clock):
    StopLockFactory(
        plan=plan,
        unit=Unit.objects.get(code="AH-02"),
        request=TourRequest.objects.get(code="AH-2027-003"),
        opens_on=date(2027, 4, 5),
    )
    run = request_run(plan=plan, work=5, by=planner, now=now)

    version = execute_run(run_id=run.pk, owner="a", clock=clock)

    locked = version.stops.get(is_locked=True)
    assert (locked.request.code, locked.unit.code, locked.opens_on) == (
        "AH-2027-003",
        "AH-02",
        date(2027, 4, 5),
    )


def test_an_unserved_request_has_its_reasons(plan, planner, now, clock):
    request = TourRequest.objects.get(code="AH-2027-004")
    request.windows.update(first_date=date(2027, 2, 1), end_date=date(2027, 2, 20))
    run = request_run(plan=plan, work=5, by=planner, now=now)

    version = execute_run(run_id=run.pk, owner="a", clock=clock)

    assert [one["request"] for one in version.unserved] == ["AH-2027-004"]
    assert all(reason["text"] and reason["text_zh"] for reason in version.unserved[0]["reasons"])


def test_executing_a_run_twice_makes_one_version(run, clock):
    execute_run(run_id=run.pk, owner="a", clock=clock)

    with pytest.raises(JobNotQueued):
        execute_run(run_id=run.pk, owner="b", clock=clock)

    assert PlanVersion.objects.count() == 1


def test_a_run_whose_rows_are_wrong_fails_with_every_reason(run, clock):
    TourRequest.objects.filter(code="AH-2027-001").update(venue=VenueFactory(slug="nowhere"))

    assert execute_run(run_id=run.pk, owner="a", clock=clock) is None

    job = Job.objects.get(pk=run.job_id)
    assert job.state == JobState.FAILED
    assert "venue nowhere, lat, lon: has no coordinates" in job.error


def test_a_run_of_somebody_who_lost_the_right_fails(run, planner, clock):
    """A13: the job asks again for the one who asked."""
    planner.memberships.all().delete()

    assert execute_run(run_id=run.pk, owner="a", clock=clock) is None

    assert "no longer plans" in Job.objects.get(pk=run.job_id).error
    assert PlanVersion.objects.count() == 0


def test_a_deactivated_account_plans_no_more(run, planner, clock):
    """A10."""
    planner.is_active = False
    planner.save()

    assert execute_run(run_id=run.pk, owner="a", clock=clock) is None
    assert Job.objects.get(pk=run.job_id).state == JobState.FAILED


def test_a_cancelled_run_keeps_the_best_plan_so_far(plan, planner, now, clock, monkeypatch):
    run = request_run(plan=plan, seconds=600, by=planner, now=now)
    take = jobs.take

    def take_and_cancel(**arguments):
        lease = take(**arguments)
        runs.cancel_run(run=run, by=planner, now=now)
        return lease

    monkeypatch.setattr(jobs, "take", take_and_cancel)

    version = execute_run(run_id=run.pk, owner="a", clock=clock)

    assert Job.objects.get(pk=run.job_id).state == JobState.CANCELLED
    assert version.stops.count() > 0


def test_a_worker_that_lost_its_lease_writes_nothing_and_the_next_one_does(
    run, now, clock, monkeypatch
):
    """K4, M4: the job was given away while the first worker computed."""
    store = runs._store

    def store_after_reclaim(*arguments, **named):
        monkeypatch.setattr(runs, "_store", store)
        jobs.reclaim(now=now + timedelta(days=1))
        return store(*arguments, **named)

    monkeypatch.setattr(runs, "_store", store_after_reclaim)
    with pytest.raises(LeaseLost):
        execute_run(run_id=run.pk, owner="slow", clock=clock)
    assert PlanVersion.objects.count() == 0

    version = execute_run(run_id=run.pk, owner="next", clock=clock)

    assert PlanVersion.objects.get() == version
    assert Job.objects.get(pk=run.job_id).attempts == 2


def test_a_beat_extends_the_lease_and_stores_the_course(run, now):
    lease = jobs.take(job_id=run.job_id, owner="a", now=now, lease_seconds=30)
    later = now + timedelta(seconds=20)
    keeper = runs._Keeper(run, lease, lambda: later)
    keeper.hear(Progress(work=3, seconds=1.5, value=20.0, bound=44.0))

    keeper.beat()
    keeper.beat()

    point = {"seconds": 1.5, "work": 3, "value": 20.0, "bound": 44.0}
    job = Job.objects.get(pk=run.job_id)
    assert (job.lease_until, job.progress) == (later + timedelta(seconds=30), point)
    assert Run.objects.get(pk=run.pk).progress == [point]


def test_a_beat_that_the_database_does_not_answer_is_left_out(run, now, monkeypatch):
    lease = jobs.take(job_id=run.job_id, owner="a", now=now, lease_seconds=30)
    keeper = runs._Keeper(run, lease, lambda: now)

    def away(*arguments, **named):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(jobs, "heartbeat", away)

    keeper.beat_if_possible()


def test_the_course_stays_short_and_keeps_its_end(run, now):
    lease = jobs.take(job_id=run.job_id, owner="a", now=now, lease_seconds=30)
    keeper = runs._Keeper(run, lease, lambda: now)

    for step in range(2000):
        keeper.hear(Progress(work=step, seconds=step, value=step))
        keeper.note_latest()

    assert len(keeper.course) <= 400
    assert keeper.course[0]["work"] == 0
    assert keeper.course[-1]["work"] == 1999


def test_a_plan_that_breaks_a_rule_is_never_stored(run, clock, monkeypatch):
    """The judge is asked, whatever the solver thinks of its own plan."""

    def careless(problem, **named):
        return Plan(stops=(Stop("AH-01", 0, "AH-2027-001"),))

    monkeypatch.setattr(runs, "solve", careless)

    assert execute_run(run_id=run.pk, owner="a", clock=clock) is None

    assert "The planner broke" in Job.objects.get(pk=run.job_id).error
    assert PlanVersion.objects.count() == 0


def test_a_published_stop_that_a_closure_forbids_is_planned_anew(plan, planner, now, clock):
    plan.season.objective = {"change_penalty": 5}
    plan.season.save()
    request = request_run(plan=plan, work=20, by=planner, now=now)
    version = execute_run(run_id=request.pk, owner="a", clock=clock)
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    shut = version.stops.select_related("request__venue").first()
    ClosureFactory(
        venue=shut.request.venue,
        first_date=shut.opens_on,
        end_date=shut.opens_on + timedelta(days=1),
    )

    again = request_run(plan=plan, work=20, by=planner, now=now)
    second = execute_run(run_id=again.pk, owner="a", clock=clock)

    assert second.stops.get(request=shut.request).opens_on != shut.opens_on
    assert second.value["changes"] == 1
    assert second.based_on == version
