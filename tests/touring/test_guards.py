"""The database refuses double booking by itself, whatever the program does (K1, K2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tests.factories.touring import (
    PlacedVenueFactory,
    PlannedStopFactory,
    PlanVersionFactory,
    StopFactory,
    UnitFactory,
)
from tests.factories.venues import SpaceFactory
from touring import guards
from touring.models import PlannedStop, Stop, StopState

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FIRST = date(2027, 3, 1)
WHOLE_STOP = timedelta(days=36)  # of StopFactory: four to set up, 30 open, two to strike


@pytest.fixture
def held() -> Stop:
    """A stop that holds its unit and, as it names no space, its venue."""
    return StopFactory(opens_on=FIRST)


@pytest.fixture
def elsewhere() -> Stop:
    """A stop of another unit at another venue on the same days."""
    return StopFactory(opens_on=FIRST)


def test_every_guard_exists_after_migrate():
    assert guards.missing_guards() == []
    assert guards.check_guards(databases=["default"]) == []


def test_insert_of_a_second_stop_of_a_unit_is_refused(held):
    with pytest.raises(IntegrityError, match="stop_unit_in_one_place"):
        StopFactory(unit=held.unit, opens_on=FIRST + timedelta(days=10))


def test_bulk_create_of_a_second_stop_of_a_unit_is_refused(held):
    second = StopFactory.build(
        unit=held.unit, venue=PlacedVenueFactory(), opens_on=FIRST + WHOLE_STOP - timedelta(days=1)
    )

    with pytest.raises(IntegrityError, match="stop_unit_in_one_place"):
        Stop.objects.bulk_create([second])


def test_update_of_a_queryset_onto_a_taken_unit_is_refused(held, elsewhere):
    with pytest.raises(IntegrityError, match="stop_unit_in_one_place"):
        Stop.objects.filter(pk=elsewhere.pk).update(unit=held.unit)


def test_update_of_days_onto_taken_days_is_refused(held):
    later = StopFactory(unit=held.unit, opens_on=FIRST + WHOLE_STOP)

    with pytest.raises(IntegrityError, match="stop_unit_in_one_place"):
        Stop.objects.filter(pk=later.pk).update(
            departs_on=F("departs_on") - timedelta(days=1),
            arrives_on=F("arrives_on") - timedelta(days=1),
        )


@pytest.mark.parametrize("freed", [StopState.RELEASED, StopState.CANCELLED])
def test_a_freed_stop_holds_nothing_and_cannot_come_back_where_another_is(held, freed):
    Stop.objects.filter(pk=held.pk).update(state=freed)
    StopFactory(unit=held.unit, venue=held.venue, opens_on=FIRST)

    with pytest.raises(IntegrityError, match=r"stop_unit_in_one_place|stop_alone_at_venue"):
        Stop.objects.filter(pk=held.pk).update(state=StopState.CONTRACTED)


def test_neighbouring_days_do_not_clash(held):
    StopFactory(unit=held.unit, venue=held.venue, opens_on=FIRST + WHOLE_STOP)
    StopFactory(unit=held.unit, venue=held.venue, opens_on=FIRST - WHOLE_STOP)

    assert Stop.objects.holding().filter(unit=held.unit).count() == 3


def test_a_space_holds_one_stop_at_a_time_and_two_spaces_hold_two(held):
    space = SpaceFactory(venue=held.venue)
    StopFactory(venue=held.venue, space=space, opens_on=FIRST)
    StopFactory(venue=held.venue, space=SpaceFactory(venue=held.venue), opens_on=FIRST)

    with pytest.raises(IntegrityError, match="stop_alone_in_space"):
        StopFactory(venue=held.venue, space=space, opens_on=FIRST + timedelta(days=35))


def test_a_venue_without_a_named_space_holds_one_stop_at_a_time(held):
    with pytest.raises(IntegrityError, match="stop_alone_at_venue"):
        StopFactory(venue=held.venue, opens_on=FIRST)


def test_a_version_has_a_unit_in_one_place_but_versions_do_not_mind_each_other():
    version, unit = PlanVersionFactory(), UnitFactory()
    PlannedStopFactory(version=version, unit=unit, opens_on=FIRST)
    PlannedStopFactory(unit=unit, opens_on=FIRST)
    again = PlannedStopFactory(version=version, unit=unit, opens_on=FIRST + WHOLE_STOP)

    with pytest.raises(IntegrityError, match="planned_stop_unit_in_one_place"):
        PlannedStop.objects.filter(pk=again.pk).update(departs_on=FIRST, arrives_on=FIRST)


@pytest.mark.only_postgresql
def test_a_whole_unit_may_move_by_some_days_in_one_statement(held):
    StopFactory(unit=held.unit, opens_on=FIRST + WHOLE_STOP)
    on = {name: F(name) + timedelta(days=3) for name in ("departs_on", "arrives_on", "leaves_on")}

    assert Stop.objects.filter(unit=held.unit).update(**on) == 2


def test_a_missing_guard_is_reported_and_migrate_makes_it_again():
    guards.drop_guards()

    assert guards.missing_guards() == [guard.name for guard in guards.GUARDS]
    told = [one.id for one in guards.check_guards(databases=["default"])]
    assert told == ["touring.W001"] * len(guards.GUARDS)

    call_command("migrate", verbosity=0)
    assert guards.missing_guards() == []
    held = StopFactory(opens_on=FIRST)
    with pytest.raises(IntegrityError), transaction.atomic():
        StopFactory(unit=held.unit, opens_on=FIRST)


@pytest.mark.only_sqlite
@pytest.mark.django_db(transaction=True)
def test_triggers_lost_when_django_remakes_the_table_come_back_with_the_next_migrate():
    field = Stop._meta.get_field("reason")
    with connection.schema_editor() as editor:
        editor._remake_table(Stop, alter_fields=[(field, field)])
    lost = guards.missing_guards()

    call_command("migrate", verbosity=0)

    assert "stop_unit_in_one_place" in lost
    assert guards.missing_guards() == []
