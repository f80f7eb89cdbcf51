"""Standing in line for a unit or a place: ranks, clocks, challenges, confirmations.

Locks are those of ``docs/decisions/0010-locking.md``: the plans of a stop that stands in line, the
unit, the place. Whoever has the subject's lock may read and write its whole line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from touring.errors import AlreadyHeld, AlreadyTaken, InvalidHold, StaleHold, WrongState
from touring.guards import guard_named_in
from touring.lifecycles import HOLD, STOP
from touring.models import Hold, HoldState, HoldSubject, Plan, Stop, StopState, Unit
from touring.models.hold import HoldQuerySet
from touring.permissions import can_hold, can_plan_in
from touring.services.calendars import sync_stop
from touring.services.clocks import today_at
from touring.services.contention import patient
from touring.services.stops import change_stop, lock_plans_of_season, replace_stops
from touring.services.telling import Said, tell
from venues.errors import field_problem
from venues.models import Space, Venue
from venues.permissions import SYSTEM, Actor, require
from venues.queries import working_days_after
from venues.services import audit

FIRST_DAYS, LOWER_DAYS, ANSWER_DAYS = 10, 5, 2
"""Working days that a first hold lasts, a lower one, and within which a challenge is answered."""

_DAY = timedelta(days=1)


@patient
def place_hold(
    *,
    subject: str,
    unit: Unit,
    venue: Venue,
    opens_on: date,
    closes_on: date,
    by: Actor,
    now: datetime,
    space: Space | None = None,
    stop: Stop | None = None,
    joint_first: bool = False,
    only_first: bool = False,
    note: str = "",
) -> Hold:
    """Stand in line for the unit or the place, for a run open on ``[opens_on, closes_on)``.

    Set-up and strike days of the unit's exhibition are held too. ``joint_first`` puts the hold
    beside the first one; only planners do that. ``only_first``: rather not at all than behind
    another. ``stop``: the proposed stop that is offered as an option.

    Raises:
        NotAllowed: ``by`` does not act for the side that stands in line.
        InvalidHold: the days are in the wrong order, or the space is another venue's.
        AlreadyTaken: a stop takes the unit or place on some of the days.
        AlreadyHeld: somebody stands before, and ``only_first`` was asked for.
    """
    today = timezone.localdate(now)
    require(can_hold(by, subject, unit, venue, today), "You do not act for who stands in line.")
    if joint_first:
        allowed = can_plan_in(by, venue.region, today)
        require(allowed, "Only a planner grants a joint first hold.")
    shown = unit.exhibition
    _refuse_if_invalid(opens_on, closes_on, venue, space, today)
    hold = Hold(
        uid=f"hold-{uuid4()}",
        subject=subject,
        unit=unit,
        venue=venue,
        space=space,
        stop=stop,
        arrives_on=opens_on - timedelta(days=shown.setup_days),
        opens_on=opens_on,
        closes_on=closes_on,
        leaves_on=closes_on + timedelta(days=shown.strike_days),
        is_joint_first=joint_first,
        placed_by_id=by.pk,
        placed_at=now,
        changed_at=now,
        note=note,
    )
    with _in_line(hold):
        _refuse_if_taken(hold)
        hold.rank = _rank_behind(list(_line(hold)), hold)
        if only_first and hold.rank > 1:
            first = _line(hold).touching(hold.arrives_on, hold.leaves_on).earliest("rank", "pk")
            raise AlreadyHeld(
                f"Held until {first.expires_on} by another; stand behind it, or choose other days.",
                rank=hold.rank,
            )
        hold.expires_on = _expiry(hold, now)
        hold.save()
        _record(hold, "place", by, now)
    return hold


@patient
def offer_stop(*, stop_id: int, seen_version: int, by: Actor, now: datetime) -> tuple[Stop, Hold]:
    """Offer a proposed stop to its host: it becomes an option, first in line for its unit.

    Raises: NotAllowed, StaleStop, WrongState, AlreadyHeld (somebody stands in line before).
    """

    def offer(stop: Stop) -> None:
        stop.state = StopState.OPTION

    with transaction.atomic():
        stop = change_stop(
            stop_id=stop_id,
            seen_version=seen_version,
            operation="offer",
            change=offer,
            by=by,
            now=now,
        )
        hold = place_hold(
            subject=HoldSubject.UNIT,
            unit=stop.unit,
            venue=stop.venue,
            space=stop.space,
            opens_on=stop.opens_on,
            closes_on=stop.closes_on,
            stop=stop,
            only_first=True,
            by=by,
            now=now,
        )
    return stop, hold


@patient
def release_hold(*, hold_id: int, seen_version: int, by: Actor, now: datetime) -> Hold:
    """Leave the line; those behind move up. Raises: NotAllowed, StaleHold, WrongState."""
    with transaction.atomic():
        hold = _locked(hold_id, seen_version, "release", by, now)
        _end(hold, HoldState.RELEASED, now)
        _record(hold, "release", by, now)
        _free_option(hold, "the hold was released", now)
        _move_up(hold, now)
    return hold


@patient
def challenge_hold(*, hold_id: int, seen_version: int, by: Actor, now: datetime) -> Hold:
    """Ask all who stand before this hold to confirm or leave: their clocks start together.

    They answer within two working days of their venue's country, or lose their place. A clock
    that runs already runs on.

    Raises: NotAllowed, StaleHold, WrongState (nobody stands before it).
    """
    with transaction.atomic():
        hold = _locked(hold_id, seen_version, None, by, now)
        before = [
            one
            for one in _line(hold).touching(hold.arrives_on, hold.leaves_on).order_by("rank", "pk")
            if one.rank < hold.rank
        ]
        if not before:
            raise WrongState(f"Nobody stands before {hold.uid}; confirm it.", state=hold.state)
        for one in before:
            if one.state == HoldState.LIVE:
                _challenge(one, hold, now)
        _record(hold, "challenge", by, now)
    return hold


@patient
def confirm_hold(*, hold_id: int, seen_version: int, by: Actor, now: datetime) -> Stop:
    """Take what is held: unit and place belong to the stop from now on, all others are told.

    The stop the hold stands for is confirmed, or a confirmed one is made. Overlapping holds of
    the unit and of the place end.

    Raises:
        NotAllowed, StaleHold.
        WrongState: the hold does not stand first, or is over.
        AlreadyHeld: another stands first in line for the other side.
        AlreadyTaken: another stop takes the unit or the place.
    """
    with transaction.atomic():
        hold = _locked(hold_id, seen_version, "confirm", by, now)
        if hold.rank > 1:
            raise WrongState(
                f"{hold.rank - 1} stand before {hold.uid}; challenge them.", state=hold.state
            )
        _require_other_side_free(hold)
        _end(hold, HoldState.CONFIRMED, now)
        _kill_rest(hold, now)
        stop = _confirmed_stop(hold, now)
        hold.stop = stop
        hold.save(update_fields=["stop"])
        _record(hold, "confirm", by, now)
        audit.record(by=by, action="stop.confirm", subject=stop, now=now)
    return stop


@patient
def confirm_stop(*, stop_id: int, seen_version: int, by: Actor, now: datetime) -> Stop:
    """Venue and unit are agreed: confirm a proposed stop, or an option with its first hold.

    Raises: NotAllowed, StaleStop, WrongState, and as :func:`confirm_hold`.
    """

    def confirm(stop: Stop) -> None:
        stop.state = StopState.CONFIRMED

    with transaction.atomic():
        hold = Hold.objects.live().filter(stop=stop_id).first()
        stop = change_stop(
            stop_id=stop_id,
            seen_version=seen_version,
            operation="confirm",
            change=confirm,
            by=by,
            now=now,
        )
        if hold is not None:
            hold = _locked(hold.pk, None, "confirm", None, now)
            if hold.rank > 1:
                raise WrongState(f"{hold.uid} does not stand first.", state=hold.state)
            _end(hold, HoldState.CONFIRMED, now)
            _kill_rest(hold, now)
            _record(hold, "confirm", by, now)
    return stop


def expire_holds(*, now: datetime) -> int:
    """End what ran out, or was challenged and not answered; how many it were."""
    # A day in either direction: each venue's own day decides below.
    soon = timezone.localdate(now) + _DAY
    due = Hold.objects.live().filter(Q(expires_on__lte=soon) | Q(respond_by__lte=soon))
    return sum(_expire(hold_id, now) for hold_id in due.order_by("pk").values_list("pk", flat=True))


@patient
def _expire(hold_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            hold = _locked(hold_id, None, "expire", None, now)
            if not _is_over(hold, now):
                return False
            _end(hold, HoldState.EXPIRED, now)
            _record(hold, "expire", SYSTEM, now)
            _tell(hold, "expired", ("占位已过期", "Your hold has expired"), now)
            _free_option(hold, "the hold expired", now)
            _move_up(hold, now)
            return True
    except WrongState:
        return False  # its holder was faster


def _is_over(hold: Hold, now: datetime) -> bool:
    today = _today(hold, now)
    answered_late = hold.state == HoldState.CHALLENGED and today > (hold.respond_by or today)
    return today >= hold.expires_on or answered_late


# ---- the line ----


def _line(hold: Hold) -> HoldQuerySet:
    """The live holds of the same subject, in the order of their coming."""
    live = Hold.objects.live().filter(subject=hold.subject).exclude(pk=hold.pk)
    if hold.subject == HoldSubject.UNIT:
        live = live.filter(unit=hold.unit_id)
    elif hold.space_id:
        live = live.filter(space=hold.space_id)
    else:
        live = live.filter(space=None, venue=hold.venue_id)
    return live.order_by("pk")


def _rank_behind(line: Iterable[Hold], hold: Hold) -> int:
    """Its place in the line: dense from 1 among holds of the same days."""
    if hold.is_joint_first:
        return 1
    before = [
        one
        for one in line
        if one.arrives_on < hold.leaves_on
        and hold.arrives_on < one.leaves_on
        and (one.is_joint_first or hold.pk is None or one.pk < hold.pk)
    ]
    behind_first = sum(one.rank > 1 for one in before)
    return 1 + behind_first + any(one.rank == 1 for one in before)


def _move_up(ended: Hold, now: datetime) -> None:
    """Give everybody left in the line their rank anew; who comes first gets a first's clock."""
    line = list(_line(ended))
    by_rank = sorted(line, key=lambda one: (not one.is_joint_first, one.pk))
    settled: list[Hold] = []
    for hold in by_rank:
        rank = _rank_behind(settled, hold)
        settled.append(hold)
        if rank != hold.rank:
            hold.rank = rank
            if rank == 1:
                hold.expires_on = _expiry(hold, now)
                title = ("占位顺位已升至第一", "Your hold stands first now")
                _tell(hold, "promoted", title, now)
            _save(hold, now)
            _record(hold, "promote", SYSTEM, now)
    for hold in line:
        if hold.challenged_by_id == ended.pk:
            _unchallenge(hold, now)


