"""What a solver hands back. No rule of the problem is applied in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Stop:
    """Unit ``unit`` is open for ``request`` from day ``open``.

    ``confirmed`` and ``weight`` matter in a previous plan: changing a confirmed stop
    costs ``change_penalty * weight``.
    """

    unit: str
    open: int
    request: str
    confirmed: bool = False
    weight: float = 1.0


@dataclass(frozen=True, order=True)
class MaintenanceSpan:
    """The unit is at home for maintenance on the days ``[first, end)``."""

    unit: str
    first: int
    end: int


@dataclass(frozen=True)
class FloorShortfall:
    """A floor and what is missing from it.

    ``kind`` is ``region`` or ``pairing``, ``measure`` is ``stops``, ``value`` or
    ``township_share``; ``missing`` is in stops or value.
    """

    kind: str
    id: str
    measure: str
    wanted: float
    reached: float
    missing: float


@dataclass(frozen=True)
class Value:
    """What a plan is worth, and every part of it.

    ``total = coverage - km_cost - floor_penalty - must_penalty - change_penalty - idle_cost``.

    Parameters
    ----------
    coverage
        Sum of value times preference over the stops.
    km, shortfall, unserved_musts, changes, idle_days
        The measures behind the costs: kilometres, missing stops and value, requests,
        changed confirmed stops, unit-days.
    lowest_ratio
        Mode ``max_min``: the lowest ratio of served to requested value; else ``None``.
    """

    total: float
    coverage: float
    km: float
    km_cost: float
    shortfall: float
    floor_penalty: float
    unserved_musts: int
    must_penalty: float
    changes: int
    change_penalty: float
    idle_days: int
    idle_cost: float
    lowest_ratio: float | None = None
    floors: tuple[FloorShortfall, ...] = ()


@dataclass(frozen=True)
class RegionShare:
    """Requested and served value in a region's subtree; value times preference counts as served."""

    region: str
    requested: float
    served: float

    @property
    def ratio(self) -> float:
        return self.served / self.requested


@dataclass(frozen=True)
class Equity:
    """How evenly the regions are served, by the ratio of served to requested value.

    Parameters
    ----------
    worst, worst_regions
        The lowest ratio, and every region that has it.
    spread
        The highest less the lowest ratio.
    gini
        0 when all ratios are equal, towards 1 when one region has everything.
    """

    worst: float
    worst_regions: tuple[str, ...]
    spread: float
    gini: float
    shares: tuple[RegionShare, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a request is not served, in numbers and in words."""

    code: str
    text: str
    text_zh: str
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Unserved:
    request: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Plan:
    """Stops and maintenance, both sorted by unit and day, and how they were found.

    Parameters
    ----------
    instance_hash
        Of the instance it was made for; empty when that was built in code.
    bound
        Proven upper bound on the value of any plan, or ``None``.
    gap
        ``(bound - value) / max(1, |bound|)``, or ``None`` without a bound.
    work, seconds
        What the search did and how long it took.
    """

    stops: tuple[Stop, ...] = ()
    maintenance: tuple[MaintenanceSpan, ...] = ()
    instance: str = ""
    instance_hash: str = ""
    seed: int = 0
    value: Value | None = None
    bound: float | None = None
    gap: float | None = None
    optimal: bool = False
    work: int = 0
    seconds: float = 0.0
    unserved: tuple[Unserved, ...] = ()
    equity: Equity | None = None
