"""Refusals of the touring storey."""

from __future__ import annotations

from venues.errors import Conflict, DomainError, Invalid, Stale


class RunNotQueued(DomainError):
    """Another worker took the run, or it has ended."""

    code = "run_not_queued"


class InvalidSeason(Invalid):
    """The rows of a season do not make a planning problem; every reason at once."""

    code = "invalid_season"


class InvalidRequest(Invalid):
    code = "invalid_tour_request"


class PlanBroken(Invalid):
    """Today's rows break the plan: the violations, by the planner's codes H1-H13."""

    code = "plan_broken"


class StalePlan(Stale):
    """Another version was published since the caller looked."""

    code = "stale_plan"


class AlreadyTaken(Conflict):
    """The unit or the space is taken on some of these days."""

    code = "already_taken"
