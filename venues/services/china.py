"""Loading the regions of China from a file of county-level units with GB/T 2260 codes.

A code reads PPCCXX: province PP0000, prefecture PPCC00, county PPCCXX. The tree built from it is
nation (``CN``) > province > prefecture > county, with these decisions:

* Districts of the four municipalities, and counties that a province administers itself (CC = 90:
  仙桃, 济源, ...), hang directly under the province: the file names no prefecture for them, and the
  group codes PP0100 and PP9000 of the standard are not places.
* Prefecture-level cities without counties (东莞, 中山, 儋州, 嘉峪关) are county-level rows of kind
  地级市 under their province, because they are visited and planned like a county.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from venues.errors import Invalid
from venues.imports.columns import Column, TypedRow, number, read_columns, text, yes_no
from venues.imports.workbook import RowProblem, read_table
from venues.models import Region, RegionLevel, RegionPath, RegionTag
from venues.permissions import SYSTEM
from venues.services.regions import lock_tree, move_region

NATION = "CN"
ETHNIC = "ethnic-autonomous"

_ENGLISH = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia",
    "21": "Liaoning", "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu",
    "33": "Zhejiang", "34": "Anhui", "35": "Fujian", "36": "Jiangxi", "37": "Shandong",
    "41": "Henan", "42": "Hubei", "43": "Hunan", "44": "Guangdong", "45": "Guangxi",
    "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou", "53": "Yunnan",
    "54": "Tibet", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang",
}  # fmt: skip

COLUMNS = (
    Column("adcode", ("adcode", "行政区划代码"), text(6), required=True),
    Column("name", ("name", "名称"), text(200), required=True),
    Column("kind", ("type", "类型"), text(40), required=True),
    Column("province", ("province", "省"), text(200), required=True),
    Column("city", ("city", "市"), text(200)),
    Column("lon", ("lon_wgs84", "经度"), number(-180, 180)),
    Column("lat", ("lat_wgs84", "纬度"), number(-90, 90)),
    Column("source", ("coord_source", "坐标来源"), text(40)),
    Column("is_ethnic", ("ethnic_autonomous_area", "民族自治地方"), yes_no),
)


@dataclass(frozen=True)
class LoadedRegions:
    """How many regions were written; ``closed`` are codes the network has replaced meanwhile."""

    created: int
    changed: int
    unchanged: int
    closed: tuple[str, ...]


@dataclass(frozen=True)
class _Wanted:
    code: str
    name_zh: str
    level: RegionLevel
    kind: str
    parent: str | None
    name_en: str = ""
    place: dict[str, Any] = field(default_factory=dict)
    is_ethnic: bool = False


def load_county_file(*, path: Path, now: datetime) -> LoadedRegions:
    """Make the tree hold what the file says; a second load of the same file writes nothing.

    Regions that the file does not name are left alone, closed ones stay closed, English names and
    coordinates from another source (a survey, an operator) stay as they are.

    Raises:
        Invalid: all problems with row, column and cell; nothing was written.
    """
    rows, problems = read_columns(read_table(path.read_bytes()), COLUMNS)
    problems += _contradictions(rows)
    if problems:
        raise Invalid(
            f"{path.name} has {len(problems)} problems; nothing was loaded.",
            problems=[problem.told() for problem in sorted(problems, key=lambda p: p.row)],
        )
    return _write(_wanted(rows), now=now)


# ---- reading


def _contradictions(rows: Iterable[TypedRow]) -> list[RowProblem]:
    problems: list[RowProblem] = []
    first_row: dict[str, int] = {}
    names: dict[str, tuple[str, int]] = {}

    def same_name(row: TypedRow, column: str, prefix: str) -> None:
        name, seen_in = names.setdefault(prefix, (row.values[column] or "", row.number))
        if name != (row.values[column] or ""):
            message = f"Codes {prefix}… belong to “{name}” in row {seen_in}; correct one of them."
            problems.append(row.problem(column, message))

    for row in rows:
        code = row.values.get("adcode", "")
        if len(code) != 6 or not (code.isascii() and code.isdecimal()) or code[:2] not in _ENGLISH:
            if code:
                message = "Must be a six-digit code of GB/T 2260."
                problems.append(row.problem("adcode", message))
            continue
        if code in first_row:
            message = f"The code stands in row {first_row[code]} already; delete one row."
            problems.append(row.problem("adcode", message))
        first_row.setdefault(code, row.number)
        if code.endswith("00") != (row.values.get("kind") == "地级市"):
            message = "A county's code does not end in 00; that of a 地级市 without counties does."
            problems.append(row.problem("adcode", message))
        if {"province", "city"} <= row.values.keys():
            same_name(row, "province", code[:2])
            same_name(row, "city", code[:4])
        read = {"lat", "lon"} <= row.values.keys()
        if read and (row.values["lat"] is None) != (row.values["lon"] is None):
            problems.append(row.problem("lat", "Give both coordinates, or neither."))
    return problems


def _wanted(rows: Iterable[TypedRow]) -> list[_Wanted]:
    """Every region after its parent."""
    wanted = {NATION: _Wanted(NATION, "中国", RegionLevel.NATION, "国家", None, name_en="China")}
    counties = []
    for row in rows:
        cells, code = row.values, row.values["adcode"]
        province, prefecture = f"{code[:2]}0000", f"{code[:4]}00"
        wanted[province] = _Wanted(
            province, cells["province"], RegionLevel.PROVINCE,
            _province_kind(cells["province"]), NATION, name_en=_ENGLISH[code[:2]],
        )  # fmt: skip
        if cells["city"]:
            wanted[prefecture] = _Wanted(
                prefecture, cells["city"], RegionLevel.PREFECTURE,
                _prefecture_kind(cells["city"]), province,
            )  # fmt: skip
        counties.append(
            _Wanted(
                code, cells["name"], RegionLevel.COUNTY, cells["kind"],
                prefecture if cells["city"] else province,
                place=_place(cells), is_ethnic=bool(cells["is_ethnic"]),
            )
        )  # fmt: skip
    return sorted([*wanted.values(), *counties], key=lambda region: (region.level, region.code))


def _place(cells: dict[str, Any]) -> dict[str, Any]:
    if cells["lat"] is None:
        return {}
    source = cells["source"] or "county file"
    return {"lat": cells["lat"], "lon": cells["lon"], "coordinates_source": source}


def _province_kind(name: str) -> str:
    return "直辖市" if name.endswith("市") else "自治区" if name.endswith("自治区") else "省"


def _prefecture_kind(name: str) -> str:
    endings = {"自治州": "自治州", "地区": "地区", "盟": "盟"}
    return next((kind for end, kind in endings.items() if name.endswith(end)), "地级市")


# ---- writing


@transaction.atomic
def _write(wanted: list[_Wanted], *, now: datetime) -> LoadedRegions:
    lock_tree()
    stored = {region.code: region for region in Region.objects.select_related("replaced_by")}
    changed = _change(wanted, stored, now=now)
    missing = [region for region in wanted if region.code not in stored]
    _create(missing, stored, now=now)
    _tag([stored[region.code] for region in wanted if region.is_ethnic])
    closed = tuple(r.code for r in wanted if stored[r.code].valid_to is not None)
    unchanged = len(wanted) - len(missing) - changed - len(closed)
    return LoadedRegions(len(missing), changed, unchanged, closed)


def _current(code: str, stored: dict[str, Region]) -> Region:
    region = stored[code]
    while region.replaced_by is not None:
        region = stored[region.replaced_by.code]
    return region


def _create(missing: list[_Wanted], stored: dict[str, Region], *, now: datetime) -> None:
    above: dict[int, list[int]] = {}  # ids from the parent up, by id
    for level in RegionLevel:
        rows = [
            Region(
                code=wanted.code,
                name_zh=wanted.name_zh,
                name_en=wanted.name_en,
                level=wanted.level,
                kind=wanted.kind,
                parent=_current(wanted.parent, stored) if wanted.parent else None,
                changed_at=now,
                **wanted.place,
            )
            for wanted in missing
            if wanted.level == level
        ]
        stored |= {region.code: region for region in Region.objects.bulk_create(rows)}
        RegionPath.objects.bulk_create(
            (
                RegionPath(ancestor_id=ancestor, descendant=region, depth=depth)
                for region in rows
                for depth, ancestor in enumerate(_upwards(region, above))
            ),
            batch_size=5_000,
        )


def _upwards(region: Region, above: dict[int, list[int]]) -> list[int]:
    """The ids of the region and everything above it, from below."""
    if region.parent_id is None:
        return [region.pk]
    if region.parent_id not in above:
        paths = RegionPath.objects.filter(descendant=region.parent_id).order_by("depth")
        above[region.parent_id] = list(paths.values_list("ancestor", flat=True))
    return [region.pk, *above[region.parent_id]]


def _change(wanted: list[_Wanted], stored: dict[str, Region], *, now: datetime) -> int:
    ours = {region.place["coordinates_source"] for region in wanted if region.place} | {""}
    changed = set()
    for want in wanted:
        region = stored.get(want.code)
        if region is None or region.valid_to is not None:
            continue
        facts = {"name_zh": want.name_zh, "kind": want.kind}
        if region.coordinates_source in ours:
            facts |= want.place
        if any(getattr(region, name) != value for name, value in facts.items()):
            changed.add(region.code)
            for name, value in facts.items():
                setattr(region, name, value)
            region.changed_at = now
            region.save(update_fields=[*facts, "changed_at"])
        parent = _current(want.parent, stored) if want.parent in stored else None
        if parent is not None and parent.pk != region.parent_id:
            changed.add(region.code)
            move_region(region=region, parent=parent, by=SYSTEM, now=now)
    return len(changed)


def _tag(regions: list[Region]) -> None:
    tag, _ = RegionTag.objects.get_or_create(
        code=ETHNIC,
        defaults={"name_zh": "民族自治地方", "name_en": "Ethnic autonomous area"},
    )
    links = Region.tags.through.objects
    tagged = set(links.filter(regiontag=tag).values_list("region_id", flat=True))
    links.bulk_create(
        Region.tags.through(region=region, regiontag=tag)
        for region in regions
        if region.pk not in tagged and region.valid_to is None
    )
