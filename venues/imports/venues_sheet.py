"""The network file of venues: what its columns are called and what their cells become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from venues.crs import Crs, to_wgs84
from venues.imports.columns import (
    Column,
    TypedRow,
    choice,
    day,
    number,
    read_columns,
    text,
    whole_number,
    yes_no,
)
from venues.imports.workbook import RowProblem, Table, read_table
from venues.models import VenueKind, VenueStatus

_FIGURE = number(0, 10_000_000)


def _words(choices: type[VenueKind] | type[VenueStatus]) -> dict[str, str]:
    """The Chinese labels and the codes, both accepted."""
    return {str(choice.label): choice.value for choice in choices} | {
        choice.value: choice.value for choice in choices
    }


COLUMNS = (
    Column("name_zh", ("名称", "场馆名称", "name", "name_zh"), text(200), required=True),
    Column("name_en", ("英文名称", "english name", "name_en"), text(200)),
    Column("kind", ("类型", "kind", "type"), choice(_words(VenueKind)), required=True),
    Column(
        "region", ("行政区划", "地区", "区划代码", "region", "adcode"), text(200), required=True
    ),
    Column("slug", ("网址名", "标识", "slug"), text(80)),
    Column("status", ("状态", "status"), choice(_words(VenueStatus))),
    Column("organisation", ("所属机构", "主管单位", "organisation"), text(200)),
    Column("address_zh", ("地址", "address", "address_zh"), text(300)),
    Column("address_en", ("英文地址", "english address", "address_en"), text(300)),
    Column("lat", ("纬度", "lat", "latitude"), number(-90, 90)),
    Column("lon", ("经度", "lon", "lng", "longitude"), number(-180, 180)),
    Column("crs", ("坐标系", "crs"), choice({crs.value: crs for crs in Crs})),
    Column("timezone", ("时区", "timezone"), text(60)),
    Column("opened_on", ("开馆日期", "opened on"), day),
    Column("meets_standard", ("达标", "meets standard"), yes_no),
    Column("phone", ("电话", "phone"), text(60)),
    Column("email", ("邮箱", "电子邮箱", "email"), text(254)),
    Column("website", ("网站", "website"), text(200)),
    Column("area_m2", ("面积", "展厅面积", "area", "area_m2"), _FIGURE),
    Column("clear_height_m", ("净高", "clear height"), _FIGURE),
    Column("floor", ("楼层", "floor"), whole_number(-20, 200)),
    Column("floor_load_kg_m2", ("地面承重", "floor load"), _FIGURE),
    Column("power_kw", ("供电", "电力", "power"), _FIGURE),
    Column("three_phase", ("三相电", "three phase"), yes_no),
    Column("door_width_m", ("门宽", "door width"), _FIGURE),
    Column("door_height_m", ("门高", "door height"), _FIGURE),
    Column("lift_load_kg", ("货梯载重", "lift load"), _FIGURE),
    Column("truck_length_m", ("货车长度", "可进货车长度", "truck length"), _FIGURE),
    Column("crate_store_m2", ("包装箱库房", "crate store"), _FIGURE),
    Column("climate_class", ("温湿度等级", "climate class"), whole_number(0, 9)),
    Column("security_rating", ("安防等级", "security rating"), whole_number(0, 9)),
    Column("has_hvac", ("空调", "hvac"), yes_no),
    Column("has_network", ("网络", "network"), yes_no),
    Column("is_accessible", ("无障碍", "accessible"), yes_no),
    Column("capacity_at_once", ("瞬时容量", "capacity at once"), whole_number(0, 1_000_000)),
    Column("capacity_per_day", ("日容量", "capacity per day"), whole_number(0, 10_000_000)),
)


@dataclass(frozen=True)
class VenueRow:
    """One venue of the file; ``facts`` holds only what the row says.

    ``region`` and ``organisation`` are still words; ``lat`` and ``lon`` are WGS 84 already.
    """

    typed: TypedRow
    region: str | None
    organisation: str | None
    facts: dict[str, Any]


def read_venues(content: bytes | Table) -> tuple[list[VenueRow], list[RowProblem]]:
    """Every row of the file, and every problem that shows without knowing the network.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    table = content if isinstance(content, Table) else read_table(content)
    typed_rows, problems = read_columns(table, COLUMNS)
    rows = []
    for typed in typed_rows:
        facts = {name: value for name, value in typed.values.items() if value is not None}
        problems += _to_wgs84(typed, facts)
        rows.append(
            VenueRow(
                typed=typed,
                region=facts.pop("region", None),
                organisation=facts.pop("organisation", None),
                facts=facts,
            )
        )
    return rows, problems


def _to_wgs84(typed: TypedRow, facts: dict[str, Any]) -> list[RowProblem]:
    crs = facts.pop("crs", Crs.WGS84)
    if "lat" in facts and "lon" in facts:
        point = to_wgs84(facts["lat"], facts["lon"], crs)
        facts["lat"], facts["lon"] = round(point.lat, 7), round(point.lon, 7)  # about a centimetre
        return []
    stated = [name for name in ("lat", "lon") if name in facts]
    for name in stated:
        del facts[name]
    if not stated or not {"lat", "lon"} <= typed.values.keys():
        return []  # neither, or the other one has been refused already
    missing = "lat" if stated == ["lon"] else "lon"
    return [typed.problem(missing, "Give both coordinates, or neither.")]
