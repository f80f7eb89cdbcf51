from __future__ import annotations

import sys

import pytest
from django.conf import settings
from geopy.distance import geodesic, great_circle
from hypothesis import given
from hypothesis import strategies as st

from venues.crs import Crs, from_wgs84, to_wgs84
from venues.geocoding import Coordinates
from venues.imports.venues_sheet import COLUMNS

IN_CHINA = st.tuples(st.floats(18, 54), st.floats(73.5, 135))


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # the published test values of the "eviltransform" implementations
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
    ids=["Shanghai", "Shenzhen", "Beijing"],
)
def test_gcj02_agrees_with_published_values(wgs84, gcj02):
    assert from_wgs84(Coordinates(*wgs84), Crs.GCJ02) == pytest.approx(gcj02, abs=1e-9)
    back = to_wgs84(*gcj02, Crs.GCJ02)
    assert (back.lat, back.lon) == pytest.approx(wgs84, abs=1e-9)


def test_bd09_agrees_with_published_values():
    """GCJ-02 (39.915, 116.404) is BD-09 (39.92133699351021, 116.41036949371029)."""
    wgs84 = to_wgs84(39.915, 116.404, Crs.GCJ02)

    assert from_wgs84(wgs84, Crs.BD09) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=1e-9
    )


@pytest.mark.parametrize("crs", list(Crs))
@given(point=IN_CHINA)
def test_there_and_back_is_the_same_point(crs, point):
    shown = from_wgs84(Coordinates(*point), crs)

    back = to_wgs84(*shown, crs)

    assert (back.lat, back.lon) == pytest.approx(point, abs=1e-9)


@given(point=IN_CHINA)
def test_the_displacement_is_some_hundred_metres(point):
    gcj02 = from_wgs84(Coordinates(*point), Crs.GCJ02)

    assert 0.01 < geodesic(point, gcj02).km < 1.5


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
@pytest.mark.parametrize("point", [(48.8566, 2.3522), (-33.86, 151.21), (90.0, 0.0)])
def test_outside_china_nothing_is_displaced(crs, point):
    assert from_wgs84(Coordinates(*point), crs) == point
    assert to_wgs84(*point, crs) == Coordinates(*point)


@pytest.mark.parametrize("point", [(90.1, 0), (0, -180.1), (float("nan"), 0), (0, float("inf"))])
def test_a_point_off_the_globe_is_refused(point):
    with pytest.raises(ValueError, match="lies between"):
        to_wgs84(*point, Crs.GCJ02)


@given(
    a=st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    b=st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
)
def test_distance_is_geopys_great_circle(a, b):
    assert Coordinates(*a).km_to(Coordinates(*b)) == pytest.approx(great_circle(a, b).km, abs=1e-3)


@pytest.mark.parametrize(
    "words",
    [
        "EPSG:4326", "+proj=longlat", 'GEOGCS["x"]', "urn:ogc:def:crs:OGC:1.3:CRS84",
        "/vsicurl/http://127.0.0.1/x", '{"type":"name","properties":{"name":"file:///etc/passwd"}}',
        "4326; SELECT 1", "WGS84\0",
    ],
)  # fmt: skip
def test_S11_only_our_own_names_of_systems_mean_anything(words):
    """What people write is compared with three words, never handed to a library."""
    [column] = (column for column in COLUMNS if column.field == "crs")

    with pytest.raises(ValueError, match="use one of"):
        column.read(words)
    with pytest.raises(ValueError, match="is not a valid Crs"):
        Crs(words)


def test_S11_no_library_that_reads_geometry_is_part_of_the_product():
    assert not any("gis" in app for app in settings.INSTALLED_APPS)
    assert "gis" not in settings.DATABASES["default"]["ENGINE"]
    assert not {"osgeo", "fiona"} & sys.modules.keys()
    rooms = [settings.BASE_DIR / each for each in ("venues", "events", "touring", "web", "api")]
    sources = [path.read_text() for room in rooms for path in room.rglob("*.py")]
    assert not any("contrib.gis" in source for source in sources)
