"""Questions about events. The one event filter lives here; API, feeds and pages adapt it."""

from events.queries.filter import EventFilter
from events.queries.invitations import answers_for, news_about
from events.queries.matching import Window, events, hosted_occurrences, occurrences
from events.queries.scope import Scope, scope_of

__all__ = [
    "EventFilter",
    "Scope",
    "Window",
    "answers_for",
    "events",
    "hosted_occurrences",
    "news_about",
    "occurrences",
    "scope_of",
]
