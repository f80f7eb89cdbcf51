"""How much a county needs a visit: an index of visible parts, each between 0 and 1.

A first version by the practice of mobile science museums; the weights are a season's own. What is
not known of a county counts as 0 and is named, so that nobody takes a missing figure for no need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

WEIGHTS: Mapping[str, float] = {
    "children": 0.35,
    "years_since_visit": 0.25,
    "no_own_museum": 0.15,
    "region_tags": 0.15,
    "literacy_gap": 0.10,
}
NEAR_KM = 50.0
LONGEST_YEARS = 6.0


@dataclass(frozen=True)
class NeedFacts:
    """What is known of a county; ``None`` is unknown.

    Parameters
    ----------
    children
        Aged 5 to 14.
    km_to_museum
        From the seat to the nearest museum; children of a seat within 50 km count as served.
    years_since_visit
        ``None``: never visited, which counts as the longest time.
    tags
        How many policy tags the county has; one is enough.
    literacy
        Share of those who read, between 0 and 1.
    """

    region: str
    children: float | None
    km_to_museum: float | None
    years_since_visit: float | None
    has_museum: bool
    tags: int
    literacy: float | None


@dataclass(frozen=True)
class Need:
    """A county's index, ``sum(weights[part] * parts[part])``, and the parts it lacks figures for."""

    region: str
    index: float
    parts: Mapping[str, float]
    missing: tuple[str, ...]


def need_index(counties: Iterable[NeedFacts], weights: Mapping[str, float] = WEIGHTS) -> list[Need]:
    """The index of every county, the neediest first, equal ones by code.

    Children and the literacy gap are relative to the county that has most of it.
    """
    listed = list(counties)
    most = max((_far_children(one) or 0.0 for one in listed), default=0.0)
    widest = max((1 - one.literacy for one in listed if one.literacy is not None), default=0.0)
    found = [_need(one, weights, most, widest) for one in listed]
    return sorted(found, key=lambda one: (-one.index, one.region))


def _need(one: NeedFacts, weights: Mapping[str, float], most: float, widest: float) -> Need:
    far = _far_children(one)
    years = LONGEST_YEARS if one.years_since_visit is None else one.years_since_visit
    gap = None if one.literacy is None else 1 - one.literacy
    parts = {
        "children": far / most if far and most else 0.0,
        "years_since_visit": min(1.0, max(0.0, years / LONGEST_YEARS)),
        "no_own_museum": float(not one.has_museum),
        "region_tags": float(one.tags > 0),
        "literacy_gap": gap / widest if gap and widest else 0.0,
    }
    missing = (*(["children"] if far is None else []), *(["literacy_gap"] if gap is None else []))
    index = sum(weights.get(name, 0.0) * part for name, part in parts.items())
    return Need(one.region, index, parts, missing)


def _far_children(one: NeedFacts) -> float | None:
    if one.km_to_museum is not None and one.km_to_museum <= NEAR_KM:
        return 0.0
    return one.children
