from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.models import AuditEntry, Job, Region, Role, Venue
from venues.permissions import (
    SYSTEM,
    audit_visible_to,
    can_administer,
    can_edit_venue,
    can_plan,
    can_publish_for,
    has_role,
    jobs_visible_to,
    may_grant,
    memberships_visible_to,
    needs_second_factor,
    regions_of,
    roles_given_by,
    venues_of,
    where,
)
from venues.rights import GRANTS

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


@pytest.fixture
def nobodies():
    """No account, none that is logged in, and one that was taken away with all its roles."""
    gone = UserFactory(is_active=False, is_superuser=True)
    MembershipFactory(user=gone, role=Role.ADMINISTRATOR)
    return [None, AnonymousUser(), gone]


def test_a_condition_on_rows_lets_nobody_through_who_may_nothing(nobodies):
    venue = VenueFactory()
    editor = MembershipFactory(venue=venue).user

    def found(user, **places):
        return set(Venue.objects.filter(where(user, "venue.edit", on=ON, **places)))

    assert found(editor, venue="") == {venue}
    assert found(editor) == found(editor, region="region") == set()
    assert found(UserFactory(is_superuser=True)) == set(Venue.objects.all())
    for nobody in nobodies:
        assert found(nobody, venue="") == set()


@pytest.mark.parametrize("role", list(Role))
def test_whose_password_alone_opens_too_much_needs_a_second_factor(role):
    user = MembershipFactory(role=role, valid_from=ON).user
    officers = {Role.ADMINISTRATOR, Role.NATION_OFFICER, Role.PROVINCE_OFFICER}
    officers |= {Role.PREFECTURE_OFFICER, Role.COUNTY_OFFICER}

    assert needs_second_factor(user, ON) is (role in officers)
    assert not needs_second_factor(user, date(2000, 1, 1))
    assert not needs_second_factor(UserFactory(), ON)


def test_superusers_need_a_second_factor_and_those_without_an_account_none(nobodies):
    assert needs_second_factor(UserFactory(is_superuser=True), ON)
    assert not any(needs_second_factor(nobody, ON) for nobody in nobodies)


@pytest.mark.parametrize("role", list(Role))
def test_who_holds_a_role_gives_what_the_table_says(role, nobodies):
    venue = VenueFactory()
    user = MembershipFactory(role=role, venue=venue, valid_from=ON).user
    given = GRANTS.get(role, frozenset())

    assert roles_given_by(user, ON) == {one for one in Role if may_grant(user, one, venue, ON)}
    assert roles_given_by(user, ON) == given
    assert roles_given_by(user, date(2000, 1, 1)) == frozenset()
    assert roles_given_by(UserFactory(is_superuser=True), ON) == set(Role)
    for nobody in nobodies:
        assert roles_given_by(nobody, ON) == frozenset()
        assert not may_grant(nobody, role, venue, ON)


def test_people_see_their_own_deeds_and_an_auditor_those_of_the_place(nobodies):
    venue, at = VenueFactory(), datetime(2026, 11, 2, tzinfo=UTC)
    editor = MembershipFactory(venue=venue).user
    auditor = MembershipFactory(venue=venue, role=Role.AUDITOR).user
    AuditEntry.objects.all().delete()
    for actor, place in ((editor, None), (None, venue), (None, None)):
        AuditEntry.objects.create(
            at=at, actor_id=actor and actor.pk, actor_name="-", via="page", action="venue.change",
            subject_type="venue", subject_id=f"{actor}", subject_label="-", venue=place,
        )  # fmt: skip

    assert [entry.actor_id for entry in audit_visible_to(editor, ON)] == [editor.pk]
    assert [entry.venue for entry in audit_visible_to(auditor, ON)] == [venue]
    assert audit_visible_to(UserFactory(is_superuser=True), ON).count() == 3
    for nobody in nobodies:
        assert not audit_visible_to(nobody, ON).exists()
        assert not memberships_visible_to(nobody, ON).exists()


def test_a_job_is_seen_by_who_asked_for_it(nobodies):
    asking, gone = UserFactory(), nobodies[-1]
    for user in (asking, gone, None):
        Job.objects.create(
            kind="touring.solve",
            subject=str(user),
            requested_by=user,
            created_at=datetime(2026, 11, 2, tzinfo=UTC),
        )

    assert [job.requested_by for job in jobs_visible_to(asking)] == [asking]
    assert jobs_visible_to(UserFactory(is_superuser=True)).count() == 3
    for nobody in (*nobodies, UserFactory()):
        assert not jobs_visible_to(nobody).exists()
