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
