"""Runs of the planner: asked for, taken by a worker, computed, stored once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event as Flag
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from touring.assembly import Assembly, assemble
from touring.errors import InvalidRun, PlanBroken
from touring.models import Plan, PlanVersion, Run, RunKind
from touring.permissions import can_plan_season
from touring.planning import result
from touring.planning.check import violations
from touring.planning.explain import explain, explained
from touring.planning.solve import CannotStand, Progress, solve
from touring.planning.stop import Cancelled, FirstOf, MaxSeconds, MaxWork, StopCriterion
from touring.services.branching import (
    Computation,
    Outcome,
    computation_of,
    refuse_wrong_parameters,
)
from touring.services.versions import store_version
from venues.errors import DomainError, NotAllowed
from venues.models import Job, JobKind
from venues.permissions import Actor
from venues.services import audit, jobs
from venues.services.jobs import Lease

log = logging.getLogger(__name__)

MOST_SECONDS = 24 * 3600.0
MOST_WORK = 2**31 - 1
_BEAT_SECONDS = 1.0
_MOST_POINTS = 400

Clock = Callable[[], datetime]


def request_run(
    *,
    plan: Plan,
    by: Actor,
    now: datetime,
    seed: int = 1,
    seconds: float | None = None,
    work: int | None = None,
    kind: str = RunKind.PLAN,
    parameters: dict[str, Any] | None = None,
) -> Run:
    """Leave a run for a worker; it stops after ``seconds`` or after ``work`` steps.

    ``parameters`` of the kind are JSON with ISO dates: ``version`` to start from (else the published
    one), ``disturbances`` and ``budget`` (replan), ``forced`` and ``forbidden`` (what_if).

    Raises:
        NotAllowed: ``by`` does not plan the season.
        InvalidRun: not exactly one of ``seconds`` and ``work``, a figure out of range, or
            parameters that do not belong to the kind.
    """
    if not can_plan_season(by, plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}.")
    _refuse_if_invalid(seed, seconds, work)
    refuse_wrong_parameters(kind, parameters or {})
    with transaction.atomic():
        run = Run.objects.create(
            plan=plan,
            seed=seed,
            seconds=seconds,
            work=work,
            kind=kind,
            parameters=parameters or {},
            requested_by_id=by.pk,
            created_at=now,
        )
        run.job = jobs.enqueue(kind=JobKind.PLANNING_RUN, subject=str(run.pk), by=by, now=now)
        run.save(update_fields=["job"])
        after = {"run": run.pk, "kind": kind}
        audit.record(by=by, action="plan.run", subject=plan, now=now, after=after)
    return run


def execute_run(*, run_id: int, owner: str, clock: Clock) -> PlanVersion | None:
    """Compute a queued run and store its version; ``None`` when the run failed.

    The engine works in a thread of its own, outside any transaction, while this one keeps the
    lease, stores the course of value and bound, and listens for a cancellation: a cancelled run
    keeps the best plan found so far. A worker killed at any point leaves no trace but the lease;
    whoever takes the run next starts anew and stores the same single version.

    Raises:
        JobNotQueued: another worker took it, or it is over.
        LeaseLost: it was given to another worker meanwhile; nothing was written.
    """
    run = Run.objects.select_related("plan__season__region", "requested_by").get(pk=run_id)
    lease = jobs.take(
        job_id=_job_of(run),
        owner=owner,
        now=clock(),
        lease_seconds=settings.JOB_LEASE_SECONDS,
    )
    try:
        assembly = _assembled(run, clock())
        keeper = _Keeper(run, lease, clock)
        special = computation_of(run, assembly, timezone.localdate(clock()))
        plan, outcome = _solved(run, assembly, keeper, special)
    except DomainError as refusal:
        if isinstance(refusal, jobs.LeaseLost):
            raise
        log.info("run %s cannot be computed: %s", run.pk, refusal.message)
        jobs.fail(lease, now=clock(), error=_in_full(refusal))
        return None
    except OperationalError:
        raise  # the database is away or busy: the lease lapses, and another worker tries again
    except Exception as error:
        jobs.fail(lease, now=clock(), error=f"The planner broke off: {type(error).__name__}.")
        raise
    return _store(run, lease, assembly, plan, outcome, keeper, now=clock())


def _assembled(run: Run, now: datetime) -> Assembly:
    """Today's rows, if the one who asked may still ask (memberships end, accounts are closed)."""
    if run.requested_by is not None:
        run.requested_by.refresh_from_db()
        if not can_plan_season(run.requested_by, run.plan.season, timezone.localdate(now)):
            raise NotAllowed(f"{run.requested_by} no longer plans {run.plan.season}.")
    return assemble(run.plan)


@dataclass
class _Keeper:
    """Keeps a run's lease and tells its row how far it is."""

    run: Run
    lease: Lease
    clock: Clock
    course: list[dict[str, Any]] = field(default_factory=list)
    latest: Progress | None = None
    stop_asked: Flag = field(default_factory=Flag)
    is_cancelled: bool = False

    def hear(self, progress: Progress) -> None:
        """Called by the engine's thread; the next beat stores it."""
        self.latest = progress

    def beat(self) -> None:
        """Raises: LeaseLost."""
        self.note_latest()
        goes_on = jobs.heartbeat(
            self.lease,
            now=self.clock(),
            lease_seconds=settings.JOB_LEASE_SECONDS,
            progress=self.course[-1] if self.course else {},
        )
        mine = Run.objects.filter(pk=self.run.pk, job__fence=self.lease.fence)
        mine.update(progress=self.course)
        if not goes_on:
            self.is_cancelled = True
            self.stop_asked.set()

    def beat_if_possible(self) -> None:
        """:meth:`beat`, unless the database is away for the moment: the engine need not care.

        Raises: LeaseLost.
        """
        try:
            self.beat()
        except OperationalError:
            log.warning("run %s: no heartbeat, the database does not answer", self.run.pk)
            connection.close_if_unusable_or_obsolete()

    def note_latest(self) -> None:
        progress = self.latest
        if progress is None:
            return
        point = {
            "seconds": round(progress.seconds, 3),
            "work": progress.work,
            "value": progress.value,
            "bound": progress.bound,
        }
        if point not in self.course[-1:]:
            self.course.append(point)
        if len(self.course) > _MOST_POINTS:
            self.course = [*self.course[:-1:2], self.course[-1]]


