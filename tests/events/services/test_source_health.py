"""Museums are told of calendars that fail or are silent, once each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.imports.fetch import FetchFailed
from events.models import ImportRun
from events.services.health import health_of, tell_of_silence
from events.services.import_runs import forget_runs
from tests.events.diaries import Web, calendar, read, vevent
from tests.factories.venues import MembershipFactory
from venues.models import Notice, Role

pytestmark = pytest.mark.django_db


def days(moment, number):
    return moment + timedelta(days=number)


@pytest.fixture
def editor(subscription):
    return MembershipFactory(role=Role.MUSEUM_EDITOR, venue=subscription.source.venue).user


def test_a_calendar_that_fails_for_two_days_is_told_of_once(subscription, editor, now):
    for day in (0, 1, 3):
        read(subscription, Web(FetchFailed("No.", code="status", status=503)), days(now, day))

    assert tell_of_silence(now=days(now, 1)) == 0
    assert [tell_of_silence(now=days(now, day)) for day in (3, 4)] == [1, 1]

    (notice,) = Notice.objects.filter(person=editor)
    assert notice.title_zh == "日历读取失败"
    assert "状态码" in notice.body_zh


def test_a_calendar_silent_for_longer_than_its_habit_is_told_of(subscription, editor, now):
    for week in range(5):
        web = Web(calendar(vevent("a", title=f"题{week}")))
        read(subscription, web, days(now, 7 * week))
    last = days(now, 28)

    assert health_of(subscription, now=last).habit == timedelta(days=7)
    assert tell_of_silence(now=days(last, 20)) == 0
    assert tell_of_silence(now=days(last, 22)) == 1
    assert Notice.objects.get(person=editor).title_en == "A calendar has been silent for long"


def test_a_new_calendar_has_no_habit_and_is_never_silent(subscription, now):
    read(subscription, Web(calendar(vevent("a"))), now)

    health = health_of(subscription, now=days(now, 300))

    assert (health.habit, health.is_silent) == (None, False)


def test_old_runs_and_journals_are_forgotten(subscription, now):
    web = Web(calendar(vevent("a")), etag='"1"')
    read(subscription, web, now)
    read(subscription, web, days(now, 1))

    assert forget_runs(now=days(now, 4)) == 0
    assert not ImportRun.objects.filter(journal__isnull=False).exists()
    assert forget_runs(now=days(now, 20)) == 1
    assert ImportRun.objects.get().outcome == "changed"
