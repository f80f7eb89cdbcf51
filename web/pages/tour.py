"""Where an exhibition's units are now, where they go next, and where they have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from touring.models import Exhibition, Stop

MOST_PAST = 12
MOST_COMING = 60


@dataclass(frozen=True)
class Leg:
    """One public stop, as visitors see it: open on ``[opens_on, closes_on)``."""

    stop: Stop

    @property
    def last_day(self) -> date:
        return self.stop.closes_on - timedelta(days=1)


@dataclass(frozen=True)
class Tour:
    exhibition: Exhibition
    now: tuple[Leg, ...]
    coming: tuple[Leg, ...]
    past: tuple[Leg, ...]


def tour_of(slug: str, *, today: date) -> Tour | None:
    """The public stops of an exhibition, the nearest first; nothing before a contract is signed."""
    exhibition = Exhibition.objects.filter(slug=slug).first()
    if exhibition is None:
        return None
    shown = Stop.objects.shown_to_all().filter(unit__exhibition=exhibition)
    shown = shown.select_related("venue__region", "unit")
    standing = shown.filter(opens_on__lte=today, closes_on__gt=today).order_by("opens_on", "pk")
    coming = shown.filter(opens_on__gt=today).order_by("opens_on", "pk")[:MOST_COMING]
    past = shown.filter(closes_on__lte=today).order_by("-closes_on", "pk")[:MOST_PAST]
    return Tour(
        exhibition,
        tuple(Leg(stop) for stop in standing),
        tuple(Leg(stop) for stop in coming),
        tuple(Leg(stop) for stop in past),
    )
