"""Tour requests from submission to decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from touring import lifecycles
from touring.errors import AlreadyAsked, WrongState
from touring.models import (
    Exhibition,
    RequestCall,
    RequestState,
    RequestVersion,
    RequestWindow,
    Season,
    Stop,
    TourRequest,
)
from touring.permissions import (
    can_ask_for,
    can_change_request,
    can_decide_about_request,
    can_plan_season,
)
from touring.services.request_steps import (
    county_of,
    enter,
    invalid_request,
    legal_step,
    locked_request,
    note_step,
    require_decider,
    require_only_one,
    require_reason,
    require_within_deadline,
)
from venues.errors import NotAllowed
from venues.models import Space, Venue
from venues.permissions import Actor
from venues.texts import forbidden_characters

MOST_STAY_DAYS = 2_000


@dataclass(frozen=True)
class WantedWindow:
    """From opening to close inside ``[first_date, end_date)``; ``preference`` 0 to 1."""

    first_date: date
    end_date: date
    preference: float = 1.0


@dataclass(frozen=True)
class Wish:
    """What a host asks for; the windows in the order of liking, no exhibitions: any."""

    venue: Venue
    stay_days: int
    windows: Sequence[WantedWindow]
    space: Space | None = None
    exhibitions: Sequence[Exhibition] = field(default=())
    expected_visits: int | None = None
    contact_email: str = ""
    note: str = ""


def problems_of(wish: Wish, season: Season) -> list[dict[str, str]]:
    """Everything that forbids the wish, each with its field and the remedy."""
    found = [
        *_stay_problems(wish),
        *_window_problems(wish, season),
        *_text_problems(wish),
    ]
    if wish.space is not None and wish.space.venue_id != wish.venue.pk:
        found.append(("space", f"{wish.space.code} is no space of {wish.venue.slug}: choose one"))
    return [{"field": name, "message": message} for name, message in found]


def submit_request(
    *,
    season: Season,
    wish: Wish,
    by: Actor,
    now: datetime,
    code: str | None = None,
    call: RequestCall | None = None,
    as_draft: bool = False,
) -> TourRequest:
    """Hand in a wish for the season; without ``code`` the next free one of the season is given.

    A host names a call where the season has any. ``as_draft``: keep it for later.

    Raises:
        NotAllowed: ``by`` acts neither for the venue nor for the season.
        InvalidRequest: with every problem at once.
        DeadlineOver: the call takes nothing today.
        AlreadyAsked: the county asks already in this programme and year.
    """
    if not can_ask_for(by, wish.venue, season, timezone.localdate(now)):
        raise NotAllowed(f"You may not ask for tours on behalf of {wish.venue}.")
    _refuse_if_invalid(wish, season, call=call, by=by, now=now)
    try:
        with transaction.atomic():
            Season.objects.select_for_update().get(pk=season.pk)  # one code at a time
            code = code or _next_code(season)
            if TourRequest.objects.filter(code=code).exists():
                raise invalid_request(
                    [{"field": "code", "message": f"{code} is taken: choose another"}]
                )
            request = _new_request(season, wish, call, code, now, as_draft=as_draft)
            if not as_draft:
                require_within_deadline(request, now)
            require_only_one(request)
            request.save()
            _write_lists(request, wish)
            operation = "draft" if as_draft else "submit"
            note_step(request, operation, "", "host_contact", by=by, now=now)
    except IntegrityError as refusal:
        raise _asked_meanwhile(refusal, call) from refusal
    return request


def change_request(
    *, request_id: int, seen_version: int, wish: Wish, by: Actor, now: datetime
) -> TourRequest:
    """Replace what is asked for; what was asked before is kept as a version.

    An accepted request goes back to submitted: it is another wish, and is decided about anew.

    Raises:
        NotAllowed: ``by`` acts neither for the venue asked for so far, nor for the new one, nor
            for the season.
        StaleRequest: a colleague changed it since the caller looked.
        WrongState: it was withdrawn or rejected, or is under way through the levels.
        InvalidRequest: with every problem at once.
    """
    with transaction.atomic():
        request = locked_request(request_id, seen_version)
        today = timezone.localdate(now)
        if not (
            can_change_request(by, request, today)
            and can_ask_for(by, wish.venue, request.season, today)
        ):
            raise NotAllowed(f"You may not change request {request.code}.")
        step = legal_step(request, "change")
        if problems := problems_of(wish, request.season):
            raise invalid_request(problems)
        RequestVersion.objects.create(
            request=request,
            number=request.version,
            wish=wish_document(request),
            replaced_at=now,
            replaced_by_id=by.pk,
        )
        for name, value in _columns(wish).items():
            setattr(request, name, value)
        if request.call is not None:
            request.county = county_of(wish.venue.region)
            require_only_one(request)
        enter(request, step, by=by, now=now)
        _write_lists(request, wish)
    return request


def accept_request(
    *,
    request_id: int,
    seen_version: int,
    by: Actor,
    now: datetime,
    value: float | None = None,
    must: bool | None = None,
) -> TourRequest:
    """Let the planner serve it; ``value`` is its need-weighted worth, ``must`` a duty to serve.

    Under a call the province decides about what the prefecture consolidated, or the nation where
    the call asks it; without a call the season's planner about what was submitted.

    Raises: NotAllowed, StaleRequest, WrongState, InvalidRequest (a value below 0).
    """
    with transaction.atomic():
        request = locked_request(request_id, seen_version)
        require_may_decide(by, request, now)
        step = legal_step(request, "accept")
        require_decider(by, request, step, now)
        if value is not None and not 0 <= value < float("inf"):
            raise invalid_request([{"field": "value", "message": "give a number from 0"}])
        request.value = request.value if value is None else value
        request.must = request.must if must is None else must
        enter(request, step, by=by, now=now)
    return request


def reject_request(
    *, request_id: int, seen_version: int, reason: str, by: Actor, now: datetime
) -> TourRequest:
    """Turn it down for ``reason``, which the host reads.

    Raises: NotAllowed, StaleRequest, WrongState, InvalidRequest (no reason).
    """
    with transaction.atomic():
        request = locked_request(request_id, seen_version)
        require_may_decide(by, request, now)
        step = legal_step(request, "reject")
        require_decider(by, request, step, now)
        request.reason = require_reason(reason)
        enter(request, step, by=by, now=now, note=request.reason)
    return request


def withdraw_request(
    *, request_id: int, seen_version: int, by: Actor, now: datetime
) -> TourRequest:
    """Take it back. A stop it has already stays until the next publication lets it go.

    Raises: NotAllowed, StaleRequest, WrongState (also while its stop is under way).
    """
    with transaction.atomic():
        request = locked_request(request_id, seen_version)
        if not can_change_request(by, request, timezone.localdate(now)):
            raise NotAllowed(f"You may not withdraw request {request.code}.")
        step = legal_step(request, "withdraw")
        if Stop.objects.filter(request=request, state__in=lifecycles.STANDING_STOPS).exists():
            raise WrongState(f"The stop of {request.code} is open; cancel that first.")
        enter(request, step, by=by, now=now)
    return request


def wish_document(request: TourRequest) -> dict[str, Any]:
    """What the request asks for now, as JSON with names in place of numbers."""
    return {
        "venue": request.venue.slug,
        "space": request.space.code if request.space else None,
        "stay_days": request.stay_days,
        "windows": [
            {
                "first_date": window.first_date.isoformat(),
                "end_date": window.end_date.isoformat(),
                "preference": window.preference,
            }
            for window in request.windows.all()
        ],
        "exhibitions": sorted(one.slug for one in request.exhibitions.all()),
        "expected_visits": request.expected_visits,
        "contact_email": request.contact_email,
        "note": request.note,
    }


def wish_changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs between two versions of a wish, field by field."""
    return [
        {"field": name, "before": before.get(name), "after": after[name]}
        for name in after
        if before.get(name) != after[name]
    ]


