"""Exhibitions and units, and the days on which units may be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from touring.assembly import requirement_problems
from touring.errors import InvalidUnit
from touring.models import Exhibition, Plan, Stop, Unit, UnitAvailability, UnitMaintenance
from touring.permissions import can_change_unit, can_decide_about
from touring.services.calendars import sync_plan, sync_stop
from venues.errors import NotAllowed
from venues.permissions import Actor
from venues.services import audit
from venues.services.addresses import current_address, leave_address
from venues.spans import DaySpan

Row = TypeVar("Row", Unit, Exhibition)


@dataclass(frozen=True)
class MaintenanceNeed:
    """``days`` in a row at home, somewhere inside ``[earliest_date, latest_date)``."""

    days: int
    earliest_date: date
    latest_date: date


def set_availability(*, unit: Unit, spans: Iterable[DaySpan], by: Actor, now: datetime) -> None:
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
        after = {"spans": [[span.first, span.end] for span in ordered]}
        audit.record(by=by, action="unit.availability", subject=unit, now=now, after=after)


def set_maintenance(
    *, unit: Unit, needs: Sequence[MaintenanceNeed], by: Actor, now: datetime
) -> None:
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
        after = {"needs": [[need.days, need.earliest_date, need.latest_date] for need in needs]}
        audit.record(by=by, action="unit.maintenance", subject=unit, now=now, after=after)


@transaction.atomic
def record_unit(*, unit: Unit, by: Actor, now: datetime) -> Unit:
    """Save a new or changed unit. Addresses with a former code lead to the new one for ever.

    Raises:
        NotAllowed: ``by`` does not plan where the unit is at home, or was so far.
        InvalidUnit: the code is, or was, another unit's.
    """
    before = _locked(Unit.objects.select_related("home__region"), unit.pk)
    for known in (unit, before):
        if known is not None:
            _require_planner(known, by, now)
    if before is None or before.code != unit.code:
        if _is_other_address("unit", Unit.objects.filter(code=unit.code), unit.code, before):
            _refuse(unit, "code", [f"{unit.code} is or was another unit's: choose a new one"])
        if before is not None:
            leave_address(kind="unit", former=before.code, current=unit.code)
    _touch(unit, now)
    _record("unit", unit, before, by, now)
    if before is not None:  # a new one stops nowhere yet
        _sync_calendars_of(Stop.objects.filter(unit=unit), now)
    return unit


@transaction.atomic
def record_exhibition(*, exhibition: Exhibition, by: Actor, now: datetime) -> Exhibition:
    """Save a new or changed exhibition; calendars of published stops get the new words.

    Other set-up or strike days do not move published stops: the next plan does.

    Raises:
        NotAllowed: ``by`` does not plan for its owner, or was not a planner of the former one.
        InvalidUnit: it requires what no venue can offer, or the slug is, or was, another's.
    """
    before = _locked(Exhibition.objects.select_related("owner"), exhibition.pk)
    for known in (exhibition, before):
        if known is not None and not can_decide_about(by, known, timezone.localdate(now)):
            raise NotAllowed(f"You do not decide about exhibition {known.slug}.")
    problems = [(one.field, one.message) for one in requirement_problems(exhibition)]
    if before is None or before.slug != exhibition.slug:
        same = Exhibition.objects.filter(slug=exhibition.slug)
        if _is_other_address("exhibition", same, exhibition.slug, before):
            problems.append(("slug", f"{exhibition.slug} is or was another's: choose a new one"))
    if problems:
        row = f"exhibition {exhibition.slug}"
        raise InvalidUnit(
            "; ".join(f"{row}, {name}: {message}" for name, message in problems),
            problems=[{"row": row, "field": n, "message": message} for n, message in problems],
        )
    if before is not None and before.slug != exhibition.slug:
        leave_address(kind="exhibition", former=before.slug, current=exhibition.slug)
    exhibition.changed_at = now
    exhibition.save()
    _record("exhibition", exhibition, before, by, now)
    _sync_calendars_of(Stop.objects.filter(unit__exhibition=exhibition), now)
    return exhibition


def _record(kind: str, row: Model, before: Model | None, by: Actor, now: datetime) -> None:
    names = [field.name for field in row._meta.concrete_fields if field.name != "changed_at"]
    audit.record(
        by=by,
        action=f"{kind}.{'register' if before is None else 'change'}",
        subject=row,
        now=now,
        before=audit.fields_of(before, *names) if before is not None else None,
        after=audit.fields_of(row, *names),
    )


def _locked(rows: QuerySet[Row], pk: int | None) -> Row | None:
    return None if pk is None else rows.select_for_update(of=("self",)).filter(pk=pk).first()


def _is_other_address(
    kind: str, taken: QuerySet, address: str, before: Unit | Exhibition | None
) -> bool:
    """Is the address somebody else's, now or formerly?"""
    own = None if before is None else before.pk
    if taken.exclude(pk=own).exists():
        return True
    leads_to = current_address(kind, address)
    return leads_to is not None and (before is None or leads_to != _address_of(before))


def _address_of(row: Unit | Exhibition) -> str:
    return row.code if isinstance(row, Unit) else row.slug


def _sync_calendars_of(stops: QuerySet[Stop], now: datetime) -> None:
    for plan in Plan.objects.filter(published_stops__in=stops).distinct().order_by("pk"):
        sync_plan(plan, now=now)
    for stop in stops.filter(plan=None).order_by("pk"):
        sync_stop(stop, now=now)


def _touch(unit: Unit, now: datetime) -> None:
    unit.changed_at = now
    unit.save()


def _require_planner(unit: Unit, by: Actor, now: datetime) -> None:
    if not can_change_unit(by, unit, timezone.localdate(now)):
        raise NotAllowed(f"You do not decide about unit {unit.code}; ask its home's planners.")


def _refuse(unit: Unit, field: str, problems: list[str]) -> None:
    if problems:
        raise InvalidUnit(
            f"Unit {unit.code}, {field}: " + "; ".join(problems),
            problems=[
                {"row": f"unit {unit.code}", "field": field, "message": one} for one in problems
            ],
        )
