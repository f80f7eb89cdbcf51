"""Hosts are invited to their stops by mail, and what they answer is taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.ical.entry import Entry, Text
from events.itip.party import Attendee, PartStat
from events.models import Invitation
from events.queries import answers_for, news_about
from events.services.invitations import invite_all, mark_read
from events.services.sources import public_uid_of
from touring.lifecycles import ENDED_STOPS, UNDECIDED_STOPS
from touring.models import Stop
from touring.models.stop import FREEING_STATES, HostAnswer
from venues.models import Membership, Role, Venue
from venues.services.notices import leave_notice

PREFIX = "stop:"
_ANSWERS = {
    PartStat.ACCEPTED: HostAnswer.ACCEPTED,
    PartStat.DECLINED: HostAnswer.DECLINED,
    PartStat.TENTATIVE: HostAnswer.TENTATIVE,
}


def key_of(stop: Stop) -> str:
    return f"{PREFIX}{stop.uid}"


def invite_hosts(stops: Iterable[Stop], *, now: datetime) -> None:
    """Tell the contacts of each stop what is agreed with them, and nothing twice.

    Confirmed and later: they are invited to its days, from arrival to strike. Let go, or undecided
    again: the invitation is withdrawn. What is over is left alone. In the caller's transaction.
    The stops come with ``unit__exhibition``, ``venue`` and ``request``.
    """
    today = timezone.localdate(now)
    current = [stop for stop in stops if stop.state not in ENDED_STOPS]
    agreed = [
        stop
        for stop in current
        if stop.state not in (*FREEING_STATES, *UNDECIDED_STOPS) and stop.leaves_on > today
    ]
    contacts = _contacts(agreed, today)
    wanted = {key_of(stop): (entry_of_stop(stop), contacts[stop.pk]) for stop in agreed}
    gone = [key_of(stop) for stop in current if stop.state in (*FREEING_STATES, *UNDECIDED_STOPS)]
    invite_all(wanted=wanted, withdrawn=gone, now=now)


def entry_of_stop(stop: Stop) -> Entry:
    """The stop as its host is invited to it: whole days from arrival to the end of the strike."""
    shown, venue = stop.unit.exhibition, stop.venue
    last = stop.closes_on - timedelta(days=1)
    return Entry(
        uid=public_uid_of(source_slug="invitations", uid=stop.uid),
        title=Text(f"巡展：{shown.title_zh}", f"Touring: {shown.title_en or shown.title_zh}"),
        description=Text(
            f"{stop.unit.code}；{stop.arrives_on} 到馆，{stop.opens_on} 至 {last} 开放。",
            f"{stop.unit.code} arrives on {stop.arrives_on}, open {stop.opens_on} to {last}.",
        ),
        start=stop.arrives_on,
        end=stop.leaves_on,
        timezone=venue.timezone,
        location=Text("，".join(part for part in (venue.name_zh, venue.address_zh) if part)),
        geo=(venue.lat, venue.lon) if venue.lat is not None and venue.lon is not None else None,
    )


@transaction.atomic
def take_in_answers(*, now: datetime) -> int:
    """Write what hosts answered since the last time onto their stops; how many stops.

    Of several contacts the latest answer to the present dates counts. Planners of the venue's
    region get a notice of a host who declines, or who asks for other times.
    """
    news = list(news_about(PREFIX).select_for_update(of=("self",)))
    uids = {row.key.removeprefix(PREFIX) for row in news}
    stops = list(
        Stop.objects.select_for_update(of=("self",))
        .filter(uid__in=uids)
        .select_related("venue__region")
        .order_by("pk")
    )
    for stop in stops:
        _take_in(stop, now)
    mark_read(news)
    return len(stops)


def _take_in(stop: Stop, now: datetime) -> None:
    rows = list(answers_for(key_of(stop)))
    given = [row for row in rows if row.standing_answer in _ANSWERS]
    latest = max(given, key=lambda row: (row.answered_at, row.pk), default=None)
    before = (stop.host_answer, stop.host_answered_at)
    if latest is None:
        stop.host_answer = HostAnswer.NEEDS_ACTION if rows else HostAnswer.NOT_ASKED
        stop.host_answered_at, stop.host_comment = None, ""
    else:
        stop.host_answer = _ANSWERS[latest.standing_answer]
        stop.host_answered_at, stop.host_comment = latest.answered_at, latest.comment
    stop.save(update_fields=["host_answer", "host_answered_at", "host_comment"])
    is_new = before != (stop.host_answer, stop.host_answered_at)
    if latest is not None and is_new and stop.host_answer == HostAnswer.DECLINED:
        _tell_planners(stop, latest, "declined", now)
    for row in rows:
        if row.proposal:
            _tell_planners(stop, row, "proposal", now)


def _tell_planners(stop: Stop, row: Invitation, what: str, now: datetime) -> None:
    """Leave a notice for each planner; the same answer is told once."""
    zh, en = {
        "declined": ("谢绝了巡展安排", "declines its stop"),
        "proposal": ("希望改期", "asks for other times"),
    }[what]
    asked = f"{row.proposal.get('start', '')} – {row.proposal.get('end', '')}: "
    said = (asked if what == "proposal" else "") + (row.comment or "–")
    stamp = row.answered_at.isoformat() if row.answered_at else ""
    for person in _planners(stop.venue, timezone.localdate(now)):
        leave_notice(
            person=person,
            kind="host_answer",
            key=f"host:{what}:{stop.uid}:{stamp}"[:200],
            title=(f"{stop.venue.name_zh}{zh}", f"{stop.venue.name('en')} {en}"),
            body=(
                f"{stop.uid}，{stop.opens_on}。对方留言：{said}\n请与对方商量，改期或另选承办馆。",
                (
                    f"{stop.uid}, {stop.opens_on}. They say: {said}\n"
                    "Talk to them, then move the stop or choose another host."
                ),
            ),
            path=f"/desk/stops/{stop.uid}/",
            now=now,
        )


def _planners(venue: Venue, today: date) -> list[object]:
    held = (
        Membership.objects.valid_on(today)
        .filter(role=Role.TOUR_PLANNER, user__is_active=True)
        .filter(region__descendant_paths__descendant=venue.region_id)
        .select_related("user")
        .order_by("user_id")
    )
    return list({row.user_id: row.user for row in held}.values())


def _contacts(stops: list[Stop], today: date) -> dict[int, list[Attendee]]:
    """Whom to invite, by stop: the request's address and the venue's host contacts."""
    people: dict[int, list[Attendee]] = defaultdict(list)
    held = (
        Membership.objects.valid_on(today)
        .filter(role=Role.HOST_CONTACT, venue__in={stop.venue_id for stop in stops})
        .filter(user__is_active=True)
        .exclude(user__email="")
        .select_related("user")
        .order_by("user_id")
    )
    for row in held:
        assert row.venue_id is not None
        people[row.venue_id].append(Attendee(row.user.email, row.user.get_full_name()))
    found: dict[int, list[Attendee]] = {}
    for stop in stops:
        asked = stop.request.contact_email if stop.request else ""
        own = [Attendee(asked, stop.venue.name_zh)] if asked else []
        found[stop.pk] = [*own, *people[stop.venue_id]]
    return found
