"""Staff are invited to an event and hear what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from events.errors import WrongState
from events.itip.party import Attendee
from events.models import Invitation, OutgoingMail
from events.services.editing import cancel_event, change_event
from events.services.guests import guest_entry, invite_guests, update_invitations
from events.services.values import values_of
from tests.factories.events import EventFactory
from tests.factories.venues import UserFactory
from venues.errors import NotAllowed

pytestmark = pytest.mark.django_db

GUIDE = Attendee("guide@museum.example", "李娜")


@pytest.fixture
def boss():
    return UserFactory(is_superuser=True)


def told() -> list[tuple[str, int]]:
    return list(Invitation.objects.values_list("said", "sequence"))


def test_a_changed_event_is_told_and_an_unchanged_one_is_not(now, boss):
    event = EventFactory()
    invite_guests(event=event, attendees=[GUIDE], by=boss, now=now)
    OutgoingMail.objects.update(state="sent")
    update_invitations(now=now)
    assert told() == [("REQUEST", 0)]

    values = values_of(event)
    later = now + timedelta(hours=1)
    change_event(
        event_id=event.pk, seen_sequence=0, by=boss, now=later,
        values=replace(values, start=values.start.replace(hour=9)),
    )  # fmt: skip
    update_invitations(now=later)

    assert told() == [("REQUEST", 1)]
    assert Invitation.objects.get().record["start"] == "2026-11-07T09:00:00"


def test_a_cancelled_event_withdraws_its_invitations(now, boss):
    event = EventFactory()
    invite_guests(event=event, attendees=[GUIDE], by=boss, now=now)
    OutgoingMail.objects.update(state="sent")

    cancel_event(event_id=event.pk, seen_sequence=0, by=boss, now=now)
    update_invitations(now=now)

    assert told() == [("CANCEL", 1)]


def test_a_series_is_one_invitation_without_its_cancelled_dates():
    event = EventFactory(
        rrule="FREQ=WEEKLY;COUNT=4", overrides={"2026-11-14T10:00:00": {"cancelled": True}}
    )

    entry = guest_entry(event)

    assert (entry.rrule, entry.start.time()) == ("FREQ=WEEKLY;COUNT=4", time(10))
    assert [each.isoformat() for each in entry.exdates] == ["2026-11-14T10:00:00"]


def test_more_people_may_be_invited_later(now, boss):
    event = EventFactory()
    for address in ("a@museum.example", "b@museum.example"):
        invite_guests(
            event=event, attendees=[Attendee(address)], keep_others=True, by=boss, now=now
        )

    assert told() == [("REQUEST", 0)] * 2


def test_strangers_invite_nobody(now):
    """E8: no mail to people outside scope."""
    with pytest.raises(NotAllowed):
        invite_guests(event=EventFactory(), attendees=[GUIDE], by=UserFactory(), now=now)


def test_nobody_is_invited_to_a_draft(now, boss):
    with pytest.raises(WrongState):
        invite_guests(event=EventFactory(moderation="draft"), attendees=[GUIDE], by=boss, now=now)