def _challenge(hold: Hold, challenger: Hold, now: datetime) -> None:
    hold.state, hold.challenged_at, hold.challenged_by = HoldState.CHALLENGED, now, challenger
    hold.respond_by = working_days_after(
        _today(hold, now), ANSWER_DAYS, country=hold.venue.region.country
    )
    _save(hold, now)
    _record(hold, "challenged", SYSTEM, now)
    _tell(hold, "challenged", ("占位被挑战", "Your hold is challenged"), now)
    _turn_stop(hold, "challenge", now)


def _unchallenge(hold: Hold, now: datetime) -> None:
    hold.state, hold.challenged_at, hold.challenged_by = HoldState.LIVE, None, None
    hold.respond_by = None
    _save(hold, now)
    _record(hold, "unchallenged", SYSTEM, now)
    _turn_stop(hold, "unchallenge", now)


def _kill_rest(confirmed: Hold, now: datetime) -> None:
    """End every live hold that shares a day with what was confirmed, on either side."""
    unit_side = Q(subject=HoldSubject.UNIT, unit=confirmed.unit_id)
    place = {"space": confirmed.space_id} if confirmed.space_id else {"venue": confirmed.venue_id}
    place_side = Q(subject=HoldSubject.PLACE, **place)
    if not confirmed.space_id:
        place_side &= Q(space=None)
    rest = Hold.objects.live().filter(unit_side | place_side).exclude(pk=confirmed.pk)
    rest = rest.touching(confirmed.arrives_on, confirmed.leaves_on)
    ended = list(rest.select_related("venue__region", "unit", "stop").order_by("pk"))
    for hold in ended:
        same = (hold.unit_id, hold.venue_id) == (confirmed.unit_id, confirmed.venue_id)
        _end(hold, HoldState.CONFIRMED if same else HoldState.KILLED, now)
        if not same:
            _tell(
                hold, "killed", ("占位已失效：他方已确认", "Your hold ended: taken by another"), now
            )
            _free_option(hold, "another confirmed", now)
    for hold in [confirmed, *ended]:
        _move_up(hold, now)


