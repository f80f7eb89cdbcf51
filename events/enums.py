"""The fixed vocabularies of events, shared by models, entries and pages. No Django models here."""

from __future__ import annotations

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


class FeedKind(StrEnum):
    VENUE = "venues"
    REGION = "regions"
    EXHIBITION = "exhibitions"
    UNIT = "units"
    AUDIENCE = "audiences"
    TOPIC = "topics"
    SEARCH = "search"
    PRIVATE = "private"
