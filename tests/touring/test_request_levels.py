"""A request through the four levels: who may, until when, how many, and who is told."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.touring import (
    PlacedVenueFactory,
    RequestCallFactory,
    SeasonFactory,
    TourRequestFactory,
)
from tests.factories.venues import MembershipFactory, RegionFactory
from touring import lifecycles
from touring.errors import (
    AlreadyAsked,
    DeadlineOver,
    InvalidCall,
    InvalidPaper,
    InvalidRequest,
    QuotaReached,
    WrongState,
)
from touring.models import (
    RequestCall,
    RequestQuota,
    RequestState,
    RequestStep,
    Season,
    TourRequest,
)
from touring.services import approval, escalation, requests
from touring.services.calls import open_call
from touring.services.export import export_requests
from touring.services.intake import preview_requests
from touring.services.papers import MOST_BYTES, attach_to_request
from touring.services.requests import WantedWindow, Wish
from venues.errors import DomainError, NotAllowed
from venues.models import AuditEntry, Notice, RegionLevel, Role
from venues.permissions import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


class Levels:
    """A province with a prefecture, its county and a hall, an officer at each, and a call."""

    def __init__(self) -> None:
        self.province = RegionFactory(code="340000", level=RegionLevel.PROVINCE)
        self.prefecture = RegionFactory(
            code="340100", level=RegionLevel.PREFECTURE, parent=self.province
        )
        self.county = RegionFactory(code="340123", name_zh="肥西县", parent=self.prefecture)
        self.season = SeasonFactory(slug="anhui-2027", region=self.province)
        self.call = RequestCallFactory(
            season=self.season, opens_on=date(2026, 10, 1), closes_on=date(2026, 11, 21)
        )
        self.venue = PlacedVenueFactory(slug="feixi", region=self.county)
        self.host = MembershipFactory(role=Role.HOST_CONTACT, venue=self.venue).user
        self.officers = {
            "county": MembershipFactory(role=Role.COUNTY_OFFICER, region=self.county).user,
            "prefecture": MembershipFactory(
                role=Role.PREFECTURE_OFFICER, region=self.prefecture
            ).user,
            "province": MembershipFactory(role=Role.PROVINCE_OFFICER, region=self.province).user,
        }

    def wish(self, venue=None, **more) -> Wish:
        windows = [WantedWindow(date(2027, 3, 1), date(2027, 8, 1))]
        return Wish(venue=venue or self.venue, stay_days=60, windows=windows, **more)

    def submit(self, now, venue=None, by=None, **more) -> TourRequest:
        return requests.submit_request(
            season=self.season,
            wish=self.wish(venue),
            call=self.call,
            by=by or self.host,
            now=now,
            **more,
        )


@pytest.fixture
def levels(db) -> Levels:
    return Levels()


@pytest.fixture
def submitted(levels, now) -> TourRequest:
    return levels.submit(now)


def seen(request: TourRequest) -> dict[str, int]:
    return {
        "request_id": request.pk,
        "seen_version": TourRequest.objects.get(pk=request.pk).version,
    }


def test_a_request_climbs_county_prefecture_and_province(levels, submitted, now):
    approval.endorse_request(**seen(submitted), by=levels.officers["county"], now=now)
    approval.consolidate_request(**seen(submitted), by=levels.officers["prefecture"], now=now)
    requests.accept_request(**seen(submitted), value=8, by=levels.officers["province"], now=now)

    assert list(
        submitted.steps.values_list("operation", "to_state", "level", "actor", "due_on")
    ) == [
        ("submit", "submitted", "host_contact", levels.host.pk, date(2026, 11, 16)),
        (
            *("endorse", "endorsed", "county_officer"),
            *(levels.officers["county"].pk, date(2026, 11, 16)),
        ),
        (
            *("consolidate", "consolidated", "prefecture_officer"),
            *(levels.officers["prefecture"].pk, date(2026, 11, 16)),
        ),
        ("accept", "accepted", "province_officer", levels.officers["province"].pk, None),
    ]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        f"tour_request.{name}" for name in ("submit", "endorse", "consolidate", "accept")
    ]


@pytest.mark.parametrize("officer", ["prefecture", "province"])
def test_a_level_does_not_decide_for_another(levels, submitted, now, officer):
    with pytest.raises(NotAllowed):
        approval.endorse_request(**seen(submitted), by=levels.officers[officer], now=now)


def test_an_officer_of_another_county_does_not_endorse(levels, submitted, now):
    neighbour = RegionFactory(code="340124", parent=levels.prefecture)
    officer = MembershipFactory(role=Role.COUNTY_OFFICER, region=neighbour).user

    with pytest.raises(NotAllowed):
        approval.endorse_request(**seen(submitted), by=officer, now=now)


def test_the_nation_decides_where_the_call_asks_it(levels, submitted, now):
    RequestCall.objects.update(asks_nation=True)
    approval.endorse_request(**seen(submitted), by=levels.officers["county"], now=now)
    approval.consolidate_request(**seen(submitted), by=levels.officers["prefecture"], now=now)
    nation = RegionFactory(code="CN", level=RegionLevel.NATION)
    levels.province.descendant_paths.model.objects.create(
        ancestor=nation, descendant=levels.county, depth=3
    )
    officer = MembershipFactory(role=Role.NATION_OFFICER, region=nation).user

    with pytest.raises(NotAllowed):
        requests.accept_request(**seen(submitted), by=levels.officers["province"], now=now)
    requests.accept_request(**seen(submitted), by=officer, now=now)

    submitted.refresh_from_db()
    assert submitted.state == RequestState.ACCEPTED


def test_returning_needs_a_reason_and_tells_the_host(levels, submitted, now):
    with pytest.raises(InvalidRequest, match="reason"):
        approval.return_request(
            **seen(submitted), reason="  ", by=levels.officers["county"], now=now
        )

    approval.return_request(
        **seen(submitted), reason="安全预案缺失", by=levels.officers["county"], now=now
    )

    submitted.refresh_from_db()
    assert (submitted.state, submitted.reason) == (RequestState.RETURNED, "安全预案缺失")
    assert "安全预案缺失" in Notice.objects.get(person=levels.host).body_zh


def test_a_returned_request_is_handed_in_again_until_its_answer_is_due(levels, submitted, now):
    late = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    approval.return_request(
        **seen(submitted), reason="补材料", by=levels.officers["county"], now=late
    )

    with pytest.raises(DeadlineOver):
        approval.submit_draft(**seen(submitted), by=levels.host, now=late + timedelta(days=15))
    approval.submit_draft(**seen(submitted), by=levels.host, now=late + timedelta(days=14))

    submitted.refresh_from_db()
    assert submitted.state == RequestState.SUBMITTED


def test_the_deadline_is_midnight_in_the_calls_own_zone(levels):
    """Urumqi keeps Beijing time; a call in Kathmandu ends two and a quarter hours later."""
    last_moment = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)  # 23:59 in Beijing

    with pytest.raises(DeadlineOver):
        levels.submit(last_moment + timedelta(minutes=1))
    RequestCall.objects.update(timezone="Asia/Kathmandu")
    levels.call.refresh_from_db()
    submitted = levels.submit(last_moment + timedelta(hours=2))

    assert submitted.state == RequestState.SUBMITTED


def test_before_a_call_opens_nothing_is_taken(levels):
    with pytest.raises(DeadlineOver, match="opens on 2026-10-01"):
        levels.submit(datetime(2026, 9, 30, 1, 0, tzinfo=UTC))


def test_a_county_asks_once_per_programme_and_year(levels, submitted, now):
    second = PlacedVenueFactory(slug="second", region=levels.county)
    host = MembershipFactory(role=Role.HOST_CONTACT, venue=second).user

    with pytest.raises(AlreadyAsked, match=submitted.code):
        levels.submit(now, venue=second, by=host)


def test_a_withdrawn_request_makes_room_for_another(levels, submitted, now):
    requests.withdraw_request(**seen(submitted), by=levels.host, now=now)

    assert levels.submit(now).state == RequestState.SUBMITTED


def test_the_database_itself_refuses_a_second_active_request(levels, submitted):
    with pytest.raises(IntegrityError), transaction.atomic():
        TourRequestFactory(
            season=levels.season,
            call=levels.call,
            county=levels.county,
            programme="regular",
            year=2027,
            state=RequestState.DRAFT,
        )


def test_a_host_names_the_call_where_there_is_one(levels, now):
    with pytest.raises(InvalidRequest, match="name the call"):
        requests.submit_request(season=levels.season, wish=levels.wish(), by=levels.host, now=now)


def test_a_region_hands_up_no_more_than_its_quota(levels, submitted, now):
    RequestQuota.objects.create(call=levels.call, region=levels.prefecture, most=1)
    other = PlacedVenueFactory(region__parent=levels.prefecture, region__code="340124")
    host = MembershipFactory(role=Role.HOST_CONTACT, venue=other).user
    officer = MembershipFactory(role=Role.COUNTY_OFFICER, region=other.region).user
    second = levels.submit(now, venue=other, by=host)
    approval.endorse_request(**seen(submitted), by=levels.officers["county"], now=now)
    approval.endorse_request(**seen(second), by=officer, now=now)

    approval.consolidate_request(**seen(submitted), by=levels.officers["prefecture"], now=now)
    with pytest.raises(QuotaReached, match="1 of 1"):
        approval.consolidate_request(**seen(second), by=levels.officers["prefecture"], now=now)


def test_a_change_after_acceptance_keeps_what_was_asked_before(levels, submitted, now):
    TourRequest.objects.update(state=RequestState.ACCEPTED)

    changed = requests.change_request(
        **seen(submitted), wish=replace(levels.wish(), stay_days=90), by=levels.host, now=now
    )

    (kept,) = changed.history.all()
    assert (kept.number, kept.wish["stay_days"], kept.replaced_by) == (1, 60, levels.host)
    assert requests.wish_changes(kept.wish, requests.wish_document(changed)) == [
        {"field": "stay_days", "before": 60, "after": 90}
    ]
    assert changed.state == RequestState.SUBMITTED


def test_an_unanswered_request_is_escalated_once(levels, submitted, now):
    on_the_day = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)

    assert escalation.escalate_overdue(now=on_the_day) == 0
    assert escalation.escalate_overdue(now=on_the_day + timedelta(days=1)) == 1
    assert escalation.escalate_overdue(now=on_the_day + timedelta(days=2)) == 0

    told = Notice.objects.filter(kind="overdue").values_list("person", flat=True)
    assert set(told) == {levels.officers["county"].pk, levels.officers["prefecture"].pk}
    assert RequestStep.objects.get().escalated_at == on_the_day + timedelta(days=1)


def test_drafts_expire_with_the_call_and_the_undecided_with_the_season(levels, now):
    draft = levels.submit(now, as_draft=True)
    other = PlacedVenueFactory(region__parent=levels.prefecture)
    host = MembershipFactory(role=Role.HOST_CONTACT, venue=other).user
    undecided = levels.submit(now, venue=other, by=host)

    assert approval.expire_requests(now=datetime(2026, 11, 20, 1, tzinfo=UTC)) == 0
    assert approval.expire_requests(now=datetime(2026, 11, 21, 1, tzinfo=UTC)) == 1
    draft.refresh_from_db()
    assert draft.state == RequestState.EXPIRED
    assert approval.expire_requests(now=datetime(2028, 1, 1, 1, tzinfo=UTC)) == 1
    undecided.refresh_from_db()
    assert undecided.state == RequestState.EXPIRED


def test_open_call_tells_every_problem_at_once(levels, now):
    with pytest.raises(InvalidCall) as refusal:
        open_call(
            slug=levels.call.slug,
            name_zh="申报",
            season=levels.season,
            year=2027,
            opens_on=date(2026, 7, 1),
            closes_on=date(2026, 7, 1),
            time_zone="Mars/Olympus",
            quotas={RegionFactory(code="510000"): 3},
            by=levels.officers["province"],
            now=now,
        )

    assert [one["field"] for one in refusal.value.detail["problems"]] == [
        *("closes_on", "timezone", "slug", "year", "quotas"),
    ]


def test_O5_an_export_holds_no_formula_and_is_read_again(levels, now):
    formulas = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1")
    for number, note in enumerate(formulas):
        TourRequestFactory(code=f"X-{number}", season=levels.season, venue=levels.venue, note=note)

    book = export_requests(season=levels.season, by=SYSTEM, now=now)

    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    outcome = preview_requests(book, season=levels.season, by=SYSTEM, now=now)
    assert (outcome.created, outcome.problems) == (0, ())


def test_A12_an_export_holds_what_one_may_see_and_no_more(levels, submitted, now):
    stranger = MembershipFactory(role=Role.HOST_CONTACT).user

    mine = export_requests(season=levels.season, by=levels.host, now=now)
    theirs = export_requests(season=levels.season, by=stranger, now=now)

    assert preview_requests(mine, season=levels.season, by=SYSTEM, now=now).unchanged == 1
    assert preview_requests(theirs, season=levels.season, by=SYSTEM, now=now).unchanged == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<script>"),
        ("plan.pdf", b"<html>"),
        ("../plan.pdf", b"%PDF-1.7"),
        ("plan.pdf", b""),
        ("plan.pdf", b"%PDF-" + b"0" * MOST_BYTES),
    ],
)
def test_a_file_is_taken_only_as_what_it_is(levels, submitted, now, name, content):
    with pytest.raises(InvalidPaper):
        attach_to_request(
            request_id=submitted.pk, name=name, content=content, by=levels.host, now=now
        )


def test_the_same_file_twice_is_one_attachment_under_a_name_of_ours(levels, submitted, now):
    given = {"request_id": submitted.pk, "content": b"%PDF-1.7", "by": levels.host, "now": now}

    first = attach_to_request(name="安全预案.pdf", **given)
    again = attach_to_request(name="again.pdf", **given)

    assert (first.pk, first.name, first.content_type) == (
        *(again.pk, "安全预案.pdf"),
        "application/pdf",
    )
    assert first.file.name.startswith("papers/requestattachment/")
    assert "pdf" not in first.file.name


def test_strangers_add_no_files(levels, submitted, now):
    with pytest.raises(NotAllowed):
        attach_to_request(
            request_id=submitted.pk,
            name="a.pdf",
            content=b"%PDF-1.7",
            by=levels.officers["prefecture"],
            now=now,
        )


OPERATIONS = {
    "submit": approval.submit_draft,
    "endorse": approval.endorse_request,
    "return": lambda **given: approval.return_request(reason="补", **given),
    "consolidate": approval.consolidate_request,
    "wait": approval.let_wait,
    "accept": requests.accept_request,
    "reject": lambda **given: requests.reject_request(reason="否", **given),
    "withdraw": requests.withdraw_request,
}


@given(st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=12))
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_random_walks_through_the_services_keep_to_the_table_and_lose_no_row(walk):
    now = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    with transaction.atomic():
        request = Levels().submit(now)
        taken = 1
        for operation in walk:
            request.refresh_from_db()
            before = request.state
            step = lifecycles.REQUEST.find(operation, before)
            try:
                OPERATIONS[operation](**seen(request), by=SYSTEM, now=now)
            except WrongState:
                assert step is None or "without_a_call" in step.gates
                continue
            except DomainError as refusal:
                raise AssertionError(f"{operation} from {before}: {refusal}") from refusal
            request.refresh_from_db()
            taken += 1
            assert step is not None
            assert request.state in step.targets
        assert RequestStep.objects.filter(request=request).count() == taken
        assert AuditEntry.objects.filter(subject_id=str(request.pk)).count() == taken
        assert Season.objects.count() == 1
        transaction.set_rollback(True)
