"""The audit log over HTTP: who reads which entries, what can be asked, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from tests.api.scenes import SCENES
from tests.factories import events as of_events
from tests.factories import touring as of_touring
from tests.factories import venues as of_venues
from venues.models import AuditEntry, Role, Via
from venues.permissions import SYSTEM
from venues.services.audit import Origin, acting_from, record

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
LOG = "/api/v1/audit/"


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def auditor_of(**place) -> APIClient:
    places = {"venue": None} | place
    return client_of(of_venues.MembershipFactory(role=Role.AUDITOR, **places).user)


def actions(client: APIClient, question: str = "") -> list[str]:
    return [row["action"] for row in client.get(LOG + question).json()["results"]]


@pytest.fixture
def county():
    return of_venues.RegionFactory(code="C")


@pytest.fixture
def museum(county):
    return of_venues.VenueFactory(
        slug="museum", region=county, organisation=of_venues.OrganisationFactory(slug="body")
    )


def test_an_entry_says_who_changed_what_when_and_from_where(museum):
    anna = of_venues.UserFactory(username="anna")
    with acting_from(Origin(via=Via.SESSION, address="2001:db8::1", request_id="r-1")):
        entry = record(
            by=anna,
            action="venue.change",
            subject=museum,
            now=NOW,
            before={"name_en": ""},
            after={"name_en": "Hefei"},
            note="asked by mail",
        )

    (row,) = auditor_of(venue=museum).get(LOG).json()["results"]

    assert row == {
        "id": entry.pk,
        "at": "2026-11-02T01:00:00+00:00",
        "actor": "anna",
        "via": "session",
        "key": "",
        "address": "2001:db8::1",
        "request_id": "r-1",
        "action": "venue.change",
        "subject_type": "venues.venue",
        "subject_id": str(museum.pk),
        "subject": str(museum),
        "region": None,
        "organisation": None,
        "venue": "museum",
        "before": {"name_en": ""},
        "after": {"name_en": "Hefei"},
        "note": "asked by mail",
    }


def test_the_log_is_read_by_auditors_and_administrators_of_the_place_and_by_who_acted(museum):
    actor = of_venues.UserFactory()
    record(by=actor, action="venue.change", subject=museum, now=NOW)
    record(by=actor, action="region.rename", subject=museum.region, now=NOW)
    record(by=actor, action="organisation.change", subject=museum.organisation, now=NOW)
    record(by=actor, action="key.issue", subject=of_venues.UserFactory(), now=NOW)
    everything = ["key.issue", "organisation.change", "region.rename", "venue.change"]

    assert actions(client_of(actor)) == everything
    assert actions(client_of(of_venues.UserFactory(is_superuser=True))) == everything
    assert actions(auditor_of(venue=museum)) == ["venue.change"]
    assert actions(auditor_of(organisation=museum.organisation)) == everything[1::2]
    assert actions(auditor_of(region=museum.region)) == ["region.rename", "venue.change"]
    for role in set(Role) - {Role.AUDITOR, Role.ADMINISTRATOR}:
        other = of_venues.MembershipFactory(role=role, venue=museum).user
        assert actions(client_of(other)) == [], role
    assert APIClient().get(LOG).status_code == 401


def test_what_belongs_to_a_place_is_found_from_the_row_itself(museum, county):
    season = of_touring.SeasonFactory(region=county)
    source = of_events.SourceFactory(venue=museum)
    subjects = [
        of_touring.StopFactory(venue=museum),
        of_touring.UnitFactory(home=museum),
        of_touring.PlanFactory(season=season),
        of_events.EventFactory(venue=museum),
        of_events.EventFactory(venue=None, source=source),
        of_venues.MembershipFactory(venue=museum, role=Role.READER),
        of_events.CampaignFactory(lead=museum.organisation),
    ]

    entries = [record(by=SYSTEM, action="a.b", subject=one, now=NOW) for one in subjects]

    places = [(one.region_id, one.organisation_id, one.venue_id) for one in entries]
    at_museum = (None, None, museum.pk)
    assert places == [
        *(at_museum, at_museum, (county.pk, None, None), at_museum, at_museum, at_museum),
        (None, museum.organisation_id, None),
    ]


def test_an_entry_outlives_its_place(museum, now):
    gone = of_venues.VenueFactory()
    record(by=None, action="venue.close", subject=gone, now=now)
    number = gone.pk

    gone.delete()

    assert AuditEntry.objects.get().venue_id == number


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("", ["stop.cancel", "stop.confirm", "venue.change"]),
        ("?action=stop.confirm", ["stop.confirm"]),
        ("?action=stop.", ["stop.cancel", "stop.confirm"]),
        ("?action=stop", []),
        ("?actor=anna", ["venue.change"]),
        ("?subject_type=venues.venue", ["venue.change"]),
        ("?via=command", ["stop.cancel", "stop.confirm", "venue.change"]),
        ("?via=mail", []),
        ("?venue=museum", ["stop.cancel", "stop.confirm", "venue.change"]),
        ("?region=C", ["stop.cancel", "stop.confirm", "venue.change"]),
        ("?organisation=body", []),
        ("?since=2026-11-02T01:00:01Z", ["stop.cancel", "stop.confirm"]),
        ("?before=2026-11-02T01:00:01Z", ["venue.change"]),
    ],
)
def test_the_log_can_be_asked(museum, question, expected):
    stop = of_touring.StopFactory(venue=museum)
    anna = of_venues.UserFactory(username="anna")
    record(by=anna, action="venue.change", subject=museum, now=NOW)
    for number, action in enumerate(["stop.confirm", "stop.cancel"], start=1):
        later = NOW + timedelta(seconds=number)
        record(by=SYSTEM, action=action, subject=stop, now=later)

    assert actions(auditor_of(venue=museum), question) == expected


def test_a_span_that_ends_before_it_begins_is_refused(museum):
    answer = auditor_of(venue=museum).get(LOG + "?since=2026-11-02T01:00Z&before=2026-11-01T01:00Z")

    assert (answer.status_code, answer.json()["problems"][0]["parameter"]) == (400, "before")


@pytest.mark.parametrize("count", [1, 3])
def test_P3_the_log_takes_the_same_queries_for_any_number(museum, count, django_assert_num_queries):
    client = auditor_of(venue=museum)
    for _ in range(count):
        record(by=SYSTEM, action="venue.change", subject=museum, now=NOW)
    client.get(LOG)

    with django_assert_num_queries(3):
        answer = client.get(LOG)

    assert len(answer.json()["results"]) == count


def test_the_log_is_read_page_by_page_without_losing_a_moments_entries(museum):
    client = auditor_of(venue=museum)
    for number in range(5):
        record(by=SYSTEM, action=f"venue.n{number}", subject=museum, now=NOW)

    pages, url = [], f"{LOG}?page_size=2"
    while url:
        page = client.get(url).json()
        pages.append([row["action"] for row in page["results"]])
        url = page["next"]

    assert pages == [["venue.n4", "venue.n3"], ["venue.n2", "venue.n1"], ["venue.n0"]]


CHANGES = {
    "post_publish_event": "event.publish",
    "patch_event_item": "event.change",
    "post_cancel_event": "event.cancel",
    "patch_venue_item": "venue.change",
    "post_closure_list": "closure.add",
    "put_opening_rules": "opening.set",
    "post_season_list": "season.open",
    "put_lock_item": "plan.lock",
    "post_keep_draft": "plan.draft",
    "post_plan_run_list": "plan.run",
    "post_announce_campaign": "campaign.announced",
    "post_membership_list": "membership.grant",
    "patch_stop_item": "stop.move",
    "put_crate_list": "unit.crates",
}


@pytest.mark.parametrize(("name", "action"), CHANGES.items())
def test_what_is_changed_over_http_stands_in_the_log_with_its_door(network, name, action):
    client = network.caller("administrator")

    answer = SCENES[name].request(client, network)

    assert answer.status_code < 300, answer.content
    entry = AuditEntry.objects.get(action=action, actor_name="administrator")
    assert (entry.via, bool(entry.key_prefix), bool(entry.request_id)) == ("key", True, True)
    assert entry.venue_id or entry.region_id or entry.organisation_id
