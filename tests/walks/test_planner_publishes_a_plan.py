"""Walk 2: a county asks, a planner plans and publishes, a closure refuses, the plan is mended.

``request → run → version → publication → stops → entries → events → feed``: each room is entered
once per direction, and feeds need to know nothing of tours.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.models import Event, OutgoingMail
from tests.factories.touring import ExhibitionFactory, PlacedVenueFactory, UnitFactory
from tests.factories.venues import ClosureFactory, MembershipFactory, RegionFactory
from tests.walks.conftest import entries_in
from touring.errors import PlanBroken
from touring.models import Plan, Stop, StopState
from touring.services.publication import publish_version
from touring.services.requests import WantedWindow, Wish, accept_request, submit_request
from touring.services.runs import execute_run, request_run
from touring.services.seasons import draft_plan, open_season
from touring.services.stops import contract_stops
from venues.models import Closure, Membership, RegionLevel, Role, Venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)


@pytest.fixture
def planner(province):
    return MembershipFactory(role=Role.TOUR_PLANNER, region=province).user


def ask(season, slug: str, windows: list[tuple[date, date]], planner, now) -> str:
    """A county's museum asks for 30 days, and the planner accepts. Returns the request's code."""
    venue = PlacedVenueFactory(
        slug=slug,
        name_zh=f"{slug}科技馆",
        region__parent=season.region,
        email=f"{slug}@example.org",
    )
    contact = MembershipFactory(role=Role.HOST_CONTACT, venue=venue).user
    wish = Wish(venue=venue, stay_days=30, windows=[WantedWindow(*window) for window in windows])
    request = submit_request(season=season, wish=wish, by=contact, now=now)
    accept_request(
        request_id=request.pk, seen_version=request.version, value=10, by=planner, now=now
    )
    return request.code


def compute(plan: Plan, planner, now):
    run = request_run(plan=plan, work=200, seed=1, by=planner, now=now)
    return execute_run(run_id=run.pk, owner="worker", clock=lambda: now)


def feed(client, slug: str) -> list[tuple[str, date, str]]:
    """The public feed of a venue as a calendar program reads it: UID, day, status."""
    return [
        (str(event["UID"]), event.start, str(event["STATUS"]))
        for event in entries_of(client, slug).values()
    ]


def sequence(client, slug: str) -> int:
    (event,) = entries_of(client, slug).values()
    return int(event["SEQUENCE"])


def entries_of(client, slug: str) -> dict:
    answer = client.get(f"/feeds/venues/{slug}.ics")
    assert answer.status_code == 200
    return entries_in(answer.content)


def test_a_planner_publishes_a_plan(client, clock, province, planner, now):
    light = ExhibitionFactory(slug="light", title_zh="光的秘密", title_en="Secrets of Light")
    unit = UnitFactory(code="AH-01", exhibition=light, home__region=province)
    season = open_season(
        slug="anhui-2027",
        name_zh="安徽2027年巡展",
        region=province,
        first_date=date(2027, 1, 1),
        end_date=date(2028, 1, 1),
        units=[unit],
        objective={"km_cost": 0.002, "change_penalty": 1},
        by=planner,
        now=now,
    )
    spring, summer = date(2027, 3, 1), date(2027, 6, 1)
    lujiang = ask(season, "lujiang", [(spring, spring + timedelta(days=30))], planner, now)
    shucheng = ask(season, "shucheng", [(summer, summer + timedelta(days=90))], planner, now)
    plan = draft_plan(season=season, name_zh="第一方案", by=planner, now=now)

    version = compute(plan, planner, now)
    assert version.unserved == []
    closure = ClosureFactory(
        venue=Venue.objects.get(slug="lujiang"),
        first_date=date(2027, 3, 10),
        end_date=date(2027, 3, 11),
    )
    with pytest.raises(PlanBroken) as refusal:
        publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    assert [one["request"] for one in refusal.value.detail["problems"]] == [lujiang]
    assert Event.objects.count() == 0

    Closure.objects.filter(pk=closure.pk).delete()
    publish_version(version_id=version.pk, seen_sequence=0, by=planner, now=now)
    assert feed(client, "lujiang") == []  # nothing is public before the contract
    assert set(
        Event.objects.filter(venue__slug="lujiang", visibility="hosts").values_list(
            "uid", flat=True
        )
    ) >= {f"{lujiang}-install", f"{lujiang}-strike"}
    contract_stops(plan=plan, by=planner, now=now)
    first_opening = Stop.objects.get(uid=shucheng).opens_on
    runs = {code: Event.objects.get(uid=code) for code in (lujiang, shucheng)}
    uid = {code: event.public_uid for code, event in runs.items()}
    assert {event.title_zh for event in runs.values()} == {"光的秘密"}
    assert feed(client, "lujiang") == [(uid[lujiang], spring, "CONFIRMED")]
    assert feed(client, "shucheng") == [(uid[shucheng], first_opening, "CONFIRMED")]
    before = {slug: sequence(client, slug) for slug in ("lujiang", "shucheng")}

    later = clock.pass_(days=1)
    ClosureFactory(
        venue=Venue.objects.get(slug="lujiang"),
        first_date=date(2027, 3, 10),
        end_date=date(2027, 3, 11),
    )
    ClosureFactory(
        venue=Venue.objects.get(slug="shucheng"),
        first_date=first_opening,
        end_date=first_opening + timedelta(days=5),
    )
    second = compute(plan, planner, later)
    assert [one["request"] for one in second.unserved] == [lujiang]
    publish_version(
        version_id=second.pk,
        seen_sequence=1,
        by=planner,
        now=later,
        message="庐江馆临时闭馆",
    )

    new_opening = Stop.objects.get(uid=shucheng).opens_on
    assert new_opening >= first_opening + timedelta(days=9)  # set-up follows the closure
    assert feed(client, "lujiang") == [(uid[lujiang], spring, "CANCELLED")]
    assert feed(client, "shucheng") == [(uid[shucheng], new_opening, "CONFIRMED")]
    assert all(sequence(client, slug) > number for slug, number in before.items())
    assert Stop.objects.get(uid=lujiang).state == StopState.CANCELLED
    sent = OutgoingMail.objects.filter(created_at=later).values_list("recipient", "subject")
    contact = Membership.objects.get(role=Role.HOST_CONTACT, venue__slug="shucheng").user
    assert sorted(sent) == sorted(
        [
            ("lujiang@example.org", "巡展安排有变化 / Your touring exhibition dates"),
            ("shucheng@example.org", "巡展安排有变化 / Your touring exhibition dates"),
            (contact.email, "邀请：巡展：光的秘密"),
        ]
    )
