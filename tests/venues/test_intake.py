from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from tests.venues.sheets import xlsx
from venues.crs import Crs, from_wgs84
from venues.errors import Invalid
from venues.geocoding import Coordinates
from venues.models import FormerAddress, Role, Venue
from venues.permissions import SYSTEM
from venues.services.intake import import_venues, preview_venues

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

HEFEI = (31.82, 117.23)


@pytest.fixture
def hefei():
    """The county-level place to which the test files refer, seat included."""
    return RegionFactory(code="340104", name_zh="蜀山区", lat=31.85, lon=117.26)


def _where(problems) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.cell, problem.column) for problem in problems]


def test_a_file_with_chinese_headings_becomes_venues(hefei, now):
    OrganisationFactory(slug="ahstm", name_zh="安徽省科技馆")
    gcj = from_wgs84(Coordinates(*HEFEI), Crs.GCJ02)
    content = xlsx(
        ["名称", "类型", "行政区划", "纬度", "经度", "坐标系", "地址", "面积", "达标", "所属机构"],
        ["合肥市科技馆", "科技馆", 340104, *gcj, "GCJ02", "黄山路446号", 800, "是", "安徽省科技馆"],
        ["蜀山实验中学", "学校", "蜀山区", None, None, None, "长江西路1号", None, None, None],
        ["数字馆", "digital", "340104", None, None, None, None, None, None, None],
    )

    outcome = import_venues(content, by=SYSTEM, now=now)

    assert outcome.created == ("340104-1", "340104-2", "340104-3")
    museum, school, digital = Venue.objects.order_by("slug")
    assert (museum.name_zh, museum.kind, museum.region) == ("合肥市科技馆", "science_museum", hefei)
    assert (museum.lat, museum.lon) == pytest.approx(HEFEI, abs=1e-7)
    assert (museum.coordinates_source, museum.geocoding) == ("operator", "not_needed")
    assert (museum.area_m2, museum.meets_standard, museum.timezone) == (800, True, "Asia/Shanghai")
    assert museum.organisation.slug == "ahstm"
    assert (school.lat, school.geocoding) == (None, "pending")
    assert digital.geocoding == "not_needed"
    assert {venue.changed_at for venue in (museum, school, digital)} == {now}


def test_the_same_file_twice_changes_nothing_and_a_corrected_one_only_what_it_says(hefei, now):
    def file(area):
        return xlsx(
            ["name", "kind", "region", "area"],
            ["甲馆", "science_museum", "340104", area],
            ["乙馆", "science_museum", "340104", 300],
        )

    import_venues(file(500), by=SYSTEM, now=now)
    Venue.objects.filter(name_zh="甲馆").update(phone="0551-1")

    same = import_venues(file(500), by=SYSTEM, now=now)
    corrected = import_venues(file(520), by=SYSTEM, now=now)
    emptied = import_venues(file(None), by=SYSTEM, now=now)

    assert (same.created, same.changed, same.unchanged) == ((), (), 2)
    assert (corrected.created, corrected.changed, corrected.unchanged) == ((), ("340104-1",), 1)
    assert (emptied.changed, emptied.unchanged) == ((), 2)
    venue = Venue.objects.get(slug="340104-1")
    assert (venue.area_m2, venue.phone, venue.version) == (520, "0551-1", 2)


