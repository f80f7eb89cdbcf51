"""What a feed shows on a day: window, tombstones, size; and that nothing bad takes it down."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from events.enums import Status
from events.feeds import render, rows
from events.feeds.feed import Feed, window_of
from events.feeds.fragments import Head, Piece
from events.feeds.render import nearest, render_feed
from events.feeds.rows import today_of
from events.feeds.version import feed_version
from events.ical.entry import Text
from events.models import Event
from events.queries import EventFilter, Window
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import VenueFactory

FEED = Feed("search", "", Text("全部", "All"), timezone="Asia/Shanghai")
DAY = timedelta(days=1)


def rendered(now: datetime, feed: Feed = FEED) -> str:
    _, data = render_feed(feed, feed_version(feed, now=now))
    return data.decode().replace("\r\n ", "")


def on(day: date, **facts):
    return OccurrenceFactory(event=EventFactory(start_date=day, **facts)).event


def piece(day: date, size: int) -> Piece:
    head = Head(
        order=f"{day.isoformat()}T00:00:00 x",
        over_on=(day + DAY).isoformat(),
        ends_year=str(day.year),
        timezone="",
        changed_at="",
    )
    return Piece(0, "", str(head), b"x" * size)


# ---- the window ----------------------------------------------------------------------------------


def test_window_is_ninety_days_back_and_eighteen_months_ahead():
    assert window_of(date(2026, 11, 2)) == Window(date(2026, 8, 4), date(2028, 5, 2))
    assert window_of(date(2026, 8, 31)) == Window(date(2026, 6, 2), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("timezone", "today"),
    [("Asia/Shanghai", date(2026, 11, 3)), ("America/New_York", date(2026, 11, 2))],
)
def test_window_begins_with_the_day_in_the_feeds_zone(timezone, today):
    evening_in_london = datetime(2026, 11, 2, 20, 0, tzinfo=UTC)

    assert today_of(replace(FEED, timezone=timezone), evening_in_london) == today


@pytest.mark.django_db
def test_days_at_the_edges_of_the_window(now):
    on(date(2026, 8, 3), title_zh="before")
    on(date(2026, 8, 4), title_zh="first")
    on(date(2028, 5, 1), title_zh="last")
    on(date(2028, 5, 2), title_zh="beyond")

    text = rendered(now)

    assert [title in text for title in ("before", "first", "last", "beyond")] == [
        False,
        True,
        True,
        False,
    ]


# ---- cancelled dates -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("days_ago", "is_told"), [(0, True), (59, True), (60, True), (61, False)])
def test_cancelled_date_is_told_for_sixty_days(now, days_ago, is_told):
    event = EventFactory(
        start_date=date(2027, 6, 1),
        status=Status.CANCELLED,
        changed_at=now - days_ago * DAY,
    )
    OccurrenceFactory(event=event, is_cancelled=True)

    assert ("STATUS:CANCELLED" in rendered(now)) is is_told


# ---- the size ------------------------------------------------------------------------------------


def test_everything_is_kept_where_there_is_room():
    today = date(2026, 11, 2)
    all_of_them = [piece(today + n * DAY, 100) for n in range(-3, 3)]

    assert nearest(all_of_them, 600, today=today) == all_of_them


@pytest.mark.parametrize(
    ("room", "days"),
    [
        (599, [-2, -1, 0, 1, 2]),
        (400, [-2, -1, 0, 1]),
        (300, [-1, 0, 1]),
        (199, [0]),
        (99, []),
    ],
)
def test_far_future_is_cut_first_and_the_past_gets_half_at_most(room, days):
    today = date(2026, 11, 2)
    all_of_them = [piece(today + n * DAY, 100) for n in range(-3, 3)]

    kept = nearest(all_of_them, room, today=today)

    assert [(date.fromisoformat(each.head[:10]) - today).days for each in kept] == days


@pytest.mark.django_db
def test_feed_that_is_too_long_is_cut_and_says_so(now, monkeypatch):
    monkeypatch.setattr(render, "MAX_BYTES", 45_000)
    for n in range(20):
        on(date(2026, 11, 10) + n * DAY, title_zh=f"第{n}场", description_zh="很长" * 100)

    text = rendered(now, replace(FEED, language="zh"))

    shown = text.count("BEGIN:VEVENT")
    assert 0 < shown < 20
    assert len(text.encode()) <= 45_000
    last = date(2026, 11, 10) + (shown - 1) * DAY
    assert f"活动过多，只显示到{last}为止" in text
    assert f"第{shown - 1}场" in text
    assert f"第{shown}场" not in text


@pytest.mark.django_db
def test_feed_that_is_not_cut_does_not_say_so(now):
    on(date(2026, 11, 10))

    assert "活动过多" not in rendered(now)


@pytest.mark.django_db
def test_crowd_of_past_dates_does_not_hide_what_is_to_come(now, monkeypatch):
    monkeypatch.setattr(rows, "MAX_ROWS", 10)
    for n in range(1, 16):
        on(date(2026, 11, 2) - n * DAY, title_zh=f"past-{n:02}")
    for n in range(15):
        on(date(2026, 11, 2) + n * DAY, title_zh=f"coming-{n:02}")

    text = rendered(now)

    assert [n for n in range(1, 16) if f"past-{n:02}" in text] == [1, 2, 3, 4, 5]
    assert [n for n in range(15) if f"coming-{n:02}" in text] == [0, 1, 2, 3, 4]


# ---- robustness ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_row_that_no_calendar_can_show_is_left_out_and_reported(now, caplog):
    on(date(2026, 11, 10), title_zh="good")
    broken = on(date(2026, 11, 11), title_zh="broken")
    Event.objects.filter(pk=broken.pk).update(title_zh="", title_en="")

    with caplog.at_level(logging.ERROR):
        text = rendered(now)

    assert "good" in text
    assert text.count("BEGIN:VEVENT") == 1
    assert f"occurrence {broken.occurrences.get().pk} is missing from feeds" in caplog.text


@pytest.mark.django_db
def test_empty_feed_is_a_calendar(now):
    text = rendered(now)

    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "VEVENT" not in text


# ---- the version ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_version_depends_on_name_language_address_and_code(now, monkeypatch, settings):
    usual = feed_version(FEED, now=now).etag

    assert feed_version(FEED, now=now + timedelta(hours=14)).etag == usual
    assert feed_version(replace(FEED, name=Text("另")), now=now).etag != usual
    assert feed_version(replace(FEED, language="en"), now=now).etag != usual
    assert feed_version(replace(FEED, subject="free=true"), now=now).etag != usual
    monkeypatch.setattr("events.feeds.release.code", lambda: "another release")
    assert feed_version(FEED, now=now).etag != usual
    monkeypatch.undo()
    settings.SITE_URL = "https://calendar.example.org"
    assert feed_version(FEED, now=now).etag != usual


@pytest.mark.django_db
def test_version_reads_no_text_and_costs_one_query(now, django_assert_num_queries):
    for n in range(3):
        on(date(2026, 11, 10) + n * DAY, venue=VenueFactory())
    first = feed_version(FEED, now=now)

    with django_assert_num_queries(1) as asked:
        version = feed_version(FEED, now=now)

    assert version == first
    assert len(version.etag) == 32
    assert "title_zh" not in asked.captured_queries[0]["sql"]
    assert "description" not in asked.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_on_today_moves_with_the_day(now):
    feed = replace(FEED, asked=EventFilter(on="today", today=date(2026, 11, 2)))
    on(date(2026, 11, 2), title_zh="monday")
    on(date(2026, 11, 3), title_zh="tuesday")

    tomorrow = replace(feed, asked=replace(feed.asked, today=date(2026, 11, 3)))

    assert "monday" in rendered(now, feed)
    assert "tuesday" in rendered(now, tomorrow)
    assert feed_version(feed, now=now).etag != feed_version(tomorrow, now=now).etag
