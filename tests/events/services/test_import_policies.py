"""Whose word counts, what a reading leaves behind, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from events.enums import EventKind, Moderation, Status
from events.errors import InvalidPolicy, KeptElsewhere, NothingToUndo
from events.ical.entry import Text
from events.imports.fetch import FetchFailed
from events.models import ImportRun, LocalEdit
from events.services.editing import cancel_event, change_event
from events.services.import_runs import last_read
from events.services.local_edits import forget_edits
from events.services.subscriptions import confirm_missing, set_policy
from events.services.undo import undo_last, undo_run, undoable_run
from events.services.values import values_of
from tests.events.diaries import Web, calendar, living, read, vevent
from tests.factories.events import EventFactory
from tests.factories.venues import MembershipFactory, UserFactory
from venues.errors import NotAllowed
from venues.models import AuditEntry, Role
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def hours(moment, number):
    return moment + timedelta(hours=number)


def change(event, now, **values):
    event.refresh_from_db()
    return change_event(
        event_id=event.pk,
        seen_sequence=event.sequence,
        values=replace(values_of(event), **values),
        by=SYSTEM,
        now=now,
    )


def retitled(subscription, now, wins):
    """An event whose title was changed here under a policy, and the web it is read from."""
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, fields={"title": wins})
    web = Web(calendar(vevent("a", title="光")))
    read(subscription, web, now)
    change(subscription.source.events.get(), hours(now, 1), title=Text("光与影"))
    return web


# ---- policies ------------------------------------------------------------------------------------


def test_new_events_of_a_queued_source_wait_for_a_publisher(subscription, now):
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, arrival="queue")

    read(subscription, Web(calendar(vevent("a"))), now)

    assert subscription.source.events.get().moderation == Moderation.SUBMITTED


def test_a_title_changed_here_stays_where_local_words_win(subscription, now):
    web = retitled(subscription, now, "local")

    web.body = calendar(vevent("a", title="影", start="20261202T100000"))
    read(subscription, web, hours(now, 4))

    event = subscription.source.events.get()
    assert (event.title_zh, event.start_date.day) == ("光与影", 2)


def test_a_title_changed_here_stays_until_the_source_says_more(subscription, now):
    web = retitled(subscription, now, "newest")

    web.body = calendar(vevent("a", title="光", start="20261202T100000"))
    read(subscription, web, hours(now, 4))
    assert subscription.source.events.get().title_zh == "光与影"

    web.body = calendar(vevent("a", title="影", start="20261202T100000"))
    read(subscription, web, hours(now, 8))
    assert subscription.source.events.get().title_zh == "影"
    assert not LocalEdit.objects.exists()


def test_a_title_of_the_source_cannot_be_changed_here(subscription, now):
    read(subscription, Web(calendar(vevent("a"))), now)

    with pytest.raises(KeptElsewhere) as refusal:
        change(subscription.source.events.get(), now, title=Text("影"))

    assert refusal.value.detail["fields"] == ["title"]


def test_what_foreign_calendars_do_not_tell_can_be_said_here(subscription, now):
    web = Web(calendar(vevent("a")))
    read(subscription, web, now)
    change(subscription.source.events.get(), now, kind=EventKind.LECTURE, audiences=("family",))

    web.body = calendar(vevent("a", title="影"))
    read(subscription, web, hours(now, 4))

    event = subscription.source.events.get()
    assert (event.title_zh, event.kind, event.audiences) == ("影", "lecture", ["family"])


def test_edits_lose_as_soon_as_the_policy_says_so(subscription, now):
    web = retitled(subscription, now, "local")
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, fields={"title": "source"})

    read(subscription, web, hours(now, 4))

    assert subscription.source.events.get().title_zh == "光"


def test_forgotten_edits_leave_the_field_to_the_source(subscription, now):
    web = retitled(subscription, now, "local")
    event = subscription.source.events.get()
    with pytest.raises(NotAllowed):
        forget_edits(event_id=event.pk, fields=["title"], by=UserFactory(), now=now)

    forget_edits(event_id=event.pk, fields=["title"], by=SYSTEM, now=now)
    read(subscription, web, hours(now, 4))

    assert subscription.source.events.get().title_zh == "光"


def test_a_cancellation_made_here_outlives_readings(subscription, now):
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, fields={"status": "local"})
    web = Web(calendar(vevent("a")))
    read(subscription, web, now)
    event = subscription.source.events.get()
    cancel_event(event_id=event.pk, seen_sequence=0, by=SYSTEM, now=hours(now, 1))

    web.body = calendar(vevent("a", title="影"))
    read(subscription, web, hours(now, 4))

    event.refresh_from_db()
    assert (event.status, event.title_zh) == (Status.CANCELLED, "影")


def test_what_another_source_shows_is_not_shown_twice(subscription, now):
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, skips_known=True)
    EventFactory(
        venue=subscription.source.venue,
        title_zh="光 !",
        start_date="2026-12-01",
        end_date="2026-12-01",
        start_time="10:00",
        end_time="11:00",
    )

    read(subscription, Web(calendar(vevent("a", title="光"), vevent("b", title="影"))), now)

    assert living(subscription) == ["b"]
    assert [row["code"] for row in last_read(subscription.source).quarantine] == ["known_elsewhere"]


def test_a_policy_is_refused_with_every_problem_at_once(subscription, now):
    with pytest.raises(InvalidPolicy) as refusal:
        set_policy(
            subscription_id=subscription.pk,
            by=SYSTEM,
            now=now,
            arrival="never",
            fields={"colour": "local", "title": "mine"},
        )

    fields = [problem["field"] for problem in refusal.value.detail["problems"]]
    assert sorted(fields) == ["arrival", "fields.colour", "fields.title"]


# ---- what a reading leaves behind ----------------------------------------------------------------


def test_every_reading_leaves_a_run_that_says_how_it_went(subscription, now):
    web = Web(calendar(vevent("a"), vevent("b")), etag='"1"')
    read(subscription, web, now)
    read(subscription, web, subscription.next_fetch_at)
    read(subscription, Web(FetchFailed("No.", code="status", status=404)), hours(now, 9))
    read(subscription, Web(b"<html>"), hours(now, 20))

    runs = ImportRun.objects.order_by("started_at")
    assert [(run.outcome, run.http_status) for run in runs] == [
        ("changed", 200),
        ("unchanged", 304),
        ("failed", 404),
        ("failed", None),
    ]
    assert runs[0].counts["created"] == 2
    assert runs[2].failure["zh"].endswith("。")


def test_the_quarantine_names_each_entry_and_why_in_both_languages(subscription, now):
    hourly = vevent("hourly", "RRULE:FREQ=SECONDLY")
    read(subscription, Web(calendar(vevent("a"), hourly)), now)

    (row,) = last_read(subscription.source).quarantine
    assert (row["uid"], row["code"]) == ("hourly", "rule_frequency")
    assert row["zh"] == "重复规则（RRULE）无法采用。"
    assert row["en"].startswith("FREQ=SECONDLY repeats within a day")


def test_a_run_whose_worker_died_is_closed_by_the_next(subscription, now):
    ImportRun.objects.create(source=subscription.source, started_at=now)

    read(subscription, Web(calendar(vevent("a"))), hours(now, 1))

    outcomes = ImportRun.objects.order_by("started_at").values_list("outcome", flat=True)
    assert list(outcomes) == ["failed", "changed"]


def test_a_new_export_of_the_same_events_is_nothing_new(subscription, now):
    web = Web(calendar(vevent("a")))
    read(subscription, web, now)

    web.body = web.body.replace(b"DTSTAMP:20261001", b"DTSTAMP:20261102")

    assert read(subscription, web, hours(now, 4)) is None
    assert ImportRun.objects.first().outcome == "unchanged"


# ---- undo ----------------------------------------------------------------------------------------


def last_run(subscription):
    return ImportRun.objects.filter(source=subscription.source).first()


def test_undo_makes_the_events_what_they_were_and_raises_their_sequences(
    subscription,
    now,
):
    web = Web(calendar(vevent("a"), vevent("b"), vevent("c", "RRULE:FREQ=DAILY;COUNT=3")))
    read(subscription, web, now)
    web.body = calendar(vevent("a", title="影", start="20261203T100000"), vevent("d"))
    read(subscription, web, hours(now, 4))
    assert living(subscription) == ["a", "d"]

    changed = undo_run(run_id=last_run(subscription).pk, by=SYSTEM, now=hours(now, 5))

    assert (changed, living(subscription)) == (4, ["a", "b", "c"])
    events = {event.uid: event for event in subscription.source.events.all()}
    assert (events["a"].title_zh, events["a"].start_date.day) == ("光", 1)
    assert [event.sequence for _, event in sorted(events.items())] == [2, 2, 2, 1]
    assert events["c"].occurrences.filter(is_cancelled=False).count() == 3


def test_the_file_that_was_taken_back_is_not_believed_until_it_changes(
    subscription,
    now,
):
    web = Web(calendar(vevent("a")))
    read(subscription, web, now)
    web.body = calendar(vevent("a", title="影"))
    read(subscription, web, hours(now, 4))
    undo_run(run_id=last_run(subscription).pk, by=SYSTEM, now=hours(now, 5))

    assert read(subscription, web, hours(now, 9)) is None
    assert last_run(subscription).outcome == "refused"
    assert subscription.source.events.get().title_zh == "光"

    confirm_missing(subscription_id=subscription.pk, by=SYSTEM, now=hours(now, 10))
    read(subscription, web, hours(now, 10))
    assert subscription.source.events.get().title_zh == "影"


def test_undo_goes_back_one_reading_after_the_other_for_a_day(subscription, now):
    web = Web()
    for hour, title in ((0, "一"), (4, "二"), (8, "三")):
        web.body = calendar(vevent("a", title=title))
        read(subscription, web, hours(now, hour))
    third, second, first = ImportRun.objects.filter(source=subscription.source)
    with pytest.raises(NothingToUndo):
        undo_run(run_id=second.pk, by=SYSTEM, now=hours(now, 9))

    undo_run(run_id=third.pk, by=SYSTEM, now=hours(now, 9))
    undo_run(run_id=second.pk, by=SYSTEM, now=hours(now, 9))

    assert subscription.source.events.get().title_zh == "一"
    assert undoable_run(source=subscription.source, now=hours(now, 23)) == first
    assert undoable_run(source=subscription.source, now=hours(now, 25)) is None
    with pytest.raises(NothingToUndo):
        undo_run(run_id=first.pk, by=SYSTEM, now=hours(now, 25))


def test_undo_leaves_what_people_changed_since(subscription, now):
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, fields={"title": "local"})
    web = Web(calendar(vevent("a", title="一")))
    read(subscription, web, now)
    web.body = calendar(vevent("a", title="二", start="20261202T100000"))
    read(subscription, web, hours(now, 4))
    change(subscription.source.events.get(), hours(now, 5), title=Text("三"))

    undo_run(run_id=last_run(subscription).pk, by=SYSTEM, now=hours(now, 6))

    event = subscription.source.events.get()
    assert (event.title_zh, event.start_date.day) == ("三", 1)


def test_only_publishers_of_the_venue_may_undo_and_choose_policies(subscription, now):
    read(subscription, Web(calendar(vevent("a"))), now)
    editor = MembershipFactory(role=Role.MUSEUM_EDITOR, venue=subscription.source.venue).user

    with pytest.raises(NotAllowed):
        undo_run(run_id=last_run(subscription).pk, by=editor, now=now)
    with pytest.raises(NotAllowed):
        set_policy(subscription_id=subscription.pk, by=editor, now=now, arrival="queue")
    assert living(subscription) == ["a"]


def test_what_people_decide_about_a_source_stands_in_the_audit_log(subscription, now):
    choice = {"arrival": "queue", "fields": {"title": "local"}}
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=now, **choice)
    confirm_missing(subscription_id=subscription.pk, by=SYSTEM, now=now)
    read(subscription, Web(calendar(vevent("a"))), now)
    change(subscription.source.events.get(), now, title=Text("影"))
    forget_edits(event_id=subscription.source.events.get().pk, fields=["title"], by=SYSTEM, now=now)
    undo_last(source=subscription.source, by=SYSTEM, now=now)

    rows = {row.action: row for row in AuditEntry.objects.order_by("pk")}
    policy, forget = rows["subscription.policy"], rows["event.leave-to-source"]

    assert {"subscription.add", "subscription.confirm"} <= rows.keys()
    assert policy.before == {"arrival": "publish", "field_policy": {}}
    assert policy.after == {"arrival": "queue", "field_policy": {"title": "local"}}
    assert forget.after == {"title": {"title_en": "", "title_zh": "光"}}
    assert rows["source.undo"].after["changed"] == 1
