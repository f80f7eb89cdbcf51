"""Stops and holds at the desk: a crew reports by phone, a museum stands in line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.factories.touring import HoldFactory, StopFactory, UnitFactory
from tests.factories.venues import MembershipFactory, RegionFactory, VenueFactory
from touring.models import Hold, HoldState, StopState
from venues.models import Role

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def signed_in(role: Role, **place) -> Client:
    client = Client()
    client.force_login(MembershipFactory(role=role, **{"region": None, **place}).user)
    return client


@pytest.fixture
def stop():
    today = timezone.localdate()
    unit = UnitFactory(code="AH-01", home__region=RegionFactory(name_zh="安徽省"))
    return StopFactory(
        uid="stop-1",
        unit=unit,
        state=StopState.INSTALLING,
        opens_on=today - timedelta(days=2),
        closes_on=today + timedelta(days=28),
        leaves_on=today + timedelta(days=30),
    )


@pytest.fixture
def crew(stop):
    return signed_in(Role.OPERATOR, venue=stop.unit.home)


def condition(**changes) -> dict[str, object]:
    unpacked = timezone.localtime() - timedelta(hours=3)
    return {
        "moment": "arrival",
        "unpacked_at": f"{unpacked:%Y-%m-%dT%H:%M}",
        "exhibit_1": "所有展品",
        "state_1": "good",
        **changes,
    }


def test_the_page_says_what_is_missing_before_the_doors_open_and_then_opens_them(crew, stop):
    before = crew.get("/desk/stops/stop-1/?lang=en").content.decode()
    chinese = crew.get("/desk/stops/stop-1/?lang=zh").content.decode()
    photo = SimpleUploadedFile("hall.png", PNG, "image/png")
    answer = crew.post("/desk/stops/stop-1/condition/", condition(photo_1=photo))
    after = crew.get("/desk/stops/stop-1/?lang=en").content.decode()
    crew.post("/desk/stops/stop-1/steps/open/")

    stop.refresh_from_db()
    assert "There is no condition report of unpacking" in before
    assert "There is no condition report" not in chinese
    assert answer.status_code == 302, answer.content.decode()
    assert "所有展品: good · one photograph" in after
    assert stop.state == StopState.OPEN


def test_a_damaged_exhibit_needs_a_word_and_everything_is_said_at_once(crew, stop):
    body = condition(state_1="damaged", exhibit_2="球幕", state_2="", unpacked_at="")

    answer = crew.post("/desk/stops/stop-1/condition/?lang=en", body)

    assert answer.status_code == 422
    assert answer.content.decode().count('class="errorlist"') == 3
    assert not stop.condition_reports.exists()


def test_visits_of_a_day_are_counted_in_four_fields_and_a_day_said_again_replaces(crew, stop):
    today = timezone.localdate().isoformat()
    form = crew.get("/desk/stops/stop-1/count/").content.decode()

    for visits in ("120", "130"):
        crew.post("/desk/stops/stop-1/count/", {"day": today, "visits": visits, "youth": "80"})

    assert form.count('<p class="field">') == 4
    assert f'value="{today}"' in form
    assert [(one.visits, one.by_audience) for one in stop.counts.all()] == [(130, {"youth": 80})]


def test_groups_beyond_all_visits_are_refused_beside_their_field(crew, stop):
    body = {"day": timezone.localdate().isoformat(), "visits": "5", "youth": "4", "elderly": "2"}

    answer = crew.post("/desk/stops/stop-1/count/?lang=en", body)

    assert answer.status_code == 422
    assert "The groups are more than all visits" in answer.content.decode()


def test_handover_training_and_summary_are_recorded(crew, stop):
    today = timezone.localdate().isoformat()
    crew.post("/desk/stops/stop-1/handover/", {"handed_by": "甲", "taken_by": "乙", "crates": "12"})
    crew.post(
        "/desk/stops/stop-1/training/",
        {"first_date": today, "last_day": today, "trained_guides": "6"},
    )
    crew.post("/desk/stops/stop-1/count/", {"day": today, "visits": "10"})
    crew.post("/desk/stops/stop-1/summary/", {"text": "很成功"})

    page = crew.get("/desk/stops/stop-1/?lang=en").content.decode()

    for told in ("甲 → 乙 · crates: 12", "Guides trained: 6", "visits: 10", "很成功"):
        assert told in page


def test_hosts_count_but_do_not_judge_the_exhibits(stop):
    host = signed_in(Role.HOST_CONTACT, venue=stop.venue)

    assert host.get("/desk/stops/stop-1/count/").status_code == 200
    assert host.get("/desk/stops/stop-1/condition/").status_code == 404
    assert (
        signed_in(Role.HOST_CONTACT, venue=VenueFactory()).get("/desk/stops/stop-1/").status_code
        == 404
    )


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆")


@pytest.fixture
def host(venue):
    return signed_in(Role.HOST_CONTACT, venue=venue)


def wanted(venue, unit) -> dict[str, object]:
    first = timezone.localdate() + timedelta(days=90)
    return {
        "subject": "unit",
        "unit": unit.code,
        "venue": venue.slug,
        "opens_on": first.isoformat(),
        "last_day": (first + timedelta(days=29)).isoformat(),
    }


def test_a_museum_stands_in_line_and_confirms(host, venue):
    unit = UnitFactory(code="AH-02")

    page = host.post("/desk/holds/new/?lang=en", wanted(venue, unit), follow=True)
    hold = Hold.objects.get()
    host.post(f"/desk/holds/{hold.uid}/confirm/")

    hold.refresh_from_db()
    assert "You stand first; it lasts until" in page.content.decode()
    assert (hold.state, hold.stop.state) == (HoldState.CONFIRMED, StopState.CONFIRMED)


def test_who_stands_behind_challenges_and_the_first_is_asked_to_answer(host, venue):
    unit = UnitFactory(code="AH-02")
    first_day = timezone.localdate() + timedelta(days=90)
    first = HoldFactory(unit=unit, opens_on=first_day, expires_on=first_day)
    host.post("/desk/holds/new/", wanted(venue, unit))
    mine = Hold.objects.latest("pk")

    listed = host.get("/desk/holds/?lang=en").content.decode()
    host.post(f"/desk/holds/{mine.uid}/challenge/")

    first.refresh_from_db()
    assert "number 2 in line" in listed
    assert f"/desk/holds/{mine.uid}/challenge/" in listed
    assert f"/desk/holds/{mine.uid}/confirm/" not in listed
    assert first.state == HoldState.CHALLENGED


def test_unknown_codes_and_days_in_the_wrong_order_are_said_at_once(host, venue):
    body = {**wanted(venue, UnitFactory()), "unit": "no-unit", "last_day": "2020-01-01"}

    answer = host.post("/desk/holds/new/?lang=en", body)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no such unit" in page
    assert "It ends before it begins" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_as_often_for_any_number(crew, stop, count, django_assert_num_queries):
    for _ in range(count):
        StopFactory(unit__home=stop.unit.home)
        HoldFactory(unit__home=stop.unit.home)

    with django_assert_num_queries(3):
        crew.get("/desk/stops/")
    with django_assert_num_queries(4):
        crew.get("/desk/holds/")
