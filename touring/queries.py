"""Reads of the touring storey that are asked for by name."""

from __future__ import annotations

from django.db.models import QuerySet

from touring.models import Pairing, Plan, PlanVersion, Run, Season, Stop, TourRequest, Unit
from venues.models import JobKind, JobState


def units_to_plan(season: Season) -> QuerySet[Unit]:
    """The season's active units by code, with all a plan needs to know of them."""
    return (
        season.units.filter(is_active=True)
        .select_related("exhibition", "home")
        .prefetch_related("regions", "availability", "maintenance", "customs_documents")
        .order_by("code")
    )


def requests_to_plan(season: Season) -> QuerySet[TourRequest]:
    """Accepted requests by code, without those that a stop placed by hand serves already."""
    by_hand = Stop.objects.holding().filter(plan=None, request__season=season)
    return (
        TourRequest.objects.accepted()
        .filter(season=season)
        .exclude(pk__in=by_hand.values("request"))
        .select_related("venue__region", "space")
        .prefetch_related("windows", "exhibitions", "venue__spaces")
        .order_by("code")
    )


def stops_of_season(season: Season) -> QuerySet[Stop]:
    """What plans of the season hold, by identity."""
    return (
        Stop.objects.holding()
        .filter(plan__season=season)
        .select_related("unit__exhibition", "venue__region", "space", "origin", "request")
        .order_by("uid")
    )


def stops_outside_season(season: Season) -> QuerySet[Stop]:
    """Stops that no plan of the season may move and that take units or places in its days."""
    return (
        Stop.objects.holding()
        .exclude(plan__season=season)
        .touching(season.first_date, season.end_date)
        .order_by("arrives_on", "pk")
    )


def earlier_stops(season: Season) -> QuerySet[Stop]:
    """Stops that had closed when the season began; they count for the gaps between visits."""
    return (
        Stop.objects.holding()
        .exclude(plan__season=season)
        .filter(closes_on__lte=season.first_date)
        .select_related("unit__exhibition", "venue__region")
        .order_by("closes_on", "pk")
    )


def pairings_of_season(season: Season) -> QuerySet[Pairing]:
    """Pairings that last at some time of the season, with regions of the season's, by code."""
    return (
        Pairing.objects.filter(
            first_date__lt=season.end_date,
            end_date__gt=season.first_date,
            recipient__ancestor_paths__ancestor=season.region_id,
        )
        .select_related("recipient")
        .prefetch_related("units")
        .order_by("code")
    )


def runs_nobody_took() -> QuerySet[Run]:
    """Runs whose job waits for a worker, the oldest first."""
    return Run.objects.filter(job__kind=JobKind.PLANNING_RUN, job__state=JobState.QUEUED).order_by(
        "pk"
    )


def versions_of(plan: Plan) -> QuerySet[PlanVersion]:
    """The newest first, with what a list shows of them."""
    return plan.versions.select_related("run__job", "based_on").order_by("-number")
