"""Moments derived from wall clocks, and rows that stay the same rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.enums import Moderation, Status
from events.services.occurrences import extend_occurrences, refresh_many, refresh_occurrences
from tests.factories.events import EventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def now():
    return datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


def series(**changes):
    """Four Saturdays, 10:00-11:30, from 2026-03-21 on; Europe changes clocks on 2026-03-29."""
    values = {
        "venue": None,
        "start_date": date(2026, 3, 21),
        "start_time": time(10),
        "end_time": time(11, 30),
        "timezone": "Europe/London",
        "rrule": "FREQ=WEEKLY;COUNT=4",
    }
    return EventFactory(**values | changes)


def starts(event) -> list[str]:
    return [o.starts_at.strftime("%m-%d %H:%M") for o in event.occurrences.all()]


@pytest.mark.parametrize(
    ("timezone", "first", "moments"),
    [
        (
            "Europe/London",
            date(2026, 3, 21),
            ["03-21 10:00", "03-28 10:00", "04-04 09:00", "04-11 09:00"],
        ),
        (
            "America/New_York",
            date(2026, 2, 28),
            ["02-28 15:00", "03-07 15:00", "03-14 14:00", "03-21 14:00"],
        ),
        (
            "America/New_York",
            date(2026, 10, 24),
            ["10-24 14:00", "10-31 14:00", "11-07 15:00", "11-14 15:00"],
        ),
        (
            "Asia/Kathmandu",
            date(2026, 3, 21),
            ["03-21 04:15", "03-28 04:15", "04-04 04:15", "04-11 04:15"],
        ),
        (
            "Asia/Shanghai",
            date(2026, 3, 21),
            ["03-21 02:00", "03-28 02:00", "04-04 02:00", "04-11 02:00"],
        ),
    ],
)
def test_ten_o_clock_stays_ten_o_clock_when_the_clocks_change(now, timezone, first, moments):
    event = series(timezone=timezone, start_date=first)

    assert refresh_occurrences(event, now=now) == 4

    assert starts(event) == moments


def test_an_all_day_event_lasts_from_midnight_to_midnight_of_its_zone(now):
    event = series(
        start_date=date(2026, 3, 28),
        start_time=None,
        end_date=date(2026, 3, 30),
        end_time=None,
        rrule="",
        timezone="Asia/Kathmandu",
    )

    refresh_occurrences(event, now=now)

    (only,) = event.occurrences.all()
    assert only.starts_at == datetime(2026, 3, 27, 18, 15, tzinfo=UTC)
    assert only.ends_at == datetime(2026, 3, 29, 18, 15, tzinfo=UTC)
    assert (only.start_date, only.end_date) == (date(2026, 3, 28), date(2026, 3, 30))
    assert (only.original_start, only.key) == ("2026-03-28", "")
    assert only.public_uid == event.public_uid


def test_a_night_that_loses_an_hour_keeps_its_wall_clock(now):
    event = series(
        start_date=date(2026, 3, 28), start_time=time(22), end_date=date(2026, 3, 29),
        end_time=time(6), rrule="",
    )  # fmt: skip

    refresh_occurrences(event, now=now)

    (only,) = event.occurrences.all()
    assert only.ends_at - only.starts_at == timedelta(hours=7)
    assert (only.start_date, only.end_date) == (date(2026, 3, 28), date(2026, 3, 30))


def test_a_start_in_the_skipped_hour_means_the_moment_the_old_offset_gives(now):
    """RFC 5545 3.3.5; its end, right after the gap, would lie before it."""
    event = series(
        start_date=date(2026, 3, 8), start_time=time(2, 30), end_time=time(3), rrule="",
        timezone="America/New_York",
    )  # fmt: skip

    refresh_occurrences(event, now=now)

    (only,) = event.occurrences.all()
    assert only.starts_at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert only.ends_at == datetime(2026, 3, 8, 8, 0, tzinfo=UTC)


def test_rdates_add_and_exdates_take_away(now):
    event = series(rdates=["2026-03-24T15:00:00"], exdates=["2026-03-28T10:00:00"])

    refresh_occurrences(event, now=now)

    assert starts(event) == ["03-21 10:00", "03-24 15:00", "04-04 09:00", "04-11 09:00"]


def test_overrides_move_cancel_and_reword_single_dates(now):
    event = series(
        overrides={
            "2026-03-28T10:00:00": {"start": "2026-03-29T14:00:00", "end": "2026-03-29T16:00:00"},
            "2026-04-04T10:00:00": {"cancelled": True},
            "2026-04-11T10:00:00": {"title_zh": "最后一次"},
        }
    )

    assert refresh_occurrences(event, now=now) == 3

    assert starts(event) == ["03-21 10:00", "03-29 13:00", "04-04 09:00", "04-11 09:00"]
    moved, dropped, last = event.occurrences.all()[1:]
    assert moved.original_start == "2026-03-28T10:00:00"
    assert moved.public_uid == event.public_uid.replace("@", "-20260328T100000@")
    assert [o.is_cancelled for o in event.occurrences.all()] == [False, False, True, False]
    assert (last.text("title", "zh"), dropped.text("title", "zh")) == ("最后一次", event.title_zh)
    assert last.text("title", "en") == event.title_en


def test_an_override_beside_the_rule_is_a_date_of_its_own(now):
    extra = {"2026-03-25T10:00:00": {"start": "2026-03-25T12:00:00", "end": "2026-03-25T13:00:00"}}
    event = series(overrides=extra, exdates=["2026-03-25T10:00:00"])

    assert refresh_occurrences(event, now=now) == 5


def test_refresh_occurrences_changes_nothing_the_second_time(now, django_assert_num_queries):
    event = series()
    refresh_occurrences(event, now=now)

    with django_assert_num_queries(1):
        refresh_occurrences(event, now=now)


def test_rows_stay_the_same_rows_when_the_series_moves_to_another_hour(now):
    event = series()
    refresh_occurrences(event, now=now)
    before = [(o.pk, o.public_uid) for o in event.occurrences.all()]

    event.start_time, event.end_time = time(14), time(15)
    refresh_occurrences(event, now=now)

    assert starts(event) == ["03-21 14:00", "03-28 14:00", "04-04 13:00", "04-11 13:00"]
    assert [(o.pk, o.public_uid) for o in event.occurrences.all()] == before


def test_the_one_date_of_an_event_stays_itself_when_it_moves(now):
    event = series(rrule="")
    refresh_occurrences(event, now=now)
    before = event.occurrences.get()

    event.start_date = event.end_date = date(2026, 5, 2)
    refresh_occurrences(event, now=now)

    after = event.occurrences.get()
    assert (after.pk, after.public_uid) == (before.pk, event.public_uid)
    assert after.starts_at == datetime(2026, 5, 2, 9, tzinfo=UTC)


def test_a_future_date_the_rule_no_longer_gives_stays_as_cancelled_and_may_come_back(now):
    event = series()
    refresh_occurrences(event, now=now)
    ids = [o.pk for o in event.occurrences.all()]

    event.rrule = "FREQ=WEEKLY;COUNT=2"
    assert refresh_occurrences(event, now=now) == 2
    assert [(o.pk, o.is_cancelled, o.withdrawn_at) for o in event.occurrences.all()] == [
        (ids[0], False, None),
        (ids[1], False, None),
        (ids[2], True, now),
        (ids[3], True, now),
    ]

    event.rrule = "FREQ=WEEKLY;COUNT=3"
    assert refresh_occurrences(event, now=now + timedelta(days=1)) == 3
    assert [o.is_cancelled for o in event.occurrences.all()] == [False, False, False, True]


@pytest.mark.parametrize(
    ("moderation", "at"),
    [
        (Moderation.PUBLISHED, datetime(2026, 5, 1, tzinfo=UTC)),
        (Moderation.DRAFT, datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_date_that_is_past_or_was_never_published_leaves_no_trace(now, moderation, at):
    event = series(moderation=moderation)
    refresh_occurrences(event, now=now)

    event.rrule = "FREQ=WEEKLY;COUNT=2"
    refresh_occurrences(event, now=at)

    assert event.occurrences.count() == 2


def test_cancelling_an_event_does_not_undo_the_dates_that_took_place(now):
    event = series()
    refresh_occurrences(event, now=now)

    event.status, event.cancelled_from = Status.CANCELLED, datetime(2026, 4, 1, tzinfo=UTC)
    assert refresh_occurrences(event, now=event.cancelled_from) == 2

    assert [o.is_cancelled for o in event.occurrences.all()] == [False, False, True, True]


def test_an_endless_series_has_rows_for_two_years_and_grows_with_the_timetable(now):
    event = series(rrule="FREQ=WEEKLY", start_date=date(2020, 1, 4))

    count = refresh_occurrences(event, now=now)
    first_ids = set(event.occurrences.values_list("pk", flat=True))
    assert count == 209
    assert event.occurrences.last().starts_at == datetime(2028, 2, 26, 10, tzinfo=UTC)

    assert extend_occurrences(now=now + timedelta(days=28)) == 1
    assert event.occurrences.last().starts_at == datetime(2028, 3, 25, 10, tzinfo=UTC)
    assert first_ids < set(event.occurrences.values_list("pk", flat=True))
    assert event.occurrences.count() == 213


def test_events_that_are_not_repeated_have_their_date_however_far_away(now):
    event = series(rrule="", start_date=date(2035, 5, 5))

    assert refresh_occurrences(event, now=now) == 1


@pytest.mark.parametrize(
    "rrule",
    ["FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0", "RSCALE=CHINESE;FREQ=YEARLY", "nonsense"],
)
def test_a_rule_that_is_refused_gives_the_first_date_and_says_why(now, rrule):
    """I1."""
    event = series(rrule=rrule)

    refreshed = refresh_many([event], now=now)

    assert starts(event) == ["03-21 10:00"]
    assert refreshed.problems[event.pk].endswith("Only its first date is shown.")


@pytest.mark.parametrize("count", [1, 3])
def test_refresh_many_needs_the_same_queries_for_any_number(now, count, django_assert_num_queries):
    events = [series() for _ in range(count)]
    refresh_many(events, now=now)
    for event in events:
        event.start_time = time(9)

    with django_assert_num_queries(2):  # rows, upsert
        refresh_many(events, now=now)
