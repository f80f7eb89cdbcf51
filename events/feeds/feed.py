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
WHOLE, ENDS = "whole", "ends"
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
    drops_cancelled: bool = False
    """Dates that were called off are left out; otherwise they are shown as cancelled."""
    runs: str = WHOLE
    """``ENDS``: of what lasts longer than a week only the opening and the last day."""

    @property
    def options(self) -> str:
        """What its address asks beside the language, as a query; empty for the usual."""
        return "&".join(
            [
                *(["cancelled=dropped"] if self.drops_cancelled else []),
                *([f"runs={self.runs}"] if self.runs != WHOLE else []),
            ]
        )

    @property
    def key(self) -> str:
        """Names the feed in one language and manner; at most ``MAX_KEY`` characters."""
        manner = f"?lang={self.language}{'&' if self.options else ''}{self.options}"
        key = f"{self.kind}/{self.subject}{manner}"
        if len(key) <= MAX_KEY:
            return key
        return f"{self.kind}/{hashlib.sha256(self.subject.encode()).hexdigest()}{manner}"

    @property
    def path(self) -> str:
        """Where it is served; empty for private ones, whose address is a secret."""
        if self.kind == "private":
            return ""
        language = "" if self.language == OWN_LANGUAGE else f"lang={self.language}"
        search = self.subject if self.kind == "search" else ""
        query = "&".join(part for part in (search, language, self.options) if part)
        query = f"?{query}" if query else ""
        if self.kind == "search":
            return f"/feeds/search.ics{query}"
        folder = "events" if self.kind == "event" else f"feeds/{self.kind}"
        return f"/{folder}/{quote(self.subject, safe='@')}.ics{query}"

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
