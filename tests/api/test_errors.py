"""Every refusal and failure is one RFC 9457 document, and says no more than it should."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import IntegrityError, OperationalError

from api import errors
from events.errors import InvalidFilter
from touring.errors import AlreadyTaken, StalePlan
from venues.errors import Invalid, NotAllowed
from venues.models import Region

PROBLEM = "application/problem+json"


def answer_of(error: Exception):
    return errors.problem_response(error, {"request": None}).data


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotAllowed("No."), 403, "not_allowed"),
        (AlreadyTaken("No."), 409, "already_taken"),
        (StalePlan("No."), 412, "stale_plan"),
        (Invalid("No."), 422, "invalid"),
        (InvalidFilter("No."), 400, "invalid_filter"),
    ],
)
def test_a_kind_of_refusal_has_one_status(error, status, code):
    problem = answer_of(error)

    assert (problem["status"], problem["code"]) == (status, code)


def test_a_refusal_tells_message_problems_and_figures():
    refusal = AlreadyTaken("Unit AH-03 is taken.", unit="AH-03", problems=["a", {"b": 1}])

    problem = answer_of(refusal)

    assert problem == {
        "type": "http://127.0.0.1:8000/api/v1/docs/#already_taken",
        "title": "The unit or the space is taken on some of these days.",
        "status": 409,
        "detail": "Unit AH-03 is taken.",
        "code": "already_taken",
        "problems": ["a", {"b": 1}],
        "details": {"unit": "AH-03"},
        "instance": "",
    }


def test_an_unknown_address_is_a_problem_too(anyone):
    answer = anyone.get("/api/v1/nowhere/")

    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)
    assert answer.json()["code"] == "not_found"


def test_a_method_nobody_serves_is_refused_with_those_that_are(anyone):
    answer = anyone.delete("/api/v1/regions/")

    assert answer.status_code in (401, 405)
    assert anyone.generic("TRACE", "/api/v1/regions/").status_code in (401, 405)


def test_wrong_parameters_are_named_all_at_once(anyone):
    answer = anyone.get("/api/v1/venues/?kind=castle&bbox=1,2&colour=red&status=open&status=open")

    assert answer.status_code == 400
    assert {problem["parameter"] for problem in answer.json()["problems"]} == {
        "kind",
        "bbox",
        "colour",
        "status",
    }


def test_wrong_event_parameters_are_named_all_at_once(anyone):
    answer = anyone.get("/api/v1/events/?start=someday&colour=red")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_filter")
    assert {problem["parameter"] for problem in answer.json()["problems"]} == {"start", "colour"}


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Bearer a b", "bearer \xff"])
def test_an_unknown_key_is_refused_with_a_challenge(anyone, header):
    answer = anyone.get("/api/v1/venues/", HTTP_AUTHORIZATION=header)

    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert answer["WWW-Authenticate"] == 'Bearer realm="orrery"'


SECRET = "SELECT secret FROM /srv/orrery WHERE token='hunter2'"


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (RuntimeError(SECRET), 500, "internal_error"),
        (IntegrityError(SECRET), 409, "conflict"),
        (OperationalError(SECRET), 503, "unavailable"),
    ],
)
def test_P9_a_failure_tells_only_an_id_under_which_the_log_tells_all(
    anyone, monkeypatch, caplog, failure, status, code
):
    def fail(*_args, **_options):
        raise failure

    monkeypatch.setattr(Region.objects, "all", fail)
    anyone.raise_request_exception = False

    with caplog.at_level(logging.ERROR, "api.errors"):
        answer = anyone.get("/api/v1/regions/")

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert "hunter2" not in answer.content.decode() + str(answer.headers)
    assert problem["instance"].removeprefix("urn:uuid:") in caplog.text
    assert "hunter2" in caplog.text


def test_a_former_slug_leads_to_the_present_one(anyone):
    from tests.factories.venues import VenueFactory
    from venues.models import FormerAddress

    VenueFactory(slug="new")
    FormerAddress.objects.create(kind="venue", former="old", current="new")

    answer = anyone.get("/api/v1/venues/old/?x=1")

    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/venues/new/?x=1")


def test_A6_what_does_not_exist_answers_the_same_bytes_each_time(anyone):
    first, second = (anyone.get("/api/v1/venues/none/").content for _ in range(2))

    assert first == second
    assert json.loads(first)["instance"] == "/api/v1/venues/none/"
