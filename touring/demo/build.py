"""The whole demo network, from an empty database to calendars that can be subscribed to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from events.models import Event
from events.services.private_feeds import hand_out_private_feed
from touring.demo import people, places, programme, season, story, tour
from touring.models import Plan
from venues.permissions import SYSTEM
from venues.services.holidays import seed_holidays

log = logging.getLogger(__name__)

WORK = 400
"""How much work the planner does for the demo: a few seconds on two cores."""


@dataclass(frozen=True)
class Built:
    plans: tuple[Plan, ...]
    was_there: bool


def build_demo(*, now: datetime, say: Callable[[str], None]) -> Built:
    """Load, plan and publish; a demo that is there already is left as it is.

    Each step is finished or not begun; a start that was interrupted is continued with
    ``./run demo --fresh``, which the message says.

    Raises:
        HalfBuilt: an earlier start was interrupted.
    """
    plans = tuple(Plan.objects.filter(season__end_date__gt=now.date()).order_by("pk"))
    if plans and all(plan.published_version_id for plan in plans) and Event.objects.exists():
        return Built(plans, was_there=True)
    if plans:
        raise HalfBuilt("An earlier start was interrupted; repeat with --fresh to begin anew.")
    return Built(_build(now, say), was_there=False)


class HalfBuilt(Exception):
    """The database holds part of a demo."""


def _build(now: datetime, say: Callable[[str], None]) -> tuple[Plan, ...]:
    say("Loading regions, museums and county halls …")
    network = places.load_network(by=people.administrator(), now=now)
    seed_holidays(years=range(now.year, now.year + 2), by=SYSTEM, now=now)
    hall, hefei, donor = network.halls[0], network.museum("hefei"), network.museum("china")
    district_hall = story.load_district_hall(
        owner=network.association, by=people.administrator(), now=now
    )
    assert donor.organisation is not None, "museums of the demo have their organisations"
    accounts = people.load_people(
        province=network.province,
        museum=hefei,
        hall=hall,
        district_hall=district_hall,
        hub=network.hubs[0],
        donor=donor.organisation,
    )
    by = accounts.administrator
    say("Loading exhibitions, units and the counties' requests …")
    exhibitions = season.load_exhibitions(owner=network.association, now=now)
    units = season.load_units(
        exhibitions=exhibitions, hubs=network.hubs, province=network.province, now=now
    )
    anhui = season.load_season(
        province=network.province, units=units, halls=network.halls, by=by, now=now
    )
    abroad = season.load_tour_abroad(
        exhibition=exhibitions[0],
        home=network.museum("china"),
        host=network.museum("bp-koirala"),
        by=by,
        now=now,
    )
    story.pair(
        donor=donor.organisation,
        recipient=hall.region,
        first=season.first_date_near(now.date()),
        by=accounts.planner,
        now=now,
    )
    say("Telling the way of one request through four levels …")
    story.tell(hall=district_hall, rival=hefei, hub=network.hubs[0], people=accounts, now=now)
    say("Filling the museums' own calendars …")
    programme.load_topics()
    programme.load_programme(museums=network.museums, by=by, now=now)
    for plan in (anhui, abroad):
        say(f"Planning and publishing: {plan.season.name_en} …")
        tour.plan_and_publish(plan=plan, work=WORK, by=by, now=now)
    _, address = hand_out_private_feed(venue=hall, by=accounts.publisher, now=now)
    say(f"The private calendar of {hall}, with moves and installation (told only now): {address}")
    return anhui, abroad
