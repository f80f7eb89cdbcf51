"""Versions become stops, a log, calendars and mail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from events.errors import NothingToUndo
from events.models import Event, OutgoingMail
from tests.factories.touring import (
    PlanFactory,
    PlannedStopFactory,
    PlanVersionFactory,
    StopFactory,
    StopLockFactory,
)
from tests.factories.venues import ClosureFactory
from touring.errors import AlreadyTaken, AnotherPlanHolds, PlanBroken, StalePlan
from touring.models import (
    Exhibition,
    Plan,
    PlanVersion,
    Publication,
    PublishedChange,
    Stop,
    StopState,
    TourRequest,
    Unit,
)
from touring.services.publication import diff_versions, publish_version, undo_publication
from touring.services.stops import contract_stops
from venues.errors import NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def version_of(plan: Plan, stops: dict[int, tuple[str, date]], **fields) -> PlanVersion:
    """A version with these stops: request number → unit code and opening day."""
    number = plan.versions.count() + 1
    version = PlanVersionFactory(plan=plan, number=number, **fields)
    for request, (unit, opens_on) in stops.items():
        PlannedStopFactory(
            version=version,
            unit=Unit.objects.get(code=unit),
            request=TourRequest.objects.get(code=f"AH-2027-{request:03d}"),
            opens_on=opens_on,
            departs_on=opens_on - timedelta(days=5),
        )
    return version


@pytest.fixture
def first(plan) -> PlanVersion:
    return version_of(
        plan,
        {
            1: ("AH-01", date(2027, 3, 1)),
            2: ("AH-02", date(2027, 3, 1)),
            3: ("AH-01", date(2027, 5, 1)),
        },
    )


@pytest.fixture
def publish(planner, now):
    """Publishes a version ``after`` some days, with the plan's present sequence."""

    def publish(version: PlanVersion, *, after: int = 0, **fields) -> Publication:
        sequence = Plan.objects.get(pk=version.plan_id).sequence
        return publish_version(
            version_id=version.pk,
            **({"seen_sequence": sequence, "by": planner} | fields),
            now=now + timedelta(days=after),
        )

    return publish


def stops() -> dict[str, tuple[str, str, str]]:
    return {
        stop.uid: (stop.unit.code, stop.opens_on.isoformat(), stop.state)
        for stop in Stop.objects.select_related("unit")
    }


def public_events() -> dict[str, tuple[str, int, str]]:
    return {
        event.uid: (event.start_date.isoformat(), event.sequence, event.status)
        for event in Event.objects.filter(visibility="public")
    }


def test_publishing_writes_stops_log_and_the_hosts_calendar(first, publish, plan):
    publication = publish(first)

    plan.refresh_from_db()
    assert (plan.published_version, plan.sequence, publication.number) == (first, 1, 1)
    assert stops() == {
        "AH-2027-001": ("AH-01", "2027-03-01", "proposed"),
        "AH-2027-002": ("AH-02", "2027-03-01", "proposed"),
        "AH-2027-003": ("AH-01", "2027-05-01", "proposed"),
    }
    assert public_events() == {}
    assert sorted(
        Event.objects.filter(venue__slug="county-1").values_list("uid", "start_date", "end_date")
    ) == [
        ("AH-2027-001-install", date(2027, 2, 25), date(2027, 3, 1)),
        ("AH-2027-001-move", date(2027, 2, 24), date(2027, 2, 25)),
        ("AH-2027-001-strike", date(2027, 3, 31), date(2027, 4, 2)),
    ]
    assert {event.source.slug for event in Event.objects.all()} == {f"touring-plan-{plan.pk}"}


def test_the_log_holds_every_stop_with_its_old_and_new_form(first, publish, plan):
    publish(first)
    second = version_of(plan, {1: ("AH-01", date(2027, 3, 1)), 2: ("AH-02", date(2027, 4, 1))})
    publication = publish(second, after=1)

    log = {one.request.code: (one.before, one.after) for one in publication.changes.all()}
    assert log["AH-2027-001"][0] == log["AH-2027-001"][1]
    assert log["AH-2027-002"] == (
        {
            "unit": "AH-02",
            "space": None,
            "arrives_on": "2027-02-25",
            "opens_on": "2027-03-01",
            "closes_on": "2027-03-31",
            "leaves_on": "2027-04-02",
        },
        {
            "unit": "AH-02",
            "space": None,
            "arrives_on": "2027-03-28",
            "opens_on": "2027-04-01",
            "closes_on": "2027-05-01",
            "leaves_on": "2027-05-03",
        },
    )
    assert log["AH-2027-003"][1] == {}


