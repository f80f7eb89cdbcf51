"""Seasons, their plans, and what a planner fixes by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidSeason
from touring.models import Plan, Season, StopLock, TourRequest, Unit
from touring.permissions import can_open_season, can_plan_season
from venues.errors import NotAllowed
from venues.models import Region
from venues.permissions import Actor
from venues.services import audit

_KEPT = ("name_zh", "name_en", "first_date", "end_date", "rules", "objective")


@transaction.atomic
def open_season(
    *,
    slug: str,
    name_zh: str,
    region: Region,
    first_date: date,
    end_date: date,
    units: Iterable[Unit],
    by: Actor,
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
    if not can_open_season(by, region, timezone.localdate(now)):
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
    after = audit.fields_of(season, "region", *_KEPT)
    audit.record(by=by, action="season.open", subject=season, now=now, after=after)
    return season


@transaction.atomic
def record_season(*, season: Season, by: Actor, now: datetime) -> Season:
    """Save a changed season. What is published stays; the next plan follows the new rows.

    Raises:
        NotAllowed: ``by`` plans neither for its region nor for the one it had.
        InvalidSeason: it ends before it begins.
    """
    before = Season.objects.select_for_update(of=("self",)).select_related("region")
    for known in (season, before.get(pk=season.pk)):
        if not can_plan_season(by, known, timezone.localdate(now)):
            raise NotAllowed(f"You do not plan {known}.")
    if season.end_date <= season.first_date:
        message = f"{season.end_date} is not after {season.first_date}: correct the dates"
        raise InvalidSeason(
            f"end_date: {message}",
            problems=[{"row": f"season {season.slug}", "field": "end_date", "message": message}],
        )
    former = audit.fields_of(before.get(pk=season.pk), *_KEPT)
    season.save()
    after = audit.fields_of(season, *_KEPT)
    audit.record(by=by, action="season.change", subject=season, now=now, before=former, after=after)
    return season


@transaction.atomic
def draft_plan(
    *, season: Season, name_zh: str, by: Actor, now: datetime, name_en: str = ""
) -> Plan:
    """A new line of versions for the season. Raises: NotAllowed."""
    if not can_plan_season(by, season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {season}.")
    plan = Plan.objects.create(season=season, name_zh=name_zh, name_en=name_en, created_at=now)
    audit.record(by=by, action="plan.open", subject=plan, now=now, after={"name_zh": name_zh})
    return plan


@transaction.atomic
def rename_plan(*, plan_id: int, name_zh: str, name_en: str = "", by: Actor, now: datetime) -> Plan:
    """Give a plan another name. Raises: NotAllowed."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("season__region")
    found = plan.get(pk=plan_id)
    if not can_plan_season(by, found.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {found.season}.")
    was = audit.fields_of(found, "name_zh", "name_en")
    found.name_zh, found.name_en = name_zh, name_en
    found.save(update_fields=["name_zh", "name_en"])
    after = audit.fields_of(found, "name_zh", "name_en")
    audit.record(by=by, action="plan.rename", subject=found, now=now, before=was, after=after)
    return found


@transaction.atomic
def lock_stop(
    *,
    plan: Plan,
    unit: Unit,
    request: TourRequest,
    opens_on: date,
    by: Actor,
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
    after = {"request": request.code, "unit": unit.code, "opens_on": opens_on}
    audit.record(by=by, action="plan.lock", subject=plan, now=now, after=after, note=reason)
    return lock


@transaction.atomic
def unlock_stop(*, plan: Plan, request: TourRequest, by: Actor, now: datetime) -> None:
    """Leave the request's stop to the planner again. Raises: NotAllowed."""
    if not can_plan_season(by, plan.season, timezone.localdate(now)):
        raise NotAllowed(f"You do not plan {plan.season}.")
    if StopLock.objects.filter(plan=plan, request=request).delete()[0]:
        before = {"request": request.code}
        audit.record(by=by, action="plan.unlock", subject=plan, now=now, before=before)