def _require_other_side_free(hold: Hold) -> None:
    """Raises: AlreadyHeld: another stands first in line for what this hold does not hold."""
    other = HoldSubject.PLACE if hold.subject == HoldSubject.UNIT else HoldSubject.UNIT
    mirror = Hold(subject=other, unit=hold.unit, venue=hold.venue, space=hold.space, pk=hold.pk)
    firsts = _line(mirror).touching(hold.arrives_on, hold.leaves_on).filter(rank=1)
    theirs = firsts.exclude(unit=hold.unit_id, venue=hold.venue_id).first()
    if theirs is not None:
        what = hold.venue if other == HoldSubject.PLACE else hold.unit
        raise AlreadyHeld(
            f"Another stands first in line for {what} until {theirs.expires_on}; challenge it, or "
            "ask the planner.",
            subject=other,
        )


# ---- stops of holds ----


def _confirmed_stop(hold: Hold, now: datetime) -> Stop:
    stop = hold.stop or Stop(
        uid=f"stop-{uuid4()}", created_at=now, unit=hold.unit, venue=hold.venue, space=hold.space
    )
    if stop.pk and STOP.find("confirm", stop.state) is None:
        raise WrongState(f"Stop {stop.uid} is {stop.state}.", state=stop.state)
    if not stop.pk:
        stop.departs_on = stop.arrives_on = hold.arrives_on
        stop.opens_on, stop.closes_on = hold.opens_on, hold.closes_on
        stop.leaves_on = hold.leaves_on
    stop.state = StopState.CONFIRMED
    replace_stops([stop], now=now)
    sync_stop(stop, now=now)
    return stop


