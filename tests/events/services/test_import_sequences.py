"""Whatever the web gives, one time after the other, events are those of the last good file."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.enums import Status
from events.ical.entry import Text
from events.imports.fetch import FetchFailed
from events.models import Event, ImportRun, Subscription
from events.services import sources, subscriptions
from events.services.editing import change_event
from events.services.subscriptions import confirm_missing, refresh_subscription, set_policy
from events.services.values import values_of
from tests.events.diaries import Web, calendar, living, read, vevent
from tests.events.ical.hostile import mutants, recipes
from tests.factories.events import SourceFactory, SubscriptionFactory
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
_numbers = count()
STEPS = ("same", "changed", "shrunk", "empty", "broken", "order", "killed", "failed")


DEATHS = (
    *((subscriptions, "read_isolated"), (subscriptions, "sifted"), (sources, "_write")),
    *((sources, "_write_links"), (sources, "_refresh"), (subscriptions, "sync_source")),
    (subscriptions, "_report"),
)


class Killed(BaseException):
    """The worker dies."""


def file_of(uids: list[int], version: int, order: random.Random) -> bytes:
    events = []
    for uid in order.sample(uids, len(uids)):
        events.append(vevent(f"e{uid}", "RRULE:FREQ=WEEKLY;COUNT=3", title=f"题{uid}.{version}"))
        moved = vevent(
            f"e{uid}",
            "RECURRENCE-ID;TZID=Asia/Shanghai:20261208T100000",
            start="20261209T150000",
            title=f"题{uid}.{version}",
        )
        events.append(moved)
    return calendar(*events)


def told(subscription: Subscription) -> dict[str, tuple]:
    """What the living events say, their dates with them."""
    events = Event.objects.filter(source=subscription.source).exclude(status=Status.CANCELLED)
    return {
        event.uid: (
            event.title_zh,
            event.rrule,
            [
                (o.original_start, o.starts_at)
                for o in event.occurrences.order_by("starts_at")
                if not o.is_cancelled
            ],
        )
        for event in events
    }


def fresh() -> Subscription:
    source = SourceFactory(slug=f"diary-{next(_numbers)}", kind="subscription")
    return SubscriptionFactory(source=source, next_fetch_at=NOW)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(STEPS), min_size=2, max_size=6), st.integers(0, 99))
def test_any_sequence_of_readings_ends_equal_to_the_last_good_file(steps, seed):
    """I8: no duplicate, no lost override, nothing half-written."""
    order = random.Random(seed)
    subscription, uids, version = fresh(), list(range(6)), 0
    set_policy(subscription_id=subscription.pk, by=SYSTEM, now=NOW, fields={"location": "local"})
    good = file_of(uids, version, order)
    read(subscription, Web(good), NOW)
    edited = subscription.source.events.get(uid="e0")
    changes = replace(values_of(edited), location=Text("二楼"))
    change_event(event_id=edited.pk, seen_sequence=0, values=changes, by=SYSTEM, now=NOW)

    for hour, step in enumerate(steps, start=1):
        now, body = NOW + timedelta(hours=30 * hour), good
        if step == "changed":
            version += 1
            body = file_of(uids, version, order)
        elif step == "shrunk" and len(uids) > 2:
            uids = uids[:-1]
            body = file_of(uids, version, order)
        elif step == "order":
            body = file_of(uids, version, order)
        elif step == "empty":
            read(subscription, Web(calendar()), now)
            continue
        elif step == "broken":
            read(subscription, Web(good[: len(good) // 2]), now)
            continue
        elif step == "failed":
            read(subscription, Web(FetchFailed("No.")), now)
            continue
        elif step == "killed":
            _killed(subscription, file_of(uids, version + 1, order), now, order.choice(DEATHS))
            continue
        read(subscription, Web(body), now)
        good = body

    other = fresh()
    other.source.venue = subscription.source.venue
    read(other, Web(good), NOW)
    assert told(subscription) == told(other)
    edited.refresh_from_db()
    assert edited.location_zh == "二楼"


def _killed(subscription: Subscription, body: bytes, now: datetime, death: tuple) -> None:
    """The worker dies right after one of the steps."""
    room, step = death
    done = getattr(room, step)

    def does_and_dies(*arguments: object, **named: object) -> None:
        done(*arguments, **named)
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(room, step, does_and_dies)
        with pytest.raises(Killed):
            refresh_subscription(fetch=Web(body), subscription_id=subscription.pk, now=now)


def test_hostile_files_leave_nothing_half_written():
    """I6, I10: what can be read is stored by both databases, what cannot leaves a reason."""
    bodies = [data for _, data in recipes() if len(data) < 20_000][::6]
    bodies += [data for _, data in mutants(25)]
    for body in bodies:
        subscription = fresh()

        read(subscription, Web(body), NOW)

        run = ImportRun.objects.get(source=subscription.source)
        assert run.outcome in ("changed", "unchanged", "failed")
        assert bool(living(subscription)) <= (run.outcome == "changed")
        assert bool(run.failure) == (run.outcome == "failed")


# ---- loops ---------------------------------------------------------------------------------------


def feed_of(subscription: Subscription) -> bytes:
    """What this network's feed says of the source's events, provenance included."""
    lines = []
    for event in subscription.source.events.exclude(status=Status.CANCELLED):
        refids = ",".join(sorted(reference.refid for reference in event.references.all()))
        marks = [f"X-ORRERY-REFIDS:{refids}"] if refids else []
        lines.append(vevent(event.public_uid, *marks, title=event.title_zh))
    return calendar(*lines).replace(b"-//m//m//EN", b"-//Orrery//Calendar//EN")


def test_networks_that_read_each_other_in_a_circle_do_not_grow(settings):
    """S9: a museum's event goes round three networks and stops where it came from."""
    names = ("a.example", "b.example", "c.example")
    circle = {name: fresh() for name in names}
    settings.UID_DOMAIN = names[0]
    home = fresh()
    read(home, Web(calendar(vevent("talk", title="光"))), NOW)

    counts = []
    for round_number in range(4):
        now = NOW + timedelta(hours=30 * (round_number + 1))
        sources = [circle[names[2]], circle[names[0]], circle[names[1]]]
        for name, before in zip(names, sources, strict=True):
            settings.UID_DOMAIN = name
            body = feed_of(before) if name != "b.example" else feed_of(home)
            read(circle[name], Web(body), now)
        counts.append([circle[name].source.events.count() for name in names])

    assert counts == [[0, 1, 1]] * 4
    at_home = ImportRun.objects.filter(source=circle["a.example"].source).first()
    assert at_home.failure["zh"] == "这是本网络自己的日历，其中的活动这里都已经有了。"


def test_our_own_events_in_somebody_elses_calendar_are_left_out_by_name(settings):
    """S9."""
    settings.UID_DOMAIN = "here.example"
    subscription = fresh()

    read(subscription, Web(calendar(vevent("x1-20261201@here.example"), vevent("theirs"))), NOW)

    assert living(subscription) == ["theirs"]
    (row,) = ImportRun.objects.get(source=subscription.source).quarantine
    assert (row["code"], row["uid"]) == ("own_event", "x1-20261201@here.example")


def test_confirming_lets_a_held_loss_pass_once(now):
    """I8."""
    subscription = fresh()
    events = [vevent(f"e{n}") for n in range(12)]
    read(subscription, Web(calendar(*events)), NOW)
    read(subscription, Web(calendar(events[0])), NOW + timedelta(hours=30))
    assert len(living(subscription)) == 12

    confirm_missing(subscription_id=subscription.pk, by=SYSTEM, now=NOW + timedelta(hours=31))
    read(subscription, Web(calendar(events[0])), NOW + timedelta(hours=31))

    assert living(subscription) == ["e0"]
