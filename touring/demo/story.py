"""One request on its whole way, told in the past: from the county's wish to the summary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User

from touring.demo.people import People
from touring.models import (
    Exhibition,
    Hold,
    Plan,
    Run,
    Season,
    Stop,
    TourRequest,
    Unit,
    UnitKind,
    Vehicle,
)
from touring.services import approval, holds, records, requests, suspension, transport, vehicles
from touring.services.calls import open_call
from touring.services.pairings import open_pairing
from touring.services.publication import publish_version
from touring.services.runs import cancel_run, execute_run, request_run
from touring.services.seasons import draft_plan, open_season
from touring.services.stop_steps import take_step
from touring.services.stops import contract_stop
from venues.models import Organisation, Region, Venue, VenueKind
from venues.permissions import Actor
from venues.services.venues import register_venue

DISTRICT = "340111"
BEGAN_DAYS_AGO = 210
_STAY = 45


@dataclass(frozen=True)
class Calendar:
    """Days are counted from the first one of the season, moments are at ten in Beijing."""

    first: date

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def at(self, number: int) -> datetime:
        return datetime.combine(self.day(number), time(2), UTC)


def pair(*, donor: Organisation, recipient: Region, first: date, by: Actor, now: datetime) -> None:
    """``donor`` promises ``recipient`` one stop a year for two years."""
    open_pairing(
        code=f"PAIR-{recipient.code}",
        donor=donor,
        recipient=recipient,
        theme_zh="对口支援：流动科技馆进县",
        theme_en="Paired aid: the mobile museum comes to the county",
        first_date=first,
        end_date=date(first.year + 2, first.month, first.day),
        yearly_stops=1,
        by=by,
        now=now,
    )


def load_district_hall(*, owner: Organisation, by: Actor, now: datetime) -> Venue:
    """The hall where the story happens; no county of the season's lies there."""
    district = Region.objects.get(code=DISTRICT)
    return register_venue(
        slug=f"district-hall-{DISTRICT}",
        name_zh=f"{district.name_zh}科普展厅",
        name_en="Baohe science hall",
        kind=VenueKind.HALL,
        organisation=owner,
        region=district,
        address_zh=f"安徽省合肥市{district.name_zh}",
        lat=district.lat,
        lon=district.lon,
        area_m2=600.0,
        clear_height_m=4.0,
        power_kw=40.0,
        floor_load_kg_m2=500.0,
        by=by,
        now=now,
    )


def tell(*, hall: Venue, rival: Venue, hub: Venue, people: People, now: datetime) -> Stop:
    """All steps, each by whom it belongs to, at the time it would have been; the closed stop.

    Four levels, once returned; planned, held, challenged, confirmed; contracted, sent, opened,
    suspended and resumed, struck, counted, summed up.
    """
    days = Calendar(now.date() - timedelta(days=BEGAN_DAYS_AGO))
    unit = _vehicle(hub, people, days)
    season = _season(unit, hub.region.parent or hub.region, people, days)
    request = _ask(season, hall, people, days)
    stop = _plan(season, request, people, days)
    _agree(stop, rival, people, days)
    _show(stop, people, days)
    _sum_up(stop, people, days)
    stop.refresh_from_db()
    return stop


def _vehicle(hub: Venue, people: People, days: Calendar) -> Unit:
    exhibition = Exhibition.objects.create(
        slug="caravan",
        title_zh="科普大篷车",
        title_en="Science caravan",
        description_zh="车载展品三十件，讲解员随车。免费参观。",
        description_en="Thirty exhibits on a truck, explained by trained guides. Free entry.",
        owner=hub.organisation,
        exhibit_count=30,
        guides_needed=2,
        setup_days=1,
        strike_days=1,
        changed_at=days.at(-130),
    )
    unit = Unit.objects.create(
        code="DPC-01",
        exhibition=exhibition,
        serial="皖A·科普01",
        kind=UnitKind.VEHICLE,
        operator=hub.organisation,
        home=hub,
        changed_at=days.at(-130),
    )
    vehicle = Vehicle.objects.create(
        unit=unit, plate="皖A·K0001", model_type="II", issued_on=days.day(-3200), seats=5
    )
    for day, km in ((-100, 61_240), (-10, 63_905)):
        vehicles.read_odometer(
            vehicle=vehicle, day=days.day(day), km=km, by=people.planner, now=days.at(day)
        )
    return unit


