"""A series that does not take place from some day until further notice, and again after that."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from events.errors import InvalidEvent
from events.models import Event
from events.permissions import day_of
from events.services.cleaning import one_line
from events.services.editing import changed, locked_for_change
from events.services.local_edits import remember_edits
from venues.permissions import Actor

LONGEST_REASON = 200
MOST_PAUSES = 50


@transaction.atomic
def pause_event(
    *,
    event_id: int,
    first: date,
    seen_sequence: int,
    by: Actor,
    now: datetime,
    end: date | None = None,
    reason_zh: str = "",
    reason_en: str = "",
) -> Event:
    """Cancel the dates that begin on the days ``[first, end)`` of the event's own calendar.

    Without ``end`` until further notice: dates that the timetable adds later are cancelled too,
    until :func:`resume_event` says from when on they take place. Repeating it changes nothing.

    Raises:
        InvalidEvent: it is not repeated, ``first`` is over, the days are those of another pause,
            or a reason is too long.
        NotAllowed, StaleEvent: as ``change_event``; KeptElsewhere: its source would undo it.
    """
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    pause = {
        "first": first.isoformat(),
        "end": end.isoformat() if end is not None else "",
        "reason_zh": one_line(reason_zh),
        "reason_en": one_line(reason_en),
    }
    if pause in event.pauses:
        return event
    if problems := _problems(event, pause, today=day_of(event, now)):
        raise InvalidEvent("The series cannot pause like that.", problems=problems)
    return _with_pauses(event, [*event.pauses, pause], by, now)


@transaction.atomic
def resume_event(
    *, event_id: int, first: date, seen_sequence: int, by: Actor, now: datetime
) -> Event:
    """End what was cancelled until further notice: dates from ``first`` on take place again.

    Dates in between stay cancelled. A pause that has not begun by ``first`` is taken back whole.

    Raises:
        InvalidEvent: nothing is cancelled until further notice, or ``first`` is over.
        NotAllowed, StaleEvent: as ``change_event``; KeptElsewhere: its source would undo it.
    """
    event = locked_for_change(event_id, seen_sequence, by=by, now=now)
    if first < day_of(event, now):
        raise _refusal(f"{first} is over; say a day from today on.")
    if not any(not pause["end"] for pause in event.pauses):
        raise _refusal("Nothing is cancelled until further notice.")
    day = first.isoformat()
    ended = [pause if pause["end"] else pause | {"end": day} for pause in event.pauses]
    return _with_pauses(event, [each for each in ended if each["first"] < each["end"]], by, now)


def _with_pauses(event: Event, pauses: list[dict[str, str]], by: Actor, now: datetime) -> Event:
    # The dates are what a source tells: where its word counts, a pause of ours is refused.
    remember_edits(event, ["overrides"], before={"overrides": event.overrides}, by=by, now=now)
    before = {"pauses": event.pauses}
    event.pauses = sorted(pauses, key=lambda pause: pause["first"])
    return changed(event, by=by, action="event.pause", before=before, now=now)


def _problems(event: Event, pause: dict[str, str], *, today: date) -> list[dict[str, str]]:
    found = []
    first, end = pause["first"], pause["end"]
    if not event.is_repeated:
        found.append(("first", "It takes place once; cancel or postpone it instead."))
    if first < today.isoformat():
        found.append(("first", f"{first} is over; say a day from today on."))
    if end and end <= first:
        found.append(("end", f"{end} is not included; it must come after {first}."))
    if any(_overlap(pause, other) for other in event.pauses):
        found.append(("first", "It pauses on some of these days already; resume it first."))
    if len(event.pauses) >= MOST_PAUSES:
        found.append(("first", f"It has paused {MOST_PAUSES} times; begin a new series."))
    found += [
        (name, f"Use at most {LONGEST_REASON} characters.")
        for name in ("reason_zh", "reason_en")
        if len(pause[name]) > LONGEST_REASON
    ]
    return [{"field": field, "message": message} for field, message in found]


def _overlap(one: dict[str, str], other: dict[str, str]) -> bool:
    never = "9999"
    return one["first"] < (other["end"] or never) and other["first"] < (one["end"] or never)


def _refusal(message: str) -> InvalidEvent:
    return InvalidEvent(message, problems=[{"field": "first", "message": message}])
