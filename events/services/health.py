"""How the sources are: silent for longer than is their habit, failing, waiting for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.timezone import localdate

from events.models import ImportRun, Subscription
from events.services.import_runs import habit_of, last_read
from events.services.undo import undoable_run
from venues.models import Membership, Venue
from venues.rights import EDITORS
from venues.services.notices import leave_notice

UNREAD_DAYS = 2
"""So long a calendar may fail before its museum is told."""
SHORTEST_SILENCE = timedelta(days=14)
"""Nobody is told that nothing new came before this, however busy the source was."""
HABIT_TIMES = 3


@dataclass(frozen=True)
class Health:
    """What a museum is shown about one source."""

    last_read: ImportRun | None
    """The run whose quarantine is the present one."""
    undoable: ImportRun | None
    held: int
    """Missing events that wait for a person's word."""
    habit: timedelta | None
    """What usually passes between two changes."""
    is_silent: bool


def health_of(subscription: Subscription, *, now: datetime) -> Health:
    source = subscription.source
    read = last_read(source)
    seconds = habit_of(source)
    habit = None if seconds is None else timedelta(seconds=seconds)
    return Health(
        last_read=read,
        undoable=undoable_run(source=source, now=now),
        held=read.counts.get("held", 0) if read else 0,
        habit=habit,
        is_silent=_is_silent(subscription, habit, now),
    )


def tell_of_silence(*, now: datetime) -> int:
    """Leave a notice for the editors of each source that fails or is silent; how many sources.

    Once per silence: the next one is told of again after the source has spoken.
    """
    told = 0
    for subscription in Subscription.objects.filter(is_active=True).select_related("source__venue"):
        seconds = habit_of(subscription.source)
        habit = None if seconds is None else timedelta(seconds=seconds)
        if subscription.source.venue and _is_silent(subscription, habit, now):
            told += 1
            _tell(subscription, now)
    return told


def _is_silent(subscription: Subscription, habit: timedelta | None, now: datetime) -> bool:
    if subscription.failed_since is not None:
        return now - subscription.failed_since > timedelta(days=UNREAD_DAYS)
    if subscription.changed_at is None or habit is None:
        return False
    return now - subscription.changed_at > max(SHORTEST_SILENCE, HABIT_TIMES * habit)


def _tell(subscription: Subscription, now: datetime) -> None:
    source, failed = subscription.source, subscription.failed_since
    assert source.venue is not None
    since = failed or subscription.changed_at
    assert since is not None
    title = ("日历读取失败", "A calendar cannot be read")
    why = subscription.report
    zh = f"“{source}”自 {since:%Y-%m-%d} 起无法读取：{why.get('failure_zh', '')}请检查日历地址。"
    en = f"“{source}” cannot be read since {since:%Y-%m-%d}: {why.get('failure', '')} Please check."
    if failed is None:
        title = ("日历很久没有变化", "A calendar has been silent for long")
        zh = f"“{source}”自 {since:%Y-%m-%d} 起没有变化，比平时久得多。请确认它仍在使用。"
        en = f"“{source}” has not changed since {since:%Y-%m-%d}. Please see whether it is in use."
    for person in _editors_of(source.venue, now):
        leave_notice(
            person=person,
            kind="source_silent",
            key=f"source-silent-{source.pk}-{since:%Y%m%d}",
            title=title,
            body=(zh, en),
            path="/desk/calendars/",
            now=now,
        )


def _editors_of(venue: Venue, now: datetime) -> list[User]:
    """Active editors of the venue itself or of its organisation."""
    scope = Q(venue=venue)
    if venue.organisation_id:
        scope |= Q(organisation=venue.organisation_id)
    held = Membership.objects.valid_on(localdate(now)).filter(scope, role__in=EDITORS)
    return list(User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk"))
