"""Exhibitions and units, and the days on which units may be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidUnit
from touring.models import Plan, Unit, UnitAvailability, UnitMaintenance
from touring.permissions import can_plan_in
from touring.services.calendars import sync_stops_of
from venues.errors import NotAllowed
from venues.services.addresses import current_address, leave_address
from venues.spans import DaySpan


@dataclass(frozen=True)
class MaintenanceNeed:
    """``days`` in a row at home, somewhere inside ``[earliest_date, latest_date)``."""

    days: int
    earliest_date: date
    latest_date: date


def set_availability(*, unit: Unit, spans: Iterable[DaySpan], by, now: datetime) -> None:
    """The unit may be used on these days only; no spans: always.

    Raises:
        NotAllowed: ``by`` does not plan where the unit is at home.
        InvalidUnit: spans share a day.
    """
    _require_planner(unit, by, now)
    ordered = sorted(spans)
    problems = [
        f"{before.first} to {before.end} and {after.first} to {after.end} share days: make them one"
        for before, after in pairwise(ordered)
        if before.overlaps(after)
    ]
    _refuse(unit, "availability", problems)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        unit.availability.all().delete()
        UnitAvailability.objects.bulk_create(
            UnitAvailability(unit=unit, first_date=span.first, end_date=span.end)
            for span in ordered
        )
        _touch(unit, now)


def set_maintenance(*, unit: Unit, needs: Sequence[MaintenanceNeed], by, now: datetime) -> None:
    """Replace the unit's maintenance needs.

    Raises:
        NotAllowed: ``by`` does not plan where the unit is at home.
        InvalidUnit: a need has no room in its own span.
    """
    _require_planner(unit, by, now)
    problems = [
        f"{need.days} days do not fit into [{need.earliest_date}, {need.latest_date}): "
        "give fewer days or a longer span"
        for need in needs
        if not 1 <= need.days <= (need.latest_date - need.earliest_date).days
    ]
    _refuse(unit, "maintenance", problems)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        unit.maintenance.all().delete()
        UnitMaintenance.objects.bulk_create(
            UnitMaintenance(
                unit=unit,
                days=need.days,
                earliest_date=need.earliest_date,
                latest_date=need.latest_date,
            )
            for need in needs
        )
        _touch(unit, now)


@transaction.atomic
def rename_unit(*, unit_id: int, code: str, by, now: datetime) -> Unit:
    """Give the unit another code; the addresses with the old one lead to the new one for ever.

    Raises:
        NotAllowed: ``by`` does not plan where the unit is at home.
        InvalidUnit: the code is, or was, another unit's.
    """
    unit = (
        Unit.objects.select_for_update(of=("self",)).select_related("home__region").get(pk=unit_id)
    )
    _require_planner(unit, by, now)
    if unit.code == code:
        return unit
    is_taken = Unit.objects.filter(code=code).exists()
    if is_taken or current_address("unit", code) not in (None, unit.code):
        _refuse(unit, "code", [f"{code} is or was another unit's: choose a new one"])
    leave_address(kind="unit", former=unit.code, current=code)
    unit.code = code
    _touch(unit, now)
    for plan in Plan.objects.filter(published_stops__unit=unit).distinct().order_by("pk"):
        sync_stops_of(plan, now=now)
    return unit


def _touch(unit: Unit, now: datetime) -> None:
    unit.changed_at = now
    unit.save()


def _require_planner(unit: Unit, by, now: datetime) -> None:
    if not can_plan_in(by, unit.home.region, timezone.localdate(now)):
        raise NotAllowed(f"You do not decide about unit {unit.code}; ask its home's planners.")


def _refuse(unit: Unit, field: str, problems: list[str]) -> None:
    if problems:
        raise InvalidUnit(
            f"Unit {unit.code}, {field}: " + "; ".join(problems),
            problems=[
                {"row": f"unit {unit.code}", "field": field, "message": one} for one in problems
            ],
        )
