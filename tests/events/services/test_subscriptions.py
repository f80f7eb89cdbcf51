"""Calendars kept elsewhere: what is read, and what is not believed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from events.errors import InvalidSubscription
from events.imports.fetch import FetchFailed
from events.imports.isolated import read_isolated
from events.models import Subscription
from events.services.sources import SyncReport
from events.services.subscriptions import (
    _claim,
    confirm_missing,
    due_subscriptions,
    refresh_subscription,
    subscribe,
)
from tests.events.diaries import Web, calendar, living, read, vevent
from tests.factories.venues import MembershipFactory
from venues.errors import NotAllowed
from venues.models import Role
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def test_subscribe_makes_one_subscription_per_address_and_venue(subscription, now):
    venue = subscription.source.venue
    by = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user

    again = subscribe(url="https://museum.example/a.ics", venue=venue, by=by, now=now)

    assert again == subscription
    assert subscription.url == "https://museum.example/a.ics"
    assert due_subscriptions(now=now) == [subscription.pk]


def test_subscribe_refuses_those_who_may_not_publish(subscription, now):
    editor = MembershipFactory(role=Role.MUSEUM_EDITOR, venue=subscription.source.venue).user

    with pytest.raises(NotAllowed):
        subscribe(url="https://x.example/", venue=subscription.source.venue, by=editor, now=now)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/a.ics", "http://169.254.169.254/", "http://[::1]/", "http://2130706433/",
     "file:///etc/passwd", "https://a:b@museum.example/", "https://museum.example:8443/", "x",
     "http://127.0.0.1:8000/feeds/venues/hefei.ics", "https://museum.example/" + "a" * 500],
)  # fmt: skip
def test_subscribe_refuses_addresses_that_are_not_read(subscription, now, url):
    """S1, S3, S6 at submit; S9: not our own feeds."""
    venue = subscription.source.venue
    by = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user

    with pytest.raises(InvalidSubscription) as refusal:
        subscribe(url=url, venue=venue, by=by, now=now)

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == ["url"]
    assert Subscription.objects.count() == 1


def test_refresh_subscription_reads_the_calendar_into_events_of_the_venue(subscription, now):
    web = Web(calendar(vevent("a"), vevent("b", "RRULE:FREQ=WEEKLY;COUNT=3")), etag='"1"')

    assert read(subscription, web, now) == SyncReport(created=2)

    events = {event.uid: event for event in subscription.source.events.all()}
    assert {event.venue.slug for event in events.values()} == {"hefei"}
    assert events["b"].occurrences.count() == 3
    assert (subscription.succeeded_at, subscription.etag) == (now, '"1"')
    assert (subscription.report["created"], subscription.report["entries"]) == (2, 2)
    assert timedelta(hours=2) < subscription.next_fetch_at - now < timedelta(hours=4)


def test_refresh_subscription_writes_no_event_when_nothing_is_new(subscription, now):
    """I8."""
    web = Web(calendar(vevent("a")), etag='"1"')
    read(subscription, web, now)

    assert read(subscription, web, subscription.next_fetch_at) is None
    assert web.asked[1] == ("https://museum.example/a.ics", '"1"')
    web.etag = '"2"'
    assert read(subscription, web, subscription.next_fetch_at) is None  # equal bytes

    event = subscription.source.events.get()
    assert (event.sequence, event.changed_at) == (0, now)
    assert subscription.report["created"] == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (FetchFailed("The server answers with status 404 instead of 200."), "status 404"),
        (b"<html>Please log in</html>", ""),
        (calendar(), "no event"),
        (calendar(vevent("b"))[:-20], ""),
        (b"", ""),
    ],
    ids=["fetch", "login page", "no events", "cut off", "empty"],
)
def test_a_failed_reading_keeps_the_last_good_events_and_says_why(subscription, now, body, reason):
    read(subscription, Web(calendar(vevent("a")), etag='"1"'), now)
    later = subscription.next_fetch_at

    assert read(subscription, Web(body), later) is None

    assert living(subscription) == ["a"]
    assert (subscription.failed_since, subscription.succeeded_at) == (later, now)
    assert (subscription.etag, subscription.report["created"]) == ('"1"', 1)
    assert reason in subscription.report["failure"]
    assert subscription.report["failure"].endswith(".")


def test_a_failing_calendar_is_tried_again_ever_later_until_it_is_well(subscription, now):
    web, waits = Web(FetchFailed("Nobody there.")), []
    for _ in range(9):
        at = subscription.next_fetch_at
        read(subscription, web, at)
        waits.append((subscription.next_fetch_at - at) / timedelta(hours=1))
    assert waits == [0.5, 0.5, 1, 2, 4, 8, 16, 24, 24]
    assert subscription.failed_since == now

    web.body = calendar(vevent("a"))
    read(subscription, web, subscription.next_fetch_at)

    assert (subscription.failed_since, subscription.report["failure"]) == (None, "")


def test_coming_events_that_vanish_are_cancelled_and_past_ones_stay(subscription, now):
    """I8: deletions are explicit."""
    past = vevent("past", start="20261001T100000")
    running = vevent("weekly", "RRULE:FREQ=WEEKLY", start="20261003T100000")
    web = Web(calendar(past, running, vevent("a"), vevent("b")))
    read(subscription, web, now)

    web.body = calendar(vevent("a"))
    report = read(subscription, web, now + timedelta(hours=4))

    assert report == SyncReport(cancelled=2, unchanged=1)
    assert living(subscription) == ["a", "past"]
    weekly = subscription.source.events.get(uid="weekly")
    held = weekly.occurrences.filter(is_cancelled=False)
    assert [o.starts_at.day for o in held] == [3, 10, 17, 24, 31]


def test_the_brake_keeps_events_when_more_than_a_fifth_and_five_vanish(subscription, now):
    events = [vevent(f"e{n}") for n in range(30)]
    web = Web(calendar(*events))
    read(subscription, web, now)

    web.body, web.etag = calendar(*events[:23]), '"1"'
    report = read(subscription, web, subscription.next_fetch_at)
    assert (report.cancelled, report.held) == (0, 7)
    assert len(living(subscription)) == 30
    assert any("7 of 30" in p["message"] for p in subscription.report["problems"])

    later = now + timedelta(hours=5)
    confirm_missing(subscription_id=subscription.pk, by=SYSTEM, now=later)
    assert due_subscriptions(now=later) == [subscription.pk]
    report = read(subscription, web, later)
    assert (report.cancelled, report.held) == (7, 0)
    assert len(living(subscription)) == 23
    assert not subscription.missing_confirmed  # it holds once


def test_only_publishers_may_confirm_that_events_are_gone(subscription, now):
    editor = MembershipFactory(role=Role.MUSEUM_EDITOR, venue=subscription.source.venue).user

    with pytest.raises(NotAllowed):
        confirm_missing(subscription_id=subscription.pk, by=editor, now=now)

    subscription.refresh_from_db()
    assert not subscription.missing_confirmed


def test_past_events_neither_hide_nor_cause_a_suspicious_loss(subscription, now):
    past = [vevent(f"p{n}", start="20261001T100000") for n in range(30)]
    coming = [vevent(f"c{n}") for n in range(20)]
    web = Web(calendar(*past, *coming))
    read(subscription, web, now)

    web.body = calendar(*coming[:14])
    report = read(subscription, web, subscription.next_fetch_at)

    assert (report.cancelled, report.held) == (0, 6)
    web.body = calendar(*coming)
    assert read(subscription, web, subscription.next_fetch_at) == SyncReport(unchanged=20)


def test_an_event_that_can_no_longer_be_read_is_not_taken_for_deleted(subscription, now):
    web = Web(calendar(vevent("a"), vevent("b")))
    read(subscription, web, now)

    web.body = calendar(vevent("a"), vevent("b").replace("DTSTART;TZID=Asia/Shanghai:2026", "X:"))
    report = read(subscription, web, subscription.next_fetch_at)

    assert (report.unchanged, report.cancelled) == (1, 0)
    assert living(subscription) == ["a", "b"]
    assert subscription.report["problem_count"] == 1


def test_two_workers_read_a_calendar_once(subscription, now):
    web = Web(calendar(vevent("a")))

    def while_another_worker_looks(url: str, **validators: str):
        assert due_subscriptions(now=now) == []
        return web(url, **validators)

    stale = Subscription.objects.get(pk=subscription.pk)
    report = refresh_subscription(
        fetch=while_another_worker_looks, subscription_id=subscription.pk, now=now
    )

    assert report == SyncReport(created=1)
    assert not _claim(stale, now)  # it had looked before the first one began


def test_what_people_change_during_a_reading_stays(subscription, now):
    web = Web(calendar(vevent("a")))

    def while_somebody_stops_it(url: str, **validators: str):
        Subscription.objects.update(is_active=False)
        return web(url, **validators)

    refresh_subscription(fetch=while_somebody_stops_it, subscription_id=subscription.pk, now=now)

    subscription.refresh_from_db()
    assert not subscription.is_active
    assert due_subscriptions(now=now + timedelta(days=9)) == []


def test_floating_times_are_those_of_the_venue(subscription, now):
    body = calendar(vevent("a").replace(";TZID=Asia/Shanghai", ""))

    read(subscription, Web(body), now)

    (only,) = subscription.source.events.get().occurrences.all()
    assert only.starts_at == datetime(2026, 12, 1, 2, tzinfo=UTC)


def test_a_calendar_is_tried_out_on_the_venues_day(subscription, monkeypatch):
    """Not on the day it is in Greenwich, where it is still yesterday's evening."""
    days = []

    def noted(data: bytes, *, default_timezone: str, today: date):
        days.append(today)
        return read_isolated(data, default_timezone=default_timezone, today=today)

    monkeypatch.setattr("events.services.subscriptions.read_isolated", noted)

    read(subscription, Web(calendar(vevent("a"))), datetime(2026, 11, 2, 17, tzinfo=UTC))

    assert days == [date(2026, 11, 3)]
