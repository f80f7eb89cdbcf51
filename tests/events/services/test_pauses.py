"""“Cancelled from … until further notice”, and again after that."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from events.errors import InvalidEvent, StaleEvent
from events.feeds.entries import entry_of
from events.services.occurrences import extend_occurrences, refresh_occurrences
from events.services.pauses import pause_event, resume_event
from tests.factories.events import EventFactory
from tests.factories.venues import UserFactory
from venues.errors import NotAllowed
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def series(now):
    """Saturdays from 2026-11-07, 10:00, for ever."""
    event = EventFactory(
        start_date=date(2026, 11, 7), start_time=time(10), end_time=time(11), rrule="FREQ=WEEKLY"
    )
    refresh_occurrences(event, now=now)
    return event


def cancelled(event, until=date(2027, 1, 1)) -> list[str]:
    rows = event.occurrences.filter(is_cancelled=True, start_date__lt=until)
    return [f"{row.start_date:%m-%d}" for row in rows]


def pause(event, now, first=date(2026, 11, 20), **changes):
    facts = {"event_id": event.pk, "first": first, "seen_sequence": event.sequence, "by": SYSTEM}
    return pause_event(**facts | changes, now=now)


def test_a_series_is_cancelled_until_further_notice_and_dates_in_between_stay_so(series, now):
    """The dates in the pause are cancelled in calendars; those after it take place again."""
    paused = pause(series, now, reason_zh="展厅维修", reason_en="Repairs")

    assert cancelled(paused) == ["11-21", "11-28", "12-05", "12-12", "12-19", "12-26"]
    entry = entry_of(paused.occurrences.get(start_date=date(2026, 11, 21)))
    assert (entry.status, entry.description.en.splitlines()[0]) == ("CANCELLED", "Repairs")
    assert paused.sequence == 1

    resumed = resume_event(
        event_id=series.pk, first=date(2026, 12, 10), seen_sequence=1, by=SYSTEM, now=now
    )

    assert cancelled(resumed) == ["11-21", "11-28", "12-05"]
    assert resumed.sequence == 2


def test_dates_that_the_timetable_adds_are_cancelled_too(series, now):
    pause(series, now)
    later = now + timedelta(days=60)

    extend_occurrences(now=later)

    last = series.occurrences.last()
    assert last.starts_at > now + timedelta(days=760)
    assert (last.is_cancelled, last.reason_zh) == (True, "暂停举办。")


def test_a_pause_that_has_not_begun_is_taken_back_whole(series, now):
    pause(series, now)

    resumed = resume_event(
        event_id=series.pk, first=date(2026, 11, 20), seen_sequence=1, by=SYSTEM, now=now
    )

    assert (resumed.pauses, cancelled(resumed)) == ([], [])


def test_repeating_a_pause_changes_nothing(series, now):
    pause(series, now)

    assert pause(series, now, seen_sequence=1).sequence == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"first": date(2026, 10, 1)}, "2026-10-01 is over; say a day from today on."),
        ({"end": date(2026, 11, 20)}, "2026-11-20 is not included; it must come after 2026-11-20."),
        ({"reason_zh": "长" * 201}, "Use at most 200 characters."),
    ],
)
def test_a_pause_that_cannot_be_is_refused(series, now, changes, message):
    with pytest.raises(InvalidEvent) as refused:
        pause(series, now, **changes)

    assert [problem["message"] for problem in refused.value.detail["problems"]] == [message]


def test_two_pauses_do_not_share_days(series, now):
    pause(series, now, end=date(2026, 12, 1))
    after = pause(series, now, first=date(2026, 12, 1), seen_sequence=1)
    assert len(after.pauses) == 2

    with pytest.raises(InvalidEvent, match="cannot pause"):
        pause(series, now, first=date(2027, 5, 1), seen_sequence=2)


def test_what_takes_place_once_cannot_pause(now):
    event = EventFactory()
    refresh_occurrences(event, now=now)

    with pytest.raises(InvalidEvent):
        pause(event, now)


def test_resuming_without_a_pause_is_refused(series, now):
    with pytest.raises(InvalidEvent, match="Nothing is cancelled"):
        resume_event(
            event_id=series.pk, first=date(2026, 12, 1), seen_sequence=0, by=SYSTEM, now=now
        )


def test_only_its_publishers_pause_a_published_series_and_only_as_they_saw_it(series, now):
    with pytest.raises(NotAllowed):
        pause(series, now, by=UserFactory())
    with pytest.raises(StaleEvent):
        pause(series, now, seen_sequence=7)
    assert cancelled(series) == []


def test_a_pause_of_whole_days_goes_by_the_events_own_calendar(now):
    event = EventFactory(
        start_date=date(2026, 11, 19), start_time=None, end_time=None,
        end_date=date(2026, 11, 20), rrule="FREQ=DAILY;COUNT=3", timezone="America/New_York",
    )  # fmt: skip
    refresh_occurrences(event, now=now)

    pause(event, now, end=date(2026, 11, 21))

    assert cancelled(event) == ["11-20"]
    assert event.occurrences.get(is_cancelled=True).starts_at == datetime.fromisoformat(
        "2026-11-20T05:00:00Z"
    )
