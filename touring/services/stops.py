"""Placing, moving, contracting and cancelling stops; the only writers of stops.

The order of locks and the reasons are in ``docs/decisions/0010-locking.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from events.ical.entry import FIRST_YEAR, LAST_YEAR
from touring.errors import AlreadyTaken, GateClosed, InvalidStop, StaleStop, WrongState
from touring.guards import guard_named_in
from touring.lifecycles import STOP
from touring.models import Agreement, Plan, Stop, StopState, TourRequest, Unit
from touring.models.stop import FREEING_STATES, PUBLIC_STATES, StopQuerySet
from touring.permissions import can_plan_in, can_send
from touring.services.calendars import sync_plan, sync_stop
from touring.services.contention import patient
from touring.services.proposals import propose_for
from venues.errors import NotAllowed
from venues.models import Space, Venue
from venues.permissions import Actor
from venues.services import audit

_AUDITED = (
    *("state", "unit", "space", "departs_on", "arrives_on", "opens_on", "closes_on", "leaves_on"),
)
_WRITTEN = (
    "unit",
    "venue",
    "space",
    "plan",
    "request",
    "state",
    "reason",
    "origin",
    "departs_on",
    "arrives_on",
    "opens_on",
    "closes_on",
    "leaves_on",
    "version",
    "changed_at",
)


@patient
def replace_stops(stops: Sequence[Stop], *, now: datetime) -> list[Stop]:
    """Write these stops, new and changed ones, all or none; the order among them does not matter.

    A changed stop must hold its new values; its version grows by one. Units and places, the old
    and the new ones, are locked first.

    Raises:
        AlreadyTaken: a unit or place is held by another stop on some of the days, or the
            database could not decide in several tries; nothing was written.
    """
    try:
        with transaction.atomic():
            return _replace(list(stops), now)
    except IntegrityError as refusal:
        if guard_named_in(refusal) is None and not _is_served_meanwhile(stops):
            raise
        raise _taken(stops) from refusal


@patient
def place_stop(
    *,
    unit: Unit,
    venue: Venue,
    opens_on: date,
    closes_on: date,
    by: Actor,
    now: datetime,
    space: Space | None = None,
    request: TourRequest | None = None,
    state: StopState = StopState.PROPOSED,
) -> Stop:
    """Promise ``unit`` to ``venue`` by hand, open on ``[opens_on, closes_on)``.

    Set-up and strike days are those of the unit's exhibition.

    Raises:
        NotAllowed: ``by`` does not plan for the venue's region, or not with the unit.
        InvalidStop: the days are in the wrong order or too far away, or the space or the request
            is another venue's.
        AlreadyTaken: somebody holds the unit or the place.
    """
    _require(can_plan_in(by, venue.region, _today(now)), venue)
    _require(can_send(by, unit, _today(now)), unit)
    if request is not None and request.venue_id != venue.pk:
        problem = f"Request {request.code} is not one of {venue.slug}."
        raise InvalidStop(problem, problems=[problem])
    with transaction.atomic():
        stop = _stop_for(request, now)
        stop.unit, stop.venue, stop.space, stop.plan = unit, venue, space, None
        stop.state, stop.reason, stop.origin = state, "", None
        _set_days(stop, opens_on, closes_on)
        replace_stops([stop], now=now)
        sync_stop(stop, now=now)
        after = audit.fields_of(stop, *_AUDITED)
        audit.record(by=by, action="stop.place", subject=stop, now=now, after=after)
    return stop


@patient
def move_stop(
    *,
    stop_id: int,
    seen_version: int,
    by: Actor,
    now: datetime,
    unit: Unit | None = None,
    space: Space | None = None,
    opens_on: date | None = None,
    closes_on: date | None = None,
) -> Stop:
    """Give a stop another unit, another space of its venue or other days; what is left out stays.

    It keeps its identity: feeds show it moved, under the same UID.

    Raises:
        NotAllowed, InvalidStop, AlreadyTaken: as :func:`place_stop`.
        StaleStop: a colleague changed it since the caller looked.
        WrongState: it is released, cancelled or over.
    """

    def move(stop: Stop) -> None:
        if unit is not None and unit != stop.unit:
            _require(can_send(by, unit, _today(now)), unit)
        stop.unit, stop.space = unit or stop.unit, space or stop.space
        _set_days(stop, opens_on or stop.opens_on, closes_on or stop.closes_on)

    return change_stop(
        stop_id=stop_id, seen_version=seen_version, operation="move", change=move, by=by, now=now
    )


@patient
def contract_stop(*, stop_id: int, seen_version: int, by: Actor, now: datetime) -> Stop:
    """Record the signed agreement: from now on the public sees the run.

    Where no agreement was drafted, one signed today is recorded.

    Raises:
        NotAllowed, StaleStop, WrongState.
        GateClosed: there is an agreement, and it is not signed.
    """

    def contract(stop: Stop) -> None:
        _sign([stop], by, now)
        stop.state = StopState.CONTRACTED

    return change_stop(
        stop_id=stop_id,
        seen_version=seen_version,
        operation="contract",
        change=contract,
        by=by,
        now=now,
    )


@patient
def cancel_stop(*, stop_id: int, seen_version: int, reason: str, by: Actor, now: datetime) -> Stop:
    """Free unit and place. What was public stays in the feeds as cancelled.

    Where a published plan had promised it, a run is left that looks for the smallest change.

    Raises: NotAllowed, StaleStop, WrongState.
    """

    def cancel(stop: Stop) -> None:
        free_stop(stop, reason=reason)
        if stop.request is not None:
            gone = {"kind": "host_cancels", "request": stop.request.code}
            propose_for([stop], gone, now=now)

    return change_stop(
        stop_id=stop_id,
        seen_version=seen_version,
        operation="cancel",
        change=cancel,
        by=by,
        now=now,
        note=reason,
    )


@patient
def contract_stops(
    *, plan: Plan, by: Actor, now: datetime, uids: Collection[str] | None = None
) -> int:
    """Contract the plan's stops that only wait for it, or those of ``uids``; how many it were.

    Raises:
        NotAllowed.
        GateClosed: an agreement that was drafted is not signed.
    """
    _require(can_plan_in(by, plan.season.region, _today(now)), plan.season.region)
    waiting = Stop.objects.filter(plan=plan, state__in=STOP.sources("contract"))
    if uids is not None:
        waiting = waiting.filter(uid__in=uids)
    with transaction.atomic():
        lock_plans_of_season(plan)
        stops = list(waiting)
        _sign(stops, by, now)
        for stop in stops:
            stop.state = StopState.CONTRACTED
        replace_stops(stops, now=now)
        sync_plan(plan, now=now)
        contracted = [audit.Change(stop, after={"state": stop.state}) for stop in stops]
        audit.record_all(by=by, action="stop.contract", changes=contracted, now=now)
    return len(stops)


def free_stop(stop: Stop, *, reason: str) -> None:
    """Let go of a stop: what was public is cancelled, what was only planned is released."""
    public = stop.state in PUBLIC_STATES
    stop.state = StopState.CANCELLED if public else StopState.RELEASED
    stop.reason = reason[:200]


def lock_plans_of_season(plan: Plan) -> Plan:
    """Lock all plans of the plan's season, by id; the plan as it is now."""
    plans = Plan.objects.select_for_update(no_key=True).filter(season=plan.season).order_by("pk")
    return next(one for one in plans if one.pk == plan.pk)


