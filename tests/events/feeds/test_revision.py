"""Last-Modified: exact, never in the future, later with every version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.feeds.feed import Feed
from events.feeds.revision import last_modified
from events.ical.entry import Text
from events.models import FeedRevision

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

FEED = Feed("venues", "hefei", Text("合肥科技馆"))
NOON = datetime(2026, 11, 2, 12, 0, 0, 250_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_first_version_counts_from_the_second_it_was_seen():
    assert last_modified(FEED, etag="a", now=NOON) == NOON.replace(microsecond=0)


def test_same_version_keeps_its_date_without_writing(django_assert_num_queries):
    first = last_modified(FEED, etag="a", now=NOON)

    with django_assert_num_queries(1):
        later = last_modified(FEED, etag="a", now=NOON + timedelta(days=9))

    assert later == first


def test_every_version_gets_a_later_second_and_none_in_the_future():
    last_modified(FEED, etag="a", now=NOON)

    at_once = last_modified(FEED, etag="b", now=NOON + SECOND / 4)
    a_second_on = last_modified(FEED, etag="b", now=NOON + SECOND)
    much_later = last_modified(FEED, etag="c", now=NOON + timedelta(hours=5))

    assert at_once is None
    assert a_second_on == NOON.replace(microsecond=0) + SECOND
    assert much_later == (NOON + timedelta(hours=5)).replace(microsecond=0)


def test_version_that_comes_back_is_a_new_one():
    """Somebody who has the version in between must not be told that nothing changed."""
    moments = [
        last_modified(FEED, etag=etag, now=NOON + day * timedelta(days=1))
        for day, etag in enumerate("aba")
    ]

    assert moments == sorted(set(moments))


def test_languages_are_dated_apart():
    english = Feed("venues", "hefei", Text("合肥科技馆"), language="en")
    last_modified(FEED, etag="a", now=NOON)
    last_modified(english, etag="b", now=NOON + timedelta(days=1))

    assert sorted(FeedRevision.objects.values_list("key", flat=True)) == [
        "venues/hefei?lang=en",
        "venues/hefei?lang=zh",
    ]


def test_long_searches_have_keys_that_fit():
    feed = Feed("search", "venue=" + "x" * 1900, Text("所选"))
    other = Feed("search", "venue=" + "x" * 1899 + "y", Text("所选"))

    last_modified(feed, etag="a", now=NOON)

    assert len(feed.key) <= 200
    assert feed.key != other.key
