"""Calls for requests, facility reports and agreements at the desk."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user
from django.utils import timezone

from tests.factories.touring import RequestCallFactory, SeasonFactory, StopFactory
from tests.factories.venues import RegionFactory, VenueFactory
from tests.web.test_desk_stops import signed_in
from touring.models import FacilityReport, RequestCall
from touring.services.gates import closed_gates
from touring.services.records import approve_facilities, state_facilities
from venues.models import RegionLevel, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)


@pytest.fixture
def city(province):
    level = RegionLevel.PREFECTURE
    return RegionFactory(
        code="340100", name_zh="合肥市", name_en="Hefei", parent=province, level=level
    )


@pytest.fixture
def planner(province):
    return signed_in(Role.TOUR_PLANNER, region=province)


@pytest.fixture
def season(province):
    return SeasonFactory(slug="anhui", region=province)


def call(**changes) -> dict[str, object]:
    return {
        "name_zh": "2027年申报",
        "slug": "anhui-2027",
        "programme": "regular",
        "year": "2027",
        "opens_on": "2026-12-01",
        "last_day": "2026-12-31",
        "time_zone": "Asia/Shanghai",
        "answer_days": "10",
        **changes,
    }


def test_a_planner_opens_a_call_with_a_quota_for_each_region(planner, season, city):
    form = planner.get("/desk/calls/new/?season=anhui&lang=en").content.decode()

    answer = planner.post(
        "/desk/calls/new/?season=anhui&lang=en",
        call(quota_340100="5", quota_340000="40"),
        follow=True,
    )

    made = RequestCall.objects.get()
    page = answer.content.decode()
    assert "Most requests from Hefei" in form
    assert (made.opens_on, made.closes_on) == (date(2026, 12, 1), date(2027, 1, 1))
    assert {one.region.code: one.most for one in made.quotas.all()} == {"340000": 40, "340100": 5}
    assert "The call is opened." in page
    assert "Hefei: 5" in page


def test_what_is_wrong_with_a_call_stands_beside_its_fields_in_the_pages_language(planner, season):
    RequestCallFactory(slug="anhui-2027", season=season, year=2027)
    wrong = call(last_day="2026-11-01", time_zone="Mars/Base")

    english = planner.post("/desk/calls/new/?season=anhui&lang=en", wrong)
    chinese = planner.post("/desk/calls/new/?season=anhui&lang=zh", wrong).content.decode()

    page = english.content.decode()
    assert english.status_code == 422
    for told in ("It ends before it begins", "no such time zone", "is taken", "has such a call"):
        assert told in page
    assert chinese.count('class="errorlist"') == page.count('class="errorlist"') == 4
    assert "这个代码已被使用" in chinese
    assert RequestCall.objects.count() == 1


def test_calls_are_for_all_to_see_and_only_for_their_officers_to_open(season):
    RequestCallFactory(season=season, name_zh="第一次申报")
    host = signed_in(Role.HOST_CONTACT, venue=VenueFactory(region=season.region))

    listed = host.get("/desk/calls/?lang=zh").content.decode()

    assert "第一次申报" in listed
    assert "/desk/calls/new/" not in listed
    assert host.get("/desk/calls/new/?season=anhui").status_code == 404


@pytest.fixture
def museum(city):
    return VenueFactory(slug="hefei", region=city, name_zh="合肥科技馆", clear_height_m=4.5)


@pytest.fixture
def host(museum):
    return signed_in(Role.HOST_CONTACT, venue=museum)


def test_a_museum_states_what_it_offers_and_its_planner_approves_up_to_a_day(host, planner, museum):
    until = timezone.localdate() + timedelta(days=365)
    form = host.get("/desk/facilities/new/?venue=hefei&lang=en").content.decode()
    host.post(
        "/desk/facilities/new/?venue=hefei",
        {"area_m2": "800", "clear_height_m": "4.5", "three_phase": "on", "note": "南门"},
    )
    report = FacilityReport.objects.get()

    before = planner.get("/desk/facilities/?lang=en").content.decode()
    said = planner.post(
        f"/desk/facilities/{report.pk}/approve/?lang=en", {"last_day": until}, follow=True
    ).content.decode()

    report.refresh_from_db()
    assert 'value="4.5"' in form
    assert report.facts == {
        "area_m2": 800.0,
        "clear_height_m": 4.5,
        "three_phase": True,
        "has_hvac": False,
        "has_network": False,
        "is_accessible": False,
    }
    assert "Usable area, m²: 800 · Clear height, m: 4.5" in before
    assert "Approved." in said
    assert report.valid_until == until + timedelta(days=1)


def test_a_day_that_is_over_or_missing_is_refused_in_words(planner, host, museum):
    report = state_facilities(venue=museum, by=get_user(host), now=timezone.now())
    approve = f"/desk/facilities/{report.pk}/approve/?lang="

    none = planner.post(approve + "zh", {"last_day": ""}, follow=True).content.decode()
    over = planner.post(approve + "en", {"last_day": "2020-01-01"}, follow=True).content.decode()
    own = host.post(approve + "en", {"last_day": "2099-01-01"}, follow=True).content.decode()

    report.refresh_from_db()
    assert "请填写有效期的最后一天。" in none
    assert "is over: give a day to come" in over
    assert "You do not approve facility reports" in own
    assert report.approved_at is None


def test_reports_of_other_places_are_not_there(museum, host):
    report = state_facilities(venue=museum, by=get_user(host), now=timezone.now())
    other = signed_in(Role.HOST_CONTACT, venue=VenueFactory())

    assert museum.name_zh not in other.get("/desk/facilities/?lang=zh").content.decode()
    assert other.get("/desk/facilities/new/?venue=hefei").status_code == 404
    assert other.post(f"/desk/facilities/{report.pk}/approve/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_of_calls_and_reports_ask_as_often_for_any_number(
    planner, host, season, museum, count, django_assert_num_queries
):
    for number in range(count):
        RequestCallFactory(season=season, year=2027 + number)
        for approved in (False, True):
            report = state_facilities(venue=museum, by=get_user(host), now=timezone.now())
            if approved:
                until = timezone.localdate() + timedelta(days=9)
                by = get_user(planner)
                approve_facilities(report=report, valid_until=until, by=by, now=timezone.now())

    with django_assert_num_queries(5):
        planner.get("/desk/calls/")
    with django_assert_num_queries(6):
        planner.get("/desk/facilities/")


@pytest.fixture
def stop(city, museum):
    return StopFactory(uid="stop-1", venue=museum)


def signature(**changes) -> dict[str, object]:
    today = timezone.localdate().isoformat()
    terms = {"fee_yuan": "0", "deposit_yuan": "5000", "insurance": "承接方投保"}
    return {**terms, "signed_on": today, "signed_for_host_by": "王馆长", **changes}


def test_a_planner_drafts_the_agreement_and_records_its_signature(planner, host, stop):
    draft = signature(signed_on="", signed_for_host_by="")

    planner.post("/desk/stops/stop-1/agreement/", draft)
    drafted = planner.get("/desk/stops/stop-1/?lang=en").content.decode()
    filled = planner.get("/desk/stops/stop-1/agreement/").content.decode()
    was_open = "agreement_signed" in closed_gates(stop, ("agreement_signed",), now=timezone.now())
    planner.post("/desk/stops/stop-1/agreement/", signature())

    stop.refresh_from_db()
    assert "Agreement, a draft" in drafted
    assert "deposit 5000 yuan" in drafted
    assert 'value="承接方投保"' in filled
    assert was_open
    assert closed_gates(stop, ("agreement_signed",), now=timezone.now()) == {}
    assert "王馆长 于" in host.get("/desk/stops/stop-1/?lang=zh").content.decode()


def test_a_signature_without_its_person_or_in_the_future_is_refused(planner, stop):
    tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()

    nobody = planner.post("/desk/stops/stop-1/agreement/?lang=en", signature(signed_for_host_by=""))
    future = planner.post("/desk/stops/stop-1/agreement/?lang=en", signature(signed_on=tomorrow))

    assert (nobody.status_code, future.status_code) == (422, 422)
    assert "Give the day and who signed" in nobody.content.decode()
    assert "has not come yet" in future.content.decode()
    assert not hasattr(stop, "agreement")


def test_hosts_see_the_agreement_and_do_not_write_it(host, stop):
    assert host.get("/desk/stops/stop-1/agreement/").status_code == 404
    assert host.post("/desk/stops/stop-1/agreement/", signature()).status_code == 404
    assert "/desk/stops/stop-1/agreement/" not in host.get("/desk/stops/stop-1/").content.decode()
