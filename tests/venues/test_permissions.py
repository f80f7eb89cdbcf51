from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.models import Region, Role, Venue
from venues.permissions import (
    SYSTEM,
    can_administer,
    can_edit_venue,
    can_plan,
    can_publish_for,
    has_role,
    regions_of,
    venues_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

ON = date(2026, 11, 2)

MAY = {  # edit, publish, plan, administer
    Role.ADMINISTRATOR: (True, True, True, True),
    Role.TOUR_PLANNER: (False, False, True, False),
    Role.MUSEUM_PUBLISHER: (True, True, False, False),
    Role.MUSEUM_EDITOR: (True, False, False, False),
} | dict.fromkeys(
    set(Role) - {Role.ADMINISTRATOR, Role.TOUR_PLANNER, Role.MUSEUM_PUBLISHER, Role.MUSEUM_EDITOR},
    (False, False, False, False),
)


def _answers(user, venue, on=ON):
    return (
        can_edit_venue(user, venue, on),
        can_publish_for(user, venue, on),
        can_plan(user, venue.region, on),
        can_administer(user, venue.region, on),
    )


@pytest.mark.parametrize("role", list(Role))
def test_a_role_in_a_region_counts_for_everything_below_it(role):
    province = RegionFactory(level=1)
    inside = VenueFactory(region=RegionFactory(parent=RegionFactory(level=2, parent=province)))
    outside = VenueFactory()
    user = MembershipFactory(region=province, role=role).user

    assert _answers(user, inside) == MAY[role]
    assert _answers(user, outside) == (False, False, False, False)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_in_a_venue_or_its_organisation_does_not_reach_the_region(role):
    organisation = OrganisationFactory()
    venue = VenueFactory(organisation=organisation)
    sister = VenueFactory(organisation=organisation)
    in_venue = MembershipFactory(venue=venue, role=role).user
    in_organisation = MembershipFactory(organisation=organisation, role=role).user
    edit, publish, *_ = MAY[role]

    assert _answers(in_venue, venue) == (edit, publish, False, False)
    assert _answers(in_venue, sister) == (False, False, False, False)
    assert _answers(in_organisation, sister) == (edit, publish, False, False)


def test_a_county_role_does_not_reach_up_or_sideways():
    prefecture = RegionFactory(level=2)
    county, neighbour = RegionFactory(parent=prefecture), RegionFactory(parent=prefecture)
    user = MembershipFactory(region=county, role=Role.ADMINISTRATOR).user

    assert can_administer(user, county, ON)
    assert not can_administer(user, prefecture, ON)
    assert not can_administer(user, neighbour, ON)


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 4, 30), True),
     (date(2026, 5, 1), False)],
)  # fmt: skip
def test_a_membership_holds_from_its_first_day_and_not_on_its_end(day, holds):
    venue = VenueFactory()
    user = MembershipFactory(
        venue=venue, valid_from=date(2026, 4, 1), valid_to=date(2026, 5, 1)
    ).user

    assert can_edit_venue(user, venue, day) is holds


def test_A10_superusers_may_everything_and_inactive_users_nothing():
    venue = VenueFactory()
    inactive = UserFactory(is_active=False, is_superuser=True)
    MembershipFactory(user=inactive, venue=venue, role=Role.ADMINISTRATOR)

    assert _answers(UserFactory(is_superuser=True), venue) == (True, True, True, True)
    assert _answers(SYSTEM, venue) == (True, True, True, True)
    for nobody in (inactive, UserFactory(), AnonymousUser(), None):
        assert _answers(nobody, venue) == (False, False, False, False)


def test_has_role_asks_one_query_and_about_one_thing(django_assert_num_queries):
    venue = VenueFactory()
    user = MembershipFactory(venue=venue).user

    with django_assert_num_queries(1):
        assert has_role(user, {Role.MUSEUM_EDITOR}, on=ON, venue=venue)
    with pytest.raises(TypeError):
        has_role(user, {Role.MUSEUM_EDITOR}, on=ON, venue=venue, region=venue.region)


@pytest.mark.parametrize("role", [Role.MUSEUM_EDITOR, Role.READER])
def test_the_lists_of_places_agree_with_the_single_questions(role):
    province = RegionFactory(level=1)
    county = RegionFactory(parent=province)
    organisation = OrganisationFactory()
    VenueFactory(region=county)
    VenueFactory(organisation=organisation)
    own = VenueFactory()
    VenueFactory()
    user = UserFactory()
    MembershipFactory(user=user, region=province, role=role)
    MembershipFactory(user=user, organisation=organisation, role=role)
    MembershipFactory(user=user, venue=own, role=role)
    MembershipFactory(user=user, region=RegionFactory(), role=role, valid_to=ON)
    inactive = UserFactory(is_active=False, is_superuser=True)
    people = (user, inactive, UserFactory(is_superuser=True), SYSTEM, AnonymousUser(), None)

    for someone in people:
        for roles in ({Role.MUSEUM_EDITOR}, {Role.READER, Role.ADMINISTRATOR}):
            venues = set(venues_of(someone, roles, on=ON))
            regions = set(regions_of(someone, roles, on=ON))
            assert venues == {
                venue
                for venue in Venue.objects.all()
                if has_role(someone, roles, on=ON, venue=venue)
            }
            assert regions == {
                region
                for region in Region.objects.all()
                if has_role(someone, roles, on=ON, region=region)
            }
