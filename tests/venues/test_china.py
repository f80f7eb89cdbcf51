from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.venues.test_regions import paths_by_hand, stored_paths
from venues.errors import Invalid
from venues.management.commands.load_regions import SHIPPED
from venues.models import Region, RegionPath, RegionTag
from venues.permissions import SYSTEM
from venues.services import regions
from venues.services.china import LoadedRegions, load_county_file

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HEADINGS = "adcode,name,type,province,city,lon_wgs84,lat_wgs84,coord_source,ethnic_autonomous_area"


def _file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "counties.csv"
    path.write_text("\n".join([HEADINGS, *rows]), encoding="utf-8")
    return path


def _path(code: str) -> list[str]:
    """The codes from the root down to the region."""
    above = Region.objects.get(code=code).ancestor_paths.order_by("-depth")
    return list(above.values_list("ancestor__code", flat=True))


def test_the_shipped_file_gives_the_whole_tree_and_a_second_load_writes_nothing(now):
    first = load_county_file(path=SHIPPED, now=now)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        second = load_county_file(path=SHIPPED, now=now)

    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {0: 1, 1: 31, 2: 329, 3: 2849}
    assert first == LoadedRegions(created=3210, changed=0, unchanged=0, closed=())
    assert second == LoadedRegions(created=0, changed=0, unchanged=3210, closed=())
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert stored_paths() == paths_by_hand()
    assert _path("510981") == ["CN", "510000", "510900", "510981"]
    assert _path("110101") == ["CN", "110000", "110101"]  # a municipality's district
    assert _path("429004") == ["CN", "420000", "429004"]  # 仙桃: administered by the province
    assert _path("441900") == ["CN", "440000", "441900"]  # 东莞: a city without counties
    anhui = Region.objects.get(code="340000")
    counties = Region.objects.under(anhui).filter(level=3).exclude(kind="市辖区")
    assert (anhui.name("en"), anhui.kind, counties.count()) == ("Anhui", "省", 59)
    shehong = Region.objects.get(code="510981")
    assert (shehong.name_zh, shehong.kind, shehong.parent.kind) == ("射洪市", "县级市", "地级市")
    with SHIPPED.open(encoding="utf-8") as lines:
        row = next(row for row in csv.DictReader(lines) if row["adcode"] == "510981")
    assert (shehong.lat, shehong.lon) == (float(row["lat_wgs84"]), float(row["lon_wgs84"]))
    assert RegionTag.objects.get(code="ethnic-autonomous").regions.count() == 717


def test_a_newer_file_changes_names_and_parents_and_nothing_else(now, tmp_path):
    load_county_file(
        path=_file(
            tmp_path,
            "340101,甲县,县,安徽省,合肥市,117.1,31.1,cpca_seat,0",
            "340102,乙县,县,安徽省,合肥市,117.2,31.2,cpca_seat,0",
        ),
        now=now,
    )
    surveyed = Region.objects.get(code="340102")
    surveyed.lat, surveyed.lon, surveyed.coordinates_source = 31.5, 117.5, "survey"
    surveyed.save()

    again = load_county_file(
        path=_file(
            tmp_path,
            "340101,甲市,县级市,安徽省,,117.15,31.1,cpca_seat,1",
            "340102,乙县,县,安徽省,,117.2,31.2,cpca_seat,0",
            "340103,丙县,县,安徽省,,,,,0",
        ),
        now=now,
    )

    assert again == LoadedRegions(created=1, changed=2, unchanged=2, closed=())
    first = Region.objects.get(code="340101")
    assert (first.name_zh, first.kind, first.lon) == ("甲市", "县级市", 117.15)
    assert [tag.code for tag in first.tags.all()] == ["ethnic-autonomous"]
    assert _path("340101") == ["CN", "340000", "340101"]
    surveyed.refresh_from_db()
    assert (surveyed.lat, surveyed.coordinates_source) == (31.5, "survey")
    assert stored_paths() == paths_by_hand()


def test_an_older_file_does_not_reopen_a_county_that_got_another_code(now, tmp_path):
    path = _file(tmp_path, "510922,射洪县,县,四川省,遂宁市,105.3,30.8,cpca_seat,0")
    load_county_file(path=path, now=now)
    old = Region.objects.get(code="510922")
    regions.replace_region(
        old=old, code="510981", name_zh="射洪市", on=date(2019, 11, 1), by=SYSTEM, now=now
    )

    again = load_county_file(path=path, now=now)

    assert again == LoadedRegions(created=0, changed=0, unchanged=3, closed=("510922",))
    old.refresh_from_db()
    assert old.valid_to == date(2019, 11, 1)


def test_every_problem_is_named_and_nothing_is_written(now, tmp_path):
    path = _file(
        tmp_path,
        "340101,甲县,县,安徽省,合肥市,117.1,91,cpca_seat,0",
        "34010x,乙县,县,安徽省,合肥市,117.2,31.2,cpca_seat,0",
        "340101,丙县,县,江苏省,合肥市,,31.2,cpca_seat,perhaps",
        "340100,丁市,县,安徽省,芜湖市,,,,",
        "340199,,县,安徽省,合肥市,,,,",
        "340198,戊\x0b县,县,安徽省,合肥市,,,,",
    )

    with pytest.raises(Invalid) as refusal:
        load_county_file(path=path, now=now)

    found = [(p["cell"], p["column"]) for p in refusal.value.detail["problems"]]
    assert found == [
        ("G2", "lat_wgs84"),
        ("A3", "adcode"),
        ("I4", "ethnic_autonomous_area"),
        ("A4", "adcode"),
        ("D4", "province"),
        ("G4", "lat_wgs84"),
        ("A5", "adcode"),
        ("E5", "city"),
        ("B6", "name"),
        ("B7", "name"),
    ]
    assert refusal.value.message == "counties.csv has 10 problems; nothing was loaded."
    assert (Region.objects.count(), RegionPath.objects.count()) == (0, 0)


def test_the_command_prints_problems_and_fails(tmp_path, capsys):
    path = _file(tmp_path, "1,甲县,县,安徽省,合肥市,,,,")

    with pytest.raises(CommandError, match=r"counties\.csv has 1 problems; nothing was loaded\."):
        call_command("load_regions", str(path))

    assert capsys.readouterr().err == "A2 adcode: Must be a six-digit code of GB/T 2260.\n"
    with pytest.raises(CommandError, match="There is no file"):
        call_command("load_regions", str(tmp_path / "absent.csv"))
