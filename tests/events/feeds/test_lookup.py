"""Looking a row up without composing: the same values that the ORM gives."""

from __future__ import annotations

import pytest

from events.feeds.lookup import look_up
from events.models import FeedRevision, LiveFeed
from venues.models import Venue

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def test_a_row_is_found_with_values_of_its_fields_types(now, django_assert_num_queries):
    LiveFeed.objects.create(key="a", needs=[["venue:1"]], recipe={}, polled_at=now)
    LiveFeed.objects.create(key="b", needs=[["venue:2"]], recipe={}, polled_at=now)

    with django_assert_num_queries(1):
        found = look_up(LiveFeed, ("needs", "polled_at"), key="b")

    assert found == ([["venue:2"]], now)


def test_what_is_not_there_is_none():
    assert look_up(FeedRevision, ("etag",), key="' OR 1=1 --") is None


def test_only_texts_can_be_looked_up():
    with pytest.raises(ValueError):
        look_up(Venue, ("slug",), id="1")
