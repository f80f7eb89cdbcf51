"""Holiday tables and school terms: looked at, then put in force, and written down."""

from __future__ import annotations

from base64 import b64encode

import pytest
from rest_framework.test import APIClient

from tests.factories.venues import MembershipFactory, RegionFactory
from venues.models import AuditEntry, HolidayTable, Role, SchoolTerm

pytestmark = pytest.mark.django_db

TABLES = "/api/v1/holiday-tables/"


def sheet(*lines: str) -> str:
    return b64encode("\n".join(lines).encode()).decode()


@pytest.fixture
def region():
    return RegionFactory(code="540000", name_zh="西藏自治区")


@pytest.fixture
def keeper(region):
    client = APIClient()
    client.force_authenticate(MembershipFactory(role=Role.ADMINISTRATOR, region=region).user)
    return client


def test_a_table_is_looked_at_put_in_force_and_written_down(keeper, region):
    body = {
        "content": sheet("日期,类型,名称", "2027-02-07,法定,藏历新年"),
        "region": "540000",
        "year": 2027,
    }

    looked = keeper.post(f"{TABLES}preview/", body, format="json")

    assert looked.data == {
        "added": ["2027-02-07"], "changed": [], "removed": [], "unchanged": 0, "problems": [],
    }  # fmt: skip
    assert not HolidayTable.objects.exists()
    written = keeper.post(
        TABLES, body | {"status": "confirmed", "source": "藏政发〔2026〕9号"}, format="json"
    )
    assert (written.status_code, written.json()["region"]) == (201, "540000")
    entry = AuditEntry.objects.get(action="calendar.replace")
    assert (entry.note, entry.after["days"]) == ("藏政发〔2026〕9号", 1)


def test_all_problems_of_a_file_are_said_and_nothing_is_written(keeper, region):
    body = {
        "content": sheet("日期,类型,名称", "2027-02-07,节,甲", "2031-01-01,法定,"),
        "region": "540000",
        "year": 2027,
    }

    looked = keeper.post(f"{TABLES}preview/", body, format="json")
    refused = keeper.post(TABLES, body | {"status": "confirmed", "source": "x"}, format="json")

    assert {problem["cell"] for problem in looked.json()["problems"]} == {"B2", "A3", "C3"}
    assert refused.status_code == 422
    assert not HolidayTable.objects.exists()


def test_who_keeps_a_region_does_not_keep_the_country(keeper, region):
    body = {"content": sheet("日期,类型,名称", "2027-02-07,法定,春节"), "year": 2027}

    assert keeper.post(f"{TABLES}preview/", body, format="json").status_code == 403


def test_terms_are_looked_at_and_replace_those_of_their_year(keeper, region):
    address = "/api/v1/regions/540000/school-terms/"
    body = {"content": sheet("学年,名称,开学日期,放假日期", "2026,第一学期,2026-08-20,2026-12-31")}

    for replaced in (0, 1):
        looked = keeper.post(f"{address}preview/", body, format="json").json()
        assert (looked["replaced"], len(looked["terms"])) == (replaced, 1)
        written = keeper.post(address, body | {"source": "校历"}, format="json")
        assert written.status_code == 201

    assert SchoolTerm.objects.get().region == region
    assert AuditEntry.objects.filter(action="calendar.terms").count() == 2
    assert keeper.get(address).json()["results"][0]["end_day"] == "2026-12-31"
