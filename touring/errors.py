"""Refusals of the touring storey."""

from __future__ import annotations

from venues.errors import Conflict, Invalid, Stale


class InvalidSeason(Invalid):
    """The rows of a season do not make a planning problem; every reason at once."""

    code = "invalid_season"


class InvalidRequest(Invalid):
    code = "invalid_tour_request"


class InvalidRun(Invalid):
    code = "invalid_run"


class InvalidDraft(Invalid):
    """Stops placed by hand name what the season does not have."""

    code = "invalid_draft"


class InvalidUnit(Invalid):
    code = "invalid_unit"


class InvalidStop(Invalid):
    code = "invalid_stop"


class PlanBroken(Invalid):
    """Today's rows break the plan: the violations, by the planner's codes H1-H13."""

    code = "plan_broken"


class StalePlan(Stale):
    """Another version was published since the caller looked."""

    code = "stale_plan"


class StaleStop(Stale):
    """The stop was changed since the caller looked."""

    code = "stale_stop"


class StaleRequest(Stale):
    """The request was changed since the caller looked."""

    code = "stale_tour_request"


class WrongState(Conflict):
    """What is asked for is no step from the state the row is in."""

    code = "wrong_state"


class AnotherPlanHolds(Conflict):
    """Another plan of the season holds published stops; a season follows one plan."""

    code = "another_plan_holds"


class AlreadyTaken(Conflict):
    """The unit or the space is taken on some of these days."""

    code = "already_taken"


class InvalidCall(Invalid):
    code = "invalid_call"


class InvalidPaper(Invalid):
    """A file of a type or size that is not taken, or not what its name says."""

    code = "invalid_paper"


class DeadlineOver(Conflict):
    """The call does not take requests on this day."""

    code = "deadline_over"


class AlreadyAsked(Conflict):
    """The county has an active request in this programme and year."""

    code = "already_asked"


class QuotaReached(Conflict):
    """The region hands up as many requests as the call allows it."""

    code = "quota_reached"


class GateClosed(Conflict):
    """Something that must be there before this step is not; every missing thing at once."""

    code = "gate_closed"


class InvalidHold(Invalid):
    code = "invalid_hold"


class StaleHold(Stale):
    """The hold was changed since the caller looked."""

    code = "stale_hold"


class AlreadyHeld(Conflict):
    """Somebody stands before the caller in line."""

    code = "already_held"


class InvalidPairing(Invalid):
    code = "invalid_pairing"


class InvalidRecord(Invalid):
    """What was to be recorded about a stop, a move or a vehicle cannot be right."""

    code = "invalid_record"


class UploadHasProblems(Invalid):
    """A file with problems is not taken over; ``detail["problems"]`` has every row's."""

    code = "upload_has_problems"


class StaleUpload(Conflict):
    """The file would do something else by now than its preview said."""

    code = "stale_upload"
