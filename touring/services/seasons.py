"""Seasons, their plans, and what a planner fixes by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidSeason
from touring.models import Plan, Season, StopLock, TourRequest, Unit
from touring.permissions import can_plan_in, can_plan_season
from venues.errors import NotAllowed
from venues.models import Region


@transaction.atomic
def open_season(
    *,
    slug: str,
    name_zh: str,
    region: Region,
    first_date: date,
    end_date: date,
    units: Iterable[Unit],
    by,
    now: datetime,
    name_en: str = "",
    rules: Mapping[str, Any] | None = None,
    objective: Mapping[str, Any] | None = None,
) -> Season:
    """A season of the days ``[first_date, end_date)`` for ``units``.

    Raises:
        NotAllowed: ``by`` does not plan for ``region``.
        InvalidSeason: it ends before it begins, or the slug is taken.
    """
    if not can_plan_in(by, region, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan tours for {region}.")
    problems = []
    if end_date <= first_date:
        problems.append(("end_date", f"{end_date} is not after {first_date}: correct the dates"))
    if Season.objects.filter(slug=slug).exists():
        problems.append(("slug", f"{slug} is taken: choose another"))
    if problems:
        raise InvalidSeason(
            "; ".join(f"{name}: {message}" for name, message in problems),
            problems=[
                {"row": f"season {slug}", "field": name, "message": message}
                for name, message in problems
            ],
        )
    season = Season.objects.create(
        slug=slug,
        name_zh=name_zh,
        name_en=name_en,
        region=region,
        first_date=first_date,
        end_date=end_date,
        rules=dict(rules or {}),
        objective=dict(objective or {}),
        created_at=now,
    )
    season.units.set(units)
    return season


def draft_plan(*, season: Season, name_zh: str, by, now: datetime, name_en: str = "") -> Plan:
    """A new line of versions for the season. Raises: NotAllowed."""
    if not can_plan_season(by, season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {season}.")
    return Plan.objects.create(season=season, name_zh=name_zh, name_en=name_en, created_at=now)


def lock_stop(
    *,
    plan: Plan,
    unit: Unit,
    request: TourRequest,
    opens_on: date,
    by,
    now: datetime,
    reason: str = "",
) -> StopLock:
    """Decide that ``unit`` opens at the request's host on that day; a former lock is replaced.

    Whether the other rows allow it is said when the season is assembled.

    Raises: NotAllowed.
    """
    if not can_plan_season(by, plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}.")
    lock, _ = StopLock.objects.update_or_create(
        plan=plan,
        request=request,
        defaults={"unit": unit, "opens_on": opens_on, "reason": reason[:200]},
    )
    return lock


def unlock_stop(*, plan: Plan, request: TourRequest, by, now: datetime) -> None:
    """Leave the request's stop to the planner again. Raises: NotAllowed."""
    if not can_plan_season(by, plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}.")
    StopLock.objects.filter(plan=plan, request=request).delete()
