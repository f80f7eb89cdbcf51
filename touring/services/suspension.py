"""Suspending a region: stops and events there wait, everything elsewhere stays as it is."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from events.services.postponing import postpone_events, resume_events
from touring.errors import InvalidRecord, WrongState
from touring.lifecycles import STOP
from touring.models import Plan, Stop, StopState, SuspendedStop, Suspension
from touring.permissions import can_suspend
from touring.services.calendars import sync_stop
from touring.services.contention import patient
from touring.services.proposals import propose_for
from touring.services.stops import lock_plans_of_season, replace_stops
from touring.services.telling import people_of_venue, tell
from venues.errors import field_problem
from venues.models import Region, RegionPath, Role
from venues.permissions import Actor, require
from venues.services import audit


@patient
def suspend_region(
    *,
    region: Region,
    first_date: date,
    end_date: date,
    reason_zh: str,
    by: Actor,
    now: datetime,
    reason_en: str = "",
) -> Suspension:
    """Nothing is shown in the region, and below, on ``[first_date, end_date)``.

    Agreed stops that are there on some of the days become suspended, the museums' own events
    postponed; calendars show it, hosts are told, and for every plan concerned a run is asked for that
    looks for the smallest change. Nothing is published by it, nothing elsewhere moves.

    Raises:
        NotAllowed: ``by`` does not answer for the region.
        InvalidRecord: it ends before it begins, or there is no reason.
    """
    allowed = can_suspend(by, region, timezone.localdate(now))
    require(allowed, f"You may not suspend {region}; ask its administration.")
    problems = []
    if end_date <= first_date:
        problems.append(field_problem("end_date", f"{end_date} is not after {first_date}."))
    if not reason_zh.strip():
        problems.append(field_problem("reason_zh", "Say why; hosts read it."))
    if problems:
        raise InvalidRecord("The region cannot be suspended.", problems=problems)
    with transaction.atomic():
        suspension = Suspension.objects.create(
            region=region,
            first_date=first_date,
            end_date=end_date,
            reason_zh=reason_zh.strip(),
            reason_en=reason_en.strip(),
            declared_by_id=by.pk,
            declared_at=now,
        )
        stops = _lock(_stops_there(suspension))
        SuspendedStop.objects.bulk_create(
            SuspendedStop(suspension=suspension, stop=stop, was=stop.state) for stop in stops
        )
        _share_waiting(suspension)
        for stop in stops:
            stop.state = StopState.SUSPENDED
        _write(stops, "suspend", suspension, by, now)
        suspension.postponed_events = postpone_events(
            region=region, first=first_date, end=end_date, now=now
        )
        suspended = {
            "kind": "region_suspended",
            "region": region.code,
            "first_date": first_date.isoformat(),
            "end_date": end_date.isoformat(),
        }
        suspension.replan_proposed = propose_for(stops, suspended, now=now)
        suspension.save(update_fields=["postponed_events", "replan_proposed"])
        audit.record(by=by, action="region.suspend", subject=region, now=now, note=reason_zh)
    return suspension


@patient
def lift_suspension(*, suspension_id: int, by: Actor, now: datetime) -> Suspension:
    """Stops get the state back they had, events their status; what was cancelled stays so.

    Raises: NotAllowed, WrongState (it was lifted before).
    """
    with transaction.atomic():
        suspension = (
            Suspension.objects.select_for_update(of=("self",))
            .select_related("region")
            .get(pk=suspension_id)
        )
        allowed = can_suspend(by, suspension.region, timezone.localdate(now))
        require(allowed, f"You may not resume {suspension.region}.")
        if suspension.lifted_at is not None:
            raise WrongState(f"It was lifted at {suspension.lifted_at:%F %H:%M}.", state="lifted")
        suspension.lifted_by_id, suspension.lifted_at = by.pk, now
        suspension.save(update_fields=["lifted_by", "lifted_at"])
        was = dict(suspension.stops.values_list("stop", "was"))
        suspended = Stop.objects.filter(pk__in=was, state=StopState.SUSPENDED)
        still = SuspendedStop.objects.filter(suspension__lifted_at=None)
        stops = _lock(suspended.exclude(pk__in=still.values("stop")))
        for stop in stops:
            stop.state = StopState(was[stop.pk])
        _write(stops, "resume", suspension, by, now)
        resume_events(postponed=suspension.postponed_events, now=now)
        audit.record(by=by, action="region.resume", subject=suspension.region, now=now)
    return suspension


def _stops_there(suspension: Suspension, *states: str) -> QuerySet[Stop]:
    below = RegionPath.objects.filter(ancestor=suspension.region_id).values("descendant")
    found = Stop.objects.filter(
        venue__region__in=below, state__in=states or STOP.sources("suspend")
    )
    return found.touching(suspension.first_date, suspension.end_date)


def _share_waiting(suspension: Suspension) -> None:
    """What waits for another suspension already waits for this one too."""
    there = _stops_there(suspension, StopState.SUSPENDED)
    others = SuspendedStop.objects.filter(stop__in=there, suspension__lifted_at=None)
    was = dict(others.exclude(suspension=suspension).values_list("stop", "was"))
    SuspendedStop.objects.bulk_create(
        SuspendedStop(suspension=suspension, stop_id=stop, was=state) for stop, state in was.items()
    )


def _lock(stops: QuerySet[Stop]) -> list[Stop]:
    """The stops under the locks of their plans; units and places are locked by the writer."""
    plans = Plan.objects.filter(published_stops__in=stops).select_related("season")
    for plan in plans.distinct().order_by("pk"):
        lock_plans_of_season(plan)
    related = ("unit__exhibition", "venue__region", "plan__season", "request")
    return list(stops.select_related(*related).order_by("pk"))


def _write(
    stops: list[Stop], operation: str, suspension: Suspension, by: Actor, now: datetime
) -> None:
    replace_stops(stops, now=now)
    synced = set()
    for stop in stops:
        if stop.plan_id is None or stop.plan_id not in synced:
            sync_stop(stop, now=now)
            synced.add(stop.plan_id)
        audit.record(
            by=by, action=f"stop.{operation}", subject=stop, now=now, after={"state": stop.state}
        )
        _tell_host(stop, operation, suspension, now)


def _tell_host(stop: Stop, operation: str, suspension: Suspension, now: datetime) -> None:
    suspended = operation == "suspend"
    span = f"[{suspension.first_date}, {suspension.end_date})"
    tell(
        people_of_venue(stop.venue, (Role.HOST_CONTACT,), now=now),
        kind="suspension",
        key=f"suspension-{suspension.pk}-{operation}-{stop.pk}",
        title=("展出暂停", "Your stop is suspended")
        if suspended
        else ("展出恢复", "Your stop goes on"),
        body=(
            f"{stop.uid} {span}：{suspension.reason_zh}。请等待重新安排的通知。"
            if suspended
            else f"{stop.uid}：暂停解除，按原计划进行。",
            f"{stop.uid} {span}: {suspension.reason_en or suspension.reason_zh}. Await new dates."
            if suspended
            else f"{stop.uid}: the suspension is lifted; everything goes on as agreed.",
        ),
        path="/desk/stops/",
        now=now,
    )
