"""Vehicles: odometers, renewal, and the forms before and after each visit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from touring.errors import InvalidRecord, WrongState
from touring.models import OdometerReading, ServiceVisit, Vehicle
from touring.permissions import can_ask_visit, can_change_unit
from touring.services.telling import people_of_venue, tell
from venues.errors import field_problem
from venues.models import Role, Venue
from venues.permissions import Actor, require
from venues.services import audit

RENEWAL_YEARS, RENEWAL_KM = 10, 100_000


@transaction.atomic
def read_odometer(
    *, vehicle: Vehicle, day: date, km: int, by: Actor, now: datetime
) -> OdometerReading:
    """What the odometer shows on ``day``; a day read again is corrected.

    Raises: NotAllowed, InvalidRecord (less than on an earlier day, or a day to come).
    """
    _require_keeper(by, vehicle, now)
    others = vehicle.readings.exclude(day=day)
    problems = []
    if day > timezone.localdate(now):
        problems.append(field_problem("day", f"{day} has not come yet."))
    if (before := others.filter(day__lt=day, km__gt=km).first()) is not None:
        problems.append(field_problem("km", f"It showed {before.km} on {before.day}: correct one."))
    if (after := others.filter(day__gt=day, km__lt=km).first()) is not None:
        problems.append(field_problem("km", f"It showed {after.km} on {after.day}: correct one."))
    if problems:
        raise InvalidRecord("The reading cannot be right.", problems=problems)
    reading, _ = OdometerReading.objects.update_or_create(
        vehicle=vehicle, day=day, defaults={"km": km, "recorded_by_id": by.pk}
    )
    audit.record(by=by, action="vehicle.read", subject=vehicle, now=now, after={"km": km})
    return reading


def due_for_renewal(on: date) -> QuerySet[Vehicle]:
    """Vehicles in service that are ten years old or have run 100,000 km."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    born = on.replace(year=on.year - RENEWAL_YEARS, day=day)
    return (
        Vehicle.objects.filter(Q(retired_on=None) | Q(retired_on__gt=on))
        .annotate(odometer_km=Max("readings__km"))
        .filter(Q(issued_on__lte=born) | Q(odometer_km__gte=RENEWAL_KM))
        .order_by("plate")
    )


@transaction.atomic
def tell_of_renewals(*, now: datetime) -> int:
    """Tell the keepers of each vehicle that became due, once; how many vehicles."""
    due = due_for_renewal(timezone.localdate(now)).filter(renewal_told_at=None)
    vehicles = list(due.select_related("unit__home"))
    for vehicle in vehicles:
        tell(
            people_of_venue(vehicle.unit.home, (Role.HUB_KEEPER,), now=now),
            kind="renewal",
            key=f"renewal-{vehicle.pk}",
            title=("车辆应更新", "A vehicle is due for renewal"),
            body=(
                f"{vehicle.plate}已满{RENEWAL_YEARS}年或{RENEWAL_KM}公里，请申请更新。",
                (
                    f"{vehicle.plate} is {RENEWAL_YEARS} years old or has run {RENEWAL_KM:,} km: "
                    "apply for a new one."
                ),
            ),
            path="/desk/stops/",
            now=now,
        )
    Vehicle.objects.filter(pk__in=[one.pk for one in vehicles]).update(renewal_told_at=now)
    return len(vehicles)


@transaction.atomic
def ask_visit(
    *,
    vehicle: Vehicle,
    point: Venue,
    day: date,
    demand: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> ServiceVisit:
    """The service point's demand form for a visit on ``day``.

    Raises: NotAllowed, InvalidRecord (an empty form, a day that has come, a day taken).
    """
    allowed = can_ask_visit(by, point, timezone.localdate(now))
    require(allowed, f"You do not ask for visits on behalf of {point}.")
    problems = []
    if not demand:
        problems.append(field_problem("demand", "Fill in the form."))
    if day <= timezone.localdate(now):
        problems.append(field_problem("day", f"{day} has come: ask for a day to come."))
    if ServiceVisit.objects.filter(vehicle=vehicle, point=point, day=day).exists():
        problems.append(field_problem("day", f"{day} is asked for already."))
    if problems:
        raise InvalidRecord("The visit cannot be asked for.", problems=problems)
    visit = ServiceVisit.objects.create(
        vehicle=vehicle,
        point=point,
        day=day,
        demand=dict(demand),
        demanded_by_id=by.pk,
        demanded_at=now,
    )
    audit.record(by=by, action="visit.ask", subject=visit, now=now)
    return visit


@transaction.atomic
def give_feedback(
    *,
    visit: ServiceVisit,
    feedback: Mapping[str, Any],
    people: int,
    by: Actor,
    now: datetime,
    km: int | None = None,
) -> ServiceVisit:
    """The feedback form after a visit. Raises: NotAllowed, WrongState (it has not been yet)."""
    allowed = can_ask_visit(by, visit.point, timezone.localdate(now))
    require(allowed, f"You do not speak for {visit.point}.")
    if visit.day > timezone.localdate(now):
        raise WrongState(f"The visit is on {visit.day}; say how it was after that.", state="asked")
    visit.feedback, visit.feedback_at, visit.people, visit.km = dict(feedback), now, people, km
    visit.save(update_fields=["feedback", "feedback_at", "people", "km"])
    audit.record(by=by, action="visit.feedback", subject=visit, now=now)
    return visit


def _require_keeper(by: Actor, vehicle: Vehicle, now: datetime) -> None:
    allowed = can_change_unit(by, vehicle.unit, timezone.localdate(now))
    require(allowed, f"You do not keep {vehicle.plate}.")
