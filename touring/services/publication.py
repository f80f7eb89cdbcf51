"""A version of a plan becomes what hosts and the public see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from events.errors import NothingToUndo
from touring.assembly import Assembly, assemble, outdated_stops, plan_of
from touring.errors import AnotherPlanHolds, PlanBroken, StalePlan
from touring.lifecycles import UNDECIDED_STOPS
from touring.models import (
    Plan,
    PlannedStop,
    PlanVersion,
    Publication,
    PublishedChange,
    Stop,
    TourRequest,
)
from touring.models.stop import FREEING_STATES, StopState
from touring.permissions import can_publish_plan
from touring.planning.check import violations
from touring.services.calendars import sync_plan
from touring.services.contention import patient
from touring.services.notices import tell_hosts
from touring.services.request_steps import step_all
from touring.services.stops import free_stop, lock_plans_of_season, replace_stops
from venues.errors import NotAllowed
from venues.permissions import Actor
from venues.services import audit

UNDO_WITHIN = timedelta(hours=24)

_PROMISED = (
    "unit_id",
    "space_id",
    "origin_id",
    "departs_on",
    "arrives_on",
    "opens_on",
    "closes_on",
    "leaves_on",
)
_FIELD_IN_WORDS = {
    "arrives_on": "the set-up days of the exhibition changed",
    "closes_on": "the stay asked for changed",
    "leaves_on": "the strike days of the exhibition changed",
    "space_id": "the space changed",
}


@patient
def publish_version(
    *, version_id: int, seen_sequence: int, by: Actor, now: datetime, message: str = ""
) -> Publication:
    """Make the version the tour of its season: stops, calendars, log and mail to hosts.

    Going back is publishing an older version. Stops keep their identity through every
    publication; those the version does not know are let go. What is public becomes so by contract
    (:func:`touring.services.stops.contract_stops`), not here.

    ``seen_sequence`` is the plan's sequence the caller looked at.

    Raises:
        NotAllowed: ``by`` does not plan the season.
        StalePlan: a colleague published meanwhile.
        AnotherPlanHolds: the season already follows another plan.
        InvalidSeason: today's rows do not even make a problem.
        PlanBroken: today's rows break the version, with every violation.
        AlreadyTaken: a unit or place is held by a stop from outside the season.
    """
    version = PlanVersion.objects.select_related("plan__season__region").get(pk=version_id)
    with transaction.atomic():
        plan = _locked(version.plan, seen_sequence, by, now)
        return _publish(plan, version, by=by, now=now, message=message)


@patient
def undo_publication(
    *, plan_id: int, seen_sequence: int, by: Actor, now: datetime, message: str = ""
) -> Publication:
    """Within a day, publish again what held before the newest publication.

    Where nothing did, the plan's stops are let go as long as no host has agreed to one. Undoing
    is itself a publication, so it can be undone.

    Raises:
        NotAllowed, StalePlan: as :func:`publish_version`, and what that raises.
        NothingToUndo: the plan was never published, not within a day, or hosts have agreed.
    """
    plan = Plan.objects.select_related("season__region").get(pk=plan_id)
    with transaction.atomic():
        plan = _locked(plan, seen_sequence, by, now)
        newest, before = _last_two(plan)
        if newest is None or now - newest.published_at > UNDO_WITHIN:
            raise NothingToUndo(
                "Only a publication of the last 24 hours can be undone; publish the version you want."
            )
        version = before.version if before else None
        if version is None:
            _refuse_if_agreed(plan)
        return _publish(plan, version, by=by, now=now, message=message or "undone")


def _locked(plan: Plan, seen_sequence: int, by: Actor, now: datetime) -> Plan:
    """The plan as it is now, under the locks of its season, for who may publish it."""
    locked = lock_plans_of_season(plan)
    _require_publisher(by, plan, now)
    if locked.sequence != seen_sequence:
        raise StalePlan(
            "Another version was published in the meantime; compare and decide again.",
            sequence=locked.sequence,
        )
    return locked


def _publish(
    plan: Plan, version: PlanVersion | None, *, by: Actor, now: datetime, message: str
) -> Publication:
    """Make ``version``, or nothing, what holds; the plan is locked."""
    if version is not None:
        _refuse_second_plan(plan)
        refuse_if_broken(version)
    publication = _log(plan, version, by, now, message)
    changes = _write_stops(publication, by, now=now)
    _tell_requests(changes, by, now)
    plan.published_version = version
    plan.sequence += 1
    plan.save(update_fields=["published_version", "sequence"])
    sync_plan(plan, now=now)
    tell_hosts(publication, changes, now=now)
    number = version.number if version else None
    after = {"version": number, "publication": publication.number}
    audit.record(by=by, action="plan.publish", subject=plan, now=now, after=after, note=message)
    return publication


def _last_two(plan: Plan) -> tuple[Publication | None, Publication | None]:
    found = list(plan.publications.select_related("version").order_by("-number")[:2])
    return (found[0] if found else None, found[1] if len(found) > 1 else None)


def _refuse_if_agreed(plan: Plan) -> None:
    stops = Stop.objects.holding().filter(plan=plan, request__isnull=False)
    agreed = stops.exclude(state__in=UNDECIDED_STOPS).order_by("uid")
    if codes := list(agreed.values_list("uid", flat=True)):
        raise NothingToUndo(
            f"Hosts have agreed to {', '.join(codes[:10])}: cancel those stops one by one.",
            stops=codes,
        )


def refuse_if_broken(version: PlanVersion) -> None:
    """Judge the version by today's rows.

    Raises:
        InvalidSeason: they do not make a problem.
        PlanBroken: with every violation.
    """
    assembly = assemble(version.plan, tolerate_locks=True)
    problems = [
        *_violations(assembly, version),
        *_outdated(assembly, version),
        *(
            {"code": "H8", "row": one.row, "field": one.field, "message": one.message}
            for one in assembly.lock_problems
        ),
    ]
    if problems:
        raise PlanBroken(
            f"Version {version.number} no longer keeps the rules: {len(problems)} problems, "
            f"the first: {problems[0]['message']} Compute a new version.",
            problems=problems,
        )


@dataclass(frozen=True)
class VersionDiff:
    """What changes from one version to another, by request code, and the value's parts.

    ``moved``: another unit, space or day. ``value``: part → (before, after).
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    moved: tuple[str, ...]
    unchanged: int
    value: dict[str, tuple[float, float]]


