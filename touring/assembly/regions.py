"""The part of the region tree that a season needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from venues.models import Region, RegionLevel, RegionPath


@dataclass(frozen=True)
class RegionTree:
    """Regions with all above them, by code; ``counties`` leads from a region's id to its county."""

    parents: Mapping[str, str | None]
    counties: Mapping[int, str]

    @property
    def codes(self) -> list[str]:
        return sorted(self.parents)

    def county_of(self, region: Region) -> str:
        """The place group of the gap rules: the county, or the region where there is none."""
        return self.counties.get(region.pk, region.code)

    def documents(self, floors: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The regions as the instance states them, those of ``floors`` with their floors."""
        return [
            {"parent": self.parents[code], **floors.get(code, {}), "id": code}
            for code in self.codes
        ]


def region_tree(
    of_hosts: Iterable[Region], of_units: Iterable[Region], floors: Iterable[str]
) -> RegionTree:
    """The tree over these regions.

    A floor on a region that does not exist stays a root: no host lies under it, and the plan
    reports it as missed.
    """
    named = set(floors)
    wanted = {region.pk for region in (*of_hosts, *of_units)}
    wanted |= set(Region.objects.filter(code__in=named).values_list("pk", flat=True))
    paths = RegionPath.objects.filter(descendant__in=wanted).order_by("descendant_id", "depth")
    above = {path.ancestor_id for path in paths} | wanted
    rows = {region.pk: region for region in Region.objects.filter(pk__in=above)}
    parents: dict[str, str | None] = dict.fromkeys(named)
    for region in rows.values():
        parent = rows.get(region.parent_id) if region.parent_id else None
        parents[region.code] = parent.code if parent else None
    counties: dict[int, str] = {}
    for path in paths:
        if rows[path.ancestor_id].level == RegionLevel.COUNTY:
            counties.setdefault(path.descendant_id, rows[path.ancestor_id].code)
    return RegionTree(parents, counties)
