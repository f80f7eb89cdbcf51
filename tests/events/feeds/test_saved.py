"""Short addresses of searches."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest

from events.errors import FeedNotFound
from events.feeds.saved import save_search, saved_filter
from events.models import SavedSearch
from events.queries import EventFilter

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

TODAY = date(2026, 11, 2)


def asked(query: str) -> EventFilter:
    return EventFilter.parse(parse_qs(query), today=TODAY)


def test_equal_filters_share_one_address(now):
    one = save_search(asked("venue=b&venue=a&q=Light"), now=now)
    other = save_search(asked("q=light&venue=a,b&lang=en"), now=now)

    assert one == other
    assert SavedSearch.objects.count() == 1
    assert len(f"https://calendar.example.org/feeds/s/{one.code}.ics?lang=en") < 256


def test_different_filters_have_different_addresses(now):
    codes = {save_search(asked(f"venue=v{n}"), now=now).code for n in range(50)}

    assert len(codes) == 50
    assert all(code.isalnum() and len(code) == 12 for code in codes)


@pytest.mark.parametrize("query", ["", "on=today", "q=光 影&near=31.85,117.3&km=10&free=true"])
def test_saved_filter_is_the_one_that_was_saved(query, now):
    wanted = asked(query)

    assert saved_filter(save_search(wanted, now=now).code, today=TODAY) == wanted


def test_unknown_address_says_what_to_do():
    with pytest.raises(FeedNotFound) as refusal:
        saved_filter("nosuchsearch", today=TODAY)

    assert "copy the address again" in refusal.value.message
