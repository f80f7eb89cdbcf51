"""Pairings: promised, planned, delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidPairing
from touring.lifecycles import DELIVERED_STOPS, FREEING_STOPS
from touring.models import Pairing, Stop, Unit
from touring.permissions import can_pair
from venues.errors import field_problem
from venues.models import Organisation, Region, RegionPath
from venues.permissions import Actor, require
from venues.services import audit


@dataclass(frozen=True)
class PairingYear:
    """One pairing in one year, in stops; ``planned`` includes what is delivered."""

    pairing: str
    year: int
    promised: int
    planned: int
    delivered: int

    @property
    def is_broken(self) -> bool:
        return self.planned < self.promised


@transaction.atomic
def open_pairing(
    *,
    code: str,
    donor: Organisation,
    recipient: Region,
    first_date: date,
    end_date: date,
    yearly_stops: int,
    by: Actor,
    now: datetime,
    theme_zh: str = "",
    theme_en: str = "",
    units: Sequence[Unit] = (),
) -> Pairing:
    """``donor`` promises ``recipient`` at least ``yearly_stops`` stops a year.

    Raises:
        NotAllowed: ``by`` does not answer for the recipient.
        InvalidPairing: with every problem at once.
    """
    allowed = can_pair(by, recipient, timezone.localdate(now))
    require(allowed, f"You may not pair anybody with {recipient}.")
    problems = []
    if end_date <= first_date:
        problems.append(field_problem("end_date", f"{end_date} is not after {first_date}."))
    if Pairing.objects.filter(code=code).exists():
        problems.append(field_problem("code", f"{code} is taken: choose another."))
    if problems:
        raise InvalidPairing("The pairing cannot be opened.", problems=problems)
    pairing = Pairing.objects.create(
        code=code,
        donor=donor,
        recipient=recipient,
        theme_zh=theme_zh,
        theme_en=theme_en,
        first_date=first_date,
        end_date=end_date,
        yearly_stops=yearly_stops,
        created_at=now,
    )
    pairing.units.set(units)
    audit.record(by=by, action="pairing.open", subject=pairing, now=now)
    return pairing


@transaction.atomic
def end_pairing(*, pairing_id: int, end_date: date, by: Actor, now: datetime) -> Pairing:
    """Let it last until ``end_date``, not included; from then on its donor sees no stops.

    Raises:
        NotAllowed: ``by`` does not answer for the recipient.
        InvalidPairing: it would end before it began, or later than was agreed.
    """
    found = Pairing.objects.select_for_update(of=("self",)).select_related("recipient")
    pairing = found.get(pk=pairing_id)
    allowed = can_pair(by, pairing.recipient, timezone.localdate(now))
    require(allowed, f"You may not end pairings with {pairing.recipient}.")
    if not pairing.first_date < end_date <= pairing.end_date:
        told = f"Give a day after {pairing.first_date} and not after {pairing.end_date}."
        raise InvalidPairing(
            "The pairing cannot be ended so.", problems=[field_problem("end_date", told)]
        )
    before = {"end_date": pairing.end_date.isoformat()}
    pairing.end_date = end_date
    pairing.save(update_fields=["end_date"])
    audit.record(
        by=by,
        action="pairing.end",
        subject=pairing,
        now=now,
        before=before,
        after={"end_date": end_date.isoformat()},
    )
    return pairing


def pairing_report(pairings: Iterable[Pairing]) -> list[PairingYear]:
    """Every year of every pairing, by code and year; a stop counts in the year it opens.

    Three queries, however many pairings. Stops of other units than the pairing names do not keep
    its promise.
    """
    rows = list(pairings)
    stops = _stops_of(rows)
    named = _units_of(rows)
    report = []
    for pairing in sorted(rows, key=lambda one: one.code):
        planned, delivered = Counter[int](), Counter[int]()
        for region, opens_on, state, unit in stops:
            own = region == pairing.recipient_id and (
                not named[pairing.pk] or unit in named[pairing.pk]
            )
            if own and pairing.first_date <= opens_on < pairing.end_date:
                planned[opens_on.year] += 1
                delivered[opens_on.year] += state in DELIVERED_STOPS
        last = date.fromordinal(pairing.end_date.toordinal() - 1)
        report += [
            PairingYear(pairing.code, year, pairing.yearly_stops, planned[year], delivered[year])
            for year in range(pairing.first_date.year, last.year + 1)
        ]
    return report


def _stops_of(pairings: list[Pairing]) -> list[tuple[int, date, str, int]]:
    """Recipient, opening day, state and unit of each stop below a recipient."""
    paths = RegionPath.objects.filter(ancestor__in={one.recipient_id for one in pairings})
    below: dict[int, list[int]] = {}
    for ancestor, descendant in paths.values_list("ancestor", "descendant"):
        below.setdefault(descendant, []).append(ancestor)
    found = Stop.objects.filter(venue__region__in=below).exclude(state__in=FREEING_STOPS)
    return [
        (recipient, opens_on, state, unit)
        for region, opens_on, state, unit in found.values_list(
            "venue__region", "opens_on", "state", "unit"
        )
        for recipient in below[region]
    ]


def _units_of(pairings: list[Pairing]) -> dict[int, set[int]]:
    named: dict[int, set[int]] = {one.pk: set() for one in pairings}
    links = Pairing.units.through.objects.filter(pairing__in=pairings)
    for pairing, unit in links.values_list("pairing", "unit"):
        named[pairing].add(unit)
    return named
