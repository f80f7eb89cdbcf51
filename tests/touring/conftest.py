"""Who plans, and a small season to plan."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.touring import PlanFactory, SeasonFactory, TourRequestFactory, UnitFactory
from tests.factories.venues import MembershipFactory, RegionFactory, UserFactory
from touring.models import Plan
from venues.models import RegionLevel, Role


@pytest.fixture
def province():
    return RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)


@pytest.fixture
def planner(province):
    """A tour planner of the province."""
    return MembershipFactory(role=Role.TOUR_PLANNER, region=province).user


@pytest.fixture
def stranger(db):
    """A user without any right."""
    return UserFactory()


@pytest.fixture
def plan(province) -> Plan:
    """A plan for 2027 with two units and four requests of 30 days by four counties."""
    units = [UnitFactory(code=code, home__region=province) for code in ("AH-01", "AH-02")]
    season = SeasonFactory(slug="anhui-2027", region=province, units=units)
    for number in range(1, 5):
        TourRequestFactory(
            code=f"AH-2027-{number:03d}",
            season=season,
            venue__slug=f"county-{number}",
            venue__region__parent=province,
            venue__region__code=f"34010{number}",
            venue__email=f"county{number}@example.org",
            value=10,
            windows=[(date(2027, 2, 1), date(2027, 7, 1))],
        )
    return PlanFactory(season=season)