def require_may_decide(by: Actor, request: TourRequest, now: datetime) -> None:
    """Refuse strangers before they learn in which state the request is."""
    if not can_decide_about_request(by, request, timezone.localdate(now)):
        raise NotAllowed(f"Only those who decide for {request.season} decide about {request.code}.")


def _new_request(
    season: Season,
    wish: Wish,
    call: RequestCall | None,
    code: str,
    now: datetime,
    *,
    as_draft: bool,
) -> TourRequest:
    return TourRequest(
        code=code,
        season=season,
        call=call,
        programme=call.programme if call else "",
        year=call.year if call else None,
        county=county_of(wish.venue.region) if call else None,
        state=RequestState.DRAFT if as_draft else RequestState.SUBMITTED,
        created_at=now,
        changed_at=now,
        **_columns(wish),
    )


def _asked_meanwhile(refusal: IntegrityError, call: RequestCall | None) -> Exception:
    """The database's own refusal of a second active request, in our words."""
    if call is None:
        return refusal
    return AlreadyAsked(f"The county asks already in {call.year}; change that request instead.")


def _refuse_if_invalid(
    wish: Wish, season: Season, *, call: RequestCall | None, by: Actor, now: datetime
) -> None:
    problems = problems_of(wish, season)
    if call is not None and call.season_id != season.pk:
        problems.append({"field": "call", "message": f"{call.slug} is no call of {season}"})
    is_planner = can_plan_season(by, season, timezone.localdate(now))
    if call is None and not is_planner and season.calls.exists():
        problems.append({"field": "call", "message": "name the call you answer"})
    if problems:
        raise invalid_request(problems)


