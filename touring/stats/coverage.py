"""When each county was visited last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Max

from touring.lifecycles import DELIVERED_STOPS
from touring.models import Stop
from venues.models import Region, RegionLevel

MONTHS_WITHOUT_A_VISIT = 36


@dataclass(frozen=True)
class CountyVisit:
    """``visited_on`` is the day the last stop opened in the county; none: never, as far as known.

    ``is_left_out``: no stop opened within the last 36 months.
    """

    county: Region
    visited_on: date | None
    is_left_out: bool


def visits_of_counties(region: Region, *, on: date) -> list[CountyVisit]:
    """The counties of ``region`` by code, as of the day ``on``. Two queries."""
    counties = (
        Region.objects.under(region)
        .filter(level=RegionLevel.COUNTY)
        .valid_on(on)
        .select_related("parent")
        .order_by("code")
    )
    county = "venue__region__ancestor_paths__ancestor"
    opened = (
        Stop.objects.filter(
            state__in=DELIVERED_STOPS, opens_on__lte=on, **{f"{county}__level": RegionLevel.COUNTY}
        )
        .values(county)
        .annotate(last=Max("opens_on"))
        .order_by(county)
    )
    last = {row[county]: row["last"] for row in opened}
    since = on - relativedelta(months=MONTHS_WITHOUT_A_VISIT)
    return [
        CountyVisit(one, last.get(one.pk), last.get(one.pk, date.min) <= since) for one in counties
    ]