def test_a_second_publication_moves_and_cancels_what_is_public(first, publish, plan, planner, now):
    publish(first)
    assert contract_stops(plan=plan, by=planner, now=now) == 3
    before = public_events()

    second = version_of(plan, {1: ("AH-01", date(2027, 3, 1)), 2: ("AH-02", date(2027, 4, 1))})
    publish(second, after=1, message="county 3 withdrew")

    assert before == {
        "AH-2027-001": ("2027-03-01", 0, "scheduled"),
        "AH-2027-002": ("2027-03-01", 0, "scheduled"),
        "AH-2027-003": ("2027-05-01", 0, "scheduled"),
    }
    assert public_events() == {
        "AH-2027-001": ("2027-03-01", 0, "scheduled"),
        "AH-2027-002": ("2027-04-01", 1, "rescheduled"),
        "AH-2027-003": ("2027-05-01", 1, "cancelled"),
    }
    assert stops()["AH-2027-002"] == ("AH-02", "2027-04-01", "contracted")
    assert stops()["AH-2027-003"][2] == "cancelled"
    assert Stop.objects.get(uid="AH-2027-003").reason == "county 3 withdrew"


def test_a_stop_that_was_never_public_is_released_and_its_host_event_cancelled(
    first, publish, plan
):
    publish(first)
    publish(version_of(plan, {1: ("AH-01", date(2027, 3, 1))}), after=1)

    assert stops()["AH-2027-003"][2] == "released"
    assert Event.objects.get(uid="AH-2027-003-install").status == "cancelled"


def test_going_back_publishes_the_older_version_anew(first, publish, plan, planner, now):
    publish(first)
    contract_stops(plan=plan, by=planner, now=now)
    publish(version_of(plan, {2: ("AH-02", date(2027, 4, 1))}), after=1)

    publication = publish(first, after=2)

    assert (publication.number, publication.version) == (3, first)
    assert {uid: one[:2] for uid, one in stops().items()} == {
        "AH-2027-001": ("AH-01", "2027-03-01"),
        "AH-2027-002": ("AH-02", "2027-03-01"),
        "AH-2027-003": ("AH-01", "2027-05-01"),
    }
    assert Stop.objects.get(uid="AH-2027-001").state == StopState.PROPOSED
    assert Publication.objects.count() == 3


def undo(plan: Plan, by, now, **fields) -> Publication:
    plan.refresh_from_db()
    given = {"plan_id": plan.pk, "seen_sequence": plan.sequence, "by": by, "now": now} | fields
    return undo_publication(**given)


def test_undoing_the_first_publication_lets_everything_go_and_tells_the_hosts(
    first, publish, plan, planner, now
):
    publish(first)
    mails = OutgoingMail.objects.count()

    publication = undo(plan, planner, now + timedelta(hours=24))

    assert (publication.number, publication.version) == (2, None)
    assert {state for _, _, state in stops().values()} == {"released"}
    assert set(TourRequest.objects.values_list("state", flat=True)) == {"accepted"}
    assert OutgoingMail.objects.count() == 2 * mails
    assert all(change.after == {} for change in publication.changes.all())


def test_undoing_goes_back_to_the_version_before_and_undoing_that_forward_again(
    first, publish, plan, planner, now
):
    publish(first)
    second = version_of(plan, {2: ("AH-02", date(2027, 4, 1))})
    publish(second, after=1)

    back = undo(plan, planner, now + timedelta(days=1, hours=1))
    forward = undo(plan, planner, now + timedelta(days=1, hours=2))

    assert (back.version, forward.version) == (first, second)
    plan.refresh_from_db()
    assert plan.published_version == second


def test_nothing_is_undone_after_a_day_or_once_hosts_have_agreed(
    first, publish, plan, planner, now
):
    with pytest.raises(NothingToUndo):
        undo(plan, planner, now)
    publish(first)
    with pytest.raises(NothingToUndo):
        undo(plan, planner, now + timedelta(hours=24, seconds=1))
    contract_stops(plan=plan, by=planner, now=now, uids=["AH-2027-002"])

    with pytest.raises(NothingToUndo) as refusal:
        undo(plan, planner, now + timedelta(hours=1))

    assert refusal.value.detail["stops"] == ["AH-2027-002"]
    assert stops()["AH-2027-001"][2] == "proposed"


def test_undoing_is_for_who_may_publish_and_has_seen_the_newest(
    first, publish, plan, planner, stranger, now
):
    publish(first)
    with pytest.raises(NotAllowed):
        undo(plan, stranger, now)
    with pytest.raises(StalePlan):
        undo(plan, planner, now, seen_sequence=0)


def test_publishing_the_same_version_again_touches_no_event(first, publish):
    publish(first)
    before = list(Event.objects.order_by("pk").values())
    mails = OutgoingMail.objects.count()

    publish(first, after=1)

    assert list(Event.objects.order_by("pk").values()) == before
    assert OutgoingMail.objects.count() == mails
    assert set(Stop.objects.values_list("version", flat=True)) == {1}


