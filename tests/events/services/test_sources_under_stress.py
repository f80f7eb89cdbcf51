"""The door when something goes wrong half-way, or two come through it at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import connection

from events.enums import Status
from events.ical.entry import Entry, Text
from events.models import Event, Occurrence
from events.services import sources
from events.services.sources import source_named, sync_source
from tests.factories.events import SourceFactory

TALK = Entry(
    uid="talk",
    title=Text("光"),
    start=datetime(2026, 11, 28, 10),
    end=datetime(2026, 11, 28, 11),
    timezone="Asia/Shanghai",
    refids=("unit:AH-01",),
)


@pytest.mark.django_db
@pytest.mark.db_contract
@pytest.mark.parametrize("step", ["_write", "_write_links", "_refresh"])
def test_a_sync_that_dies_half_way_leaves_nothing_behind(monkeypatch, now, step):
    """I8: all or nothing."""
    source = SourceFactory()
    sync_source(source=source, entries=[TALK, replace(TALK, uid="other")], now=now)
    before = (list(Event.objects.values()), list(Occurrence.objects.values()))
    done = getattr(sources, step)

    def do_and_die(*arguments):
        done(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(sources, step, do_and_die)
    with pytest.raises(KeyboardInterrupt):
        sync_source(
            source=source,
            entries=[replace(TALK, uid="new"), replace(TALK, title=Text("影"))],
            now=now,
        )

    assert (list(Event.objects.values()), list(Occurrence.objects.values())) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.db_contract
@pytest.mark.only_postgresql
def test_syncs_of_one_source_at_the_same_time_come_one_after_the_other(now):
    """Sixteen at once, each with its own set: the source ends as one of them says, whole."""
    words = [
        [replace(TALK, uid=f"{n}-{k}", refids=(f"unit:{n}",)) for k in range(5)] for n in range(16)
    ]
    failures: list[Exception] = []
    begin = threading.Barrier(len(words))

    def run(entries: list[Entry]) -> None:
        try:
            begin.wait(30)
            source = source_named(slug="contest", kind="api", name="同时", now=now)
            sync_source(source=source, entries=entries, now=now)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(entries,)) for entries in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    events = Event.objects.all()
    assert events.count() == 80
    living = {event.uid for event in events if event.status != Status.CANCELLED}
    assert living in [{entry.uid for entry in entries} for entries in words]
    assert Occurrence.objects.filter(is_cancelled=False).count() == 5
