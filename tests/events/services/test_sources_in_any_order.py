"""Whatever a source sends one after the other, it ends as its last word says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.enums import Status
from events.ical.entry import Entry, Text
from events.models import Source
from events.services.facts import facts_of
from events.services.sources import sync_source
from tests.factories.events import SourceFactory, TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
_numbers = count()


@st.composite
def entries_of(draw) -> list[Entry]:
    """Up to six entries under four UIDs: twins, series, moved dates and orphans among them."""
    return draw(st.lists(_entry(), max_size=6))


@st.composite
def _entry(draw) -> Entry:
    start = datetime(2026, 11, 7, 10) + timedelta(days=7 * draw(st.integers(0, 2)))
    is_override = draw(st.booleans()) and draw(st.booleans())
    return Entry(
        uid=draw(st.sampled_from("abcd")),
        title=Text(draw(st.sampled_from(["光", "影", "a\x0bb"]))),
        start=start,
        end=start + timedelta(hours=draw(st.integers(0, 30))),
        timezone=draw(st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "Europe/London"])),
        status=draw(st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"])),
        topics=tuple(draw(st.sets(st.sampled_from(["light", "unknown"])))),
        refids=tuple(draw(st.sets(st.sampled_from(["unit:AH-01", "unit:AH-02"])))),
        rrule="" if is_override else draw(st.sampled_from(["", "FREQ=WEEKLY;COUNT=3"])),
        recurrence_id=datetime(2026, 11, 14, 10) if is_override else None,
        sequence=draw(st.integers(0, 1)),
    )


def told(source: Source) -> dict[str, tuple]:
    """Everything the source's living events say, dates included, by uid."""
    columns = ("title_zh", "start_date", "start_time", "end_date", "end_time", "timezone")
    columns += ("rrule", "overrides", "status", "venue_id", "visibility", "kind")
    return {
        event.uid: (
            *(getattr(event, column) for column in columns),
            sorted(topic.slug for topic in event.topics.all()),
            sorted(reference.refid for reference in event.references.all()),
            sorted(
                (o.original_start, o.starts_at, o.ends_at, o.is_cancelled)
                for o in event.occurrences.all()
                if o.withdrawn_at is None
            ),
        )
        for event in source.events.all()
    }


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(entries_of(), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_any_sequence_of_syncs_ends_equal_to_the_last_and_sequences_never_fall(words, random):
    """I8."""
    if not _topic_exists():
        TopicFactory(slug="light")
    number = next(_numbers)
    source = SourceFactory(slug=f"long-{number}")
    fresh = SourceFactory(slug=f"fresh-{number}")
    sequences: dict[str, int] = {}

    for hour, entries in enumerate(words):
        shuffled = random.sample(entries, len(entries))
        sync_source(source=source, entries=shuffled, now=NOW + timedelta(hours=hour))
        for event in source.events.all():
            assert event.sequence >= sequences.get(event.uid, 0)
            sequences[event.uid] = event.sequence
    last = NOW + timedelta(hours=len(words) - 1)
    sync_source(source=fresh, entries=words[-1], now=last)

    named = {facts.uid for facts in facts_of(words[-1])[0]}
    after, expected = told(source), told(fresh)
    assert {uid: after[uid] for uid in named} == expected
    assert all(after[uid][8] == Status.CANCELLED for uid in after.keys() - named)
    assert after.keys() == sequences.keys()
    again = sync_source(source=source, entries=words[-1], now=last + timedelta(hours=1))
    assert not again.changed_anything
    assert again.unchanged == len(named)


def _topic_exists() -> bool:
    from events.models import Topic

    return Topic.objects.filter(slug="light").exists()


def test_a_whole_day_series_takes_dates_told_with_hours(now):
    source = SourceFactory()
    run = Entry(
        uid="run",
        title=Text("巡展"),
        start=date(2026, 11, 7),
        end=date(2026, 11, 8),
        timezone="Asia/Shanghai",
        rrule="FREQ=WEEKLY;COUNT=2",
    )
    moved = replace(
        run,
        rrule="",
        recurrence_id=datetime(2026, 11, 14, 0),
        start=datetime(2026, 11, 15, 9),
        end=datetime(2026, 11, 15, 17),
    )

    report = sync_source(source=source, entries=[run, moved], now=now)

    assert source.events.get().overrides == {
        "2026-11-14": {"start": "2026-11-15", "end": "2026-11-16"}
    }
    assert "has a time of its own" in report.problems[0].message