def test_a_closure_entered_since_the_run_refuses_with_the_violations(first, publish, plan):
    venue = TourRequest.objects.get(code="AH-2027-002").venue
    ClosureFactory(venue=venue, first_date=date(2027, 3, 8), end_date=date(2027, 3, 9))

    with pytest.raises(PlanBroken) as refusal:
        publish(first)

    assert [
        (one["code"], one["unit"], one["request"]) for one in refusal.value.detail["problems"]
    ] == [("H4", "AH-02", "AH-2027-002")]
    assert (Stop.objects.count(), Publication.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_closure_at_a_locked_stop_refuses_as_a_broken_plan_too(first, publish, plan):
    request = TourRequest.objects.get(code="AH-2027-002")
    StopLockFactory(
        plan=plan, unit=Unit.objects.get(code="AH-02"), request=request, opens_on=date(2027, 3, 1)
    )
    ClosureFactory(venue=request.venue, first_date=date(2027, 3, 8), end_date=date(2027, 3, 9))

    with pytest.raises(PlanBroken) as refusal:
        publish(first)

    assert [one["code"] for one in refusal.value.detail["problems"]] == ["H4", "H8"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: TourRequest.objects.update(stay_days=31), "the stay asked for changed"),
        (lambda: Exhibition.objects.update(setup_days=5), "set-up days of the exhibition changed"),
    ],
)
def test_rows_that_give_other_dates_than_the_version_refuse(first, publish, change, words):
    change()

    with pytest.raises(PlanBroken) as refusal:
        publish(first)

    assert words in refusal.value.message


def test_a_withdrawn_request_refuses(first, publish):
    TourRequest.objects.filter(code="AH-2027-001").update(state="withdrawn")

    with pytest.raises(PlanBroken) as refusal:
        publish(first)

    assert [one["code"] for one in refusal.value.detail["problems"]] == ["ID"]


def test_publish_refuses_when_a_colleague_was_faster(first, publish, plan):
    """K3."""
    publish(first)

    with pytest.raises(StalePlan) as refusal:
        publish(first, seen_sequence=0)

    assert refusal.value.detail == {"sequence": 1}
    assert Publication.objects.count() == 1


def test_a_stranger_publishes_nothing(first, publish, stranger):
    with pytest.raises(NotAllowed):
        publish(first, by=stranger)


def test_a_season_follows_one_plan_only(first, publish, plan):
    publish(first)
    other = version_of(PlanFactory(season=plan.season), {4: ("AH-02", date(2027, 6, 1))})

    with pytest.raises(AnotherPlanHolds) as refusal:
        publish(other)

    assert refusal.value.detail == {"plan": plan.pk}


def test_a_unit_that_somebody_placed_elsewhere_meanwhile_refuses(first, publish, monkeypatch):
    """The judge sees it by the unit's availability; were it asked too early, the guard would."""
    StopFactory(unit=Unit.objects.get(code="AH-02"), opens_on=date(2027, 3, 10))

    with pytest.raises(PlanBroken) as refusal:
        publish(first)
    assert {one["code"] for one in refusal.value.detail["problems"]} == {"H2"}

    monkeypatch.setattr("touring.services.publication.refuse_if_broken", lambda version: None)
    with pytest.raises(AlreadyTaken):
        publish(first)
    assert Publication.objects.count() == 0


def test_hosts_are_told_once_what_changed_for_them(first, publish, plan):
    publish(first)
    publish(version_of(plan, {1: ("AH-01", date(2027, 3, 1))}), after=1)

    mails = {
        (mail.key.split("-")[1], mail.recipient): mail.body for mail in OutgoingMail.objects.all()
    }
    numbers = [str(pk) for pk in Publication.objects.order_by("pk").values_list("pk", flat=True)]
    assert sorted(mails) == sorted(
        [
            (numbers[0], "county1@example.org"),
            (numbers[0], "county2@example.org"),
            (numbers[0], "county3@example.org"),
            (numbers[1], "county2@example.org"),
            (numbers[1], "county3@example.org"),
        ]
    )
    first_mail = mails[(numbers[0], "county1@example.org")]
    assert "AH-01，2027-03-01 – 2027-03-30开放，2027-02-25到馆" in first_mail
    assert "AH-01 is open 2027-03-01 – 2027-03-30, arriving 2027-02-25" in first_mail
    assert "is cancelled" in mails[(numbers[1], "county2@example.org")]


def test_diff_names_added_removed_and_moved_stops_and_the_value(plan):
    one = version_of(
        plan,
        {1: ("AH-01", date(2027, 3, 1)), 2: ("AH-02", date(2027, 3, 1))},
        value={"total": 18.5, "km": 700, "floors": []},
    )
    two = version_of(
        plan,
        {2: ("AH-02", date(2027, 3, 8)), 3: ("AH-01", date(2027, 3, 1))},
        value={"total": 19.0, "km": 650, "floors": []},
    )

    diff = diff_versions(one, two)

    assert (diff.added, diff.removed, diff.moved, diff.unchanged) == (
        ("AH-2027-003",),
        ("AH-2027-001",),
        ("AH-2027-002",),
        0,
    )
    assert diff.value == {"total": (18.5, 19.0), "km": (700, 650)}


def test_log_rows_of_two_publications_stand_side_by_side(first, publish):
    publish(first)
    publish(first, after=1)

    assert PublishedChange.objects.filter(request__code="AH-2027-001").count() == 2
