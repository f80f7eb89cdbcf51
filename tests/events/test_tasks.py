"""Tasks call one service each and tolerate running twice; the timetable knows their names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.celery import app
from events import tasks
from events.imports.fetch import Fetched
from events.services.outbox import leave_mail
from tests.factories.events import EventFactory, OutgoingMailFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_every_entry_of_the_timetable_about_events_is_a_task_here():
    app.loader.import_default_modules()
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert {name for name in names if name.startswith("events.")} <= {
        name for name in app.tasks if name.startswith("events.")
    }
    assert {"events.deliver_mail", "events.refresh_subscriptions", "events.extend_occurrences"} <= (
        names
    )


def test_deliver_mail_twice_sends_once():
    leave_mail(key="k", recipient="host@museum.example", subject="s", body="b", now=timezone.now())

    tasks.deliver_mail()
    tasks.deliver_mail()

    assert [message.to for message in mail.outbox] == [["host@museum.example"]]


@pytest.fixture
def woken(monkeypatch) -> list[tuple]:
    """What would be sent to the queue, instead of being sent."""
    sent: list[tuple] = []

    def delay(subscription_id: int, until: str, *, only_well: bool = False) -> None:
        sent.append((subscription_id, until, only_well))

    monkeypatch.setattr(tasks.refresh_subscription, "delay", delay)
    return sent


def test_refresh_subscriptions_sets_two_readers_going_however_many_calendars_are_due(woken):
    now = timezone.now()
    since = {"succeeded_at": now - timedelta(hours=3)}
    due = [SubscriptionFactory(next_fetch_at=now - timedelta(hours=n), **since) for n in (1, 2, 3)]
    SubscriptionFactory(next_fetch_at=now + timedelta(hours=1))
    SubscriptionFactory(is_active=False)

    tasks.refresh_subscriptions()

    started = [(calendar, only_well) for calendar, _until, only_well in woken]
    assert started == [(due[2].pk, False), (due[1].pk, True)]


def test_servers_that_do_not_answer_hold_one_reader_and_not_two(woken):
    """Neither do those that nobody has read yet, for nothing is known of them."""
    now = timezone.now()
    since = {"succeeded_at": now - timedelta(days=3)}
    for hours in (9, 8):
        SubscriptionFactory(next_fetch_at=now - timedelta(hours=hours), failed_since=now, **since)
    SubscriptionFactory(next_fetch_at=now - timedelta(hours=7))
    well = SubscriptionFactory(next_fetch_at=now - timedelta(hours=1), **since)

    tasks.refresh_subscriptions()

    assert [calendar for calendar, _until, only_well in woken if only_well] == [well.pk]
    assert len(woken) == 2


def test_a_reader_goes_on_with_the_next_calendar_by_a_message_of_its_own(woken, monkeypatch):
    """So that a thousand calendars keep no other task waiting longer than for two of them."""
    now = timezone.now()
    first, second = (
        SubscriptionFactory(next_fetch_at=now - timedelta(hours=n), succeeded_at=now)
        for n in (2, 1)
    )
    monkeypatch.setattr(tasks.GuardedFetch, "__call__", lambda *_, **__: Fetched(b""))
    until = (now + timedelta(seconds=60)).isoformat()

    tasks.refresh_subscription(first.pk, until, only_well=True)
    tasks.refresh_subscription(second.pk, until, only_well=True)
    tasks.refresh_subscription(second.pk, (now - timedelta(seconds=1)).isoformat())

    assert woken == [(second.pk, until, True)]


def test_refresh_subscription_reads_through_the_guarded_fetch_once(monkeypatch):
    subscription = SubscriptionFactory()
    asked = []

    def read(_fetch, url, **_validators):
        asked.append(url)
        return Fetched(b"")

    monkeypatch.setattr(tasks.GuardedFetch, "__call__", read)

    tasks.refresh_subscription(subscription.pk)
    subscription.refresh_from_db()

    assert asked == [subscription.url]
    assert subscription.failed_since is not None


def test_extend_occurrences_and_purge_expired_can_run_again_and_again():
    event = EventFactory(rrule="FREQ=MONTHLY")
    OutgoingMailFactory(state="sent", created_at=timezone.now() - timedelta(days=500))

    for _ in range(2):
        tasks.extend_occurrences()
        tasks.purge_expired()

    assert event.occurrences.count() >= 12
    assert not type(OutgoingMailFactory.build()).objects.exists()
