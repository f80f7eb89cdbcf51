"""Events as people write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from events.enums import Moderation, Status
from events.errors import InvalidEvent, KeptElsewhere, NoSuchDate, StaleEvent
from events.ical.entry import Text
from events.models import Event, SourceKind
from events.services.editing import (
    cancel_date,
    cancel_event,
    change_event,
    create_event,
    move_date,
    reinstate_event,
    restore_date,
)
from events.services.occurrences import refresh_occurrences
from events.services.values import EventValues, values_of
from tests.factories.events import EventFactory, SourceFactory, TopicFactory
from tests.factories.venues import MembershipFactory, UserFactory, VenueFactory
from venues.errors import NotAllowed
from venues.models import Role
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei")


@pytest.fixture
def editor(venue):
    return MembershipFactory(role=Role.MUSEUM_EDITOR, venue=venue).user


@pytest.fixture
def publisher(venue):
    return MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user


@pytest.fixture
def workshop(venue) -> EventValues:
    """Saturdays in November, 10:00-11:30."""
    return EventValues(
        title=Text("造纸", "Paper making"),
        start=datetime(2026, 11, 7, 10),
        end=datetime(2026, 11, 7, 11, 30),
        timezone="Asia/Shanghai",
        venue=venue,
        kind="workshop",
        rrule="FREQ=WEEKLY;COUNT=4",
    )


@pytest.fixture
def published(venue, workshop, now) -> Event:
    event = create_event(values=workshop, by=SYSTEM, now=now)
    Event.objects.filter(pk=event.pk).update(moderation=Moderation.PUBLISHED)
    return Event.objects.get(pk=event.pk)


def starts(event) -> list[str]:
    return [o.starts_at.strftime("%m-%d %H:%M") for o in event.occurrences.all()]


def test_create_event_writes_a_draft_with_its_dates(editor, workshop, now):
    TopicFactory(slug="craft")

    event = create_event(values=replace(workshop, topics=("craft",)), by=editor, now=now)

    assert (event.moderation, event.sequence, event.source.slug) == ("draft", 0, "local")
    assert [topic.slug for topic in event.topics.all()] == ["craft"]
    assert starts(event) == ["11-07 02:00", "11-14 02:00", "11-21 02:00", "11-28 02:00"]


def test_create_event_refuses_editors_of_other_venues(workshop, now):
    stranger = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=VenueFactory()).user

    with pytest.raises(NotAllowed):
        create_event(values=workshop, by=stranger, now=now)

    assert not Event.objects.exists()


def test_create_event_without_a_venue_is_for_administrators(editor, workshop, now):
    online = replace(workshop, venue=None, kind="online")

    with pytest.raises(NotAllowed):
        create_event(values=online, by=editor, now=now)
    assert create_event(values=online, by=UserFactory(is_superuser=True), now=now).venue is None


def test_create_event_names_every_problem_at_once(editor, workshop, now):
    wrong = replace(
        workshop,
        title=Text("\x00"),
        end=datetime(2026, 11, 7, 9),
        timezone="Mars/Olympus",
        kind="gala",
        url="javascript:alert(1)",
        rrule="FREQ=SECONDLY",
        rdates=(date(2026, 12, 1), datetime(2999, 1, 1)),
        audiences=("cats",),
        topics=("magic",),
        location=Text("长" * 301),
    )

    with pytest.raises(InvalidEvent) as refusal:
        create_event(values=wrong, by=editor, now=now)

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == [
        "title", "location", "url", "timezone", "rdates", "rdates", "end", "rrule", "kind",
        "audiences", "topics",
    ]  # fmt: skip


def test_values_of_gives_back_what_was_stored(editor, workshop, now):
    event = create_event(values=workshop, by=editor, now=now)

    assert values_of(Event.objects.get(pk=event.pk)) == replace(workshop, attendance="on_site")


def test_change_event_raises_the_sequence_and_moves_the_dates(publisher, published, workshop, now):
    later = now + timedelta(hours=1)
    moved = replace(workshop, start=datetime(2026, 11, 7, 14), end=datetime(2026, 11, 7, 16))
    before = [o.public_uid for o in published.occurrences.all()]

    event = change_event(
        event_id=published.pk, seen_sequence=0, values=moved, by=publisher, now=later
    )

    assert (event.sequence, event.changed_at) == (1, later)
    assert starts(event) == ["11-07 06:00", "11-14 06:00", "11-21 06:00", "11-28 06:00"]
    assert [o.public_uid for o in event.occurrences.all()] == before


def test_change_event_writes_nothing_when_nothing_changes(publisher, published, workshop, now):
    event = change_event(
        event_id=published.pk, seen_sequence=0, values=workshop, by=publisher, now=now
    )

    assert event.sequence == 0


def test_change_event_refuses_when_a_colleague_was_faster(publisher, published, workshop, now):
    change = {"event_id": published.pk, "seen_sequence": 0, "by": publisher, "now": now}
    change_event(**change, values=replace(workshop, title=Text("甲")))

    with pytest.raises(StaleEvent) as refusal:
        change_event(**change, values=replace(workshop, title=Text("乙")))

    assert refusal.value.detail == {"sequence": 1}


def test_change_event_leaves_published_events_to_publishers(editor, published, workshop, now):
    with pytest.raises(NotAllowed):
        change_event(event_id=published.pk, seen_sequence=0, values=workshop, by=editor, now=now)


def test_change_event_checks_the_venue_it_leads_to(publisher, published, workshop, now):
    """A3: moving an own event to somebody else's venue."""
    elsewhere = replace(workshop, venue=VenueFactory(slug="elsewhere"))

    with pytest.raises(NotAllowed):
        change_event(
            event_id=published.pk, seen_sequence=0, values=elsewhere, by=publisher, now=now
        )

    assert Event.objects.get().venue.slug == "hefei"