def _stay_problems(wish: Wish) -> Iterator[tuple[str, str]]:
    if not 1 <= wish.stay_days <= MOST_STAY_DAYS:
        yield "stay_days", f"{wish.stay_days} days: give 1 to {MOST_STAY_DAYS:,}"
    if wish.expected_visits is not None and not 0 <= wish.expected_visits < 2**31:
        yield "expected_visits", "give a number from 0, or leave it out"


def _window_problems(wish: Wish, season: Season) -> Iterator[tuple[str, str]]:
    if not wish.windows:
        yield "windows", "name at least one"
    for rank, window in enumerate(wish.windows, start=1):
        name, span = f"windows[{rank}]", f"[{window.first_date}, {window.end_date})"
        if window.end_date <= window.first_date:
            yield name, f"{span} ends before it begins: exchange or correct the dates"
        elif window.end_date <= season.first_date or window.first_date >= season.end_date:
            whole = f"[{season.first_date}, {season.end_date})"
            yield name, f"{span} lies outside the season {whole}: ask for days inside it"
        elif (window.end_date - window.first_date).days < wish.stay_days:
            stay = f"the stay of {wish.stay_days} days"
            yield name, f"{span} is shorter than {stay}: make one longer or the other shorter"
        if not 0 <= window.preference <= 1:
            yield name, f"preference {window.preference}: give 0 to 1"


def _text_problems(wish: Wish) -> Iterator[tuple[str, str]]:
    note = " ".join(wish.note.splitlines())
    for name, text in (("note", note), ("contact_email", wish.contact_email)):
        if wrong := forbidden_characters(text):
            yield name, f"contains {', '.join(wrong)}: delete these characters"
    if wish.contact_email:
        try:
            validate_email(wish.contact_email)
        except ValidationError:
            yield "contact_email", f"{wish.contact_email!r} is no mail address: correct it"


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "venue": wish.venue,
        "space": wish.space,
        "stay_days": wish.stay_days,
        "expected_visits": wish.expected_visits,
        "contact_email": wish.contact_email,
        "note": wish.note,
    }


def _write_lists(request: TourRequest, wish: Wish) -> None:
    request.exhibitions.set(wish.exhibitions)
    request.windows.all().delete()
    RequestWindow.objects.bulk_create(
        RequestWindow(
            request=request,
            rank=rank,
            first_date=window.first_date,
            end_date=window.end_date,
            preference=window.preference,
        )
        for rank, window in enumerate(wish.windows, start=1)
    )


def _next_code(season: Season) -> str:
    prefix = season.slug.upper()[:35]
    taken = set(
        TourRequest.objects.filter(code__startswith=f"{prefix}-").values_list("code", flat=True)
    )
    number = len(taken) + 1
    while f"{prefix}-{number:03d}" in taken:
        number += 1
    return f"{prefix}-{number:03d}"
