"""A tour request at the desk: asked for, endorsed, returned, handed in again, accepted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.touring import RequestCallFactory, SeasonFactory
from tests.factories.venues import MembershipFactory, RegionFactory, VenueFactory
from touring.models import RequestState, TourRequest
from venues.models import RegionLevel, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def regions():
    province = RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)
    city = RegionFactory(code="340100", name_zh="合肥市", parent=province, level=2)
    county = RegionFactory(code="340121", name_zh="长丰县", parent=city, level=RegionLevel.COUNTY)
    return province, city, county


@pytest.fixture
def venue(regions):
    return VenueFactory(slug="changfeng", name_zh="长丰科技馆", region=regions[2])


@pytest.fixture
def call(regions):
    today = timezone.localdate()
    season = SeasonFactory(
        slug="anhui",
        region=regions[0],
        first_date=today + timedelta(days=100),
        end_date=today + timedelta(days=400),
    )
    return RequestCallFactory(
        slug="anhui-call",
        season=season,
        name_zh="安徽巡展申报",
        opens_on=today - timedelta(days=10),
        closes_on=today + timedelta(days=10),
    )


def signed_in(role: Role, **place) -> Client:
    client = Client()
    client.force_login(MembershipFactory(role=role, **{"region": None, **place}).user)
    return client


@pytest.fixture
def host(venue):
    return signed_in(Role.HOST_CONTACT, venue=venue)


def filled(venue, call, **changes) -> dict[str, object]:
    first = call.season.first_date
    return {
        "venue": venue.pk,
        "answers": f"call:{call.slug}",
        "stay_days": 30,
        "first_1": first.isoformat(),
        "last_1": (first + timedelta(days=60)).isoformat(),
        **changes,
    }


def asked(host, venue, call, **changes) -> TourRequest:
    answer = host.post("/desk/requests/new/?lang=en", filled(venue, call, **changes))
    assert answer.status_code == 302, answer.content.decode()
    return TourRequest.objects.latest("pk")


def test_a_museum_asks_and_four_levels_bring_it_into_the_plan(host, venue, call, regions):
    province, city, county = regions
    officers = [
        signed_in(Role.COUNTY_OFFICER, region=county),
        signed_in(Role.PREFECTURE_OFFICER, region=city),
        signed_in(Role.PROVINCE_OFFICER, region=province),
    ]
    wanted = asked(host, venue, call)
    address = f"/desk/requests/{wanted.code}"

    seen = [host.get(f"{address}/?lang=en").content.decode()]
    for officer, step in zip(officers, ("endorse", "consolidate", "accept"), strict=True):
        assert f"{address}/{step}/" in officer.get(f"{address}/?lang=en").content.decode()
        officer.post(f"{address}/{step}/")
        seen.append(host.get(f"{address}/?lang=en").content.decode())

    wanted.refresh_from_db()
    assert wanted.state == RequestState.ACCEPTED
    for page, told in zip(
        seen,
        ("waits for the county", "waits for the prefecture", "the province", "the next plan"),
        strict=True,
    ):
        assert told in page


def test_a_returned_request_tells_why_and_is_handed_in_again(host, venue, call, regions):
    officer = signed_in(Role.COUNTY_OFFICER, region=regions[2])
    wanted = asked(host, venue, call)
    address = f"/desk/requests/{wanted.code}"

    officer.post(f"{address}/return/", {"reason": "Please name the hall."})
    returned = host.get(f"{address}/?lang=en").content.decode()
    host.post(f"{address}/edit/", filled(venue, call, note="Hall 2"))
    host.post(f"{address}/submit/")

    wanted.refresh_from_db()
    assert "Please name the hall." in returned
    assert (wanted.state, wanted.note) == (RequestState.SUBMITTED, "Hall 2")


def test_all_that_is_wrong_is_said_at_once_in_the_language_of_the_page(host, venue, call):
    season = call.season
    body = filled(
        venue,
        call,
        last_1=season.first_date.isoformat(),
        first_2="2001-01-01",
        last_2="2001-03-01",
        first_3=season.first_date.isoformat(),
        contact_email="nobody",
    )

    answer = host.post("/desk/requests/new/?lang=zh", body)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('class="errorlist"') == 4
    assert not TourRequest.objects.exists()


def test_a_draft_is_kept_and_handed_in_later(host, venue, call):
    wanted = asked(host, venue, call, draft="1")
    before = wanted.state

    host.post(f"/desk/requests/{wanted.code}/submit/")

    wanted.refresh_from_db()
    assert (before, wanted.state) == (RequestState.DRAFT, RequestState.SUBMITTED)


def test_a_step_that_is_not_ones_own_is_refused_in_words(host, venue, call):
    wanted = asked(host, venue, call)

    page = host.post(f"/desk/requests/{wanted.code}/endorse/?lang=zh", follow=True)

    wanted.refresh_from_db()
    assert wanted.state == RequestState.SUBMITTED
    assert 'class="alert"' in page.content.decode()


def test_the_list_names_what_waits_too_long(host, venue, call, regions):
    wanted = asked(host, venue, call)
    wanted.steps.update(due_on=date(2026, 1, 1))

    page = signed_in(Role.COUNTY_OFFICER, region=regions[2]).get("/desk/requests/?lang=en")

    assert "days late" in page.content.decode()


def test_strangers_see_no_request(venue, call, host):
    wanted = asked(host, venue, call)
    stranger = signed_in(Role.HOST_CONTACT, venue=VenueFactory())

    assert stranger.get(f"/desk/requests/{wanted.code}/").status_code == 404
    assert wanted.code not in stranger.get("/desk/requests/").content.decode()
