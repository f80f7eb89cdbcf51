"""Plans of the engine stored as versions."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from touring.assembly import Assembly, planned_stops, version_maintenance
from touring.models import Plan, PlannedStop, PlanVersion, Run
from touring.planning import result
from touring.planning.formats import (
    instance_hash,
    plan_hash,
    unserved_document,
    value_document,
)


def store_version(
    *,
    plan: Plan,
    assembly: Assembly,
    found: result.Plan,
    based_on: PlanVersion | None,
    now: datetime,
    run: Run | None = None,
) -> PlanVersion:
    """The next version of ``plan``, with its stops. The caller's transaction is needed.

    The plan's row is locked, so that two workers never give the same number.
    """
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    last = plan.versions.aggregate(last=Max("number"))["last"] or 0
    version = PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        run=run,
        based_on=based_on,
        value=value_document(found.value) if found.value else {},
        bound=found.bound,
        gap=found.gap,
        instance_hash=instance_hash(assembly.problem),
        plan_hash=plan_hash(found),
        maintenance=version_maintenance(assembly, found),
        unserved=[unserved_document(one) for one in found.unserved],
        created_at=now,
    )
    PlannedStop.objects.bulk_create(planned_stops(assembly, found, version))
    return version
