"""May this user …? Plain questions about tours, answered from the rows of ``venues.rights``."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from touring.lifecycles import STOP, Step
from touring.models import (
    Exhibition,
    FacilityReport,
    Hold,
    Pairing,
    Plan,
    Season,
    ServiceVisit,
    Stop,
    Suspension,
    TourRequest,
    Unit,
)
from venues.models import Membership, Region, RegionPath, Role, Venue
from venues.permissions import Actor, may, where

_RIGHT_OF = {
    "county_officer": "request.endorse",
    "prefecture_officer": "request.consolidate",
    "province_officer": "request.decide",
    "nation_officer": "request.decide-for-nation",
}


def can_plan_in(user: Actor | None, region: Region, on: date) -> bool:
    """Decide about stops in the region: planners of it or of what lies above it."""
    return may(user, "stop.plan", on=on, region=region)


def can_change_unit(user: Actor | None, unit: Unit, on: date) -> bool:
    """Change the unit and what is said about its repairs: planners and keepers of its home."""
    return may(user, "unit.change", on=on, home=unit.home)


def can_send(user: Actor | None, unit: Unit, on: date) -> bool:
    """Promise the unit to a host: planners of where it rests, or of a season it takes part in."""
    if may(user, "unit.send", on=on, home=unit.home):
        return True
    return unit.seasons.filter(where(user, "unit.send", on=on, season="region")).exists()


def can_decide_about(user: Actor | None, exhibition: Exhibition, on: date) -> bool:
    """Change an exhibition: planners of its owner; without an owner only superusers."""
    return may(user, "exhibition.change", on=on, owner=exhibition.owner)


def can_plan_season(user: Actor | None, season: Season, on: date) -> bool:
    return may(user, "season.plan", on=on, season=season.region)


def can_open_season(user: Actor | None, region: Region, on: date) -> bool:
    return may(user, "season.plan", on=on, season=region)


def can_publish_plan(user: Actor | None, plan: Plan, on: date) -> bool:
    return can_plan_season(user, plan.season, on)


def can_ask_for(user: Actor | None, venue: Venue, season: Season, on: date) -> bool:
    """Hand in a request for the venue: its own people, or the season's planners."""
    return may(user, "request.write", on=on, venue=venue, season=season.region)


def can_change_request(user: Actor | None, request: TourRequest, on: date) -> bool:
    return can_ask_for(user, request.venue, request.season, on)


def can_call(user: Actor | None, season: Season, on: date) -> bool:
    """Open calls for requests: the season's planners and the officers of its province."""
    return may(user, "call.open", on=on, season=season.region)


def seasons_called_for_by(user: Actor | None, on: date) -> QuerySet[Season]:
    """Seasons for which ``user`` may open calls."""
    return Season.objects.filter(where(user, "call.open", on=on, season="region"))


def can_take_request_step(user: Actor | None, request: TourRequest, step: Step, on: date) -> bool:
    """Whether the step is ``user``'s: each of the four levels has its own, see the table."""
    if step.decided_by == "host_contact":
        return can_change_request(user, request, on)
    if step.decided_by == "tour_planner":
        return can_plan_season(user, request.season, on)
    right = _RIGHT_OF.get(step.decided_by)
    if right is None:
        return user is not None and user.is_active and user.is_superuser
    if step.decided_by == "province_officer" and request.call and request.call.asks_nation:
        right = "request.decide-for-nation"
    return may(user, right, on=on, region=request.county or request.venue.region)


def can_decide_about_request(user: Actor | None, request: TourRequest, on: date) -> bool:
    """Whether ``user`` has any say about the request: an officer above it, or a planner."""
    region = request.county or request.venue.region
    return can_plan_season(user, request.season, on) or any(
        may(user, right, on=on, region=region) for right in _RIGHT_OF.values()
    )


def can_operate(user: Actor | None, stop: Stop, on: date) -> bool:
    """Prepare, set up, open, strike and hand over: the unit's crew, keepers and planners."""
    return may(user, "stop.operate", on=on, home=stop.unit.home, venue=stop.venue)


def can_dispatch(user: Actor | None, unit: Unit, on: date) -> bool:
    """Send the unit on its way and record its moves: keepers and planners of its home."""
    return may(user, "unit.dispatch", on=on, home=unit.home)


def can_report(user: Actor | None, stop: Stop, on: date) -> bool:
    """Count visits and sum up: the host's people, the crew and the planners."""
    return may(user, "stop.report", on=on, home=stop.unit.home, venue=stop.venue)


def can_take_stop_step(user: Actor | None, stop: Stop, operation: str, on: date) -> bool:
    """Whether the step is ``user``'s, by the table; planners of the region may take all."""
    if can_plan_in(user, stop.venue.region, on):
        return True
    decided_by = STOP.decided_by(operation)
    if decided_by == "operator":
        return can_operate(user, stop, on)
    if decided_by == "hub_keeper":
        return can_dispatch(user, stop.unit, on)
    return decided_by == "host_contact" and can_report(user, stop, on)


def can_hold(user: Actor | None, subject: str, unit: Unit, venue: Venue, on: date) -> bool:
    """Stand in line: for a unit the people of the venue, for a place the keepers of the unit."""
    return may(user, "hold.write", on=on, state=subject, venue=venue, home=unit.home)


def holds_visible_to(user: Actor | None, on: date) -> QuerySet[Hold]:
    """The lines of which one side is ``user``'s: never those of strangers, never in public."""
    return Hold.objects.filter(where(user, "hold.read", on=on, venue="venue", home="unit__home"))


