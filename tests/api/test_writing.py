"""What may be written, and what a body, a name or a filter must not reach."""

from __future__ import annotations

import pytest
from django.core import serializers
from django.db import transaction

from events.models import Event
from tests.api.described import operations
from tests.api.scenes import SCENES, filled
from tests.factories.events import EventFactory
from tests.factories.touring import StopFactory, TourRequestFactory
from tests.factories.venues import VenueFactory
from touring.models import Stop, TourRequest
from venues.models import Venue

RESERVED = (
    *("id", "pk", "version", "sequence", "moderation", "published", "status_changed_at", "owner"),
    *("is_staff", "created_at", "changed_at", "geocoding", "public_uid", "source", "plan", "state"),
    *("requested_by", "published_version", "code", "uid", "value", "must", "unserved"),
)


@pytest.mark.parametrize(
    "operation", [one for one in operations() if one.body is not None], ids=str
)
def test_A5_fields_that_are_not_listed_are_refused_by_name(network, operation):
    scene = SCENES[str(operation)]
    good = filled(scene.body, network)
    names = [name for name in RESERVED if name not in operation.body["properties"]]

    caller = network.caller("administrator") if scene.allowed else signed_in(network)

    answer = scene.send(caller, network, {**good, **dict.fromkeys(names, 1)})

    assert answer.status_code == 422
    refused = {problem["field"] for problem in answer.json()["problems"]}
    assert refused >= set(names)


def signed_in(network):
    """The administrator with a session: some things are for people, not for keys."""
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_login(network.people["administrator"])
    return client


def unchanged(model: type, pk: int) -> str:
    return serializers.serialize("json", model.objects.filter(pk=pk))


