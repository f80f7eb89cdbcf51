"""Followers are counted by day and feed; of who they are nothing is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.models import FeedReach
from events.services.followers import (
    Reach,
    Sketch,
    Tally,
    add_tallies,
    digest_of,
    forget_reach,
    reach_of,
)

HEFEI, OTHER = "/feeds/venues/hefei.ics", "/feeds/venues/other.ics"
DAY = date(2026, 11, 2)


def sketch_of(day: date, *people: str) -> Sketch:
    sketch = Sketch()
    for who in people:
        sketch.add(digest_of(day, who))
    return sketch


@pytest.mark.parametrize("number", [0, 1, 3, 40, 1000, 50_000])
def test_the_sketch_counts_within_its_error_and_a_second_time_changes_nothing(number):
    people = [f"10.0.{i // 250}.{i % 250}" for i in range(number)]
    once = sketch_of(DAY, *people)

    assert once.count == pytest.approx(number, rel=0.15, abs=0)
    assert bytes(sketch_of(DAY, *people, *people[:1000])) == bytes(once)


def test_the_same_reader_is_somebody_else_on_the_next_day():
    assert digest_of(DAY, "10.0.0.1") != digest_of(DAY + timedelta(days=1), "10.0.0.1")


@pytest.mark.django_db
@pytest.mark.db_contract
def test_what_two_processes_counted_becomes_one_number():
    add_tallies({(HEFEI, DAY): Tally(5, sketch_of(DAY, "a", "b"))})
    add_tallies(
        {
            (HEFEI, DAY): Tally(2, sketch_of(DAY, "b", "c")),
            (OTHER, DAY): Tally(1, sketch_of(DAY, "a")),
        }
    )
    earlier = DAY - timedelta(days=1)
    add_tallies({(HEFEI, earlier): Tally(1, sketch_of(earlier, "a"))})

    assert reach_of([HEFEI, OTHER, "/none"], today=DAY + timedelta(days=1)) == [
        Reach(HEFEI, followers=3, usual=2.0, polls=7),
        Reach(OTHER, followers=1, usual=1.0, polls=1),
        Reach("/none", followers=0, usual=0.0, polls=0),
    ]


@pytest.mark.django_db
def test_days_long_past_are_forgotten(now):
    for days in (10, 401):
        day = now.date() - timedelta(days=days)
        add_tallies({(HEFEI, day): Tally(1, sketch_of(day, "a"))})
    forget_reach(now=now)

    assert [row.day for row in FeedReach.objects.all()] == [now.date() - timedelta(days=10)]