def _season(unit: Unit, province: Region, people: People, days: Calendar) -> Season:
    return open_season(
        slug=f"caravan-{days.first.year}",
        name_zh=f"科普大篷车 {days.first.year}",
        name_en=f"Science caravan {days.first.year}",
        region=province,
        first_date=days.first,
        end_date=days.day(BEGAN_DAYS_AGO - 5),
        units=[unit],
        rules={"travel": {"circuity": 1.3, "km_per_day": 500}},
        by=people.planner,
        now=days.at(-125),
    )


def _ask(season: Season, hall: Venue, people: People, days: Calendar) -> TourRequest:
    call = open_call(
        slug=f"{season.slug}-call",
        name_zh=f"{season.name_zh}申报通知",
        name_en=f"Call for requests: {season.name_en}",
        season=season,
        year=days.first.year,
        opens_on=days.day(-120),
        closes_on=days.day(-90),
        quotas={hall.region.parent or hall.region: 3},
        by=people.province,
        now=days.at(-121),
    )
    window = requests.WantedWindow(days.day(20), days.day(150), 1.0)
    wish = requests.Wish(
        venue=hall,
        stay_days=_STAY,
        windows=[window],
        expected_visits=9000,
        contact_email="baohe@counties.orrery.example",
    )
    request = requests.submit_request(
        season=season, wish=wish, call=call, by=people.host, now=days.at(-118)
    )

    def seen() -> dict[str, Any]:
        request.refresh_from_db()
        return {"request_id": request.pk, "seen_version": request.version}

    approval.endorse_request(**seen(), by=people.county, now=days.at(-116))
    approval.return_request(
        **seen(), reason="请说明学校组织参观的安排", by=people.prefecture, now=days.at(-114)
    )
    approval.submit_draft(**seen(), by=people.host, now=days.at(-112))
    approval.endorse_request(**seen(), by=people.county, now=days.at(-111))
    approval.consolidate_request(**seen(), by=people.prefecture, now=days.at(-109))
    requests.accept_request(**seen(), value=8.0, by=people.province, now=days.at(-105))
    return request


def _plan(season: Season, request: TourRequest, people: People, days: Calendar) -> Stop:
    by, now = people.planner, days.at(-80)
    plan: Plan = draft_plan(season=season, name_zh="大篷车方案", name_en="Caravan", by=by, now=now)
    run = request_run(plan=plan, work=5, by=by, now=now)
    version = execute_run(run_id=run.pk, owner="demo", clock=lambda: now)
    assert version is not None, "one request and one unit make a plan"
    publish_version(version_id=version.pk, seen_sequence=plan.sequence, by=by, now=now)
    return Stop.objects.get(request=request)


def _agree(stop: Stop, rival: Venue, people: People, days: Calendar) -> None:
    """The host's option is challenged by another museum, and confirmed in time."""
    stop.refresh_from_db()
    _, option = holds.offer_stop(
        stop_id=stop.pk, seen_version=stop.version, by=people.planner, now=days.at(-78)
    )
    second = holds.place_hold(
        subject="unit",
        unit=stop.unit,
        venue=rival,
        opens_on=stop.opens_on + timedelta(days=7),
        closes_on=stop.closes_on,
        by=people.publisher,
        now=days.at(-77),
    )
    holds.challenge_hold(
        hold_id=second.pk, seen_version=second.version, by=people.publisher, now=days.at(-76)
    )
    option = Hold.objects.get(pk=option.pk)
    holds.confirm_hold(
        hold_id=option.pk, seen_version=option.version, by=people.host, now=days.at(-75)
    )
    report = records.state_facilities(
        venue=stop.venue, facts={"area_m2": 600}, by=people.host, now=days.at(-60)
    )
    records.approve_facilities(
        report=report, valid_until=days.day(300), by=people.county, now=days.at(-55)
    )
    terms = records.Terms("2026", 0, 5000, signed_on=days.day(-50), signed_for_host_by="李娜")
    records.record_agreement(stop=stop, terms=terms, by=people.planner, now=days.at(-50))
    stop.refresh_from_db()
    contract_stop(stop_id=stop.pk, seen_version=stop.version, by=people.planner, now=days.at(-49))


