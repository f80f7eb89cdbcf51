"""“This and all that follow”."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from events.enums import Status
from events.errors import InvalidEvent, KeptElsewhere, NoSuchDate
from events.ical.entry import Text
from events.models import EventReference, SourceKind
from events.services.editing import cancel_date, change_event, describe_date
from events.services.occurrences import refresh_occurrences
from events.services.splitting import split_series, values_from
from events.services.values import values_of
from tests.factories.events import EventFactory, ParticipationFactory, SourceFactory
from tests.factories.venues import UserFactory
from venues.errors import NotAllowed
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def series(now, **changes):
    """Saturdays 10:00-11:00 from 2026-11-07 on."""
    values = {
        "start_date": date(2026, 11, 7),
        "start_time": time(10),
        "end_time": time(11),
        "rrule": "FREQ=WEEKLY;COUNT=6",
    }
    event = EventFactory(**values | changes)
    refresh_occurrences(event, now=now)
    return event


def split(event, at, now, values=None, **changes):
    event.refresh_from_db()
    values = values or values_from(event, at)
    facts = {"seen_sequence": event.sequence, "by": SYSTEM} | changes
    return split_series(event_id=event.pk, original_start=at, values=values, now=now, **facts)


def taking_place(event) -> list[str]:
    rows = event.occurrences.filter(is_cancelled=False)
    return [row.original_start[5:13] for row in rows]


def test_the_old_series_ends_before_the_date_and_a_new_one_begins_with_it(now):
    """Dates before keep their UIDs; those after stay as cancelled under the old ones."""
    event = series(now)
    uids = [row.public_uid for row in event.occurrences.all()]

    new = split(event, "2026-11-28T10:00:00", now)

    event.refresh_from_db()
    assert (event.rrule, new.rrule) == (
        "FREQ=WEEKLY;UNTIL=20261121T020000Z",
        "FREQ=WEEKLY;COUNT=3",
    )
    assert taking_place(event) == ["11-07T10", "11-14T10", "11-21T10"]
    assert taking_place(new) == ["11-28T10", "12-05T10", "12-12T10"]
    rows = list(event.occurrences.all())
    assert [row.public_uid for row in rows] == uids
    assert [row.withdrawn_at for row in rows] == [None, None, None, now, now, now]
    assert (event.sequence, new.sequence, new.moderation) == (1, 0, "published")
    assert new.public_uid != event.public_uid


def test_the_new_series_says_what_the_editor_says(now):
    event = series(now)
    values = replace(
        values_from(event, "2026-11-28T10:00:00"),
        title=Text("下半场"),
        start=datetime(2026, 11, 28, 14),
        end=datetime(2026, 11, 28, 15),
    )

    new = split(event, "2026-11-28T10:00:00", now, values)

    event.refresh_from_db()
    assert (new.title_zh, taking_place(new)[0]) == ("下半场", "11-28T14")
    assert event.title_zh != "下半场"


def test_single_dates_references_and_campaigns_go_along(now):
    event = series(now, rdates=["2026-11-10T10:00:00", "2026-12-09T10:00:00"],
                   exdates=["2026-11-14T10:00:00", "2026-12-05T10:00:00"])  # fmt: skip
    EventReference.objects.create(event=event, refid="unit:A")
    participation = ParticipationFactory(event=event)
    for at, sequence in (("2026-11-21T10:00:00", 0), ("2026-12-12T10:00:00", 1)):
        cancel_date(
            event_id=event.pk, original_start=at, seen_sequence=sequence, by=SYSTEM, now=now
        )

    new = split(event, "2026-11-28T10:00:00", now)

    event.refresh_from_db()
    assert taking_place(event) == ["11-07T10", "11-10T10"]
    assert taking_place(new) == ["11-28T10", "12-09T10"]
    assert (list(event.overrides), list(new.overrides)) == (
        ["2026-11-21T10:00:00"],
        ["2026-12-12T10:00:00"],
    )
    assert [each.refid for each in new.references.all()] == ["unit:A"]
    assert new.participations.get().campaign == participation.campaign
    assert event.participations.count() == 1


def test_a_split_series_can_be_split_again_and_changed(now):
    event = series(now)
    middle = split(event, "2026-11-21T10:00:00", now)
    last = split(middle, "2026-12-05T10:00:00", now)

    middle.refresh_from_db()
    change_event(
        event_id=middle.pk, seen_sequence=middle.sequence, by=SYSTEM, now=now,
        values=replace(values_of(middle), title=Text("中")),
    )  # fmt: skip
    assert [taking_place(each) for each in (event, middle, last)] == [
        ["11-07T10", "11-14T10"],
        ["11-21T10", "11-28T10"],
        ["12-05T10", "12-12T10"],
    ]


def test_every_second_week_keeps_its_weeks(now):
    event = series(now, rrule="FREQ=WEEKLY;INTERVAL=2;UNTIL=20270101")

    new = split(event, "2026-12-05T10:00:00", now)

    assert taking_place(event) == ["11-07T10", "11-21T10"]
    assert taking_place(new) == ["12-05T10", "12-19T10"]


def test_dates_given_one_by_one_and_lunar_days_are_split_too(now):
    listed = series(now, rrule="", rdates=["2026-11-09T10:00:00", "2026-11-12T10:00:00"])
    lunar = series(now, rrule="", lunar_rule="腊月廿三", start_date=date(2027, 1, 30))

    after_listed = split(listed, "2026-11-09T10:00:00", now)
    after_lunar = split(lunar, "2028-01-19T10:00:00", now)

    assert (taking_place(listed), taking_place(after_listed)) == (
        ["11-07T10"],
        ["11-09T10", "11-12T10"],
    )
    assert (taking_place(lunar), taking_place(after_lunar)) == (["01-30T10"], ["01-19T10"])


def test_days_are_split_as_days(now):
    event = series(now, start_time=None, end_time=None, end_date=date(2026, 11, 8),
                   rrule="FREQ=DAILY;COUNT=4")  # fmt: skip

    new = split(event, "2026-11-09", now)

    event.refresh_from_db()
    assert (event.rrule, new.rrule) == ("FREQ=DAILY;UNTIL=20261108", "FREQ=DAILY;COUNT=2")
    assert [row.start_date.day for row in new.occurrences.all()] == [9, 10]


def test_what_cannot_be_a_beginning_is_refused_and_nothing_is_written(now):
    event = series(now, rdates=["2026-11-10T10:00:00"])

    for at in ("2026-11-08T10:00:00", "soon"):
        with pytest.raises(NoSuchDate):
            split(event, at, now)
    with pytest.raises(InvalidEvent, match="the first date"):
        split(event, "2026-11-07T10:00:00", now)
    with pytest.raises(InvalidEvent, match="added by itself"):
        split(event, "2026-11-10T10:00:00", now)
    event.refresh_from_db()
    assert (event.sequence, event.rrule) == (0, "FREQ=WEEKLY;COUNT=6")


def test_read_and_cancelled_series_are_not_split_here_nor_by_strangers(now):
    at = "2026-11-28T10:00:00"
    read = series(now, source=SourceFactory(kind=SourceKind.SUBSCRIPTION))
    cancelled = series(now, status=Status.CANCELLED)
    own = series(now)

    with pytest.raises(KeptElsewhere):
        split(read, at, now)
    with pytest.raises(InvalidEvent, match="reinstate it first"):
        split(cancelled, at, now)
    with pytest.raises(NotAllowed):
        split(own, at, now, by=UserFactory())


def test_a_moved_wording_of_a_date_stays_with_its_day_in_the_new_series(now):
    event = series(now)
    describe_date(
        event_id=event.pk, original_start="2026-12-05T10:00:00", texts={"title_zh": "加场"},
        seen_sequence=0, by=SYSTEM, now=now,
    )  # fmt: skip
    event.refresh_from_db()
    start = datetime(2026, 11, 28, 14)
    values = replace(
        values_from(event, "2026-11-28T10:00:00"), start=start, end=start.replace(hour=15)
    )

    new = split(event, "2026-11-28T10:00:00", now, values)

    assert new.overrides == {"2026-12-05T14:00:00": {"title_zh": "加场"}}
