"""Files of every kind over the interface: look, map, correct, write, look again, take back."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date

import pytest
from django.db.models import Model

from events.models import Event
from tests.factories.touring import ExhibitionFactory, SeasonFactory
from tests.factories.venues import UserFactory
from touring.models import TourRequest, Unit
from venues.imports.workbook import read_table
from venues.models import Venue

ADDRESS = "/api/v1/imports/"


@dataclass(frozen=True)
class Sheet:
    """``headings`` of its own, ``mapping`` of one of them, a good row, a bad one and its problem."""

    place: str
    headings: str
    mapping: dict[str, str]
    good: str
    bad: str
    problem: tuple[str, str]
    rows: type[Model]


SHEETS = {
    "events": Sheet(
        "museum",
        "Nr,活动名称,日期,类型",
        {"Nr": "uid", "活动名称": "title_zh"},
        "1,光的故事,2027-03-01,讲座",
        "2,,2027-02-30,讲座",
        ("B3", "不能为空。"),
        Event,
    ),
    "venues": Sheet(
        "",
        "馆名,类型,地区,网址名",
        {"馆名": "name_zh"},
        "新馆,science_museum,C,new-museum",
        ",castle,C,other",
        ("A3", "不能为空。"),
        Venue,
    ),
    "units": Sheet(
        "",
        "套,展览,驻地,每日公里",
        {"套": "code"},
        "ZZ-01,sheet-show,museum,400",
        "ZZ-02,sheet-show,nowhere,400",
        ("C3", "没有“nowhere”；请更正，或先登记。"),
        Unit,
    ),
    "tour-requests": Sheet(
        "sheet-season",
        "申报馆,展出天数,第一意向开始,第一意向结束",
        {"申报馆": "venue"},
        "museum,30,2027-03-01,2027-07-01",
        "museum,x,2027-03-01,2027-07-01",
        ("B3", "“x”不是数字；请不要写单位。"),
        TourRequest,
    ),
}


@pytest.fixture
def boss(network, client, monkeypatch):
    """An administrator's client, and what the sheets name besides the network's rows."""
    monkeypatch.setattr("touring.services.uploads.read_table_isolated", read_table)
    ExhibitionFactory(slug="sheet-show")
    SeasonFactory(slug="sheet-season", first_date=date(2027, 1, 1), end_date=date(2028, 1, 1))
    client.force_login(UserFactory(username="sheets", is_superuser=True))
    return client


def told(sheet: Sheet, kind: str, client, *rows: str) -> dict:
    """What the interface says of a file of these rows."""
    content = "\n".join([sheet.headings, *rows]).encode()
    body = {"kind": kind, "place": sheet.place, "mapping": sheet.mapping}
    body["content"] = b64encode(content).decode()
    answer = client.post(ADDRESS, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def counts(upload: dict) -> tuple[int, ...]:
    found = upload["report"]["counts"]
    return tuple(found[name] for name in ("created", "changed", "unchanged", "problems"))


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_of_each_kind_goes_all_its_way(boss, kind):
    sheet = SHEETS[kind]
    before = sheet.rows.objects.count()

    wrong = told(sheet, kind, boss, sheet.good, sheet.bad)
    assert sheet.problem in [(one["cell"], one["zh"]) for one in wrong["report"]["problems"]]
    refused = boss.post(f"{ADDRESS}{wrong['id']}/commit/")
    assert (refused.status_code, refused.json()["code"]) == (422, "upload_has_problems")

    right = told(sheet, kind, boss, sheet.good)
    assert counts(right) == (1, 0, 0, 0)
    assert sheet.rows.objects.count() == before

    done = boss.post(f"{ADDRESS}{right['id']}/commit/").json()
    assert (done["state"], sheet.rows.objects.count()) == ("committed", before + 1)
    assert counts(told(sheet, kind, boss, sheet.good)) == (0, 0, 1, 0)

    undone = boss.post(f"{ADDRESS}{right['id']}/undo/").json()
    assert undone["state"] == "undone"
    left = sheet.rows.objects.count() - before
    assert left == {"venues": 0, "units": 0}.get(kind, 1)  # cancelled and withdrawn ones stay
