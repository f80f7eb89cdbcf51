"""Calendars that museums keep elsewhere, as tests put them on an imagined web."""

from __future__ import annotations

from datetime import datetime

from events.enums import Status
from events.imports.fetch import Fetched, NotModified
from events.models import Subscription
from events.services.sources import SyncReport
from events.services.subscriptions import refresh_subscription


def vevent(uid: str, *lines: str, start: str = "20261201T100000", title: str = "光") -> str:
    return "\r\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261001T000000Z", f"SUMMARY:{title}"]
        + [f"DTSTART;TZID=Asia/Shanghai:{start}", "DURATION:PT1H", *lines, "END:VEVENT"]
    )


def calendar(*events: str) -> bytes:
    frame = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//m//m//EN", *events, "END:VCALENDAR"]
    return ("\r\n".join(frame) + "\r\n").encode()


class Web:
    """A fetch that gives what the test puts there, and remembers what it was asked."""

    def __init__(self, body: bytes | Exception | None = None, etag: str = "") -> None:
        self.body = body
        self.etag = etag
        self.asked: list[tuple[str, str]] = []

    def __call__(self, url: str, *, etag: str = "", last_modified: str = ""):
        self.asked.append((url, etag))
        if isinstance(self.body, Exception):
            raise self.body
        if self.etag and etag == self.etag:
            return NotModified()
        return Fetched(self.body, etag=self.etag)


def read(subscription: Subscription, web: Web, now: datetime) -> SyncReport | None:
    report = refresh_subscription(fetch=web, subscription_id=subscription.pk, now=now)
    subscription.refresh_from_db()
    return report


def living(subscription: Subscription) -> list[str]:
    events = subscription.source.events.exclude(status=Status.CANCELLED)
    return sorted(events.values_list("uid", flat=True))