def _free_option(hold: Hold, reason: str, now: datetime) -> None:
    """An option without its hold is none."""
    stop = hold.stop
    if stop is None or stop.state not in (StopState.OPTION, StopState.CHALLENGED):
        return
    stop.state, stop.reason = StopState.RELEASED, reason
    replace_stops([stop], now=now)
    sync_stop(stop, now=now)
    audit.record(by=SYSTEM, action="stop.cancel", subject=stop, now=now, note=reason)


def _turn_stop(hold: Hold, operation: str, now: datetime) -> None:
    stop = hold.stop
    step = STOP.find(operation, stop.state) if stop else None
    if stop is None or step is None:
        return
    stop.state = StopState(step.targets[0])
    replace_stops([stop], now=now)
    sync_stop(stop, now=now)


# ---- locks and rows ----


class _in_line:  # noqa: N801 - used as a function of "with"
    """A transaction that has the locks of a hold's unit and place, in the order of 0010."""

    def __init__(self, hold: Hold) -> None:
        self.hold, self.atomic = hold, transaction.atomic()

    def __enter__(self) -> None:
        self.atomic.__enter__()
        try:
            _lock_subject(self.hold)
        except BaseException as error:
            self.atomic.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        self.atomic.__exit__(kind, error, trace)  # type: ignore[arg-type]  # Django's own types
        if isinstance(error, IntegrityError) and guard_named_in(error) is not None:
            raise AlreadyHeld("Somebody stands first in line on these days.") from error


def _lock_subject(hold: Hold) -> None:
    plans = Plan.objects.filter(published_stops__holds__unit=hold.unit_id).order_by("pk")
    for plan in plans.distinct().select_related("season"):
        lock_plans_of_season(plan)
    Unit.objects.select_for_update(no_key=True).get(pk=hold.unit_id)
    if hold.space_id:
        Space.objects.select_for_update(no_key=True).get(pk=hold.space_id)
    else:
        Venue.objects.select_for_update(no_key=True).get(pk=hold.venue_id)


