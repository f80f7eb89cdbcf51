"""Walk: a county asks, four levels agree, a stop stands in line, opens, is counted and closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from events.models import Event
from tests.factories.touring import PlacedVenueFactory, RequestCallFactory, UnitFactory
from tests.factories.venues import MembershipFactory, OrganisationFactory, RegionFactory
from touring.models import RequestState, Stop, TourRequest
from touring.permissions import stops_visible_to
from touring.services import approval, holds, records
from touring.services.pairings import open_pairing, pairing_report
from touring.services.publication import publish_version
from touring.services.records import DayCount, SeenItem, Terms
from touring.services.requests import WantedWindow, Wish, accept_request, submit_request
from touring.services.runs import execute_run, request_run
from touring.services.seasons import draft_plan, open_season
from touring.services.stop_steps import take_step
from touring.services.stops import contract_stop
from venues.models import Notice, RegionLevel, Role

pytestmark = pytest.mark.django_db


def test_a_county_s_wish_becomes_a_stop_that_is_closed(now):
    province = RegionFactory(code="340000", level=RegionLevel.PROVINCE)
    prefecture = RegionFactory(code="341500", level=RegionLevel.PREFECTURE, parent=province)
    county = RegionFactory(code="341523", name_zh="舒城县", parent=prefecture)
    hall = PlacedVenueFactory(slug="shucheng", region=county)
    rival_hall = PlacedVenueFactory(slug="rival", region__parent=prefecture)
    unit = UnitFactory(code="AH-01", home__region=province, exhibition__guides_needed=2)

    def person(role, **scope):
        return MembershipFactory(role=role, **scope).user

    planner = person(Role.TOUR_PLANNER, region=province)
    host, rival = (person(Role.HOST_CONTACT, venue=venue) for venue in (hall, rival_hall))
    officers = [
        person(Role.COUNTY_OFFICER, region=county),
        person(Role.PREFECTURE_OFFICER, region=prefecture),
        person(Role.PROVINCE_OFFICER, region=province),
    ]
    donor = person(Role.PAIRED_DONOR, organisation=OrganisationFactory(slug="zhejiang"))
    pairing = open_pairing(
        code="ZJ-SC",
        donor=donor.memberships.get().organisation,
        recipient=county,
        first_date=date(2027, 1, 1),
        end_date=date(2028, 1, 1),
        yearly_stops=1,
        by=planner,
        now=now,
    )

    # The county asks; the prefecture returns it once; the province accepts.
    season = open_season(
        slug="anhui-2027",
        name_zh="安徽",
        region=province,
        first_date=date(2027, 1, 1),
        end_date=date(2028, 1, 1),
        units=[unit],
        by=planner,
        now=now,
    )
    call = RequestCallFactory(season=season)
    windows = [WantedWindow(date(2027, 3, 1), date(2027, 6, 1))]
    wish = Wish(venue=hall, stay_days=30, windows=windows)
    request = submit_request(season=season, wish=wish, call=call, by=host, now=now)

    def climb(service, by, **more):
        request.refresh_from_db()
        service(request_id=request.pk, seen_version=request.version, by=by, now=now, **more)

    climb(approval.endorse_request, officers[0])
    climb(approval.return_request, officers[1], reason="请补充安全预案")
    assert "安全预案" in Notice.objects.get(person=host).body_zh
    climb(approval.submit_draft, host)
    climb(approval.endorse_request, officers[0])
    climb(approval.consolidate_request, officers[1])
    climb(accept_request, officers[2], value=10)

    # The planner plans and publishes; the stop is offered, challenged and confirmed.
    plan = draft_plan(season=season, name_zh="方案", by=planner, now=now)
    run = request_run(plan=plan, work=50, by=planner, now=now)
    version = execute_run(run_id=run.pk, owner="worker", clock=lambda: now)
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    stop = Stop.objects.get(request=request)
    assert TourRequest.objects.get().state == RequestState.PLANNED
    offered, _ = holds.offer_stop(stop_id=stop.pk, seen_version=stop.version, by=planner, now=now)
    behind = holds.place_hold(
        subject="unit",
        unit=unit,
        venue=rival_hall,
        opens_on=stop.opens_on,
        closes_on=stop.closes_on,
        by=rival,
        now=now,
    )
    holds.challenge_hold(hold_id=behind.pk, seen_version=1, by=rival, now=now)
    offered.refresh_from_db()
    assert (offered.state, behind.rank) == ("challenged", 2)
    holds.confirm_stop(stop_id=stop.pk, seen_version=offered.version, by=planner, now=now)
    behind.refresh_from_db()
    assert behind.state == "killed"
    public = Event.objects.filter(visibility="public", uid=stop.uid)
    assert not public.exists()  # nothing is public before the contract

    # Through the gates.
    terms = Terms(signed_on=date(2026, 11, 2))
    records.record_agreement(stop=stop, terms=terms, by=planner, now=now)
    stop.refresh_from_db()
    contract_stop(stop_id=stop.pk, seen_version=stop.version, by=planner, now=now)
    assert public.get().status == "scheduled"

    def lead(operation, by, at):
        stop.refresh_from_db()
        take_step(operation=operation, stop_id=stop.pk, seen_version=stop.version, by=by, now=at)

    crew = person(Role.OPERATOR, venue=unit.home)
    report = records.state_facilities(venue=hall, by=host, now=now)
    records.approve_facilities(report=report, valid_until=date(2028, 1, 1), by=planner, now=now)
    opening = datetime.combine(stop.opens_on, datetime.min.time(), UTC)
    unpacked = opening - timedelta(days=3)
    lead("prepare", crew, now)
    lead("depart", planner, unpacked - timedelta(days=1))
    lead("install", crew, unpacked)
    good = [SeenItem("E-1", "good")]
    seen = {"stop": stop, "items": good, "by": crew}
    records.report_condition(moment="arrival", unpacked_at=unpacked, now=unpacked, **seen)
    records.record_training(
        stop=stop,
        first_date=unpacked.date(),
        end_date=unpacked.date() + timedelta(days=2),
        trained_guides=2,
        by=crew,
        now=unpacked,
    )
    lead("open", crew, opening)
    assert list(stops_visible_to(donor, date(2027, 12, 31))) == [stop]
    assert list(stops_visible_to(donor, date(2028, 1, 1))) == []

    # Counts, handover, summary: closed, and the request fulfilled.
    over = datetime.combine(stop.closes_on, datetime.min.time(), UTC) + timedelta(hours=2)
    lead("strike", crew, over)
    records.report_condition(moment="departure", unpacked_at=over, now=over, **seen)
    records.record_handover(stop=stop, handed_by="王", taken_by="李", crates=12, by=crew, now=over)
    lead("hand_over", crew, over)
    records.record_counts(stop=stop, counts=[DayCount(stop.opens_on, 800)], by=host, now=over)
    records.hand_in_summary(stop=stop, text="反响热烈", by=host, now=over)
    lead("report", host, over)
    lead("settle", planner, over)

    assert TourRequest.objects.get().state == RequestState.FULFILLED
    (year,) = pairing_report([pairing])
    assert (year.promised, year.planned, year.delivered) == (1, 1, 1)