def diff_versions(before: PlanVersion, after: PlanVersion) -> VersionDiff:
    """The difference between two versions of one season, codes in order."""
    old, new = _stops_by_code(before), _stops_by_code(after)
    both = old.keys() & new.keys()
    moved = {code for code in both if frozen(old[code]) != frozen(new[code])}
    parts = [
        name
        for name, figure in after.value.items()
        if isinstance(figure, int | float) and isinstance(before.value.get(name), int | float)
    ]
    return VersionDiff(
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        moved=tuple(sorted(moved)),
        unchanged=len(both) - len(moved),
        value={name: (before.value[name], after.value[name]) for name in parts},
    )


def frozen(stop: Stop | PlannedStop) -> dict[str, Any]:
    """The stop as the publication log keeps it."""
    return {
        "unit": stop.unit.code,
        "space": stop.space.code if stop.space else None,
        "arrives_on": _iso(stop.arrives_on),
        "opens_on": _iso(stop.opens_on),
        "closes_on": _iso(stop.closes_on),
        "leaves_on": _iso(stop.leaves_on),
    }


def _require_publisher(by: Actor, plan: Plan, now: datetime) -> None:
    if not can_publish_plan(by, plan, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}; ask one of its planners to publish.")


def _refuse_second_plan(plan: Plan) -> None:
    others = Stop.objects.holding().filter(plan__season=plan.season).exclude(plan=plan)
    if (other := others.select_related("plan").first()) is not None:
        raise AnotherPlanHolds(
            f"The season follows the plan {other.plan}; publish there, or cancel its stops first.",
            plan=other.plan_id,
        )


def _violations(assembly: Assembly, version: PlanVersion) -> Iterable[dict[str, Any]]:
    date_of = assembly.calendar.date_of
    for one in violations(assembly.problem, plan_of(assembly, version)):
        yield {
            "code": one.code,
            "unit": one.unit,
            "request": one.request,
            "first_date": _iso(date_of(one.first)) if one.first >= 0 else None,
            "end_date": _iso(date_of(one.end)) if one.end >= 0 else None,
            "message": f"{one.code}: {one.message}",
        }


