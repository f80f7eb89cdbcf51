"""What tests of calendars over HTTP share: a clock that stands still."""

from __future__ import annotations

import os
from collections.abc import Iterator
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


@pytest.fixture
def browser(chromium, monkeypatch) -> Iterator:
    """Chromium by Playwright, whose event loop runs beside the synchronous ORM of the test."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium.path), args=chromium.flags)
        yield opened
        opened.close()
