"""How evenly a season's stops reach the prefectures that asked for them."""

from __future__ import annotations

from dataclasses import dataclass

from touring.models import PlannedStop, PlanVersion, RequestState, Season, Stop, TourRequest
from touring.planning.equity import gini
from venues.models import Region, RegionLevel, RegionPath


@dataclass(frozen=True)
class PrefectureShare:
    """Requests that were accepted, in number and value, and those of them that have a stop."""

    prefecture: Region
    requests: int
    served: int
    value: float
    served_value: float

    @property
    def share(self) -> float:
        """Served value over accepted value, 0 to 1."""
        return self.served_value / self.value if self.value else 1.0


def shares_of_prefectures(
    season: Season, *, version: PlanVersion | None = None
) -> list[PrefectureShare]:
    """Every prefecture with an accepted request, the worst-off first. Three queries.

    By the stops that stand, or as ``version`` of one of the season's plans would have it.
    """
    accepted = (
        TourRequest.objects.accepted()
        .filter(season=season)
        .values_list("pk", "venue__region", "value", "state")
    )
    rows = list(accepted)
    stops = (
        Stop.objects.holding().filter(request__season=season)
        if version is None
        else PlannedStop.objects.filter(version=version)
    )
    standing = set(stops.values_list("request", flat=True))
    prefectures = _prefectures_of({region for _pk, region, _value, _state in rows})
    sums: dict[int, list[float]] = {}
    for pk, region, value, state in rows:
        if region in prefectures:
            is_served = pk in standing or (version is None and state == RequestState.FULFILLED)
            one = sums.setdefault(prefectures[region].pk, [0, 0, 0.0, 0.0])
            for index, amount in enumerate((1, is_served, value, value * is_served)):
                one[index] += amount
    named = {one.pk: one for one in prefectures.values()}
    found = [
        PrefectureShare(named[pk], int(asked), int(served), value, worth)
        for pk, (asked, served, value, worth) in sums.items()
    ]
    return sorted(found, key=lambda one: (one.share, one.prefecture.code))


def gini_of(shares: list[PrefectureShare]) -> float:
    """0: every prefecture gets the same part of what it asked for."""
    return gini(one.share for one in shares)


def _prefectures_of(regions: set[int]) -> dict[int, Region]:
    paths = RegionPath.objects.filter(
        descendant__in=regions, ancestor__level=RegionLevel.PREFECTURE
    ).select_related("ancestor")
    return {one.descendant_id: one.ancestor for one in paths}
