"""Refusals of the events storey."""

from __future__ import annotations

from venues.errors import Conflict, DomainError, Invalid, Stale


class StaleEvent(Stale):
    """The event was changed since the caller read it."""

    code = "stale_event"


class NothingToPublish(DomainError):
    """The rule yields no date inside the horizon."""

    code = "nothing_to_publish"


class InvalidEvent(Invalid):
    """Values no event can have; ``detail["problems"]``: ``{"field", "message"}`` of each."""

    code = "invalid_event"


class InvalidSubscription(Invalid):
    """An address no calendar is read from; ``detail["problems"]`` as of :class:`InvalidEvent`."""

    code = "invalid_subscription"


class NoSuchDate(DomainError):
    """The event has no date with this original start."""

    code = "no_such_date"


class KeptElsewhere(Conflict):
    """The event is read from a source again and again, which would undo the change."""

    code = "kept_elsewhere"


class WrongState(Conflict):
    """The event's editorial state does not lead to the one asked for."""

    code = "wrong_state"


class InvalidVocabulary(Invalid):
    """Topics that cannot be loaded; ``detail["problems"]`` as of :class:`InvalidEvent`."""

    code = "invalid_vocabulary"


class InvalidCampaign(Invalid):
    """Values no campaign can have; ``detail["problems"]`` as of :class:`InvalidEvent`."""

    code = "invalid_campaign"


class StaleCampaign(Stale):
    """The campaign was changed since the caller read it."""

    code = "stale_campaign"


class NotRegistering(Conflict):
    """The campaign does not take events now, or not from this organisation."""

    code = "not_registering"


class InvalidFilter(Invalid):
    """A query for events that cannot be understood; every parameter's problem at once."""

    code = "invalid_filter"


class FeedNotFound(DomainError):
    """No feed has ever had this address."""

    code = "feed_not_found"


class InvalidInvitation(Invalid):
    """Somebody who cannot be invited; ``detail["problems"]`` as of :class:`InvalidEvent`."""

    code = "invalid_invitation"


class NoSuchInvitation(DomainError):
    """No invitation has this token, or it has been taken back."""

    code = "no_such_invitation"


class InvalidPolicy(Invalid):
    """A source cannot be read like that; ``detail["problems"]`` as of :class:`InvalidEvent`."""

    code = "invalid_policy"


class NothingToUndo(Conflict):
    """Not the last one of its kind (reading, publication), more than a day old, or built upon."""

    code = "nothing_to_undo"
