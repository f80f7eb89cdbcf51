"""Questions about events. The one event filter lives here; API, feeds and pages adapt it."""

from events.queries.filter import EventFilter
from events.queries.matching import Window, events, hosted_occurrences, occurrences
from events.queries.scope import Scope, scope_of

__all__ = [
    "EventFilter",
    "Scope",
    "Window",
    "events",
    "hosted_occurrences",
    "occurrences",
    "scope_of",
]