@pytest.mark.parametrize("caller", ["editor", "publisher", "administrator"])
def test_A3_an_event_is_not_moved_to_a_museum_of_others(network, caller):
    before = unchanged(Event, network.draft.pk)

    answer = network.caller(caller).patch(
        f"/api/v1/events/{network.draft.public_uid}/",
        {"venue": "foreign"},
        format="json",
        HTTP_IF_MATCH="*",
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert unchanged(Event, network.draft.pk) == before


def test_A3_a_venue_is_not_moved_to_a_region_of_others(network):
    answer = network.caller("administrator").patch(
        "/api/v1/venues/museum/", {"region": "Q"}, format="json", HTTP_IF_MATCH="*"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert Venue.objects.get(slug="museum").region.code == "C"


@pytest.mark.parametrize("caller", ["host", "editor"])
def test_A3_a_request_is_not_moved_to_a_venue_of_others(network, caller):
    body = {**SCENES["put_tour_request_item"].body, "venue": "foreign"}

    answer = network.caller(caller).put(
        "/api/v1/tour-requests/R-1/", body, format="json", HTTP_IF_MATCH="*"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert TourRequest.objects.get(code="R-1").venue.slug == "museum"


def test_A4_a_stop_does_not_take_a_request_that_another_venue_made(network):
    TourRequestFactory(code="R-9", season=network.season, venue=network.foreign_museum)
    body = {**SCENES["post_stop_list"].body, "request": "R-9"}

    answer = network.caller("planner").post("/api/v1/stops/", body, format="json")

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == ["request"]


def test_A3_a_pushed_event_stays_inside_its_sources_venue(network):
    scene = SCENES["put_pushed_event"]

    foreign = scene.request(network.caller("stranger"), network)
    taken = network.caller("editor").put(
        "/api/v1/events/by-source/local/17", {**scene.body}, format="json"
    )

    assert foreign.status_code == 403
    assert (taken.status_code, taken.json()["code"]) == (409, "kept_elsewhere")


def test_the_same_push_twice_is_one_event_changed(network):
    publisher = network.caller("publisher")
    address, body = "/api/v1/events/by-source/cms/17", SCENES["put_pushed_event"].body

    first = publisher.put(address, body, format="json")
    again = publisher.put(address, body, format="json")
    changed = publisher.put(address, {**body, "title_zh": "影"}, format="json")
    seen = f'"{first.json()["sequence"]}"'
    stale = publisher.put(address, body, format="json", HTTP_IF_MATCH=seen)

    assert [each.status_code for each in (first, again, changed, stale)] == [201, 200, 200, 412]
    assert first.json()["moderation"] == "published"
    assert again.content == first.content
    assert changed.json()["sequence"] == first.json()["sequence"] + 1
    assert Event.objects.filter(source__slug="cms").count() == 1


def test_an_editors_push_waits_for_the_publisher(network):
    answer = SCENES["put_pushed_event"].request(network.caller("editor"), network)

    assert answer.json()["moderation"] == "submitted"


def test_K1_a_slot_that_is_held_answers_409_with_its_holder(network):
    taken = {**SCENES["post_stop_list"].body, "opens_on": "2027-03-10", "closes_on": "2027-04-10"}

    answer = network.caller("planner").post("/api/v1/stops/", taken, format="json")

    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    assert Stop.objects.filter(opens_on="2027-03-10").count() == 0


def test_a_key_without_the_scope_is_refused_and_says_so(network):
    from django.utils import timezone
    from rest_framework.test import APIClient

    from venues.services.keys import issue_api_key

    def ask(scopes: list[str]) -> list[int]:
        _, plain = issue_api_key(
            user=network.people["administrator"], name="k", scopes=scopes, now=timezone.now()
        )
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
        answers = []
        for name in ("get_my_event_list", "post_event_list", "get_plan_item", "post_plan_list"):
            with transaction.atomic():
                answers.append(SCENES[name].request(client, network).status_code)
                transaction.set_rollback(True)
        return answers

    assert ask(["read"]) == [200, 403, 200, 403]
    assert ask(["read:events"]) == [200, 403, 403, 403]
    assert ask(["write:events"]) == [200, 201, 403, 403]
    assert ask(["write"]) == [200, 201, 200, 201]


def test_A10_a_deactivated_persons_key_ends_with_the_next_request(network):
    client = network.caller("planner")
    address = f"/api/v1/plans/{network.plan.pk}/"
    before = client.get(address).status_code
    network.people["planner"].is_active = False
    network.people["planner"].save()

    after = client.get(address).status_code

    assert (before, after) == (200, 401)


def test_W9_a_session_needs_the_csrf_token_to_write(network):
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.force_login(network.people["administrator"])

    read = client.get("/api/v1/jobs/")
    written = SCENES["post_event_list"].request(client, network)

    assert (read.status_code, written.status_code) == (200, 403)


@pytest.mark.parametrize(
    "query",
    [
        "venue__organisation__email__startswith=a",
        "ordering=source__subscription__url",
        "moderation=draft",
        "visibility=hosts",
        "uid__startswith=a",
    ],
)
def test_A6_only_the_listed_parameters_are_understood(network, query):
    answer = network.caller("nobody").get(f"/api/v1/events/?{query}")

    assert answer.status_code == 400


PUBLIC = [
    *("/api/v1/events/", "/api/v1/events/facets/", "/api/v1/occurrences/", "/api/v1/stops/"),
    *("/api/v1/events/?q=光", "/api/v1/events/?page_size=1", "/api/v1/events/mine/"),
    *("/api/v1/stops/mine/", "/api/v1/tour-requests/", "/api/v1/plans/", "/api/v1/runs/"),
    *("/api/v1/jobs/", "/api/v1/events/hidden@x/", "/api/v1/tour-requests/HIDDEN/"),
]


def test_A6_hidden_rows_change_no_byte_of_what_others_read(network):
    def all_bytes(caller: str) -> list[tuple]:
        client = network.caller(caller)
        answers = [client.get(address) for address in PUBLIC]
        return [(each.status_code, each.content, each.get("ETag")) for each in answers]

    callers = ("anonymous", "nobody", "editor", "reader")
    before = [all_bytes(caller) for caller in callers]
    museum = network.foreign_museum
    for state in ("draft", "submitted", "returned", "archived"):
        EventFactory(venue=museum, moderation=state, title_zh="光")
    EventFactory(venue=museum, visibility="hosts")
    EventFactory(venue=museum, public_uid="hidden@x", moderation="draft")
    StopFactory(venue=museum)
    TourRequestFactory(code="HIDDEN", venue=museum)
    after = [all_bytes(caller) for caller in callers]

    assert after == before


def test_contact_addresses_are_shown_to_nobody_who_is_not_concerned(network):
    VenueFactory(slug="with-mail", email="canary@museum.example")
    TourRequest.objects.update(contact_email="canary@museum.example")
    stranger = network.caller("stranger")

    pages = [
        stranger.get(scene.address.format(**network.rows)).content.decode()
        for scene in SCENES.values()
        if scene.method == "get"
    ]

    assert "canary@" not in "".join(pages)
    assert "canary@" in network.caller("host").get("/api/v1/tour-requests/R-1/").content.decode()
