"""Calendars that museums keep elsewhere, read again and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from events.errors import InvalidSubscription
from events.ical.problem import CalendarUnreadable
from events.ical.read import Reading, read_calendar
from events.imports.fetch import Fetch, Fetched, FetchFailed, NotModified, target_of
from events.models import SourceKind, Subscription
from events.services.sources import Brake, SyncReport, source_named, sync_source
from venues.errors import NotAllowed
from venues.models import Venue
from venues.permissions import Actor, may

REFRESH = timedelta(hours=3)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=30), timedelta(hours=24)
_LEASE = timedelta(minutes=10)  # a reading whose worker died is tried again after this
_FAR = datetime(2200, 1, 1, tzinfo=UTC)
_SHOWN_PROBLEMS = 50
_NOTED = ["etag", "last_modified", "content_hash", "report"]  # the rest belongs to people
_NOTED += ["succeeded_at", "failed_since", "next_fetch_at"]


@transaction.atomic
def subscribe(*, url: str, venue: Venue, by: Actor, now: datetime) -> Subscription:
    """Read the calendar at ``url`` from now on as events of ``venue``; once per address and venue.

    Nothing is fetched here: the first reading is due at once.

    Raises:
        NotAllowed: ``by`` may not publish for this venue.
        InvalidSubscription: an address that is not read, or one of our own feeds.
    """
    if not may(by, "subscription.change", on=now.date(), venue=venue):
        raise NotAllowed("You may not publish events of this venue.", venue=venue.slug)
    address = _address(url)
    digest = hashlib.sha256(f"{venue.pk}\0{address}".encode()).hexdigest()[:16]
    source = source_named(
        slug=f"ics-{digest}",
        kind=SourceKind.SUBSCRIPTION,
        name=f"{venue.name_zh}（{urlsplit(address).hostname}）"[:200],
        venue=venue,
        now=now,
    )
    subscription, _ = Subscription.objects.get_or_create(
        source=source, defaults={"url": address, "next_fetch_at": now}
    )
    return subscription


def due_subscriptions(*, now: datetime) -> list[int]:
    """Ids of the subscriptions that are to be read, the longest waiting first."""
    due = Subscription.objects.filter(is_active=True, next_fetch_at__lte=now)
    return list(due.order_by("next_fetch_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def confirm_missing(*, subscription_id: int, by: Actor, now: datetime) -> None:
    """Believe at the next reading, due at once, that all events missing there are gone.

    Raises:
        NotAllowed: ``by`` may not publish for the venue.
    """
    row = Subscription.objects.select_for_update(of=("self",)).select_related("source__venue")
    subscription = row.get(pk=subscription_id)
    venue = subscription.source.venue
    if not may(by, "subscription.change", on=now.date(), venue=venue):
        raise NotAllowed("You may not decide about events of this venue.")
    subscription.missing_confirmed, subscription.next_fetch_at = True, now
    subscription.save(update_fields=["missing_confirmed", "next_fetch_at"])


def read_soon(*, subscription_id: int, now: datetime) -> None:
    """Let the timetable read the calendar next time instead of when it is due."""
    Subscription.objects.filter(pk=subscription_id).update(next_fetch_at=now)


def set_active(*, subscription_id: int, is_active: bool) -> None:
    """Read the calendar from now on, or no longer; its events stay as they are."""
    Subscription.objects.filter(pk=subscription_id).update(is_active=is_active)


def refresh_subscription(*, fetch: Fetch, subscription_id: int, now: datetime) -> SyncReport | None:
    """Read the calendar and make the source's coming events equal to it.

    None: nothing new, another worker is at it, or the reading failed; then the last good events
    stay and the reason stands in ``Subscription.report``. Only coming events are ever cancelled
    because they are missing, and none if that many are missing that something must be wrong
    (:class:`~events.services.sources.Brake`), unless a person confirmed it.
    """
    subscription = Subscription.objects.select_related("source__venue").get(pk=subscription_id)
    if not _claim(subscription, now):
        return None
    in_full = subscription.missing_confirmed
    known = {"etag": subscription.etag, "last_modified": subscription.last_modified}
    try:
        fetched = fetch(subscription.url, **({} if in_full else known))
        if isinstance(fetched, NotModified):
            _note_success(subscription, now)
            return None
        content_hash = hashlib.sha256(fetched.body).hexdigest()
        if content_hash == subscription.content_hash and not in_full:
            _note_success(subscription, now, fetched)
            return None
        reading = read_calendar(fetched.body, default_timezone=_timezone(subscription))
    except FetchFailed as failure:
        _note_failure(subscription, failure.reason, now)
        return None
    except CalendarUnreadable as failure:
        _note_failure(subscription, str(failure), now)
        return None
    return _take_over(subscription, fetched, content_hash, reading, now)


@transaction.atomic
def _take_over(
    subscription: Subscription,
    fetched: Fetched,
    content_hash: str,
    reading: Reading,
    now: datetime,
) -> SyncReport:
    """Events and what is known of the calendar, all of it or nothing."""
    report = sync_source(
        source=subscription.source,
        entries=reading.entries,
        now=now,
        window=(now, _FAR),
        brake=None if subscription.missing_confirmed else Brake(),
        unreadable=reading.lost_uids,
    )
    if subscription.missing_confirmed:
        Subscription.objects.filter(pk=subscription.pk).update(missing_confirmed=False)
    subscription.content_hash = content_hash
    subscription.report = _report(report, reading)
    _note_success(subscription, now, fetched)
    return report


def _address(url: str) -> str:
    try:
        address = target_of(url, allowed=frozenset(settings.FETCH_ALLOWED_PRIVATE_HOSTS)).url
    except FetchFailed as failure:
        raise _invalid(failure.reason) from None
    if len(address) > 500:
        raise _invalid("The address has more than 500 characters.")
    if urlsplit(address).netloc == urlsplit(settings.SITE_URL).netloc:
        raise _invalid("This is an address of this very site; its events are here already.")
    return address


def _invalid(message: str) -> InvalidSubscription:
    return InvalidSubscription(message, problems=[{"field": "url", "message": message}])


def _claim(subscription: Subscription, now: datetime) -> bool:
    """Whether this process reads the calendar now; for ten minutes nobody else does."""
    seen = subscription.next_fetch_at
    subscription.next_fetch_at = now + _LEASE
    mine = Subscription.objects.filter(pk=subscription.pk, next_fetch_at=seen)
    return mine.update(next_fetch_at=subscription.next_fetch_at) == 1


def _timezone(subscription: Subscription) -> str:
    venue = subscription.source.venue
    return venue.timezone if venue else settings.TIME_ZONE


def _note_success(
    subscription: Subscription, now: datetime, fetched: Fetched | None = None
) -> None:
    if fetched is not None:
        subscription.etag, subscription.last_modified = fetched.etag, fetched.last_modified
    subscription.succeeded_at, subscription.failed_since = now, None
    subscription.report = {**subscription.report, "failure": ""}
    subscription.next_fetch_at = now + _spread(subscription)
    subscription.save(update_fields=_NOTED)


def _note_failure(subscription: Subscription, reason: str, now: datetime) -> None:
    """Try again ever later: after as long as it has been failing, within half an hour and a day."""
    subscription.failed_since = subscription.failed_since or now
    subscription.report = {**subscription.report, "failure": reason}
    wait = min(max(now - subscription.failed_since, FIRST_RETRY), LAST_RETRY)
    subscription.next_fetch_at = now + wait
    subscription.save(update_fields=_NOTED)


def _spread(subscription: Subscription) -> timedelta:
    """The refresh interval, up to a quarter shorter or longer, always the same for one address."""
    eighth = hashlib.sha256(subscription.url.encode()).digest()[0] / 255 - 0.5
    return REFRESH * (1 + eighth / 2)


def _report(report: SyncReport, reading: Reading) -> dict[str, Any]:
    """What the museum is shown: counts, and the first problems in words."""
    problems = [*_from_file(reading), *({"message": p.message} for p in report.problems)]
    counts = {name: n for name, n in asdict(report).items() if name != "problems"}
    return {
        "calendar": reading.name,
        "entries": len(reading.entries),
        **counts,
        "problem_count": len(problems),
        "problems": problems[:_SHOWN_PROBLEMS],
    }


def _from_file(reading: Reading) -> Iterable[dict[str, Any]]:
    return ({"line": problem.line, "message": problem.words} for problem in reading.problems)
