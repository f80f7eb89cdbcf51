"""How many follow a calendar, counted without keeping who.

Of a day and a feed there are kept: how often it was asked for, and a sketch of who asked
(HyperLogLog, Flajolet et al. 2007: 256 registers, 6.5 % standard error, exact for a few). An
address is put into the sketch by a keyed hash that differs from day to day; neither the address
nor the hash is stored, and no register tells who was counted.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from events.models import FeedReach

REGISTERS = 256
KEPT_DAYS = 400
_BIAS = 0.7213 / (1 + 1.079 / REGISTERS)


class Sketch:
    """The registers of one day and feed."""

    def __init__(self, registers: bytes = b"") -> None:
        self._registers = bytearray(registers or REGISTERS)

    def __bytes__(self) -> bytes:
        return bytes(self._registers)

    def add(self, digest: int) -> None:
        """Count somebody, by 64 bits of their hash."""
        place, rest = digest % REGISTERS, digest // REGISTERS
        rank = 57 - rest.bit_length()  # of 56 bits: leading zeros and one
        self._registers[place] = max(self._registers[place], rank)

    def merge(self, other: Sketch) -> None:
        self._registers[:] = map(max, self._registers, other._registers)

    @property
    def count(self) -> int:
        """About how many different ones were counted."""
        estimate = _BIAS * REGISTERS**2 / sum(2.0**-rank for rank in self._registers)
        empty = self._registers.count(0)
        if estimate <= 2.5 * REGISTERS and empty:
            estimate = REGISTERS * math.log(REGISTERS / empty)
        return round(estimate)


def digest_of(day: date, who: str) -> int:
    """64 bits that stand for ``who`` on that day alone."""
    hashed = hashlib.blake2b(who.encode(errors="replace"), digest_size=8, key=_key_of(day))
    return int.from_bytes(hashed.digest())


@lru_cache(maxsize=4)
def _key_of(day: date) -> bytes:
    return hashlib.blake2b(f"{day}{settings.SECRET_KEY}".encode(), digest_size=32).digest()


@dataclass
class Tally:
    """What one process saw of one day and feed."""

    polls: int
    sketch: Sketch


@transaction.atomic
def add_tallies(tallies: Mapping[tuple[str, date], Tally]) -> None:
    """Add what a process counted, by path of the feed and day, to what others did."""
    empty = bytes(Sketch())
    FeedReach.objects.bulk_create(
        [FeedReach(path=path, day=day, sketch=empty) for path, day in sorted(tallies)],
        ignore_conflicts=True,
    )
    days = {day for _path, day in tallies}
    rows = FeedReach.objects.select_for_update().filter(
        day__in=days, path__in={path for path, _day in tallies}
    )
    changed = []
    for row in rows.order_by("pk"):
        tally = tallies.get((row.path, row.day))
        if tally is None:
            continue
        sketch = Sketch(bytes(row.sketch))
        sketch.merge(tally.sketch)
        row.polls, row.sketch = row.polls + tally.polls, bytes(sketch)
        changed.append(row)
    FeedReach.objects.bulk_update(changed, ["polls", "sketch"])


@dataclass(frozen=True)
class Reach:
    """``followers``: the different ones of the last whole day; ``usual``: a day's mean of the
    last 28 with any; ``polls``: requests of the last whole day."""

    path: str
    followers: int
    usual: float
    polls: int


def reach_of(paths: Iterable[str], *, today: date) -> list[Reach]:
    """Of each feed in the order given, in one query; one that nobody asked for has zeros."""
    paths = list(paths)
    found: dict[str, list[FeedReach]] = {path: [] for path in paths}
    rows = FeedReach.objects.filter(
        path__in=paths, day__lt=today, day__gte=today - timedelta(days=28)
    )
    for row in rows.order_by("day"):
        found[row.path].append(row)
    return [_reach(path, found[path], today - timedelta(days=1)) for path in paths]


def _reach(path: str, rows: list[FeedReach], yesterday: date) -> Reach:
    counts = [Sketch(bytes(row.sketch)).count for row in rows]
    last = rows[-1] if rows and rows[-1].day == yesterday else None
    usual = sum(counts) / len(counts) if counts else 0.0
    return Reach(path, counts[-1] if last else 0, usual, last.polls if last else 0)


def forget_reach(*, now: datetime) -> int:
    """Delete days older than 400; how many rows."""
    return FeedReach.objects.filter(day__lt=now.date() - timedelta(days=KEPT_DAYS)).delete()[0]
