"""Calendars that museums keep elsewhere, read again and again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from events.errors import InvalidPolicy, InvalidSubscription
from events.ical.problem import CalendarUnreadable, Problem
from events.ical.read import Reading
from events.imports.fetch import Fetch, Fetched, FetchFailed, NotModified, target_of
from events.imports.isolated import read_isolated
from events.imports.words import sentence
from events.models import Arrival, ImportRun, RunOutcome, Source, SourceKind, Subscription
from events.permissions import can_edit_at
from events.recurrence.zones import zone
from events.services import import_runs
from events.services.policies import policy_of, problems_of
from events.services.sifting import sifted
from events.services.sources import Brake, SyncReport, source_named, sync_source
from venues.errors import NotAllowed
from venues.models import Venue
from venues.permissions import Actor, may
from venues.services.audit import fields_of, record

REFRESH = timedelta(hours=3)
FIRST_RETRY, LAST_RETRY = timedelta(minutes=30), timedelta(hours=24)
_LEASE = timedelta(minutes=10)  # a reading whose worker died is tried again after this
_FAR = datetime(2200, 1, 1, tzinfo=UTC)
_NOTED = ["etag", "last_modified", "content_hash", "report"]  # the rest belongs to people
_NOTED += ["succeeded_at", "changed_at", "failed_since", "next_fetch_at"]
_READER = b"1"
"""Changed when the reader understands more than before, so that every file is read anew."""
_CHOSEN = ("arrival", "field_policy", "skips_known", "is_active")
_STAMPS = re.compile(rb"^DTSTAMP[:;][^\r\n]*", re.MULTILINE)
"""Many programs write the moment of the export there, and nothing is made of it here."""


@transaction.atomic
def subscribe(*, url: str, venue: Venue, by: Actor, now: datetime) -> Subscription:
    """Read the calendar at ``url`` from now on as events of ``venue``; once per address and venue.

    Nothing is fetched here: the first reading is due at once.

    Raises:
        NotAllowed: ``by`` may not publish for this venue.
        InvalidSubscription: an address that is not read, or one of our own feeds.
    """
    if not may(by, "subscription.change", on=localdate(now), venue=venue):
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
    subscription, is_new = Subscription.objects.get_or_create(
        source=source, defaults={"url": address, "next_fetch_at": now}
    )
    if is_new:
        after = {"url": address, "venue": venue.slug}
        record(by=by, action="subscription.add", subject=subscription, now=now, after=after)
    return subscription


def due_subscriptions(*, now: datetime, only_well: bool = False) -> list[int]:
    """Ids of the subscriptions that are to be read, the longest waiting first.

    ``only_well``: those that were read without fault the last time.
    """
    due = Subscription.objects.filter(is_active=True, next_fetch_at__lte=now)
    if only_well:
        due = due.filter(succeeded_at__isnull=False, failed_since__isnull=True)
    return list(due.order_by("next_fetch_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def confirm_missing(*, subscription_id: int, by: Actor, now: datetime) -> None:
    """Believe at the next reading, due at once, what the file says, however much is missing there.

    A file that was taken back (:mod:`events.services.undo`) is believed again, too.

    Raises:
        NotAllowed: ``by`` may not publish for the venue.
    """
    subscription = _locked_for(by, subscription_id, now)
    subscription.missing_confirmed, subscription.next_fetch_at = True, now
    subscription.save(update_fields=["missing_confirmed", "next_fetch_at"])
    record(by=by, action="subscription.confirm", subject=subscription, now=now)


@transaction.atomic
def set_policy(
    *,
    subscription_id: int,
    by: Actor,
    now: datetime,
    arrival: str | None = None,
    fields: Mapping[str, str] | None = None,
    skips_known: bool | None = None,
    is_active: bool | None = None,
) -> Subscription:
    """How the source is read from now on; None leaves a part as it is. The file is read anew.

    Without ``is_active`` it is read no longer; its events stay as they are.

    ``fields`` says for each field whose word counts (``events.services.policies.Wins``).

    Raises:
        NotAllowed: ``by`` may not publish for the venue.
        InvalidPolicy: with every problem at once.
    """
    subscription = _locked_for(by, subscription_id, now)
    problems = problems_of(fields or {})
    if arrival is not None and arrival not in Arrival.values:
        words = "Choose one of: " + ", ".join(sorted(Arrival.values)) + "."
        problems.append({"field": "arrival", "message": words})
    if problems:
        raise InvalidPolicy(problems[0]["message"], problems=problems)
    before = fields_of(subscription, *_CHOSEN)
    if arrival is not None:
        subscription.arrival = arrival
    if fields is not None:
        subscription.field_policy = dict(fields)
    if skips_known is not None:
        subscription.skips_known = skips_known
    if is_active is not None:
        subscription.is_active = is_active
    subscription.content_hash = subscription.etag = subscription.last_modified = ""
    subscription.save(update_fields=[*_CHOSEN, "content_hash", "etag", "last_modified"])
    record(
        by=by,
        action="subscription.policy",
        subject=subscription,
        now=now,
        before=before,
        after=fields_of(subscription, *_CHOSEN),
    )
    return subscription


def read_soon(*, subscription_id: int, by: Actor, now: datetime) -> None:
    """Let the timetable read the calendar next time instead of when it is due.

    Raises:
        NotAllowed: ``by`` does not edit the venue.
    """
    source = Source.objects.select_related("venue").get(subscription=subscription_id)
    if not can_edit_at(by, None, source, localdate(now)):
        raise NotAllowed("You may not have this calendar read.")
    Subscription.objects.filter(pk=subscription_id).update(next_fetch_at=now)


def refresh_subscription(*, fetch: Fetch, subscription_id: int, now: datetime) -> SyncReport | None:
    """Read the calendar and make the source's coming events equal to it.

    None: nothing new, another worker is at it, or the reading failed; then the last good events
    stay and the reason stands in ``Subscription.report``. Only coming events are ever cancelled
    because they are missing, and none if that many are missing that something must be wrong
    (:class:`~events.services.sources.Brake`), unless a person confirmed it. Whatever happens
    leaves an :class:`~events.models.ImportRun`.
    """
    subscription = Subscription.objects.select_related("source__venue").get(pk=subscription_id)
    if not _claim(subscription, now):
        return None
    run = import_runs.began(subscription.source, now=now)
    found = _read(subscription, run, fetch, now)
    return None if found is None else _take_over(subscription, run, found, now)


@dataclass(frozen=True)
class _Found:
    """A file that says something new."""

    fetched: Fetched
    content_hash: str
    reading: Reading


def _read(subscription: Subscription, run: ImportRun, fetch: Fetch, now: datetime) -> _Found | None:
    """The file, read; none where there is nothing new or it failed, which is noted then."""
    in_full = subscription.missing_confirmed
    known = {"etag": subscription.etag, "last_modified": subscription.last_modified}
    try:
        fetched = fetch(subscription.url, **({} if in_full else known))
        if isinstance(fetched, NotModified):
            import_runs.ended(run, RunOutcome.UNCHANGED, now=now, status=304)
            _note_success(subscription, now)
            return None
        content_hash = _hash_of(fetched.body)
        if not in_full and (outcome := _known_file(subscription, content_hash)):
            import_runs.ended(
                run, outcome, now=now, status=fetched.status, content_hash=content_hash
            )
            _note_success(subscription, now, fetched)
            return None
        timezone = _timezone(subscription)
        today = localdate(now, zone(timezone))
        reading = read_isolated(fetched.body, default_timezone=timezone, today=today)
    except FetchFailed as failure:
        words = sentence(failure.code, failure.reason)
        _note_failure(subscription, run, words, now, status=failure.status)
        return None
    except CalendarUnreadable as failure:
        words = sentence(failure.code, str(failure))
        _note_failure(subscription, run, words, now, problems=failure.problems)
        return None
    return _Found(fetched, content_hash, reading)


def _known_file(subscription: Subscription, content_hash: str) -> RunOutcome | None:
    """What comes of a file that need not be read, because it has been."""
    if content_hash == subscription.undone_hash:
        return RunOutcome.REFUSED
    return RunOutcome.UNCHANGED if content_hash == subscription.content_hash else None


def _hash_of(body: bytes) -> str:
    """Equal for files from which the same would be read."""
    return hashlib.sha256(_READER + _STAMPS.sub(b"", body)).hexdigest()


@transaction.atomic
def _take_over(
    subscription: Subscription, run: ImportRun, found: _Found, now: datetime
) -> SyncReport | None:
    """Events and what is known of the calendar, all of it or nothing."""
    reading = found.reading
    policy = policy_of(subscription)
    passed = sifted(reading, source=subscription.source, skips_known=policy.skips_known)
    if not passed.entries and all(each.code == "own_event" for each in passed.refused):
        words = "All events of this calendar come from this very network; they are here already."
        reason = sentence("own_feed", words)
        _note_failure(subscription, run, reason, now, problems=passed.refused)
        return None
    report = sync_source(
        source=subscription.source,
        entries=passed.entries,
        now=now,
        window=(now, _FAR),
        brake=None if subscription.missing_confirmed else Brake(),
        unreadable=reading.lost_uids,
        policy=policy,
    )
    if subscription.missing_confirmed or subscription.undone_hash:
        Subscription.objects.filter(pk=subscription.pk).update(
            missing_confirmed=False, undone_hash=""
        )
    import_runs.taken_over(
        run,
        reading=reading,
        refused=passed.refused,
        report=report,
        status=found.fetched.status,
        content_hash=found.content_hash,
        now=now,
    )
    subscription.content_hash = found.content_hash
    subscription.report = _report(run, reading)
    if report.changed_anything:
        subscription.changed_at = now
    _note_success(subscription, now, found.fetched)
    return report


def _locked_for(by: Actor, subscription_id: int, now: datetime) -> Subscription:
    row = Subscription.objects.select_for_update(of=("self",)).select_related("source__venue")
    subscription = row.get(pk=subscription_id)
    if not may(by, "subscription.change", on=localdate(now), venue=subscription.source.venue):
        raise NotAllowed("You may not decide about events of this venue.")
    return subscription


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
    subscription.report = {**subscription.report, "failure": "", "failure_zh": ""}
    subscription.next_fetch_at = now + _spread(subscription)
    subscription.save(update_fields=_NOTED)


def _note_failure(
    subscription: Subscription,
    run: ImportRun,
    reason: dict[str, str],
    now: datetime,
    *,
    status: int | None = None,
    problems: Sequence[Problem] = (),
) -> None:
    """Try again ever later: after as long as it has been failing, within half an hour and a day."""
    import_runs.ended(
        run, RunOutcome.FAILED, now=now, status=status, failure=reason, problems=problems
    )
    subscription.failed_since = subscription.failed_since or now
    failure = {"failure": reason["en"], "failure_zh": reason["zh"]}
    subscription.report = {**subscription.report, **failure}
    wait = min(max(now - subscription.failed_since, FIRST_RETRY), LAST_RETRY)
    subscription.next_fetch_at = now + wait
    subscription.save(update_fields=_NOTED)


def _spread(subscription: Subscription) -> timedelta:
    """The refresh interval, up to a quarter shorter or longer, always the same for one address."""
    eighth = hashlib.sha256(subscription.url.encode()).digest()[0] / 255 - 0.5
    return REFRESH * (1 + eighth / 2)


def _report(run: ImportRun, reading: Reading) -> dict[str, Any]:
    """What the museum is shown first: counts, and the first problems in words."""
    return {
        "calendar": reading.name,
        **run.counts,
        "quarantine_count": run.quarantine_count,
        "problem_count": run.problem_count,
        "problems": [{**problem, "message": problem["en"]} for problem in run.problems],
    }
