"""Refusals of the events storey."""

from __future__ import annotations

from venues.errors import DomainError, Invalid, Stale


class StaleEvent(Stale):
    """The event was changed since the caller read it."""

    code = "stale_event"


class NothingToPublish(DomainError):
    """The rule yields no date inside the horizon."""

    code = "nothing_to_publish"


class InvalidEvent(Invalid):
    code = "invalid_event"


class InvalidFilter(Invalid):
    """A query for events that cannot be understood; every parameter's problem at once."""

    code = "invalid_filter"


class FeedNotFound(DomainError):
    """No feed has ever had this address."""

    code = "feed_not_found"
