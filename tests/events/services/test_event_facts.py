"""What an event says beside when and where: prices, people, pictures, states and translations."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from events.enums import Moderation, Status, Translation
from events.errors import InvalidEvent
from events.feeds.about import about_events
from events.feeds.entries import entry_of
from events.ical.entry import Text
from events.models import Event
from events.services.editing import cancel_event, change_event, create_event, describe_date
from events.services.publishing import publish_event, return_event, submit_event
from events.services.statuses import change_status
from events.services.values import EventValues, Organiser, Picture, values_of
from tests.factories.events import EventFactory, OccurrenceFactory
from tests.factories.venues import OrganisationFactory, UserFactory, VenueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return UserFactory(is_superuser=True)


@pytest.fixture
def talk() -> EventValues:
    return EventValues(
        title=Text("讲座", "Talk"),
        start=datetime(2026, 11, 7, 10),
        end=datetime(2026, 11, 7, 11),
        timezone="Asia/Shanghai",
        venue=VenueFactory(is_accessible=True),
    )


@pytest.fixture
def rich(talk) -> EventValues:
    return replace(
        talk,
        organisers=(
            Organiser(OrganisationFactory(name_zh="科协", name_en="Association")),
            Organiser(OrganisationFactory(name_zh="学会"), "co_organiser"),
        ),
        images=(
            Picture("https://a.example/1.jpg", Text("观众"), "Li", "own_pages"),
            Picture("https://a.example/2.jpg", Text("望远镜", "A telescope"), "Wang", "cc_by"),
        ),
        languages=("zh", "en"),
        grades=(3, 4),
        age_min=8,
        sectors=("culture",),
        accessibility=("captions",),
        access_url="https://live.example/1",
        registration_url="https://book.example/1",
        contact=Text("王老师 0551-1"),
        price_amount=Decimal("20.00"),
        price_currency="CNY",
    )


def changed(event: Event, values: EventValues, by, now) -> Event:
    return change_event(
        event_id=event.pk, seen_sequence=event.sequence, values=values, by=by, now=now
    )


def test_everything_an_editor_states_is_given_back(rich, staff, now):
    event = create_event(values=rich, by=staff, now=now)

    stored = values_of(Event.objects.get(pk=event.pk))

    assert stored == replace(rich, languages=("en", "zh"), attendance="hybrid", is_free=False)
    assert changed(event, stored, staff, now).sequence == 0


def test_calendars_say_price_ages_booking_and_makers_and_never_call_the_unknown_free(
    rich, talk, staff, now
):
    event = create_event(values=rich, by=staff, now=now)
    bare = create_event(values=replace(talk, venue=VenueFactory()), by=staff, now=now)
    about = about_events([event.pk, bare.pk])

    full = entry_of(event.occurrences.get(), about[event.pk])
    plain = entry_of(bare.occurrences.get(), about[bare.pk])

    assert full.description.en == (
        "Price: 20 CNY\n"
        "Age: from 8 years\n"
        "Book: https://book.example/1\n"
        "Join online: https://live.example/1\n"
        "Accessibility: captions, step-free access\n"
        "Host: Association\n"
        "With: 学会"
    )
    assert full.description.zh.splitlines()[0] == "费用：20 CNY"
    assert (full.access_url, full.contact.zh) == ("https://live.example/1", "王老师 0551-1")
    assert plain.description == Text("", "")


def test_a_picture_whose_licence_forbids_it_never_leaves(rich, staff, now):
    event = create_event(values=rich, by=staff, now=now)

    about = about_events([event.pk])[event.pk]

    assert [image.url for image in about.images] == ["https://a.example/2.jpg"]
    assert entry_of(event.occurrences.get(), about).image_url == "https://a.example/2.jpg"
    assert event.images.count() == 2


def test_every_problem_of_the_further_facts_is_named_at_once(rich, staff, now):
    wrong = replace(
        rich,
        access_url="ftp://x",
        sectors=("war",),
        languages=("Deutsch",),
        grades=(13,),
        age_min=9,
        age_max=8,
        is_free=True,
        price_currency="yuan",
        organisers=(Organiser(OrganisationFactory(), "boss"),),
        images=(Picture("https://a.example/1.jpg", licence="cc_by"),),
    )

    with pytest.raises(InvalidEvent) as refusal:
        create_event(values=wrong, by=staff, now=now)

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == [
        "access_url", "sectors", "languages", "grades", "age_max", "is_free", "price_currency",
        "organisers", "images", "images",
    ]  # fmt: skip


def test_a_translation_is_missing_then_complete_then_outdated(talk, staff, now):
    event = create_event(values=replace(talk, title=Text("讲座")), by=staff, now=now)
    assert event.translation == Translation.MISSING

    event = changed(event, talk, staff, now + timedelta(hours=1))
    assert event.translation == Translation.COMPLETE

    chinese = replace(talk, title=Text("大讲座", "Talk"))
    event = changed(event, chinese, staff, now + timedelta(hours=2))
    assert event.translation == Translation.OUTDATED

    both = replace(talk, title=Text("大讲座", "Big talk"))
    event = changed(event, both, staff, now + timedelta(hours=3))
    assert event.translation == Translation.COMPLETE


def test_a_published_event_that_moves_is_rescheduled_and_keeps_its_former_starts(talk, staff, now):
    draft = create_event(values=talk, by=staff, now=now)
    later = replace(talk, start=datetime(2026, 11, 8, 10), end=datetime(2026, 11, 8, 11))
    draft = changed(draft, later, staff, now)
    assert (draft.previous_starts, draft.status) == ([], Status.SCHEDULED)
    event = publish_event(event_id=draft.pk, seen_sequence=draft.sequence, by=staff, now=now)

    moved = changed(event, talk, staff, now)

    assert moved.previous_starts == ["2026-11-08T02:00:00+00:00"]
    assert moved.status == Status.RESCHEDULED


def test_an_event_is_postponed_full_and_moved_online_once_it_says_where(talk, staff, now):
    event = EventFactory()
    for status in (Status.POSTPONED, Status.FULL):
        event = change_status(
            event_id=event.pk, seen_sequence=event.sequence, status=status, by=staff, now=now
        )
        assert event.status == status
    with pytest.raises(InvalidEvent, match="say where to join online"):
        change_status(event_id=event.pk, seen_sequence=2, status="moved_online", by=staff, now=now)

    Event.objects.update(access_url="https://live.example/")
    moved = change_status(
        event_id=event.pk, seen_sequence=2, status="moved_online", by=staff, now=now
    )

    assert (moved.status, moved.sequence) == (Status.MOVED_ONLINE, 3)


def test_a_cancelled_event_takes_place_again_under_another_status(staff, now):
    event = EventFactory()
    cancel_event(event_id=event.pk, seen_sequence=0, by=staff, now=now)

    again = change_status(event_id=event.pk, seen_sequence=1, status="full", by=staff, now=now)

    assert (again.status, again.cancelled_from) == (Status.FULL, None)


def test_a_returned_event_says_why_until_it_is_submitted_again(staff, now):
    event = EventFactory(moderation=Moderation.SUBMITTED)
    with pytest.raises(InvalidEvent, match="reason"):
        return_event(event_id=event.pk, seen_sequence=0, reason=" ", by=staff, now=now)

    returned = return_event(event_id=event.pk, seen_sequence=0, reason="年龄？", by=staff, now=now)
    submitted = submit_event(event_id=event.pk, seen_sequence=1, by=staff, now=now)

    assert (returned.return_reason, submitted.return_reason) == ("年龄？", "")


def test_a_single_date_says_something_of_its_own(staff, now):
    date_row = OccurrenceFactory()
    event, start = date_row.event, date_row.original_start

    told = describe_date(
        event_id=event.pk,
        original_start=start,
        texts={"title_zh": "加场", "title_en": ""},
        seen_sequence=0,
        by=staff,
        now=now,
    )

    assert told.overrides == {start: {"title_zh": "加场"}}
    with pytest.raises(InvalidEvent):
        describe_date(
            event_id=event.pk,
            original_start=start,
            texts={"kind": "show"},
            seen_sequence=1,
            by=staff,
            now=now,
        )


def test_a_renamed_organisation_raises_the_events_it_makes(rich, staff, now):
    event = create_event(values=rich, by=staff, now=now)
    other = EventFactory()
    host = rich.organisers[0].organisation

    host.name_zh, host.changed_at = "省科协", now + timedelta(hours=1)
    host.save()

    event.refresh_from_db()
    other.refresh_from_db()
    assert (event.sequence, event.changed_at) == (1, now + timedelta(hours=1))
    assert other.sequence == 0
