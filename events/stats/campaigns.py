"""What came of a campaign: its events and dates by province."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from events.enums import Moderation, ParticipationState, Visibility
from events.models import Campaign, Event
from venues.models import Region, RegionLevel, RegionPath


@dataclass(frozen=True)
class ProvinceShare:
    """One province's part; no region: what takes place online."""

    code: str | None
    name_zh: str
    name_en: str
    events: int
    dates: int
    """Those that are not cancelled."""
    venues: int


def by_province(campaign: Campaign) -> list[ProvinceShare]:
    """Accepted events that the public may see, most events first; two queries.

    The sums over provinces are those of the campaign: an event has one venue, a venue one
    province (or, where a country has none, its region of the highest level).
    """
    shown = Event.objects.filter(
        moderation=Moderation.PUBLISHED,
        visibility=Visibility.PUBLIC,
        pk__in=campaign.participations.filter(state=ParticipationState.ACCEPTED).values("event"),
    )
    figures = (
        shown.order_by()
        .values("venue", "venue__region")
        .annotate(
            events=Count("pk", distinct=True),
            dates=Count("occurrences", filter=Q(occurrences__is_cancelled=False)),
        )
    )
    sums: dict[int | None, list[int]] = {}
    provinces = _provinces()
    for row in figures:
        province = provinces.get(row["venue__region"]) if row["venue"] else None
        total = sums.setdefault(province.pk if province else None, [0, 0, 0])
        total[0] += row["events"]
        total[1] += row["dates"]
        total[2] += row["venue"] is not None
    names = {province.pk: province for province in provinces.values()}
    shares = [
        ProvinceShare(
            names[pk].code if pk else None,
            names[pk].name_zh if pk else "线上",
            names[pk].name_en if pk else "online",
            *figures_of,
        )
        for pk, figures_of in sums.items()
    ]
    return sorted(shares, key=lambda share: (-share.events, share.code or "~"))


def _provinces() -> dict[int, Region]:
    """The province above each region, itself included."""
    paths = RegionPath.objects.filter(ancestor__level=RegionLevel.PROVINCE).select_related(
        "ancestor"
    )
    return {path.descendant_id: path.ancestor for path in paths}
