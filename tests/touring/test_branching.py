"""Runs that mend a published plan or branch from it, and how versions differ."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.venues import ClosureFactory
from touring.errors import InvalidRun
from touring.models import Plan, PlanVersion, RunKind, TourRequest
from touring.services.branching import compare_versions
from touring.services.publication import publish_version
from touring.services.runs import execute_run, request_run
from venues.models import Job, JobState, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(now):
    moments = iter(now + timedelta(seconds=n) for n in range(1, 1000))
    return lambda: next(moments)


@pytest.fixture
def published(plan, planner, now, clock) -> PlanVersion:
    """A computed version of four stops, no three hosts of which lie on one line, published."""
    for n, venue in enumerate(
        Venue.objects.filter(tour_requests__season=plan.season).order_by("pk")
    ):
        Venue.objects.filter(pk=venue.pk).update(lat=31 + 0.2 * n, lon=117 + 0.1 * n * n)
    run = request_run(plan=plan, work=20, by=planner, now=now)
    version = execute_run(run_id=run.pk, owner="a", clock=clock)
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    return version


def executed(plan, planner, now, clock, kind, **parameters):
    run = request_run(
        plan=Plan.objects.get(pk=plan.pk),
        work=30,
        kind=kind,
        parameters=parameters,
        by=planner,
        now=now,
    )
    version = execute_run(run_id=run.pk, owner="a", clock=clock)
    run.refresh_from_db()
    return run, version


def dates_of(version):
    return {stop.request.code: (stop.unit.code, stop.opens_on) for stop in version.stops.all()}


def test_a_cancelling_host_changes_its_own_stop_alone(published, plan, planner, now, clock):
    gone = published.stops.first().request.code

    run, version = executed(
        *(plan, planner, now, clock, RunKind.REPLAN),
        disturbances=[{"kind": "host_cancels", "request": gone}],
    )

    before = dates_of(published)
    before.pop(gone)
    assert dates_of(version) == before
    assert run.outcome["minimum_change"]["weight"] == 1
    assert run.outcome["proof"]["is_minimum"] is True
    assert [one["request"] for one in run.outcome["changed"]] == [gone]


def test_a_closure_entered_since_is_mended_without_naming_it(published, plan, planner, now, clock):
    stop = published.stops.select_related("request__venue").first()
    ClosureFactory(
        venue=stop.request.venue,
        first_date=stop.opens_on,
        end_date=stop.opens_on + timedelta(days=2),
    )

    run, version = executed(plan, planner, now, clock, RunKind.REPLAN)

    assert [one["request"] for one in run.outcome["changed"]] == [stop.request.code]
    others = {k: v for k, v in dates_of(published).items() if k != stop.request.code}
    assert others.items() <= dates_of(version).items()


def test_a_broken_unit_is_spared_on_its_days(published, plan, planner, now, clock):
    stop = published.stops.select_related("unit").first()

    run, _ = executed(
        *(plan, planner, now, clock, RunKind.REPLAN),
        disturbances=[
            {
                "kind": "unit_breaks",
                "unit": stop.unit.code,
                "first_date": stop.opens_on.isoformat(),
                "end_date": (stop.opens_on + timedelta(days=3)).isoformat(),
            }
        ],
    )

    assert stop.request.code in {one["request"] for one in run.outcome["changed"]}
    assert run.outcome["proof"]["is_minimum"] is True


def test_a_branch_keeps_to_what_it_supposes(published, plan, planner, now, clock):
    stop = published.stops.select_related("unit", "request").first()

    run, version = executed(
        *(plan, planner, now, clock, RunKind.WHAT_IF),
        forbidden=[{"request": stop.request.code, "unit": stop.unit.code}],
    )

    assert dates_of(version).get(stop.request.code, ("", None))[0] != stop.unit.code
    assert run.outcome["unmet"] == []
    assert set(run.outcome["difference"]) >= {"added", "removed", "moved", "parts", "equity"}


def test_a_run_needs_a_version_to_start_from(plan, planner, now, clock):
    run, version = executed(plan, planner, now, clock, RunKind.REPLAN)

    assert version is None
    job = Job.objects.get(pk=run.job_id)
    assert job.state == JobState.FAILED
    assert "publish a version first" in job.error


def test_wrong_parameters_are_named_all_at_once(plan, planner, now):
    with pytest.raises(InvalidRun) as refusal:
        request_run(
            plan=plan,
            work=1,
            kind=RunKind.REPLAN,
            parameters={
                "forced": [],
                "disturbances": [{"kind": "flood"}, {"kind": "unit_breaks", "unit": "AH-01"}],
            },
            by=planner,
            now=now,
        )

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        "parameters",
        "disturbances[0]",
        "disturbances[1]",
        "disturbances[1]",
    ]


def test_two_versions_are_compared_under_todays_rows(published, plan, planner, now, clock):
    gone = published.stops.order_by("opens_on").first()
    TourRequest.objects.filter(pk=gone.request_id).update(value=4)
    _, version = executed(
        *(plan, planner, now, clock, RunKind.REPLAN),
        disturbances=[{"kind": "host_cancels", "request": gone.request.code}],
    )

    found = compare_versions(plan=plan, before=published, after=version)

    assert [(one["request"], one["opens_on"]) for one in found["removed"]] == [
        (gone.request.code, gone.opens_on.isoformat())
    ]
    assert (found["added"], found["moved"]) == ([], [])
    assert found["parts"]["coverage"] == pytest.approx(-4)
    assert found["parts"]["km"] < 0