def test_every_problem_of_every_row_is_named_and_nothing_is_written(hefei, now):
    RegionFactory(code="320106", name_zh="鼓楼区", parent=RegionFactory(name_zh="南京市", level=2))
    RegionFactory(code="350102", name_zh="鼓楼区", parent=RegionFactory(name_zh="福州市", level=2))
    RegionFactory(code="NP-P3", name_zh="巴格马蒂省", country="NP")
    VenueFactory(slug="new", name_zh="今馆")
    FormerAddress.objects.create(kind="venue", former="old", current="new")
    content = xlsx(
        ["网址名", "名称", "类型", "行政区划", "纬度", "经度", "时区", "面积", "邮箱", "所属机构"],
        ["good", "好馆", "科技馆", "340104", None, None, None, None, None, None],
        ["a b", "甲\x0b".replace("\x0b", "_x000B_"), "宫", "999999", 31.8, None, None, -1, None, 1],
        ["c", "", "科技馆", "鼓楼区", 91, 117, None, "大", None, None],
        ["d", "丁馆", "科技馆", "340104", 41.8, 123.4, "Asia/Hefei", None, "x@", "某会"],
        ["old", "戊馆", "科技馆", "340104", None, None, None, None, None, None],
        ["good", "又好馆", "科技馆", "340104", None, None, None, None, None, None],
        ["e", "己馆", "科技馆", "NP-P3", None, None, None, None, None, None],
    )

    with pytest.raises(Invalid) as refusal:
        import_venues(content, by=SYSTEM, now=now)

    problems = refusal.value.detail["problems"]
    assert refusal.value.message == f"The file has {len(problems)} problems; nothing was written."
    assert [(p["cell"], p["message"]) for p in problems] == [
        (
            "A3",
            "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        ("C3", "“宫” is unknown; use one of: " + WORDS),
        ("D3", "There is no region “999999”. Write its code, such as 510981."),
        ("F3", "Give both coordinates, or neither."),
        ("H3", "Must lie between 0 and 10,000,000, not -1."),
        ("J3", "“1” is the name of 0 organisations. Register it first, or leave the cell empty."),
        ("B4", "Must not be empty."),
        ("D4", NAMED_TWICE),
        ("E4", "Must lie between -90 and 90, not 91."),
        ("H4", "“大” is not a number; write it without a unit."),
        ("E5", "Lies 1,233 km from 蜀山区. Correct the coordinates or the region."),
        ("G5", "Must be an IANA time zone such as Asia/Shanghai or Asia/Kathmandu."),
        ("I5", "Enter a valid email address."),
        (
            "J5",
            "“某会” is the name of 0 organisations. Register it first, or leave the cell empty.",
        ),
        ("A6", "“old” still leads to another venue. Choose another."),
        ("B7", "The same venue as in row 2; delete one of them."),
        ("G8", "Must be given outside China: an IANA zone such as Asia/Kathmandu."),
    ]
    assert Venue.objects.count() == 1
    assert preview_venues(content, by=SYSTEM, now=now).problems[0].cell == "A3"


NAMED_TWICE = (
    "“鼓楼区” is the name of several regions; write the code: 320106 (南京市)、350102 (福州市)."
)
WORDS = (
    "科技馆、农村中学科技馆、科普教育基地、新时代文明实践站、党群/社区服务中心、资源集散中心、学校、"
    "展厅、体育馆、礼堂、服务点、数字科技馆、science_museum、rural_school_museum、base、station、"
    "service_centre、hub、school、hall、service_point、digital."
)


def test_I6_a_csv_with_control_characters_is_refused_by_cell(hefei, now):
    content = "name,kind,region,address\n甲\x0b馆,科技馆,340104,黄山路\x1c1号\n".encode()

    preview = preview_venues(content, by=SYSTEM, now=now)

    assert _where(preview.problems) == [(2, "A2", "name"), (2, "D2", "address")]
    assert "U+000B" in preview.problems[0].message


def test_rows_of_a_region_one_does_not_administer_are_refused(hefei, now):
    elsewhere = RegionFactory(code="320100")
    user = MembershipFactory(region=hefei, role=Role.ADMINISTRATOR).user
    content = xlsx(
        ["name", "kind", "region"], ["甲馆", "科技馆", "340104"], ["乙馆", "科技馆", "320100"]
    )

    preview = preview_venues(content, by=user, now=now)

    assert _where(preview.problems) == [(3, "C3", "region")]
    assert preview.problems[0].message == f"You do not administer 320100 {elsewhere.name_zh}."
    assert len(preview_venues(content, by=UserFactory(), now=now).problems) == 2


def test_A3_a_file_cannot_take_over_a_venue_of_a_region_one_does_not_administer(hefei, now):
    theirs = VenueFactory(slug="theirs", name_zh="他馆")
    user = MembershipFactory(region=hefei, role=Role.ADMINISTRATOR).user
    content = xlsx(["slug", "name", "kind", "region"], ["theirs", "我馆", "科技馆", "340104"])

    preview = preview_venues(content, by=user, now=now)

    assert _where(preview.problems) == [(2, "A2", "slug")]
    with pytest.raises(Invalid):
        import_venues(content, by=user, now=now)
    theirs.refresh_from_db()
    assert theirs.name_zh == "他馆"


def test_an_old_code_in_a_file_means_the_county_of_today(now):
    today = RegionFactory(code="510981")
    RegionFactory(code="510922", valid_to=now.date(), replaced_by=today)

    import_venues(
        xlsx(["name", "kind", "region"], ["甲馆", "科技馆", "510922"]), by=SYSTEM, now=now
    )

    assert Venue.objects.get().region == today


def test_the_command_previews_imports_and_refuses(hefei, tmp_path, capsys):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("名称,类型,行政区划\n甲馆,科技馆,340104\n", encoding="gbk")
    bad.write_text("名称,类型,行政区划\n甲馆,宫,340104\n,科技馆,3\n", encoding="utf-8")

    call_command("import_venues", str(good), "--dry-run")
    assert Venue.objects.count() == 0
    call_command("import_venues", str(good))
    assert Venue.objects.count() == 1
    assert capsys.readouterr().out == (
        "Venues: 1 created, 0 changed, 0 unchanged (dry run: nothing written).\n"
        "Venues: 1 created, 0 changed, 0 unchanged.\n"
    )

    with pytest.raises(CommandError, match="The file has 3 problems; nothing was written"):
        call_command("import_venues", str(bad))
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "B2 类型",
        "A3 名称",
        "C3 行政区划",
    ]
