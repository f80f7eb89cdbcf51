from venues.models.address import FormerAddress
from venues.models.audit import AuditEntry, Via
from venues.models.closure import Closure
from venues.models.holiday import HolidayDay, HolidayKind, HolidayStatus, HolidayTable
from venues.models.idempotency import IdempotencyRecord
from venues.models.job import Job, JobKind, JobState
from venues.models.lookup import GeocodeAnswer, RateGate
from venues.models.membership import ApiKey, Membership, Role
from venues.models.notice import MailTime, Notice, NoticePreference
from venues.models.opening import OpeningChange, OpeningRule, SchoolTerm
from venues.models.organisation import Organisation, OrganisationKind, OrganisationPath
from venues.models.region import (
    Region,
    RegionIndicator,
    RegionLevel,
    RegionPath,
    RegionTag,
)
from venues.models.upload import Upload, UploadKind, UploadState
from venues.models.venue import CoordinatesSource, Geocoding, Space, Venue, VenueKind, VenueStatus

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Closure",
    "CoordinatesSource",
    "FormerAddress",
    "GeocodeAnswer",
    "Geocoding",
    "HolidayDay",
    "HolidayKind",
    "HolidayStatus",
    "HolidayTable",
    "IdempotencyRecord",
    "Job",
    "JobKind",
    "JobState",
    "MailTime",
    "Membership",
    "Notice",
    "NoticePreference",
    "OpeningChange",
    "OpeningRule",
    "Organisation",
    "OrganisationKind",
    "OrganisationPath",
    "RateGate",
    "Region",
    "RegionIndicator",
    "RegionLevel",
    "RegionPath",
    "RegionTag",
    "Role",
    "SchoolTerm",
    "Space",
    "Upload",
    "UploadKind",
    "UploadState",
    "Venue",
    "VenueKind",
    "VenueStatus",
    "Via",
]