def _solved(run: Run, assembly: Assembly, keeper: _Keeper, special: Computation | None) -> Outcome:
    asked = Cancelled(keeper.stop_asked.is_set)
    pace = min(_BEAT_SECONDS, settings.JOB_LEASE_SECONDS / 4)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"run-{run.pk}") as engine:
        stop = FirstOf(asked, _limit(run))
        computing: Future[Outcome] = (
            engine.submit(_compute, run, assembly, stop, keeper.hear)
            if special is None
            else engine.submit(_computed_apart, assembly, special, stop)
        )
        try:
            keeper.beat()
            while not wait([computing], timeout=pace).done:
                keeper.beat_if_possible()
        except BaseException:
            keeper.stop_asked.set()  # nobody will use the plan: let the engine end
            raise
    return computing.result()


def _compute(
    run: Run, assembly: Assembly, stop: StopCriterion, hear: Callable[[Progress], None]
) -> Outcome:
    """The plan with its reasons. Runs in the engine's thread and never touches the database."""
    try:
        plan = solve(
            assembly.problem,
            stop=stop,
            seed=run.seed,
            previous=assembly.previous,
            progress=hear,
        )
    except CannotStand as refusal:
        raise assembly.refusal_of(refusal.paths, str(refusal)) from refusal
    if broken := violations(assembly.problem, plan):
        raise PlanBroken(
            f"The planner broke {len(broken)} rules, the first: {broken[0].message}. "
            "Nothing was stored; please report it.",
            problems=[{"code": one.code, "message": one.message} for one in broken],
        )
    return explained(assembly.problem, plan, previous=assembly.previous), {}


def _computed_apart(assembly: Assembly, special: Computation, stop: StopCriterion) -> Outcome:
    """A run of a kind of its own; locks that a disturbance released are no reason to refuse it."""
    plan, outcome = special(stop)
    if not violations(assembly.problem, plan):
        # Reasons alone: what was cancelled or forbidden must not come back as overlooked.
        reasons = explain(assembly.problem, plan, previous=assembly.previous)
        plan = replace(plan, unserved=reasons)
    return plan, outcome


def _limit(run: Run) -> StopCriterion:
    return MaxSeconds(run.seconds) if run.seconds is not None else MaxWork(run.work or 0)


def _store(
    run: Run,
    lease: Lease,
    assembly: Assembly,
    plan: result.Plan,
    outcome: dict[str, Any],
    keeper: _Keeper,
    *,
    now: datetime,
) -> PlanVersion:
    keeper.note_latest()
    with jobs.effects(lease, now=now):
        version = PlanVersion.objects.filter(run=run).first()
        if version is None:
            version = store_version(
                plan=run.plan,
                assembly=assembly,
                found=plan,
                based_on=run.plan.published_version,
                run=run,
                now=now,
            )
        Run.objects.filter(pk=run.pk).update(progress=keeper.course, outcome=outcome)
        if keeper.is_cancelled:
            jobs.mark_cancelled(lease, now=now)
        else:
            jobs.finish(lease, now=now, result={"version": version.pk, "number": version.number})
    return version


def cancel_run(*, run: Run, by: Actor, now: datetime) -> Job:
    """Stop a run; one that is being computed keeps the best plan found so far.

    Raises: NotAllowed.
    """
    if not can_plan_season(by, run.plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {run.plan.season}.")
    job = jobs.request_cancel(job_id=_job_of(run), by=by, now=now)
    audit.record(by=by, action="plan.cancel-run", subject=run.plan, now=now, after={"run": run.pk})
    return job


def _job_of(run: Run) -> int:
    assert run.job_id is not None, "request_run gives every run its job"
    return run.job_id


def _refuse_if_invalid(seed: int, seconds: float | None, work: int | None) -> None:
    problems = []
    if (seconds is None) == (work is None):
        problems.append(("seconds", "give either seconds or work"))
    if seconds is not None and not 0 < seconds <= MOST_SECONDS:
        problems.append(("seconds", f"give more than 0 and at most {MOST_SECONDS:,.0f}"))
    if work is not None and not 0 <= work <= MOST_WORK:
        problems.append(("work", f"give 0 to {MOST_WORK:,}"))
    if not 0 <= seed <= MOST_WORK:
        problems.append(("seed", f"give 0 to {MOST_WORK:,}"))
    if problems:
        raise InvalidRun(
            "; ".join(f"{name}: {message}" for name, message in problems),
            problems=[{"field": name, "message": message} for name, message in problems],
        )


def _in_full(refusal: DomainError) -> str:
    lines = [refusal.message]
    for one in refusal.detail.get("problems", []):
        with suppress(KeyError, TypeError):
            lines.append(f"- {one['row']}, {one['field']}: {one['message']}")
    return "\n".join(lines)
