"""A feed: everything that its bytes depend on, except the rows and the day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from dateutil.relativedelta import relativedelta
from django.conf import settings

from events.ical.entry import Text
from events.queries import EventFilter, Scope, Window

DAYS_BACK = 90
MONTHS_AHEAD = 18
OWN_LANGUAGE = "zh"
MAX_KEY = 200
_WITH_PAGES = ("venues", "regions", "exhibitions", "units", "topics", "audiences", "campaigns")


@dataclass(frozen=True)
class Feed:
    """A calendar somebody can follow.

    ``kind`` and ``subject`` are its address: ``venues``/``hefei``; for ``search`` the subject is
    the canonical query, for ``event`` a public UID, for ``private`` the row's id (never the
    token). Two feeds with the same :attr:`key` are the same calendar.
    """

    kind: str
    subject: str
    name: Text
    language: str = OWN_LANGUAGE
    timezone: str = "Asia/Shanghai"
    """IANA name; its calendar day places the window."""
    asked: EventFilter = field(default_factory=EventFilter)
    scope: Scope | None = field(default=None, compare=False)
    """The rows that ``asked`` names, where they are known already."""
    host_id: int | None = None
    """This venue's whole schedule instead of ``asked``: for its hosts alone."""
    event_id: int | None = None
    """This event's dates instead of ``asked``, without a window."""
    occurrence_key: str | None = None
    """Of ``event_id`` only the date with this key."""

    @property
    def key(self) -> str:
        """Names the feed in one language; at most ``MAX_KEY`` characters."""
        key = f"{self.kind}/{self.subject}?lang={self.language}"
        if len(key) <= MAX_KEY:
            return key
        digest = hashlib.sha256(self.subject.encode()).hexdigest()
        return f"{self.kind}/{digest}?lang={self.language}"

    @property
    def path(self) -> str:
        """Where it is served; empty for private ones, whose address is a secret."""
        if self.kind == "private":
            return ""
        language = "" if self.language == OWN_LANGUAGE else f"lang={self.language}"
        if self.kind == "search":
            query = "&".join(part for part in (self.subject, language) if part)
            return f"/feeds/search.ics{'?' if query else ''}{query}"
        folder = "events" if self.kind == "event" else f"feeds/{self.kind}"
        return f"/{folder}/{quote(self.subject, safe='@')}.ics{'?' if language else ''}{language}"

    @property
    def url(self) -> str:
        """By the configured address of the site, never by a request's Host."""
        return settings.SITE_URL + self.path if self.path else ""

    @property
    def page_url(self) -> str:
        """The page that shows the same to people; empty where there is none."""
        if self.kind not in _WITH_PAGES:
            return ""
        return f"{settings.SITE_URL}/{self.kind}/{quote(self.subject, safe='')}/"

    @property
    def is_private(self) -> bool:
        return self.kind == "private"


def window_of(today: date) -> Window:
    """The days a feed shows: 90 back, 18 months ahead."""
    return Window(
        today - relativedelta(days=DAYS_BACK),
        today + relativedelta(months=MONTHS_AHEAD),
    )
