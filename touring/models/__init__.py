from touring.models.call import Programme, RequestCall, RequestQuota
from touring.models.exhibition import Exhibition, Unit, UnitAvailability, UnitKind, UnitMaintenance
from touring.models.hold import Hold, HoldState, HoldSubject
from touring.models.pairing import Pairing
from touring.models.plan import Plan, PlannedStop, PlanVersion, Run, RunKind, StopLock
from touring.models.publication import Publication, PublishedChange
from touring.models.readiness import (
    Agreement,
    ConditionItem,
    ConditionMoment,
    ConditionPhoto,
    ConditionReport,
    DailyCount,
    FacilityReport,
    Handover,
    ItemState,
    StopSummary,
    Training,
)
from touring.models.request import (
    RequestAttachment,
    RequestState,
    RequestStep,
    RequestVersion,
    RequestWindow,
    TourRequest,
)
from touring.models.season import Season
from touring.models.stop import Stop, StopState
from touring.models.suspension import SuspendedStop, Suspension
from touring.models.transport import Crate, CustomsDocument, Move
from touring.models.vehicle import OdometerReading, ServiceVisit, Vehicle

__all__ = [
    "Agreement",
    "ConditionItem",
    "ConditionMoment",
    "ConditionPhoto",
    "ConditionReport",
    "Crate",
    "CustomsDocument",
    "DailyCount",
    "Exhibition",
    "FacilityReport",
    "Handover",
    "Hold",
    "HoldState",
    "HoldSubject",
    "ItemState",
    "Move",
    "OdometerReading",
    "Pairing",
    "Plan",
    "PlanVersion",
    "PlannedStop",
    "Programme",
    "Publication",
    "PublishedChange",
    "RequestAttachment",
    "RequestCall",
    "RequestQuota",
    "RequestState",
    "RequestStep",
    "RequestVersion",
    "RequestWindow",
    "Run",
    "RunKind",
    "Season",
    "ServiceVisit",
    "Stop",
    "StopLock",
    "StopState",
    "StopSummary",
    "SuspendedStop",
    "Suspension",
    "TourRequest",
    "Training",
    "Unit",
    "UnitAvailability",
    "UnitKind",
    "UnitMaintenance",
    "Vehicle",
]
