"""What tests of calendars over HTTP share: a clock that stands still."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest


class Clock:
    """The moment at which requests arrive; moves only when told to."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **duration: float) -> datetime:
        self.moment += timedelta(**duration)
        return self.moment


@pytest.fixture
def clock(now, monkeypatch) -> Clock:
    standing = Clock(now)
    monkeypatch.setattr("web.feeds.timezone.now", standing)
    return standing
