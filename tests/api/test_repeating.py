"""Repeated posts and conditional changes: done once, and never over what was not seen (P4, P5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from api import idempotency
from events.models import Event
from tests.api.scenes import SCENES
from venues.models import IdempotencyRecord, Venue

pytestmark = pytest.mark.db_contract

POST = SCENES["post_event_list"]
PATCH = SCENES["patch_venue_item"]


def post(client, network, key: str = "one", **changes):
    scene_body = {**POST.body, **changes}
    return client.post(POST.address, scene_body, format="json", HTTP_IDEMPOTENCY_KEY=key)


@pytest.fixture
def editor(network):
    return network.caller("editor")


def test_P4_the_same_post_again_gets_the_same_answer_and_does_nothing(network, editor):
    first = post(editor, network)
    number = Event.objects.count()

    second = post(editor, network)

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert first.status_code == 201
    assert Event.objects.count() == number


def test_P4_a_key_may_not_be_used_for_another_body(network, editor):
    post(editor, network)

    answer = post(editor, network, title_zh="影")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_P4_a_second_post_while_the_first_is_answered_is_told_so(network, editor, monkeypatch):
    answers = []

    def meanwhile(**_):
        answers.append(post(editor, network))
        raise RuntimeError

    monkeypatch.setattr("api.events.views.editing.create_event", meanwhile)
    editor.raise_request_exception = False
    monkeypatch.setattr("django.test.client.Client.raise_request_exception", False, raising=False)

    first = post(editor, network)

    assert (answers[0].status_code, answers[0].json()["code"]) == (409, "idempotency_key_in_use")
    assert first.status_code == 500


def test_P4_after_a_refusal_the_key_may_carry_the_corrected_body(network, editor):
    refused = post(editor, network, end="2026-12-04T11:00")

    answer = post(editor, network)

    assert (refused.status_code, answer.status_code) == (422, 201)


def test_P4_after_a_crash_effect_and_answer_are_both_there_or_neither(network, editor, monkeypatch):
    number = Event.objects.count()

    def die(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("api.views.ResourceView._rendered", die)
    with pytest.raises(KeyboardInterrupt):
        post(editor, network)

    assert Event.objects.count() == number
    assert not IdempotencyRecord.objects.filter(status__isnull=False).exists()


def test_P4_an_abandoned_claim_is_taken_over_when_no_request_can_be_behind_it(network, editor):
    def claim(age: timedelta) -> None:
        IdempotencyRecord.objects.all().delete()
        post(editor, network)
        IdempotencyRecord.objects.update(status=None, created_at=timezone.now() - age)

    claim(idempotency.LONGEST_REQUEST - timedelta(seconds=10))
    early = post(editor, network)
    claim(idempotency.LONGEST_REQUEST + timedelta(seconds=1))
    late = post(editor, network)

    assert (early.status_code, late.status_code) == (409, 201)


def test_P4_who_lost_the_claim_meanwhile_writes_nothing(network, editor, monkeypatch):
    from events.services import editing

    create = editing.create_event
    number = Event.objects.count()

    def slow(**options):
        IdempotencyRecord.objects.update(created_at=timezone.now() + timedelta(seconds=1))
        return create(**options)

    monkeypatch.setattr("api.events.views.editing.create_event", slow)

    answer = post(editor, network)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
    assert Event.objects.count() == number


def test_P4_after_24_hours_a_key_is_new(network, editor):
    post(editor, network)
    number = Event.objects.count()
    IdempotencyRecord.objects.update(created_at=timezone.now() - idempotency.KEPT)

    answer = post(editor, network)

    assert answer.status_code == 201
    assert Event.objects.count() == number + 1


def test_P4_a_key_belongs_to_its_user(network, editor):
    first = post(editor, network)

    other = post(network.caller("publisher"), network)

    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "ü", "a" * 201, "a b"])
def test_P4_a_key_is_200_visible_characters_at_most(network, editor, key):
    assert post(editor, network, key=key).status_code == 400


@pytest.mark.parametrize(
    ("seen", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"0"', 412, "stale"),
        ("", 412, "stale"),
        ("1", 412, "stale"),
        ('W/"1"', 412, "stale"),
        ('"1x"', 412, "stale"),
        ('"1"', 200, None),
        ('"0", "1"', 200, None),
        ("*", 200, None),
    ],
)
def test_P5_a_change_needs_the_version_that_was_seen(network, editor, seen, status, code):
    headers = {} if seen is None else {"HTTP_IF_MATCH": seen}

    answer = editor.patch(PATCH.address, PATCH.body, format="json", **headers)

    assert (answer.status_code, answer.json().get("code")) == (status, code)


def test_P5_the_tag_that_was_read_opens_one_change_and_then_no_more(network, editor):
    tag = editor.get(PATCH.address)["ETag"]

    first = editor.patch(PATCH.address, {"name_en": "A"}, format="json", HTTP_IF_MATCH=tag)
    second = editor.patch(PATCH.address, {"name_en": "B"}, format="json", HTTP_IF_MATCH=tag)

    assert (first.status_code, second.status_code) == (200, 412)
    assert Venue.objects.get(slug="museum").name_en == "A"


def test_P5_no_update_is_lost_between_two_clients_in_any_order(network, editor):
    """Every pair of read and write positions of two clients; the last reader wins, nobody else."""
    orders = ["aAbB", "abAB", "abBA", "baAB", "baBA", "bBaA"]
    for order in orders:
        tags, done = {}, []
        for step in order:
            who = step.lower()
            if step == who:
                tags[who] = editor.get(PATCH.address)["ETag"]
                continue
            answer = editor.patch(
                PATCH.address, {"name_en": order + who}, format="json", HTTP_IF_MATCH=tags[who]
            )
            done.append((who, answer.status_code))

        sequential = order in ("aAbB", "bBaA")
        first, second = order.replace("a", "").replace("b", "").lower()
        assert done == [(first, 200), (second, 200 if sequential else 412)]
        winner = second if sequential else first
        assert Venue.objects.get(slug="museum").name_en == order + winner


def test_a_reader_who_has_the_bytes_is_told_so(network, anyone):
    first = anyone.get("/api/v1/venues/museum/")

    again = anyone.get("/api/v1/venues/museum/", HTTP_IF_NONE_MATCH=first["ETag"])
    listed = anyone.get("/api/v1/venues/")
    again_listed = anyone.get("/api/v1/venues/", HTTP_IF_NONE_MATCH=f"W/{listed['ETag']}")

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again_listed.status_code == 304


def test_C1_what_a_signed_in_reader_gets_is_not_stored(network, anyone):
    public = anyone.get("/api/v1/venues/museum/")
    private = network.caller("editor").get("/api/v1/venues/museum/")

    assert public["Cache-Control"] == "public, no-cache"
    assert public["Access-Control-Allow-Origin"] == "*"
    assert private["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in private
    assert {"Authorization", "Cookie"} <= set(private["Vary"].split(", "))


def test_P4_a_page_that_posts_twice_with_its_session_is_answered_once(network):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(network.people["editor"])
    token = "a" * 32
    client.cookies["csrftoken"] = token

    answers = [
        client.post(
            POST.address,
            POST.body,
            format="json",
            HTTP_IDEMPOTENCY_KEY="page",
            HTTP_X_CSRFTOKEN=token,
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content


def test_a_form_posted_to_the_interface_is_refused_with_a_key_for_repeating_too(network):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(network.people["editor"])
    token = "a" * 32
    client.cookies["csrftoken"] = token

    answer = client.post(
        POST.address,
        "title_zh=x",
        content_type="application/x-www-form-urlencoded",
        HTTP_IDEMPOTENCY_KEY="form",
        HTTP_X_CSRFTOKEN=token,
    )

    assert answer.status_code == 415