def _stop_for(request: TourRequest | None, now: datetime) -> Stop:
    """A new stop, or the request's own one where it was let go before: identity is for ever."""
    if request is None:
        return Stop(uid=f"stop-{uuid4()}", created_at=now)
    earlier = Stop.objects.filter(request=request).first()
    if earlier is None:
        return Stop(uid=request.code, request=request, created_at=now)
    if earlier.state not in FREEING_STATES:
        raise AlreadyTaken(
            f"Request {request.code} has its stop already; move that one.", stop=earlier.pk
        )
    return earlier


@patient
def change_stop(
    *,
    stop_id: int,
    seen_version: int,
    operation: str,
    change: Callable[[Stop], None],
    by: Actor,
    now: datetime,
    allowed: Callable[[Actor, Stop, date], bool] | None = None,
    note: str = "",
) -> Stop:
    """Take one step of the table with a stop: lock, ask, ``change``, write, show, record.

    ``change`` gets the stop under its locks and leaves it in the state it goes to. ``allowed``
    asks whether the step is the actor's; by default those may who plan for the venue's region.

    Raises:
        NotAllowed, StaleStop, AlreadyTaken.
        WrongState: the table knows no such step from the stop's state.
    """
    with transaction.atomic():
        plan = Plan.objects.filter(published_stops=stop_id).select_related("season").first()
        if plan is not None:
            lock_plans_of_season(plan)
        related = (
            *("venue__region", "unit__exhibition", "unit__home__region"),
            *("plan__season__region", "request"),
        )
        stop = Stop.objects.select_related(*related).get(pk=stop_id)
        if allowed is None:
            _require(can_plan_in(by, stop.venue.region, _today(now)), stop.venue)
        elif not allowed(by, stop, _today(now)):
            raise NotAllowed(f"This step of {stop.uid} is not yours; see docs/lifecycles.md.")
        if stop.version != seen_version:
            raise StaleStop(
                "The stop was changed in the meantime; look again and repeat.",
                version=stop.version,
            )
        if STOP.find(operation, stop.state) is None:
            raise WrongState(
                f"Stop {stop.uid} is {stop.state}; that is no step from there.", state=stop.state
            )
        before = audit.fields_of(stop, *_AUDITED)
        change(stop)
        replace_stops([stop], now=now)
        sync_stop(stop, now=now)
        audit.record(
            by=by,
            action=f"stop.{operation}",
            subject=stop,
            now=now,
            before=before,
            after=audit.fields_of(stop, *_AUDITED),
            note=note,
        )
    return stop


