from touring.models.exhibition import Exhibition, Unit, UnitAvailability, UnitKind, UnitMaintenance
from touring.models.plan import Plan, PlannedStop, PlanVersion, Run, StopLock
from touring.models.publication import Publication, PublishedChange
from touring.models.request import RequestState, RequestWindow, TourRequest
from touring.models.season import Season
from touring.models.stop import Stop, StopState

__all__ = [
    "Exhibition",
    "Plan",
    "PlanVersion",
    "PlannedStop",
    "Publication",
    "PublishedChange",
    "RequestState",
    "RequestWindow",
    "Run",
    "Season",
    "Stop",
    "StopLock",
    "StopState",
    "TourRequest",
    "Unit",
    "UnitAvailability",
    "UnitKind",
    "UnitMaintenance",
]
