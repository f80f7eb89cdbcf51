from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic

from tests.touring.planning.instances import problem, unit
from touring.planning.distances import days_for, km_across, km_between

CITIES = np.array(
    [(31.86, 117.28), (29.65, 91.13), (27.72, 85.32), (43.83, 87.62), (-33.87, 151.21), (0.0, 0.0)]
)


def test_kilometres_agree_with_geopy():
    km = km_between(CITIES, circuity=1.3)

    expected = [[geodesic(a, b).km * 1.3 for b in CITIES] for a in CITIES]
    assert km == pytest.approx(np.array(expected), abs=1e-6)


def test_kilometres_are_symmetric_and_zero_on_the_same_place():
    km = km_between(np.vstack([CITIES, CITIES[:1]]))

    assert (km == km.T).all()
    assert (np.diagonal(km) == 0).all()
    assert km[0, 6] == 0.0


def test_kilometres_across_are_those_between():
    across = km_across(CITIES[:2], CITIES)

    assert across == pytest.approx(km_between(CITIES)[:2], abs=1e-9)


@pytest.mark.parametrize(
    ("km", "days"), [(0, 0), (100, 0), (100.5, 1), (600, 1), (600.1, 2), (1100, 2)]
)
def test_travel_days_round_up_beyond_the_free_kilometres(km, days):
    assert days_for(np.array([float(km)]), free_km=100, km_per_day=500).tolist() == [days]


def test_a_matrix_replaces_the_geodesics():
    points = ["h0", "h1", "h2", "home:u1"]
    km = [[0, 1, 2, 3], [4, 0, 5, 6], [7, 8, 0, 9], [10, 11, 12, 0]]
    days = [[0, 1, 1, 1], [2, 0, 2, 2], [3, 3, 0, 3], [4, 4, 4, 0]]

    asked = problem(travel={"matrix": {"points": points, "km": km, "days": days}})

    assert asked.host_km.tolist() == [[0, 1, 2], [4, 0, 5], [7, 8, 0]]
    assert asked.km_from_home.tolist() == [[10, 11, 12]]
    assert asked.km_to_home.tolist() == [[3, 6, 9]]
    assert asked.host_days(0).tolist() == [[0, 1, 1], [2, 0, 2], [3, 3, 0]]
    assert asked.days_to_home.tolist() == [[1, 2, 3]]


def test_units_travel_at_their_own_pace():
    asked = problem(units=[unit("u1"), unit("u2", km_per_day=60), unit("u3", free_km=150)])

    assert [asked.host_days(u)[0].tolist() for u in range(3)] == [[0, 1, 1], [0, 2, 4], [0, 0, 1]]
