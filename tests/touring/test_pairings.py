"""Pairings: what the planner reads, what the donor sees, what the report says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.factories.touring import StopFactory
from tests.factories.venues import MembershipFactory, OrganisationFactory, RegionFactory
from touring.assembly import instance_of
from touring.errors import InvalidPairing
from touring.models import Pairing, Season, Stop, StopState, TourRequest
from touring.permissions import requests_visible_to, stops_visible_to
from touring.services.pairings import PairingYear, open_pairing, pairing_report
from venues.errors import NotAllowed
from venues.models import Region, Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def county(plan) -> Region:
    return Region.objects.get(code="340101")


@pytest.fixture
def pairing(county, planner, now) -> Pairing:
    return open_pairing(
        code="ZJ-AH",
        donor=OrganisationFactory(slug="zhejiang"),
        recipient=county,
        first_date=date(2026, 12, 1),
        end_date=date(2028, 7, 1),
        yearly_stops=2,
        by=planner,
        now=now,
    )


def stop_in(county: Region, uid: str, **more) -> Stop:
    venue = TourRequest.objects.get(venue__region=county).venue
    return StopFactory(uid=uid, venue=venue, **more)


def test_the_planner_reads_a_pairing_as_a_promise(plan, pairing):
    assert instance_of(Season.objects.get())["pairings"] == [
        {"id": "ZJ-AH", "region": "340101", "units": None, "min_stops": 2}
    ]


def test_a_pairing_outside_the_season_is_none_of_its_promises(plan, pairing):
    Pairing.objects.update(end_date=date(2026, 12, 31))

    assert "pairings" not in instance_of(Season.objects.get())


@pytest.mark.parametrize(
    ("on", "sees"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2028, 6, 30), True),
        (date(2028, 7, 1), False),
    ],
)
def test_A8_a_donor_sees_the_recipients_stops_while_the_pairing_lasts(county, pairing, on, sees):
    donor = MembershipFactory(role=Role.PAIRED_DONOR, organisation=pairing.donor).user
    stop_in(county, "theirs", state=StopState.CONFIRMED)
    StopFactory(uid="elsewhere", venue__region=RegionFactory())

    assert list(stops_visible_to(donor, on).values_list("uid", flat=True)) == ["theirs"] * sees
    assert list(requests_visible_to(donor, on)) == []


def test_A8_people_of_another_donor_and_other_roles_of_the_donor_see_nothing(county, pairing):
    stop_in(county, "theirs")
    on = date(2027, 3, 1)
    other = MembershipFactory(role=Role.PAIRED_DONOR, organisation=OrganisationFactory()).user
    reader = MembershipFactory(role=Role.READER, organisation=pairing.donor).user

    assert [list(stops_visible_to(user, on)) for user in (other, reader)] == [[], []]


def test_the_report_tells_promised_planned_and_delivered_by_year(county, pairing):
    stop_in(county, "one", state=StopState.CLOSED, opens_on=date(2027, 3, 1))
    stop_in(county, "two", state=StopState.CONTRACTED, opens_on=date(2027, 6, 1))
    stop_in(county, "gone", state=StopState.CANCELLED, opens_on=date(2027, 9, 1))
    stop_in(county, "late", state=StopState.CONTRACTED, opens_on=date(2028, 7, 1))

    report = pairing_report([pairing])

    assert report == [
        PairingYear("ZJ-AH", 2026, 2, 0, 0),
        PairingYear("ZJ-AH", 2027, 2, 2, 1),
        PairingYear("ZJ-AH", 2028, 2, 0, 0),
    ]
    assert [one.is_broken for one in report] == [True, False, True]


def test_P3_the_report_costs_the_same_queries_for_any_number(
    county, pairing, planner, django_assert_num_queries
):
    now = datetime(2026, 11, 2, 1, tzinfo=UTC)
    given = {"recipient": county, "yearly_stops": 1, "by": planner, "now": now}
    span = {"first_date": date(2027, 1, 1), "end_date": date(2028, 1, 1)}
    for code in ("A", "B"):
        open_pairing(code=code, donor=pairing.donor, **span, **given)

    with django_assert_num_queries(3):
        pairing_report([pairing])
    rows = list(Pairing.objects.all())
    with django_assert_num_queries(3):
        pairing_report(rows)


def test_strangers_pair_nobody_and_problems_come_together(county, pairing, planner, stranger, now):
    wrong = {
        "code": "ZJ-AH",
        "donor": pairing.donor,
        "recipient": county,
        "first_date": date(2027, 1, 1),
        "end_date": date(2027, 1, 1),
        "yearly_stops": 1,
        "now": now,
    }

    with pytest.raises(NotAllowed):
        open_pairing(**wrong, by=stranger)
    with pytest.raises(InvalidPairing) as refusal:
        open_pairing(**wrong, by=planner)
    assert [one["field"] for one in refusal.value.detail["problems"]] == ["end_date", "code"]


def test_A8_a_donors_role_for_the_recipient_itself_opens_nothing_without_the_pairing(county, now):
    """Only the pairing's own days count, not the dates of a membership."""
    stop_in(county, "theirs", state=StopState.CONFIRMED)
    donor = MembershipFactory(role=Role.PAIRED_DONOR, region=county, venue=None).user

    assert list(stops_visible_to(donor, date(2027, 3, 1))) == []
