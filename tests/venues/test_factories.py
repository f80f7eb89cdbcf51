from __future__ import annotations

import pytest

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
)
from venues.models import Region

pytestmark = pytest.mark.django_db


def test_region_factory_keeps_the_closure_table():
    nation = RegionFactory(level=0)
    province = RegionFactory(level=1, parent=nation)
    county = RegionFactory(parent=province)

    paths = set(county.ancestor_paths.values_list("ancestor__code", "depth"))

    assert paths == {(county.code, 0), (province.code, 1), (nation.code, 2)}
    assert list(Region.objects.under(province)) == [province, county]


def test_membership_factory_takes_any_one_scope():
    of_venue = MembershipFactory()
    of_region = MembershipFactory(region=RegionFactory())
    of_organisation = MembershipFactory(organisation=OrganisationFactory())

    assert of_venue.venue is not None
    assert (of_region.venue, of_organisation.venue) == (None, None)


def test_user_factory_knows_its_password():
    assert UserFactory().check_password("password")