def _locked(
    hold_id: int, seen_version: int | None, operation: str | None, by: Actor | None, now: datetime
) -> Hold:
    """The hold as it is under its locks; ``by`` none: nobody needs to be asked or has looked."""
    related = ("unit__exhibition", "unit__home__region", "venue__region", "space", "stop__plan")
    rows = Hold.objects.select_related(*related)
    _lock_subject(rows.get(pk=hold_id))
    hold = rows.get(pk=hold_id)  # read again: it is locked now
    if by is not None:
        allowed = can_hold(by, hold.subject, hold.unit, hold.venue, timezone.localdate(now))
        require(allowed, "You do not act for who stands in line.")
    if seen_version is not None and hold.version != seen_version:
        raise StaleHold(
            "The hold was changed in the meantime; look again and repeat.", version=hold.version
        )
    if hold.state not in HOLD.sources(operation or "release"):
        raise WrongState(f"Hold {hold.uid} is {hold.state}: it is over.", state=hold.state)
    return hold


def _end(hold: Hold, state: HoldState, now: datetime) -> None:
    hold.state, hold.ended_at = state, now
    _save(hold, now)


def _save(hold: Hold, now: datetime) -> None:
    hold.version += 1
    hold.changed_at = now
    hold.save()


def _expiry(hold: Hold, now: datetime) -> date:
    days = FIRST_DAYS if hold.rank == 1 else LOWER_DAYS
    today = _today(hold, now)
    return working_days_after(today, days, country=hold.venue.region.country) + _DAY


def _today(hold: Hold, now: datetime) -> date:
    return today_at(hold.venue, now)


def _refuse_if_invalid(
    opens_on: date, closes_on: date, venue: Venue, space: Space | None, today: date
) -> None:
    problems = []
    if closes_on <= opens_on:
        problems.append(field_problem("closes_on", f"{closes_on} is not after {opens_on}."))
    if opens_on <= today:
        problems.append(field_problem("opens_on", f"{opens_on} has come: hold days to come."))
    if closes_on.year >= 2200:
        problems.append(field_problem("closes_on", "Give a day of the years up to 2199."))
    if space is not None and space.venue_id != venue.pk:
        problems.append(field_problem("space", f"{space.code} is none of {venue.slug}."))
    if problems:
        raise InvalidHold("The hold cannot be placed.", problems=problems)


def _refuse_if_taken(hold: Hold) -> None:
    """What is confirmed stands in no line; a proposal or option does not stand in the way."""
    firm = [StopState.PROPOSED, StopState.OPTION, StopState.CHALLENGED]
    stops = Stop.objects.holding().exclude(state__in=firm)
    stops = stops.touching(hold.arrives_on, hold.leaves_on)
    if hold.subject == HoldSubject.UNIT:
        taken = stops.filter(unit=hold.unit_id).first()
    elif hold.space_id:
        taken = stops.filter(space=hold.space_id).first()
    else:
        taken = stops.filter(space=None, venue=hold.venue_id).first()
    if taken is not None:
        what = hold.unit if hold.subject == HoldSubject.UNIT else hold.venue
        raise AlreadyTaken(
            f"{what} is taken on [{taken.arrives_on}, {taken.leaves_on}); choose other days."
        )


def _record(hold: Hold, operation: str, by: Actor, now: datetime) -> None:
    audit.record(
        by=by,
        action=f"hold.{operation}",
        subject=hold,
        now=now,
        after=audit.fields_of(hold, "state", "rank", "arrives_on", "leaves_on", "expires_on"),
    )


def _tell(hold: Hold, what: str, title: Said, now: datetime) -> None:
    if hold.placed_by is None or not hold.placed_by.is_active:
        return
    span = f"{hold.arrives_on} – {hold.leaves_on - _DAY}"
    name = f"{hold.unit.code} · {hold.venue.name('zh')}"
    tell(
        [hold.placed_by],
        kind="hold",
        key=f"hold-{hold.pk}-{what}-{hold.version}",
        title=title,
        body=(
            f"{name}（{span}）：{title[0]}。{_next(hold, 'zh')}",
            f"{hold.unit.code} · {hold.venue.name('en')} ({span}): {title[1]}. {_next(hold, 'en')}",
        ),
        path="/desk/holds/",
        now=now,
    )


def _next(hold: Hold, language: str) -> str:
    if hold.state == HoldState.CHALLENGED:
        return (
            f"请于{hold.respond_by}前确认或释放。"
            if language == "zh"
            else f"Confirm or release it by {hold.respond_by}."
        )
    if hold.state == HoldState.LIVE:
        last = hold.expires_on - _DAY
        return f"请于{last}前确认。" if language == "zh" else f"Confirm it by {last}."
    return "可另选日期。" if language == "zh" else "Choose other days if you like."