def holds_of(user: Actor | None, on: date) -> QuerySet[Hold]:
    """Holds that ``user`` placed or might have placed: theirs to challenge, confirm, release."""
    held = where(user, "hold.write", on=on, state="subject", venue="venue", home="unit__home")
    return Hold.objects.filter(held)


def can_state_facilities(user: Actor | None, venue: Venue, on: date) -> bool:
    return may(user, "facility-report.write", on=on, venue=venue)


def facility_reports_visible_to(user: Actor | None, on: date) -> QuerySet[FacilityReport]:
    """Reports of places that ``user`` writes for, or approves for."""
    return FacilityReport.objects.filter(
        where(user, "facility-report.write", on=on, venue="venue")
        | where(user, "facility-report.approve", on=on, region="venue__region")
    )


def facility_reports_approved_by(user: Actor | None, on: date) -> QuerySet[FacilityReport]:
    """Reports that are ``user``'s to approve."""
    return FacilityReport.objects.filter(
        where(user, "facility-report.approve", on=on, region="venue__region")
    )


def venues_stating_facilities(user: Actor | None, on: date) -> QuerySet[Venue]:
    """Places for which ``user`` may say what they offer."""
    return Venue.objects.filter(where(user, "facility-report.write", on=on, venue=""))


def can_approve_facilities(user: Actor | None, venue: Venue, on: date) -> bool:
    """Planners and officers above the venue; never its own people."""
    return may(user, "facility-report.approve", on=on, region=venue.region)


def seasons_visible_to(user: Actor | None, on: date) -> QuerySet[Season]:
    """Seasons whose plans, versions and runs ``user`` may read."""
    return Season.objects.filter(where(user, "season.read", on=on, season="region"))


def requests_visible_to(user: Actor | None, on: date) -> QuerySet[TourRequest]:
    """Requests of venues where ``user`` works, and all of the seasons ``user`` plans."""
    seen = where(user, "request.read", on=on, venue="venue", season="season__region")
    return TourRequest.objects.filter(seen)


def seasons_planned_by(user: Actor | None, on: date) -> QuerySet[Season]:
    return Season.objects.filter(where(user, "season.plan", on=on, season="region"))


def venues_asking(user: Actor | None, on: date) -> QuerySet[Venue]:
    """Venues for which ``user`` may ask for a tour, in a season of theirs or of anybody's."""
    return Venue.objects.filter(where(user, "request.write", on=on, venue="", season="region"))


def stops_worked_on(user: Actor | None, on: date) -> QuerySet[Stop]:
    """Stops that ``user`` prepares, opens, counts, reports on or plans."""
    return Stop.objects.filter(
        where(user, "stop.operate", on=on, home="unit__home", venue="venue")
        | where(user, "stop.report", on=on, home="unit__home", venue="venue")
        | where(user, "stop.plan", on=on, region="venue__region")
    )


def stops_visible_to(user: Actor | None, on: date) -> QuerySet[Stop]:
    """Stops, with all that is said about them, at venues where ``user`` works or is paired.

    People of a donor see the recipient's stops on the days of the pairing, and on no other.
    """
    return Stop.objects.filter(
        where(user, "stop.read", on=on, venue="venue") | _at_recipients_of(user, on)
    )


def _at_recipients_of(user: Actor | None, on: date) -> Q:
    if user is None or not user.is_active or user.pk is None:
        return Q(pk__in=[])
    held = Membership.objects.valid_on(on).filter(user=user.pk, role=Role.PAIRED_DONOR)
    donors = held.values("organisation")
    recipients = Pairing.objects.valid_on(on).filter(donor__in=donors).values("recipient")
    below = RegionPath.objects.filter(ancestor__in=recipients).values("descendant")
    return Q(venue__region__in=below)


def can_pair(user: Actor | None, recipient: Region, on: date) -> bool:
    return may(user, "pairing.change", on=on, region=recipient)


def pairings_visible_to(user: Actor | None, on: date) -> QuerySet[Pairing]:
    """Pairings with regions that ``user`` oversees, and those of donors ``user`` acts for."""
    seen = where(user, "pairing.read", on=on, region="recipient", organisation="donor")
    return Pairing.objects.filter(seen)


def units_kept_by(user: Actor | None, on: date) -> QuerySet[Unit]:
    """Units whose crates, papers and vehicles ``user`` keeps."""
    return Unit.objects.filter(where(user, "unit.change", on=on, home="home"))


def units_sent_by(user: Actor | None, on: date) -> QuerySet[Unit]:
    return Unit.objects.filter(where(user, "unit.dispatch", on=on, home="home"))


def visits_visible_to(user: Actor | None, on: date) -> QuerySet[ServiceVisit]:
    """Visits to points ``user`` speaks for, and of vehicles ``user`` keeps."""
    asked = where(user, "visit.write", on=on, venue="point")
    kept = where(user, "unit.change", on=on, home="vehicle__unit__home")
    return ServiceVisit.objects.filter(asked | kept)


def suspensions_declared_by(user: Actor | None, on: date) -> QuerySet[Suspension]:
    """Suspensions of regions that ``user`` may suspend and resume."""
    return Suspension.objects.filter(where(user, "suspension.declare", on=on, region="region"))


def can_suspend(user: Actor | None, region: Region, on: date) -> bool:
    """Suspend and resume the region: those who administer it, or its prefecture and province."""
    return may(user, "suspension.declare", on=on, region=region)


def can_ask_visit(user: Actor | None, point: Venue, on: date) -> bool:
    """Ask for a vehicle and say how it was: the people of the service point."""
    return may(user, "visit.write", on=on, venue=point)
