"""Opening calls and setting quotas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from events.recurrence.zones import is_known_timezone
from touring.errors import InvalidCall
from touring.models import Programme, RequestCall, RequestQuota, Season
from touring.permissions import can_call
from venues.errors import field_problem
from venues.models import Region, RegionPath
from venues.permissions import Actor, require
from venues.services import audit


@transaction.atomic
def open_call(
    *,
    slug: str,
    name_zh: str,
    season: Season,
    year: int,
    opens_on: date,
    closes_on: date,
    by: Actor,
    now: datetime,
    name_en: str = "",
    programme: str = Programme.REGULAR,
    time_zone: str = "Asia/Shanghai",
    answer_days: int = 10,
    asks_nation: bool = False,
    quotas: Mapping[Region, int] | None = None,
) -> RequestCall:
    """Take requests for the season on the days ``[opens_on, closes_on)`` of ``time_zone``.

    ``quotas``: how many requests a region and everything below it may hand up.

    Raises:
        NotAllowed: ``by`` neither plans the season nor is a province officer of its region.
        InvalidCall: with every problem at once.
    """
    allowed = can_call(by, season, timezone.localdate(now))
    require(allowed, f"You may not open a call for {season}; ask its province.")
    problems = []
    if closes_on <= opens_on:
        problems.append(field_problem("closes_on", f"{closes_on} is not after {opens_on}."))
    if not is_known_timezone(time_zone):
        problems.append(field_problem("timezone", f"{time_zone!r} is no IANA zone."))
    if RequestCall.objects.filter(slug=slug).exists():
        problems.append(field_problem("slug", f"{slug} is taken: choose another."))
    if RequestCall.objects.filter(season=season, programme=programme, year=year).exists():
        problems.append(
            field_problem("year", f"The season has a {programme} call for {year}: change that.")
        )
    problems += _quota_problems(season, quotas or {})
    if problems:
        raise InvalidCall("The call cannot be opened.", problems=problems)
    call = RequestCall.objects.create(
        slug=slug,
        name_zh=name_zh,
        name_en=name_en,
        season=season,
        programme=programme,
        year=year,
        opens_on=opens_on,
        closes_on=closes_on,
        timezone=time_zone,
        answer_days=answer_days,
        asks_nation=asks_nation,
        created_at=now,
    )
    RequestQuota.objects.bulk_create(
        RequestQuota(call=call, region=region, most=most) for region, most in (quotas or {}).items()
    )
    audit.record(by=by, action="request_call.open", subject=call, now=now)
    return call


def _quota_problems(season: Season, quotas: Mapping[Region, int]) -> list[dict[str, str]]:
    below = set(
        RegionPath.objects.filter(ancestor=season.region_id).values_list("descendant", flat=True)
    )
    return [
        field_problem("quotas", f"{region} lies outside {season.region}: leave it out.")
        for region in quotas
        if region.pk not in below
    ]
