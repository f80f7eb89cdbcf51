"""The demo's plan: computed, published, contracted, so that the public sees it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from touring.models import Plan, PlanVersion
from touring.services.publication import publish_version
from touring.services.runs import execute_run, request_run
from touring.services.stops import contract_stops
from venues.models import Job
from venues.permissions import Actor


def plan_and_publish(*, plan: Plan, work: int, by: Actor, now: datetime) -> PlanVersion:
    """Run the planner for a fixed amount of work, publish its plan and contract every stop."""
    run = request_run(plan=plan, seed=1, work=work, by=by, now=now)
    version = execute_run(run_id=run.pk, owner="demo", clock=timezone.now)
    if version is None:
        error = Job.objects.get(run=run).error
        raise RuntimeError(f"the demo's plan could not be computed: {error}")
    publish_version(
        version_id=version.pk, seen_sequence=plan.sequence, by=by, now=now, message="首次发布"
    )
    contract_stops(plan=plan, by=by, now=now)
    return version
