from events.models.event import Event, EventReference, Occurrence, Topic
from events.models.feed import FeedRevision, PrivateFeed, SavedSearch
from events.models.outbox import OutgoingMail
from events.models.source import Source, SourceKind, Subscription

__all__ = [
    "Event",
    "EventReference",
    "FeedRevision",
    "Occurrence",
    "OutgoingMail",
    "PrivateFeed",
    "SavedSearch",
    "Source",
    "SourceKind",
    "Subscription",
    "Topic",
]
