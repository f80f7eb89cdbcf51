"""Tour requests from submission to decision, one by one and as a file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from tests.factories.touring import ExhibitionFactory, PlacedVenueFactory, SeasonFactory
from tests.factories.venues import MembershipFactory, SpaceFactory
from touring.errors import InvalidRequest, StaleRequest, WrongState
from touring.models import RequestState, TourRequest
from touring.services import requests
from touring.services.intake import import_requests, preview_requests
from touring.services.requests import WantedWindow, Wish
from venues.errors import NotAllowed
from venues.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(province):
    return SeasonFactory(slug="anhui-2027", region=province)


@pytest.fixture
def venue(province):
    return PlacedVenueFactory(slug="shucheng", name_zh="舒城县文化馆", region__parent=province)


@pytest.fixture
def host(venue):
    """A contact person of the venue."""
    return MembershipFactory(role=Role.HOST_CONTACT, venue=venue).user


@pytest.fixture
def wish(venue) -> Wish:
    return Wish(
        venue=venue,
        stay_days=60,
        windows=[
            WantedWindow(date(2027, 3, 1), date(2027, 6, 1)),
            WantedWindow(date(2027, 9, 1), date(2027, 12, 1), preference=0.5),
        ],
        contact_email="office@example.org",
    )


@pytest.fixture
def submitted(season, wish, host, now) -> TourRequest:
    return requests.submit_request(season=season, wish=wish, by=host, now=now)


def test_a_host_hands_in_a_request_with_ranked_windows(submitted):
    assert (submitted.code, submitted.state) == ("ANHUI-2027-001", RequestState.SUBMITTED)
    assert list(submitted.windows.values_list("rank", "first_date", "preference")) == [
        (1, date(2027, 3, 1), 1.0),
        (2, date(2027, 9, 1), 0.5),
    ]


def test_a_host_does_not_set_what_the_request_is_worth(submitted):
    assert (submitted.value, submitted.must) == (1.0, False)


def test_a_stranger_asks_for_nothing(season, wish, stranger, now):
    with pytest.raises(NotAllowed):
        requests.submit_request(season=season, wish=wish, by=stranger, now=now)


def test_every_problem_of_a_request_is_named_at_once(season, wish, host, now):
    broken = replace(
        wish,
        space=SpaceFactory(code="attic"),
        stay_days=100,
        windows=[
            WantedWindow(date(2027, 6, 1), date(2027, 3, 1)),
            WantedWindow(date(2029, 6, 1), date(2029, 12, 1)),
            WantedWindow(date(2027, 6, 1), date(2027, 7, 1), preference=3),
        ],
        contact_email="nobody",
        note="bell\x07",
    )

    with pytest.raises(InvalidRequest) as refusal:
        requests.submit_request(season=season, wish=broken, by=host, now=now)

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        "windows[1]",
        "windows[2]",
        "windows[3]",
        "windows[3]",
        "note",
        "contact_email",
        "space",
    ]
    assert TourRequest.objects.count() == 0


def test_a_planner_accepts_with_a_worth(submitted, planner, now):
    request = requests.accept_request(
        request_id=submitted.pk, seen_version=1, value=12.5, must=True, by=planner, now=now
    )

    assert (request.state, request.value, request.must, request.version) == (
        RequestState.ACCEPTED,
        12.5,
        True,
        2,
    )


def test_a_host_does_not_decide_about_its_own_request(submitted, host, now):
    with pytest.raises(NotAllowed):
        requests.accept_request(request_id=submitted.pk, seen_version=1, by=host, now=now)


def test_rejecting_needs_a_reason(submitted, planner, now):
    with pytest.raises(InvalidRequest):
        requests.reject_request(
            request_id=submitted.pk, seen_version=1, reason=" ", by=planner, now=now
        )

    request = requests.reject_request(
        request_id=submitted.pk, seen_version=1, reason="场地不够", by=planner, now=now
    )
    assert (request.state, request.reason) == (RequestState.REJECTED, "场地不够")


def test_changing_an_accepted_request_asks_for_a_new_decision(submitted, wish, host, planner, now):
    requests.accept_request(request_id=submitted.pk, seen_version=1, by=planner, now=now)

    request = requests.change_request(
        request_id=submitted.pk,
        seen_version=2,
        wish=replace(wish, stay_days=45, windows=wish.windows[:1]),
        by=host,
        now=now,
    )

    assert (request.state, request.stay_days) == (RequestState.SUBMITTED, 45)
    assert request.windows.count() == 1


def test_a_request_does_not_move_to_a_venue_of_somebody_else(submitted, wish, host, now):
    """A3: the destination is checked, too."""
    with pytest.raises(NotAllowed):
        requests.change_request(
            request_id=submitted.pk,
            seen_version=1,
            wish=replace(wish, venue=PlacedVenueFactory()),
            by=host,
            now=now,
        )


def test_change_refuses_when_a_colleague_was_faster(submitted, wish, host, now):
    with pytest.raises(StaleRequest) as refusal:
        requests.change_request(
            request_id=submitted.pk, seen_version=9, wish=wish, by=host, now=now
        )
    assert refusal.value.detail == {"version": 1}


def test_a_withdrawn_request_is_over(submitted, host, planner, now):
    requests.withdraw_request(request_id=submitted.pk, seen_version=1, by=host, now=now)

    with pytest.raises(WrongState):
        requests.accept_request(request_id=submitted.pk, seen_version=2, by=planner, now=now)


# ---- as a file

HEADINGS = ["场馆", "展厅", "意向展览", "展出天数", "第一意向开始", "第一意向结束", "联系邮箱"]


def workbook(*rows: list) -> bytes:
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_file_of_requests_is_handed_in_and_does_nothing_the_second_time(
    season, venue, planner, now
):
    ExhibitionFactory(title_zh="光的秘密")
    content = workbook(
        ["舒城县文化馆", None, "光的秘密", 60, date(2027, 3, 1), date(2027, 5, 31), "a@example.org"]
    )

    first = import_requests(content, season=season, by=planner, now=now)
    second = import_requests(content, season=season, by=planner, now=now)

    assert (first.created, first.unchanged) == (1, 0)
    assert (second.created, second.unchanged) == (0, 1)
    request = TourRequest.objects.get()
    assert [one.title_zh for one in request.exhibitions.all()] == ["光的秘密"]
    assert request.windows.get().end_date == date(2027, 6, 1)  # the last day is included


def test_a_csv_file_is_read_the_same_way(season, venue, planner, now):
    text = "venue,stay days,first choice from,first choice to\nshucheng,60,2027-03-01,2027-05-31\n"

    outcome = import_requests(text.encode("gb18030"), season=season, by=planner, now=now)

    assert outcome.created == 1


def test_a_row_with_a_code_changes_that_request(season, submitted, planner, now):
    text = (
        "code,venue,stay days,first choice from,first choice to\n"
        f"{submitted.code},shucheng,30,2027-03-01,2027-05-31\n"
    )

    outcome = import_requests(text.encode(), season=season, by=planner, now=now)

    assert outcome.changed == (submitted.code,)
    assert TourRequest.objects.get().stay_days == 30


def test_every_problem_of_every_row_is_named_with_its_cell_and_nothing_is_written(
    season, venue, planner, now
):
    good = ["shucheng", None, None, 60, date(2027, 3, 1), date(2027, 5, 31), None]
    content = workbook(
        good,
        ["no such hall", None, None, 60, date(2027, 3, 1), date(2027, 5, 31), None],
        ["shucheng", "阁楼", "无此展览", 60, date(2027, 3, 1), date(2027, 5, 31), None],
        ["shucheng", None, None, 60, date(2027, 3, 1), date(2027, 3, 31), "nobody"],
        ["shucheng", None, None, "long", "soon", date(2027, 3, 31), None],
    )

    with pytest.raises(InvalidRequest) as refusal:
        import_requests(content, season=season, by=planner, now=now)

    assert [(one["row"], one["cell"]) for one in refusal.value.detail["problems"]] == [
        (3, "A3"),
        (4, "B4"),
        (4, "C4"),
        (5, "E5"),
        (5, "G5"),
        (6, "D6"),
        (6, "E6"),
    ]
    assert TourRequest.objects.count() == 0
    assert preview_requests(content, season=season, by=planner, now=now).created == 1


def test_a_file_does_not_speak_for_venues_of_others(season, venue, stranger, now):
    text = "venue,stay days,first choice from,first choice to\nshucheng,60,2027-03-01,2027-05-31\n"

    outcome = preview_requests(text.encode(), season=season, by=stranger, now=now)

    assert [one.cell for one in outcome.problems] == ["A2"]
