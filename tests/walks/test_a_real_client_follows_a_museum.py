"""vdirsyncer and khal follow a museum: what it announces, moves, cancels and takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from events.ical.entry import Text
from events.services.editing import cancel_date, cancel_event, change_event, create_event
from events.services.publishing import archive_event, publish_event
from events.services.values import EventValues, values_of
from tests.factories.venues import MembershipFactory, VenueFactory
from tests.walks.test_a_real_client_follows_a_tour import RealClient
from venues.models import Role

pytestmark = [pytest.mark.clients, pytest.mark.django_db(transaction=True)]


def test_what_a_museum_creates_moves_cancels_and_takes_back_reaches_a_real_client(
    live_server, calendar_clients, clock, now, tmp_path
):
    venue = VenueFactory(slug="hefei")
    editor = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user
    starts = datetime(2026, 11, 7, 10)
    values = EventValues(
        title=Text("光的故事"),
        start=starts,
        end=starts + timedelta(hours=1),
        timezone="Asia/Shanghai",
        venue=venue,
        rrule="FREQ=WEEKLY;COUNT=3;BYDAY=SA",
    )
    person = RealClient(
        calendar_clients, tmp_path, f"{live_server.url}/feeds/venues/hefei.ics?lang=zh"
    )
    person.subscribe()
    saturdays = [starts.date() + timedelta(weeks=week) for week in range(3)]

    def shown() -> list[list[str]]:
        person.synchronise()
        return [person.shown_on(day) for day in saturdays]

    # vdirsyncer refuses to follow a calendar into complete emptiness: something else stays.
    december = starts + timedelta(days=30)
    other = replace(values, title=Text("另一场"), start=december, end=december, rrule="")
    lasting = create_event(values=other, by=editor, now=now)
    publish_event(event_id=lasting.pk, seen_sequence=lasting.sequence, by=editor, now=now)
    event = create_event(values=values, by=editor, now=now)
    assert shown() == [[], [], []]

    def changed(take, **words):
        moment = clock.pass_(hours=1)
        return take(event_id=event.pk, seen_sequence=event.sequence, by=editor, now=moment, **words)

    event = changed(publish_event)
    assert shown() == [["光的故事|CONFIRMED"]] * 3

    original = event.occurrences.order_by("starts_at")[1].original_start
    event = changed(cancel_date, original_start=original)
    assert shown() == [
        ["光的故事|CONFIRMED"],
        ["已取消：光的故事|CANCELLED"],
        ["光的故事|CONFIRMED"],
    ]

    sunday = timedelta(days=1)
    later = replace(
        values_of(event), start=starts + sunday, end=values.end + sunday, rrule="", exdates=()
    )
    event = changed(change_event, values=later)
    assert person_sees(person, starts.date() + sunday) == ["光的故事|CONFIRMED"]

    event = changed(cancel_event)
    assert person_sees(person, starts.date() + sunday) == ["已取消：光的故事|CANCELLED"]

    event = changed(archive_event)
    assert person_sees(person, starts.date() + sunday) == []


def person_sees(person: RealClient, day) -> list[str]:
    person.synchronise()
    return person.shown_on(day)