def _outdated(assembly: Assembly, version: PlanVersion) -> Iterable[dict[str, Any]]:
    for stop, field in outdated_stops(assembly, version):
        yield {
            "code": "OUTDATED",
            "unit": stop.unit.code,
            "request": stop.request.code,
            "message": f"{stop.request.code}: {_FIELD_IN_WORDS[field]}.",
        }


def _log(
    plan: Plan, version: PlanVersion | None, by: Actor, now: datetime, message: str
) -> Publication:
    last = plan.publications.aggregate(last=Max("number"))["last"] or 0
    return Publication.objects.create(
        plan=plan,
        number=last + 1,
        version=version,
        published_at=now,
        published_by_id=by.pk,
        message=message[:300],
    )


def _write_stops(publication: Publication, by: Actor, *, now: datetime) -> list[PublishedChange]:
    version, plan = publication.version, publication.plan
    planned = _stops_by_code(version) if version else {}
    related = ("unit__exhibition", "space", "venue", "request__venue", "origin")
    ours = Stop.objects.holding().filter(plan=plan, request__isnull=False)
    again = Stop.objects.filter(request__code__in=planned)
    existing = {stop.uid: stop for stop in (ours | again).select_related(*related).distinct()}
    changes, written, done = [], [], []
    for code in sorted(planned.keys() | existing.keys()):
        stop, wanted = existing.get(code), planned.get(code)
        before = frozen(stop) if stop and stop.state not in FREEING_STATES else {}
        after = frozen(wanted) if wanted else {}
        request = wanted.request if wanted else existing[code].request
        changes.append(
            PublishedChange(publication=publication, request=request, before=before, after=after)
        )
        if wanted is None:
            free_stop(existing[code], reason=publication.message or "not in the new plan")
            written.append(existing[code])
        elif stop is None or not before or _differs(stop, wanted):
            written.append(_promised(stop, wanted, plan, now))
        else:
            continue
        done.append(audit.Change(written[-1], before, after | {"state": written[-1].state}))
    replace_stops(written, now=now)
    audit.record_all(by=by, action="stop.plan", changes=done, now=now)
    return PublishedChange.objects.bulk_create(changes)


def _tell_requests(changes: Iterable[PublishedChange], by: Actor, now: datetime) -> None:
    """Requests with a stop are planned from now on, those that lost theirs accepted again."""
    placed: set[int] = set()
    lost: set[int] = set()
    for change in changes:
        (placed if change.after else lost).add(change.request_id)
    rows = TourRequest.objects.select_related("season", "call").order_by("pk")
    locked = rows.select_for_update(of=("self",))
    step_all(locked.filter(pk__in=placed), "plan", by=by, now=now)
    step_all(locked.filter(pk__in=lost), "unplan", by=by, now=now)


def _differs(stop: Stop, wanted: PlannedStop) -> bool:
    return any(getattr(stop, name) != getattr(wanted, name) for name in _PROMISED)


def _promised(stop: Stop | None, wanted: PlannedStop, plan: Plan, now: datetime) -> Stop:
    """The request's stop as ``wanted`` says; a new row, or the one it always had."""
    if stop is None:
        stop = Stop(uid=wanted.request.code, request=wanted.request, created_at=now)
    if stop.pk is None or stop.state in FREEING_STATES:
        stop.state, stop.reason = StopState.PROPOSED, ""
    stop.plan, stop.venue = plan, wanted.request.venue
    stop.unit, stop.space, stop.origin = wanted.unit, wanted.space, wanted.origin
    stop.departs_on, stop.arrives_on = wanted.departs_on, wanted.arrives_on
    stop.opens_on, stop.closes_on = wanted.opens_on, wanted.closes_on
    stop.leaves_on = wanted.leaves_on
    return stop


def _stops_by_code(version: PlanVersion) -> dict[str, PlannedStop]:
    stops = version.stops.select_related(
        "unit__exhibition", "space", "origin", "request__venue", "request__space"
    )
    return {stop.request.code: stop for stop in stops}


def _iso(day: date) -> str:
    return day.isoformat()
