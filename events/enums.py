"""The fixed vocabularies of events, shared by models, entries and pages. No Django models here."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class EventKind(StrEnum):
    EXHIBITION = "exhibition"
    SHOW = "show"
    LECTURE = "lecture"
    WORKSHOP = "workshop"
    COURSE = "course"
    OPEN_DAY = "open_day"
    CAMP = "camp"
    CONTEST = "contest"
    CARAVAN_VISIT = "caravan_visit"
    ONLINE = "online"
    LOGISTICS = "logistics"  # moves, installation and strike: hosts' feeds only
    OTHER = "other"


class Moderation(StrEnum):
    """The editorial axis: may it be seen at all?"""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Status(StrEnum):
    """The availability axis: does it take place as announced?"""

    SCHEDULED = "scheduled"
    TENTATIVE = "tentative"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"
    MOVED_ONLINE = "moved_online"
    FULL = "full"
    CANCELLED = "cancelled"


ICALENDAR_STATUS: Mapping[Status, str] = {
    Status.SCHEDULED: "CONFIRMED",
    Status.RESCHEDULED: "CONFIRMED",
    Status.MOVED_ONLINE: "CONFIRMED",
    Status.FULL: "CONFIRMED",
    Status.TENTATIVE: "TENTATIVE",
    Status.POSTPONED: "TENTATIVE",
    Status.CANCELLED: "CANCELLED",
}
"""What calendars write for each (RFC 5545 3.8.1.11)."""

STATUS_OF: Mapping[str, Status] = {
    "CONFIRMED": Status.SCHEDULED,
    "TENTATIVE": Status.TENTATIVE,
    "CANCELLED": Status.CANCELLED,
}
"""What a calendar's word means when nothing more is known."""


class Visibility(StrEnum):
    PUBLIC = "public"
    HOSTS = "hosts"  # the venue's own private feed: moves, installation, strike


class Audience(StrEnum):
    """The five priority groups, families, schools and everyone."""

    YOUTH = "youth"
    FARMER = "farmer"
    WORKER = "worker"
    ELDERLY = "elderly"
    OFFICIAL = "official"
    FAMILY = "family"
    SCHOOL = "school"
    EVERYONE = "everyone"


class Sector(StrEnum):
    """What science is taken together with."""

    EDUCATION = "education"
    CULTURE = "culture"
    HEALTH = "health"
    SPORT = "sport"
    TOURISM = "tourism"


class Attendance(StrEnum):
    """Where one takes part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"


class Accessibility(StrEnum):
    """What an event offers; step-free access is the venue's (``Venue.is_accessible``)."""

    WHEELCHAIR = "wheelchair"
    SIGN_LANGUAGE = "sign_language"
    CAPTIONS = "captions"
    HEARING_LOOP = "hearing_loop"
    AUDIO_DESCRIPTION = "audio_description"
    TACTILE = "tactile"
    PLAIN_LANGUAGE = "plain_language"
    QUIET = "quiet"


class OrganiserRole(StrEnum):
    """主办、承办、协办、指导、支持."""

    HOST = "host"
    UNDERTAKER = "undertaker"
    CO_ORGANISER = "co_organiser"
    GUIDING_UNIT = "guiding_unit"
    SPONSOR = "sponsor"


LAST_GRADE, OLDEST = 12, 120
"""School years go from 1 to the last one, 0 is kindergarten; ages are in years."""


class ImageLicence(StrEnum):
    """What others may do with a picture."""

    CC0 = "cc0"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    PRESS = "press"  # free for announcing this event
    OWN_PAGES = "own_pages"  # bought or lent for our own pages only
    UNKNOWN = "unknown"


LICENCES_THAT_LEAVE = frozenset(
    {ImageLicence.CC0, ImageLicence.CC_BY, ImageLicence.CC_BY_SA, ImageLicence.PRESS}
)
"""Pictures under any other licence are shown on our own pages and never exported."""


class Translation(StrEnum):
    """How the English texts stand to the Chinese ones."""

    COMPLETE = "complete"
    MISSING = "missing"
    OUTDATED = "outdated"


class ClosedDays(StrEnum):
    """What becomes of the dates of a series on days on which its venue is closed."""

    KEEP = "keep"  # they take place all the same
    CANCEL = "cancel"  # they are shown as cancelled, with the venue's reason
    SKIP = "skip"  # they are not dates of the series; announced ones are withdrawn


class CampaignKind(StrEnum):
    SCIENCE_DAY = "science_day"
    SCIENCE_MONTH = "science_month"
    SCIENCE_WEEK = "science_week"
    FESTIVAL = "festival"
    JOINT_ACTION = "joint_action"
    OTHER = "other"


class CampaignState(StrEnum):
    DRAFT = "draft"
    ANNOUNCED = "announced"
    CLOSED = "closed"


class Admission(StrEnum):
    """Whose events join a campaign without being looked at by its lead."""

    ANYONE = "anyone"
    PARTNERS = "partners"
    NOBODY = "nobody"


class ParticipationState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class FeedKind(StrEnum):
    VENUE = "venues"
    REGION = "regions"
    EXHIBITION = "exhibitions"
    UNIT = "units"
    AUDIENCE = "audiences"
    TOPIC = "topics"
    CAMPAIGN = "campaigns"
    SEARCH = "search"
    PRIVATE = "private"