@pytest.mark.parametrize("kind", [SourceKind.SUBSCRIPTION, SourceKind.TOURING])
def test_change_event_leaves_events_that_are_kept_elsewhere(venue, publisher, workshop, now, kind):
    event = EventFactory(venue=venue, source=SourceFactory(kind=kind))

    with pytest.raises(KeptElsewhere):
        change_event(event_id=event.pk, seen_sequence=0, values=workshop, by=publisher, now=now)


def test_change_event_keeps_changed_dates_with_their_day(publisher, published, workshop, now):
    event = move_date(
        event_id=published.pk,
        original_start="2026-11-14T10:00:00",
        start=datetime(2026, 11, 15, 9),
        end=datetime(2026, 11, 15, 10),
        seen_sequence=0,
        by=publisher,
        now=now,
    )
    event = cancel_date(
        event_id=event.pk,
        original_start="2026-11-28T10:00:00",
        seen_sequence=1,
        by=publisher,
        now=now,
    )
    shorter = replace(
        workshop,
        start=datetime(2026, 11, 7, 14),
        end=datetime(2026, 11, 7, 16),
        rrule="FREQ=WEEKLY;COUNT=3",
    )

    event = change_event(event_id=event.pk, seen_sequence=2, values=shorter, by=publisher, now=now)

    assert event.overrides == {
        "2026-11-14T14:00:00": {"start": "2026-11-15T09:00:00", "end": "2026-11-15T10:00:00"}
    }
    assert [o.is_cancelled for o in event.occurrences.all()] == [False, False, False, True]


def test_move_cancel_and_restore_one_date(publisher, published, now):
    date_of = {"event_id": published.pk, "by": publisher, "now": now}
    second = "2026-11-14T10:00:00"
    uid = published.occurrences.all()[1].public_uid

    event = move_date(
        **date_of,
        original_start=second,
        start=datetime(2026, 11, 15, 9),
        end=datetime(2026, 11, 15, 10),
        seen_sequence=0,
    )
    assert starts(event)[1] == "11-15 01:00"
    assert event.occurrences.all()[1].public_uid == uid

    event = cancel_date(**date_of, original_start=second, seen_sequence=1)
    assert [o.is_cancelled for o in event.occurrences.all()] == [False, True, False, False]

    event = restore_date(**date_of, original_start=second, seen_sequence=2)
    assert (event.overrides, event.sequence) == ({}, 3)
    assert starts(event)[1] == "11-14 02:00"


def test_move_date_refuses_a_date_the_event_does_not_have(publisher, published, now):
    with pytest.raises(NoSuchDate):
        cancel_date(
            event_id=published.pk,
            original_start="2026-11-15T10:00:00",
            seen_sequence=0,
            by=publisher,
            now=now,
        )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 11, 14, 10), datetime(2026, 11, 14, 9)),
        (date(2026, 11, 14), date(2026, 11, 15)),
        (datetime(2026, 11, 14, 10, tzinfo=UTC), datetime(2026, 11, 14, 11, tzinfo=UTC)),
    ],
)
def test_move_date_refuses_impossible_times(publisher, published, now, start, end):
    with pytest.raises(InvalidEvent):
        move_date(
            event_id=published.pk,
            original_start="2026-11-14T10:00:00",
            start=start,
            end=end,
            seen_sequence=0,
            by=publisher,
            now=now,
        )


def test_cancel_event_keeps_the_dates_that_are_over_and_can_be_taken_back(publisher, published):
    at = datetime(2026, 11, 15, tzinfo=UTC)

    event = cancel_event(event_id=published.pk, seen_sequence=0, by=publisher, now=at)
    assert (event.status, event.cancelled_from, event.sequence) == (Status.CANCELLED, at, 1)
    assert [o.is_cancelled for o in event.occurrences.all()] == [False, False, True, True]
    again = cancel_event(event_id=published.pk, seen_sequence=1, by=publisher, now=at)
    assert again.sequence == 1

    event = reinstate_event(event_id=published.pk, seen_sequence=1, by=publisher, now=at)
    assert (event.status, event.sequence) == (Status.SCHEDULED, 2)
    assert not any(o.is_cancelled for o in event.occurrences.all())


def test_refresh_occurrences_agrees_with_what_editing_left(published, now):
    before = list(published.occurrences.values())

    refresh_occurrences(published, now=now)

    assert list(published.occurrences.values()) == before
