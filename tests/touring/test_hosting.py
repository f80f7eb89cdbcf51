"""Hosts hear what is agreed with them, and their answers reach their stops and the planners."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.itip.party import PartStat
from events.models import Invitation, OutgoingMail
from events.services.answers import answer_by_link
from events.services.invitations import token_of
from tests.factories.touring import StopFactory, TourRequestFactory
from tests.factories.venues import MembershipFactory, UserFactory
from touring.models import Stop
from touring.services import hosting, stops
from venues.models import Notice, Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def planner():
    return UserFactory(is_superuser=True)


@pytest.fixture
def stop():
    """Proposed at a venue whose request has an address."""
    request = TourRequestFactory(contact_email="Host@museum.example")
    return StopFactory(uid=request.code, request=request, venue=request.venue)


def contract(stop: Stop, planner, now) -> Stop:
    return stops.contract_stop(stop_id=stop.pk, seen_version=stop.version, by=planner, now=now)


def answered(stop: Stop, said: PartStat, now, comment: str = "") -> Stop:
    row = Invitation.objects.get(key=hosting.key_of(stop))
    answer_by_link(
        token=token_of(row.nonce), answer=said, comment=comment, sequence=row.sequence, now=now
    )
    hosting.take_in_answers(now=now)
    stop.refresh_from_db()
    return stop


def test_a_proposed_stop_is_nobodys_business_yet(now, stop):
    hosting.invite_hosts([stop], now=now)

    assert Invitation.objects.count() == 0


def test_the_host_is_invited_when_the_stop_is_contracted(now, stop, planner):
    contract(stop, planner, now)

    row = Invitation.objects.get()
    assert (row.key, row.address, row.said) == (
        f"stop:{stop.uid}",
        "host@museum.example",
        "REQUEST",
    )
    assert (row.record["start"], row.record["end"]) == ("2027-02-25", "2027-04-02")
    assert stop.venue.name_zh in row.text("location")


def test_host_contacts_of_the_venue_are_invited_each_once(now, stop, planner):
    for email in ("host@museum.example", "deputy@museum.example", ""):
        user = UserFactory(email=email)
        MembershipFactory(user=user, role=Role.HOST_CONTACT, venue=stop.venue)
    MembershipFactory(
        user=UserFactory(), role=Role.HOST_CONTACT, venue=stop.venue, valid_to=date(2026, 1, 1)
    )
    MembershipFactory(user=UserFactory(), role=Role.MUSEUM_EDITOR, venue=stop.venue)

    contract(stop, planner, now)

    assert list(Invitation.objects.values_list("address", flat=True)) == [
        "deputy@museum.example",
        "host@museum.example",
    ]


def test_moving_asks_again_and_cancelling_takes_back(now, stop, planner):
    contract(stop, planner, now)
    OutgoingMail.objects.update(state="sent")
    stop = answered(stop, PartStat.ACCEPTED, now)
    assert stop.host_answer == "accepted"

    stop = stops.move_stop(
        stop_id=stop.pk, seen_version=stop.version, by=planner, now=now,
        opens_on=date(2027, 5, 1), closes_on=date(2027, 6, 1),
    )  # fmt: skip
    hosting.take_in_answers(now=now)
    assert Stop.objects.get(pk=stop.pk).host_answer == "needs_action"
    assert Invitation.objects.get().sequence == 1
    OutgoingMail.objects.update(state="sent")

    stops.cancel_stop(
        stop_id=stop.pk, seen_version=stop.version, reason="flood", by=planner, now=now
    )

    row = Invitation.objects.get()
    assert (row.said, row.sequence) == ("CANCEL", 2)


def test_moving_leaves_the_answer_of_the_host_where_nothing_moved(now, stop, planner):
    stop = contract(stop, planner, now)
    answered(stop, PartStat.ACCEPTED, now, comment="欢迎")

    hosting.invite_hosts([Stop.objects.get()], now=now)
    hosting.take_in_answers(now=now)

    stop.refresh_from_db()
    assert (stop.host_answer, stop.host_comment) == ("accepted", "欢迎")
    assert stop.host_answered_at == now


def test_a_refusal_is_told_to_the_planners_of_the_region_once(now, stop, planner):
    person = UserFactory()
    MembershipFactory(user=person, role=Role.TOUR_PLANNER, region=stop.venue.region)
    MembershipFactory(user=UserFactory(), role=Role.TOUR_PLANNER)
    contract(stop, planner, now)

    answered(stop, PartStat.DECLINED, now, comment="装修")
    answered(stop, PartStat.DECLINED, now, comment="装修")

    notice = Notice.objects.get()
    assert (notice.person, notice.kind) == (person, "host_answer")
    assert "装修" in notice.body_zh


def test_the_latest_answer_of_several_contacts_counts(now, stop, planner):
    user = UserFactory(email="deputy@museum.example")
    MembershipFactory(user=user, role=Role.HOST_CONTACT, venue=stop.venue)
    contract(stop, planner, now)
    deputy, host = Invitation.objects.order_by("address")
    for minutes, row, said in ((1, deputy, PartStat.DECLINED), (2, host, PartStat.ACCEPTED)):
        answer_by_link(
            token=token_of(row.nonce), answer=said, comment="", sequence=0,
            now=now + timedelta(minutes=minutes),
        )  # fmt: skip

    hosting.take_in_answers(now=now)

    assert Stop.objects.get().host_answer == "accepted"


@pytest.mark.parametrize("count", [1, 3])
def test_telling_hosts_what_they_know_costs_the_same_for_any_number(
    now, count, django_assert_num_queries
):
    for number in range(count):
        request = TourRequestFactory(contact_email=f"h{number}@museum.example")
        StopFactory(uid=request.code, request=request, venue=request.venue, state="contracted")
    known = list(Stop.objects.select_related("unit__exhibition", "venue", "request"))
    hosting.invite_hosts(known, now=now)

    with django_assert_num_queries(4):  # two of them are the savepoint
        hosting.invite_hosts(known, now=now)
