"""Stops placed by hand: judged, offered days, kept as a version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from touring.errors import InvalidDraft, PlanBroken
from touring.models import StopLock
from touring.services.drafting import WantedStop, judge_draft, keep_draft, vacancies_for
from touring.services.publication import publish_version
from venues.errors import NotAllowed

pytestmark = pytest.mark.django_db

FIRST, SECOND = "AH-2027-001", "AH-2027-002"


def wanted(unit: str, request: str, day: date) -> WantedStop:
    return WantedStop(unit, request, day)


def test_a_draft_that_keeps_the_rules_is_told_with_all_its_days_and_its_worth(plan):
    verdict = judge_draft(plan=plan, base=None, stops=[wanted("AH-01", FIRST, date(2027, 3, 1))])

    (stop,) = verdict.stops
    unit = stop.unit.exhibition
    assert verdict.violations == []
    assert stop.arrives_on == date(2027, 3, 1) - timedelta(days=unit.setup_days)
    assert stop.closes_on == date(2027, 3, 31)
    assert verdict.value["coverage"] == 10.0


def test_two_stops_of_one_unit_on_one_day_are_named_with_their_days(plan):
    stops = [
        wanted("AH-01", FIRST, date(2027, 3, 1)),
        wanted("AH-01", SECOND, date(2027, 3, 10)),
    ]

    verdict = judge_draft(plan=plan, base=None, stops=stops)

    assert {one["code"] for one in verdict.violations} == {"H1"}
    assert verdict.violations[0]["unit"] == "AH-01"


def test_all_that_a_draft_names_wrongly_is_said_at_once(plan):
    stops = [
        wanted("XX-99", FIRST, date(2027, 3, 1)),
        wanted("AH-01", "nobody", date(2027, 3, 1)),
        wanted("AH-02", FIRST, date(2027, 3, 1)),
    ]

    with pytest.raises(InvalidDraft) as refusal:
        judge_draft(plan=plan, base=None, stops=stops)

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        "stops[0].unit",
        "stops[1].request",
        "stops[2].request",
    ]


def test_vacancies_leave_out_the_days_of_other_stops(plan):
    stops = [wanted("AH-01", FIRST, date(2027, 3, 1)), wanted("AH-01", SECOND, date(2027, 5, 15))]

    found = vacancies_for(plan=plan, base=None, stops=stops, request=SECOND)

    busy, idle = found
    assert (busy.unit, idle.unit) == ("AH-01", "AH-02")
    assert all(end <= date(2027, 3, 1) or first > date(2027, 3, 31) for first, end in busy.free)
    assert idle.free == idle.calendar


def test_an_unknown_request_has_no_vacancies(plan):
    with pytest.raises(InvalidDraft, match="nobody is not among"):
        vacancies_for(plan=plan, base=None, stops=[], request="nobody")


def test_a_kept_draft_is_the_next_version_and_can_be_published(plan, planner, now):
    stops = [wanted("AH-01", FIRST, date(2027, 3, 1))]

    version = keep_draft(plan=plan, base=None, stops=stops, by=planner, now=now)
    published = publish_version(
        version_id=version.pk, seen_sequence=plan.sequence, by=planner, now=now
    )

    assert (version.number, version.stops.count()) == (1, 1)
    assert version.stops.get().opens_on == date(2027, 3, 1)
    assert {one["request"] for one in version.unserved} == {
        "AH-2027-002",
        "AH-2027-003",
        "AH-2027-004",
    }
    assert published.version == version


def test_a_broken_draft_is_kept_but_not_published(plan, planner, now):
    stops = [wanted("AH-01", FIRST, date(2026, 3, 1))]
    version = keep_draft(plan=plan, base=None, stops=stops, by=planner, now=now)

    with pytest.raises(PlanBroken):
        publish_version(version_id=version.pk, seen_sequence=plan.sequence, by=planner, now=now)


def test_a_lock_that_the_draft_ignores_is_a_broken_rule(plan):
    unit = plan.season.units.get(code="AH-02")
    request = plan.season.requests.get(code=FIRST)
    StopLock.objects.create(plan=plan, unit=unit, request=request, opens_on=date(2027, 4, 1))

    verdict = judge_draft(plan=plan, base=None, stops=[wanted("AH-01", FIRST, date(2027, 3, 1))])

    assert "H8" in {one["code"] for one in verdict.violations}


def test_a_stranger_keeps_no_draft(plan, stranger, now):
    with pytest.raises(NotAllowed):
        keep_draft(plan=plan, base=None, stops=[], by=stranger, now=now)
