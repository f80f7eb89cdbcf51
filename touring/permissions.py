"""May this user …? Plain questions about tours; the network's own are in ``venues.permissions``."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from touring.lifecycles import Step
from touring.models import Exhibition, Plan, Season, Stop, TourRequest, Unit
from venues import permissions as network
from venues.models import Region, Role, Venue
from venues.permissions import Actor

_HOSTS = network.EDITORS | {Role.HOST_CONTACT}
_PROVINCE = frozenset({Role.PROVINCE_OFFICER})
_OFFICERS: dict[str, frozenset[str]] = {
    "county_officer": frozenset({Role.COUNTY_OFFICER, Role.ADMINISTRATOR}),
    "prefecture_officer": frozenset({Role.PREFECTURE_OFFICER, Role.ADMINISTRATOR}),
    "province_officer": frozenset({Role.PROVINCE_OFFICER, Role.ADMINISTRATOR}),
    "nation_officer": frozenset({Role.NATION_OFFICER, Role.ADMINISTRATOR}),
}


def can_plan_in(user: Actor | None, region: Region, on: date) -> bool:
    """Decide about units and stops in the region: planners of it or of what lies above it."""
    return network.can_plan(user, region, on)


def can_send(user: Actor | None, unit: Unit, on: date) -> bool:
    """Promise the unit to a host: planners of where it rests, or of a season it takes part in."""
    if can_plan_in(user, unit.home.region, on):
        return True
    planned = network.regions_of(user, network.PLANNERS, on=on)
    return unit.seasons.filter(region__in=planned).exists()


def can_decide_about(user: Actor | None, exhibition: Exhibition, on: date) -> bool:
    """Change an exhibition: planners of its owner; without an owner only superusers."""
    if exhibition.owner is None:
        return user is not None and user.is_active and user.is_superuser
    return network.has_role(user, network.PLANNERS, on=on, organisation=exhibition.owner)


def can_plan_season(user: Actor | None, season: Season, on: date) -> bool:
    return can_plan_in(user, season.region, on)


def can_publish_plan(user: Actor | None, plan: Plan, on: date) -> bool:
    return can_plan_season(user, plan.season, on)


def can_ask_for(user: Actor | None, venue: Venue, season: Season, on: date) -> bool:
    """Hand in a request for the venue: its own people, or the season's planners."""
    is_host = network.has_role(user, _HOSTS, on=on, venue=venue)
    return is_host or can_plan_season(user, season, on)


def can_change_request(user: Actor | None, request: TourRequest, on: date) -> bool:
    return can_ask_for(user, request.venue, request.season, on)


def can_call(user: Actor | None, season: Season, on: date) -> bool:
    """Open calls for requests: the season's planners and the officers of its province."""
    return network.has_role(user, network.PLANNERS | _PROVINCE, on=on, region=season.region)


def can_take_request_step(user: Actor | None, request: TourRequest, step: Step, on: date) -> bool:
    """Whether the step is ``user``'s: each of the four levels has its own, see the table."""
    if step.decided_by == "host_contact":
        return can_change_request(user, request, on)
    if step.decided_by == "tour_planner":
        return can_plan_season(user, request.season, on)
    roles = _OFFICERS.get(step.decided_by)
    if roles is None:
        return user is not None and user.is_active and user.is_superuser
    if step.decided_by == "province_officer" and request.call and request.call.asks_nation:
        roles = _OFFICERS["nation_officer"]
    region = request.county or request.venue.region
    return network.has_role(user, roles, on=on, region=region)


def can_decide_about_request(user: Actor | None, request: TourRequest, on: date) -> bool:
    """Whether ``user`` has any say about the request: an officer above it, or a planner."""
    officers = frozenset().union(*_OFFICERS.values())
    region = request.county or request.venue.region
    return can_plan_season(user, request.season, on) or network.has_role(
        user, officers, on=on, region=region
    )


def seasons_visible_to(user: Actor | None, on: date) -> QuerySet[Season]:
    """Seasons whose plans, versions and runs ``user`` may read: a role in the season's region."""
    return Season.objects.filter(region__in=network.regions_of(user, Role.values, on=on))


def requests_visible_to(user: Actor | None, on: date) -> QuerySet[TourRequest]:
    """Requests of venues where ``user`` has any role, and all of the seasons ``user`` plans."""
    return TourRequest.objects.filter(
        Q(venue__in=network.venues_of(user, Role.values, on=on))
        | Q(season__region__in=network.regions_of(user, network.PLANNERS, on=on))
    )


def stops_visible_to(user: Actor | None, on: date) -> QuerySet[Stop]:
    """Stops, with all that is said about them, at venues where ``user`` has any role."""
    return Stop.objects.filter(venue__in=network.venues_of(user, Role.values, on=on))
