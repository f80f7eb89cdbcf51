"""What happens by itself; the timetable stands in ``config.celery``."""

from __future__ import annotations

from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from events.adapters.http import GuardedFetch
from events.adapters.mailbox import Mailbox
from events.services import (
    answers,
    guests,
    health,
    notices,
    occurrences,
    opening_changes,
    outbox,
    retention,
    settling,
    subscriptions,
)

READING_SECONDS = 290


@shared_task(name="events.deliver_mail", acks_late=True, reject_on_worker_lost=True)
def deliver_mail() -> None:
    outbox.deliver_mail(now=timezone.now())


@shared_task(name="events.mail_notices", acks_late=True, reject_on_worker_lost=True)
def mail_notices() -> None:
    notices.mail_notices(now=timezone.now())


@shared_task(name="events.read_replies", acks_late=True, reject_on_worker_lost=True)
def read_replies() -> None:
    if settings.REPLY_MAILBOX_URL:
        with Mailbox(settings.REPLY_MAILBOX_URL).opened() as mailbox:
            answers.receive_all(mailbox=mailbox, now=timezone.now())


@shared_task(name="events.update_invitations", acks_late=True, reject_on_worker_lost=True)
def update_invitations() -> None:
    guests.update_invitations(now=timezone.now())


@shared_task(name="events.refresh_subscriptions", acks_late=True, reject_on_worker_lost=True)
def refresh_subscriptions() -> None:
    """Set two readers going, whatever the number of calendars, so that other tasks get a turn.

    One reads any calendar, the other only those that were well the last time: servers that never
    answer hold one of the workers' processes and not two.
    """
    now = timezone.now()
    any_one = subscriptions.due_subscriptions(now=now)[:1]
    well = subscriptions.due_subscriptions(now=now, only_well=True)[:2]
    for subscription_id in any_one:
        refresh_subscription.delay(subscription_id, _until(now))
    for subscription_id in [each for each in well if each not in any_one][:1]:
        refresh_subscription.delay(subscription_id, _until(now), only_well=True)


@shared_task(name="events.refresh_subscription", acks_late=True, reject_on_worker_lost=True)
def refresh_subscription(subscription_id: int, until: str = "", only_well: bool = False) -> None:
    """One task per calendar, so that a slow or broken one costs only itself.

    Up to ``until`` (ISO) the reader goes on with the next calendar that is due, by a message of
    its own: what waits in the queue comes in between.
    """
    subscriptions.refresh_subscription(
        fetch=GuardedFetch(), subscription_id=subscription_id, now=timezone.now()
    )
    now = timezone.now()
    if until and now.isoformat() < until:
        for following in subscriptions.due_subscriptions(now=now, only_well=only_well)[:1]:
            refresh_subscription.delay(following, until, only_well=only_well)


def _until(now: datetime) -> str:
    """A little before the timetable sets the next readers going."""
    return (now + timedelta(seconds=READING_SECONDS)).isoformat()


@shared_task(name="events.tell_of_silence", acks_late=True, reject_on_worker_lost=True)
def tell_of_silence() -> None:
    health.tell_of_silence(now=timezone.now())


@shared_task(name="events.extend_occurrences", acks_late=True, reject_on_worker_lost=True)
def extend_occurrences() -> None:
    occurrences.extend_occurrences(now=timezone.now())


@shared_task(name="events.follow_opening_changes", acks_late=True, reject_on_worker_lost=True)
def follow_opening_changes() -> None:
    opening_changes.follow_opening_changes(now=timezone.now())


@shared_task(name="events.purge_expired", acks_late=True, reject_on_worker_lost=True)
def purge_expired() -> None:
    retention.purge_expired(now=timezone.now())


@shared_task(name="events.settle_changes", acks_late=True, reject_on_worker_lost=True)
def settle_changes() -> None:
    """As many rounds as a burst of changes needs; web processes that poll help along."""
    while settling.settle_changes(now=timezone.now()).changes == settling.AT_ONCE:
        pass


@shared_task(name="events.forget_unread_feeds", acks_late=True, reject_on_worker_lost=True)
def forget_unread_feeds() -> None:
    settling.forget_unread_feeds(now=timezone.now())
