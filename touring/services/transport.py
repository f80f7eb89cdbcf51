"""Recording moves, crates and customs documents of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidRecord
from touring.models import Crate, CustomsDocument, Move, Stop, Unit
from touring.permissions import can_change_unit, can_dispatch
from venues.errors import field_problem
from venues.models import Venue
from venues.permissions import Actor, require
from venues.services import audit


@transaction.atomic
def record_move(
    *,
    unit: Unit,
    origin: Venue,
    destination: Venue,
    departs_at: datetime,
    arrives_at: datetime,
    by: Actor,
    now: datetime,
    stop: Stop | None = None,
    carrier: str = "",
    km: float | None = None,
    crates: int = 0,
    seals: str = "",
    courier: str = "",
) -> Move:
    """A move of the unit, planned or done. Raises: NotAllowed, InvalidRecord."""
    allowed = can_dispatch(by, unit, timezone.localdate(now))
    require(allowed, f"Moves of {unit.code} are recorded by the keepers of its hub.")
    problems = []
    if arrives_at <= departs_at:
        problems.append(field_problem("arrives_at", "It arrives before it departs: correct it."))
    if stop is not None and stop.unit_id != unit.pk:
        problems.append(field_problem("stop", f"{stop.uid} is not shown by {unit.code}."))
    if km is not None and not 0 <= km < 50_000:
        problems.append(field_problem("km", "Give 0 to 50,000 kilometres."))
    if problems:
        raise InvalidRecord("The move cannot be recorded.", problems=problems)
    move = Move.objects.create(
        unit=unit,
        stop=stop,
        origin=origin,
        destination=destination,
        departs_at=departs_at,
        arrives_at=arrives_at,
        carrier=carrier,
        km=km,
        crates=crates,
        seals=seals,
        courier=courier,
        recorded_by_id=by.pk,
        recorded_at=now,
    )
    audit.record(by=by, action="unit.move", subject=unit, now=now, after={"move": move.pk})
    return move


@transaction.atomic
def set_crates(
    *, unit: Unit, crates: Sequence[Mapping[str, Any]], by: Actor, now: datetime
) -> list[Crate]:
    """Replace the unit's list of crates. Raises: NotAllowed, InvalidRecord (a number twice)."""
    _require_keeper(by, unit, now)
    numbers = [crate["number"] for crate in crates]
    if len(set(numbers)) < len(numbers):
        told = [field_problem("crates", "A number stands twice: number each crate once.")]
        raise InvalidRecord("The list of crates cannot be taken.", problems=told)
    unit.crates.all().delete()
    rows = Crate.objects.bulk_create(Crate(unit=unit, **crate) for crate in crates)
    audit.record(by=by, action="unit.crates", subject=unit, now=now, after={"crates": len(rows)})
    return rows


@transaction.atomic
def record_customs(
    *,
    unit: Unit,
    country: str,
    first_date: date,
    end_date: date,
    by: Actor,
    now: datetime,
    kind: str = "ATA carnet",
    number: str = "",
) -> CustomsDocument:
    """Papers for ``country`` on ``[first_date, end_date)``. Raises: NotAllowed, InvalidRecord."""
    _require_keeper(by, unit, now)
    if end_date <= first_date:
        told = [field_problem("end_date", f"{end_date} is not after {first_date}.")]
        raise InvalidRecord("The customs document cannot be recorded.", problems=told)
    document = CustomsDocument.objects.create(
        unit=unit,
        country=country,
        kind=kind,
        number=number,
        first_date=first_date,
        end_date=end_date,
    )
    audit.record(by=by, action="unit.customs", subject=unit, now=now, after={"row": document.pk})
    return document


def _require_keeper(by: Actor, unit: Unit, now: datetime) -> None:
    allowed = can_change_unit(by, unit, timezone.localdate(now))
    require(allowed, f"You keep neither {unit.code} nor its home.")
