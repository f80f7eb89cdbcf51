"""When a venue is open, over HTTP."""

from __future__ import annotations

import pytest

from tests.factories.venues import OpeningRuleFactory, UserFactory, VenueFactory
from venues.models import OpeningRule
from venues.permissions import SYSTEM
from venues.services.holidays import seed_holidays

pytestmark = pytest.mark.django_db


def test_each_day_says_whether_when_and_why(client, now):
    seed_holidays(years=[2027], by=SYSTEM, now=now)
    venue = OpeningRuleFactory().venue

    answer = client.get(f"/api/v1/venues/{venue.slug}/open-days/?start=2027-02-08&end=2027-02-10")

    assert answer.status_code == 200
    assert answer.json()["results"][0] == {
        "day": "2027-02-08",
        "is_open": True,
        "sessions": [{"opens": "09:00", "closes": "17:00", "last_entry": "16:00"}],
        "because": "holiday",
        "reason_zh": "法定节假日（春节）开放（该年节假日安排尚未公布，暂定）。",
        "reason_en": "Open on this statutory holiday (Chinese New Year (Spring Festival)) "
        "(provisional: that year's arrangement is not published yet).",
        "is_provisional": True,
        "lunar": "正月初三",
        "solar_term": "",
        "mark": "休",
    }


def test_a_span_is_bounded_and_must_run_forwards(client):
    slug = VenueFactory().slug
    for end in ("2027-01-01", "2028-03-01"):
        answer = client.get(f"/api/v1/venues/{slug}/open-days/?start=2027-01-01&end={end}")
        assert answer.status_code == 400
        assert answer.json()["problems"][0]["parameter"] == "end"


def test_rules_are_written_once_without_and_then_with_if_match(client):
    venue = VenueFactory()
    client.force_login(UserFactory(is_superuser=True))
    address = f"/api/v1/venues/{venue.slug}/opening-rules/"

    def put(document, **headers):
        return client.put(address, {"document": document}, "application/json", headers=headers)

    assert client.get(address).status_code == 404
    assert put({"week": {}}).status_code == 200
    assert put({"week": {}}).status_code == 428
    assert put({"week": {}, "on_holidays": "none"}, **{"If-Match": '"1"'}).status_code == 200
    stale = put({"week": {}}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    refused = put({"week": {"mon": [{}]}}, **{"If-Match": '"2"'})
    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["problems"]] == [
        "week.mon[0].opens",
        "week.mon[0].closes",
    ]
    assert OpeningRule.objects.get().version == 2
