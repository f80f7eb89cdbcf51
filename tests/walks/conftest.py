"""What the walks share: a clock that stands where the story is, and a reader of feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar
from rest_framework.test import APIClient

from venues.services.keys import issue_api_key


class Clock:
    """The time of the story; the edges (API, feeds, tasks) ask it instead of the machine."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> Clock:
    clock = Clock(now)
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def calling(clock: Clock) -> Callable[[object], APIClient]:
    """A client of the API for a user, with a key of their own."""

    def client_of(user: object) -> APIClient:
        _, key = issue_api_key(user=user, name="walk", scopes=["read", "write"], now=clock.now)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        return client

    return client_of


def entries_in(body: bytes) -> dict[str, object]:
    """The VEVENTs of a feed by UID, in the order of their starts."""
    events = Calendar.from_ical(body).walk("VEVENT")
    return {str(event["UID"]): event for event in sorted(events, key=lambda e: str(e.start))}
