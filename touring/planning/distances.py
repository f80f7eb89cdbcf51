"""Kilometres and travel days between points. Knows no hosts, units or plans.

Distances are geodesics on the WGS 84 ellipsoid times a circuity factor that stands
for the detours of roads; the same place is 0 km away from itself.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pyproj import Geod

_WGS84 = Geod(ellps="WGS84")

KmArray = npt.NDArray[np.float64]
DayArray = npt.NDArray[np.int32]


def km_between(points: KmArray, *, circuity: float = 1.0) -> KmArray:
    """Kilometres between all pairs of points.

    Parameters
    ----------
    points
        ``(n, 2)``, latitude and longitude in degrees.
    circuity
        Factor on the geodesic.

    Returns
    -------
    ``(n, n)``, symmetric to the last bit, zero diagonal.
    """
    n = len(points)
    km = np.zeros((n, n))
    rows, columns = np.triu_indices(n, k=1)
    if len(rows):
        upper = _geodesic_km(points[rows], points[columns]) * circuity
        km[rows, columns] = upper
        km[columns, rows] = upper
    return km


def km_across(origins: KmArray, targets: KmArray, *, circuity: float = 1.0) -> KmArray:
    """Kilometres from each of ``(m, 2)`` origins to each of ``(n, 2)`` targets, as ``(m, n)``."""
    if not len(origins) or not len(targets):
        return np.zeros((len(origins), len(targets)))
    rows = np.repeat(np.arange(len(origins)), len(targets))
    columns = np.tile(np.arange(len(targets)), len(origins))
    flat = _geodesic_km(origins[rows], targets[columns]) * circuity
    return flat.reshape(len(origins), len(targets))


def days_for(km: KmArray, *, free_km: float, km_per_day: float) -> DayArray:
    """Whole travel days for distances: ``ceil(max(0, km - free_km) / km_per_day)``."""
    return np.ceil(np.maximum(0.0, km - free_km) / km_per_day).astype(np.int32)


def _geodesic_km(origins: KmArray, targets: KmArray) -> KmArray:
    _, _, metres = _WGS84.inv(origins[:, 1], origins[:, 0], targets[:, 1], targets[:, 0])
    same = (origins == targets).all(axis=1)
    km: KmArray = np.where(same, 0.0, np.asarray(metres) / 1000.0)
    return km
