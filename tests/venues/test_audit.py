from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories.venues import ClosureFactory, UserFactory, VenueFactory
from venues import guards
from venues.models import AuditEntry, Via
from venues.permissions import SYSTEM
from venues.services.audit import (
    Origin,
    acting_from,
    acting_in_task,
    acting_with_key,
    entries_about,
    fields_of,
    record,
)

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def test_record_writes_who_did_what_to_what_from_where(now):
    anna, venue = UserFactory(username="anna"), VenueFactory(name_zh="合肥科技馆")
    origin = Origin(via=Via.SESSION, address="2001:db8::1", request_id="r-1")

    with acting_from(origin):
        entry = record(
            by=anna,
            action="venue.change",
            subject=venue,
            now=now,
            before={"name_en": "", "slug": venue.slug},
            after={"name_en": "Hefei", "slug": venue.slug},
            note="asked by mail",
        )

    entry.refresh_from_db()
    said = {field.name: getattr(entry, field.name) for field in AuditEntry._meta.fields[1:]}
    assert said == {
        "at": now,
        "actor_id": anna.pk,
        "actor_name": "anna",
        "via": "session",
        "key_prefix": "",
        "address": "2001:db8::1",
        "request_id": "r-1",
        "action": "venue.change",
        "subject_type": "venues.venue",
        "subject_id": str(venue.pk),
        "subject_label": "合肥科技馆",
        "region": None,
        "organisation": None,
        "venue": venue,
        "before": {"name_en": ""},
        "after": {"name_en": "Hefei"},
        "note": "asked by mail",
    }
    assert list(entries_about(venue)) == [entry]


def test_record_knows_keys_tasks_and_the_command_line(now):
    venue = VenueFactory()

    def written():
        entry = record(by=SYSTEM, action="venue.change", subject=venue, now=now)
        return entry.via, entry.key_prefix, entry.address, entry.request_id, entry.actor_name

    with acting_from(Origin()):
        assert written() == ("command", "", None, "", "the system")
        acting_in_task("t-1")
        assert written() == ("task", "", None, "t-1", "the system")
    with acting_from(Origin(via=Via.SESSION, address="not an address", request_id="r-2")):
        acting_with_key("orr_abcdefgh")
        acting_in_task("a task run inside a request changes nothing")
        assert written() == ("key", "orr_abcdefgh", None, "r-2", "the system")


def test_record_keeps_dates_and_foreign_keys_as_json(now):
    closure = ClosureFactory(first_date=date(2027, 1, 1), end_date=date(2027, 1, 3))

    entry = record(
        by=None,
        action="closure.add",
        subject=closure,
        now=now,
        after=fields_of(closure, "venue", "first_date"),
    )

    assert entry.after == {"venue": closure.venue_id, "first_date": "2027-01-01"}


def test_the_database_refuses_to_change_an_audit_entry(now):
    entry = record(by=None, action="venue.change", subject=VenueFactory(), now=now)

    with pytest.raises(DatabaseError, match=guards.GUARD), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(note="never happened")
    with pytest.raises(TypeError, match="written once"):
        entry.save()

    assert AuditEntry.objects.get().note == ""


@pytest.mark.only_postgresql
def test_the_database_refuses_to_delete_an_audit_entry(now):
    entry = record(by=None, action="venue.change", subject=VenueFactory(), now=now)

    with pytest.raises(DatabaseError, match=guards.GUARD), transaction.atomic():
        entry.delete()


def test_a_missing_guard_is_named_by_the_checks_and_made_anew():
    with connection.cursor() as cursor:
        table = f" ON {AuditEntry._meta.db_table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {guards.GUARD}{table}")
    assert [found.id for found in guards.check_guards(databases=["default"])] == ["venues.W001"]

    guards.make_guards()

    assert guards.check_guards(databases=["default"]) == []
