"""What happens by itself; the timetable stands in ``config.celery``."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from events.adapters.http import GuardedFetch
from events.adapters.mailbox import Mailbox
from events.services import (
    answers,
    guests,
    notices,
    occurrences,
    outbox,
    retention,
    settling,
    subscriptions,
)


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
    """One task per calendar, so that a slow or broken one costs only itself."""
    for subscription_id in subscriptions.due_subscriptions(now=timezone.now()):
        refresh_subscription.delay(subscription_id)


@shared_task(name="events.refresh_subscription", acks_late=True, reject_on_worker_lost=True)
def refresh_subscription(subscription_id: int) -> None:
    subscriptions.refresh_subscription(
        fetch=GuardedFetch(), subscription_id=subscription_id, now=timezone.now()
    )


@shared_task(name="events.extend_occurrences", acks_late=True, reject_on_worker_lost=True)
def extend_occurrences() -> None:
    occurrences.extend_occurrences(now=timezone.now())


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
