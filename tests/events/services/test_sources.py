"""The one door: what a sync promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from events.enums import Moderation, Status
from events.ical.entry import Entry, Text
from events.models import Event, SourceKind
from events.services.facts import SyncProblem
from events.services.sources import (
    Brake,
    SyncReport,
    public_uid_of,
    source_named,
    sync_source,
)
from tests.factories.events import SourceFactory, TopicFactory
from tests.factories.venues import VenueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

TALK = Entry(
    uid="talk-1",
    title=Text("光的故事", "The story of light"),
    start=datetime(2026, 11, 28, 10),
    end=datetime(2026, 11, 28, 11, 30),
    timezone="Asia/Shanghai",
)
RUN = replace(TALK, uid="run-1", start=date(2026, 12, 1), end=date(2027, 3, 1), kind="exhibition")
WEEKLY = replace(TALK, uid="weekly", rrule="FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def source():
    return SourceFactory(slug="museum")


def rows(source) -> dict[str, Event]:
    return {event.uid: event for event in source.events.all()}


def test_sync_source_makes_a_published_event_of_each_entry(source, now):
    report = sync_source(source=source, entries=[TALK, RUN], now=now)

    assert report == SyncReport(created=2)
    talk, run = rows(source)["talk-1"], rows(source)["run-1"]
    assert (talk.title_zh, talk.title_en) == ("光的故事", "The story of light")
    assert (talk.start_date, talk.start_time) == (date(2026, 11, 28), time(10))
    assert (talk.end_date, talk.end_time) == (date(2026, 11, 28), time(11, 30))
    assert (run.start_date, run.start_time) == (date(2026, 12, 1), None)
    assert (run.end_date, run.end_time) == (date(2027, 3, 1), None)
    assert talk.moderation == Moderation.PUBLISHED
    assert (talk.sequence, talk.changed_at, talk.created_at) == (0, now, now)


def test_sync_source_does_not_write_equal_events(source, now, django_assert_num_queries):
    sync_source(source=source, entries=[TALK, RUN, WEEKLY], now=now)

    # Savepoint, lock, events with topics and references, release: nothing else.
    with django_assert_num_queries(7) as queries:
        report = sync_source(
            source=source, entries=[WEEKLY, RUN, TALK], now=now + timedelta(hours=1)
        )

    assert report == SyncReport(unchanged=3)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_sync_source_raises_the_sequence_of_what_changed_and_of_nothing_else(source, now):
    sync_source(source=source, entries=[TALK, RUN], now=now)
    later = now + timedelta(hours=1)

    report = sync_source(
        source=source, entries=[replace(TALK, location=Text("二楼")), RUN], now=later
    )

    assert report == SyncReport(updated=1, unchanged=1)
    talk, run = rows(source)["talk-1"], rows(source)["run-1"]
    assert (talk.sequence, talk.changed_at, talk.location_zh) == (1, later, "二楼")
    assert (run.sequence, run.changed_at) == (0, now)


def test_sync_source_cancels_what_is_missing_and_restores_it_under_the_same_identity(source, now):
    sync_source(source=source, entries=[TALK, RUN], now=now)
    before = rows(source)["talk-1"]

    gone = sync_source(source=source, entries=[RUN], now=now + timedelta(hours=1))
    assert gone == SyncReport(cancelled=1, unchanged=1)
    cancelled = rows(source)["talk-1"]
    assert (cancelled.status, cancelled.sequence) == (Status.CANCELLED, 1)

    again = sync_source(source=source, entries=[RUN], now=now + timedelta(hours=2))
    assert again == SyncReport(unchanged=1)

    back = sync_source(source=source, entries=[TALK, RUN], now=now + timedelta(hours=3))
    assert back == SyncReport(restored=1, unchanged=1)
    restored = rows(source)["talk-1"]
    assert (restored.pk, restored.public_uid) == (before.pk, before.public_uid)
    assert (restored.status, restored.sequence) == (Status.SCHEDULED, 2)
    assert restored.cancelled_from is None


@pytest.mark.parametrize("count", [1, 3, 15])
def test_sync_source_needs_the_same_queries_for_any_number_of_entries(
    source, now, count, django_assert_max_num_queries
):
    VenueFactory(slug="hefei")
    TopicFactory(slug="light")
    entries = [
        replace(WEEKLY, uid=f"w{n}", venue="hefei", topics=("light",), refids=(f"unit:{n}",))
        for n in range(count)
    ]
    sync_source(source=source, entries=entries, now=now)
    changed = [replace(e, title=Text("改了")) for e in entries]

    with django_assert_max_num_queries(15) as queries:
        sync_source(source=source, entries=changed, now=now + timedelta(hours=1))

    assert len(queries) == 15


def test_sync_source_leaves_other_sources_alone_though_uids_are_equal(source, now):
    """I7: a UID means something only inside its source."""
    other = SourceFactory(slug="other")
    sync_source(source=source, entries=[TALK], now=now)
    sync_source(source=other, entries=[replace(TALK, title=Text("别的"))], now=now)

    sync_source(source=other, entries=[], now=now + timedelta(hours=1))

    assert rows(source)["talk-1"].status == Status.SCHEDULED
    assert rows(other)["talk-1"].status == Status.CANCELLED
    assert rows(source)["talk-1"].public_uid != rows(other)["talk-1"].public_uid


def test_sync_source_ignores_a_sender_whose_sequence_goes_back(source, now):
    """I7: ours is our own count, and never falls."""
    sync_source(source=source, entries=[replace(TALK, sequence=9)], now=now)

    report = sync_source(source=source, entries=[replace(TALK, sequence=2)], now=now)

    assert report == SyncReport(unchanged=1)
    assert rows(source)["talk-1"].sequence == 0


def test_sync_source_takes_the_latest_revision_of_one_uid(source, now):
    """I7: the same UID twice."""
    old, new = replace(TALK, title=Text("旧")), replace(TALK, title=Text("新"), sequence=1)

    for order in ([old, new], [new, old]):
        report = sync_source(source=source, entries=order, now=now)
        assert report.problems == ()
        assert [event.title_zh for event in source.events.all()] == ["新"]


def test_sync_source_keeps_different_entries_that_share_one_uid(source, now):
    """I7: some programs write every event under the same UID."""
    second = replace(TALK, start=datetime(2026, 12, 5, 10), end=datetime(2026, 12, 5, 11))

    report = sync_source(source=source, entries=[TALK, second, TALK], now=now)

    assert sorted(rows(source)) == ["talk-1#2026-11-28T10:00:00", "talk-1#2026-12-05T10:00:00"]
    assert report.created == 2
    assert [p.message for p in report.problems] == [
        "2 different entries share one UID; each is kept as its own event."
    ]


def test_sync_source_keeps_changed_dates_as_overrides_of_their_series(source, now):
    moved = replace(
        WEEKLY,
        rrule="",
        recurrence_id=datetime(2026, 12, 5, 10),
        start=datetime(2026, 12, 6, 14),
        end=datetime(2026, 12, 6, 15, 30),
    )
    dropped = replace(
        WEEKLY,
        rrule="",
        recurrence_id=datetime(2026, 12, 12, 10),
        start=datetime(2026, 12, 12, 10),
        end=datetime(2026, 12, 12, 11, 30),
        status="CANCELLED",
    )
    retitled = replace(
        dropped,
        recurrence_id=datetime(2026, 12, 19, 10),
        start=datetime(2026, 12, 19, 10),
        end=datetime(2026, 12, 19, 11, 30),
        status="CONFIRMED",
        title=Text("光的故事（手语）", "The story of light"),
    )

    report = sync_source(source=source, entries=[retitled, moved, WEEKLY, dropped], now=now)

    assert report == SyncReport(created=1)
    assert rows(source)["weekly"].overrides == {
        "2026-12-05T10:00:00": {"start": "2026-12-06T14:00:00", "end": "2026-12-06T15:30:00"},
        "2026-12-12T10:00:00": {"cancelled": True},
        "2026-12-19T10:00:00": {"title_zh": "光的故事（手语）"},
    }


def test_sync_source_reads_the_recurrence_id_in_the_time_zone_it_is_given_in(source, now):
    moved = replace(
        WEEKLY,
        rrule="",
        timezone="Etc/UTC",
        recurrence_id=datetime(2026, 12, 5, 2),
        start=datetime(2026, 12, 5, 3),
        end=datetime(2026, 12, 5, 4, 30),
    )

    sync_source(source=source, entries=[WEEKLY, moved], now=now)

    assert rows(source)["weekly"].overrides == {
        "2026-12-05T10:00:00": {"start": "2026-12-05T11:00:00", "end": "2026-12-05T12:30:00"}
    }


def test_sync_source_keeps_a_date_without_its_series_as_an_event(source, now):
    """I7: an orphaned RECURRENCE-ID."""
    orphan = replace(TALK, recurrence_id=datetime(2026, 11, 21, 10))

    report = sync_source(source=source, entries=[orphan], now=now)

    assert list(rows(source)) == ["talk-1#2026-11-21T10:00:00"]
    assert report.problems == (
        SyncProblem("talk-1", "The date 2026-11-21 10:00:00 names a series that is missing."),
    )


def test_sync_source_names_unknown_words_and_takes_the_rest(source, now):
    VenueFactory(slug="hefei")
    TopicFactory(slug="light")
    odd = replace(
        TALK, venue="atlantis", topics=("light", "magic"), audiences=("youth", "cats"), kind="gala"
    )

    report = sync_source(source=source, entries=[odd], now=now)

    event = rows(source)["talk-1"]
    assert (event.venue, event.kind, event.audiences) == (None, "other", ["youth"])
    assert [topic.slug for topic in event.topics.all()] == ["light"]
    assert [problem.message for problem in report.problems] == [
        "There is no topic 'magic'; it was left out.",
        "There is no venue 'atlantis' in the network.",
        "“光的故事”: audience 'cats' is not known and was left out.",
        "“光的故事”: kind 'gala' is not known; it counts as “other”.",
    ]


def test_sync_source_falls_back_to_the_venue_of_the_source(now):
    home, guest = VenueFactory(slug="home"), VenueFactory(slug="guest")
    source = SourceFactory(venue=home)
    online = replace(TALK, uid="stream", kind="online")

    sync_source(source=source, entries=[TALK, replace(RUN, venue="guest"), online], now=now)

    assert {uid: event.venue for uid, event in rows(source).items()} == {
        "talk-1": home,
        "run-1": guest,
        "stream": None,
    }


def test_sync_source_stores_no_control_characters(source, now):
    """I6: NUL, lone CR, VT, U+2028 and lone surrogates."""
    dirty = replace(
        TALK,
        uid="a\x00b",
        title=Text("光\x0bEvil\u2028: x\x00", "Li\ud800ght\r\nBEGIN:VEVENT"),
        description=Text("one\rtwo\u2029three\x07"),
        url="https://museum.example/\x7fa\r\nb",
    )

    sync_source(source=source, entries=[dirty], now=now)

    event = source.events.get()
    assert (event.title_zh, event.title_en) == ("光 Evil : x", "Light BEGIN:VEVENT")
    assert event.description_zh == "one\ntwo\nthree"
    assert event.url == "https://museum.example/ab"
    assert event.uid.startswith("ab~")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_sync_source_drops_addresses_no_page_may_link_to(source, now, url):
    """I9."""
    report = sync_source(source=source, entries=[replace(TALK, url=url)], now=now)

    assert source.events.get().url == ""
    assert len(report.problems) == 1


def test_sync_source_cuts_what_is_too_long_and_says_so(source, now):
    long = replace(TALK, uid="u" * 400, title=Text("长" * 301), rrule="FREQ=DAILY;" + "B" * 2000)

    report = sync_source(source=source, entries=[long], now=now)

    event = source.events.get()
    assert (len(event.title_zh), event.title_zh[-1], event.rrule) == (300, "…", "")
    assert len(event.uid) == 233
    assert len(report.problems) == 2
    assert sync_source(source=source, entries=[long], now=now).unchanged == 1


def test_sync_source_leaves_what_editors_decided(source, now):
    sync_source(source=source, entries=[TALK], now=now)
    Event.objects.update(moderation=Moderation.ARCHIVED, status=Status.FULL)

    report = sync_source(source=source, entries=[replace(TALK, title=Text("新"))], now=now)

    event = source.events.get()
    assert report == SyncReport(updated=1)
    assert (event.moderation, event.status, event.title_zh) == ("archived", "full", "新")


def test_sync_source_with_a_brake_keeps_events_when_too_many_are_missing(source, now):
    entries = [replace(TALK, uid=f"t{n}") for n in range(20)]
    sync_source(source=source, entries=entries, now=now)

    held = sync_source(source=source, entries=entries[:14], now=now, brake=Brake())
    assert (held.cancelled, held.held, held.unchanged) == (0, 6, 14)
    assert "6 of 20 coming events are missing" in held.problems[0].message

    few = sync_source(source=source, entries=entries[:15], now=now, brake=Brake())
    assert (few.cancelled, few.held) == (5, 0)


def test_an_event_cancelled_by_its_sender_is_cancelled_from_its_first_date(source, now):
    past = replace(
        TALK,
        status="CANCELLED",
        start=datetime(2026, 10, 1, 10),
        end=datetime(2026, 10, 1, 11),
    )

    sync_source(source=source, entries=[past], now=now)

    assert source.events.get().cancelled_from == datetime(2026, 10, 1, 2, tzinfo=UTC)


def test_public_uid_of_is_opaque_fit_for_an_address_and_always_the_same():
    assert public_uid_of(source_slug="museum", uid="talk-1") == (
        "o7i7yc2xvr5oacytkhjqcyyvga@orrery.example"
    )
    assert public_uid_of(source_slug="a", uid="bc") != public_uid_of(source_slug="ab", uid="c")


def test_source_named_makes_a_source_once(now):
    first = source_named(slug="plan-7", kind="touring", name="巡展", now=now)
    second = source_named(slug="plan-7", kind="touring", name="改名", now=now)

    assert (first, first.kind, second.name_zh) == (second, SourceKind.TOURING, "巡展")


@pytest.mark.parametrize(
    "entries",
    [
        [TALK, RUN, WEEKLY],
        [replace(TALK, title=Text("改", "")), replace(WEEKLY, rrule="FREQ=SECONDLY")],
        [replace(RUN, kind="nonsense", venue="nowhere", topics=("no-such",)), TALK],
        [replace(TALK, uid="new", rrule="FREQ=DAILY;INTERVAL=0"), RUN],
        [],
    ],
    ids=["the same and new", "a bad rule", "odd facts", "new with a bad rule", "none"],
)
def test_a_trial_writes_nothing_and_says_what_will_be_done(source, now, entries):
    sync_source(source=source, entries=[TALK, RUN], now=now)
    later, before = now + timedelta(hours=1), list(source.events.order_by("pk").values())

    trial = sync_source(source=source, entries=entries, now=later, is_trial=True)

    assert list(source.events.order_by("pk").values()) == before
    assert sync_source(source=source, entries=entries, now=later) == trial
