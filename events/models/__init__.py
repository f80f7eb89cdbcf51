from events.models.campaign import Campaign, CampaignPartner, Participation
from events.models.credits import EventImage, EventOrganiser
from events.models.event import Event, EventReference, Occurrence
from events.models.feed import FeedReach, FeedRevision, PrivateFeed, SavedSearch
from events.models.importing import ImportRun, LocalEdit, RunOutcome
from events.models.invitation import Invitation, ReceivedMail
from events.models.outbox import OutgoingMail
from events.models.shown import Change, EventIndex, FiledUnder, Fragment, LiveFeed
from events.models.source import Arrival, Source, SourceKind, Subscription
from events.models.topic import Topic

__all__ = [
    "Arrival",
    "Campaign",
    "CampaignPartner",
    "Change",
    "Event",
    "EventImage",
    "EventIndex",
    "EventOrganiser",
    "EventReference",
    "FeedReach",
    "FeedRevision",
    "FiledUnder",
    "Fragment",
    "ImportRun",
    "Invitation",
    "LiveFeed",
    "LocalEdit",
    "Occurrence",
    "OutgoingMail",
    "Participation",
    "PrivateFeed",
    "ReceivedMail",
    "RunOutcome",
    "SavedSearch",
    "Source",
    "SourceKind",
    "Subscription",
    "Topic",
]
