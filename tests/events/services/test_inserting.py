"""Rows written in large numbers are the rows that Django would write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from events.enums import Moderation, Status
from events.models import Event, Occurrence
from events.services.inserting import insert_all
from tests.factories.events import EventFactory, SourceFactory
from tests.factories.venues import VenueFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

KINDS = [
    {},
    {"title_zh": "%s '—\\ 100 %", "description_zh": "一\n二", "audiences": ["family", "youth"]},
    {"start_time": None, "end_time": None, "end_date": date(2027, 1, 2), "is_free": None},
    {
        "is_free": False,
        "price_amount": Decimal("12.50"),
        "price_currency": "CNY",
        "age_min": 6,
        "grades": [1, 2],
    },
    {"overrides": {"2026-11-07T10:00:00": {"title_zh": "换", "start": "2026-11-08T10:00:00"}}},
    {"moderation": Moderation.DRAFT, "status": Status.POSTPONED, "sequence": 7},
    {
        "status": Status.CANCELLED,
        "cancelled_from": datetime(2026, 11, 2, 1, 2, 3, 456_789, tzinfo=UTC),
        "end_time": time(23),
    },
]


def made(prefix: str, number: int = 45) -> list[Event]:
    source, venue = SourceFactory(), VenueFactory()
    return [
        EventFactory.build(
            source=source,
            venue=venue,
            uid=f"{prefix}{n}",
            public_uid=f"{prefix}{n}@x",
            **{"title_zh": "题", "title_en": "", **KINDS[n % len(KINDS)]},
        )
        for n in range(number)
    ]


def written(events: list[Event]) -> list[dict]:
    own = ("id", "uid", "public_uid", "source_id", "venue_id")
    rows = Event.objects.filter(pk__in=[event.pk for event in events]).order_by("pk")
    return [{n: v for n, v in row.items() if n not in own} for row in rows.values()]


def test_insert_all_writes_what_bulk_create_writes():
    ours, theirs = made("a"), made("b")

    insert_all(ours)
    Event.objects.bulk_create(theirs)

    assert len(written(ours)) == 45
    assert written(ours) == written(theirs)


def test_every_row_gets_the_key_it_is_stored_under():
    events = made("a")

    insert_all(events)

    assert {event.pk: event.uid for event in events} == dict(Event.objects.values_list("pk", "uid"))
    assert not any(event._state.adding for event in events)
    assert Occurrence(event=events[0]).event_id == events[0].pk


def test_insert_all_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_all([])


def test_a_statement_holds_no_more_than_the_database_takes(django_assert_max_num_queries):
    events = made("a", 600)
    width = len(Event._meta.local_concrete_fields)
    most = connection.features.max_query_params

    with django_assert_max_num_queries(600 // (most // width) + 1 if most else 2):
        insert_all(events)


def test_what_the_database_refuses_is_refused():
    insert_all(made("a", 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(made("a", 1))