def _sign(stops: Sequence[Stop], by: Actor, now: datetime) -> None:
    """See that every stop's agreement is signed; one that nobody drafted is, today.

    Raises: GateClosed.
    """
    drafted = {one.stop_id: one for one in Agreement.objects.filter(stop__in=stops)}
    unsigned = [
        stop.uid for stop in stops if stop.pk in drafted and drafted[stop.pk].signed_on is None
    ]
    if unsigned:
        raise GateClosed(
            f"The agreement is not signed: {', '.join(unsigned)}. Record the signature first.",
            gates=["agreement_signed"],
        )
    Agreement.objects.bulk_create(
        Agreement(stop=stop, signed_on=_today(now), recorded_by_id=by.pk, recorded_at=now)
        for stop in stops
        if stop.pk not in drafted
    )


def _set_days(stop: Stop, opens_on: date, closes_on: date) -> None:
    problems = []
    if closes_on <= opens_on:
        problems.append(f"It closes on {closes_on}, which is not after it opens, {opens_on}.")
    if opens_on.year < FIRST_YEAR or closes_on.year > LAST_YEAR:
        problems.append(f"Give days of the years {FIRST_YEAR} to {LAST_YEAR}.")
    if stop.space is not None and stop.space.venue_id != stop.venue_id:
        problems.append(f"Space {stop.space.code} is none of {stop.venue.slug}.")
    if problems:
        raise InvalidStop(" ".join(problems), problems=problems)
    travel = stop.arrives_on - stop.departs_on if stop.arrives_on else None
    shown = stop.unit.exhibition
    stop.opens_on, stop.closes_on = opens_on, closes_on
    stop.arrives_on = date.fromordinal(opens_on.toordinal() - shown.setup_days)
    stop.leaves_on = date.fromordinal(closes_on.toordinal() + shown.strike_days)
    stop.departs_on = stop.arrives_on - travel if travel else stop.arrives_on


def _replace(stops: list[Stop], now: datetime) -> list[Stop]:
    kept = [stop for stop in stops if stop.pk]
    before = Stop.objects.filter(pk__in=[stop.pk for stop in kept])
    _lock_parents([*before, *stops])
    versions = dict(before.values_list("pk", "version"))  # read again: they are locked now
    for stop in kept:
        if versions[stop.pk] != stop.version:
            raise StaleStop(
                f"Stop {stop.uid} was changed in the meantime; look again and repeat.",
                version=versions[stop.pk],
            )
        stop.version += 1
    for stop in stops:
        stop.changed_at = now
    try:
        if len(kept) > 1:
            before.update(state=StopState.RELEASED)
        # An upsert by primary key: ``bulk_update`` takes a hundred times as long.
        Stop.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["pk"], update_fields=_WRITTEN
        )
        Stop.objects.bulk_create([stop for stop in stops if not stop.pk])
    except BaseException:
        for stop in kept:
            stop.version -= 1
        raise
    return stops


def _lock_parents(stops: Iterable[Stop]) -> None:
    rows = list(stops)
    for model, ids in (
        (Unit, {stop.unit_id for stop in rows}),
        (Space, {stop.space_id for stop in rows if stop.space_id}),
        (Venue, {stop.venue_id for stop in rows if not stop.space_id}),
    ):
        parents = model._default_manager.select_for_update(no_key=True).filter(pk__in=ids)
        list(parents.order_by("pk").values_list("pk", flat=True))


def _is_served_meanwhile(stops: Sequence[Stop]) -> bool:
    new = [stop.uid for stop in stops if not stop.pk]
    return Stop.objects.filter(uid__in=new).exists()


def _taken(stops: Sequence[Stop]) -> AlreadyTaken:
    moving = [stop.pk for stop in stops if stop.pk]
    others = Stop.objects.holding().exclude(pk__in=moving)
    holders = [(stop, one) for stop in stops if (one := _holder_against(stop, others)) is not None]
    if not holders:
        return AlreadyTaken("The unit or the place is already taken on some of these days.")
    stop, holder = holders[0]
    what = f"unit {stop.unit.code}" if holder.unit_id == stop.unit_id else f"{stop.venue.slug}"
    return AlreadyTaken(
        f"{what} is taken by {holder.uid} on [{holder.arrives_on}, {holder.leaves_on}); "
        "choose other days, another unit or another place.",
        holders=[{"stop": mine.uid, "taken_by": other.uid} for mine, other in holders],
    )


def _holder_against(stop: Stop, others: StopQuerySet) -> Stop | None:
    if stop.state in FREEING_STATES:
        return None
    others = others.touching(stop.arrives_on, stop.leaves_on)
    here = {"space": stop.space_id} if stop.space_id else {"space": None, "venue": stop.venue_id}
    return others.filter(unit=stop.unit_id).first() or others.filter(**here).first()


def _require(allowed: bool, subject: object) -> None:
    if not allowed:
        raise NotAllowed(f"You do not plan tours for {subject}; ask a planner of its region.")


def _today(now: datetime) -> date:
    return timezone.localdate(now)
