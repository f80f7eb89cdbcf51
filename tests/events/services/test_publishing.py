"""The editorial way of an event."""

from __future__ import annotations

from functools import partial

import pytest

from events.enums import Moderation
from events.errors import NothingToPublish, StaleEvent, WrongState
from events.models import Event
from events.services.publishing import archive_event, publish_event, return_event, submit_event
from tests.factories.events import EventFactory
from tests.factories.venues import MembershipFactory
from venues.errors import NotAllowed
from venues.models import Role

return_with_reason = partial(return_event, reason="请补充年龄")

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def draft():
    return EventFactory(moderation=Moderation.DRAFT, sequence=3, rrule="FREQ=WEEKLY;COUNT=2")


@pytest.fixture
def publisher(draft):
    return MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=draft.venue).user


@pytest.fixture
def editor(draft):
    return MembershipFactory(role=Role.MUSEUM_EDITOR, venue=draft.venue).user


def test_publish_event_shows_the_event_with_its_dates(draft, publisher, now):
    event = publish_event(event_id=draft.pk, seen_sequence=3, by=publisher, now=now)

    assert (event.moderation, event.sequence, event.changed_at) == ("published", 4, now)
    assert event.occurrences.count() == 2
    assert list(Event.objects.shown_to_all()) == [event]


def test_publish_event_refuses_when_a_colleague_was_faster(draft, publisher, now):
    with pytest.raises(StaleEvent) as refusal:
        publish_event(event_id=draft.pk, seen_sequence=2, by=publisher, now=now)

    assert refusal.value.detail == {"sequence": 3}


def test_publish_event_refuses_editors(draft, editor, now):
    with pytest.raises(NotAllowed):
        publish_event(event_id=draft.pk, seen_sequence=3, by=editor, now=now)


def test_publish_event_refuses_an_event_without_a_date_and_leaves_it_as_it_was(publisher, now):
    event = EventFactory(
        venue=publisher.memberships.get().venue,
        moderation=Moderation.DRAFT,
        exdates=["2026-11-07T10:00:00"],
    )

    with pytest.raises(NothingToPublish):
        publish_event(event_id=event.pk, seen_sequence=0, by=publisher, now=now)

    event.refresh_from_db()
    assert (event.moderation, event.sequence) == (Moderation.DRAFT, 0)


def test_an_event_goes_back_and_forth_between_editor_and_publisher(draft, editor, publisher, now):
    way = [
        (submit_event, editor, Moderation.SUBMITTED),
        (return_with_reason, publisher, Moderation.RETURNED),
        (submit_event, editor, Moderation.SUBMITTED),
        (publish_event, publisher, Moderation.PUBLISHED),
        (archive_event, publisher, Moderation.ARCHIVED),
        (publish_event, publisher, Moderation.PUBLISHED),
    ]
    for number, (step, actor, state) in enumerate(way):
        event = step(event_id=draft.pk, seen_sequence=3 + number, by=actor, now=now)

        assert event.moderation == state


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (publish_event, Moderation.PUBLISHED),
        (submit_event, Moderation.PUBLISHED),
        (return_with_reason, Moderation.DRAFT),
        (archive_event, Moderation.ARCHIVED),
    ],
)
def test_a_step_from_the_wrong_state_is_refused(draft, publisher, now, step, state):
    Event.objects.update(moderation=state)

    with pytest.raises(WrongState) as refusal:
        step(event_id=draft.pk, seen_sequence=3, by=publisher, now=now)

    assert refusal.value.detail == {"moderation": state.value}
