"""The dashboards: every figure leads to its rows, and can be taken away as CSV and picture."""

from __future__ import annotations

from datetime import date

import pytest
from defusedxml.ElementTree import fromstring

from tests.factories.touring import SeasonFactory, StopFactory, TourRequestFactory, UnitFactory
from tests.factories.venues import MembershipFactory, RegionFactory, UserFactory
from touring.models import StopState
from venues.models import RegionLevel, Role
from web.pages.desk.figures import SHEETS
from web.pages.desk.sheets import Row, Sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def province():
    return RegionFactory(code="340000", name_zh="安徽省", name_en="Anhui", level=1)


@pytest.fixture
def county(province):
    city = RegionFactory(code="340100", name_zh="合肥市", name_en="Hefei", parent=province, level=2)
    return RegionFactory(
        code="340121", name_zh="长丰县", name_en="Changfeng", parent=city, level=RegionLevel.COUNTY
    )


@pytest.fixture
def season(province, county):
    unit = UnitFactory(code="AH-01")
    made = SeasonFactory(slug="anhui-2027", region=province, units=[unit])
    request = TourRequestFactory(code="R-1", season=made, venue__region=county)
    StopFactory(unit=unit, venue=request.venue, request=request, state=StopState.CONFIRMED)
    return made


@pytest.fixture
def officer(client, province):
    user = MembershipFactory(role=Role.PROVINCE_OFFICER, region=province).user
    client.force_login(user)
    return client


def test_the_dashboard_tells_every_figure_and_leads_to_its_rows(officer, season):
    page = officer.get("/desk/figures/?lang=en").content.decode()

    assert "100% (1 of 1)" in page
    assert "worst-off: Hefei, 100%; Gini 0.00" in page
    assert "332 of 365" not in page  # four days before the first of March, to two after its end
    assert "329 of 365" in page
    for name in SHEETS:
        assert f"/desk/figures/{name}/?lang=en&amp;season=anhui-2027" in page


@pytest.mark.parametrize("name", list(SHEETS))
def test_each_figure_shows_its_rows_and_comes_as_csv_and_as_a_drawing(officer, season, name):
    query = "?season=anhui-2027&lang=en"

    page = officer.get(f"/desk/figures/{name}/{query}")
    table = officer.get(f"/desk/figures/{name}.csv{query}")
    drawing = officer.get(f"/desk/figures/{name}.svg{query}")

    assert (page.status_code, table.status_code, drawing.status_code) == (200, 200, 200)
    assert table.headers["Content-Disposition"] == f'attachment; filename="anhui-2027-{name}.csv"'
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert fromstring(drawing.content).tag == "{http://www.w3.org/2000/svg}svg"


def test_rows_of_a_figure_lead_to_what_they_are_about(officer, season):
    page = officer.get("/desk/figures/coverage/?season=anhui-2027&lang=en").content.decode()

    assert '<a href="/regions/340121/?lang=en">340121</a>' in page


def test_people_without_a_season_are_told_so_and_see_no_figure(client, season):
    client.force_login(UserFactory())

    page = client.get("/desk/figures/?lang=en")
    foreign = client.get("/desk/figures/coverage/?season=anhui-2027")

    assert "There is no season whose plans you may see." in page.content.decode()
    assert foreign.status_code == 404


def test_no_cell_of_a_table_is_computed_by_a_spreadsheet():
    sheet = Sheet("x", "x", "", "", ("a", "b"), (Row(("=1+1", -3)),))

    assert sheet.csv().decode("utf-8-sig") == "a,b\r\n'=1+1,-3\r\n"


def test_bars_are_as_long_as_their_figures():
    sheet = Sheet("x", "x", "", "", (), (), (("a", 100.0), ("b", 25.0), ("c", 0.0)), " %")

    assert [(bar.label, bar.told, bar.width) for bar in sheet.bars] == [
        ("a", "100 %", 430),
        ("b", "25 %", 108),
        ("c", "0 %", 0),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_asks_as_often_for_any_number(
    officer, season, county, count, django_assert_num_queries
):
    for number in range(count):
        unit = UnitFactory(code=f"U-{number}")
        season.units.add(unit)
        request = TourRequestFactory(season=season, venue__region=county)
        StopFactory(unit=unit, venue=request.venue, request=request, opens_on=date(2027, 6, 1))

    with django_assert_num_queries(17):
        officer.get("/desk/figures/")
