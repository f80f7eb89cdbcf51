"""Tour requests from submission to decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidRequest, StaleRequest, WrongState
from touring.models import (
    Exhibition,
    RequestState,
    RequestWindow,
    Season,
    Stop,
    StopState,
    TourRequest,
)
from touring.permissions import can_ask_for, can_change_request, can_plan_season
from venues.errors import NotAllowed
from venues.models import Space, Venue
from venues.permissions import Actor
from venues.texts import forbidden_characters

MOST_STAY_DAYS = 2_000
_UNDECIDED = (RequestState.DRAFT, RequestState.SUBMITTED)


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
    *, season: Season, wish: Wish, by: Actor, now: datetime, code: str | None = None
) -> TourRequest:
    """Hand in a wish for the season; without ``code`` the next free one of the season is given.

    Raises:
        NotAllowed: ``by`` acts neither for the venue nor for the season.
        InvalidRequest: with every problem at once.
    """
    if not can_ask_for(by, wish.venue, season, timezone.localdate(now)):
        raise NotAllowed(f"You may not ask for tours on behalf of {wish.venue}.")
    _refuse_if_invalid(wish, season)
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)  # one code at a time
        code = code or _next_code(season)
        if TourRequest.objects.filter(code=code).exists():
            raise _invalid([{"field": "code", "message": f"{code} is taken: choose another"}])
        request = TourRequest.objects.create(
            code=code,
            season=season,
            state=RequestState.SUBMITTED,
            created_at=now,
            changed_at=now,
            **_columns(wish),
        )
        _write_lists(request, wish)
    return request


def change_request(
    *, request_id: int, seen_version: int, wish: Wish, by: Actor, now: datetime
) -> TourRequest:
    """Replace what is asked for. An accepted request goes back to submitted: it is another wish.

    Raises:
        NotAllowed: ``by`` acts neither for the venue asked for so far, nor for the new one, nor
            for the season.
        StaleRequest: a colleague changed it since the caller looked.
        WrongState: it was withdrawn or rejected; hand in a new one.
        InvalidRequest: with every problem at once.
    """
    with transaction.atomic():
        request = _locked(request_id, seen_version)
        today = timezone.localdate(now)
        if not (
            can_change_request(by, request, today)
            and can_ask_for(by, wish.venue, request.season, today)
        ):
            raise NotAllowed(f"You may not change request {request.code}.")
        _require_state(request, (*_UNDECIDED, RequestState.ACCEPTED))
        _refuse_if_invalid(wish, request.season)
        for name, value in _columns(wish).items():
            setattr(request, name, value)
        _enter(request, RequestState.SUBMITTED, now)
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

    Raises: NotAllowed, StaleRequest, WrongState, InvalidRequest (a value below 0).
    """
    with transaction.atomic():
        request = _locked(request_id, seen_version)
        _require_planner(by, request, now)
        _require_state(request, (RequestState.SUBMITTED,))
        if value is not None and not 0 <= value < float("inf"):
            raise _invalid([{"field": "value", "message": "give a number from 0"}])
        request.value = request.value if value is None else value
        request.must = request.must if must is None else must
        _enter(request, RequestState.ACCEPTED, now)
    return request


def reject_request(
    *, request_id: int, seen_version: int, reason: str, by: Actor, now: datetime
) -> TourRequest:
    """Turn it down for ``reason``, which the host reads.

    Raises: NotAllowed, StaleRequest, WrongState, InvalidRequest (no reason).
    """
    with transaction.atomic():
        request = _locked(request_id, seen_version)
        _require_planner(by, request, now)
        _require_state(request, (RequestState.SUBMITTED, RequestState.ACCEPTED))
        if not reason.strip():
            raise _invalid([{"field": "reason", "message": "tell the host why"}])
        request.reason = reason.strip()[:300]
        _enter(request, RequestState.REJECTED, now)
    return request


def withdraw_request(
    *, request_id: int, seen_version: int, by: Actor, now: datetime
) -> TourRequest:
    """Take it back. A stop it has already stays until the next publication lets it go.

    Raises: NotAllowed, StaleRequest, WrongState (also while its stop is open).
    """
    with transaction.atomic():
        request = _locked(request_id, seen_version)
        if not can_change_request(by, request, timezone.localdate(now)):
            raise NotAllowed(f"You may not withdraw request {request.code}.")
        _require_state(request, (*_UNDECIDED, RequestState.ACCEPTED))
        if Stop.objects.filter(request=request, state=StopState.OPEN).exists():
            raise WrongState(f"The stop of {request.code} is open; cancel that first.")
        _enter(request, RequestState.WITHDRAWN, now)
    return request


def _locked(request_id: int, seen_version: int) -> TourRequest:
    request = (
        TourRequest.objects.select_for_update(of=("self",))
        .select_related("season__region", "venue__region")
        .get(pk=request_id)
    )
    if request.version != seen_version:
        raise StaleRequest(
            "The request was changed in the meantime; look again and repeat.",
            version=request.version,
        )
    return request


def _enter(request: TourRequest, state: RequestState, now: datetime) -> None:
    request.state = state
    request.version += 1
    request.changed_at = now
    request.save()


def _require_state(request: TourRequest, states: Iterable[str]) -> None:
    if request.state not in states:
        raise WrongState(
            f"Request {request.code} is {request.state}; that is no step from there.",
            state=request.state,
        )


def _require_planner(by: Actor, request: TourRequest, now: datetime) -> None:
    if not can_plan_season(by, request.season, timezone.localdate(now)):
        raise NotAllowed(f"Only planners of {request.season} decide about {request.code}.")


def _refuse_if_invalid(wish: Wish, season: Season) -> None:
    if problems := problems_of(wish, season):
        raise _invalid(problems)


def _invalid(problems: list[dict[str, str]]) -> InvalidRequest:
    listed = "; ".join(f"{one['field']}: {one['message']}" for one in problems)
    return InvalidRequest(f"The request cannot be handed in. {listed}.", problems=problems)


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
