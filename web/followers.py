"""Counts who asks for a calendar, in this process, and hands the counts on once a minute.

Nothing of those who ask is kept: see :mod:`events.services.followers`. What a proxy or a phone's
provider answers from its own store is not seen here.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError

from events.services.followers import Sketch, Tally, add_tallies, digest_of
from web.origin import address_in

HANDED_ON_EVERY_SECONDS = 60.0
MOST_PATHS = 20_000
"""Beyond these a minute's new calendars are not counted: memory matters more."""

log = logging.getLogger(__name__)


class Followers:
    """Counts by feed and day. Threads may lose a count between them, never a whole tally."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, Any], Tally] = {}
        self._handed_on_at = time.monotonic()

    def note(self, path: str, environ: dict[str, Any]) -> None:
        """Somebody got the calendar at ``path``, or heard that it is as it was."""
        day = datetime.now(UTC).date()
        tally = self._tallies.get((path, day))
        if tally is None:
            if len(self._tallies) >= MOST_PATHS:
                return
            tally = self._tallies.setdefault((path, day), Tally(0, Sketch()))
        tally.polls += 1
        who = f"{address_in(environ)}\n{environ.get('HTTP_USER_AGENT', '')}"
        tally.sketch.add(digest_of(day, who))

    def hand_on(self) -> None:
        """Write down what was counted, at most once a minute; what cannot be written waits."""
        if time.monotonic() - self._handed_on_at < HANDED_ON_EVERY_SECONDS or not self._tallies:
            return
        self._handed_on_at = time.monotonic()
        counted, self._tallies = self._tallies, {}
        try:
            add_tallies(counted)
        except DatabaseError:
            log.exception("the counts of those who follow calendars could not be written")
            self._tallies = counted | self._tallies
