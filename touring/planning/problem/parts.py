"""The nouns of a planning problem, as frozen records. No rule and no arithmetic is in here.

How the rules read these records is said in :mod:`touring.planning.problem`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Span = tuple[int, int]

WEIGHTED, LEXICOGRAPHIC, MAX_MIN = "weighted", "lexicographic", "max_min"
MODES = (WEIGHTED, LEXICOGRAPHIC, MAX_MIN)
VALUE_PARTS = ("coverage", "km", "floors", "musts", "changes", "idle")


@dataclass(frozen=True)
class Window:
    """Days ``[first, end)`` in which a request may be open; it may overhang the season."""

    first: int
    end: int
    preference: float = 1.0


@dataclass(frozen=True)
class Request:
    """A host's wish for one stop.

    Parameters
    ----------
    exhibitions
        Those wanted; ``None``: any.
    days_allowed
        When given, every day of the stay is one of these (a school calendar, H13).
    township
        Counts as a township point for ``Region.min_township_share``.
    """

    id: str
    host: str
    stay_days: int
    value: float
    windows: tuple[Window, ...]
    exhibitions: tuple[str, ...] | None = None
    must: bool = False
    days_allowed: tuple[int, ...] | None = None
    township: bool = False


@dataclass(frozen=True)
class Host:
    """A place that can receive units.

    Parameters
    ----------
    place_group
        Hosts of one group share the gaps of H7; ``None``: no gap applies.
    parallel
        How many stops may stand here at once.
    offers
        Facility name to amount; a facility that is not named is 0.
    blackouts, no_work
        Spans of days; ``no_work`` is added to the season's own.
    """

    id: str
    lat: float
    lon: float
    region: str | None = None
    place_group: str | None = None
    parallel: int = 1
    offers: Mapping[str, float] = field(default_factory=dict)
    blackouts: tuple[Span, ...] = ()
    no_work: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Maintenance:
    """A need for ``days`` in a row at home inside ``[earliest, latest)``."""

    days: int
    earliest: int
    latest: int


@dataclass(frozen=True)
class Customs:
    """Papers to work in regions whose id begins with ``country``, valid ``[first, end)``."""

    country: str
    first: int
    end: int


@dataclass(frozen=True)
class Unit:
    """A touring set or vehicle.

    Parameters
    ----------
    home
        Latitude and longitude.
    regions
        Those it may work in, subtrees included; ``None``: everywhere.
    km_per_day
        ``None``: the season's ``Travel.km_per_day``.
    free_km
        Kilometres of a leg that cost no travel day.
    """

    id: str
    home: tuple[float, float]
    available: tuple[Span, ...]
    exhibition: str | None = None
    regions: tuple[str, ...] | None = None
    setup_days: int = 0
    strike_days: int = 0
    km_per_day: float | None = None
    free_km: float = 0.0
    requires: Mapping[str, float] = field(default_factory=dict)
    returns_home: bool = True
    max_km: float | None = None
    crew: str | None = None
    maintenance: tuple[Maintenance, ...] = ()
    max_days_out: int | None = None
    rest_days: int = 0
    customs: tuple[Customs, ...] = ()


@dataclass(frozen=True)
class Region:
    """A region and its floors, each counted over the region's subtree."""

    id: str
    parent: str | None = None
    min_stops: int | None = None
    min_value: float | None = None
    min_township_share: float | None = None


@dataclass(frozen=True)
class Pairing:
    """A promise of stops or value in a region; ``units`` of ``None``: whoever serves it."""

    id: str
    region: str
    units: tuple[str, ...] | None = None
    min_stops: int | None = None
    min_value: float | None = None


@dataclass(frozen=True)
class Crew:
    """People who begin at most ``per_week`` set-ups and strikes in any 7 days."""

    id: str
    per_week: int


@dataclass(frozen=True)
class Rotation:
    """``k`` units that swap among ``k`` hosts (H11); ``trucks`` of ``None``: enough."""

    id: str
    units: tuple[str, ...]
    hosts: tuple[str, ...]
    periods: tuple[Span, ...]
    swap_days: int
    trucks: int | None = None


@dataclass(frozen=True)
class Lock:
    """A stop that is fixed."""

    unit: str
    request: str
    open: int


@dataclass(frozen=True)
class Forbidden:
    """An assignment that may not be (H6): this unit never serves this request."""

    unit: str
    request: str


@dataclass(frozen=True)
class Gaps:
    """Days from a close to the next opening in one place group."""

    same_exhibition_gap_days: int = 0
    any_gap_days: int = 0


@dataclass(frozen=True)
class History:
    """A stop before the season; ``close`` is at most 0."""

    place_group: str
    exhibition: str | None
    close: int


@dataclass(frozen=True, eq=False)
class Matrix:
    """Distances that replace the geodesic.

    Parameters
    ----------
    points
        Names of the rows and columns: host ids, and ``home:UNIT`` for a unit's home.
    km
        ``(n, n)``; need not be symmetric, zero diagonal.
    days
        ``(n, n)`` whole travel days for every unit; ``None``: derived from ``km``.
    source
        The file it was read from; empty: it stands in the instance itself.
    """

    points: tuple[str, ...]
    km: npt.NDArray[np.float64]
    days: npt.NDArray[np.int32] | None = None
    source: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Matrix):
            return NotImplemented
        return (
            self.points == other.points
            and np.array_equal(self.km, other.km)
            and _same_days(self.days, other.days)
        )


def _same_days(left: npt.NDArray[np.int32] | None, right: npt.NDArray[np.int32] | None) -> bool:
    if left is None or right is None:
        return left is right
    return np.array_equal(left, right)


@dataclass(frozen=True)
class Travel:
    circuity: float = 1.3
    km_per_day: float = 500.0
    matrix: Matrix | None = None


@dataclass(frozen=True)
class Objective:
    """What a plan is worth.

    Parameters
    ----------
    mode
        ``weighted``, ``lexicographic`` (parts in ``order``, each kept within
        ``tolerance`` of its optimum) or ``max_min`` (first the lowest ratio of served
        to requested value over ``regions``, then the weighted value).
    order
        Names out of ``VALUE_PARTS``.
    regions
        For ``max_min``; empty: every region with a request in its subtree.
    """

    mode: str = WEIGHTED
    km_cost: float = 0.0
    floor_penalty: float = 0.0
    must_penalty: float = 0.0
    change_penalty: float = 0.0
    idle_cost: float = 0.0
    order: tuple[str, ...] = ()
    tolerance: float = 0.001
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """Everything that is said about a season, not yet checked."""

    days: int
    hosts: tuple[Host, ...]
    units: tuple[Unit, ...]
    requests: tuple[Request, ...]
    objective: Objective = Objective()
    name: str = ""
    start: str | None = None
    travel: Travel = Travel()
    regions: tuple[Region, ...] = ()
    locked: tuple[Lock, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    crews: tuple[Crew, ...] = ()
    no_work: tuple[Span, ...] = ()
    gaps: Gaps = Gaps()
    rotations: tuple[Rotation, ...] = ()
    history: tuple[History, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    hash: str = ""
