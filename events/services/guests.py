"""People invited to an event by those who edit it, and kept up to date with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from events.enums import ClosedDays, Moderation, Status
from events.errors import WrongState
from events.ical.entry import Entry, Text
from events.itip.party import Attendee
from events.models import Event, Invitation
from events.permissions import can_edit, day_of
from events.queries import answers_for
from events.services.invitations import invite, invite_all
from venues.errors import NotAllowed
from venues.permissions import Actor

PREFIX = "event:"
LOOKED_BACK = timedelta(days=7)  # a worker that was away for longer misses changes


def key_of(event: Event) -> str:
    return f"{PREFIX}{event.public_uid}"


@transaction.atomic
def invite_guests(
    *,
    event: Event,
    attendees: Sequence[Attendee],
    by: Actor,
    now: datetime,
    keep_others: bool = False,
) -> list[Invitation]:
    """Make those invited to the event exactly ``attendees``, or those besides who are invited.

    From then on they hear of changes.

    Raises:
        NotAllowed: ``by`` does not edit events here.
        WrongState: the event is not published, or is cancelled.
        InvalidInvitation: an address is none, or there are too many.
    """
    if not can_edit(by, event, day_of(event, now)):
        raise NotAllowed("You may not invite people to events of this venue.", event=event.uid)
    if not _is_on(event):
        raise WrongState("Publish the event first: people are invited to what takes place.")
    key = key_of(event)
    others = [_attendee(row) for row in answers_for(key)] if keep_others else []
    return invite(key=key, entry=guest_entry(event), attendees=[*attendees, *others], now=now)


@transaction.atomic
def update_invitations(*, now: datetime) -> int:
    """Tell invitees of events that changed lately; the number of events looked at.

    Those that were cancelled or taken out of sight are withdrawn. Whoever knows all is told
    nothing, so it may run as often as one likes.
    """
    standing = Invitation.objects.standing().filter(key__startswith=PREFIX)
    if not standing.exists():
        return 0
    since = now - LOOKED_BACK
    changed = Event.objects.filter(Q(changed_at__gt=since) | Q(venue__changed_at__gt=since))
    events = {key_of(event): event for event in changed.select_related("venue")}
    people: dict[str, list[Attendee]] = defaultdict(list)
    for row in standing.filter(key__in=events):
        people[row.key].append(_attendee(row))
    on = {key for key in people if _is_on(events[key])}
    wanted = {key: (guest_entry(events[key]), people[key]) for key in on}
    invite_all(wanted=wanted, withdrawn=people.keys() - on, now=now)
    return len(people)


def guest_entry(event: Event) -> Entry:
    """The whole event as one entry with its rule; dates that fall away are excepted."""
    read = date.fromisoformat if event.is_all_day else datetime.fromisoformat
    cancelled = [start for start, what in event.overrides.items() if what.get("cancelled")]
    rows = []
    if event.lunar_rule or event.pauses or event.on_closed_days != ClosedDays.KEEP:
        rows = list(event.occurrences.values_list("original_start", "is_cancelled"))
    cancelled += [start for start, is_cancelled in rows if is_cancelled]
    added = [start for start, is_cancelled in rows if event.lunar_rule and not is_cancelled]
    venue = event.venue
    place = Text(event.location_zh, event.location_en)
    if not place and venue is not None:
        place = Text("，".join(part for part in (venue.name_zh, venue.address_zh) if part))
    return Entry(
        uid=event.public_uid,
        title=Text(event.title_zh, event.title_en),
        description=Text(event.description_zh, event.description_en),
        location=place,
        start=event.start_date if event.is_all_day else event.wall_start,
        end=event.end_date if event.is_all_day else event.wall_end,
        timezone=event.timezone,
        url=event.url,
        kind=event.kind,
        rrule=event.rrule,
        rdates=tuple(read(each) for each in sorted({*event.rdates, *added})),
        exdates=tuple(read(each) for each in sorted({*event.exdates, *cancelled})),
    )


def _attendee(row: Invitation) -> Attendee:
    return Attendee(row.address, row.name, row.language)


def _is_on(event: Event) -> bool:
    return event.moderation == Moderation.PUBLISHED and event.status != Status.CANCELLED
