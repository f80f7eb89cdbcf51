from events.models.campaign import Campaign, CampaignPartner, Participation
from events.models.credits import EventImage, EventOrganiser
from events.models.event import Event, EventReference, Occurrence
from events.models.feed import FeedRevision, PrivateFeed, SavedSearch
from events.models.invitation import Invitation, ReceivedMail
from events.models.outbox import OutgoingMail
from events.models.shown import Change, EventIndex, FiledUnder, Fragment, LiveFeed
from events.models.source import Source, SourceKind, Subscription
from events.models.topic import Topic

__all__ = [
    "Campaign",
    "CampaignPartner",
    "Change",
    "Event",
    "EventImage",
    "EventIndex",
    "EventOrganiser",
    "EventReference",
    "FeedRevision",
    "FiledUnder",
    "Fragment",
    "Invitation",
    "LiveFeed",
    "Occurrence",
    "OutgoingMail",
    "Participation",
    "PrivateFeed",
    "ReceivedMail",
    "SavedSearch",
    "Source",
    "SourceKind",
    "Subscription",
    "Topic",
]
