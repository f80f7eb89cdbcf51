"""Whoever follows an exhibition or a unit hears of its new name, however it was written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.feeds.live import note_poll
from events.models import Event
from events.services.settling import settle_changes
from events.triggers import missing_triggers
from tests.factories.touring import PlannedStopFactory, PlanVersionFactory, UnitFactory
from tests.factories.venues import OrganisationFactory
from touring.models import Exhibition, TourRequest, Unit
from touring.services import units
from touring.services.publication import publish_version
from touring.triggers import MARKS
from web.feeds import feed_of

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def unit(province):
    return UnitFactory(
        code="AH-01",
        home__region=province,
        exhibition__slug="light",
        exhibition__owner=OrganisationFactory(region=province),
    )


def settled(now) -> set[str]:
    return set(settle_changes(now=now).feeds)


@pytest.fixture
def followed(unit, now) -> dict[str, str]:
    """The calendars of an exhibition, its unit and another exhibition, polled, all settled."""
    other = Exhibition.objects.create(slug="other", title_zh="别的", changed_at=now)
    feeds = {
        "exhibition": feed_of("exhibitions", unit.exhibition.slug),
        "unit": feed_of("units", unit.code),
        "other": feed_of("exhibitions", other.slug),
    }
    for feed in feeds.values():
        note_poll(feed, now=now)
    settle_changes(now=now)
    return {name: feed.key for name, feed in feeds.items()}


def test_a_title_written_past_the_service_concerns_the_exhibition_and_its_units(
    unit, followed, now
):
    Exhibition.objects.filter(pk=unit.exhibition_id).update(title_zh="光影之谜")

    assert settled(now) == {followed["exhibition"], followed["unit"]}


def test_a_unit_written_past_the_service_concerns_its_own_calendar(unit, followed, now):
    Unit.objects.filter(pk=unit.pk).update(code="AH-13")

    assert settled(now) == {followed["unit"]}


def test_a_renamed_exhibition_raises_what_its_entries_show(plan, planner, province, now):
    later = now + timedelta(hours=1)
    version = PlanVersionFactory(plan=plan, number=1)
    request = TourRequest.objects.get(code="AH-2027-001")
    PlannedStopFactory(version=version, unit=Unit.objects.get(code="AH-01"), request=request)
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    before = dict(Event.objects.values_list("uid", "sequence"))

    renamed = Unit.objects.get(code="AH-01").exhibition
    renamed.owner = OrganisationFactory(region=province)
    renamed.save()
    renamed.title_zh = "光影之谜"
    units.record_exhibition(exhibition=renamed, by=planner, now=later)

    after = {event.uid: event for event in Event.objects.all()}
    assert before
    assert after.keys() == before.keys()
    assert all("光影之谜" in event.title_zh for event in after.values())
    assert {event.changed_at for event in after.values()} == {later}
    assert all(after[uid].sequence == sequence + 1 for uid, sequence in before.items())


def test_no_trigger_is_missing():
    assert missing_triggers("default", MARKS) == []
