"""Keys, memberships and notices over HTTP, beyond who may (``test_access``)."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from venues.models import ApiKey, IdempotencyRecord, Membership

pytestmark = pytest.mark.db_contract


@pytest.fixture
def planner(network) -> APIClient:
    """The planner in a browser: a session, no key."""
    client = APIClient()
    client.force_login(network.people["planner"])
    return client


def test_A9_a_key_is_told_once_and_stored_nowhere(network, planner):
    body = {"name": "sync", "scopes": ["read"], "days": 30}

    first = planner.post("/api/v1/keys/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")
    again = planner.post("/api/v1/keys/", body, format="json", HTTP_IDEMPOTENCY_KEY="one")

    plain = first.json()["key"]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() | {"key": None}
    assert plain.encode() not in bytes(IdempotencyRecord.objects.get().body)
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {plain}")
    assert client.get("/api/v1/jobs/").status_code == 200
    shown = planner.get(f"/api/v1/keys/{first.json()['id']}/").json()
    assert shown["last_used_at"] is not None
    assert "key" not in shown


def test_A10_a_revoked_key_is_refused_at_once(network, planner):
    made = planner.post("/api/v1/keys/", {"name": "k", "scopes": ["write"]}, format="json").json()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {made['key']}")
    assert client.get("/api/v1/keys/").status_code == 200

    assert planner.delete(f"/api/v1/keys/{made['id']}/").status_code == 204

    assert client.get("/api/v1/keys/").status_code == 401


def test_A5_a_key_makes_and_ends_no_keys(network):
    client = network.caller("planner")
    number = ApiKey.objects.count()

    made = client.post("/api/v1/keys/", {"name": "k", "scopes": ["write"]}, format="json")
    ended = client.delete(f"/api/v1/keys/{network.key.pk}/")

    assert (made.status_code, ended.status_code) == (403, 403)
    assert ApiKey.objects.count() == number
    assert ApiKey.objects.get(pk=network.key.pk).revoked_at is None


def test_A11_giving_a_role_does_not_tell_strangers_which_accounts_exist(network):
    client = network.caller("editor")
    body = {"role": "reader", "venue": "museum"}

    answers = [
        client.post("/api/v1/memberships/", {**body, "person": name}, format="json")
        for name in ("planner", "no such person")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].content == answers[1].content


def test_a_role_is_given_to_exactly_one_place(network):
    client = network.caller("administrator")
    body = {"person": "nobody", "role": "reader"}

    for places in ({}, {"venue": "museum", "region": "P"}):
        answer = client.post("/api/v1/memberships/", body | places, format="json")
        assert answer.status_code == 422
    answer = client.post("/api/v1/memberships/", body | {"region": "C"}, format="json")
    unknown = client.post(
        "/api/v1/memberships/", body | {"region": "C", "person": "who"}, format="json"
    )

    assert (answer.status_code, answer.json()["region"]) == (201, "C")
    assert unknown.json()["problems"][0]["field"] == "person"


def test_A3_a_role_cannot_be_given_for_a_foreign_place(network):
    client, number = network.caller("administrator"), Membership.objects.count()

    for places in ({"venue": "foreign"}, {"region": "Q"}):
        body = {"person": "nobody", "role": "reader", **places}
        assert client.post("/api/v1/memberships/", body, format="json").status_code == 403

    assert Membership.objects.count() == number


def test_notices_are_read_one_by_one_or_all_at_once(network):
    client = network.caller("planner")
    address = f"/api/v1/notices/{network.notice.pk}/read/"

    assert len(client.get("/api/v1/notices/?unread=true").json()["results"]) == 1
    assert client.post(address).json()["read_at"] is not None
    assert client.get("/api/v1/notices/?unread=true").json()["results"] == []
    assert client.post("/api/v1/notices/read/").json() == {"read": 0}


def test_a_person_chooses_when_and_in_which_language_to_be_told(network):
    client = network.caller("planner")

    before = client.get("/api/v1/notices/preference/").json()
    client.patch("/api/v1/notices/preference/", {"mail": "never"}, format="json")
    client.patch("/api/v1/notices/preference/", {"language": "en"}, format="json")

    assert before == {"mail": "at_once", "language": "zh"}
    assert client.get("/api/v1/notices/preference/").json() == {"mail": "never", "language": "en"}
