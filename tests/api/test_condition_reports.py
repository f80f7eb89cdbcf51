"""Condition reports over HTTP: what was said of each exhibit, and the pictures, come back."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

PNG = b"\x89PNG\r\n\x1a\n picture"
REPORTS = "/api/v1/stops/contracted/condition-reports/"


def report(client, exhibit: str, **more):
    body = {
        "moment": "arrival",
        "unpacked_at": "2025-02-01T08:00:00+08:00",
        "items": [{"exhibit": exhibit, "state": "damaged", "note": "a crack"}],
        "photos": [
            {"exhibit": exhibit, "name": "crack.png", "content": b64encode(PNG).decode()},
        ],
    }
    answer = client.post(REPORTS, body | more, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_report_comes_back_with_its_exhibits_and_its_pictures(network):
    client = network.caller("planner")

    said = report(client, "E-7")

    assert said["items"] == [{"exhibit": "E-7", "state": "damaged", "note": "a crack"}]
    (photo,) = said["photos"]
    number = photo.pop("id")
    assert photo == {
        "exhibit": "E-7",
        "name": "crack.png",
        "content_type": "image/png",
        "size": len(PNG),
    }
    picture = client.get(f"{REPORTS}photos/{number}/").json()
    assert b64decode(picture["content"]) == PNG


def test_A4_a_picture_is_found_under_its_own_stop_alone(network):
    client = network.caller("administrator")

    there = client.get(f"{REPORTS}photos/{network.photo.pk}/")
    elsewhere = client.get(f"/api/v1/stops/proposed/condition-reports/photos/{network.photo.pk}/")

    assert (there.status_code, elsewhere.status_code) == (200, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_P3_reports_take_the_same_queries_for_any_number(network, count, django_assert_num_queries):
    client = network.caller("planner")
    for number in range(count):
        report(client, f"E-{number}")
    client.get(REPORTS)

    with django_assert_num_queries(5):
        rows = client.get(REPORTS).json()["results"]

    assert [len(row["photos"]) for row in rows] == [1] * (count + 1)


def test_facility_reports_are_read_by_those_who_write_or_approve_them(network):
    address = "/api/v1/venues/museum/facility-reports/"

    numbers = {
        who: [row["number"] for row in network.caller(who).get(address).json()["results"]]
        for who in ("host", "planner", "reader", "stranger")
    }

    assert numbers == {"host": [1], "planner": [1], "reader": [], "stranger": []}