def _show(stop: Stop, people: People, days: Calendar) -> None:
    crew = people.operator
    stop.refresh_from_db()
    opens = (stop.opens_on - days.first).days
    _step(stop, "prepare", crew, days.at(opens - 10))
    transport.record_move(
        unit=stop.unit,
        stop=stop,
        origin=stop.unit.home,
        destination=stop.venue,
        departs_at=days.at(opens - 2),
        arrives_at=days.at(opens - 2) + timedelta(hours=2),
        km=38,
        crates=4,
        by=people.planner,
        now=days.at(opens - 2),
    )
    _step(stop, "depart", people.planner, days.at(opens - 2))
    _step(stop, "install", crew, days.at(opens - 1))
    _see(stop, "arrival", crew, days.at(opens - 1))
    records.record_training(
        stop=stop,
        first_date=days.day(opens - 1),
        end_date=days.day(opens),
        trained_guides=2,
        by=crew,
        now=days.at(opens - 1),
    )
    _step(stop, "open", crew, days.at(opens))
    _flood(stop, people, days, opens + 12)


def _flood(stop: Stop, people: People, days: Calendar, number: int) -> None:
    """The region is suspended for five days and resumed; the planner sees nothing to move."""
    declared = suspension.suspend_region(
        region=stop.venue.region,
        first_date=days.day(number),
        end_date=days.day(number + 5),
        reason_zh="汛期红色预警",
        reason_en="Flood warning",
        by=people.prefecture,
        now=days.at(number),
    )
    for run in Run.objects.filter(pk__in=declared.replan_proposed):
        cancel_run(run=run, by=people.planner, now=days.at(number + 1))
    suspension.lift_suspension(
        suspension_id=declared.pk, by=people.prefecture, now=days.at(number + 4)
    )


def _sum_up(stop: Stop, people: People, days: Calendar) -> None:
    crew = people.operator
    stop.refresh_from_db()
    opened, closed = ((day - days.first).days for day in (stop.opens_on, stop.closes_on))
    _step(stop, "strike", crew, days.at(closed))
    _see(stop, "departure", crew, days.at(closed))
    records.record_handover(
        stop=stop, handed_by="王强", taken_by="李娜", crates=4, by=crew, now=days.at(closed)
    )
    _step(stop, "hand_over", crew, days.at(closed))
    counts = [
        records.DayCount(days.day(day), 120 + 7 * (day % 9), {"youth": 80})
        for day in range(opened, closed)
    ]
    records.record_counts(stop=stop, counts=counts, by=people.host, now=days.at(closed + 1))
    records.hand_in_summary(
        stop=stop,
        text="学校集体参观三十二场，观众反响热烈。",
        by=people.host,
        now=days.at(closed + 6),
    )
    _step(stop, "report", people.host, days.at(closed + 6))
    _step(stop, "settle", people.planner, days.at(closed + 10))


def _see(stop: Stop, moment: str, by: User, now: datetime) -> None:
    records.report_condition(
        stop=stop,
        moment=moment,
        unpacked_at=now,
        items=[records.SeenItem("全部展品", "good")],
        by=by,
        now=now + timedelta(hours=3),
    )


def _step(stop: Stop, operation: str, by: User, now: datetime) -> None:
    stop.refresh_from_db()
    take_step(operation=operation, stop_id=stop.pk, seen_version=stop.version, by=by, now=now)
